"""What is to be planned: bikes, drops, the way between places, and what is already decided.

Times are whole seconds from the local midnight of the planned day, distances metres, weights grams,
volumes millilitres. Everything is checked when made: a `Problem` that exists makes sense.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Self

from .drops import Drop, Option
from .plan import Stop, Trip, refuse

type Matrix = tuple[tuple[int, ...], ...]
"""Square, row = from, column = to, index 0 = the hub. `matrix()` makes one from lists or numpy arrays."""


def matrix(rows: Iterable[Iterable[Any]]) -> Matrix:
    """The rows (lists, tuples or a numpy array of shape (n, n)) as a tuple of tuples of plain ints."""
    return tuple(tuple(map(int, row)) for row in rows)


@dataclass(frozen=True, slots=True)
class Rest:
    """A stretch of a shift in which bike and rider are at the hub: a break, a battery that charges, or both.

    `metres` of range are there again when it ends; a battery is never more than full.
    """

    start: int
    end: int
    metres: int = 0

    def __post_init__(self) -> None:
        refuse(self.start < 0, "A rest starts at midnight or later.")
        refuse(self.end <= self.start, "A rest ends after it starts.")
        refuse(self.metres < 0, "A rest takes no range away.")


@dataclass(frozen=True, slots=True)
class Bike:
    """A cargo bike with its rider for one shift.

    `range_metres` holds for the whole shift over all trips, with what the `rests` give back (None: no limit);
    `speed_percent` scales riding speed (80 = slower). `skills` are what it can do that not every bike can (pull the
    trailer, lift a fridge); `profile` names the ways it rides, where they are not those of all ("": they are).
    Optional limits: `max_crates`, of which `max_cold_crates` keep cold, `max_trips`, and
    `max_seconds` between the first departure and the last return (a rider free all day who rides four hours at most).
    `ridden_seconds` the rider has been out lately: of two bikes that are alike, the one that rode less gets the longer
    tour.
    """

    id: str
    max_grams: int
    max_millilitres: int
    shift_start: int
    shift_end: int
    range_metres: int | None = None
    speed_percent: int = 100
    max_crates: int | None = None
    max_trips: int | None = None
    max_seconds: int | None = None
    max_cold_crates: int | None = None
    skills: tuple[str, ...] = ()
    rests: tuple[Rest, ...] = ()
    ridden_seconds: int = 0
    profile: str = ""

    def __post_init__(self) -> None:
        refuse(not self.id, "A bike has an id.")
        object.__setattr__(self, "skills", tuple(sorted(set(self.skills))))
        object.__setattr__(self, "rests", tuple(sorted(self.rests, key=lambda rest: rest.start)))
        apart = all(earlier.end <= later.start for earlier, later in pairwise(self.rests))
        refuse(not apart, f"Bike {self.id}: rests do not overlap.")
        refuse((self.max_cold_crates or 0) < 0, f"Bike {self.id}: no negative cold crates.")
        refuse(self.ridden_seconds < 0, f"Bike {self.id}: no negative time ridden.")
        refuse(self.max_grams < 0 or self.max_millilitres < 0, f"Bike {self.id}: no negative capacity.")
        refuse(self.shift_start < 0, f"Bike {self.id}: the shift starts at midnight or later.")
        refuse(self.shift_end <= self.shift_start, f"Bike {self.id}: the shift ends after it starts.")
        refuse(self.range_metres is not None and self.range_metres < 0, f"Bike {self.id}: no negative range.")
        refuse(not 10 <= self.speed_percent <= 1000, f"Bike {self.id}: speed is between 10 and 1000 percent.")
        refuse(self.max_crates is not None and self.max_crates < 0, f"Bike {self.id}: no negative crates.")
        refuse(self.max_trips is not None and self.max_trips < 1, f"Bike {self.id}: at least one trip.")
        refuse(self.max_seconds is not None and self.max_seconds < 0, f"Bike {self.id}: no negative time.")


@dataclass(frozen=True)
class Profile:
    """The ways of one kind of bike: stairs are a short cut for who walks, and none for who pulls a trailer."""

    name: str
    durations: Matrix
    distances: Matrix

    def __post_init__(self) -> None:
        refuse(not self.name, "Ways that are not those of all bikes have a name.")
        same = self.durations is self.distances
        object.__setattr__(self, "durations", matrix(self.durations))
        object.__setattr__(self, "distances", self.durations if same else matrix(self.distances))


@dataclass(frozen=True)
class Problem:
    """One day (or wave) to plan.

    `durations` and `distances` are the ways of all bikes without a `profile` of their own; `profiles` those of others.

    `fixed` are trips on the road or locked by the dispatcher: they stay as they are and their drops are
    not planned again. `not_before` is now: no new trip departs earlier. `reload_seconds` pass between a
    return and the next departure of the same bike.

    Cost of a plan = metres ridden × `unit_metre_cost` + seconds away from the hub × `unit_second_cost`.
    A kept promise always comes first: the planner never leaves a drop out to save cost. A second weighs as
    much as a metre: at 14 km/h riding costs 1 + 4, so distance leads, and waiting twenty minutes in the
    street costs as much as riding 1.2 km to the hub and back out. At 0, riders stand before closed windows
    for hours (7 h instead of 1 h on a day of 60 drops, to save 14 % of the kilometres).
    """

    bikes: tuple[Bike, ...]
    drops: tuple[Drop, ...]
    durations: Matrix
    distances: Matrix
    reload_seconds: int = 300
    unit_metre_cost: int = 1
    unit_second_cost: int = 1
    fixed: tuple[Trip, ...] = ()
    not_before: int = 0
    profiles: tuple[Profile, ...] = ()

    def __post_init__(self) -> None:
        for name in ("bikes", "drops", "fixed", "profiles"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        same = self.durations is self.distances
        object.__setattr__(self, "durations", matrix(self.durations))
        object.__setattr__(self, "distances", self.durations if same else matrix(self.distances))
        self._check_matrices()
        self._check_ids()
        refuse(self.reload_seconds < 0, "Reloading takes no negative time.")
        refuse(min(self.unit_metre_cost, self.unit_second_cost) < 0, "Unit costs are not negative.")
        refuse(self.not_before < 0, "`not_before` counts from midnight.")

    def _check_matrices(self) -> None:
        size = len(self.durations)
        refuse(size == 0, "The matrices have at least the hub.")
        every = [self.durations, self.distances, *(rows for p in self.profiles for rows in (p.durations, p.distances))]
        refuse(any(len(rows) != size for rows in every), "Durations and distances have the same size.")
        for rows in every:
            refuse(any(len(row) != size for row in rows), "The matrices are square.")
            refuse(any(min(row) < 0 for row in rows), "The matrices have no negative entry.")
            refuse(any(rows[i][i] for i in range(size)), "From a place to itself the matrices say 0.")
        outside = [drop.id for drop in self.drops if any(place >= size for place in _locations(drop))]
        refuse(bool(outside), f"Drops with a location outside the matrices: {', '.join(outside[:5])}.")
        for taken in (taken for drop in self.drops for taken in drop.variants):
            shop, place = taken.collect, taken.location
            around = shop is not None and not all(_leads_by(rows, shop, place) for rows in every)
            refuse(around, f"Drop {taken.id}: the way to where it is collected misses the shop.")

    def _check_ids(self) -> None:
        for what, ids in (("Bikes", self.bikes), ("Drops", self.drops)):
            twice = [id for id, count in Counter(item.id for item in ids).items() if count > 1]
            refuse(bool(twice), f"{what} with the same id: {', '.join(twice[:5])}.")
        names = Counter(profile.name for profile in self.profiles)
        refuse(any(count > 1 for count in names.values()), "Two profiles with the same name.")
        lost = [bike.id for bike in self.bikes if bike.profile and bike.profile not in names]
        refuse(bool(lost), f"Bikes whose ways nobody knows: {', '.join(lost[:5])}.")

    @cached_property
    def bike(self) -> Mapping[str, Bike]:
        """Bikes by id."""
        return {bike.id: bike for bike in self.bikes}

    @cached_property
    def drop(self) -> Mapping[str, Drop]:
        """Drops by id."""
        return {drop.id: drop for drop in self.drops}

    @cached_property
    def ways(self) -> Mapping[str, tuple[Matrix, Matrix]]:
        """Seconds and metres between places by profile, at normal speed; "" is that of all."""
        own = {"": (self.durations, self.distances)}
        return own | {profile.name: (profile.durations, profile.distances) for profile in self.profiles}

    def durations_of(self, bike: Bike) -> Matrix:
        """Seconds between places by the ways of a bike, at normal speed."""
        return self.ways[bike.profile][0]

    def distances_of(self, bike: Bike) -> Matrix:
        """Metres between places by the ways of a bike."""
        return self.ways[bike.profile][1]

    def drop_of(self, stop: Stop) -> Drop:
        """The drop of a stop, in the way in which the stop takes it. Raises KeyError for one that is not known."""
        return self.drop[stop.drop_id].as_taken(stop.option)

    def knows(self, stop: Stop) -> bool:
        """Whether there is such a drop, and such a way to make it."""
        drop = self.drop.get(stop.drop_id)
        return drop is not None and stop.option in {drop.option, *(option.id for option in drop.others)}

    def drops_of(self, trip: Trip) -> list[Drop]:
        """The drops of a trip in order, each as its stop takes it. Raises KeyError for one that is not known."""
        return [self.drop_of(stop) for stop in trip.stops]

    def to_json(self) -> dict[str, Any]:
        """Plain dicts and lists, to be kept with a published plan and audited later."""
        return {
            "bikes": [asdict(bike) for bike in self.bikes],
            "drops": [asdict(drop) for drop in self.drops],
            "durations": [list(row) for row in self.durations],
            "distances": [list(row) for row in self.distances],
            "reload_seconds": self.reload_seconds,
            "unit_metre_cost": self.unit_metre_cost,
            "unit_second_cost": self.unit_second_cost,
            "fixed": [trip.to_json() for trip in self.fixed],
            "not_before": self.not_before,
            "profiles": [
                {
                    "name": profile.name,
                    "durations": [list(row) for row in profile.durations],
                    "distances": [list(row) for row in profile.distances],
                }
                for profile in self.profiles
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            bikes=tuple(_bike(bike) for bike in data["bikes"]),
            drops=tuple(_drop(drop) for drop in data["drops"]),
            durations=matrix(data["durations"]),
            distances=matrix(data["distances"]),
            reload_seconds=data["reload_seconds"],
            unit_metre_cost=data["unit_metre_cost"],
            unit_second_cost=data["unit_second_cost"],
            fixed=tuple(Trip.from_json(trip) for trip in data["fixed"]),
            not_before=data["not_before"],
            profiles=tuple(Profile(**profile) for profile in data.get("profiles", ())),
        )


def _bike(data: Mapping[str, Any]) -> Bike:
    return Bike(**{**data, "rests": tuple(Rest(**rest) for rest in data.get("rests", ()))})


def _drop(data: Mapping[str, Any]) -> Drop:
    return Drop(**{**data, "others": tuple(Option(**option) for option in data.get("others", ()))})


def _locations(drop: Drop) -> list[int]:
    """Every place of the matrices that the drop names."""
    return [place for taken in drop.variants for place in (taken.location, taken.collect or 0)]


def _leads_by(rows: Matrix, shop: int, place: int) -> bool:
    """Whether every way into a place leads through the shop."""
    return all(row[place] == row[shop] + rows[shop][place] for start, row in enumerate(rows) if start != place)
