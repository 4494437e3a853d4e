"""The directory: for everybody, of one town, searched and filtered on the server."""

from datetime import date

import pytest

from parvis.places.models import Closure, Place

HOST = {"host": "issy.localhost"}


def make_place(town, name, category="bakery", **extra):
    slug = name.lower().replace(" ", "-")
    values = {"slug": slug, "lon": 2.27, "lat": 48.82, "opening_hours": "Mo-Sa 09:00-19:00", "hours_read": True}
    return Place.objects.create(town=town, name=name, category=category, **(values | extra))


pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def street(town):
    return [
        make_place(town, "Aux Miches", address="3 rue Verte, 92130 Issy"),
        make_place(town, "Vins d'Ici", "wine", opening_hours="Mo-Sa 17:00-22:00", slug="vins"),
        make_place(town, "Parc Rodin", "park", opening_hours=""),
        make_place(town, "Horaires Curieux", "cafe", opening_hours="le matin", hours_read=False),
    ]


def page(client, address):
    answer = client.get(address, headers=HOST | {"accept-language": "en"})
    return answer.content.decode()


def test_everybody_sees_all_places(client, street):
    text = page(client, "/places/")
    assert all(place.name.replace("'", "&#x27;") in text for place in street)
    assert "Open until 19:00" in text
    assert "Opens at 17:00" in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?q=miches", {"Aux Miches"}),
        ("?q=verte", {"Aux Miches"}),
        ("?kind=park", {"Parc Rodin"}),
        ("?group=outdoors", {"Parc Rodin"}),
        ("?open=on", {"Aux Miches"}),
        ("?group=shops&open=on", {"Aux Miches"}),
        ("?q=zzz", set()),
    ],
)
def test_filters(client, street, query, shown):
    text = page(client, "/places/" + query)
    assert {p.name for p in street if f"/places/{p.slug}/" in text} == shown


@pytest.mark.parametrize(
    "query", ["?kind=nonsense", "?group=nonsense", "?page=abc", "?page=999", "?open=%00", "?q=%26%7C"]
)
def test_nonsense_shows_the_directory(client, street, query):
    assert "Aux Miches" in page(client, "/places/" + query)


def test_what_was_typed_is_kept(client, street):
    text = page(client, "/places/?q=zzz&open=on")
    assert 'value="zzz"' in text
    assert '<option value="now" selected>' in text
    assert "No place matches" in text


def test_an_empty_directory_says_so(client, town):
    assert "No place is listed yet" in page(client, "/places/")


def test_one_place(client, town, street):
    Closure.objects.create(
        town=town, place=street[0], first_day=date(2026, 11, 28), last_day=date(2026, 11, 28), reason="Stocktaking"
    )
    text = page(client, "/places/aux-miches/")
    assert "3 rue Verte" in text
    assert "Open until 19:00" in text
    assert "Stocktaking" in text
    assert text.count('scope="row"') == 7


def test_hours_that_cannot_be_read_are_shown_as_written(client, street):
    text = page(client, "/places/horaires-curieux/")
    assert "le matin" in text
    assert "Hours not known" in text


def test_no_hours_at_all(client, street):
    assert "Nobody has written the hours down yet" in page(client, "/places/parc-rodin/")


def test_a_place_of_another_town_is_not_here(client, street, other_town):
    for address in ("/places/aux-miches/", "/places/?q=miches"):
        answer = client.get(address, headers={"host": "ivry.localhost"})
        assert answer.status_code == (404 if "?" not in address else 200)
        assert "Aux Miches" not in answer.content.decode()


def test_unknown_places_are_404_and_nothing_can_be_posted(client, street):
    assert client.get("/places/nothing/", headers=HOST).status_code == 404
    assert client.post("/places/aux-miches/", headers=HOST).status_code == 405


def test_a_long_list_asks_few_questions(client, town, django_assert_max_num_queries):
    for n in range(40):
        make_place(town, f"Boutique {n:02d}")
    with django_assert_max_num_queries(9):
        page(client, "/places/?open=on")
