"""A second window that suits as well: the planner's freedom, the buyer's choice.

The place is held in the window that was chosen first. The plan may ride in either; once it is published, the one that
it takes is the promise, and the buyer is told. Nothing else of the promise changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, Q
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.delivery.dayfigures import BY_BUYER
from parvis.delivery.models import Delivery, DeliveryEvent, Plan, Stop, Window
from parvis.delivery.models.promises import of_days
from parvis.delivery.planning import Drop, Option, Problem, Trip
from parvis.delivery.signals import window_settled
from parvis.delivery.states import DeliveryState

ALSO = "also"
"""The way of a delivery that comes in the second window, as plans name it until they are published."""

_OPEN = {DeliveryState.BOOKED, DeliveryState.AT_HUB}


def windows_that_may_suit(delivery: Delivery, at: datetime) -> list[Window]:
    """The later windows of its day from its hub that still take bookings; none once its round is published.

    Later ones only: the shops bring their bags for the first.
    """
    town, chosen = delivery.town, delivery.window
    if delivery.state not in _OPEN or delivery.cancelled_at is not None:
        return []
    day = chosen.day_in(town.zone)
    later = Window.objects.filter(
        of_days(day, day, town.zone), town=town, hub=chosen.hub_id, starts_at__gt=chosen.starts_at, closes_at__gt=at
    )
    planned = Stop.objects.filter(delivery=delivery, round__plan__state=Plan.State.PUBLISHED)
    return list(later.filter(~Exists(planned)).order_by("starts_at"))


@transaction.atomic
def suit_also(*, delivery: Delivery, window_id: UUID | None, at: datetime, by: Any = None) -> None:
    """This window suits as well, or (None) the first alone. Raises Refusal for one that cannot be, or too late."""
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("window", "town").get(pk=delivery.pk)
    possible = {window.pk for window in windows_that_may_suit(delivery, at)}
    if window_id is not None and window_id not in possible:
        raise Refusal(_("This time cannot be added any more."))
    if delivery.also_id == window_id:
        return
    delivery.also_id = window_id
    delivery.save(update_fields=["also"])
    audit.record("suit_also", delivery, at=at, town_id=delivery.town_id, actor=by, window=str(window_id or ""))


def with_second_window(drop: Drop, second: Drop) -> Drop:
    """The drop that may also be made as ``second``, the same delivery in the other window."""
    way = Option(
        ALSO,
        second.location,
        second.earliest,
        second.latest,
        second.service_seconds,
        second.ready_at,
        second.max_aboard,
    )
    return replace(drop, others=(*drop.others, way))


def settled(problem: Problem, trips: Mapping[str, Trip]) -> tuple[Problem, dict[str, Trip]]:
    """Problem and trips without second windows: what rides in one has it as its own from now on, what rides in the
    first has no other. What is on no round keeps both.
    """
    rides = taken_windows(trips)
    drops = tuple(_settled(drop, rides[drop.id]) if drop.id in rides else drop for drop in problem.drops)
    after = {
        id: replace(trip, stops=tuple(replace(s, option="") if s.option == ALSO else s for s in trip.stops))
        for id, trip in trips.items()
    }
    fixed = tuple(after[id] for id, trip in trips.items() if trip in problem.fixed)
    return replace(problem, drops=drops, fixed=fixed), after


def with_place_in_second(deliveries: Iterable[Delivery]) -> set[UUID]:
    """The deliveries that a plan may bring in their second window: as many as it has places left, in their order.

    One query, and none where nobody has a second window.
    """
    asked = [delivery for delivery in deliveries if delivery.also_id is not None]
    if not asked:
        return set()
    booked = Count("deliveries", filter=Q(deliveries__cancelled_at=None))
    windows = Window.objects.filter(pk__in={delivery.also_id for delivery in asked}).annotate(booked=booked)
    free = {pk: capacity - taken for pk, capacity, taken in windows.values_list("pk", "capacity", "booked")}
    found = set()
    for delivery in asked:
        assert delivery.also_id is not None
        if free[delivery.also_id] > 0:
            free[delivery.also_id] -= 1
            found.add(delivery.pk)
    return found


def lock_second_windows(trips: Mapping[str, Trip]) -> None:
    """Lock the second windows that some trips take, so that their places are counted while nobody books. Call it
    before any other lock of the plan is taken.
    """
    second = [id for id, taken in taken_windows(trips).items() if taken]
    windows = Delivery.objects.filter(pk__in=second).exclude(also=None).values("also")
    list(Window.objects.select_for_update().filter(pk__in=windows).order_by("pk").values_list("pk"))


def taken_windows(trips: Mapping[str, Trip]) -> dict[str, bool]:
    """For each delivery on a trip, by id, whether it rides in the second window."""
    return {stop.drop_id: stop.option == ALSO for trip in trips.values() for stop in trip.stops}


def _settled(drop: Drop, second: bool) -> Drop:
    if second:
        return replace(drop.as_taken(ALSO), option="")
    return replace(drop, others=tuple(other for other in drop.others if other.id != ALSO))


def promise_windows(deliveries: Mapping[str, Delivery], trips: Mapping[str, Trip], *, at: datetime, by: Any) -> None:
    """The window that a plan takes is the promise from now on. Call it behind the locks of windows and deliveries.

    Raises Refusal where a second window has been filled by others since the plan was made.
    """
    for id, second in taken_windows(trips).items():
        delivery = deliveries.get(id)
        if delivery is None or delivery.also is None:
            continue
        before, taken = delivery.window, delivery.also
        if second and taken.deliveries.filter(cancelled_at=None).count() >= taken.capacity:
            said = _("The second time that suits %(code)s is full in the meantime. Plan again.")
            raise Refusal(said % {"code": delivery.code})
        delivery.window, delivery.also = taken if second else before, None
        delivery.save(update_fields=["window", "also"])
        if second:
            detail = {"from": str(before.pk), "to": str(taken.pk), "asked_by": BY_BUYER, "either": True}
            kind = DeliveryEvent.Kind.REBOOKED
            delivery.events.create(town_id=delivery.town_id, kind=kind, at=at, by=by, detail=detail)
            window_settled.send(sender=Delivery, delivery=delivery, at=at, by=by)
