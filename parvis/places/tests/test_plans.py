"""How PostgreSQL goes about our questions in a town of 20,000 places: by the indexes, never through all the hours."""

from datetime import timedelta

import pytest
from django.db import connection

from parvis.demo.builders import ISSY
from parvis.places.models import Place, PlaceQuerySet
from parvis.places.tests.test_pages import make_place
from parvis.towns.actions import refresh_statistics

PLACES, DAYS = 20_000, 12
HERE = ISSY
KINDS = ["bakery", "cafe", "bank", "park", "bookshop", "wine", "florist", "bar", "pharmacy", "school"]

pytestmark = pytest.mark.django_db


# Written by the database: twenty thousand rows one by one would be half a minute.
MORE_PLACES = """
INSERT INTO places_place
SELECT made.* FROM places_place one, generate_series(1, %(places)s) n, LATERAL jsonb_populate_record(
    one,
    jsonb_build_object(
        'id', gen_random_uuid(), 'slug', 'p-' || n, 'name', 'P ' || md5(n::text),
        'category', (%(kinds)s::text[])[n %% 10 + 1],
        'lon', one.lon + (random() - random()) / 20, 'lat', one.lat + (random() - random()) / 30,
        'services', CASE WHEN n %% 50 = 0 THEN '["post"]'::jsonb ELSE '[]'::jsonb END
    )
) made
"""
THEIR_HOURS = """
INSERT INTO places_openspan (town_id, place_id, starts_at, ends_at)
SELECT town_id, id, morning + interval '8 hours' * (slug LIKE '%%7')::int, morning + interval '10 hours'
FROM places_place, generate_series(%(first)s::timestamptz, %(last)s, interval '1 day') morning ORDER BY id, morning
"""


@pytest.fixture
def many(town, at) -> PlaceQuerySet:
    """Open from 9:00 to 19:00, one in ten from 17:00 on."""
    make_place(town, "P", lon=HERE.lon, lat=HERE.lat, spans_until=at + timedelta(days=DAYS))
    morning = at - timedelta(hours=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(MORE_PLACES, {"places": PLACES - 1, "kinds": KINDS})
        cursor.execute(THEIR_HOURS, {"first": morning - timedelta(days=1), "last": morning + timedelta(days=DAYS)})
    Place.objects.filter(slug__endswith="9").update(hours_read=False, spans_until=None)
    refresh_statistics("places_place")
    refresh_statistics("places_openspan")
    return Place.objects.of(town)


def plan_of(places: PlaceQuerySet) -> str:
    return str(places.explain())


def test_questions_are_answered_by_indexes(many, at, town):
    window = many.within(HERE.lon - 0.004, HERE.lat - 0.003, HERE.lon + 0.004, HERE.lat + 0.003)
    whole = many.within(HERE.lon - 1, HERE.lat - 1, HERE.lon + 1, HERE.lat + 1)
    evening = at + timedelta(hours=9), at + timedelta(hours=12)
    questions = {
        "open now in a window": (window.open_at(at), "place_in_window"),
        "open this evening in a window": (window.open_during(*evening), "place_in_window"),
        "open all evening in a window": (window.open_during(*evening, whole=True), "place_in_window"),
        "open now in the whole town": (whole.open_at(at), "open_span_by_start"),
        "nearest 50": (many.nearest(HERE, 50), "place_by_spot"),
        "nearest 50 open": (many.open_at(at).nearest(HERE, 50), "place_by_spot"),
        "open bakeries": (many.of_kinds(["bakery"]).open_at(at).order_by("name", "pk")[:24], "place_by_category"),
        "what comes next for a page": (
            many.of_kinds(["bakery"]).with_next_opening(at).order_by("name", "pk")[:24],
            "places_openspan_pkey",
        ),
        "open near, delivering": (many.open_at(at).delivers_to(HERE, town).nearest(HERE, 24), "places_openspan"),
        "all that is open": (many.open_at(at), "open_span_by_start"),
        "whether any row is behind": (many.least_ahead(), "place_hours_behind"),
    }
    for name, (question, index) in questions.items():
        plan = plan_of(question)
        assert index in plan, (name, plan)
        assert "Seq Scan on places_openspan" not in plan, (name, plan)
    assert PLACES * 0.88 < many.open_at(at).count() < PLACES * 0.92
    assert many.open_at(at).nearest(HERE, 50).count() == 50
    # The longest stretch bounds the search on both sides: three weeks of rows cost no more than a day of them.
    probe = next(line for line in plan_of(questions["nearest 50 open"][0]).splitlines() if "(place_id = " in line)
    assert "starts_at >" in probe
    assert "starts_at <=" in probe
