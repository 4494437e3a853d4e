"""Where, what and when: each question to the directory against the same one worked out place by place."""

import random
from datetime import datetime, timedelta

import pytest

from parvis.core.geo import Point, distance_m
from parvis.demo.builders import ISSY
from parvis.places import spans
from parvis.places.models import Place
from parvis.places.tests.test_pages import make_place

pytestmark = pytest.mark.django_db
HERE = ISSY
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[2.25, 48.81], [2.30, 48.81], [2.30, 48.84], [2.25, 48.84], [2.25, 48.81]]],
}
OUTSIDE = Point(2.40, 48.90)


def names(places) -> list[str]:
    return [place.name for place in places]


@pytest.fixture
def scattered(town, other_town, at):
    chance = random.Random(4)
    hours = ["Mo-Su 08:00-20:00", "Mo-Su 18:00-02:00", "24/7", "", "Mo-Fr 09:00-12:00,14:00-18:00"]
    Place.objects.bulk_create(
        Place(
            town=town if n % 10 else other_town,
            slug=f"p-{n}",
            name=f"P {n:03}",
            category=chance.choice(["bakery", "cafe"]),
            lon=HERE.lon + chance.uniform(-0.03, 0.03),
            lat=HERE.lat + chance.uniform(-0.02, 0.02),
            opening_hours=(text := chance.choice(hours)),
            hours_read=bool(text),
        )
        for n in range(200)
    )
    spans.refresh_due(at)
    return list(Place.objects.of(town))


def test_a_window_of_the_map_holds_what_lies_in_it(town, scattered):
    west, south, east, north = HERE.lon - 0.01, HERE.lat - 0.004, HERE.lon + 0.02, HERE.lat + 0.01
    expected = {p.pk for p in scattered if west <= p.lon <= east and south <= p.lat <= north}
    assert {p.pk for p in Place.objects.of(town).within(west, south, east, north)} == expected
    assert 10 < len(expected) < 150


def test_a_window_may_be_the_whole_world_or_elsewhere(town, scattered):
    assert Place.objects.of(town).within(-180, -90, 180, 90).count() == len(scattered)
    assert not Place.objects.of(town).within(10, 10, 11, 11).exists()


def test_the_nearest_come_first_with_their_distance_in_metres(town, scattered):
    found = list(Place.objects.of(town).nearest(HERE, 30))
    expected = sorted(scattered, key=lambda p: distance_m(p.point, HERE))[:30]
    assert names(found) == names(expected)
    for place in found:
        assert place.distance_m == pytest.approx(distance_m(place.point, HERE), rel=0.002, abs=0.5)


def test_questions_are_joined(town, scattered, at):
    found = Place.objects.of(town).open_at(at).of_kinds(["cafe"]).nearest(HERE, 5)
    expected = [p for p in scattered if p.category == "cafe" and p.status(at).is_open]
    assert names(found) == names(sorted(expected, key=lambda p: distance_m(p.point, HERE))[:5])


def test_open_for_some_of_the_time_or_all_of_it(town, at):
    make_place(town, "Day", opening_hours="Mo-Su 08:00-20:00")
    make_place(town, "Lunch break", opening_hours="Mo-Su 08:00-12:00,14:00-20:00")
    make_place(town, "Night", opening_hours="Mo-Su 20:00-04:00")
    make_place(town, "Always", opening_hours="24/7")
    make_place(town, "Unknown", opening_hours="", hours_read=False)
    for refreshed in (False, True):
        if refreshed:
            spans.refresh_due(at)
        places = Place.objects.of(town).order_by("name")

        def ask(start: int, end: int, *, whole: bool, places=places) -> list[str]:
            midnight = at - timedelta(hours=10)
            return names(
                places.open_during(midnight + timedelta(hours=start), midnight + timedelta(hours=end), whole=whole)
            )

        assert ask(9, 15, whole=False) == ["Always", "Day", "Lunch break"]
        assert ask(9, 15, whole=True) == ["Always", "Day"]
        assert ask(12, 14, whole=False) == ["Always", "Day"]
        assert ask(20, 21, whole=False) == ["Always", "Night"]
        assert ask(22, 27, whole=True) == ["Always", "Night"]
        assert ask(22, 60, whole=True) == ["Always"]  # three rows, cut at midnights, are one opening
        assert ask(28, 32, whole=False) == ["Always"]


def test_a_list_knows_until_when_and_when_next(town, at, django_assert_num_queries):
    make_place(town, "Day", opening_hours="Mo-Sa 09:00-19:00")
    make_place(town, "Evening", opening_hours="Mo-Sa 17:00-22:00")
    make_place(town, "Weekend", opening_hours="Fr 18:00-24:00; Sa 00:00-24:00; Su 00:00-14:00")
    make_place(town, "Never", opening_hours="off")
    spans.refresh_due(at)
    with django_assert_num_queries(1):
        found = {place.name: place for place in Place.objects.of(town).with_next_opening(at)}
    assert found["Day"].open_until == at + timedelta(hours=9)
    assert found["Day"].opens_at == at + timedelta(hours=23)
    assert (found["Evening"].open_until, found["Evening"].opens_at) == (None, at + timedelta(hours=7))
    assert (found["Never"].open_until, found["Never"].opens_at) == (None, None)
    saturday = at + timedelta(days=2)
    weekend = Place.objects.with_next_opening(saturday).get(name="Weekend")
    assert weekend.open_until == saturday.replace(hour=13, minute=0) + timedelta(days=1)  # through two midnights


def test_services_are_asked_for_together(town):
    make_place(town, "Both", services=["click-collect", "terrace"])
    make_place(town, "One", services=["terrace"])
    assert names(Place.objects.of(town).offering("click-collect", "terrace")) == ["Both"]
    assert Place.objects.of(town).offering().count() == 2


@pytest.mark.parametrize(
    ("services", "within", "near", "far"),
    [
        (["own-delivery"], None, True, False),  # the whole town
        (["own-delivery"], 500, True, False),
        (["own-delivery"], 50, False, False),
        (["own-delivery"], 20_000, True, True),  # beyond the town, if the shop says so
        (["bike-delivery"], None, True, False),
        (["post"], None, True, True),
        (["post", "own-delivery"], 50, True, True),
        (["click-collect"], None, False, False),
    ],
)
def test_who_delivers_where(town, services, within, near, far):
    town.boundary = SQUARE
    make_place(town, "Shop", services=services, delivers_within_m=within, lon=HERE.lon + 0.003, lat=HERE.lat)
    assert Place.objects.of(town).delivers_to(HERE, town).exists() is near
    assert Place.objects.of(town).delivers_to(OUTSIDE, town).exists() is far


def test_a_town_without_a_boundary_ends_nowhere(town):
    make_place(town, "Shop", services=["bike-delivery"])
    assert Place.objects.of(town).delivers_to(OUTSIDE, town).exists()


def test_another_town_is_another_directory(town, other_town, at):
    make_place(other_town, "There", opening_hours="24/7", services=["post"])
    spans.refresh_due(at)
    places = Place.objects.of(town)
    soon: datetime = at + timedelta(hours=1)
    for question in (places.open_at(at), places.open_during(at, soon), places.nearest(HERE), places.delivering()):
        assert not question.exists()
