"""What the market does when a bike has left or a delivery has ended: the news that comes from below."""

from datetime import datetime
from typing import Any

from django.utils import translation

from parvis.delivery.chain import held_since, holder
from parvis.delivery.models import Bag, Delivery
from parvis.delivery.pickups import bags_to_come
from parvis.market import ledger, ledger_fees, letters
from parvis.market.models import Order, Part
from parvis.market.paying.later import settle_soon


def on_delivery_left(sender: Any, *, delivery: Delivery, at: datetime, **kwargs: Any) -> None:
    """The buyer may look out for the bike."""
    if order := Order.objects.select_related("town").filter(delivery=delivery).first():
        letters.order_left(order, at)


def on_window_settled(sender: Any, *, delivery: Delivery, at: datetime, **kwargs: Any) -> None:
    """Of two times that suited, the plan took the second: the buyer has it in writing. The shops' time stays."""
    if order := Order.objects.select_related("town").filter(delivery=delivery).first():
        letters.order_settled(order, delivery.window, at)


def on_bike_told(sender: Any, *, delivery: Delivery, arrive_at: datetime | None, at: datetime, **kwargs: Any) -> None:
    """No bike can come to a door that was given a time, or one can after all: the buyer reads it, and what to do."""
    if order := Order.objects.select_related("town").filter(delivery=delivery).first():
        if arrive_at is None:
            letters.order_unplanned(order, delivery.window, at)
        else:
            letters.order_planned_again(order, arrive_at, at)


def on_delivery_ended(sender: Any, *, delivery: Delivery, outcome: str, at: datetime, **kwargs: Any) -> None:
    """Post fee and payments of a delivered order; a failed attempt moves no money, the goods are still owed."""
    order = Order.objects.select_related("town").filter(delivery=delivery).first()
    if order is None:
        return
    if outcome != "lost":  # the letters of the lost bags say more
        letters.order_ended(order, outcome, at)
    if outcome != "delivered":
        return
    parts = list(Part.objects.filter(order=order, kind="bike").select_related("order__delivery", "shop"))
    ledger.post_bike_delivery(order, parts, at=at)
    ledger_fees.post_bike_shares(order, at=at)
    if any(part.online for part in parts):
        settle_soon(order.pk)


def on_fetching_told(
    sender: Any, *, delivery: Delivery, fetch_at: datetime | None, at: datetime, **kwargs: Any
) -> None:
    """The shop hears when a rider comes for its bag, or that nobody does."""
    brought = {bag.sender_ref for bag in bags_to_come(delivery)}
    parts = Part.objects.filter(town=delivery.buyers_town_id, order__delivery=delivery)
    for part in parts.select_related("order__town", "shop__organisation", "shop__place"):
        if str(part.pk) in brought:
            letters.rider_told(part, fetch_at, at)


def on_bag_lost(sender: Any, *, bag: Bag, at: datetime, **kwargs: Any) -> None:
    """The buyer need not wait for it, and its shop decides whether to pack it once more."""
    parts = Part.objects.filter(town=bag.delivery.buyers_town_id, order__delivery=bag.delivery_id)
    for part in parts.select_related("order__town", "shop__organisation", "shop__place"):
        if str(part.pk) != bag.sender_ref:
            continue
        bag = Bag.objects.get(pk=bag.pk)  # with the event that says so
        with translation.override(part.order.town.default_language):
            who = holder(bag)
        letters.part_lost(part, bag.code, who, held_since(bag))
