"""States computed from events: pure functions, so that nothing can drift."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Event(Protocol):
    """What the functions below read of an event."""

    kind: str
    at: datetime


class BagState(StrEnum):
    """Where a bag is."""

    EXPECTED = "expected"
    READY = "ready"
    AT_HUB = "at_hub"
    PACKED = "packed"
    LOADED = "loaded"
    DELIVERED = "delivered"
    MISSING = "missing"
    CANCELLED = "cancelled"


class DeliveryState(StrEnum):
    """Where a delivery stands, for the buyer and for the hub."""

    BOOKED = "booked"
    AT_HUB = "at_hub"  # every bag is there
    PACKED = "packed"
    ON_THE_WAY = "on_the_way"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


ASIDE = {"planned", "left_behind", "tried", "asked", "kept"}
"""What happens to a delivery without moving it on."""

_BAG_AFTER = {
    "ready": BagState.READY,
    "at_hub": BagState.AT_HUB,
    "packed": BagState.PACKED,
    "stowed": BagState.PACKED,
    "loaded": BagState.LOADED,
    "delivered": BagState.DELIVERED,
    "returned": BagState.AT_HUB,
    "missing": BagState.MISSING,
    "lost": BagState.MISSING,
    "cancelled": BagState.CANCELLED,
}


def bag_state(events: Iterable[Event]) -> BagState:
    """The state after the last event; a bag nobody has touched is expected."""
    state = BagState.EXPECTED
    for event in sorted(events, key=lambda e: e.at):
        if state not in {BagState.DELIVERED, BagState.CANCELLED}:
            state = _BAG_AFTER[event.kind]
    return state


def delivery_state(events: Iterable[Event], bags: Iterable[Iterable[Event]]) -> DeliveryState:
    """The state of a delivery from its own events and those of each of its bags.

    An attempt after which the rider tries again later changes nothing. A failed delivery that is planned and leaves
    again is on its way again. One that left and whose bags are all back at the hub, without an attempt (a broken
    bike), stands where its bags stand.
    """
    last = None
    for event in sorted(events, key=lambda e: e.at):
        if event.kind in ASIDE:
            continue
        if event.kind == "rebooked":
            last = None
            continue
        if last in {"delivered", "cancelled"}:
            break
        last = event.kind
    if last in {"delivered", "failed", "cancelled"}:
        return DeliveryState(last)
    states = {bag_state(bag) for bag in bags} - {BagState.CANCELLED, BagState.MISSING}
    if last == "departed" and (BagState.LOADED in states or not states):
        return DeliveryState.ON_THE_WAY
    if states == {BagState.PACKED}:
        return DeliveryState.PACKED
    if states and states <= {BagState.AT_HUB, BagState.PACKED}:
        return DeliveryState.AT_HUB
    return DeliveryState.BOOKED
