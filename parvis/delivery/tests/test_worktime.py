"""The law's breaks, days and nights, at their very limits."""

from datetime import UTC, datetime, timedelta

import pytest

from parvis.delivery.worktime import (
    LAWS,
    break_minutes,
    law_of,
    place_break,
    too_long_a_day,
    too_short_a_night,
)

NINE = datetime(2026, 11, 26, 9, tzinfo=UTC)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


@pytest.mark.parametrize(
    ("country", "work", "minutes"),
    [
        ("FR", 5.99, 0),
        ("FR", 6, 20),
        ("FR", 10, 20),
        ("BE", 6, 0),
        ("BE", 6.1, 15),
        ("CH", 5.5, 0),
        ("CH", 5.6, 15),
        ("CH", 7, 15),
        ("CH", 7.1, 30),
        ("CH", 9.1, 60),
        ("XX", 6.1, 20),
    ],
)
def test_when_a_break_is_due(country: str, work: float, minutes: int):
    assert break_minutes(law_of(country), NINE, NINE + hours(work)) == minutes


@pytest.mark.parametrize("country", [*LAWS, "XX"])
@pytest.mark.parametrize("length", [5, 6, 6.5, 7.5, 8, 9.5])
def test_no_stretch_of_work_is_too_long(country: str, length: float):
    law, end = law_of(country), NINE + hours(length)
    rest = place_break(law, NINE, end)
    if rest is None:
        assert break_minutes(law, NINE, end) == 0
        return
    assert rest[1] - rest[0] == timedelta(minutes=break_minutes(law, NINE, end))
    assert NINE < rest[0] < rest[1] < end
    assert max(rest[0] - NINE, end - rest[1]) <= hours(law.stretch_hours)


def test_the_break_is_where_nothing_is_promised_and_not_everybody_at_once():
    law, end = LAWS["FR"], NINE + hours(8)
    windows = [(NINE + hours(1), NINE + hours(4.5)), (NINE + hours(5.5), NINE + hours(8))]
    first = place_break(law, NINE, end, windows)
    assert first is not None
    assert NINE + hours(4.5) <= first[0] < first[1] <= NINE + hours(5.5)
    second = place_break(law, NINE, end, windows, [first])
    assert second is not None
    assert second[0] >= first[1] or second[1] <= first[0]
    assert NINE + hours(4.5) <= second[0] < second[1] <= NINE + hours(5.5)


def test_a_day_holds_no_more_work_than_the_law_says():
    law = LAWS["FR"]
    ten = ((NINE, NINE + hours(10)), timedelta())
    assert not too_long_a_day(law, [ten])
    assert too_long_a_day(law, [ten, ((NINE + hours(11), NINE + hours(11.1)), timedelta())])
    assert not too_long_a_day(law, [((NINE, NINE + hours(10) + timedelta(minutes=20)), timedelta(minutes=20))])


def test_a_night_of_eleven_hours():
    law, late = LAWS["FR"], (NINE, NINE + hours(10))
    assert not too_short_a_night(law, (NINE + hours(21), NINE + hours(25)), [late])
    assert too_short_a_night(law, (NINE + hours(20.9), NINE + hours(25)), [late])
    assert too_short_a_night(law, (NINE - hours(12), NINE - hours(10.9)), [late])
