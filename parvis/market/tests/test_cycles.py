"""Order until Thursday noon, collect on Saturday: turns as tables of moments, clock changes included."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from parvis.market.cycles import turns
from parvis.market.models import Cycle

PARIS = ZoneInfo("Europe/Paris")


def cycle(**extra):
    values = {"name": "Samedi", "weekday": 5, "days_before": 2}
    values |= {"closes": time(12), "starts": time(9), "ends": time(12), "active": True}
    return Cycle(**(values | extra))


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def first(row, now, days_off=()):
    turn = next(turns(row, local(now), PARIS, days_off), None)
    if turn is None:
        return None
    return tuple(f"{m.astimezone(PARIS):%Y-%m-%d %H:%M}" for m in (turn.closes_at, turn.starts_at, turn.ends_at))


@pytest.mark.parametrize(
    ("now", "closes", "starts"),
    [
        ("2026-11-22 08:00", "2026-11-26 12:00", "2026-11-28 09:00"),  # Sunday: for the coming Saturday
        ("2026-11-26 11:59", "2026-11-26 12:00", "2026-11-28 09:00"),  # the last minute
        ("2026-11-26 12:00", "2026-12-03 12:00", "2026-12-05 09:00"),  # noon itself is too late: the next one
        ("2026-11-28 10:00", "2026-12-03 12:00", "2026-12-05 09:00"),  # while others collect
        ("2027-03-25 11:59", "2027-03-25 12:00", "2027-03-27 09:00"),  # before the clocks go forward on the 28th
        ("2027-03-27 12:00", "2027-04-01 12:00", "2027-04-03 09:00"),  # across the change, still nine by the clock
        ("2027-10-28 11:59", "2027-10-28 12:00", "2027-10-30 09:00"),  # before they go back on the 31st
        ("2027-10-30 23:30", "2027-11-04 12:00", "2027-11-06 09:00"),
        ("2026-12-31 12:00", "2027-01-07 12:00", "2027-01-09 09:00"),  # across the year
    ],
)
def test_every_week(now, closes, starts):
    assert first(cycle(), now)[:2] == (closes, starts)


@pytest.mark.parametrize(
    ("now", "starts"),
    [
        ("2027-03-27 22:00", "2027-03-28 03:30"),  # 2:30 does not exist that night: half past three
        ("2027-10-30 22:00", "2027-10-31 02:30"),  # 2:30 comes twice: the first one
    ],
)
def test_an_hour_that_the_clock_skips_or_says_twice(now, starts):
    row = cycle(weekday=6, days_before=0, closes=time(1), starts=time(2, 30), ends=time(9))
    turn = next(turns(row, local(now), PARIS))
    assert f"{turn.starts_at.astimezone(PARIS):%Y-%m-%d %H:%M}" == starts
    assert turn.closes_at < turn.starts_at < turn.ends_at


@pytest.mark.parametrize(
    ("now", "starts"),
    [
        ("2026-12-01 09:00", "2026-12-05 09:00"),
        ("2026-12-03 12:00", "2026-12-19 09:00"),
        ("2026-12-17 12:00", None),  # the last date is closed: nothing to come
    ],
)
def test_single_dates(now, starts):
    found = first(cycle(weekday=None, dates=[date(2026, 12, 19), date(2026, 12, 5)]), now)
    assert (found and found[1]) == starts


def test_a_day_off_has_no_turn():
    christmas = [(date(2026, 12, 20), date(2027, 1, 3), "Noël")]
    assert first(cycle(), "2026-12-18 08:00", christmas)[1] == "2027-01-09 09:00"


def test_one_that_is_switched_off_has_none():
    assert first(cycle(active=False), "2026-11-22 08:00") is None


def test_it_closes_on_the_day_itself_or_a_week_before():
    assert first(cycle(days_before=0, closes=time(8)), "2026-11-28 07:59")[1] == "2026-11-28 09:00"
    assert first(cycle(days_before=7), "2026-11-21 12:00")[1] == "2026-12-05 09:00"


def test_places_left_are_counted_by_day():
    row = cycle(most=3)
    found = list(turns(row, local("2026-11-22 08:00"), PARIS))
    taken = {(row.pk, date(2026, 11, 28)): 3, (row.pk, date(2026, 12, 5)): 1}
    assert [turn.places_left(taken) for turn in found[:3]] == [0, 2, 3]
    assert cycle().most is None
    assert next(turns(cycle(), local("2026-11-22 08:00"), PARIS)).places_left({}) is None


def test_the_words_of_a_turn():
    from django.utils import timezone

    turn = next(turns(cycle(), local("2026-11-22 08:00"), PARIS))
    with timezone.override(PARIS):
        words = "Order until Thursday 26 November, 12:00; collect on Saturday 28 November, 9:00–12:00"
        assert turn.words == words
