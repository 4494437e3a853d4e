"""Where a pre-registration stands, and by when the town must have called."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from parvis.core.workdays import is_working_day, working_days_after
from parvis.joining.calls import AGREED_WITHIN, HELD_FOR, Promise, Standing, state_of

PARIS = ZoneInfo("Europe/Paris")
TWO_DAYS = Promise(2, PARIS, "FR")
AGENT = UUID(int=1)


@dataclass
class E:
    kind: str
    at: datetime
    by_id: UUID | None = None
    next_at: datetime | None = None


def paris(day: int, hour: int = 10, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=PARIS).astimezone(UTC)


@pytest.mark.parametrize(
    ("asked", "country", "days", "due"),
    [
        (paris(26), "FR", 2, paris(30, 18)),  # Thursday: Friday, then Monday
        (paris(27, 23), "FR", 2, paris(1, 18, 12)),  # late on Friday: Monday, Tuesday
        (paris(28), "FR", 1, paris(30, 18)),  # on Saturday the first day is Monday
        (paris(10), "FR", 1, paris(12, 18)),  # 11 November is a holiday in France and Belgium
        (paris(10), "CH", 1, paris(11, 18)),  # and a working day in Switzerland
        (paris(23, 12, 3, 2026), "FR", 5, paris(30, 18, 3)),  # over the night in which clocks go forward
        (paris(31, 23, 12), "BE", 1, paris(4, 18, 1, 2027)),  # New Year's Day, then a weekend
    ],
)
def test_a_promise_counts_working_days(asked, country, days, due):
    assert working_days_after(asked, days, PARIS, country) == due


def test_holidays_are_no_working_days():
    assert not is_working_day(date(2026, 7, 14), "FR")
    assert is_working_day(date(2026, 7, 14), "BE")
    assert not is_working_day(date(2026, 7, 21), "BE")


def test_it_waits_then_is_late():
    state = state_of([E("asked", paris(26))], TWO_DAYS)
    assert (state.standing, state.due, state.calls) == (Standing.WAITING, paris(30, 18), 0)
    assert state.is_for_now(paris(26, 11))
    assert not state.is_late(paris(30, 18))
    assert state.is_late(paris(30, 19))
    assert state.was_in_time is None


def test_nobody_answered_so_it_is_called_again_the_next_working_day():
    state = state_of([E("asked", paris(26)), E("missed", paris(27))], TWO_DAYS)
    assert (state.standing, state.due, state.calls, state.was_in_time) == (Standing.AGAIN, paris(30, 18), 1, True)


def test_an_agreed_moment_is_kept_within_the_hour():
    agreed = paris(30, 15)
    state = state_of([E("asked", paris(26)), E("later", paris(26, 11), next_at=agreed)], TWO_DAYS)
    assert not state.is_for_now(agreed - timedelta(minutes=1))
    assert state.is_for_now(agreed)
    assert not state.is_late(agreed + AGREED_WITHIN)
    assert state.is_late(agreed + AGREED_WITHIN + timedelta(seconds=1))


def test_a_call_that_was_taken_is_free_again():
    events = [E("asked", paris(26)), E("taken", paris(26, 11), AGENT)]
    state = state_of(events, TWO_DAYS)
    assert state.holder(paris(26, 11)) == AGENT
    assert state.holder(paris(26, 11) + HELD_FOR) is None
    assert state_of([*events, E("released", paris(26, 12), AGENT)], TWO_DAYS).holder(paris(26, 11)) is None
    assert state_of([*events, E("missed", paris(26, 11), AGENT)], TWO_DAYS).holder(paris(26, 11)) is None


@pytest.mark.parametrize(
    ("kind", "standing", "calls"),
    [("confirmed", Standing.CONFIRMED, 1), ("no", Standing.NOT_INTERESTED, 1), ("twice", Standing.DUPLICATE, 0)],
)
def test_its_story_ends(kind, standing, calls):
    state = state_of([E("asked", paris(2)), E(kind, paris(26))], TWO_DAYS)
    assert (state.standing, state.is_open, state.calls) == (standing, False, calls)
    assert not state.is_late(paris(30))
    assert state.was_in_time is (False if calls else None)


@pytest.mark.parametrize("events", [[], [E("missed", paris(26))]])
def test_it_begins_by_being_asked(events):
    with pytest.raises(ValueError, match="begins"):
        state_of(events, TWO_DAYS)


def test_asking_once_more_and_choosing_an_entry_change_no_promise():
    events = [E("asked", paris(2)), E("again", paris(26)), E("entry", paris(26))]
    assert state_of(events, TWO_DAYS).due == paris(4, 18)
