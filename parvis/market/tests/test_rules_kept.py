"""The checkout keeps what shops decided: capacity, cycles, the promise on pages, letters and the board."""

from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest

from parvis.core.errors import Refusal
from parvis.core.models import OutboxMessage
from parvis.demo import builders
from parvis.market.actions import cancel_part, place_order, refuse_part
from parvis.market.models import Order, Part, Product
from parvis.market.tests.test_place_order import BUYER, choose, order_by_bike

EN = {"accept-language": "en"}


def text(response):
    return " ".join(unescape(response.content.decode()).split())


@pytest.fixture
def order(town, at):
    """``order(product, 2, kind="collect")`` places an order at ``at``."""
    keys = iter(range(1000))

    def place(product, quantity=1, kind="collect", at=at, **extra):
        basket = builders.make_basket(town, (product, quantity))
        return place_order(
            town=town, basket=basket, buyer=BUYER, chosen=choose(product.shop, kind), window_id=None,
            key=f"k{next(keys)}", at=at, **extra,
        )  # fmt: skip

    return place


def local(part, town):
    return f"{part.due_at.astimezone(town.zone):%d %H:%M}"


def test_the_window_fills_and_the_next_moment_is_promised(town, shop, product, order):
    builders.make_capacity(shop, most=2)
    due = [local(order(product).parts.get(), town) for _ in range(5)]
    assert due == ["26 11:00", "26 11:00", "26 12:00", "26 12:00", "26 13:00"]


@pytest.mark.parametrize("give_back", [cancel_part, lambda **kw: refuse_part(reason="Four en panne", **kw)])
def test_what_is_given_back_is_free_again(town, shop, product, order, at, give_back):
    builders.make_capacity(shop, most=1)
    first = order(product).parts.get()
    assert local(order(product).parts.get(), town) == "26 12:00"
    give_back(part=first, at=at)
    assert local(order(product).parts.get(), town) == "26 11:00"


def test_points_of_work_are_those_of_the_goods(town, shop, product, order):
    builders.make_capacity(shop, most=10, counts="points")
    Product.objects.filter(pk=product.pk).update(work=4)
    due = [local(order(product, 2).parts.get(), town), local(order(product, 1).parts.get(), town)]
    assert due == ["26 11:00", "26 12:00"], "8 of 10 are taken: 4 more do not fit"
    with pytest.raises(Refusal, match="at one time"):
        order(product, 3)
    assert Order.objects.count() == 2


def test_one_shops_rules_never_override_anothers(town, shop, product, other_merchant, at):
    other = other_merchant.roles.get().organisation.shops.get()
    apples = builders.make_product(other, "Pommes", 350)
    builders.make_cycle(shop, place="Halle du marché")
    builders.make_capacity(other, most=1)
    for n, expected in enumerate(["11:00", "12:00"]):
        basket = builders.make_basket(town, (product, 1), (apples, 1))
        found = place_order(
            town=town, basket=basket, buyer=BUYER, chosen=choose(shop, "collect") | choose(other, "collect"),
            window_id=None, key=f"k{n}", at=at,
        )  # fmt: skip
        mine, theirs = found.parts.get(shop=shop), found.parts.get(shop=other)
        assert (local(mine, town), mine.turn_day, mine.collected_at) == (
            "28 09:00", date(2026, 11, 28), "Halle du marché",
        )  # fmt: skip
        assert (local(theirs, town), theirs.cycle, theirs.until) == (f"26 {expected}", None, None)


def test_out_of_the_cycle_is_for_the_next_one_and_a_full_one_too(town, shop, product, order, at):
    builders.make_cycle(shop, most=1)
    noon = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
    days = [order(product, at=moment).parts.get().turn_day for moment in (at, at, noon)]
    assert days == [date(2026, 11, 28), date(2026, 12, 5), date(2026, 12, 12)]


def test_an_order_of_two_shops_takes_one_place_of_their_cycle(town, shop, product, other_merchant, at):
    other = other_merchant.roles.get().organisation.shops.get()
    apples = builders.make_product(other, "Pommes", 350)
    builders.make_cycle(shop, other, most=2)
    for n in range(2):
        basket = builders.make_basket(town, (product, 1), (apples, 1))
        place_order(
            town=town, basket=basket, buyer=BUYER, chosen=choose(shop, "collect") | choose(other, "collect"),
            window_id=None, key=f"k{n}", at=at,
        )  # fmt: skip
    assert set(Part.objects.values_list("turn_day", flat=True)) == {date(2026, 11, 28)}


def test_a_bike_after_the_turn_carries_it(town, hub, shop, product, at):
    builders.make_cycle(shop)
    before = builders.make_window(hub, at + timedelta(days=1, hours=7))
    after = builders.make_window(hub, at + timedelta(days=2, hours=7))
    with pytest.raises(Refusal, match="cannot be ready by then"):
        order_by_bike(town, product, before, at)
    part = order_by_bike(town, product, after, at).parts.get()
    assert (part.turn_day, part.due_at, part.until) == (date(2026, 11, 28), after.goods_due_at, None)


def test_changing_or_ending_a_cycle_leaves_orders_as_they_were_promised(town, shop, product, order):
    cycle = builders.make_cycle(shop, place="Halle du marché")
    part = order(product).parts.get()
    cycle.delete()
    part.refresh_from_db()
    assert (part.cycle, part.collected_at, local(part, town)) == (None, "Halle du marché", "28 09:00")
    assert part.until is not None


def test_a_full_shop_is_a_sentence_on_the_page_and_nothing_is_written(town, shop, product, order, visit, clock):
    builders.make_cycle(shop, weekday=None, dates=[date(2026, 12, 5)], most=1)
    order(product)
    browser = visit()
    browser.post("/basket/add/", {"product": product.pk})
    form = {"way-boulangerie-du-parvis": "collect", "name": "Camille", "email": "c@example.org"}
    for page in (browser.get("/checkout/", headers=EN), browser.post("/checkout/", form, headers=EN)):
        assert "All places at Boulangerie du Parvis are taken for the coming dates." in text(page)
    assert Order.objects.count() == 1


def test_the_promise_is_read_everywhere(town, shop, product, order, visit, merchant, clock):
    builders.make_cycle(shop, place="Halle du marché")
    browser = visit()
    browser.post("/basket/add/", {"product": product.pk})
    page = text(browser.get("/checkout/", headers=EN))
    assert "Saturday 28 November, 9:00–12:00" in page
    assert "Halle du marché" in page
    assert "samedi 28 novembre, 9 h–12 h" in text(browser.get("/checkout/")).replace("\xa0", " ").lower()
    found = order(product)
    shown = text(browser.get(f"/orders/{found.code}/?key={found.secret}", headers=EN))
    assert "Saturday 28 November, 9:00–12:00" in shown
    assert "Halle du marché" in shown
    letter = OutboxMessage.objects.get(key=f"order-placed:{found.pk}").body.replace("\xa0", " ")
    assert "samedi 28 novembre" in letter
    assert "Halle du marché" in letter
    board = visit(merchant)
    board.cookies["language"] = "en"
    assert "Panier du samedi" in text(board.get(f"/merchant/{shop.slug}/"))


def test_a_part_without_rules_is_as_it_was(town, product, order):
    part = order(product).parts.get()
    assert (part.work_at, part.cycle, part.until, part.collected_at, part.work) == (None, None, None, "", 1)
