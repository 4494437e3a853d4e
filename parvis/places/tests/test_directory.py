"""The directory's list: when, what is offered, how far; a few questions however long the list."""

import re
from datetime import date

import pytest

from parvis.places import spans
from parvis.places.forms.filter import DirectoryFilter
from parvis.places.listing import kinds_of
from parvis.places.models import OpenSpan, Place
from parvis.places.tests.test_pages import HOST, make_place, page

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture(params=["rows", "rules"])
def street(request, town, at):
    make_place(town, "Day", opening_hours="Mo-Sa 09:00-19:00", services=["click-collect"], lon=2.280)
    make_place(town, "Evening", "bar", opening_hours="Mo-Sa 18:00-02:00", wheelchair="yes", lon=2.276)
    make_place(town, "Sunday", opening_hours="Su 08:00-13:00", services=["post"], wheelchair="limited", lon=2.273)
    make_place(town, "Always", "pharmacy", opening_hours="24/7", services=["own-delivery"], lon=2.290)
    make_place(town, "Silent", "park", opening_hours="", hours_read=False, lon=2.270)
    if request.param == "rows":
        spans.refresh_due(at)


def shown(text: str) -> list[str]:
    return re.findall(r'class="row__link" href="/places/[^"]+">([^<]+)<', text)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Always", "Day", "Evening", "Silent", "Sunday"]),
        ("?open=now", ["Always", "Day"]),
        ("?open=on", ["Always", "Day"]),  # as old links have it
        ("?open=evening", ["Always", "Evening"]),
        ("?open=tomorrow", ["Always", "Day", "Evening"]),
        ("?open=saturday", ["Always", "Day"]),
        ("?open=sunday", ["Always", "Sunday"]),
        ("?collect=on", ["Day"]),
        ("?delivers=on", ["Always", "Sunday"]),
        ("?wheelchair=on", ["Evening"]),
        ("?near=2.272,48.82", ["Sunday", "Silent", "Evening", "Day", "Always"]),
        ("?near=2.272,48.82&open=now&group=health", ["Always"]),
        ("?near=2.272,48.82&delivers=on", ["Sunday", "Always"]),
        ("?open=sunday&wheelchair=on", []),
    ],
)
def test_what_is_asked_is_shown(client, street, query, expected):
    assert shown(page(client, "/places/" + query)) == expected


def test_each_card_says_when(client, street):
    text = page(client, "/places/")
    for words in ("Open until 19:00", "Opens at 18:00", "Opens Sunday at 8:00", ">Open<"):
        assert words in text


def test_near_me_says_how_far_and_keeps_no_closer_than_a_street_corner(client, street):
    answer = client.get("/places/?near=2.2734567,48.8212345&open=sunday", headers=HOST)
    assert answer.url == "/places/?open=sunday&near=2.273%2C48.821"
    text = page(client, answer.url)
    assert 'name="near" value="2.273,48.821"' in text
    assert re.search(r"1\d\d\s+m · Bakery", text)
    assert "Nearest first" in text
    assert 'href="/places/?open=sunday">By name instead' in text


@pytest.mark.parametrize(
    "query",
    [
        "near=x",
        "near=1",
        "near=1,2,3",
        "near=200,10",
        "near=nan,nan",
        "near=inf,1",
        "near=0,90",
        "near=0,-90",
        "open=soon",
        "group=x",
    ],
)
def test_nonsense_in_one_field_leaves_the_others(client, street, query):
    assert shown(page(client, f"/places/?collect=on&{query}")) == ["Day"]


def test_a_question_is_kept_from_page_to_page(client, town):
    for n in range(30):
        make_place(town, f"Shop {n:02}", services=["click-collect", "post"], wheelchair="yes")
    asked = "q=shop&kind=bakery&open=now&collect=on&delivers=on&wheelchair=on&near=2.27%2C48.82"
    text = page(client, f"/places/?{asked}&page=2")
    assert len(shown(text)) == 6
    link = re.search(r'href="\?([^"]*page=1)"', text)
    assert link
    kept = DirectoryFilter(_query(link[1]), kinds={"bakery"}).wish()
    assert kept == DirectoryFilter(_query(asked), kinds={"bakery"}).wish()


def _query(text: str):
    from django.http import QueryDict

    return QueryDict(text.replace("&amp;", "&"))


def test_the_kinds_offered_are_those_of_the_town(town, other_town):
    make_place(town, "Here", "cafe")
    make_place(town, "Gone", "wine", gone_on=date(2026, 1, 1))
    make_place(other_town, "There", "bakery")
    assert kinds_of(town) == {"cafe"}


def test_further_choices_are_open_when_one_is_made(client, street):
    assert '<details class="filters__more">' in page(client, "/places/")
    assert '<details class="filters__more" open>' in page(client, "/places/?wheelchair=on")


def test_looking_changes_nothing(client, street):
    before = OpenSpan.objects.count(), list(Place.objects.values("spans_until"))
    page(client, "/places/?open=now&near=2.27,48.82")
    assert (OpenSpan.objects.count(), list(Place.objects.values("spans_until"))) == before


@pytest.mark.parametrize("query", ["", "?open=now", "?open=sunday&near=2.27,48.82&delivers=on&wheelchair=on"])
def test_a_long_list_asks_few_questions(client, town, at, query, django_assert_max_num_queries):
    for n in range(60):
        make_place(town, f"Shop {n:02}", services=["post"], wheelchair="yes", opening_hours="Mo-Su 08:00-20:00")
    spans.refresh_due(at)
    with django_assert_max_num_queries(7):  # the town, its kinds, places behind, how many, the page, its closures
        assert len(shown(page(client, "/places/" + query))) == 24
