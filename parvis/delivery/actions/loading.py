"""Putting bags on a bike before it leaves: each scan says whether it is the right one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.words import say_clock
from parvis.delivery.actions.custody import code_of, no_bag, record_bags, take_off
from parvis.delivery.actions.riding import locked_round
from parvis.delivery.models import Bag, BagEvent, Crate, Delivery, Plan, Round, Stop
from parvis.delivery.moved import is_moved
from parvis.delivery.states import BagState
from parvis.delivery.trips import Trip
from parvis.towns.models import Town

_HERE = {BagState.AT_HUB, BagState.PACKED}
_TO_COME = {BagState.EXPECTED, BagState.READY, BagState.MISSING}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a scan put on a bike: ``bags`` are on it now, those of ``new`` by this scan."""

    delivery: Delivery
    bags: tuple[Bag, ...]
    new: tuple[Bag, ...]


@transaction.atomic
def load_bag(*, round_: Round, code: str, at: datetime, by: Any = None) -> Loaded:
    """Put a bag on the bike by its code; the code of a delivery or the number of a crate puts all that is in it.

    A bag that nobody had scanned at the hub is here too, since somebody holds it: its coming is written first.
    Scanning twice is harmless. Raises Refusal, naming the right bike, when the bag belongs on another one or on none;
    when it is cancelled, has left or was handed over; when nothing has this code; and when the bike has left.
    """
    round_ = locked_round(round_)
    check_waits(round_)
    delivery, wanted = _find(round_.town, code)
    delivery = Delivery.objects.select_for_update().with_story().get(pk=delivery.pk)
    stop = round_.stops.filter(delivery=delivery).first()
    if stop is None:
        raise Refusal(_elsewhere(delivery, wanted, round_))
    stop.delivery, stop.round = delivery, round_
    if is_moved(stop):
        said = _("%(code)s comes at another time by now: not on %(bike)s. Put it aside.")
        raise Refusal(said % {"code": wanted.code if wanted else delivery.code, "bike": round_.bike})
    live = delivery.live_bags()
    asked = [bag for bag in live if wanted is None or bag.pk == wanted.pk]
    if wanted is not None and not asked:
        raise Refusal(_("Bag %(code)s was cancelled. Give it back to %(shop)s.") % _names(wanted))
    states = {bag: bag.state for bag in asked}
    for bag, state in states.items():
        if state == BagState.LOADED:
            said = _("Bag %(code)s left on a bike. Is the bike back? Say so on the page of rounds.")
            raise Refusal(said % _names(bag))
        if state == BagState.DELIVERED:
            raise Refusal(_("Bag %(code)s has already been handed over.") % _names(bag))
    if wanted is not None and states[asked[0]] in _TO_COME:
        record_bags(asked, BagEvent.Kind.AT_HUB, at=at, by=by)
        states = dict.fromkeys(asked, BagState.AT_HUB)
    here = [bag for bag, state in states.items() if state in _HERE]
    if not here:
        raise Refusal(_("Nothing of %(code)s is at the hub yet.") % {"code": delivery.code})
    trip = Trip.of(round_, ())
    new = tuple(bag for bag in here if not trip.holds(bag))
    record_bags(new, BagEvent.Kind.STOWED, at=at, by=by, round=str(round_.pk))
    if new:
        audit.record("load_bag", round_, at=at, town_id=round_.town_id, actor=by, bags=[bag.code for bag in new])
    return Loaded(delivery, tuple(here), new)


@transaction.atomic
def unload(*, round_: Round, delivery: Delivery, at: datetime, by: Any = None) -> None:
    """Take a delivery off the bike again; nothing to do is no error. Raises Refusal when the bike has left."""
    round_ = locked_round(round_)
    check_waits(round_)
    delivery = Delivery.objects.select_for_update().with_story().get(pk=delivery.pk)
    trip = Trip.of(round_, ())
    held = [bag for bag in delivery.live_bags() if trip.holds(bag)]
    take_off(held, at=at, by=by)
    audit.record("unload", round_, at=at, town_id=round_.town_id, actor=by, bags=[bag.code for bag in held])


def check_waits(round_: Round) -> None:
    """Raises Refusal unless the round may still be loaded."""
    if round_.left_at:
        raise Refusal(_("This round has already left."))
    if round_.plan.state != Plan.State.PUBLISHED:
        raise Refusal(_("The plan has changed meanwhile. Look at it again."))


def _names(bag: Bag) -> dict[str, str]:
    return {"code": bag.code, "shop": bag.sender}


def _find(town: Town, typed: str) -> tuple[Delivery, Bag | None]:
    """The delivery that a code, or the number of a crate, stands for; with the bag where it is one."""
    code = code_of(typed)
    bag = Bag.objects.confirmed().filter(town=town, code=code).select_related("delivery").first()
    if bag is not None:
        return bag.delivery, bag
    found = Delivery.objects.confirmed().filter(town=town, code=code).first()
    if found is None and code.isdecimal() and len(code) <= 3:
        crate = Crate.objects.filter(town=town, number=int(code), released_at=None).select_related("delivery").first()
        if crate is None:
            raise Refusal(_("Crate %(number)s is empty.") % {"number": int(code)})
        found = crate.delivery
    if found is None:
        raise Refusal(no_bag(town, code, typed))
    return found, None


def _elsewhere(delivery: Delivery, bag: Bag | None, here: Round) -> str:
    """Where a bag belongs that is not for this bike."""
    said = {"code": bag.code if bag else delivery.code, "bike": here.bike}
    stops = Stop.objects.filter(delivery=delivery, round__plan__state=Plan.State.PUBLISHED)
    stop = stops.select_related("round__bike").order_by("-round__departs_at").first()
    if delivery.cancelled_at:
        return _("%(code)s was cancelled. Give it back to its shop.") % said
    if stop is None:
        return _("%(code)s is on no round yet: not on %(bike)s. Put it aside for the dispatcher.") % said
    said |= {"other": stop.round.bike, "time": say_clock(stop.round.departs_at), "number": stop.round.number}
    if stop.round.left_at:
        return _("%(code)s does not go on %(bike)s: it was for %(other)s, which has left. Put it aside.") % said
    if stop.round.bike_id == here.bike_id:
        return _("%(code)s goes on a later round of %(bike)s: number %(number)s, at %(time)s.") % said
    return _("%(code)s does not go on %(bike)s: it goes on %(other)s, which leaves at %(time)s.") % said
