"""Shops and products as everybody sees them."""

from datetime import date, timedelta

import pytest

from parvis.core.errors import Refusal
from parvis.demo import builders
from parvis.market.actions import Buyer, add_to_basket, place_order
from parvis.market.models import Product
from parvis.places.models import Closure, Place

pytestmark = pytest.mark.usefixtures("clock")
EN = {"accept-language": "en"}


@pytest.fixture
def market_of_many(town):
    """Twelve shops with ten products each: enough for a query too many to be noticed."""
    for n in range(12):
        shop = builders.make_shop(town, f"Maison {n}", trade=["bakery", "wine", "florist"][n % 3])
        for k in range(10):
            builders.make_product(shop, f"Chose {n} {k}", category=["bread", "drinks"][k % 2])


def test_shops_open_ones_first(visit, town, shop):
    builders.make_shop(town, "À l'aube", opening_hours="Mo-Su 05:00-06:00")
    page = visit().get("/shops/").content.decode()
    assert page.index("Boulangerie du Parvis") < page.index("À l&#x27;aube")


@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [
        ("trade=wine", "Cave", "Boulangerie du Parvis"),
        ("open=1", "Boulangerie du Parvis", "Cave"),
        ("way=post", "Boulangerie du Parvis", "Cave"),
        ("trade=nonsense&way=nonsense&open=maybe&page=nonsense", "Cave", "no such shop"),
    ],
)
def test_shops_are_filtered(visit, town, shop, query, seen, unseen):
    builders.make_shop(town, "Cave", trade="wine", opening_hours="Mo-Su 20:00-22:00", modalities=["collect"])
    page = visit().get(f"/shops/?{query}").content.decode()
    assert seen in page
    assert unseen not in page


def test_no_shop_matches_says_what_to_do(visit, shop):
    shop.place.opening_hours = "Mo-Su 20:00-22:00"
    shop.place.save()
    assert "No shop matches" in visit().get("/shops/?open=1", headers={"accept-language": "en"}).content.decode()


def test_a_shop_says_hours_ways_and_how_to_reach_it(visit, town, shop, product, window):
    page = visit().get(f"/shops/{shop.slug}/", headers={"accept-language": "en"}).content.decode()
    assert "Open until 20:00" in page
    assert "this evening, 17:00–19:00" in page
    assert 'href="tel:0123456789"' in page
    assert "€3.90" in page, "the bikes' fee"
    assert "Pain de campagne" in page


def test_a_closure_is_told(visit, town, shop):
    day = date(2026, 11, 26)
    Closure.objects.create(town=town, place=shop.place, first_day=day, last_day=day, reason="Inventaire")
    page = visit().get(f"/shops/{shop.slug}/").content.decode()
    assert "Inventaire" in page
    assert "chip--sun" not in page


def test_a_shop_that_takes_no_orders_offers_no_button(visit, shop, product):
    shop.takes_orders = False
    shop.save()
    for address in (f"/shops/{shop.slug}/", "/products/", f"/shops/{shop.slug}/{product.slug}/"):
        page = visit().get(address)
        assert page.status_code == 200
        assert 'action="/basket/add/"' not in page.content.decode()


def test_a_product_can_be_added_from_its_page(visit, shop, product):
    page = visit().get(f"/shops/{shop.slug}/{product.slug}/").content.decode()
    assert f'name="product" value="{product.pk}"' in page
    assert 'max="10"' in page


def test_what_is_sold_out_says_so(visit, shop, product):
    Product.objects.update(stock=0)
    page = visit().get(f"/shops/{shop.slug}/{product.slug}/", headers={"accept-language": "en"}).content.decode()
    assert "Sold out" in page
    assert 'name="product"' not in page


def test_closed_hidden_and_strange_are_not_found(visit, shop, product, other_town):
    for address in ("/shops/nowhere/", f"/shops/{shop.slug}/nothing/", f"/shops/nowhere/{product.slug}/"):
        assert visit().get(address).status_code == 404
    for address in (f"/shops/{shop.slug}/", f"/shops/{shop.slug}/{product.slug}/"):
        assert visit(town=other_town).get(address).status_code == 404
    Product.objects.update(hidden=True)
    assert visit().get(f"/shops/{shop.slug}/{product.slug}/").status_code == 404
    shop.is_open = False
    shop.save()
    assert visit().get(f"/shops/{shop.slug}/").status_code == 404


def test_the_next_round_is_the_first_that_a_shop_can_make(visit, town, hub, window, shop, at):
    tomorrow = at + timedelta(days=1)
    builders.make_shop(town, "Lève Tard", opening_hours=f"{tomorrow:%a}"[:2] + " 08:00-09:00")
    pages = [f"/shops/{slug}/" for slug in (shop.slug, "leve-tard")]
    assert ["Next round:" in visit().get(page, headers=EN).content.decode() for page in pages] == [True, False]
    builders.make_window(hub, window.starts_at + timedelta(days=1))
    said = [visit().get(page, headers=EN).content.decode() for page in pages]
    assert "Next round: <strong>this evening" in said[0]
    assert "Next round: <strong>tomorrow" in said[1], "this evening's bike leaves before it opens"


def test_products_of_another_town_are_not_listed(visit, product, other_town):
    assert "Pain de campagne" not in visit(town=other_town).get("/products/").content.decode()


def test_products_by_shelf(visit, shop, product):
    builders.make_product(shop, "Cidre brut", category="drinks")
    page = visit().get("/products/?category=drinks").content.decode()
    assert "Cidre brut" in page
    assert "Pain de campagne" not in page


@pytest.mark.parametrize(
    ("address", "most"),
    [("/shops/", 5), ("/products/", 5), ("/shops/maison-1/", 14), ("/shops/maison-1/chose-1-1/", 7)],
)
def test_few_queries(visit, market_of_many, django_assert_max_num_queries, address, most):
    if address.endswith("chose-1-1/"):
        address = f"/shops/maison-1/{Product.objects.get(name='Chose 1 1').slug}/"
    with django_assert_max_num_queries(most):
        assert visit().get(address).status_code == 200


def test_a_shop_closed_for_good_is_sold_nowhere(visit, town, shop, product, at):
    basket = builders.make_basket(town, (product, 1))
    Place.objects.filter(pk=shop.place_id).update(gone_on=at.date())
    product = Product.objects.select_related("shop__place").get(pk=product.pk)
    for address in (f"/shops/{shop.slug}/", f"/shops/{shop.slug}/{product.slug}/"):
        assert visit().get(address).status_code == 404
    for address in ("/shops/", "/products/", "/sitemap-shops.xml", "/sitemap-products.xml", "/search/?q=boulangerie"):
        assert f"/shops/{shop.slug}/" not in visit().get(address).content.decode(), address
    with pytest.raises(Refusal):
        add_to_basket(basket=basket, product=product)
    with pytest.raises(Refusal):
        place_order(
            town=town,
            basket=basket,
            buyer=Buyer(name="Camille", email="camille@example.org"),
            chosen={shop.pk: shop.modalities.get(kind="collect")},
            window_id=None,
            key="k1",
            at=at,
        )
