"""Another day or hour for what comes by bike, chosen by its buyer before the bags are packed.

One that the buyer was asked for, by a shop or because no bike could come, counts as a promise that was not kept.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.busy import says_when_busy
from parvis.core.errors import Refusal
from parvis.delivery.actions import cancel_bags, offer_pickup, rebook_delivery, request_plan
from parvis.delivery.dayfigures import BY_BUYER
from parvis.delivery.models import Plan, Window
from parvis.delivery.told import is_asked_to_move
from parvis.market import letters
from parvis.market.changing import (
    DONE_AT_SHOP,
    bike_parts,
    check_collect,
    check_open,
    check_shops,
    latest_for,
    prepared,
)
from parvis.market.models import Modality, Order, Part
from parvis.market.paying.later import settle_soon
from parvis.market.pickups import pickup_of
from parvis.market.promises import promise
from parvis.market.rulebook import closures_ahead, rules_of


@says_when_busy
@transaction.atomic
def change_time(*, order: Order, window_id: UUID, at: datetime, by: Any = None, called: bool = False) -> None:
    """Promise another window, as at the checkout: shops by their rules, a bike behind the lock of its day.

    The place in the old window is free at once. ``called``: the buyer asked for it by telephone, and ``by`` chose it
    for them; the letter says so. Raises Refusal, writing nothing, when bags are packed or on the road, when a shop
    cannot be ready by then or does not sell all of it on that day, when what is prepared would have to wait too long,
    when a payment would not hold until then, or when no bike can be there.
    """
    list(Part.objects.select_for_update().filter(order=order).order_by("pk").values_list("pk"))
    order = Order.objects.with_story().select_related("town").get(pk=order.pk)
    check_open(order)
    town, delivery = order.town, order.delivery
    assert delivery is not None
    before = delivery.window
    window = Window.objects.promised_to(town, at).filter(town=before.town_id, pk=window_id).first()
    if window is None or window.pk == before.pk:
        raise Refusal(_("Choose another time than the one you have."))
    parts = prepared(bike_parts(order))
    closures = closures_ahead(town, at)
    waiting = [part for part in parts if part.state not in DONE_AT_SHOP]
    rules = rules_of(town, [part.shop for part in waiting], at, closures, lock=True)
    if window.starts_at > latest_for(order, parts):
        raise Refusal(_("Your goods are prepared, or paid, and would have to wait too long. Choose an earlier time."))
    promised = check_shops(town, parts, rules, window, closures, at)
    for part in parts:
        part.due_at = window.goods_due_at
        if kept := promised.get(part.pk):
            part.work_at = kept.work_at
            part.cycle, part.turn_day = (kept.turn.cycle, kept.turn.day) if kept.turn else (None, None)
        part.save(update_fields=["due_at", "work_at", "cycle", "turn_day"])
    asked_by = "" if is_asked_to_move(delivery) else BY_BUYER
    rebook_delivery(delivery=delivery, window_id=window.pk, at=at, by=by, asked_by=asked_by)
    for part in parts:
        offer_pickup(delivery=delivery, sender_ref=str(part.pk), pickup=pickup_of(part.shop, window), at=at, by=by)
    detail = {"before": str(before.pk), "after": str(window.pk)} | ({"called": True} if called else {})
    audit.record("change_time", order, at=at, town_id=town.pk, actor=by, **detail)
    _plan_again([before, window], at)
    letters.order_moved(order, parts, window, at, called=called)


def _plan_again(windows: Sequence[Window], at: datetime) -> None:
    """Days whose plan riders have seen already are planned anew; a person publishes it."""
    for window in {(w.hub_id, w.day_in(w.town.zone)): w for w in windows}.values():
        day = window.day_in(window.town.zone)
        if Plan.objects.filter(hub=window.hub_id, day=day, state=Plan.State.PUBLISHED).exists():
            with suppress(Refusal):
                request_plan(hub=window.hub, day=day, by=None, at=at)


@says_when_busy
@transaction.atomic
def collect_instead(*, order: Order, at: datetime, by: Any = None) -> None:
    """The buyer collects in the shops what a bike was to bring: its place is free, and the bikes cost nothing.

    Raises Refusal, writing nothing, when a bag has left its shop, or when a shop does not hand over at its counter.
    """
    list(Part.objects.select_for_update().filter(order=order).order_by("pk").values_list("pk"))
    order = Order.objects.with_story().select_related("town").get(pk=order.pk)
    check_open(order)
    parts = prepared(bike_parts(order))
    check_collect(parts)
    delivery = order.delivery
    assert delivery is not None
    closures = closures_ahead(order.town, at)
    rules = rules_of(order.town, [part.shop for part in parts], at, closures, lock=True)
    for part in parts:
        kept = None if part.state in DONE_AT_SHOP else promise(rules[part.shop_id], part.work, at)
        part.kind = Modality.Kind.COLLECT
        part.due_at = kept.ready_at if kept else at
        part.work_at = kept.work_at if kept else part.work_at
        part.save(update_fields=["kind", "due_at", "work_at"])
        cancel_bags(delivery=delivery, sender_ref=str(part.pk), at=at, by=by)
    order.bike_fee_cents = order.bike_shops_cents = 0
    order.save(update_fields=["bike_fee_cents", "bike_shops_cents"])
    audit.record("collect_instead", order, at=at, town_id=order.town_id, actor=by, parts=len(parts))
    if any(part.online for part in parts):
        settle_soon(order.pk)
    _plan_again([delivery.window], at)
    letters.order_collected_instead(order, parts, at)
