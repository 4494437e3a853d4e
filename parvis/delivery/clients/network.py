"""What knows the ways of a town, whichever it is: what it answers, and under which conditions it is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from parvis.core.geo import Point
from parvis.delivery.kinds import Kind
from parvis.delivery.planning import Guess


@dataclass(frozen=True, slots=True)
class Matrix:
    """Whole seconds and metres from each point (row) to each other (column), in the order asked."""

    durations: tuple[tuple[int, ...], ...]
    distances: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Leg:
    """One way of a route, from a point to the next."""

    metres: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Route:
    """The way through some points: a line of [lon, lat], its length in metres, its riding time in seconds."""

    geometry: list[list[float]]
    metres: int
    seconds: int
    legs: tuple[Leg, ...] = ()
    tell: Callable[[str], list[str]] = field(default=lambda language: [], repr=False, compare=False)

    def directions(self, language: str) -> list[str]:
        """What to do at each turn, in ``fr``, ``nl`` or ``en``; empty along straight lines."""
        return self.tell(language)


type Ring = tuple[tuple[float, float], ...]
"""Corners (longitude, latitude) of an area; the last is joined to the first."""


@dataclass(frozen=True, slots=True)
class Spell:
    """An area that is closed for some hours of a day only, to bikes, to who walks or to both: a market, a shopping
    street in the afternoon.
    """

    ring: Ring
    starts_at: datetime
    ends_at: datetime
    to_bikes: bool = True
    to_walkers: bool = True


@dataclass(frozen=True, slots=True)
class PlaceAt(Point):
    """A place as it is reached at some hour of a day, when these areas are closed too, to bikes and to who walks."""

    to_bikes: tuple[Ring, ...] = ()
    to_walkers: tuple[Ring, ...] = ()

    def closed_to(self, rider: Kind) -> tuple[Ring, ...]:
        """What is closed to one kind."""
        return self.to_walkers if rider == Kind.FOOT else self.to_bikes


ON_THE_WAY = timedelta(minutes=30)
"""Who is at a door at some hour was on the way so long before, and is so long after."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What holds on the streets of a day beside the map: areas nobody rides through, all day or for some hours, and how
    long riding takes, in percent of what the map says; ``kind_paces`` of the kinds that are not as the others.
    """

    closed: tuple[Ring, ...] = ()
    pace_percent: int = 100
    kind_paces: tuple[tuple[str, int], ...] = ()
    spells: tuple[Spell, ...] = ()

    @property
    def mark(self) -> str:
        """Ways found under the same conditions have the same mark; "" where nothing is special."""
        return "" if self == AS_MAPPED else sha256(repr(self).encode()).hexdigest()[:12]

    def at(self, point: Point, *hours: tuple[datetime, datetime]) -> Point:
        """A place where a bike is at some moment within these hours (from, to): it rides around what is closed in any
        of them, or shortly before or after.
        """
        meant = [
            spell
            for spell in self.spells
            if any(spell.starts_at < last + ON_THE_WAY and spell.ends_at > first - ON_THE_WAY for first, last in hours)
        ]
        bikes, walkers = {spell.ring for spell in meant if spell.to_bikes}, {s.ring for s in meant if s.to_walkers}
        return PlaceAt(point.lon, point.lat, tuple(sorted(bikes)), tuple(sorted(walkers))) if meant else point

    def pace_of(self, rider: Kind) -> int:
        """How long a kind rides, in percent of what the map says."""
        return next((pace for kind, pace in self.kind_paces if kind == rider), self.pace_percent)

    def ridden(self, leg: Leg, rider: Kind) -> Leg:
        """A way of the map at the pace that is real here."""
        pace = self.pace_of(rider)
        return leg if pace == 100 else replace(leg, seconds=-(-leg.seconds * pace // 100))

    def guessed(self, guess: Guess, rider: Kind) -> Guess:
        """What is known without asking, at the pace that is real here."""
        pace = 100 / self.pace_of(rider)
        return replace(guess, quickest=guess.quickest * pace, usual=guess.usual * pace, late=round(guess.late / pace))


AS_MAPPED = Conditions()  # nothing holds beside the map


class StreetNetwork(Protocol):
    """What knows the ways of a town. ``kind`` is "valhalla" or "straight"; ``said`` tells people why, or ""."""

    def __hash__(self) -> int: ...

    @property
    def kind(self) -> str: ...

    @property
    def said(self) -> str: ...

    @property
    def conditions(self) -> Conditions: ...

    @property
    def rider(self) -> Kind: ...

    def under(self, conditions: Conditions) -> "StreetNetwork":
        """The same streets under conditions; always the same object for the same."""
        ...

    def by(self, rider: Kind) -> "StreetNetwork":
        """The same streets as one kind of bike takes them; always the same object for the same."""
        ...

    @property
    def guess(self) -> Guess:
        """What can be said of a way without looking at the streets."""
        ...

    def knows(self, point: Point) -> bool:
        """Whether a street of the map is near a place."""
        ...

    def matrix(self, points: Sequence[Point]) -> Matrix:
        """Ways between all points."""
        ...

    def ways_of(self, point: Point, others: Sequence[Point]) -> tuple[list[Leg], list[Leg]]:
        """The ways from ``point`` to each of ``others``, and from each of them to it."""
        ...

    def route(self, points: Sequence[Point]) -> Route:
        """The way through the points in their order."""
        ...


def joined(parts: Sequence[Route]) -> Route:
    """Routes that follow each other as one."""
    return Route(
        geometry=[point for part in parts for point in part.geometry],
        metres=sum(part.metres for part in parts),
        seconds=sum(part.seconds for part in parts),
        legs=tuple(leg for part in parts for leg in part.legs),
        tell=lambda language: [said for part in parts for said in part.directions(language)],
    )


def as_matrix(ways: list[list[Leg]]) -> Matrix:
    """A square of ways, row = from, column = to."""
    return Matrix(
        durations=tuple(tuple(way.seconds for way in row) for row in ways),
        distances=tuple(tuple(way.metres for way in row) for row in ways),
    )
