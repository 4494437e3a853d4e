"""The way between places along the streets of a town; ``streets_for`` says which network it has."""

import logging
import threading
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from parvis.core.geo import Point
from parvis.delivery.clients.hours import StreetsByHour
from parvis.delivery.clients.matrices import KeptMatrices
from parvis.delivery.clients.network import AS_MAPPED, Conditions, Leg, Matrix, Route, StreetNetwork, as_matrix, joined
from parvis.delivery.clients.straight import DETOUR, StraightLines, straight_leg
from parvis.delivery.kinds import MANNERS, Kind
from parvis.delivery.planning import Guess
from parvis.towns.clients.tiles import router_config
from parvis.towns.models import Town

log = logging.getLogger(__name__)

SNAP_METRES = 1_000  # a place further than this from any street is not on this map
NEAR_STREET = {"search_cutoff": 200, "minimum_reachability": 10}
"""A door is beside a street: to look no further, and to be content with a street that leads to ten others, takes the
router half the time."""
USUAL_PACE = 0.9
"""So much of its full speed a bike rides on its way through a town: 0.91 in Geneva, between 300 doors by chance."""
LONG_WAY, LONG_WAIT = 1.5, 180
"""Three ways of a thousand take longer than so many times the usual and so many seconds more: 73,000 ways in Geneva
between doors that are more than 900 m apart."""
_DIRECTIONS = {"fr": "fr-FR", "nl": "nl-NL", "en": "en-GB"}


class ValhallaStreets:
    """The town's own street tiles. One actor for the process, one thread in it at a time.

    Raises OSError or ValhallaError when the tiles cannot be loaded. A pair of places that no street joins gets
    the straight line, so that a matrix is always whole.
    """

    kind = "valhalla"
    said = ""
    conditions = AS_MAPPED
    rider = Kind.CARGO

    def __init__(self, tiles: Path) -> None:
        import valhalla

        if not any(tiles.rglob("*.gph")):
            raise FileNotFoundError(f"no street tiles in {tiles}")
        self._error: type[Exception] = valhalla.ValhallaError
        self._lock = threading.Lock()
        self._kept = KeptMatrices()
        self._plain = self  # copies for other conditions and kinds remember where they come from
        self._actor = valhalla.Actor(router_config(tiles))
        for place in _tile_middles(tiles):  # raises when a tile is damaged: better now than in the middle of a plan
            self._actor.locate({"locations": [place], "costing": "bicycle"})

    def under(self, conditions: Conditions) -> StreetNetwork:
        """The same streets under conditions; always the same object for the same."""
        return _under(self._plain, conditions, self.rider)

    def by(self, rider: Kind) -> StreetNetwork:
        """The same streets as one kind of bike takes them; always the same object for the same."""
        return _under(self._plain, self.conditions, rider)

    @property
    def guess(self) -> Guess:
        """At full speed along the straight line; usually somewhat slower, and around the houses."""
        manner = MANNERS[self.rider].options
        full = manner.get("cycling_speed", manner.get("walking_speed")) / 3.6
        return self.conditions.guessed(Guess(full, USUAL_PACE * full, DETOUR, LONG_WAY, LONG_WAIT), self.rider)

    def matrix(self, points: Sequence[Point]) -> Matrix:
        """Ways between all points; those of the last questions are not asked again."""
        return self._kept.matrix(points, self._whole, self._row)

    def _whole(self, points: Sequence[Point]) -> Matrix:
        on_map = list(range(len(points)))
        answer = self._table(points, on_map)
        if answer is None:
            on_map = [i for i in on_map if self.knows(points[i])]
            answer = self._table(points, on_map)
        ways: dict[tuple[int, int], Leg] = {}
        for row, source in enumerate(on_map if answer else ()):
            for column, target in enumerate(on_map):
                assert answer is not None
                if leg := _leg(answer["durations"][row][column], answer["distances"][row][column]):
                    ways[source, target] = leg
        table = [[ways.get((i, j)) or self._straight(a, b) for j, b in enumerate(points)] for i, a in enumerate(points)]
        return as_matrix([[self._ridden(leg) for leg in row] for row in table])

    def ways_of(self, point: Point, others: Sequence[Point]) -> tuple[list[Leg], list[Leg]]:
        """The ways from ``point`` to each of ``others``, and from each of them to it.

        The router looks into the streets twice, from ``point`` and towards it, however many others there are.
        """
        return self._row(point, others, NEAR_STREET)

    def _row(
        self, point: Point, others: Sequence[Point], snap: Mapping[str, int] = MappingProxyType({})
    ) -> tuple[list[Leg], list[Leg]]:
        """As the whole matrix says it; with ``snap``, a street that is this near is taken where there is one."""
        if not others:
            return [], []
        out, back = self._out_and_back(point, others, snap)
        if snap and (out is None or back is None):  # one of them is not beside a street
            out, back = self._out_and_back(point, others, {})
        if out is None or back is None:  # one of them is on no street: the slow way finds which
            whole = self._whole([point, *others])
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
        ridden = self._ridden
        return (
            [ridden(_leg(s, km) or self._straight(point, b)) for (s, km), b in zip(outward, others, strict=True)],
            [ridden(_leg(s, km) or self._straight(a, point)) for (s, km), a in zip(homeward, others, strict=True)],
        )

    def _out_and_back(
        self, point: Point, others: Sequence[Point], snap: Mapping[str, int]
    ) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        here, there = [_location(point) | dict(snap)], [_location(other) | dict(snap) for other in others]
        out = self._ask("matrix", {"sources": here, "targets": there, "verbose": False})
        return out, out and self._ask("matrix", {"sources": there, "targets": here, "verbose": False})

    def route(self, points: Sequence[Point]) -> Route:
        """The way through the points in their order; legs that no street joins are straight."""
        if len(points) < 2:
            return StraightLines(conditions=self.conditions, rider=self.rider).route(points)
        whole = self._trip(points, "fr-FR", narrative=False)
        if whole is not None:
            return self._route(whole, points)
        return joined([self._route_of_two(a, b) for a, b in pairwise(points)])

    def _route_of_two(self, a: Point, b: Point) -> Route:
        trip = self._trip([a, b], "fr-FR", narrative=False)
        straight = StraightLines(conditions=self.conditions, rider=self.rider)
        return straight.route([a, b]) if trip is None else self._route(trip, [a, b])

    def _route(self, trip: dict[str, Any], points: Sequence[Point]) -> Route:
        legs = tuple(
            self._ridden(Leg(round(leg["summary"]["length"] * 1000), round(leg["summary"]["time"])))
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

    def knows(self, point: Point) -> bool:
        """Whether a street of the map is near a place."""
        return self._ask("matrix", {"sources": [_location(point)], "targets": [_location(point)]}) is not None

    def _ask(self, verb: str, question: dict[str, Any]) -> dict[str, Any] | None:
        """The router's answer, or None when it says that there is no way."""
        if self.conditions.closed:
            question |= {"exclude_polygons": [[list(corner) for corner in ring] for ring in self.conditions.closed]}
        manner = MANNERS[self.rider]
        options = {manner.costing: dict(manner.options)}
        question |= {"costing": manner.costing, "costing_options": options, "units": "kilometers"}
        try:
            with self._lock:
                answer: dict[str, Any] = getattr(self._actor, verb)(question)
        except self._error as error:
            log.info("no way by the streets: %s", error)
            return None
        return answer

    def _ridden(self, leg: Leg) -> Leg:
        return self.conditions.ridden(leg, self.rider)

    def _straight(self, a: Point, b: Point) -> Leg:
        return straight_leg(a, b, self.rider)


@lru_cache(maxsize=256)
def _under(streets: ValhallaStreets, conditions: Conditions, rider: Kind) -> StreetNetwork:
    """The same router, asked with other conditions or for another kind of bike."""
    if conditions.spells:
        return StreetsByHour(_under(streets, replace(conditions, spells=()), rider), conditions.spells)
    if (conditions, rider) == (streets.conditions, streets.rider):
        return streets
    other = copy(streets)
    other.conditions, other.rider, other._kept = conditions, rider, KeptMatrices()
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


def _leg(seconds: float | None, kilometres: float | None) -> Leg | None:
    """A way as the router tells it; None where no street joins the two."""
    return None if seconds is None or kilometres is None else Leg(round(kilometres * 1000), round(seconds))


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
