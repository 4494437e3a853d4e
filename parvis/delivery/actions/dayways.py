"""The ways between the places of a day: those on record, those of a door that is asked for, and, if need be, all."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self

import numpy as np
from numpy.typing import NDArray
from shapely import LineString, Polygon, union_all
from shapely.geometry.base import BaseGeometry

from parvis.core.geo import Point, flat_distance_m
from parvis.delivery.clients.hours import closed_at
from parvis.delivery.clients.network import Leg, Ring, StreetNetwork
from parvis.delivery.kinds import kind_of

NEAR = 800
"""So many metres around a door the router sees in a few milliseconds; it looks at every street up to the furthest."""

ABOUT_CLOSURE = 0.004  # degrees, some 300 to 400 m: a way whose straight line comes so near may have to go around


@dataclass
class DayWays:
    """Ways between the places of a day: those on record, those from and to a door, and, if need be, others.

    ``known`` are those of the streets, ``guessed`` those for which a guess does until somebody asks.
    """

    streets: StreetNetwork
    places: list[Point]
    known: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    guessed: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    _apart: dict[int, NDArray[np.float64]] = field(default_factory=dict)
    _others: "dict[str, DayWays]" = field(default_factory=dict)

    def of(self, profile: str) -> "DayWays":
        """The ways of one kind of bike between the same places; these for "", which most share."""
        if not profile:
            return self
        if profile not in self._others:
            self._others[profile] = DayWays(self.streets.by(kind_of(profile)), self.places)
        return self._others[profile]

    def __call__(self, here: int, there: int) -> tuple[int, int]:
        if here == there:
            return 0, 0
        way = self.known.get((here, there)) or self.guessed.get((here, there))
        if way is None:
            out, _back = self.streets.ways_of(self.places[here], [self.places[there]])
            way = self.known[here, there] = (out[0].seconds, out[0].metres)
        return way

    def copied(self) -> Self:
        """The same ways, to which others can be added without changing these."""
        return self._among(list(self.places))

    def _among(self, places: list[Point]) -> Self:
        others = {profile: ways._among(places) for profile, ways in self._others.items()}
        return type(self)(self.streets, places, dict(self.known), _others=others)

    def place(self, point: Point) -> int:
        """The index of a place."""
        if point not in self.places:
            self.places.append(point)
        return self.places.index(point)

    def learn(self, index: int, others: Iterable[int]) -> None:
        """Ask for the ways of one place from and to others that are not known yet: two looks into the streets."""
        known = self.known
        asked = [one for one in sorted(set(others) - {index}) if (index, one) not in known or (one, index) not in known]
        if not asked:
            return
        out, back = _rows(self.streets, self.places[index], tuple(self.places[other] for other in asked))
        for other, going, coming in zip(asked, out, back, strict=True):
            known.setdefault((index, other), (going.seconds, going.metres))
            known.setdefault((other, index), (coming.seconds, coming.metres))

    def guess(self, index: int, others: Iterable[int]) -> None:
        """Learn the ways of one place from and to those of some others that are near, or past a closed street; for the
        others reckon, until they are learnt, with the usual metres and as many seconds as nearly no way exceeds.
        """
        others, apart = set(others), self.apart(index)
        near = {other for other in others if apart[other] <= NEAR or self._passes_closure(index, other)}
        self.learn(index, near)
        for other in others - near:
            self.guessed[index, other] = self.guessed[other, index] = self.streets.guess.longest(apart[other])

    def _passes_closure(self, here: int, there: int) -> bool:
        a, b = self.places[here], self.places[there]
        rider = self.streets.rider
        closed = (*self.streets.conditions.closed, *closed_at(a, rider), *closed_at(b, rider))
        return bool(closed) and LineString([(a.lon, a.lat), (b.lon, b.lat)]).intersects(_around(closed))

    def apart(self, index: int) -> NDArray[np.float64]:
        """Metres along the straight line between a place and each of all."""
        if (found := self._apart.get(index)) is None or len(found) < len(self.places):
            found = np.array([flat_distance_m(self.places[index], place) for place in self.places])
            self._apart[index] = found
        return found

    def learn_all(self) -> None:
        """Ask for all ways at once, where many places are new."""
        for here, row in enumerate(_table(self.streets, tuple(self.places))):
            for there, way in enumerate(row):
                self.known.setdefault((here, there), way)


@lru_cache(maxsize=64)
def _around(closed: tuple[Ring, ...]) -> BaseGeometry:
    """Closed areas, and what lies about them."""
    return union_all([Polygon(ring).buffer(ABOUT_CLOSURE) for ring in closed])


@lru_cache(maxsize=256)
def _rows(streets: StreetNetwork, point: Point, places: tuple[Point, ...]) -> tuple[list[Leg], list[Leg]]:
    """A buyer who looks at the times and then orders asks twice."""
    return streets.ways_of(point, places)


@lru_cache(maxsize=4)
def _table(streets: StreetNetwork, places: tuple[Point, ...]) -> list[list[tuple[int, int]]]:
    """All ways between many places take the router seconds: pages that ask one after the other share them."""
    table = streets.matrix(places)
    return [list(zip(*rows, strict=True)) for rows in zip(table.durations, table.distances, strict=True)]
