"""On the road: leaving, handing over, failing, coming back."""

from contextlib import suppress
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.delivery.actions.custody import record_bags, take_off
from parvis.delivery.actions.planning import request_plan
from parvis.delivery.models import BagEvent, Crate, Delivery, DeliveryEvent, Plan, Round, Stop
from parvis.delivery.signals import delivery_ended, delivery_left
from parvis.delivery.states import BagState, DeliveryState
from parvis.delivery.trips import Trip


@transaction.atomic
def leave_hub(*, round_: Round, at: datetime, by: Any = None, without: str = "") -> None:
    """The bike leaves with every packed bag of its stops, or, where bags were scanned onto it, with these alone.

    A delivery that is not complete stays behind: ``without`` says why, what is on the bike of it is taken off, and a
    plan is asked for in which it rides with another. Raises Refusal when the round has already left or its plan was
    replaced, when the bike is broken or still on an earlier round, when a bag would be forgotten (all are here and one
    lies loose, or some are packed and one is not), when something would stay and nobody says why, or when there is
    nothing to take at all.
    """
    round_ = locked_round(round_)
    _check_may_leave(round_)
    trip = Trip.of(round_, _stops_of(round_))
    for parcel in trip.loose:
        raise Refusal(_("%(code)s is not in a crate yet.") % {"code": parcel.delivery.code})
    riding = [parcel for _stop, parcel in trip.parcels if trip.rides(parcel)]
    if not riding:
        raise Refusal(_("There is nothing to take along yet."))
    staying = trip.staying
    if staying and not without.strip():
        codes = ", ".join(parcel.delivery.code for parcel in staying)
        raise Refusal(_("Say why the bike leaves without %(codes)s.") % {"codes": codes})
    for parcel in staying:
        take_off([bag for bag in parcel.packed if trip.holds(bag)], at=at, by=by)
        _record(
            parcel.delivery,
            DeliveryEvent.Kind.LEFT_BEHIND,
            at=at,
            by=by,
            reason=without.strip()[:200],
            round=str(round_.pk),
        )
    for parcel in riding:
        record_bags(parcel.packed, BagEvent.Kind.LOADED, at=at, by=by, round=str(round_.pk))
        _record(parcel.delivery, DeliveryEvent.Kind.DEPARTED, at=at, by=by)
        delivery_left.send(sender=Delivery, delivery=parcel.delivery, at=at, by=by)
    round_.left_at = at
    round_.save(update_fields=["left_at"])
    if staying:
        with suppress(Refusal):  # no bike is left today: the dispatcher reads what stayed, and why
            request_plan(hub=round_.plan.hub, day=round_.plan.day, by=by, at=at)
    audit.record("leave_hub", round_, at=at, town_id=round_.town_id, actor=by, stops=len(riding), without=len(staying))


def locked_round(round_: Round) -> Round:
    """The round with its row locked, after its plan's: a new plan is published before or after, never meanwhile."""
    Plan.objects.select_for_update().get(pk=round_.plan_id)
    return Round.objects.select_for_update(of=("self",)).select_related("plan", "bike").get(pk=round_.pk)


def _check_may_leave(round_: Round) -> None:
    if round_.left_at:
        raise Refusal(_("This round has already left."))
    if round_.plan.state != Plan.State.PUBLISHED:
        raise Refusal(_("The plan has changed meanwhile. Look at it again."))
    if round_.bike.broken_at:
        raise Refusal(_("%(bike)s is out of order.") % {"bike": round_.bike})
    earlier = Round.objects.filter(plan=round_.plan_id, bike=round_.bike_id, back_at=None)
    if earlier.exclude(left_at=None).exists():
        raise Refusal(_("%(bike)s is not back from its round before.") % {"bike": round_.bike})


def _stops_of(round_: Round) -> list[Stop]:
    """The stops that still count, their deliveries locked in the order of ids and read behind the lock."""
    ids = round_.stops.values("delivery_id")
    list(Delivery.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    stops = round_.stops.select_related("delivery").prefetch_related("delivery__bags__events", "delivery__events")
    return list(stops.filter(delivery__cancelled_at=None))


def _record(
    delivery: Delivery,
    kind: DeliveryEvent.Kind,
    *,
    at: datetime,
    by: Any,
    key: str | None = None,
    **detail: Any,
) -> DeliveryEvent:
    return DeliveryEvent.objects.create(
        town_id=delivery.town_id, delivery=delivery, kind=kind, at=at, by=by, key=key, detail=detail
    )


@transaction.atomic
def hand_over(
    *,
    stop: Stop,
    at: datetime,
    by: Any = None,
    recipient: str = "",
    photo: "ContentFile[bytes] | None" = None,
    key: str | None = None,
    tapped_at: str = "",
) -> bool:
    """The goods are in somebody's hands, with a name or a photo as proof. False if ``key`` was seen before.

    A buyer who opens after all, before the bike is home, is served after a failed attempt too. ``tapped_at`` is the
    rider's own clock (ISO 8601), kept beside ``at`` and trusted for nothing.
    Raises Refusal without a proof, or when the delivery is not on its way.
    """
    if not recipient.strip() and photo is None:
        raise Refusal(_("Write who received it, or take a photo."))
    delivery = Delivery.objects.select_for_update().with_story().get(pk=stop.delivery_id)
    if key and any(event.key == key for event in delivery.events.all()):
        return False
    loaded = [bag for bag in delivery.live_bags() if bag.state == BagState.LOADED]
    if not loaded or delivery.state not in {DeliveryState.ON_THE_WAY, DeliveryState.FAILED}:
        raise Refusal(_("%(code)s is not on its way.") % {"code": delivery.code})
    detail = {"recipient": recipient.strip()[:120]} | _tapped(tapped_at)
    event = _record(delivery, DeliveryEvent.Kind.DELIVERED, at=at, by=by, key=key, **detail)
    if photo is not None:
        event.photo.save(f"{event.pk}{PurePath(photo.name or '').suffix or '.jpg'}", photo)
    record_bags(loaded, BagEvent.Kind.DELIVERED, at=at, by=by)
    Crate.objects.filter(delivery=delivery, released_at=None).update(released_at=at)
    delivery_ended.send(sender=Delivery, delivery=delivery, outcome="delivered", at=at, by=by)
    audit.record("hand_over", delivery, at=at, town_id=delivery.town_id, actor=by)
    return True


def _tapped(tapped_at: str) -> dict[str, str]:
    return {"tapped_at": tapped_at[:40]} if tapped_at else {}


@transaction.atomic
def fail_stop(
    *,
    stop: Stop,
    reason: str,
    at: datetime,
    by: Any = None,
    note: str = "",
    key: str | None = None,
    tapped_at: str = "",
) -> bool:
    """Nobody could take the goods; they ride back. False if ``key`` was seen before.

    ``reason`` is a value of ``DeliveryEvent.WhyFailed`` or plain words; ``note`` says more.
    Raises Refusal without a reason, or when the delivery is not on its way.
    """
    if not reason.strip():
        raise Refusal(_("Say why it could not be handed over."))
    delivery = Delivery.objects.select_for_update().with_story().get(pk=stop.delivery_id)
    if key and any(event.key == key for event in delivery.events.all()):
        return False
    if delivery.state != DeliveryState.ON_THE_WAY:
        raise Refusal(_("%(code)s is not on its way.") % {"code": delivery.code})
    detail = {"reason": reason.strip()[:200], "note": note.strip()[:200]} | _tapped(tapped_at)
    _record(delivery, DeliveryEvent.Kind.FAILED, at=at, by=by, key=key, **detail)
    delivery_ended.send(sender=Delivery, delivery=delivery, outcome="failed", at=at, by=by)
    audit.record("fail_stop", delivery, at=at, town_id=delivery.town_id, actor=by)
    return True


@transaction.atomic
def bring_back(*, round_: Round, at: datetime, by: Any = None) -> None:
    """The bike is back: what it still carries is at the hub again. Raises Refusal if it is not on the road."""
    round_ = locked_round(round_)
    if round_.left_at is None or round_.back_at is not None:
        raise Refusal(_("This round is not on the road."))
    for stop in _stops_of(round_):
        aboard = [bag for bag in stop.delivery.live_bags() if bag.state == BagState.LOADED]
        record_bags(aboard, BagEvent.Kind.RETURNED, at=at, by=by, round=str(round_.pk))
    round_.back_at = at
    round_.save(update_fields=["back_at"])
    audit.record("bring_back", round_, at=at, town_id=round_.town_id, actor=by)
