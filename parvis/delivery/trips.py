"""A round with what its stops carry: what to load, what keeps it here, what came back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import QuerySet

from parvis.delivery.models import Bag, BagEvent, Hub, Plan, Round, Stop
from parvis.delivery.parcels import Parcel
from parvis.delivery.states import DeliveryState


@dataclass(frozen=True)
class Trip:
    """A round with what its stops carry."""

    round: Round
    parcels: tuple[tuple[Stop, Parcel], ...]  # in the order of the stops

    @classmethod
    def of(cls, round_: Round) -> "Trip":
        """From a round with its stops and their story at hand."""
        stops = [stop for stop in round_.stops.all() if stop.delivery.cancelled_at is None]
        return cls(round_, tuple((stop, Parcel(stop.delivery)) for stop in stops))

    @property
    def load_order(self) -> list[tuple[Stop, Parcel]]:
        """What goes in first is handed over last."""
        return [(stop, parcel) for stop, parcel in reversed(self.parcels) if parcel.packed]

    @property
    def loose(self) -> list[Parcel]:
        """Deliveries that must be packed before the bike may leave."""
        return [parcel for _stop, parcel in self.parcels if parcel.must_pack]

    @property
    def staying(self) -> list[Parcel]:
        """Deliveries that would stay behind if the bike left now: they wait for a bag, or nothing is left of them."""
        return [parcel for _stop, parcel in self.parcels if not parcel.packed and not parcel.must_pack]

    @property
    def takes(self) -> int:
        """How many deliveries the bike would take along now."""
        return len(self.load_order)

    @property
    def unresolved(self) -> list[Parcel]:
        """Deliveries on the bike of which nobody said how they ended."""
        return [parcel for _stop, parcel in self.parcels if parcel.state == DeliveryState.ON_THE_WAY]

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
