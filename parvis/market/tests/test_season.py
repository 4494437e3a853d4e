"""Months, days of sale and cut-offs of one product."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from parvis.market.season import Season, first_day, fits

PARIS = ZoneInfo("Europe/Paris")
SATURDAY = Season(days=(5,), days_before=2, until=time(12))
THURSDAY = date(2026, 11, 26)


def paris(day, hour, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("season", "day", "holds"),
    [
        (Season(), date(2026, 2, 28), True),
        (Season(6, 9), date(2026, 6, 1), True),
        (Season(6, 9), date(2026, 9, 30), True),
        (Season(6, 9), date(2026, 10, 1), False),
        (Season(11, 2), date(2026, 12, 31), True),
        (Season(11, 2), date(2027, 2, 28), True),
        (Season(11, 2), date(2026, 10, 31), False),
        (Season(5, 5), date(2026, 5, 15), True),
        (Season(days=(4,)), date(2026, 11, 27), True),
        (Season(days=(4,)), THURSDAY, False),
    ],
)
def test_months_and_days(season, day, holds):
    assert season.holds(day) is holds


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (paris(THURSDAY, 11, 59), date(2026, 11, 28)),
        (paris(THURSDAY, 12), date(2026, 11, 28)),
        (paris(THURSDAY, 12, 1), date(2026, 12, 5)),
        (paris(date(2026, 11, 27), 8), date(2026, 12, 5)),
    ],
)
def test_until_thursday_noon_for_saturday(at, expected):
    assert first_day([SATURDAY], at.date(), at, PARIS) == expected


def test_the_hour_is_the_town_s_also_when_clocks_change():
    """Sunday 29 March 2026: noon two days before Tuesday is noon in Paris, 10:00 UTC, not 11:00."""
    rule = Season(days=(1,), days_before=2, until=time(12))
    tuesday = date(2026, 3, 31)
    closes = rule.closes_at(tuesday, PARIS)
    assert closes.astimezone(ZoneInfo("UTC")).hour == 10
    assert rule.can_order(tuesday, datetime(2026, 3, 29, 10, 0, tzinfo=ZoneInfo("UTC")), PARIS)
    assert not rule.can_order(tuesday, datetime(2026, 3, 29, 10, 1, tzinfo=ZoneInfo("UTC")), PARIS)


def test_together_means_the_same_day():
    at = paris(THURSDAY, 9)
    assert first_day([SATURDAY, Season(12, 1)], THURSDAY, at, PARIS) == date(2026, 12, 5)
    assert first_day([SATURDAY, Season(days=(4,))], THURSDAY, at, PARIS) is None
    assert first_day([Season()], THURSDAY, at, PARIS) == THURSDAY
    assert first_day([], THURSDAY, at, PARIS) == THURSDAY


def test_a_season_comes_again():
    assert first_day([Season(11, 11, days=(3,))], date(2026, 11, 27), paris(THURSDAY, 9), PARIS) == date(2027, 11, 4)


def test_a_day_with_everything():
    at = paris(THURSDAY, 9)
    assert fits([SATURDAY, Season()], date(2026, 11, 28), at, PARIS)
    assert not fits([SATURDAY, Season()], date(2026, 11, 29), at, PARIS)


def test_an_evening_before_without_an_hour_is_until_midnight():
    rule = Season(days_before=1)
    assert rule.can_order(date(2026, 11, 27), paris(THURSDAY, 23, 59), PARIS)
    assert not rule.can_order(THURSDAY, paris(THURSDAY, 0), PARIS)
