"""The basket: one for all shops, found again by a signed cookie or an account."""

from uuid import uuid4

import pytest

from parvis.demo import builders
from parvis.market.cookies import COOKIE
from parvis.market.models import Basket, BasketLine, Modality, Product

pytestmark = pytest.mark.usefixtures("clock")
HTMX = {"HX-Request": "true"}
EN = {"accept-language": "en"}


def put(browser, product, quantity=1, **extra):
    return browser.post("/basket/add/", {"product": product.pk, "quantity": quantity}, **extra)


def test_a_visitor_without_a_basket_gets_none_by_looking(visit, product):
    browser = visit()
    assert "empty" in browser.get("/basket/", headers=EN).content.decode()
    assert not Basket.objects.exists()
    assert COOKIE not in browser.cookies


def test_adding_makes_a_basket_and_a_careful_cookie(visit, product):
    browser = visit()
    answer = put(browser, product, headers={"referer": "http://issy.localhost/products/?page=2"})
    assert answer.url == "http://issy.localhost/products/?page=2"
    cookie = browser.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"]) == (True, "Lax", "/", 30 * 86400)
    put(browser, product, 2)
    assert BasketLine.objects.get().quantity == 3
    assert Basket.objects.count() == 1


def test_no_going_back_to_elsewhere(visit, product):
    assert put(visit(), product, headers={"referer": "https://evil.example/"}).url == "/basket/"


def test_with_htmx_the_button_answers(visit, product):
    answer = put(visit(), product, headers=HTMX | EN).content.decode()
    assert "1 in basket" in answer
    assert 'id="basket-link" hx-swap-oob="true"' in answer
    assert "<html" not in answer


def test_the_header_counts_and_asks_nothing_of_those_without_a_basket(visit, product, django_assert_num_queries):
    browser = visit()
    with django_assert_num_queries(1):
        browser.get("/about/")
    put(browser, product, 3)
    with django_assert_num_queries(2):
        assert '<span class="header__count">3</span>' in browser.get("/about/").content.decode()


def test_it_is_grouped_by_shop_with_totals_and_vat(visit, town, product, other_merchant):
    apples = builders.make_product(other_merchant.roles.get().organisation.shops.get(), "Pommes", 350)
    browser = visit()
    put(browser, product, 2)
    put(browser, apples, 1)
    page = browser.get("/basket/", headers=EN).content.decode()
    for words in ("Total Boulangerie du Parvis", "€8.40", "Total Primeurs de la Place", "€3.50", "€11.90", "VAT 5.5%"):
        assert words in page
    assert 'href="/checkout/"' in page


def test_quantities_change_and_things_go(visit, product):
    browser = visit()
    put(browser, product)
    browser.post("/basket/change/", {"product": product.pk, "quantity": 4})
    assert BasketLine.objects.get().quantity == 4
    browser.post("/basket/change/", {"product": product.pk, "quantity": 0})
    assert not BasketLine.objects.exists()


def test_more_than_the_shop_has_is_brought_back_to_what_it_has(visit, product):
    browser = visit()
    put(browser, product)
    answer = browser.post("/basket/change/", {"product": product.pk, "quantity": 40}, headers=HTMX)
    assert BasketLine.objects.get().quantity == 10
    assert answer["HX-Retarget"] == "#basket", "the box must show what it became"


@pytest.mark.parametrize("nonsense", ["many", "-3", "100", "", "1.5"])
def test_nonsense_quantities_change_nothing_and_are_explained(visit, product, nonsense):
    browser = visit()
    put(browser, product, 2)
    answer = browser.post("/basket/change/", {"product": product.pk, "quantity": nonsense}, headers=EN, follow=True)
    assert "Write a whole number from 0 to 99." in answer.content.decode()
    assert BasketLine.objects.get().quantity == 2


def test_the_fragment_is_the_page(visit, product):
    browser = visit()
    put(browser, product)
    fragment = browser.post("/basket/change/", {"product": product.pk, "quantity": 2}, headers=HTMX).content.decode()
    page = browser.get("/basket/").content.decode()
    total = fragment[fragment.index('id="basket-total"') : fragment.index("</ul>", fragment.index('id="basket-total"'))]
    assert total in page


def test_what_cannot_be_ordered_is_flagged(visit, product):
    browser = visit()
    put(browser, product, 5)
    Product.objects.update(stock=2)
    page = browser.get("/basket/", headers=EN).content.decode()
    assert "Only 2 left of Pain de campagne." in page
    assert 'href="/checkout/"' not in page
    Product.objects.update(stock=0)
    assert "Pain de campagne is sold out." in browser.get("/basket/", headers=EN).content.decode()


def test_what_is_missing_for_a_minimum_is_said(visit, product):
    Modality.objects.filter(kind="bike").update(minimum_cents=1000)
    browser = visit()
    put(browser, product)
    page = browser.get("/basket/", headers=EN).content.decode()
    assert "By bike: €5.80 more to reach the minimum" in page
    assert 'href="/checkout/"' in page, "the other ways are still there"
    Modality.objects.update(minimum_cents=1000)
    assert 'href="/checkout/"' not in browser.get("/basket/").content.decode()


def test_a_refused_addition_is_explained(visit, product):
    Product.objects.update(stock=0)
    answer = put(visit(), product, headers=EN, follow=True)
    assert "Pain de campagne is sold out." in answer.content.decode()


def test_things_of_another_town_or_of_nobody_are_not_found(visit, product, other_town):
    assert put(visit(town=other_town), product).status_code == 404
    assert visit().post("/basket/add/", {"product": uuid4()}).status_code == 404
    assert visit().post("/basket/add/", {"product": "x"}).status_code == 404
    assert visit().get("/basket/add/").status_code == 405
    assert not Basket.objects.exists()


def test_a_forged_cookie_finds_nothing(visit, town, product):
    basket = builders.make_basket(town, (product, 3))
    browser = visit()
    browser.cookies[COOKIE] = str(basket.pk)
    assert "Pain de campagne" not in browser.get("/basket/").content.decode()


def test_an_account_keeps_its_basket_and_a_shared_computer_does_not(visit, citizen, product):
    browser = visit()
    put(browser, product)
    browser.force_login(citizen)
    put(browser, product)
    assert Basket.objects.get().person == citizen
    assert "Pain de campagne" in visit(citizen).get("/basket/").content.decode(), "found without the cookie"
    browser.logout()
    browser.cookies.load({})
    stranger = visit()
    stranger.cookies[COOKIE] = browser.cookies[COOKIE].value if COOKIE in browser.cookies else ""
    assert "Pain de campagne" not in stranger.get("/basket/").content.decode()


def test_few_queries(visit, town, django_assert_max_num_queries):
    browser = visit()
    for n in range(5):
        shop = builders.make_shop(town, f"Maison {n}")
        for k in range(3):
            put(browser, builders.make_product(shop, f"Chose {n} {k}"))
    with django_assert_max_num_queries(8):  # the days on which the market is closed are announced
        browser.get("/basket/")


def test_the_very_first_thing_is_counted_at_once(visit, product):
    """The cookie of a basket just made has not come back yet: the answer counts nevertheless."""
    answer = visit().post("/basket/add/", {"product": str(product.pk)}, headers={"hx-request": "true"})
    assert '<span class="header__count">1</span>' in answer.content.decode()
