"""The practical town of Issy: what a resident looks for is there, with its days, its source and its date."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from parvis.demo import reading
from parvis.places.categories import CATEGORIES
from parvis.places.details import DETAILS
from parvis.places.hours import day_spans, is_readable

PARIS = ZoneInfo("Europe/Paris")
PLACES = reading.places("issy")


def of(category):
    return [row for row in PLACES if row.category == category]


def open_days(row, year, month):
    """The days of a month on which a place opens, with the hours in the town's clock."""
    first = date(year, month, 1)
    days = [first + timedelta(days=n) for n in range(31) if (first + timedelta(days=n)).month == month]
    found = {}
    for day in days:
        spans = day_spans(row.opening_hours, day, [], PARIS, "FR")
        if spans:
            found[day.day] = [f"{a.astimezone(PARIS):%H:%M}-{b.astimezone(PARIS):%H:%M}" for a, b in spans]
    return found


@pytest.mark.parametrize(
    ("category", "at_least"),
    [
        ("market", 4), ("park", 15), ("playground", 18), ("dog-park", 4), ("charging", 18), ("book-box", 1),
        ("donation-box", 1), ("shared-garden", 10), ("dog-bags", 10), ("vet", 4), ("hazardous-waste", 3),
        ("composter", 1), ("library", 3), ("glass", 10), ("defibrillator", 8),
    ],
)  # fmt: skip
def test_every_kind_is_there(category, at_least):
    assert len(of(category)) >= at_least


def test_every_row_says_where_it_comes_from_and_is_understood():
    assert all(row.source and row.source_date <= date(2026, 11, 22) for row in PLACES)
    assert [row.name for row in PLACES if row.opening_hours and not is_readable(row.opening_hours, "FR")] == []
    assert {row.category for row in PLACES} <= set(CATEGORIES)
    assert {key for row in PLACES for key in row.details} <= set(DETAILS)


def test_playgrounds_say_their_ages():
    assert sum("min_age" in row.details for row in of("playground")) >= 18


@pytest.mark.parametrize(
    ("name", "year", "month", "expected"),
    [
        # The truck stops on the 4th Thursday; in November 2026 that is the 26th.
        ("Déchets dangereux, marché des Épinettes", 2026, 11, {26: ["09:00-12:00"]}),
        # 1st and 4th Saturday, not on public holidays: 15 August 2026 is a Saturday, but the 3rd.
        ("Déchets dangereux, marché Sainte-Lucie", 2026, 8, {1: ["09:00-12:00"], 22: ["09:00-12:00"]}),
        # 1 May 2027 is the 1st Saturday, and a holiday.
        ("Déchets dangereux, marché Sainte-Lucie", 2027, 5, {22: ["09:00-12:00"]}),
        ("Déchets dangereux, Corentin Celton", 2026, 11, {12: ["15:30-18:30"], 19: ["15:30-18:30"]}),
    ],
)
def test_the_truck_stops_on_its_days(name, year, month, expected):
    [row] = [row for row in PLACES if row.name == name]
    assert open_days(row, year, month) == expected


def test_markets_are_held_six_days_a_week():
    week = [date(2026, 11, 23) + timedelta(days=n) for n in range(7)]
    days = {d.weekday() for d in week for row in of("market") if day_spans(row.opening_hours, d, [], PARIS, "FR")}
    assert days == {1, 2, 3, 4, 5, 6}


def test_a_park_closes_with_the_season():
    [park] = [row for row in PLACES if row.name == "Parc Saint-Jean-Paul II"]
    summer = day_spans(park.opening_hours, date(2026, 9, 30), [], PARIS, "FR")
    winter = day_spans(park.opening_hours, date(2026, 10, 1), [], PARIS, "FR")
    assert [span[1] for span in summer] == [datetime(2026, 9, 30, 18, 0, tzinfo=UTC)]
    assert [span[1] for span in winter] == [datetime(2026, 10, 1, 17, 0, tzinfo=UTC)]
