"""A delivery and its bags as hub and rider see them, worked out once from the rows at hand."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from parvis.delivery.models import Bag, BagEvent, Crate, Delivery, DeliveryEvent
from parvis.delivery.states import BagState, DeliveryState

AWAITED = {BagState.EXPECTED, BagState.READY}


@dataclass(frozen=True)
class Parcel:
    """A delivery as the hub sees it: its bags with the state of each, worked out once.

    With ``fetch_at`` its bags are still at their shop, where its rider fetches them at that moment: the hub does not
    wait for them.
    """

    delivery: Delivery
    fetch_at: datetime | None = None

    @cached_property
    def bags(self) -> list[tuple[Bag, BagState]]:
        """The bags still meant for it, each with where it is."""
        return [(bag, bag.state) for bag in self.delivery.live_bags()]

    @cached_property
    def state(self) -> DeliveryState:
        """Where the delivery stands."""
        return self.delivery.state

    def _in(self, *states: BagState) -> list[Bag]:
        return [bag for bag, state in self.bags if state in states]

    @property
    def awaited(self) -> list[Bag]:
        """Bags that are still to come to the hub."""
        return [] if self.fetch_at else self._in(*AWAITED)

    @property
    def to_fetch(self) -> list[Bag]:
        """Bags that a rider fetches at their shop."""
        return self._in(*AWAITED) if self.fetch_at else []

    @property
    def loose(self) -> list[Bag]:
        """Bags that are here and in no crate."""
        return self._in(BagState.AT_HUB)

    @property
    def packed(self) -> list[Bag]:
        """Bags in a crate."""
        return self._in(BagState.PACKED)

    @property
    def aboard(self) -> list[Bag]:
        """Bags on a bike."""
        return self._in(BagState.LOADED)

    @property
    def missing(self) -> list[Bag]:
        """Bags that will not come."""
        return self._in(BagState.MISSING)

    @property
    def withdrawn(self) -> list[Bag]:
        """Cancelled bags that had reached the hub: they lie there, to be given back."""
        arrivals = {BagEvent.Kind.AT_HUB, BagEvent.Kind.PACKED}
        gone = [bag for bag in self.delivery.bags.all() if bag.cancelled_at]
        return [bag for bag in gone if any(event.kind in arrivals for event in bag.events.all())]

    @property
    def failure(self) -> str:
        """Why the last attempt failed, in words; "" if none did."""
        return self.story_end.reason if self.story_end else ""

    @property
    def total(self) -> int:
        """How many bags it waits for in all, without those that will not come."""
        return len(self.bags) - len(self.missing)

    @property
    def arrived(self) -> int:
        """How many of them have reached the hub, wherever they are now."""
        return self.total - len(self.awaited) - len(self.to_fetch)

    @property
    def has_left(self) -> bool:
        """It is on a bike or was handed over."""
        return bool(self.aboard) or self.state in {DeliveryState.ON_THE_WAY, DeliveryState.DELIVERED}

    @property
    def came_back(self) -> bool:
        """Nobody could take it, and it is at the hub again."""
        return self.state == DeliveryState.FAILED and not self.aboard

    @property
    def story_end(self) -> "DeliveryEvent | None":
        """How the last attempt at the door ended, if there was one."""
        ends = {DeliveryEvent.Kind.DELIVERED, DeliveryEvent.Kind.FAILED}
        return next((event for event in reversed(list(self.delivery.events.all())) if event.kind in ends), None)

    @property
    def can_pack(self) -> bool:
        """Everything is here and something lies loose."""
        return not self.awaited and bool(self.loose) and not self.has_left

    @property
    def must_pack(self) -> bool:
        """A bag of it would be forgotten if its bike left now; one that still waits for others may stay behind."""
        return bool(self.loose) and (bool(self.packed) or not self.awaited)

    @property
    def can_stay(self) -> bool:
        """Something of it is here or still to come, so that a bike could leave without it."""
        return not self.has_left and bool(self.awaited or self.loose or self.packed)

    @property
    def what_is_missing(self) -> str:
        """Why it would stay behind: ``Still missing: K7RVD (Fromagerie)``; or that it is here and not on the bike."""
        if self.awaited:
            bags = ", ".join(f"{bag.code} ({bag.sender})" for bag in self.awaited)
            return _("Still missing: %(shops)s.") % {"shops": bags}
        return _("It is here, and not on the bike.")

    @property
    def is_packed(self) -> bool:
        """In its crates, ready for a bike."""
        return bool(self.packed) and not self.awaited and not self.loose and not self.has_left

    @property
    def crates(self) -> list[Crate]:
        """The crates that it is in."""
        return [crate for crate in self.delivery.crates.all() if crate.released_at is None]
