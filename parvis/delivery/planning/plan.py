"""What a plan says: trips with their stops and times, and the drops left out with the reason.

Times are whole seconds from the local midnight of the planned day, distances metres, weights grams,
volumes millilitres. A plan knows nothing of the problem it answers: `verify` compares the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


def refuse(nonsense: bool, sentence: str) -> None:
    """Raises ValueError with `sentence` when `nonsense` holds."""
    if nonsense:
        raise ValueError(sentence)


@dataclass(frozen=True, slots=True)
class Stop:
    """One door of a trip: the bike arrives, service starts (after a wait, when early), the bike leaves.

    `option` says which of the ways of its drop it takes; "" is the drop's own.
    """

    drop_id: str
    arrive: int
    start: int
    leave: int
    option: str = ""

    def __post_init__(self) -> None:
        refuse(not self.drop_id, "A stop names its drop.")
        refuse(self.arrive < 0, f"Stop {self.drop_id}: times count from midnight and are not negative.")
        refuse(self.start < self.arrive, f"Stop {self.drop_id}: service starts after the bike arrives.")
        refuse(self.leave < self.start, f"Stop {self.drop_id}: the bike leaves after service starts.")

    def to_json(self) -> dict[str, Any]:
        said = {"drop": self.drop_id, "arrive": self.arrive, "start": self.start, "leave": self.leave}
        return said | ({"option": self.option} if self.option else {})

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(data["drop"], data["arrive"], data["start"], data["leave"], data.get("option", ""))


@dataclass(frozen=True, slots=True)
class Trip:
    """One tour of one bike from the hub to the hub, in the order of its stops (at least one).

    Loads are what the bike carries out of the hub; `metres` the whole tour with the way home.
    """

    bike_id: str
    load_grams: int
    load_millilitres: int
    departs: int
    returns: int
    metres: int
    stops: tuple[Stop, ...]
    load_crates: int = 0

    def __post_init__(self) -> None:
        refuse(not self.bike_id, "A trip names its bike.")
        refuse(not self.stops, f"A trip of bike {self.bike_id} has at least one stop.")
        refuse(
            min(self.load_grams, self.load_millilitres, self.load_crates, self.metres, self.departs) < 0,
            f"A trip of bike {self.bike_id} has no negative load, distance or time.",
        )
        refuse(self.returns < self.departs, f"A trip of bike {self.bike_id} returns after it departs.")

    @property
    def drop_ids(self) -> tuple[str, ...]:
        return tuple(stop.drop_id for stop in self.stops)

    @property
    def options(self) -> dict[str, str]:
        """Which of its ways each of its drops takes, by id."""
        return {stop.drop_id: stop.option for stop in self.stops}

    @property
    def wait_seconds(self) -> int:
        """Seconds spent before closed windows, at all doors together."""
        return sum(stop.start - stop.arrive for stop in self.stops)

    def to_json(self) -> dict[str, Any]:
        return {
            "bike": self.bike_id,
            "grams": self.load_grams,
            "millilitres": self.load_millilitres,
            "crates": self.load_crates,
            "departs": self.departs,
            "returns": self.returns,
            "metres": self.metres,
            "stops": [stop.to_json() for stop in self.stops],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            data["bike"],
            data["grams"],
            data["millilitres"],
            data["departs"],
            data["returns"],
            data["metres"],
            tuple(Stop.from_json(stop) for stop in data["stops"]),
            data["crates"],
        )


@dataclass(frozen=True, slots=True)
class Unserved:
    """A drop that no trip serves, and why: one of the codes in `reasons.REASONS`."""

    id: str
    reason: str

    def __post_init__(self) -> None:
        refuse(not self.id or not self.reason, "An unserved drop has an id and a reason.")


@dataclass(frozen=True, slots=True)
class Plan:
    """All trips of the day, bike by bike and in order of departure, and every drop left out.

    `cost` is in the units of the problem (see `Problem`). `seconds` is the processor time spent finding
    the plan; it is not part of what the plan says, so two plans that differ only there are equal.
    """

    trips: tuple[Trip, ...]
    unserved: tuple[Unserved, ...]
    cost: int
    seconds: float = field(default=0.0, compare=False)

    def __post_init__(self) -> None:
        refuse(self.cost < 0, "A plan has no negative cost.")

    @property
    def metres(self) -> int:
        return sum(trip.metres for trip in self.trips)

    def trips_of(self, bike_id: str) -> tuple[Trip, ...]:
        return tuple(trip for trip in self.trips if trip.bike_id == bike_id)

    def to_json(self) -> dict[str, Any]:
        """Plain dicts and lists, to be kept with a published plan and audited later."""
        return {
            "trips": [trip.to_json() for trip in self.trips],
            "unserved": [{"drop": left.id, "reason": left.reason} for left in self.unserved],
            "cost": self.cost,
            "seconds": self.seconds,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            tuple(Trip.from_json(trip) for trip in data["trips"]),
            tuple(Unserved(left["drop"], left["reason"]) for left in data["unserved"]),
            data["cost"],
            data["seconds"],
        )
