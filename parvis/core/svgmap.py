"""The town drawn as SVG on the server: readable without a script, light enough for a phone, and it prints.

``draw`` projects longitude and latitude to whole metres around the middle of the picture (y grows southward, as SVG
has it) and returns paths ready for ``core/components/map.html``. Colours are classes: the page's theme decides them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import hypot
from typing import Any

from parvis.core.geo import Point, local_metres

Position = Sequence[float]  # longitude, latitude
Window = tuple[float, float, float, float]  # west, south, east, north in degrees
WIDTH = 640  # pixels that marker sizes are meant for, until the script knows the real width
MARGIN = 0.04
MINOR_ROADS_CHARACTERS = 60_000  # beyond it, short back streets are left out first


@dataclass(frozen=True, slots=True)
class Marker:
    """A place on the map: ``label`` is a character or two, ``title`` says it in words.

    ``tone`` is ``calm``, ``go``, ``wait``, ``warn`` or ``hub``; ``route`` (from 1) gives it a route's colour instead.
    """

    lon: float
    lat: float
    title: str
    label: str = ""
    tone: str = "calm"
    route: int | None = None
    href: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """A line along positions; ``colour`` counts from 1 and starts again after 6; by its ``name`` a script finds it."""

    line: Sequence[Position]
    colour: int = 1
    name: str = ""


@dataclass(frozen=True, slots=True)
class DrawnRoute:
    """A route as the template draws it."""

    d: str
    colour: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class DrawnMarker:
    """A marker as the template draws it."""

    transform: str
    css: str
    label: str
    title: str
    href: str
    radius: int = 11  # a number of three figures has a larger pin


@dataclass(frozen=True, slots=True)
class TownMap:
    """What ``core/components/map.html`` draws."""

    id: str
    title: str
    description: str
    view_box: str
    width: int
    height: int
    unit: float  # metres in one pixel at ``WIDTH``
    land: str = ""
    water: str = ""
    green: str = ""
    roads: str = ""
    roads_major: str = ""
    routes: list[DrawnRoute] = field(default_factory=list)
    markers: list[DrawnMarker] = field(default_factory=list)
    frame: "_Frame | None" = None

    @property
    def middle(self) -> Point:
        """Where on earth the drawing's 0, 0 is."""
        return self.frame.middle if self.frame else Point(0, 0)

    @property
    def has_links(self) -> bool:
        """Some markers can be followed, so the drawing is a group and not one picture."""
        return any(marker.href for marker in self.markers)


def draw(
    *,
    title: str,
    description: str = "",
    boundary: Mapping[str, Any] | None = None,
    backdrop: Mapping[str, Any] | None = None,
    routes: Iterable[Route] = (),
    markers: Iterable[Marker] = (),
    near: bool = False,
    window: Window | None = None,
    name: str = "map",
) -> TownMap:
    """Draw a town; with ``near`` the picture opens on the routes and markers rather than on the whole town, with
    ``window`` (west, south, east, north) it shows just that; ``name`` begins the ids inside, for a page with two maps.

    ``boundary`` is a GeoJSON Polygon or MultiPolygon; ``backdrop`` may hold ``roads_major`` and ``roads`` (lines),
    ``water`` and ``green`` (polygons as lists of rings, or single rings), all in WGS 84. Anything may be missing.
    """
    backdrop = backdrop or {}
    routes, markers = list(routes), list(markers)
    edges = _rings_of(boundary)
    shown = [p for r in routes for p in r.line] + [(m.lon, m.lat) for m in markers]
    whole = [p for ring in edges for p in ring] or [p for line in backdrop.get("roads_major", []) for p in line]
    frame = _Frame.of(window) if window else _Frame.around(shown if near and shown else whole or shown)
    pen = _Pen(frame, window)
    return TownMap(
        id=name,
        title=title,
        description=description,
        view_box=frame.view_box,
        width=WIDTH,
        height=max(1, round(WIDTH * frame.height / frame.width)),
        unit=round(frame.unit, 3),
        land=pen.areas(edges),
        water=pen.areas(_rings(backdrop.get("water", []))),
        green=pen.areas(_rings(backdrop.get("green", []))),
        roads=pen.lines(backdrop.get("roads", []), most=MINOR_ROADS_CHARACTERS),
        roads_major=pen.lines(backdrop.get("roads_major", [])),
        routes=[DrawnRoute(pen.lines([route.line]), _colour(route.colour), route.name) for route in routes],
        markers=[pen.marker(marker) for marker in markers],
        frame=frame,
    )


def mark(drawing: TownMap, markers: Iterable[Marker], *, title: str, description: str = "") -> TownMap:
    """The same drawing with other markers and words: the ground of a town may be kept, what stands on it changes."""
    assert drawing.frame
    pen = _Pen(drawing.frame)
    return replace(drawing, markers=[pen.marker(marker) for marker in markers], title=title, description=description)


def _colour(number: int) -> int:
    return (number - 1) % 6 + 1


def _rings_of(geometry: Mapping[str, Any] | None) -> list[Sequence[Position]]:
    if not geometry:
        return []
    coordinates = geometry.get("coordinates", [])
    polygons = coordinates if geometry.get("type") == "MultiPolygon" else [coordinates]
    return [ring for polygon in polygons for ring in polygon]


def _rings(areas: Iterable[Any]) -> list[Sequence[Position]]:
    """Rings of polygons that come as lists of rings or as one ring each."""
    rings: list[Sequence[Position]] = []
    for area in areas:
        is_ring = bool(area) and bool(area[0]) and isinstance(area[0][0], int | float)
        rings.extend([area] if is_ring else area)
    return rings


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the picture shows: its middle, and its size in metres."""

    middle: Point
    width: float
    height: float

    @classmethod
    def around(cls, positions: Sequence[Position]) -> "_Frame":
        if not positions:
            return cls(Point(0, 0), 1000, 600)
        west, east = min(p[0] for p in positions), max(p[0] for p in positions)
        south, north = min(p[1] for p in positions), max(p[1] for p in positions)
        middle = Point((west + east) / 2, (south + north) / 2)
        x, y = local_metres(Point(east, north), middle)
        width, height = max(2 * x, 400) * (1 + 2 * MARGIN), max(2 * y, 240) * (1 + 2 * MARGIN)
        # neither a ribbon nor a tower: a phone held upright shows it whole
        width, height = max(width, height / 1.25), max(height, width / 2)
        return cls(middle, width, height)

    @classmethod
    def of(cls, window: Window) -> "_Frame":
        west, south, east, north = window
        middle = Point((west + east) / 2, (south + north) / 2)
        x, y = local_metres(Point(east, north), middle)
        return cls(middle, max(2 * x, 1), max(2 * y, 1))

    @property
    def unit(self) -> float:
        return self.width / WIDTH

    @property
    def view_box(self) -> str:
        return f"{-self.width / 2:.0f} {-self.height / 2:.0f} {self.width:.0f} {self.height:.0f}"


class _Pen:
    """Turns positions into path data in whole metres, leaving out what one pixel cannot show."""

    def __init__(self, frame: _Frame, window: Window | None = None) -> None:
        self.frame = frame
        self.window = window
        self.step = max(1.0, frame.unit / 2)

    def _seen(self, line: Sequence[Position]) -> bool:
        """Whether any of it may stand in the window."""
        if self.window is None:
            return True
        west, south, east, north = self.window
        lons, lats = [p[0] for p in line], [p[1] for p in line]
        return not (max(lons) < west or min(lons) > east or max(lats) < south or min(lats) > north)

    def _xy(self, position: Position) -> tuple[int, int]:
        east, north = local_metres(Point(position[0], position[1]), self.frame.middle)
        return round(east), round(-north)

    def _thin(self, line: Sequence[Position]) -> list[tuple[int, int]]:
        points = [self._xy(position) for position in line]
        kept = points[:1]
        for point in points[1:-1]:
            if hypot(point[0] - kept[-1][0], point[1] - kept[-1][1]) >= self.step:
                kept.append(point)
        return kept + points[1:][-1:]

    @staticmethod
    def _path(points: list[tuple[int, int]]) -> str:
        moves = (f"{b[0] - a[0]} {b[1] - a[1]}" for a, b in pairwise(points) if a != b)
        return f"M{points[0][0]} {points[0][1]}l{' '.join(moves)}".replace(" -", "-")

    def areas(self, rings: Iterable[Sequence[Position]]) -> str:
        """Closed rings as one path; an inner ring is a hole by the direction GeoJSON gives it."""
        drawn = (self._thin(ring) for ring in rings if self._seen(ring))
        return "".join(self._path(points) + "z" for points in drawn if len(points) > 3)

    def lines(self, lines: Iterable[Sequence[Position]], most: int | None = None) -> str:
        """Open lines as one path of at most ``most`` characters: the shortest are left out first."""
        drawn = [self._thin(line) for line in lines if self._seen(line)]
        drawn = [points for points in drawn if len(set(points)) > 1]
        if most is not None:
            drawn.sort(key=lambda points: -sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)))
        paths: list[str] = []
        total = 0
        for points in drawn:
            path = self._path(points)
            total += len(path)
            if most is not None and total > most:
                break
            paths.append(path)
        return "".join(paths)

    def marker(self, marker: Marker) -> DrawnMarker:
        x, y = self._xy((marker.lon, marker.lat))
        css = f"route-{_colour(marker.route)}" if marker.route else f"map__marker--{marker.tone}"
        transform = f"translate({x} {y}) scale({self.frame.unit:.2f})"
        radius = 11 + 3 * max(0, len(marker.label) - 2)
        return DrawnMarker(transform, css, marker.label, marker.title, marker.href, radius)
