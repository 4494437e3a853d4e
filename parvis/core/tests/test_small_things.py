"""Folding, codes, days and distances."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from parvis.core.geo import Point, distance_m, flat_distance_m
from parvis.core.ids import CODE_ALPHABET, new_id, short_code
from parvis.core.text import fold, prefix_query
from parvis.core.time import day_bounds, day_of, moment, seconds_into

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Pâtisserie de l’Œuf", "patisserie de l oeuf"),
        ("  BOULANGERIE — Café ", "boulangerie cafe"),
        ("Straße n°5", "strasse n 5"),
        ("'; DROP TABLE--", "drop table"),
        ("日本", ""),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded


def test_a_query_cannot_break_out_of_its_words():
    assert prefix_query("pain & ! (tarte") == "pain:* & tarte:*"
    assert prefix_query("&|!():*") == ""
    assert len(prefix_query("a " * 100).split("&")) == 8


def test_codes_are_read_aloud():
    codes = {short_code() for _ in range(2000)}
    assert len(codes) > 1990
    assert all(set(code) <= set(CODE_ALPHABET) for code in codes)


def test_ids_are_sorted_by_time():
    ids = [new_id() for _ in range(100)]
    assert ids == sorted(ids)
    assert {i.version for i in ids} == {7}


def test_two_days_a_year_are_not_24_hours_long():
    start, end = day_bounds(date(2026, 3, 29), PARIS)
    assert (end - start).total_seconds() == 23 * 3600
    start, end = day_bounds(date(2026, 10, 25), PARIS)
    assert (end - start).total_seconds() == 25 * 3600


def test_today_is_the_town_s_day():
    late = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
    assert day_of(late, PARIS) == date(2026, 11, 27)
    assert moment(date(2026, 11, 26), time(17), PARIS) == datetime(2026, 11, 26, 16, tzinfo=UTC)
    assert seconds_into(late, day_bounds(date(2026, 11, 27), PARIS)[0]) == 1800


def test_distances():
    hall, gate = Point(2.2730, 48.8239), Point(2.2770, 48.8245)
    assert distance_m(hall, gate) == pytest.approx(300.6, abs=3)
    assert flat_distance_m(hall, gate) == pytest.approx(distance_m(hall, gate), rel=0.001)


@pytest.mark.parametrize(("lon", "lat"), [(48.8, 200), (661_000, 6_865_000)])
def test_a_point_off_the_earth_is_refused(lon, lat):
    with pytest.raises(ValueError, match="degrees"):
        Point(lon, lat)
