"""What the map says of hours, as who plans the rounds reads it."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from parvis.core.geo import Point
from parvis.delivery.clients.mapped import MappedHours, mapped_hours
from parvis.delivery.models import Hub
from parvis.delivery.tests.test_dispatch_board import said
from parvis.delivery.tests.test_road_closures import STREETS, desk, mapped, shut, tiles
from parvis.demo import builders
from parvis.towns.clients.tiles import HOURS_FILE

__all__ = ["desk", "mapped", "tiles"]  # fixtures
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

MARKET = {
    "name": "Plaine du Marché",
    "spots": [[2.010, 48.010], [2.011, 48.010]],
    "stretches": [
        ["2026-11-25T05:00:00+00:00", "2026-11-25T13:00:00+00:00"],
        ["2026-11-28T05:00:00+00:00", "2026-11-28T13:00:00+00:00"],
        ["2026-11-28T23:00:00+00:00", "2026-11-29T23:00:00+00:00"],
        ["2026-12-02T05:00:00+00:00", "2026-12-02T13:00:00+00:00"],
    ],
}
ALLEY = {"name": "", "spots": [[2.005, 48.010]], "stretches": []}


@pytest.fixture
def file(mapped: Hub, tiles: Path) -> Iterator[Path]:
    path = tiles / HOURS_FILE
    path.write_text(json.dumps([MARKET, ALLEY]))
    yield path
    path.unlink()


def moment(day: int, hour: int) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day}T{hour:02}:00:00+00:00")


def test_from_when_to_when(mapped: Hub, file: Path):
    market, alley = mapped_hours(mapped.town)
    assert market.between(moment(25, 0), moment(26, 0)) == [(moment(25, 5), moment(25, 13))]
    assert market.between(moment(25, 13), moment(28, 5)) == []
    assert market.between(moment(25, 12), moment(28, 6)) == [
        (moment(25, 12), moment(25, 13)),
        (moment(28, 5), moment(28, 6)),
    ]
    assert len(market.spells(moment(28, 0), moment(29, 0))) == 4, "two hours, two pieces"
    assert alley.between(moment(25, 0), moment(28, 0)) == []
    assert MappedHours("", (Point(2, 48),), ()).spells(moment(25, 0), moment(28, 0)) == []


def test_what_is_closed_on_foot_too_is_told_apart(mapped: Hub, file: Path):
    walled = {**ALLEY, "stretches": MARKET["stretches"], "on_foot": MARKET["stretches"][1:2]}
    file.write_text(json.dumps([walled]))
    (street,) = mapped_hours(mapped.town)
    spells = street.spells(moment(25, 0), moment(29, 0))
    assert [(spell.starts_at.day, spell.to_bikes, spell.to_walkers) for spell in spells] == [
        (25, True, False),
        (28, True, True),
        (28, True, False),
    ]


def test_the_page_says_the_days_of_the_coming_week(desk: Client, mapped: Hub, file: Path, at: datetime):
    builders.make_address(mapped.town, lon=2.0051, lat=48.0101)
    shut(mapped.town, at)
    page = said(desk.get(STREETS))
    assert "One closed street" in page
    assert "2. Plaine du Marché" in page
    assert "Wednesday, Saturday, 6:00–14:00" in page
    assert "Sunday" in page
    assert "3. Ways near" in page
    assert page.index("Wednesday, Saturday") < page.index("Sunday")
    assert "Not in the coming seven days." in page
    assert "OpenStreetMap says so" in page


def test_the_title_tells_the_town_from_the_map(desk: Client, mapped: Hub, file: Path):
    assert "The town has closed no street" in said(desk.get(STREETS))


def test_without_such_streets_the_page_says_nothing_of_them(desk: Client, mapped: Hub):
    assert "OpenStreetMap says so" not in said(desk.get(STREETS))


def test_queries_do_not_grow_with_the_streets(
    desk: Client, mapped: Hub, file: Path, django_assert_max_num_queries: Any
):
    file.write_text(json.dumps([{**MARKET, "name": f"Rue {n}"} for n in range(40)]))
    with django_assert_max_num_queries(24):
        desk.get(STREETS)
