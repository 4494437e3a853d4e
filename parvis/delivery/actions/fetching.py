"""At a shop's door: its bags are taken there by the rider, or were not ready. The chain of custody skips the hub."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.taps import NO_TAP, Tap
from parvis.delivery.actions.custody import record_bags
from parvis.delivery.actions.planning import request_plan
from parvis.delivery.actions.refused import plan_changed
from parvis.delivery.models import Bag, BagEvent, Delivery, DeliveryEvent, Plan, Stop
from parvis.delivery.moved import is_moved
from parvis.delivery.pickups import STRAIGHT, PickUp, bags_to_come, fetched, to_fetch
from parvis.delivery.signals import delivery_left, fetching_told


@transaction.atomic
def offer_pickup(*, delivery: Delivery, sender_ref: str, pickup: PickUp | None, at: datetime, by: Any = None) -> None:
    """The shop hands its bags of a delivery to riders at its door, or (None) brings them to the hub.

    What a published plan says stays: the rider is told already. Raises nothing; twice is harmless.
    """
    delivery = Delivery.objects.select_for_update().with_story().get(pk=delivery.pk)
    told = Stop.objects.filter(delivery=delivery, option=STRAIGHT, round__plan__state=Plan.State.PUBLISHED)
    if pickup is None and any(not is_moved(stop) for stop in told.select_related("round__plan", "delivery")):
        return
    for bag in delivery.live_bags():
        if bag.sender_ref == sender_ref and bag.pickup != pickup:
            bag.offer(pickup)
            bag.save(update_fields=["pickup_address", "pickup_lon", "pickup_lat", "pickup_from", "pickup_until"])
    audit.record("offer_pickup", delivery, at=at, town_id=delivery.town_id, actor=by, offered=pickup is not None)


@transaction.atomic
def fetch_bags(*, stop: Stop, codes: Collection[str], at: datetime, by: Any = None, tap: Tap = NO_TAP) -> bool:
    """The rider has the bags of a stop from the shop's hands, each read by its code. False if that was known.

    It was when it was tapped. Raises Refusal when a code is another's, while a bag is missing, and where nothing is to
    be fetched: the bags are at the hub, were cancelled, or the bike has not left.
    """
    stop, moment, key = _behind_lock("fetch", stop, tap, at)
    delivery = stop.delivery
    if fetched(stop) or (key and any(event.key == key for event in delivery.events.all())):
        return False
    bags = _fetchable(stop)
    known = {bag.code: bag for bag in bags}
    for code in codes:
        if code not in known:
            raise Refusal(_("Bag %(bag)s is not for %(code)s. Leave it here.") % {"bag": code, "code": delivery.code})
    missing = [code for code in known if code not in set(codes)]
    if missing:
        raise Refusal(_("Still to scan: %(codes)s.") % {"codes": ", ".join(missing)})
    record_bags(bags, BagEvent.Kind.LOADED, at=moment, by=by, round=str(stop.round_id), at_shop=True)
    _write(stop, DeliveryEvent.Kind.DEPARTED, moment, by, key, {"at_shop": True})
    delivery_left.send(sender=Delivery, delivery=delivery, at=at, by=by)
    audit.record("fetch_bags", delivery, at=at, town_id=delivery.town_id, actor=by, bags=sorted(known))
    return True


@transaction.atomic
def miss_bags(*, stop: Stop, at: datetime, by: Any = None, note: str = "", tap: Tap = NO_TAP) -> bool:
    """The rider was at the shop in vain: it brings the bags to the hub, and another round is planned for them.

    False if that was known. Raises Refusal as ``fetch_bags`` does.
    """
    stop, moment, key = _behind_lock("miss", stop, tap, at)
    delivery = stop.delivery
    if key and any(event.key == key for event in delivery.events.all()):
        return False
    _fetchable(stop)
    left_without(stop, moment, by=by, key=key, note=note)
    with suppress(Refusal):  # no bike is left today: the dispatcher reads what stayed, and why
        request_plan(hub=stop.round.plan.hub, day=stop.round.plan.day, by=by, at=at)
    audit.record("miss_bags", delivery, at=at, town_id=delivery.town_id, actor=by)
    return True


def left_without(stop: Stop, moment: datetime, *, by: Any, key: str | None = None, note: str = "") -> None:
    """A bike has gone on without what it should have fetched: its shop hears that it brings it to the hub.

    Call it behind the lock of the delivery.
    """
    reason = " ".join(filter(None, [_("It was not ready at the shop."), note.strip()[:160]]))
    detail = {"reason": reason, "round": str(stop.round_id), "at_shop": True}
    _write(stop, DeliveryEvent.Kind.LEFT_BEHIND, moment, by, key, detail)
    fetching_told.send(sender=Delivery, delivery=stop.delivery, fetch_at=None, at=moment, by=by)


def _behind_lock(verb: str, stop: Stop, tap: Tap, at: datetime) -> tuple[Stop, datetime, str | None]:
    """The stop with its delivery locked and its story as it stands, the moment of the tap, and its key. Raises Refusal
    where the dispatcher has taken it off its round since it was looked up.
    """
    Delivery.objects.select_for_update().get(pk=stop.delivery_id)
    stops = Stop.objects.select_related("round__plan__hub__town", "delivery__window")
    found = stops.prefetch_related("delivery__bags__events", "delivery__events").filter(pk=stop.pk).first()
    if found is None:
        raise plan_changed()
    stop = found
    key = f"{verb}-{stop.delivery.code}-{tap.key}" if tap.key else None
    return stop, tap.when(at, since=stop.round.left_at), key


def _fetchable(stop: Stop) -> list[Bag]:
    """The bags that wait at the shop. Raises Refusal, saying where they are instead."""
    names = {"code": stop.delivery.code}
    if stop.delivery.cancelled_at is not None:
        raise Refusal(_("%(code)s was cancelled: it stays at the shop.") % names)
    if stop.round.left_at is None:
        raise Refusal(_("Say first that you leave the hub."))
    if to_fetch(stop) is None:
        raise Refusal(_("%(code)s is not to be fetched at a shop any more. Ask the hub.") % names)
    return bags_to_come(stop.delivery)


def _write(
    stop: Stop, kind: DeliveryEvent.Kind, moment: datetime, by: Any, key: str | None, detail: dict[str, Any]
) -> None:
    stop.delivery.events.create(town_id=stop.town_id, kind=kind, at=moment, by=by, key=key, detail=detail)
