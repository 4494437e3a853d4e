"""Making and withdrawing a promise."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.geo import Point, distance_m
from parvis.core.ids import short_code
from parvis.delivery.actions.daytours import hold
from parvis.delivery.actions.problems import load_for
from parvis.delivery.models import Bag, BagEvent, Bike, Crate, Delivery, DeliveryEvent, Window
from parvis.delivery.models.promises import WindowQuerySet
from parvis.delivery.pickups import PickUp
from parvis.delivery.sizes import MILLILITRES_FILLED
from parvis.delivery.skills import can_carry, together
from parvis.delivery.states import BagState, DeliveryState
from parvis.towns.models import Town


@dataclass(frozen=True, slots=True)
class BagSpec:
    """What a sender will bring: its name and telephone for the hub, an opaque reference, weight, volume, how cold, what
    it asks of a bike (``skills.Skill``), and where a rider may fetch it (None: the sender brings it to the hub).
    """

    sender: str
    sender_ref: str
    grams: int
    millilitres: int
    sender_phone: str = ""
    temperature: str = Bag.Temperature.AMBIENT
    needs: tuple[str, ...] = ()
    pickup: PickUp | None = None


@transaction.atomic
def book_delivery(
    *,
    town: Town,
    window_id: UUID,
    reference: str,
    name: str,
    phone: str,
    address: str,
    point: Point,
    bags: Sequence[BagSpec],
    at: datetime,
    note: str = "",
    held: bool = False,
) -> Delivery:
    """Promise to hand over ``bags`` at ``address`` inside a window, to a buyer of ``town``.

    The window may be a neighbour's, by agreement: then the delivery is the neighbour's work, by its hub and riders, and
    the bags bear the name of the town beside that of their shop.

    The window's row is locked while places are counted, so two buyers cannot take the last one. With ``held`` only the
    place is kept: hub, plans and riders know nothing of it until ``confirm_delivery``.
    Raises Refusal when the window is closed or full, when no bike can carry the goods, or when none can be at the door
    in the window and keep what was promised to others (``daytours``).
    """
    window = _open_window(Window.objects.promised_to(town, at), window_id, at)
    _check_size(window, bags)
    rides, shared = window.town, window.town_id != town.pk
    delivery = Delivery.objects.create(
        town=rides,
        ordered_in=town if shared else None,
        window=window,
        code=_free_code(rides, Delivery),
        reference=reference,
        name=name,
        phone=phone,
        address=address,
        lon=point.lon,
        lat=point.lat,
        away_metres=away(window, point),
        note=note,
        booked_at=at,
        confirmed_at=None if held else at,
    )
    for spec in bags:
        bag = Bag(
            town=rides,
            delivery=delivery,
            code=_free_code(rides, Bag),
            sender=f"{spec.sender} ({town.name})"[:160] if shared else spec.sender,
            sender_phone=spec.sender_phone,
            sender_ref=spec.sender_ref,
            grams=spec.grams,
            millilitres=spec.millilitres,
            temperature=spec.temperature,
            needs=list(spec.needs),
        )
        bag.offer(spec.pickup)
        bag.save(force_insert=True)
    _hold(delivery, window, bags, at)
    audit.record("book_delivery", delivery, at=at, town_id=rides.pk, bags=len(bags), shared=shared)
    return delivery


def confirm_delivery(delivery_id: UUID, *, at: datetime) -> None:
    """A delivery that was only held is sure to come: hub and plans count on it from now on. Twice is harmless."""
    Delivery.objects.filter(pk=delivery_id, confirmed_at=None, cancelled_at=None).update(confirmed_at=at)


def _hold(delivery: Delivery, window: Window, bags: Iterable[BagSpec | Bag], at: datetime) -> None:
    """Keep a bike's place for the delivery; Refusal when none can be there."""
    load = load_for(delivery.point, bags, delivery.service_seconds)
    if not hold(delivery=delivery, window=window, load=load, at=at):
        raise Refusal(_("No bike can be at your door at that time any more. Please choose another one."))


def _check_size(window: Window, bags: Sequence[BagSpec]) -> None:
    largest = Bike.objects.filter(hub=window.hub_id).aggregate(grams=Max("max_grams"), ml=Max("max_millilitres"))
    grams, millilitres = sum(b.grams for b in bags), sum(b.millilitres for b in bags)
    if grams > (largest["grams"] or 0) or millilitres > (largest["ml"] or 0) * MILLILITRES_FILLED:
        raise Refusal(_("This is more than one cargo bike can carry. Please order in two parts or collect some of it."))
    needs = together(bag.needs for bag in bags)
    if needs and not any(can_carry(bike.skills, needs) for bike in Bike.objects.filter(hub=window.hub_id)):
        raise Refusal(_("No bike of the town can carry what is so heavy or large in one piece. Please collect it."))


def away(window: Window, point: Point) -> int:
    """From its hub to a door as the crow flies, to 100 m: enough to share kilometres, too little to find the door."""
    return max(100, round(distance_m(window.hub.point, point) / 100) * 100)


def _free_code(town: Town, model: type[Delivery] | type[Bag]) -> str:
    for _attempt in range(20):
        code = short_code()
        if not model._default_manager.filter(town=town, code=code).exists():
            return code
    raise RuntimeError("no free code in twenty tries: the codes of this town are nearly used up")


@transaction.atomic
def rebook_delivery(*, delivery: Delivery, window_id: UUID, at: datetime, by: Any = None, asked_by: str = "") -> None:
    """Promise another window for a delivery that failed or did not find its place on a bike, or as its buyer wants.

    It stays with the town that rides for it: a neighbour's hub has its bags. ``asked_by`` is kept with the event: a
    promise that its buyer moved is not one that the town broke (``dayfigures``).
    Raises Refusal when the window is closed or full, or when the goods are on the road or handed over.
    """
    window = _open_window(Window.objects.filter(town=delivery.town_id), window_id, at)
    delivery = Delivery.objects.select_for_update().with_story().get(pk=delivery.pk)
    if delivery.state in {DeliveryState.ON_THE_WAY, DeliveryState.DELIVERED, DeliveryState.CANCELLED}:
        raise Refusal(_("%(code)s cannot change its delivery time any more.") % {"code": delivery.code})
    before = str(delivery.window_id)
    delivery.window, delivery.away_metres, delivery.also = window, away(window, delivery.point), None
    delivery.save(update_fields=["window", "away_metres", "also"])
    _hold(delivery, window, delivery.live_bags(), at)
    DeliveryEvent.objects.create(
        town_id=delivery.town_id,
        delivery=delivery,
        kind=DeliveryEvent.Kind.REBOOKED,
        at=at,
        by=by,
        detail={"from": before, "to": str(window.pk)} | ({"asked_by": asked_by} if asked_by else {}),
    )
    audit.record("rebook_delivery", delivery, at=at, town_id=delivery.town_id, actor=by)


def _open_window(windows: WindowQuerySet, window_id: UUID, at: datetime) -> Window:
    """The window, locked, if one more place can be promised in it."""
    locked = windows.select_for_update(of=("self",)).select_related("town", "hub").defer("town__backdrop")
    window = locked.filter(pk=window_id).first()
    if window is None or window.closes_at <= at:
        raise Refusal(_("This delivery time is closed. Please choose another one."))
    if window.deliveries.filter(cancelled_at=None).count() >= window.capacity:
        raise Refusal(_("This delivery time is full. Please choose another one."))
    return window


@transaction.atomic
def cancel_bags(*, delivery: Delivery, sender_ref: str, at: datetime, by: Any = None) -> None:
    """Withdraw one sender's bags; a delivery with no bag left is cancelled.

    A bag that already left the hub stays on its way: Refusal.
    """
    delivery = Delivery.objects.select_for_update().with_story().get(pk=delivery.pk)
    for bag in delivery.live_bags():
        if bag.sender_ref != sender_ref:
            continue
        if bag.state in {BagState.LOADED, BagState.DELIVERED}:
            raise Refusal(_("This is already on its way."))
        bag.cancelled_at = at
        bag.save(update_fields=["cancelled_at"])
        BagEvent.objects.create(town_id=delivery.town_id, bag=bag, kind=BagEvent.Kind.CANCELLED, at=at, by=by)
    if not delivery.live_bags() and delivery.state != DeliveryState.CANCELLED:
        delivery.cancelled_at = at
        delivery.save(update_fields=["cancelled_at"])
        DeliveryEvent.objects.create(
            town_id=delivery.town_id, delivery=delivery, kind=DeliveryEvent.Kind.CANCELLED, at=at, by=by
        )
        Crate.objects.filter(delivery=delivery, released_at=None).update(released_at=at)
    audit.record("cancel_bags", delivery, at=at, town_id=delivery.town_id, actor=by)
