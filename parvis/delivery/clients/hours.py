"""Streets of a day on which some areas are closed for hours only: each place says what is closed when one is there.

A plan knows no clock while it looks for ways; it knows in which window each door is rung at. So a door of the afternoon
is another place than the same door in the morning (``Conditions.at``), and the way between two places leaves out what
is closed at either. A bike rides around a market that has just ended rather than into one that begins. Who walks
passes where only bikes may not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from parvis.core.geo import Point
from parvis.delivery.clients.network import Conditions, Leg, Matrix, PlaceAt, Ring, Route, Spell, StreetNetwork, joined
from parvis.delivery.kinds import Kind
from parvis.delivery.planning import Guess

type Closed = tuple[Ring, ...]


class StreetsByHour:
    """The streets under conditions without hours, asked for each pair of places with what is closed at either."""

    def __init__(self, streets: StreetNetwork, spells: tuple[Spell, ...]) -> None:
        self._streets, self._spells = streets, spells

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StreetsByHour) and (self._streets, self._spells) == (other._streets, other._spells)

    def __hash__(self) -> int:
        return hash((self._streets, self._spells))

    @property
    def kind(self) -> str:
        """That of the streets."""
        return self._streets.kind

    @property
    def said(self) -> str:
        """Nothing is rougher for the hours."""
        return self._streets.said

    @property
    def conditions(self) -> Conditions:
        """With the hours."""
        return replace(self._streets.conditions, spells=self._spells)

    @property
    def rider(self) -> Kind:
        """That of the streets."""
        return self._streets.rider

    def knows(self, point: Point) -> bool:
        """As the streets do."""
        return self._streets.knows(point)

    @property
    def guess(self) -> Guess:
        """What is closed makes no way shorter."""
        return self._streets.guess

    def under(self, conditions: Conditions) -> StreetNetwork:
        """The same streets under other conditions."""
        return self._streets.under(conditions)

    def by(self, rider: Kind) -> StreetNetwork:
        """The same streets and hours for another kind of bike."""
        return self._streets.by(rider).under(self.conditions)

    def matrix(self, points: Sequence[Point]) -> Matrix:
        """Ways between all points: one look at the streets for each set of areas that is closed at two of them."""
        closed = [closed_at(point, self.rider) for point in points]
        seconds = [[0] * len(points) for _ in points]
        metres = [[0] * len(points) for _ in points]
        for shut in sorted({_both(a, b) for a in set(closed) for b in set(closed)}):
            inside = [index for index, areas in enumerate(closed) if set(areas) <= set(shut)]
            part = self._when(shut).matrix([points[index] for index in inside])
            for row, here in enumerate(inside):
                for column, there in enumerate(inside):
                    if _both(closed[here], closed[there]) == shut:
                        seconds[here][there] = part.durations[row][column]
                        metres[here][there] = part.distances[row][column]
        return Matrix(tuple(map(tuple, seconds)), tuple(map(tuple, metres)))

    def ways_of(self, point: Point, others: Sequence[Point]) -> tuple[list[Leg], list[Leg]]:
        """The ways from ``point`` to each of ``others``, and from each of them to it."""
        found: dict[int, tuple[Leg, Leg]] = {}
        shut = [self._shut(point, other) for other in others]
        for areas in sorted(set(shut)):
            inside = [index for index, both in enumerate(shut) if both == areas]
            out, back = self._when(areas).ways_of(point, [others[index] for index in inside])
            found |= dict(zip(inside, zip(out, back, strict=True), strict=True))
        return [found[index][0] for index in range(len(others))], [found[index][1] for index in range(len(others))]

    def route(self, points: Sequence[Point]) -> Route:
        """The way through the points in their order, each part around what is closed at its ends."""
        parts = []
        for shut, legs in groupby(pairwise(points), lambda leg: self._shut(*leg)):
            through = list(legs)
            parts.append(self._when(shut).route([through[0][0], *(there for _here, there in through)]))
        return joined(parts) if parts else self._streets.route(points)

    def _shut(self, here: Point, there: Point) -> Closed:
        return _both(closed_at(here, self.rider), closed_at(there, self.rider))

    def _when(self, shut: Closed) -> StreetNetwork:
        base = self._streets.conditions
        return self._streets.under(replace(base, closed=tuple(dict.fromkeys([*base.closed, *shut]))))


def closed_at(point: Point, rider: Kind) -> Closed:
    """What is closed to a kind of bike or who walks, for some hours, when one is at a place."""
    return point.closed_to(rider) if isinstance(point, PlaceAt) else ()


def _both(here: Iterable[Ring], there: Iterable[Ring]) -> Closed:
    return tuple(sorted({*here, *there}))
