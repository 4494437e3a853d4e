"""The chain of custody of one bag, in words: who holds it, and everything that happened to it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from parvis.core.words import say_clock, say_day
from parvis.delivery.crating import crate_of
from parvis.delivery.models import Bag, BagEvent, Crate, DeliveryEvent, Round
from parvis.delivery.states import BagState, bag_state


def holder(bag: Bag) -> str:
    """Who has the bag now."""
    state = bag.state
    if state == BagState.MISSING and (lost := lost_at(bag)):
        return _("Lost. Last: %(holder)s") % {"holder": _held(bag, _state_before(bag, lost), until=lost)}
    return _held(bag, state)


def lost_at(bag: Bag) -> BagEvent | None:
    """The event that says that a bag is lost; None where it is not, or was found again."""
    last = max(bag.events.all(), key=lambda event: (event.at, event.pk), default=None)
    return last if last is not None and last.kind == BagEvent.Kind.LOST else None


def held_since(bag: Bag) -> datetime | None:
    """Since when its holder has it, or had it last; None for a bag that has not left its shop."""
    lost = lost_at(bag)
    events = [event for event in bag.events.all() if event != lost and event.kind != BagEvent.Kind.READY]
    return max((event.at for event in events), default=None)


def _state_before(bag: Bag, lost: BagEvent) -> BagState:
    return bag_state([event for event in bag.events.all() if event != lost])


def _held(bag: Bag, state: BagState, until: BagEvent | None = None) -> str:
    """Who holds a bag in a state; ``until``: who held it when that happened."""
    if state in {BagState.EXPECTED, BagState.READY}:
        return _("At the shop: %(shop)s") % {"shop": bag.sender}
    if state == BagState.AT_HUB:
        return _("At the hub, on the table")
    if state == BagState.PACKED and (round_ := _stowed_on(bag, until)):
        return _("At the hub, on %(bike)s, which has not left") % {"bike": round_.bike}
    if state == BagState.PACKED and until is not None:
        return _("At the hub, in crate %(number)s") % {"number": crate_of(bag)}
    if state == BagState.PACKED:
        crates = Crate.objects.filter(delivery=bag.delivery_id, released_at=None)
        numbers = ", ".join(str(crate.number) for crate in crates)
        return _("At the hub, in crate %(number)s") % {"number": numbers}
    if state == BagState.LOADED:
        return _on_the_road(bag)
    if state == BagState.DELIVERED:
        return _handed_to(bag)
    return {
        BagState.MISSING: _("Nobody: it did not come"),
        BagState.CANCELLED: _("Cancelled: it goes back to %(shop)s") % {"shop": bag.sender},
    }[state]


def _stowed_on(bag: Bag, until: BagEvent | None) -> Round | None:
    events = [event for event in bag.events.all() if event != until]
    last = max(events, key=lambda event: (event.at, event.pk), default=None)
    return _round_of(last) if last is not None and last.kind == BagEvent.Kind.STOWED else None


def _on_the_road(bag: Bag) -> str:
    round_ = _round_of(next(e for e in reversed(list(bag.events.all())) if e.kind == BagEvent.Kind.LOADED))
    if round_ is None:
        return _("On a bike")
    if round_.rider is None:
        return _("On %(bike)s") % {"bike": round_.bike}
    return _("On %(bike)s, with %(rider)s") % {"bike": round_.bike, "rider": round_.rider}


def _round_of(event: BagEvent) -> Round | None:
    try:
        pk = UUID(str(event.detail.get("round")))
    except ValueError:
        return None
    return Round.objects.select_related("bike", "rider").filter(town=event.town_id, pk=pk).first()


def _handed_to(bag: Bag) -> str:
    done = DeliveryEvent.objects.filter(delivery=bag.delivery_id, kind=DeliveryEvent.Kind.DELIVERED).first()
    name = done.detail.get("recipient") if done else ""
    return _("With %(name)s") % {"name": name} if name else _("Handed over; a photo proves it")


def steps(bag: Bag) -> list[dict[str, Any]]:
    """The events of a bag as the timeline draws them, with time and person."""
    events = list(bag.events.select_related("by"))
    return [
        {
            "label": _label(event),
            "state": _mark(event, last=event == events[-1]),
            "when": say_clock(event.at),
            "note": ", ".join([say_day(event.at), *([str(event.by)] if event.by else [])]),
        }
        for event in events
    ]


def _mark(event: BagEvent, *, last: bool) -> str:
    if event.kind in {BagEvent.Kind.MISSING, BagEvent.Kind.LOST, BagEvent.Kind.CANCELLED}:
        return "failed"
    return "now" if last and event.kind != BagEvent.Kind.DELIVERED else "done"


def _label(event: BagEvent) -> str:
    if event.detail.get("taken_off"):
        return _("Taken off the bike")
    if event.kind == BagEvent.Kind.LOADED and event.detail.get("at_shop"):
        return _("Fetched at the shop by the rider")
    if event.kind == BagEvent.Kind.PACKED:
        return _("Put into crate %(number)s") % {"number": event.detail.get("crate", "?")}
    if event.kind == BagEvent.Kind.AT_HUB and event.detail.get("unpacked"):
        return _("Taken out of its crate")
    return {
        BagEvent.Kind.READY: _("Packed at the shop"),
        BagEvent.Kind.AT_HUB: _("Came to the hub"),
        BagEvent.Kind.STOWED: _("Put on the bike"),
        BagEvent.Kind.LOADED: _("Left the hub"),
        BagEvent.Kind.DELIVERED: _("Handed over at the door"),
        BagEvent.Kind.RETURNED: _("Came back to the hub"),
        BagEvent.Kind.MISSING: _("Did not come"),
        BagEvent.Kind.LOST: _("Cannot be found"),
        BagEvent.Kind.CANCELLED: _("Cancelled"),
    }[BagEvent.Kind(event.kind)]
