"""The way between places: along the streets of a town, or in straight lines where it has none."""

import logging
import threading
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parvis.core.geo import Point, distance_m
from parvis.towns.clients.tiles import router_config
from parvis.towns.models import Town

log = logging.getLogger(__name__)

DETOUR = 1.35  # a street is this much longer than the straight line, in European towns
METRES_PER_SECOND = 14_000 / 3_600  # a loaded cargo bike in a town
SNAP_METRES = 1_000  # a place further than this from any street is not on this map
NEAR_STREET = {"search_cutoff": 200, "minimum_reachability": 10}
"""A door is beside a street: to look no further, and to be content with a street that leads to ten others, takes the
router half the time."""
# A loaded, electric cargo bike: flat streets rather than short cuts over cobbles, no ferry; stairs are not on its map.
CARGO_BIKE = {
    "bicycle_type": "City",
    "cycling_speed": 16.0,
    "use_hills": 0.3,
    "use_roads": 0.4,
    "use_living_streets": 0.6,
    "avoid_bad_surfaces": 0.7,
    "use_ferry": 0.0,
}
_DIRECTIONS = {"fr": "fr-FR", "nl": "nl-NL", "en": "en-GB"}


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
class Conditions:
    """What holds on the streets of a day beside the map: areas nobody rides through, and how long riding takes, in
    percent of what the map says.
    """

    closed: tuple[Ring, ...] = ()
    pace_percent: int = 100

    @property
    def mark(self) -> str:
        """Ways found under the same conditions have the same mark; "" where nothing is special."""
        return "" if self == Conditions() else sha256(repr(self).encode()).hexdigest()[:12]

    def ridden(self, leg: Leg) -> Leg:
        """A way of the map at the pace that is real here."""
        return leg if self.pace_percent == 100 else replace(leg, seconds=-(-leg.seconds * self.pace_percent // 100))


class StreetNetwork(Protocol):
    """What knows the ways of a town. ``kind`` is "valhalla" or "straight"; ``said`` tells people why, or ""."""

    def __hash__(self) -> int: ...

    @property
    def kind(self) -> str: ...

    @property
    def said(self) -> str: ...

    @property
    def conditions(self) -> Conditions: ...

    def under(self, conditions: Conditions) -> "StreetNetwork":
        """The same streets under conditions; always the same object for the same."""
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


class StraightLines:
    """Great circles, made longer by ``DETOUR`` and ridden at 14 km/h; ``reason`` says why it has to do."""

    kind = "straight"

    def __init__(self, reason: str | Promise | None = None, conditions: Conditions = Conditions()) -> None:
        self.reason = reason or _("This town has no street map yet: times are from straight lines.")
        self.conditions = conditions

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StraightLines) and self.conditions == other.conditions and self.said == other.said

    def __hash__(self) -> int:
        return hash(self.conditions)

    def under(self, conditions: Conditions) -> StreetNetwork:
        """The same lines at another pace; a closed street is no matter to them."""
        return StraightLines(self.reason, conditions)

    @property
    def said(self) -> str:
        """Why the times are rough."""
        return str(self.reason)

    def matrix(self, points: Sequence[Point]) -> Matrix:
        """Ways between all points."""
        return _matrix([[self._leg(a, b) for b in points] for a in points])

    def _leg(self, a: Point, b: Point) -> Leg:
        return self.conditions.ridden(_straight(a, b))

    def ways_of(self, point: Point, others: Sequence[Point]) -> tuple[list[Leg], list[Leg]]:
        """The ways from ``point`` to each of ``others``, and from each of them to it: the same, in straight lines."""
        legs = [self._leg(point, other) for other in others]
        return legs, legs

    def route(self, points: Sequence[Point]) -> Route:
        """The way through the points in their order."""
        legs = tuple(self._leg(a, b) for a, b in pairwise(points))
        line = [[point.lon, point.lat] for point in points]
        return Route(line, sum(leg.metres for leg in legs), sum(leg.seconds for leg in legs), legs)


class ValhallaStreets:
    """The town's own street tiles. One actor for the process, one thread in it at a time.

    Raises OSError or ValhallaError when the tiles cannot be loaded. A pair of places that no street joins gets
    the straight line, so that a matrix is always whole.
    """

    kind = "valhalla"
    said = ""
    conditions = Conditions()

    def __init__(self, tiles: Path) -> None:
        import valhalla

        if not any(tiles.rglob("*.gph")):
            raise FileNotFoundError(f"no street tiles in {tiles}")
        self._error: type[Exception] = valhalla.ValhallaError
        self._lock = threading.Lock()
        self._actor = valhalla.Actor(router_config(tiles))
        for place in _tile_middles(tiles):  # raises when a tile is damaged: better now than in the middle of a plan
            self._actor.locate({"locations": [place], "costing": "bicycle"})

    def under(self, conditions: Conditions) -> StreetNetwork:
        """The same streets under conditions; always the same object for the same."""
        return self if conditions == self.conditions else _under(self, conditions)

    def matrix(self, points: Sequence[Point]) -> Matrix:
        """Ways between all points, by bicycle."""
        on_map = list(range(len(points)))
        answer = self._table(points, on_map)
        if answer is None:
            on_map = [i for i in on_map if self._on_street(points[i])]
            answer = self._table(points, on_map)
        ways: dict[tuple[int, int], Leg] = {}
        for row, source in enumerate(on_map if answer else ()):
            for column, target in enumerate(on_map):
                assert answer is not None
                if leg := _leg(answer["durations"][row][column], answer["distances"][row][column]):
                    ways[source, target] = leg
        table = [[ways.get((i, j)) or _straight(a, b) for j, b in enumerate(points)] for i, a in enumerate(points)]
        return _matrix([[self.conditions.ridden(leg) for leg in row] for row in table])

    def ways_of(self, point: Point, others: Sequence[Point]) -> tuple[list[Leg], list[Leg]]:
        """The ways from ``point`` to each of ``others``, and from each of them to it, by bicycle.

        The router looks into the streets twice, from ``point`` and towards it, however many others there are.
        """
        if not others:
            return [], []
        out, back = self._out_and_back(point, others, NEAR_STREET)
        if out is None or back is None:  # one of them is not beside a street
            out, back = self._out_and_back(point, others, {})
        if out is None or back is None:  # one of them is on no street: the slow way finds which
            whole = self.matrix([point, *others])
            pairs = list(zip(whole.distances[0][1:], whole.durations[0][1:], strict=True))
            returns = [(whole.distances[i][0], whole.durations[i][0]) for i in range(1, len(others) + 1)]
            return [Leg(*pair) for pair in pairs], [Leg(*pair) for pair in returns]
        outward = zip(out["sources_to_targets"]["durations"][0], out["sources_to_targets"]["distances"][0], strict=True)
        homeward = [
            (row[0], far[0])
            for row, far in zip(
                back["sources_to_targets"]["durations"], back["sources_to_targets"]["distances"], strict=True
            )
        ]
        ridden = self.conditions.ridden
        return (
            [ridden(_leg(s, km) or _straight(point, b)) for (s, km), b in zip(outward, others, strict=True)],
            [ridden(_leg(s, km) or _straight(a, point)) for (s, km), a in zip(homeward, others, strict=True)],
        )

    def _out_and_back(
        self, point: Point, others: Sequence[Point], snap: dict[str, int]
    ) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        here, there = [_location(point) | snap], [_location(other) | snap for other in others]
        out = self._ask("matrix", {"sources": here, "targets": there, "verbose": False})
        return out, out and self._ask("matrix", {"sources": there, "targets": here, "verbose": False})

    def route(self, points: Sequence[Point]) -> Route:
        """The way through the points in their order, by bicycle; legs that no street joins are straight."""
        if len(points) < 2:
            return StraightLines(conditions=self.conditions).route(points)
        whole = self._trip(points, "fr-FR", narrative=False)
        if whole is not None:
            return self._route(whole, points)
        parts = [self._route_of_two(a, b) for a, b in pairwise(points)]
        return Route(
            geometry=[point for part in parts for point in part.geometry],
            metres=sum(part.metres for part in parts),
            seconds=sum(part.seconds for part in parts),
            legs=tuple(leg for part in parts for leg in part.legs),
            tell=lambda language: [said for part in parts for said in part.directions(language)],
        )

    def _route_of_two(self, a: Point, b: Point) -> Route:
        trip = self._trip([a, b], "fr-FR", narrative=False)
        straight = StraightLines(conditions=self.conditions)
        return straight.route([a, b]) if trip is None else self._route(trip, [a, b])

    def _route(self, trip: dict[str, Any], points: Sequence[Point]) -> Route:
        legs = tuple(
            self.conditions.ridden(Leg(round(leg["summary"]["length"] * 1000), round(leg["summary"]["time"])))
            for leg in trip["legs"]
        )
        line: list[list[float]] = []
        for leg in trip["legs"]:
            shape = _decoded(leg["shape"])
            line += shape[1:] if line and line[-1] == shape[0] else shape
        return Route(
            geometry=line,
            metres=sum(leg.metres for leg in legs),
            seconds=sum(leg.seconds for leg in legs),
            legs=legs,
            tell=lambda language: self._directions(points, language),
        )

    def _directions(self, points: Sequence[Point], language: str) -> list[str]:
        trip = self._trip(points, _DIRECTIONS.get(language, "en-GB"), narrative=True)
        if trip is None:
            return []
        return [turn["instruction"] for leg in trip["legs"] for turn in leg["maneuvers"]]

    def _trip(self, points: Sequence[Point], language: str, *, narrative: bool) -> dict[str, Any] | None:
        answer = self._ask(
            "route",
            {
                "locations": [_location(point) for point in points],
                "language": language,
                "directions_type": "instructions" if narrative else "none",
            },
        )
        return answer["trip"] if answer else None

    def _table(self, points: Sequence[Point], indexes: Sequence[int]) -> dict[str, Any] | None:
        if not indexes:
            return None
        places = [_location(points[i]) for i in indexes]
        answer = self._ask("matrix", {"sources": places, "targets": places, "verbose": False})
        return answer["sources_to_targets"] if answer else None

    def _on_street(self, point: Point) -> bool:
        return self._ask("matrix", {"sources": [_location(point)], "targets": [_location(point)]}) is not None

    def _ask(self, verb: str, question: dict[str, Any]) -> dict[str, Any] | None:
        """The router's answer, or None when it says that there is no way."""
        if self.conditions.closed:
            question |= {"exclude_polygons": [[list(corner) for corner in ring] for ring in self.conditions.closed]}
        question |= {"costing": "bicycle", "costing_options": {"bicycle": CARGO_BIKE}, "units": "kilometers"}
        try:
            with self._lock:
                answer: dict[str, Any] = getattr(self._actor, verb)(question)
        except self._error as error:
            log.info("no way by the streets: %s", error)
            return None
        return answer


@lru_cache(maxsize=64)
def _under(streets: ValhallaStreets, conditions: Conditions) -> StreetNetwork:
    """The same router, asked with other conditions."""
    other = copy(streets)
    other.conditions = conditions
    return other


def _tile_middles(tiles: Path) -> list[dict[str, float]]:
    """The middles of the finest tiles, a quarter of a degree wide, whose number is their path."""
    numbers = [int("".join(file.with_suffix("").relative_to(tiles / "2").parts)) for file in tiles.glob("2/**/*.gph")]
    return [{"lon": (n % 1440) / 4 - 180 + 0.125, "lat": n // 1440 / 4 - 90 + 0.125} for n in numbers]


def _decoded(shape: str) -> list[list[float]]:
    from valhalla.midgard.utils import decode_polyline

    return [[round(lon, 6), round(lat, 6)] for lon, lat in decode_polyline(shape)]


def _location(point: Point) -> dict[str, float]:
    return {"lon": point.lon, "lat": point.lat, "search_cutoff": SNAP_METRES}


def _matrix(ways: list[list[Leg]]) -> Matrix:
    return Matrix(
        durations=tuple(tuple(way.seconds for way in row) for row in ways),
        distances=tuple(tuple(way.metres for way in row) for row in ways),
    )


def _leg(seconds: float | None, kilometres: float | None) -> Leg | None:
    """A way as the router tells it; None where no street joins the two."""
    return None if seconds is None or kilometres is None else Leg(round(kilometres * 1000), round(seconds))


def _straight(a: Point, b: Point) -> Leg:
    metres = round(distance_m(a, b) * DETOUR)
    return Leg(metres, round(metres / METRES_PER_SECOND))


def streets_for(town: Town) -> StreetNetwork:
    """The best street network that the town has: its tiles if they load, else straight lines that say why."""
    if not town.street_tiles:
        return StraightLines()
    folder = settings.VAR_DIR / town.street_tiles
    try:
        made = folder.stat().st_mtime_ns
    except OSError:
        return StraightLines(_("The street map of this town is missing: times are from straight lines."))
    return _loaded(folder, made)


@lru_cache(maxsize=16)
def _loaded(folder: Path, made: int) -> StreetNetwork:
    """The tiles of a folder as it was ``made``; asked again, and so loaded again, when they are replaced."""
    try:
        return ValhallaStreets(folder)
    except Exception as error:  # whatever is wrong with a file on disk, the day must go on
        log.warning("street tiles in %s cannot be used: %s", folder, error)
        return StraightLines(_("The street map of this town cannot be read: times are from straight lines."))
