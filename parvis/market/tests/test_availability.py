"""Seasons, days of sale and cut-offs in the basket's promise: the day suits all goods and the shop is open."""

from datetime import datetime, time, timedelta

import pytest

from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.demo import builders
from parvis.market.actions import Buyer, place_order
from parvis.market.availability import share_promise
from parvis.market.choices import shares
from parvis.market.models import Basket
from parvis.market.rulebook import rules_of
from parvis.market.slots import slots_for
from parvis.places.models import Closure

BUYER = Buyer(name="Camille Martin", email="camille@example.org", address="12 rue X", point=Point(2.275, 48.825))
SATURDAY = {"sale_days": [5], "order_days_before": 2, "order_until": time(12)}


@pytest.fixture
def put(town, shop):
    """``put({...}, {...})``: a basket with one product for each rule; the share of their shop."""

    def fill(*rules):
        lines = [(builders.make_product(shop, f"Produit {n}", **rule), 1) for n, rule in enumerate(rules)]
        basket = builders.make_basket(town, *lines)
        return basket, shares(Basket.objects.with_lines().get(pk=basket.pk))[0]

    return fill


def ready(town, share, at):
    return share_promise(rules_of(town, [share.shop], at, [])[share.shop.pk], share, at).ready_at


def local(town, moment):
    return moment.astimezone(town.zone).strftime("%a %d %H:%M")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([{}], "Thu 26 11:00"),
        ([{"season_from": 10, "season_to": 12}], "Thu 26 11:00"),
        ([SATURDAY], "Sat 28"),
        ([{}, SATURDAY], "Sat 28"),
        ([{"sale_days": [4]}], "Fri 27"),
        ([{"sale_days": [3]}], "Thu 26 11:00"),
        ([{"order_days_before": 1}], "Fri 27"),
        ([SATURDAY, {"season_from": 12, "season_to": 2}], "Sat 05"),
    ],
)
def test_when_it_can_be_ready(town, put, at, rules, expected):
    _basket, share = put(*rules)
    assert local(town, ready(town, share, at)).startswith(expected)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([{"season_from": 6, "season_to": 9}], "Produit 0 is not in season."),
        ([SATURDAY, {"sale_days": [4]}], "Produit 0, Produit 1 are not sold on the same day."),
    ],
)
def test_why_it_cannot(town, put, at, rules, said):
    _basket, share = put(*rules)
    with pytest.raises(Refusal, match=said):
        ready(town, share, at)


def test_a_day_of_sale_on_which_the_shop_is_closed_is_none(town, put, shop, at):
    day = datetime(2026, 11, 28).date()
    Closure.objects.create(town=town, place=shop.place, first_day=day, last_day=day, reason="Congés")
    _basket, share = put(SATURDAY)
    assert local(town, ready(town, share, at)).startswith("Sat 05")


def test_bikes_come_on_a_day_that_suits(town, put, hub, shop, at):
    today = builders.make_window(hub, at + timedelta(hours=7))
    saturday = builders.make_window(hub, at + timedelta(days=2, hours=7))
    basket, share = put(SATURDAY)
    assert [slot.window for slot in slots_for(town, [share], at, rules_of(town, [shop], at, []))] == [saturday]
    chosen = {shop.pk: shop.modalities.get(kind="bike")}
    order = {"town": town, "basket": basket, "buyer": BUYER, "chosen": chosen, "key": "k", "at": at}
    with pytest.raises(Refusal, match="does not sell all of this on that day"):
        place_order(window_id=today.pk, **order)
    sunday = builders.make_window(hub, at + timedelta(days=3, hours=7))
    with pytest.raises(Refusal, match="does not sell all of this on that day"):
        place_order(window_id=sunday.pk, **order)
    assert place_order(window_id=saturday.pk, **order).parts.get().due_at == saturday.goods_due_at


def test_too_late_for_saturday(town, put, hub, shop, at):
    """Thursday 12:01: the page was open since the morning."""
    saturday = builders.make_window(hub, at + timedelta(days=2, hours=7))
    basket, _share = put(SATURDAY)
    noon = at + timedelta(hours=2, minutes=1)
    with pytest.raises(Refusal):
        place_order(
            town=town, basket=basket, buyer=BUYER, chosen={shop.pk: shop.modalities.get(kind="bike")},
            window_id=saturday.pk, key="k", at=noon,
        )  # fmt: skip


def test_the_coldest_thing_makes_the_bag(put, hub, shop, town, at):
    window = builders.make_window(hub, at + timedelta(hours=7))
    for key, rules, cold in (("a", [{}], "ambient"), ("b", [{}, {"temperature": "cool"}], "cool")):
        basket, share = put(*rules)
        assert share.temperature == cold
        placed = place_order(
            town=town, basket=basket, buyer=BUYER, chosen={shop.pk: shop.modalities.get(kind="bike")},
            window_id=window.pk, key=key, at=at,
        )  # fmt: skip
        assert placed.delivery.bags.get().temperature == cold
    _basket, share = put({"temperature": "cool"}, {"temperature": "frozen"}, {})
    assert share.temperature == "frozen"
