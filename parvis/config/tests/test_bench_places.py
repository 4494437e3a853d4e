"""The measurement of the directory measures what it says: our answers are those of the naive ways, town after town."""

import pytest

from parvis.config import bench_places
from parvis.config.bench_town import make_places, metres_from
from parvis.demo.builders import make_town
from parvis.places.models import Place
from parvis.places.spans import refresh_due

pytestmark = pytest.mark.django_db


def test_every_question_has_a_budget_and_the_same_answer_in_both_ways():
    town = make_town("bench", lon=2.3522, lat=48.8566)
    make_places(town, 400)
    refresh_due(bench_places.FIRST)
    refresh_due(bench_places.AT)
    ways = bench_places.ways(town)
    assert ways.keys() == bench_places.BUDGETS.keys()
    for spot in (town.centre, metres_from(town.centre, -2600, 900)):
        for name, way in ways.items():
            ours, theirs = way.ours(spot), way.python(spot)
            assert not way.same or bench_places._agree(theirs, ours), name


def test_the_town_is_the_same_each_time_and_varied():
    for slug in ("one", "two"):
        make_places(make_town(slug), 200)
    one, two = (
        list(Place.objects.filter(town__slug=slug).order_by("source_ref").values_list("name", "lon", "opening_hours"))
        for slug in ("one", "two")
    )
    assert one == two
    assert len({name for name, _lon, _hours in one}) > 150
    assert len({hours for _name, _lon, hours in one}) > 60
