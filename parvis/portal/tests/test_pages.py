"""The front page, search over everything, and the pages of words."""

import re
from datetime import timedelta

import pytest
from django.contrib.postgres.search import SearchVector
from django.db.models import Value

from parvis.core.text import fold
from parvis.delivery.models import Bike
from parvis.demo import builders
from parvis.market.models import MarketClosure
from parvis.people.models import Role
from parvis.places.models import Place
from parvis.portal.search import clean, shorter

EN = {"accept-language": "en"}


@pytest.fixture
def library(town):
    place = Place.objects.create(
        town=town, slug="mediatheque", name="Médiathèque", category="library", lon=town.lon, lat=town.lat
    )
    Place.objects.filter(pk=place.pk).update(search=SearchVector(Value(fold(place.name)), config="simple"))
    return place


def test_what_is_open_now(clock, visit, town, shop, product, window):
    builders.make_shop(town, "À l'aube", opening_hours="Mo-Su 05:00-06:00")
    page = visit().get("/", headers=EN).content.decode()
    assert "1 shop is open for you now" in page
    assert "This evening, 17:00–19:00" in page
    assert "order until 15:00" in page
    assert "Pain de campagne" in page
    assert page.index("Boulangerie du Parvis") < page.index("À l&#x27;aube")


def test_at_night_it_says_so(clock, visit, town, shop):
    clock.shift(timedelta(hours=13))
    assert "The shops are closed for now" in visit().get("/", headers=EN).content.decode()


def test_an_empty_town_is_not_an_empty_page(clock, visit, town):
    page = visit().get("/", headers=EN).content.decode()
    assert "No shop has joined yet" in page
    assert "How it works" in page


def test_a_closed_market_says_why(clock, visit, town, shop, at):
    day = at.date()
    MarketClosure.objects.create(
        town=town, first_day=day, last_day=day, shown_from=day, messages={"fr": "Le marché se repose."}
    )
    assert "Le marché se repose." in visit().get("/").content.decode()


def test_a_ride_that_cannot_be_is_not_announced(clock, visit, town, hub, rider, window, at):
    """On a day off nobody rides; and a window has places enough while its only bike is out of order."""
    builders.make_shift(hub.bikes.get(), rider, at)
    builders.make_shift(hub.bikes.get(), rider, at + timedelta(days=1))
    builders.make_window(hub, at + timedelta(days=1, hours=7))
    evening, later = "This evening, 17:00–19:00", "Tomorrow, 17:00–19:00"

    def shown():
        page = visit().get("/", headers=EN).content.decode()
        return evening in page, later in page

    assert shown() == (True, True)
    Bike.objects.update(broken_at=at, back_on=at.date() + timedelta(days=1))
    assert shown() == (False, True)
    Bike.objects.update(broken_at=None, back_on=None)
    day = at.date() + timedelta(days=1)
    MarketClosure.objects.create(town=town, first_day=day, last_day=day, shown_from=day, messages={"fr": "Repos."})
    assert shown() == (True, False)


def test_the_front_page_is_cheap(clock, visit, town, window, django_assert_max_num_queries):
    for n in range(10):
        shop = builders.make_shop(town, f"Maison {n}")
        for k in range(3):
            builders.make_product(shop, f"Chose {n} {k}")
    with django_assert_max_num_queries(11):
        assert visit().get("/").status_code == 200


def test_the_navigation_follows_roles(visit, town, shop, merchant, citizen, stranger):
    assert 'href="/orders/"' not in visit().get("/about/").content.decode()
    assert 'href="/orders/"' in visit(citizen).get("/about/").content.decode()
    assert 'href="/merchant/"' in visit(merchant).get("/about/").content.decode()
    builders.give_role(citizen, town, Role.Kind.HUB)
    assert 'href="/merchant/"' not in visit(citizen).get("/about/").content.decode()
    assert 'href="/merchant/"' not in visit(stranger).get("/about/").content.decode(), "another town's merchant"


@pytest.mark.parametrize(
    ("role", "own"),
    [(None, "/orders/"), (Role.Kind.DISPATCHER, "/dispatch/"), (Role.Kind.HUB, "/hub/"), (Role.Kind.RIDER, "/rider/")],
)
def test_a_phones_bar_keeps_beside_its_menu_where_one_works_or_ones_orders(visit, town, citizen, role, own):
    if role:
        builders.give_role(citizen, town, role)
    page = visit(citizen).get("/shops/", headers=EN).content.decode()
    bar = page.split('<ul class="nav__pinned">')[1].split("</ul>")[0]
    box = page.split('<details class="nav__box">')[1].split("</details>")[0]
    assert re.findall(r'href="([^"]+)"', bar) == ["/", "/shops/", "/products/", own]
    assert '<a href="/shops/" aria-current="page">' in bar
    assert '<a href="/shops/" aria-current="page">' in box
    assert {"/", "/shops/", "/products/", "/map/", "/news/", "/orders/", own} <= set(re.findall(r'href="([^"]+)"', box))
    assert "nav__box" not in visit().get("/shops/").content.decode(), "five ways need no box"


@pytest.mark.parametrize("query", ["pain", "CAMPAGNE pain", "boulang", "médiatheque", "pâin"])
def test_search_looks_everywhere(clock, visit, product, library, query):
    page = visit().get("/search/", {"q": query}, headers=EN).content.decode()
    assert "Found for" in page
    assert ("Médiathèque" in page) == (query == "médiatheque")


def test_a_shop_is_found_by_its_trade_in_the_readers_language(clock, visit, shop):
    assert shop.name in visit().get("/search/?q=bakery", headers=EN).content.decode()


@pytest.mark.parametrize("query", ["zzzz", "pain volant", "'; drop table", "&|!:*", "\x00", "", "   ", "é" * 5000, "-"])
def test_nothing_found_says_what_to_try(clock, visit, product, query):
    answer = visit().get("/search/", {"q": query}, headers=EN)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Bread and pastry" in page, "the shelves are one tap away"
    if query == "pain volant":
        assert 'href="/search/?q=pain"' in page


def test_suggestions_are_a_fragment(clock, visit, product, shop):
    answer = visit().get("/search/", {"q": "pa"}, headers=EN | {"HX-Request": "true"})
    page = answer.content.decode()
    assert "<html" not in page
    assert f"/shops/{shop.slug}/{product.slug}/" in page
    assert "HX-Request" in answer["Vary"]
    assert not visit().get("/search/?q=p", headers={"HX-Request": "true"}).content.strip()


def test_search_stays_in_its_town_and_is_cheap(
    clock, visit, product, library, other_town, django_assert_max_num_queries
):
    for query in ("pain", "boulangerie", "mediatheque"):
        page = visit(town=other_town).get("/search/", {"q": query}, headers=EN).content.decode()
        assert "Nothing found" in page
    for n in range(30):
        builders.make_product(product.shop, f"Pain {n}")
    with django_assert_max_num_queries(9):
        page = visit().get("/search/?q=pain", headers=EN).content.decode()
    assert "Page 1 of 2" in page


def test_questions_are_tidied():
    assert clean("  pain   de\x00 campagne ") == "pain de campagne"
    assert len(clean("a" * 500)) == 80
    assert shorter("pain de campagne") == ["de campagne", "pain campagne", "pain de"]
    assert shorter("pain") == []


@pytest.mark.parametrize("address", ["/about/", "/legal/", "/privacy/", "/accessibility/"])
def test_pages_of_words(visit, town, address):
    page = visit().get(address)
    assert page.status_code == 200
    assert address in visit().get("/about/").content.decode(), "the footer leads there"
