"""From basket to money: the main chain through the actions, and the races it must survive."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections

from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.core.models import OutboxMessage
from parvis.core.taps import Tap
from parvis.delivery.actions import hand_over, leave_hub, pack, scan_bag_in
from parvis.delivery.models import Delivery, Plan, Round, Stop
from parvis.delivery.states import DeliveryState
from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import Buyer, accept_part, cancel_part, finish_part, place_order, prepare_part, refuse_part
from parvis.market.models import Modality, Order, StockMovement
from parvis.market.states import PartState

BUYER = Buyer(name="Camille Martin", email="camille@example.org", address="12 rue X", point=Point(2.275, 48.825))


def choose(shop, kind):
    return {shop.pk: shop.modalities.get(kind=kind)}


def order_by_bike(town, product, window, at, quantity=2, key="k1"):
    basket = builders.make_basket(town, (product, quantity))
    return place_order(
        town=town,
        basket=basket,
        buyer=BUYER,
        chosen=choose(product.shop, "bike"),
        window_id=window.pk,
        key=key,
        at=at,
    )


def deliver(order, hub, rider, at):
    """Everything between the shop's door and the buyer's, through the hub's and the rider's verbs."""
    delivery = order.delivery
    for bag in delivery.bags.filter(cancelled_at=None):
        scan_bag_in(town=order.town, code=bag.code, at=at + timedelta(hours=1))
    pack(delivery=delivery, crate=7, at=at + timedelta(hours=2))
    plan = Plan.objects.create(town=order.town, hub=hub, day=at.date(), version=1, made_at=at, state="published")
    round_ = Round.objects.create(
        town=order.town, plan=plan, bike=hub.bikes.first(), rider=rider, number=1, departs_at=at, returns_at=at,
        metres=1000, grams=1, millilitres=1,
    )  # fmt: skip
    stop = Stop.objects.create(town=order.town, round=round_, delivery=delivery, position=1, arrive_at=at, leave_at=at)
    leave_hub(round_=round_, at=at + timedelta(hours=3))
    hand_over(stop=stop, at=at + timedelta(hours=4), recipient="Camille", tap=Tap("e1"))
    return stop


def test_from_basket_to_doorstep(town, hub, window, product, rider, at):
    order = order_by_bike(town, product, window, at)
    part = order.parts.get()
    assert part.state == PartState.PLACED
    product.refresh_from_db()
    assert product.stock == 8
    accept_part(part=part, at=at)
    prepare_part(part=part, quantities={}, at=at)
    assert part.order.parts.get().state == PartState.READY
    stop = deliver(order, hub, rider, at)
    part = Order.objects.with_story().get(pk=order.pk).parts.get()
    assert part.state == PartState.DONE
    assert Delivery.objects.with_story().get().state == DeliveryState.DELIVERED
    assert ledger.town_sum(town) == 0
    assert ledger.balances(town)["till:town"] == 2 * 420 + 390
    assert ledger.balances(town, f"buyer:{order.code}")[f"buyer:{order.code}"] == 0
    assert not hand_over(stop=stop, at=at, recipient="Camille", tap=Tap("e1")), "the same event twice happens once"


def test_the_same_form_twice_is_one_order(town, window, product, at):
    first = order_by_bike(town, product, window, at)
    assert order_by_bike(town, product, window, at).pk == first.pk
    assert Order.objects.count() == 1


def test_refusing_gives_back_stock_and_place(town, window, product, at):
    order = order_by_bike(town, product, window, at)
    with pytest.raises(Refusal):
        refuse_part(part=order.parts.get(), reason=" ", at=at)
    refuse_part(part=order.parts.get(), reason="Four en panne", at=at)
    product.refresh_from_db()
    assert product.stock == 10
    assert sum(m.delta for m in StockMovement.objects.all()) == 0
    assert order.parts.get().state == PartState.REFUSED
    assert Delivery.objects.with_story().get().state == DeliveryState.CANCELLED
    assert OutboxMessage.objects.filter(key__startswith="part-refused:").get().body.count("Four en panne") == 1


def test_the_buyer_cancels_only_before_the_shop_starts(town, window, product, at):
    order = order_by_bike(town, product, window, at)
    accept_part(part=order.parts.get(), at=at)
    with pytest.raises(Refusal):
        cancel_part(part=order.parts.get(), at=at)


def test_what_is_missing_is_not_charged(town, shop, product, at):
    basket = builders.make_basket(town, (product, 3))
    order = place_order(
        town=town, basket=basket, buyer=BUYER, chosen=choose(shop, "collect"), window_id=None, key="k", at=at
    )
    line = order.parts.get().lines.get()
    prepare_part(part=order.parts.get(), quantities={line.pk: 2}, at=at)
    finish_part(part=order.parts.get(), at=at)
    assert ledger.balances(town)["till:boulangerie-du-parvis"] == 840
    assert ledger.town_sum(town) == 0


def test_one_shop_refuses_the_other_goes_on(town, window, product, other_merchant, at):
    other = other_merchant.roles.get().organisation.shops.get()
    apples = builders.make_product(other, "Pommes", 350)
    basket = builders.make_basket(town, (product, 1), (apples, 2))
    chosen = choose(product.shop, "bike") | choose(other, "bike")
    order = place_order(town=town, basket=basket, buyer=BUYER, chosen=chosen, window_id=window.pk, key="k", at=at)
    refuse_part(part=order.parts.get(shop=other), reason="Plus de pommes", at=at)
    assert order.parts.get(shop=product.shop).state == PartState.PLACED
    assert len(Delivery.objects.get().live_bags()) == 1


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda p, w: p.shop.modalities.filter(kind="bike").update(active=False), "Choose how"),
        (lambda p, w: type(p).objects.filter(pk=p.pk).update(stock=1), "Only 1 left"),
        (lambda p, w: type(p).objects.filter(pk=p.pk).update(stock=0), "sold out"),
        (lambda p, w: type(p).objects.filter(pk=p.pk).update(hidden=True), "not on sale"),
        (lambda p, w: type(p.shop).objects.filter(pk=p.shop_id).update(takes_orders=False), "takes no orders"),
        (lambda p, w: type(w).objects.filter(pk=w.pk).update(capacity=0), "full"),
        (lambda p, w: type(w).objects.filter(pk=w.pk).update(closes_at=w.closes_at - timedelta(days=1)), "closed"),
        (lambda p, w: type(p).objects.filter(pk=p.pk).update(grams=90_000), "one cargo bike"),
    ],
)
def test_a_refused_order_writes_nothing(town, window, product, at, spoil, sentence):
    from django.utils import translation

    modality = choose(product.shop, "bike")
    basket = builders.make_basket(town, (product, 2))
    spoil(product, window)
    with translation.override("en"), pytest.raises(Refusal, match=sentence):
        place_order(town=town, basket=basket, buyer=BUYER, chosen=modality, window_id=window.pk, key="k", at=at)
    assert not Order.objects.exists()
    assert basket.lines.count() == 1
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_last_unit_is_sold_once_to_32_clients(at):
    town = builders.make_town()
    shop = builders.make_shop(town)
    product = builders.make_product(shop, stock=1)
    collect = shop.modalities.get(kind=Modality.Kind.COLLECT)
    baskets = [builders.make_basket(town, (product, 1)) for _ in range(32)]
    start, outcomes = threading.Barrier(32), []

    def buy(number):
        try:
            start.wait()
            place_order(
                town=town, basket=baskets[number], buyer=BUYER, chosen={shop.pk: collect}, window_id=None,
                key=f"k{number}", at=at,
            )  # fmt: skip
            outcomes.append("sold")
        except Refusal:
            outcomes.append("refused")
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=buy, args=(n,)) for n in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 31 + ["sold"]
    product.refresh_from_db()
    assert product.stock == 0
    assert Order.objects.count() == 1


def test_postgresql_refuses_money_that_does_not_add_up(town, window, product, at):
    from django.db import IntegrityError

    from parvis.market.models import LedgerEntry, LedgerTransaction

    order = order_by_bike(town, product, window, at)
    movement = LedgerTransaction.objects.create(town=town, order=order, kind="sale", at=at, key="bad")
    LedgerEntry.objects.create(town=town, transaction=movement, account="a", amount_cents=1)
    with pytest.raises(IntegrityError, match="does not add up"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_buyer_pays_what_they_saw(town, window, product, at):
    basket = builders.make_basket(town, (product, 2))
    asked = {
        "town": town, "basket": basket, "buyer": BUYER, "chosen": choose(product.shop, "bike"),
        "window_id": window.pk, "key": "k", "at": at,
    }  # fmt: skip
    with pytest.raises(Refusal):
        place_order(**asked, expected_cents=1000)
    assert not Order.objects.exists()
    place_order(**asked, expected_cents=2 * 420 + 390)
    assert Order.objects.exists()


def test_a_shop_on_holiday_promises_nothing(town, window, product, at):
    place = product.shop.place
    place.closures.create(town=town, first_day=at.date(), last_day=at.date() + timedelta(days=2), reason="Congés")
    with pytest.raises(Refusal):
        order_by_bike(town, product, window, at)
    basket = builders.make_basket(town, (product, 1))
    order = place_order(
        town=town, basket=basket, buyer=BUYER, chosen=choose(product.shop, "collect"), window_id=None, key="c", at=at
    )
    assert order.parts.get().due_at.astimezone(town.zone).date() == at.date() + timedelta(days=3)


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_at_once_is_one_order(at):
    town = builders.make_town()
    shop = builders.make_shop(town)
    basket = builders.make_basket(town, (builders.make_product(shop, stock=5), 1))
    collect = shop.modalities.get(kind=Modality.Kind.COLLECT)
    start, codes = threading.Barrier(6), []

    def send():
        try:
            start.wait()
            order = place_order(
                town=town, basket=basket, buyer=BUYER, chosen={shop.pk: collect}, window_id=None, key="same", at=at
            )
            codes.append(order.code)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(codes) == 6
    assert len(set(codes)) == 1
    assert Order.objects.count() == 1
