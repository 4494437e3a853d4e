"""The checkout page: what is offered, what is asked again, and an order at the end."""

from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest

from parvis.delivery.models import Bike
from parvis.demo import builders
from parvis.market.actions import Buyer, place_order
from parvis.market.models import MarketClosure, Modality, Order, Product
from parvis.market.slots import slots_for
from parvis.people.models import Person

pytestmark = pytest.mark.usefixtures("clock")
EN = {"accept-language": "en"}
DOOR = "12 rue du Général Leclerc"


@pytest.fixture
def door(town):
    return builders.make_address(town)


@pytest.fixture
def browser(visit, product):
    """A guest with two loaves in the basket."""
    browser = visit()
    browser.post("/basket/add/", {"product": product.pk, "quantity": 2})
    return browser


@pytest.fixture
def filled(product, window):
    """A form that is right."""
    return {
        "key": "0f0e8f3a-0000-4000-8000-000000000001",
        "way-boulangerie-du-parvis": "bike",
        "window": str(window.pk),
        "name": "Camille Martin",
        "email": "camille@example.org",
        "phone": "06 12 34 56 78",
        "address": DOOR,
        "note": "2e étage",
    }


def test_an_empty_basket_goes_back_to_the_basket(visit, town):
    assert visit().get("/checkout/").url == "/basket/"
    assert visit().post("/checkout/", {}).url == "/basket/"


def test_it_offers_what_the_shop_offers_and_times_the_bikes_keep(browser, window):
    page = browser.get("/checkout/", headers=EN).content.decode()
    for words in ("Brought by the town&#x27;s bikes", "I collect it at the shop", "Sent by post", "€2.50", "€6.90"):
        assert words in page
    assert "This evening" in page
    assert "17:00–19:00" in page
    assert not Order.objects.exists()


def test_a_guest_orders_by_bike(browser, filled, door, product):
    answer = browser.post("/checkout/", filled, headers=EN)
    order = Order.objects.get()
    assert answer.url == f"/orders/{order.code}/?key={order.secret}"
    assert (order.name, order.email, order.address) == ("Camille Martin", "camille@example.org", str(door))
    assert (order.delivery.lon, order.delivery.lat, order.delivery.note) == (door.lon, door.lat, "2e étage")
    assert order.bike_fee_cents == 390
    page = browser.get(answer.url, headers=EN).content.decode()
    assert "A mail is on its way to camille@example.org." in page
    assert browser.get("/basket/").content.decode().count("basket__line") == 0


def test_somebody_signed_in_finds_their_name_and_last_address(visit, citizen, product, filled, door):
    browser = visit(citizen)
    browser.post("/basket/add/", {"product": product.pk})
    page = browser.get("/checkout/").content.decode()
    assert 'value="Camille Martin"' in page
    answer = browser.post("/checkout/", filled)
    order = Order.objects.get()
    assert order.person == citizen
    assert answer.url == f"/orders/{order.code}/"
    browser.post("/basket/add/", {"product": product.pk})
    assert DOOR in browser.get("/checkout/").content.decode()


def test_collecting_needs_no_address(browser, filled):
    answer = browser.post("/checkout/", filled | {"way-boulangerie-du-parvis": "collect", "address": "", "window": ""})
    assert answer.status_code == 302
    order = Order.objects.get()
    assert (order.address, order.delivery, order.note) == ("", None, "")


def test_the_post_goes_anywhere(browser, filled):
    far = "1 quai de la Gare, 13001 Marseille"
    browser.post("/checkout/", filled | {"way-boulangerie-du-parvis": "post", "address": far})
    assert Order.objects.get().address == far


def test_the_same_form_twice_is_one_order(browser, filled, door):
    first = browser.post("/checkout/", filled)
    assert browser.post("/checkout/", filled).url == first.url
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "This field is required."),
        ({"email": "camille"}, "Enter a valid email address."),
        ({"address": ""}, "Write the address where things are brought."),
        ({"address": "99 rue qui n'existe pas"}, "We do not find this address in "),
        ({"window": ""}, "Choose when the bike may come."),
        ({"window": "nonsense"}, "This delivery time is closed."),
        ({"way-boulangerie-du-parvis": "drone"}, "Choose how you get what Boulangerie du Parvis prepares."),
        ({"way-boulangerie-du-parvis": ""}, "Choose how you get what Boulangerie du Parvis prepares."),
        ({"key": "nonsense"}, "Enter a valid UUID."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(browser, filled, door, change, sentence):
    answer = browser.post("/checkout/", filled | change, headers=EN)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert "06 12 34 56 78" in page
    assert "2e étage" in page
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "   "}, "This field is required."),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"name": "Cam\x00ille"}, "Null characters are not allowed."),
        ({"email": ""}, "This field is required."),
        ({"email": "camille@"}, "Enter a valid email address."),
        ({"email": "camille example.org"}, "Enter a valid email address."),
        ({"email": "camille@example"}, "Enter a valid email address."),
        ({"email": "camille@example.org, rose@example.org"}, "Enter a valid email address."),
        ({"email": f"{'x' * 320}@example.org"}, "at most 320 characters"),
        ({"phone": "0" * 31}, "at most 30 characters"),
        ({"address": "   "}, "Write the address where things are brought."),
        ({"address": "x" * 241}, "at most 240 characters"),
        ({"address": "5 rue Marat, 94200 Ivry"}, "We do not find this address in "),
        ({"address": "; DROP TABLE market_order"}, "We do not find this address in "),
        ({"address_id": "x" * 41}, "at most 40 characters"),
        ({"note": "x" * 301}, "at most 300 characters"),
        ({"window": "00000000-0000-7000-8000-000000000007"}, "This delivery time is closed."),
        ({"window": "' OR 1=1"}, "This delivery time is closed."),
        ({"way-boulangerie-du-parvis": "BIKE"}, "Choose how you get what Boulangerie du Parvis prepares."),
        ({"total": "1"}, "The total has changed since you looked."),
        ({"total": "-1"}, "The total has changed since you looked."),
        ({"total": "beaucoup"}, "Enter a whole number."),
        ({"key": "x" * 65}, "Enter a valid UUID."),
    ],
)
def test_more_that_is_wrong_is_said_too(browser, filled, door, change, sentence):
    typed = filled | change
    answer = browser.post("/checkout/", typed, headers=EN)
    page = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert sentence in page
    for name in ("name", "email", "phone", "address", "note"):
        assert typed[name] in page, name
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda p: Product.objects.update(stock=0), "Pain de campagne is sold out."),
        (lambda p: Product.objects.update(price_cents=1), "The total has changed since you looked."),
        (lambda p: Product.objects.update(hidden=True), "Pain de campagne is not on sale any more."),
        (lambda p: type(p.shop).objects.update(takes_orders=False), "takes no orders at the moment."),
        (lambda p: type(p.shop.place).objects.update(gone_on="2026-11-01"), "takes no orders at the moment."),
        (lambda p: builders.make_cycle(p.shop, weekday=None, dates=["2026-11-01"]), "its next date is not set yet."),
        (lambda p: _full_cycle(p.shop), "All places at Boulangerie du Parvis are taken for the coming dates."),
        (lambda p: builders.make_capacity(p.shop, most=1, counts="points"), "can prepare at one time."),
    ],
)
def test_what_changed_meanwhile_is_said(browser, filled, product, spoil, sentence):
    typed = filled | {"way-boulangerie-du-parvis": "collect", "window": "", "total": "840"}
    spoil(product)
    page = unescape(browser.post("/checkout/", typed, headers=EN).content.decode())
    assert sentence in page
    assert "camille@example.org" in page
    assert Order.objects.filter(key=filled["key"]).count() == 0
    assert browser.get("/basket/").content.decode().count('class="basket__line') == 1


def _full_cycle(shop):
    """A cycle with one date and one place, which somebody has taken."""
    builders.make_cycle(shop, weekday=None, dates=[date(2026, 12, 5)], most=1)
    basket = builders.make_basket(shop.town, (Product.objects.get(), 1))
    place_order(
        town=shop.town, basket=basket, buyer=Buyer(name="Rose", email="rose@example.org"),
        chosen={shop.pk: shop.modalities.get(kind="collect")}, window_id=None, key="taken",
        at=datetime(2026, 11, 26, 9, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize("typed", ["", "-1", "1.5", "100", "deux", "٣٣٣", "1e3", "0x2"])
def test_how_many_is_a_number(browser, product, typed):
    browser.post("/basket/change/", {"product": product.pk, "quantity": typed}, headers=EN)
    page = unescape(browser.get("/basket/", headers=EN).content.decode())
    assert "Write a whole number from 0 to 99." in page
    assert 'value="2"' in page, "as it was"


def test_several_addresses_are_offered(browser, filled, town, door):
    other = builders.make_address(town, "14")
    page = browser.post("/checkout/", filled | {"address": "rue du general leclerc"}, headers=EN).content.decode()
    assert str(door) in page
    assert f'value="{other.pk}"' in page
    browser.post("/checkout/", filled | {"address": "rue du general leclerc", "address_id": str(other.pk)})
    assert Order.objects.get().address == str(other)


def test_another_towns_address_is_not_taken(browser, filled, other_town, door):
    away = builders.make_address(other_town, "5", "rue Marat")
    answer = browser.post("/checkout/", filled | {"address": "rue Marat", "address_id": str(away.pk)}, headers=EN)
    assert "We do not find this address in " in answer.content.decode()


def test_a_refusal_stands_on_top_and_keeps_the_form(browser, filled, door):
    Product.objects.update(stock=1)
    page = browser.post("/checkout/", filled, headers=EN).content.decode()
    assert "Only 1 left of Pain de campagne." in page
    assert "06 12 34 56 78" in page
    assert not Order.objects.exists()


def test_a_closed_market_says_why(browser, filled, door, town, at):
    first, last = at.date() - timedelta(days=1), at.date()
    messages = {"fr": "Le marché se repose aujourd'hui."}
    MarketClosure.objects.create(town=town, first_day=first, last_day=last, shown_from=first, messages=messages)
    page = browser.post("/checkout/", filled | {"name": "Camille à garder"}).content.decode()
    assert "Le marché se repose aujourd&#x27;hui." in page
    assert "Camille à garder" in page
    assert not Order.objects.exists()


def test_recalculating_writes_nothing_and_scolds_nobody(browser, filled):
    form = filled | {"recalculate": "1", "way-boulangerie-du-parvis": "post", "name": "", "address": "quelque part"}
    page = browser.post("/checkout/", form, headers=EN).content.decode()
    assert "€15.30" in page, "2 × 4.20 and the post"
    assert "To Boulangerie du Parvis, before it posts" in page
    assert "quelque part" in page
    assert "This field is required" not in page
    assert not Order.objects.exists()


def test_a_changed_choice_brings_new_sums_and_times_only(browser, filled):
    form = filled | {"recalculate": "1", "way-boulangerie-du-parvis": "collect"}
    part = browser.post("/checkout/", form, headers=EN | {"HX-Request": "true"}).content.decode()
    assert 'id="bill"' in part
    assert 'id="times" hx-swap-oob="true"' in part
    assert "At the counter of Boulangerie du Parvis" in part
    assert "<html" not in part
    whole = browser.post("/checkout/", form, headers=EN).content.decode()
    bill = part[part.index('<ul class="lines">') : part.index("</section>")]
    assert bill in whole


def test_times_that_a_shop_cannot_make_are_not_shown(browser, town, hub, shop, product, window, at, filled, door):
    later = builders.make_window(hub, at + timedelta(days=1, hours=7))
    shop.preparation_minutes = 12 * 60
    shop.save()
    page = browser.get("/checkout/").content.decode()
    assert str(later.pk) in page
    assert str(window.pk) not in page
    assert not Order.objects.exists()
    answer = browser.post("/checkout/", filled, headers=EN)
    assert "cannot be ready by then" in answer.content.decode() or "closed" in answer.content.decode()


def test_full_closed_and_other_towns_windows_are_not_shown(town, other_town, hub, product, window, at):
    from parvis.market.choices import shares
    from parvis.market.models import Basket
    from parvis.market.rulebook import rules_of

    builders.make_window(builders.make_hub(other_town), at + timedelta(hours=8))
    builders.make_window(hub, at + timedelta(hours=1))
    builders.make_window(hub, at + timedelta(hours=9), capacity=0)
    basket = Basket.objects.with_lines().get(pk=builders.make_basket(town, (product, 1)).pk)
    assert [slot.window for slot in slots_for(town, shares(basket), at, rules_of(town, [product.shop], at, []))] == [
        window
    ]


def test_no_bike_window_is_a_sentence_and_another_way_is_proposed(browser):
    page = browser.get("/checkout/", headers=EN).content.decode()
    assert "No bike can come in the next days." in page
    assert 'value="collect" data-kind="collect" checked' in page


def test_too_heavy_for_a_bike_is_a_sentence(browser, window):
    Product.objects.update(grams=60_000)
    page = browser.get("/checkout/", headers=EN).content.decode()
    assert "This is more than one cargo bike can carry" in page


def test_one_heavy_piece_is_promised_where_a_bike_with_two_to_lift_it_rides(browser, hub, window, filled, door):
    Product.objects.update(grams=30_000)
    Bike.objects.update(skills=[])
    assert "too heavy or large in one piece" in browser.get("/checkout/", headers=EN).content.decode()
    Bike.objects.update(skills=["lift"])
    assert "too heavy or large in one piece" not in browser.get("/checkout/", headers=EN).content.decode()
    browser.post("/checkout/", filled)
    assert Order.objects.get().delivery.needs == ("lift",)


def test_a_way_below_its_minimum_cannot_be_chosen(browser, window, filled, door):
    Modality.objects.filter(kind="bike").update(minimum_cents=2000)
    page = browser.get("/checkout/", headers=EN).content.decode()
    assert "€11.60 more to reach the minimum" in page
    browser.post("/checkout/", filled)
    assert not Order.objects.exists()


def test_few_queries(visit, town, window, django_assert_max_num_queries):
    browser = visit()
    for n in range(5):
        shop = builders.make_shop(town, f"Maison {n}")
        browser.post("/basket/add/", {"product": builders.make_product(shop, f"Chose {n}").pk})
    with django_assert_max_num_queries(14):
        assert browser.get("/checkout/").status_code == 200


def test_a_language_is_remembered_for_the_mails(visit, product, filled, door):
    browser = visit()
    browser.post("/basket/add/", {"product": product.pk})
    browser.post("/checkout/", filled, headers=EN)
    assert Order.objects.get().language == "en"
    assert not Person.objects.filter(email="camille@example.org").exists()


def far_away(door):
    """The same address, an hour's ride from the hub."""
    door.lon += 0.4
    door.save()


def test_no_time_is_shown_for_a_door_where_no_bike_can_be(browser, filled, window, door):
    far_away(door)
    page = browser.post("/checkout/", filled | {"recalculate": "1"}, headers=EN).content.decode()
    assert "No bike can come to this address in the next days." in page
    assert str(window.pk) not in page
    page = browser.post("/checkout/", filled, headers=EN).content.decode()
    assert "No bike can be at your door at that time any more." in page
    assert 'value="2e étage"' in unescape(page)
    assert not Order.objects.exists()


def test_the_greener_time_comes_first_and_says_why(browser, town, hub, product, filled, window, door, at):
    sooner = builders.make_window(hub, at + timedelta(hours=3))
    for name in ("lon", "lat"):
        setattr(door, name, getattr(door, name) + 0.01)
    door.save()
    page = browser.post("/checkout/", filled | {"recalculate": "1"}, headers=EN).content.decode()
    assert page.index(str(sooner.pk)) < page.index(str(window.pk))
    assert "Greener" not in page
    buyer = Buyer("Neighbour", "n@example.org", "", "fr", str(door), door.point)
    basket = builders.make_basket(town, (product, 1))
    bike = {product.shop.pk: Modality.objects.get(shop=product.shop, kind="bike")}
    place_order(town=town, basket=basket, buyer=buyer, chosen=bike, window_id=window.pk, key="n", at=at)
    page = browser.post("/checkout/", filled | {"recalculate": "1"}, headers=EN).content.decode()
    assert page.index(str(window.pk)) < page.index(str(sooner.pk))
    assert "Greener: a bike passes here anyway" in page, "no way is said of no metres"
    assert browser.post("/checkout/", filled, headers=EN).status_code == 302


def test_times_for_a_door_cost_few_queries(browser, filled, window, door, django_assert_max_num_queries):
    with django_assert_max_num_queries(24):
        browser.post("/checkout/", filled | {"recalculate": "1"}, headers=EN)
    with django_assert_max_num_queries(17):  # nothing has changed on that day
        browser.post("/checkout/", filled | {"recalculate": "1"}, headers=EN)
