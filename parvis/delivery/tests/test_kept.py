"""Was a promise kept? One row of the table a case."""

from datetime import UTC, datetime, timedelta

import pytest

from parvis.delivery.kept import AtDoor, Judged, Outcome, judge

START = datetime(2026, 11, 26, 16, tzinfo=UTC)
END = START + timedelta(hours=2)
AFTER = END + timedelta(hours=1)


def minutes(n: int) -> datetime:
    """So many minutes after the window opens."""
    return START + timedelta(minutes=n)


@pytest.mark.parametrize(
    ("doors", "moved_at", "at", "judged"),
    [
        ([], None, minutes(30), Judged(Outcome.COMING)),
        ([], None, END, Judged(Outcome.COMING)),
        ([], None, AFTER, Judged(Outcome.NOT_BROUGHT)),
        ([AtDoor(minutes(30), True)], None, AFTER, Judged(Outcome.KEPT)),
        ([AtDoor(START, True)], None, AFTER, Judged(Outcome.KEPT)),
        ([AtDoor(END, True)], None, AFTER, Judged(Outcome.KEPT)),
        ([AtDoor(minutes(-2), True)], None, AFTER, Judged(Outcome.KEPT)),
        ([AtDoor(minutes(-2), False)], None, AFTER, Judged(Outcome.LATE, 0, True)),
        ([AtDoor(minutes(30), False)], None, AFTER, Judged(Outcome.KEPT, 0, True)),
        ([AtDoor(minutes(30), False), AtDoor(minutes(200), True)], None, AFTER, Judged(Outcome.KEPT, 0, True)),
        ([AtDoor(minutes(127), True)], None, AFTER, Judged(Outcome.LATE, 420)),
        ([AtDoor(minutes(127), False)], None, AFTER, Judged(Outcome.LATE, 420, True)),
        ([], minutes(-10), minutes(-5), Judged(Outcome.NOT_BROUGHT)),
        ([AtDoor(minutes(60), True)], minutes(-10), AFTER, Judged(Outcome.NOT_BROUGHT)),
        ([AtDoor(minutes(60), False)], minutes(90), AFTER, Judged(Outcome.KEPT, 0, True)),
    ],
)
def test_a_promise(doors, moved_at, at, judged):
    assert judge(START, END, doors, moved_at=moved_at, at=at) == judged
