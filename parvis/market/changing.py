"""Which other times a buyer may still choose for what comes by bike: what ``change_time`` will accept."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.delivery.actions.daytours import offers
from parvis.delivery.actions.problems import load_for
from parvis.delivery.actions.suiting import windows_that_may_suit
from parvis.delivery.models import Window
from parvis.delivery.states import BagState, DeliveryState
from parvis.delivery.told import is_called_off
from parvis.market.closures import closed_on
from parvis.market.models import MarketClosure, Modality, Order, Part
from parvis.market.paying.next_steps import AUTHORISED_FOR, MARGIN
from parvis.market.promises import Promise, ShopRules, promise_by
from parvis.market.rulebook import closures_ahead, rules_of
from parvis.market.season import fits
from parvis.market.states import PartState
from parvis.towns.models import Town

MOST = 12
KEEPS = timedelta(hours=30)  # what a shop has packed waits until the evening of the next day, not longer
DONE_AT_SHOP = {PartState.READY, PartState.AT_HUB, PartState.FAILED}
_OPEN = {DeliveryState.BOOKED, DeliveryState.AT_HUB, DeliveryState.FAILED}
_TOO_FAR = {BagState.LOADED, BagState.DELIVERED}


def bike_parts(order: Order) -> list[Part]:
    """The parts that a bike still brings."""
    return [part for part in order.parts.all() if part.kind == Modality.Kind.BIKE and not part.state.is_over]


def prepared(parts: Sequence[Part]) -> Sequence[Part]:
    """The same parts with what the rules of their shops and goods need at hand."""
    prefetch_related_objects(list(parts), "shop__place__closures", "shop__modalities", "lines__product")
    return parts


def may_collect(order: Order) -> bool:
    """Whether all that a bike would bring may be collected instead."""
    try:
        check_open(order)
        check_collect(prepared(bike_parts(order)))
    except Refusal:
        return False
    return True


def check_collect(parts: Sequence[Part]) -> None:
    """Raises Refusal unless every shop still has its goods and hands over at its counter, for nothing, on any day."""
    for part in parts:
        said = {"shop": part.shop.name}
        if part.state not in {PartState.PLACED, PartState.ACCEPTED, PartState.READY}:
            raise Refusal(_("What %(shop)s prepared has left the shop.") % said)
        kinds = {m.kind for m in part.shop.modalities.all() if m.active and not m.fee_cents}
        if Modality.Kind.COLLECT not in kinds or part.cycle_id is not None:
            raise Refusal(_("Nothing can be collected at %(shop)s.") % said)


def may_change(order: Order) -> bool:
    """Whether another time may still be chosen."""
    try:
        check_open(order)
    except Refusal:
        return False
    return True


def check_open(order: Order) -> None:
    """Raises Refusal where it is too late, with the reason. What is packed waits for its bike, unless none can come."""
    delivery = order.delivery
    if delivery is None or delivery.cancelled_at is not None or not bike_parts(order):
        raise Refusal(_("Nothing of this order comes by bike."))
    if any(part.state == PartState.RESERVED for part in bike_parts(order)):
        raise Refusal(_("Pay first: until then nothing is promised."))
    states, free = {bag.state for bag in delivery.live_bags()}, is_called_off(delivery)
    packed = delivery.state == DeliveryState.PACKED or BagState.PACKED in states
    if states & _TOO_FAR or not (free if packed else delivery.state in _OPEN):
        raise Refusal(_("Your bags are packed already: the time cannot be changed any more."))


def latest_for(order: Order, parts: Sequence[Part]) -> datetime:
    """The last moment at which a window may begin: what is prepared keeps so long, a payment holds so long."""
    limits = [datetime.max.replace(tzinfo=order.placed_at.tzinfo)]
    for part in parts:
        if part.state in DONE_AT_SHOP and (ready := part.last("ready")):
            limits.append(max(ready.at, part.due_at) + KEEPS)
    if any(part.online for part in parts):
        for payment in order.payments.prefetch_related("events"):
            if payment.capture_before:
                limits.append(payment.capture_before - MARGIN)
            limits += [event.at + AUTHORISED_FOR for event in payment.events.all() if event.kind == "authorised"]
    return min(limits)


def check_shops(
    town: Town,
    parts: Sequence[Part],
    rules: Mapping[UUID, ShopRules],
    window: Window,
    closures: Sequence[MarketClosure],
    at: datetime,
) -> dict[UUID, Promise]:
    """What each shop that has still to prepare promises for a window, by part. Raises Refusal where one cannot."""
    day, promised = window.day_in(town.zone), {}
    if closed_on(day, closures):
        raise Refusal(_("This delivery time is closed. Please choose another one."))
    for part in parts:
        if part.state in DONE_AT_SHOP:
            continue
        seasons = [line.product.season for line in part.lines.all() if line.product and not line.product.season.always]
        if not fits(seasons, day, at, town.zone):
            said = {"shop": part.shop.name}
            raise Refusal(_("%(shop)s does not sell all of this on that day. Choose another day.") % said)
        promised[part.pk] = promise_by(rules[part.shop_id], part.work, window.goods_due_at, at)
    return promised


def also_times(order: Order, town: Town, at: datetime) -> list[Window]:
    """The windows that may suit as well as the one that was chosen: later on its day, and the market is not closed."""
    delivery = order.delivery
    if delivery is None or not may_change(order):
        return []
    windows = windows_that_may_suit(delivery, at)
    closures = closures_ahead(town, at) if windows else []
    return [w for w in windows if not closed_on(w.day_in(town.zone), closures)]


def times_for(order: Order, town: Town, at: datetime) -> list[Window]:
    """The windows that could be promised instead, the soonest first."""
    delivery = order.delivery
    if delivery is None or not may_change(order):
        return []
    parts, closures = prepared(bike_parts(order)), closures_ahead(town, at)
    rules = rules_of(town, [part.shop for part in parts], at, closures)
    latest = latest_for(order, parts)
    possible: list[Window] = []
    open_now = Window.objects.open_at(town, at).filter(town=delivery.town_id)  # the bags stay with whoever rides
    for window in open_now.exclude(pk=delivery.window_id)[: MOST * 4]:
        if window.starts_at > latest or len(possible) == MOST:
            break
        try:
            check_shops(town, parts, rules, window, closures, at)
        except Refusal:
            continue
        possible.append(window)
    load = load_for(delivery.point, delivery.live_bags(), delivery.service_seconds)
    found = offers(town=town, windows=possible, load=load, at=at)
    return [window for window in possible if window.pk in found]
