"""Views and windows of the map. A view is a middle and a zoom, as the address bar keeps it; a window is four edges.

Zooms are those of vector maps: at zoom 0 the world is 512 pixels wide, each zoom doubles it.
"""

from dataclasses import dataclass
from math import asin, cos, degrees, isfinite, log2, radians, tanh
from typing import Any, Self

from parvis.core.geo import Point, mercator

WORLD_PX = 512
WIDTH_PX, HEIGHT_PX = 640, 480  # what a window is when no browser says how large it is
LEAST_ZOOM, MOST_ZOOM = 8.0, 19.0
MOST_DEGREES = 4.0  # a window of the map of a town is not a country
WHOLE_EARTH = 360.0


@dataclass(frozen=True, slots=True)
class Window:
    """West, south, east and north in degrees."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def read(cls, text: str) -> Self | None:
        """``west,south,east,north`` of an address; None for nonsense, an empty window, or half a country."""
        edges = _numbers(text, 4)
        if edges is None:
            return None
        west, south, east, north = edges
        on_earth = -180 <= west < east <= 180 and -85 <= south < north <= 85
        return cls(*edges) if on_earth and east - west <= MOST_DEGREES and north - south <= MOST_DEGREES else None

    @classmethod
    def around(cls, geometry: dict[str, Any] | None, centre: Point) -> Self:
        """The window of a GeoJSON polygon, or some kilometres around ``centre`` where there is none."""
        rings = [ring for polygon in _polygons(geometry) for ring in polygon[:1]]
        positions = [position for ring in rings for position in ring]
        if not positions:
            return cls(centre.lon - 0.03, centre.lat - 0.02, centre.lon + 0.03, centre.lat + 0.02)
        lons, lats = [p[0] for p in positions], [p[1] for p in positions]
        return cls(min(lons), min(lats), max(lons), max(lats))

    @property
    def centre(self) -> Point:
        """The middle."""
        return Point((self.west + self.east) / 2, (self.south + self.north) / 2)

    @property
    def zoom(self) -> float:
        """The zoom at which the window fills a page's map."""
        across = WHOLE_EARTH * WIDTH_PX / WORLD_PX / (self.east - self.west)
        tall = mercator(Point(0, self.north))[1] - mercator(Point(0, self.south))[1]
        down = WHOLE_EARTH * HEIGHT_PX / WORLD_PX / degrees(tall)
        return min(max(log2(min(across, down)), LEAST_ZOOM), MOST_ZOOM)

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """As databases and maps take it."""
        return self.west, self.south, self.east, self.north


@dataclass(frozen=True, slots=True)
class View:
    """What the address bar keeps."""

    centre: Point
    zoom: float

    @classmethod
    def read(cls, text: str) -> Self | None:
        """``lat,lon,zoom`` of an address; None for nonsense. A zoom too near or too far is brought back."""
        numbers = _numbers(text, 3)
        if numbers is None:
            return None
        lat, lon, zoom = numbers
        if not (-85 <= lat <= 85 and -180 <= lon <= 180):
            return None
        return cls(Point(lon, lat), min(max(zoom, LEAST_ZOOM), MOST_ZOOM))

    def __str__(self) -> str:
        return f"{self.centre.lat:.4f},{self.centre.lon:.4f},{self.zoom:.2f}".rstrip("0").rstrip(".")

    @property
    def window(self) -> Window:
        """What a page of the usual size shows of it."""
        east = WIDTH_PX / 2 * pixel(self.zoom)
        north = east * HEIGHT_PX / WIDTH_PX * cos(radians(self.centre.lat))
        lon, lat = self.centre.lon, self.centre.lat
        return Window(max(lon - east, -180), max(lat - north, -85), min(lon + east, 180), min(lat + north, 85))

    def closer(self, steps: float) -> "View":
        """The same middle, ``steps`` zooms nearer (or farther)."""
        return View(self.centre, min(max(self.zoom + steps, LEAST_ZOOM), MOST_ZOOM))


def pixel(zoom: float) -> float:
    """How many degrees of longitude one pixel is."""
    return float(WHOLE_EARTH / (WORLD_PX * 2**zoom))


def point_of(text: str) -> Point | None:
    """``lat,lon`` as a browser's position is written in an address; None for anything else."""
    numbers = _numbers(text, 2)
    return Point(numbers[1], numbers[0]) if numbers and abs(numbers[0]) <= 85 and abs(numbers[1]) <= 180 else None


def latitude(y: float) -> float:
    """The latitude in degrees of Mercator's ``y`` in radians."""
    return degrees(asin(tanh(y)))


def _numbers(text: str, count: int) -> list[float] | None:
    parts = text[:120].split(",")
    if len(parts) != count:
        return None
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    return numbers if all(map(isfinite, numbers)) else None


def _polygons(geometry: dict[str, Any] | None) -> list[Any]:
    if not geometry:
        return []
    coordinates = geometry.get("coordinates", [])
    return list(coordinates) if geometry.get("type") == "MultiPolygon" else [coordinates]
