"""A round with what its stops carry: what to load, what keeps it here, what came back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import QuerySet

from parvis.delivery.models import Bag, BagEvent, Hub, Plan, Round, Stop
from parvis.delivery.moved import is_moved
from parvis.delivery.parcels import Parcel
from parvis.delivery.pickups import to_fetch
from parvis.delivery.states import DeliveryState


@dataclass(frozen=True)
class Trip:
    """A round with what its stops carry."""

    round: Round
    parcels: tuple[tuple[Stop, Parcel], ...]  # in the order of the stops

    @classmethod
    def of(cls, round_: Round, stops: Iterable[Stop] | None = None) -> "Trip":
        """From a round with its stops and their story at hand; before it leaves, without what comes at another time."""
        found = []
        for stop in round_.stops.all() if stops is None else stops:
            stop.round = round_
            if stop.delivery.cancelled_at is None and (round_.left_at is not None or not is_moved(stop)):
                found.append((stop, _parcel(stop)))
        return cls(round_, tuple(found))

    def holds(self, bag: Bag) -> bool:
        """Whether a bag was put on this bike and not taken off since."""
        last = max(bag.events.all(), key=lambda event: (event.at, event.pk), default=None)
        if last is None or last.kind != BagEvent.Kind.STOWED:
            return False
        return bool(last.detail.get("round") == str(self.round.pk))

    @cached_property
    def scanned(self) -> bool:
        """Whether this bike is loaded bag by bag: then only what was scanned rides, else all that is in crates."""
        return any(self.holds(bag) for _stop, parcel in self.parcels for bag, _state in parcel.bags)

    def rides(self, parcel: Parcel) -> bool:
        """Whether a delivery leaves with the bike as it stands: all that is left of it is aboard, or in its crates."""
        if parcel.has_left or not parcel.packed:
            return False
        if not self.scanned:
            return not parcel.must_pack
        return not parcel.awaited and all(self.holds(bag) for bag in [*parcel.loose, *parcel.packed])

    @property
    def load_order(self) -> list[tuple[Stop, Parcel]]:
        """What goes in first is handed over last."""
        return [(stop, parcel) for stop, parcel in reversed(self.parcels) if parcel.packed and not parcel.has_left]

    @property
    def loose(self) -> list[Parcel]:
        """Deliveries that must be packed before the bike may leave; none where bags are scanned onto it."""
        return [] if self.scanned else [parcel for _stop, parcel in self.parcels if parcel.must_pack]

    @property
    def staying(self) -> list[Parcel]:
        """Deliveries that would stay behind if the bike left now: a bag is not here, or not on the bike."""
        loose = self.loose
        return [
            parcel
            for _stop, parcel in self.parcels
            if not self.rides(parcel) and parcel not in loose and parcel.can_stay
        ]

    @property
    def takes(self) -> int:
        """How many deliveries the bike would take along now."""
        return sum(self.rides(parcel) for _stop, parcel in self.parcels)

    @property
    def fetches(self) -> list[tuple[Stop, Parcel]]:
        """What its rider has still to fetch at shops, in the order of the stops."""
        return [(stop, parcel) for stop, parcel in self.parcels if parcel.to_fetch]

    @property
    def goes(self) -> bool:
        """Whether the bike has something to do: doors to bring to, or shops to fetch from."""
        return bool(self.takes or self.fetches)

    @property
    def unresolved(self) -> list[Parcel]:
        """Deliveries on the bike, or to be fetched, of which nobody said how they ended."""
        return [parcel for _stop, parcel in self.parcels if parcel.to_fetch or parcel.state == DeliveryState.ON_THE_WAY]

    @property
    def delivered(self) -> int:
        """How many deliveries were handed over."""
        return sum(1 for _stop, parcel in self.parcels if parcel.state == DeliveryState.DELIVERED)

    @cached_property
    def returned(self) -> list[tuple[Bag, Parcel]]:
        """Bags that this round brought back."""
        here = str(self.round.pk)
        return [
            (bag, parcel)
            for _stop, parcel in self.parcels
            for bag, _state in parcel.bags
            if any(e.kind == BagEvent.Kind.RETURNED and e.detail.get("round") == here for e in bag.events.all())
        ]


def _parcel(stop: Stop) -> Parcel:
    """What a stop of a round brings; whether it is to be fetched is asked only of those that may be."""
    if not stop.option:
        return Parcel(stop.delivery)
    return Parcel(stop.delivery, (stop.fetch_at or stop.arrive_at) if to_fetch(stop) else None)


def trips_of(rounds: "Iterable[Round] | QuerySet[Round]") -> list[Trip]:
    """Rounds with what they carry; loads stops and story of a QuerySet in a fixed number of queries."""
    if isinstance(rounds, QuerySet):
        rounds = rounds.select_related("bike", "rider", "plan__hub").prefetch_related(
            "stops__delivery__window",
            "stops__delivery__bags__events",
            "stops__delivery__events",
            "stops__delivery__crates",
        )
    return [Trip.of(round_) for round_ in rounds]


def trip_of(round_: Round) -> Trip:
    """One round with what it carries."""
    return trips_of(Round.objects.filter(pk=round_.pk))[0]


def rounds_on(hub: Hub, day: date) -> QuerySet[Round]:
    """The rounds of the published plan of the hub's day."""
    return Round.objects.filter(town=hub.town_id, plan__hub=hub, plan__day=day, plan__state=Plan.State.PUBLISHED)
