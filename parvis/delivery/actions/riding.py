"""A round leaves the hub and comes back. What happens at its doors is in ``doors.py``."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.taps import NO_TAP, Tap
from parvis.delivery.actions.custody import record_bags, take_off
from parvis.delivery.actions.fetching import left_without
from parvis.delivery.actions.fleet import ride_after_all
from parvis.delivery.actions.planning import request_plan
from parvis.delivery.actions.positions import forget_position
from parvis.delivery.actions.refused import plan_changed
from parvis.delivery.models import BagEvent, Delivery, DeliveryEvent, Plan, Round, Stop
from parvis.delivery.signals import delivery_left
from parvis.delivery.states import BagState
from parvis.delivery.trips import Trip


@transaction.atomic
def leave_hub(*, round_: Round, at: datetime, by: Any = None, without: str = "", tap: Tap = NO_TAP) -> None:
    """The bike leaves with every packed bag of its stops, or, where bags were scanned onto it, with these alone.

    It left when it was tapped, though never before its last bag was packed. A delivery that is not complete stays
    behind: ``without`` says why, what is on the bike of it is taken off, and a plan is asked for in which it rides with
    another. Raises Refusal when the round has already left or its plan was replaced, when the bike is broken or still
    on an earlier round, when a bag would be forgotten (all are here and one lies loose, or some are packed and one is
    not), when something would stay and nobody says why, or when there is nothing to take and nothing to fetch.
    """
    round_ = locked_round(round_)
    _check_may_leave(round_)
    stops = _stops_of(round_)
    story = [event.at for stop in stops for bag in stop.delivery.live_bags() for event in bag.events.all()]
    moment = tap.when(at, since=max(story, default=None))
    trip = Trip.of(round_, stops)
    for parcel in trip.loose:
        raise Refusal(_("%(code)s is not in a crate yet.") % {"code": parcel.delivery.code})
    riding = [parcel for _stop, parcel in trip.parcels if trip.rides(parcel)]
    if not riding and not trip.fetches:
        raise Refusal(_("There is nothing to take along yet."))
    staying = trip.staying
    if staying and not without.strip():
        codes = ", ".join(parcel.delivery.code for parcel in staying)
        raise Refusal(_("Say why the bike leaves without %(codes)s.") % {"codes": codes})
    for parcel in staying:
        take_off([bag for bag in parcel.packed if trip.holds(bag)], at=moment, by=by)
        detail = {"reason": without.strip()[:200], "round": str(round_.pk)}
        _record(parcel.delivery, DeliveryEvent.Kind.LEFT_BEHIND, at=moment, by=by, detail=detail)
    for parcel in riding:
        record_bags(parcel.packed, BagEvent.Kind.LOADED, at=moment, by=by, round=str(round_.pk))
        _record(parcel.delivery, DeliveryEvent.Kind.DEPARTED, at=moment, by=by, detail={})
        delivery_left.send(sender=Delivery, delivery=parcel.delivery, at=at, by=by)
    ride_after_all(round_, at=at, by=by)
    round_.left_at = moment
    round_.save(update_fields=["left_at"])
    if staying:
        with suppress(Refusal):  # no bike is left today: the dispatcher reads what stayed, and why
            request_plan(hub=round_.plan.hub, day=round_.plan.day, by=by, at=at)
    audit.record("leave_hub", round_, at=at, town_id=round_.town_id, actor=by, stops=len(riding), without=len(staying))


def locked_round(round_: Round) -> Round:
    """The round with its row locked, after its plan's: a new plan is published before or after, never meanwhile.

    Raises Refusal where the dispatcher has emptied it.
    """
    Plan.objects.select_for_update().get(pk=round_.plan_id)
    rows = Round.objects.select_for_update(of=("self",)).select_related("plan", "bike")
    found = rows.filter(pk=round_.pk).first()
    if found is None:
        raise plan_changed()
    return found


def _check_may_leave(round_: Round) -> None:
    if round_.left_at:
        raise Refusal(_("This round has already left."))
    if round_.plan.state != Plan.State.PUBLISHED:
        raise plan_changed()
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


def _record(delivery: Delivery, kind: DeliveryEvent.Kind, *, at: datetime, by: Any, detail: dict[str, str]) -> None:
    delivery.events.create(town_id=delivery.town_id, kind=kind, at=at, by=by, detail=detail)


@transaction.atomic
def bring_back(*, round_: Round, at: datetime, by: Any = None, tap: Tap = NO_TAP) -> None:
    """The bike is back: what it still carries is at the hub again. Raises Refusal if it is not on the road.

    It was back when it was tapped, though never before what is known of its doors. The rider's position is forgotten.
    What it should have fetched at a shop and did not is planned again, by the hub.
    """
    round_ = locked_round(round_)
    if round_.left_at is None or round_.back_at is not None:
        raise Refusal(_("This round is not on the road."))
    stops = _stops_of(round_)
    story = [event.at for stop in stops for event in stop.delivery.events.all()]
    moment = tap.when(at, since=max([round_.left_at, *story]))
    missed = Trip.of(round_, stops).fetches
    for stop, _parcel in missed:
        left_without(stop, moment, by=by)
    for stop in stops:
        aboard = [bag for bag in stop.delivery.live_bags() if bag.state == BagState.LOADED]
        record_bags(aboard, BagEvent.Kind.RETURNED, at=moment, by=by, round=str(round_.pk))
    round_.back_at = moment
    round_.save(update_fields=["back_at"])
    forget_position(town_id=round_.town_id, rider_id=round_.rider_id)
    if missed:
        with suppress(Refusal):
            request_plan(hub=round_.plan.hub, day=round_.plan.day, by=by, at=at)
    audit.record("bring_back", round_, at=at, town_id=round_.town_id, actor=by)
