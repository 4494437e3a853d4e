"""The state of a part, computed from its events and those of its bag: a pure function."""

from collections.abc import Iterable
from enum import StrEnum

from parvis.delivery.states import ASIDE, BagState, Event, bag_state


class PartState(StrEnum):
    """Where a part stands, for its buyer and its shop."""

    RESERVED = "reserved"  # the buyer is paying; the shop does not know of it yet
    PLACED = "placed"  # the shop has not answered
    ACCEPTED = "accepted"
    READY = "ready"
    AT_HUB = "at_hub"
    ON_THE_WAY = "on_the_way"
    SENT = "sent"  # given to the post or to the shop's own courier
    DONE = "done"
    FAILED = "failed"  # the bike came and could not hand over
    LOST = "lost"  # its bag cannot be found, or the rest was handed over without it
    REFUSED = "refused"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Nothing more is to come."""
        return self in {PartState.DONE, PartState.REFUSED, PartState.CANCELLED}


_FROM_BAG = {
    BagState.AT_HUB: PartState.AT_HUB,
    BagState.PACKED: PartState.AT_HUB,
    BagState.LOADED: PartState.ON_THE_WAY,
    BagState.DELIVERED: PartState.DONE,
}


LOST = "lost"  # the reason of a part that was given up because its bag was lost


def part_state(
    events: Iterable[Event], bag_events: Iterable[Event] = (), delivery_events: Iterable[Event] = ()
) -> PartState:
    """State from the part's own events, then from where its bag is, then from how the delivery ended."""
    kinds = {event.kind for event in events}
    for ended in (PartState.REFUSED, PartState.CANCELLED, PartState.DONE):
        if ended.value in kinds:
            return ended
    bag_events = sorted(bag_events, key=lambda e: e.at)
    bag = bag_state(bag_events)
    last = max((e for e in delivery_events if e.kind not in ASIDE), key=lambda e: e.at, default=None)
    if bag == BagState.MISSING and (bag_events[-1].kind == "lost" or (last and last.kind == "delivered")):
        return PartState.LOST
    if last is not None and last.kind == "failed" and bag != BagState.DELIVERED:
        return PartState.FAILED
    if last is not None and last.kind == "delivered" and bag in {BagState.AT_HUB, BagState.PACKED}:
        return PartState.FAILED  # it came, or was found, after the rest was handed over: no bike comes for it again
    if bag in _FROM_BAG:
        return _FROM_BAG[bag]
    for kind in (PartState.SENT, PartState.READY, PartState.ACCEPTED):
        if kind.value in kinds:
            return kind
    return PartState.RESERVED if kinds == {"reserved"} else PartState.PLACED
