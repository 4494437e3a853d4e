"""The ways between the places of a day: those on record, those around a door, and, only if need be, all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import nsmallest
from itertools import pairwise

from parvis.core.geo import Point
from parvis.delivery.clients.streets import Leg, StreetNetwork
from parvis.delivery.planning import Tour

NEAREST = 4  # stops of each window around a door that are looked at first: to ask the ways of all takes the router long


@dataclass
class DayWays:
    """Ways between the places of a day: those on record, those from and to a door, and, if need be, others."""

    streets: StreetNetwork
    places: list[Point]
    known: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    learnt: set[int] = field(default_factory=set)

    def __call__(self, here: int, there: int) -> tuple[int, int]:
        if here == there:
            return 0, 0
        if (way := self.known.get((here, there))) is None:
            out, _back = self.streets.ways_of(self.places[here], [self.places[there]])
            way = self.known[here, there] = (out[0].seconds, out[0].metres)
        return way

    def place(self, point: Point) -> int:
        """The index of a place."""
        if point not in self.places:
            self.places.append(point)
        return self.places.index(point)

    def learn(self, index: int) -> None:
        """Ask for the ways of one place from and to all others: two looks into the streets."""
        if index not in self.learnt:
            self.learnt.add(index)
            self._ask(index, range(len(self.places)))

    def learn_near(self, index: int, tours: Iterable[Tour]) -> set[int] | None:
        """Ask for the ways of a place from and to the hub, the nearest stops of each window and those beside them on
        their tours. Gives the places that are known; None where all are.
        """
        if index in self.learnt:
            return None
        beside: dict[int, set[int]] = {}
        windows: dict[int, set[int]] = {}
        for trip in (trip for tour in tours for trip in tour.trips):
            for here, there in pairwise([0, *(drop.location for drop in trip), 0]):
                beside.setdefault(here, set()).add(there)
                beside.setdefault(there, set()).add(here)
            for drop in trip:
                windows.setdefault(drop.earliest, set()).add(drop.location)
        point, near = self.places[index], {0, index}
        for stops in windows.values():
            for stop in nsmallest(NEAREST, stops, key=lambda other: _afar(point, self.places[other])):
                near |= {stop, *beside[stop]}
        if 2 * len(near) > len(self.places):
            self.learn(index)
            return None
        self._ask(index, sorted(near))
        return near

    def _ask(self, index: int, others: Sequence[int]) -> None:
        out, back = _rows(self.streets, self.places[index], tuple(self.places[other] for other in others))
        for other, going, coming in zip(others, out, back, strict=True):
            self.known.setdefault((index, other), (going.seconds, going.metres))
            self.known.setdefault((other, index), (coming.seconds, coming.metres))

    def learn_all(self) -> None:
        """Ask for all ways at once, where many places are new."""
        for here, row in enumerate(_table(self.streets, tuple(self.places))):
            for there, way in enumerate(row):
                self.known.setdefault((here, there), way)
        self.learnt = set(range(len(self.places)))


def _afar(a: Point, b: Point) -> float:
    """How far apart two doors of a town are, to be compared only; east counts less than north in our latitudes."""
    return (0.7 * (a.lon - b.lon)) ** 2 + (a.lat - b.lat) ** 2


@lru_cache(maxsize=256)
def _rows(streets: StreetNetwork, point: Point, places: tuple[Point, ...]) -> tuple[list[Leg], list[Leg]]:
    """A buyer who looks at the times and then orders asks twice."""
    return streets.ways_of(point, places)


@lru_cache(maxsize=4)
def _table(streets: StreetNetwork, places: tuple[Point, ...]) -> list[list[tuple[int, int]]]:
    """All ways between many places take the router seconds: pages that ask one after the other share them."""
    table = streets.matrix(places)
    return [list(zip(*rows, strict=True)) for rows in zip(table.durations, table.distances, strict=True)]
