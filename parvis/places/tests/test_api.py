"""The directory for machines: what it answers, what it refuses, and that its description is the one we publish."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from parvis.demo import builders
from parvis.places.models import Closure, Place
from parvis.places.spans import rewrite_spans

pytestmark = pytest.mark.django_db
KEPT = Path(settings.BASE_DIR) / "docs" / "openapi.json"


@pytest.fixture(autouse=True)
def _clock(time_machine, at):
    time_machine.move_to(at, tick=False)


@pytest.fixture
def places(town, at):
    def make(name, category, hours, east, **more):
        return Place.objects.create(
            town=town, slug=name.lower().replace(" ", "-"), name=name, category=category, opening_hours=hours,
            hours_read=bool(hours), lon=town.lon + east, lat=town.lat, address="3 rue Haute", **more,
        )  # fmt: skip

    found = [
        make("Au bon pain", "bakery", "Mo-Sa 07:00-19:00", 0.001, services=["card", "terrace"], wheelchair="yes"),
        make("Bar du soir", "bar", "Mo-Su 18:00-02:00", 0.002, services=["card"]),
        make("Parc Rodin", "park", "", 0.003),
        make("Vieux four", "bakery", "Mo-Sa 07:00-19:00", 0.004, gone_on=at.date()),
    ]
    rewrite_spans(Place.objects.filter(town=town).with_closures(), at)
    return found


def ask(browser, path="places", **question):
    response = browser.get(f"/api/v1/{path}", question)
    return response.status_code, response.json()


def slugs(browser, **question):
    status, answer = ask(browser, **question)
    assert status == 200, answer
    return [place["slug"] for place in answer["places"]]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({}, ["au-bon-pain", "bar-du-soir", "parc-rodin"]),
        ({"q": "pain"}, ["au-bon-pain"]),
        ({"category": "bakery"}, ["au-bon-pain"]),
        ({"category": ["bakery", "park"]}, ["au-bon-pain", "parc-rodin"]),
        ({"group": "food"}, ["bar-du-soir"]),
        ({"service": "card"}, ["au-bon-pain", "bar-du-soir"]),
        ({"service": ["card", "terrace"]}, ["au-bon-pain"]),
        ({"wheelchair": "yes"}, ["au-bon-pain"]),
        ({"open_at": "now"}, ["au-bon-pain"]),
        ({"open_at": "2026-11-26T22:00:00+01:00"}, ["bar-du-soir"]),
        ({"bbox": "2.2745,48.82,2.2765,48.83"}, ["bar-du-soir", "parc-rodin"]),
        ({"near": "2.2760,48.8239", "limit": 2}, ["parc-rodin", "bar-du-soir"]),
    ],
)
def test_questions(visit, places, question, expected):
    assert slugs(visit(), **question) == expected


def test_pages_follow_each_other(visit, places):
    browser = visit()
    _, first = ask(browser, limit=2)
    assert first["count"] == 3
    assert "after=bar-du-soir" in first["next"]
    second = browser.get(first["next"]).json()
    assert [place["slug"] for place in second["places"]] == ["parc-rodin"]
    assert second["next"] is None


def test_one_place_says_where_it_comes_from(visit, town, places):
    town.sources = [{"name": "OpenStreetMap", "attribution": "© OpenStreetMap contributors, ODbL"}]
    town.save()
    Place.objects.filter(slug="au-bon-pain").update(source="OpenStreetMap")
    status, place = ask(visit(), "places/au-bon-pain")
    assert status == 200
    assert place["open"] is True
    assert place["changes_at"] == "2026-11-26T18:00:00Z"
    assert place["licence"]["attribution"] == "© OpenStreetMap contributors, ODbL"
    assert place["url"] == "http://issy.localhost/places/au-bon-pain/"


def test_geojson(visit, places):
    response = visit().get("/api/v1/places.geojson", {"category": "park"})
    assert response["Content-Type"] == "application/geo+json"
    [feature] = response.json()["features"]
    assert feature["geometry"]["coordinates"] == [places[2].lon, places[2].lat]
    assert feature["properties"]["open"] is None


def test_hours_between_two_days(visit, town, places, at):
    Closure.objects.create(town=town, place=places[0], first_day=at.date(), last_day=at.date())
    status, answer = ask(visit(), "places/au-bon-pain/hours", first_day="2026-11-26", last_day="2026-11-29")
    assert status == 200
    assert [span["starts_at"] for span in answer["open"]] == ["2026-11-27T06:00:00Z", "2026-11-28T06:00:00Z"]


@pytest.mark.parametrize(
    "question",
    [
        {"category": "castle-in-the-air"}, {"service": "teleport"}, {"group": "x"}, {"limit": 0}, {"limit": 501},
        {"open_at": "yesterday"}, {"open_at": "2026-11-26T10:00:00"}, {"bbox": "1,2,3"}, {"bbox": "3,3,1,1"},
        {"bbox": "a,b,c,d"}, {"bbox": "0,0,999,1"}, {"near": "2"}, {"near": "nan,48"}, {"near": "200,10"},
        {"q": "x" * 101}, {"wheelchair": "perhaps"},
    ],
)  # fmt: skip
def test_nonsense_gets_a_problem(visit, town, question):
    response = visit().get("/api/v1/places", question)
    assert response.status_code == 422, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response.json()["detail"]


def test_far_moments_are_refused(visit, town, at):
    browser = visit()
    far = (at + timedelta(days=40)).isoformat()
    assert ask(browser, open_at=far)[0] == 400
    builders.make_shop(town)
    nonsense = ({"first_day": "9999-12-31"}, {"first_day": "2026-01-02", "last_day": "2026-01-01"}, {"first_day": "x"})
    for days in nonsense:
        assert ask(browser, "places/boulangerie-du-parvis/hours", **days)[0] in {400, 422}


def test_a_town_gives_its_own_places_only(visit, other_town, places):
    browser = visit(town=other_town)
    assert slugs(browser) == []
    assert ask(browser, "places/au-bon-pain")[0] == 404
    assert ask(browser, "places/au-bon-pain/hours")[0] == 404
    assert ask(visit(), "places/vieux-four")[0] == 404  # closed for good


def test_an_answer_is_not_sent_twice(visit, places):
    browser = visit()
    first = browser.get("/api/v1/places")
    assert first["Cache-Control"] == "public, max-age=60"
    again = browser.get("/api/v1/places", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304


def test_a_list_asks_the_database_a_few_questions(visit, places, django_assert_max_num_queries):
    browser = visit()
    with django_assert_max_num_queries(4):  # the town, the count, the page, its closures
        assert ask(browser)[0] == 200


def test_writing_is_refused(visit, places):
    assert visit().post("/api/v1/places", {}).status_code == 405


def test_the_description_is_the_published_one(visit, town):
    """``docs/openapi.json`` is what developers build on: a change of it is decided, never slipped in."""
    given = visit().get("/api/v1/openapi.json").json()
    assert given == json.loads(KEPT.read_text()), "write the new description to docs/openapi.json if it is meant"


def test_the_page_for_developers_shows_every_question(visit, places):
    page = visit().get("/api/").content.decode()
    for path in json.loads(KEPT.read_text())["paths"]:
        assert path in page
