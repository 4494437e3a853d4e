"""Points on the earth: WGS 84, longitude first as GeoJSON has it, metres for distances."""

from dataclasses import dataclass
from math import asin, atanh, cos, hypot, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG


@dataclass(frozen=True, slots=True)
class Point:
    """Longitude and latitude in degrees. Raises ValueError outside the earth (often: swapped or projected)."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise ValueError(f"not a longitude and latitude in degrees: {self.lon}, {self.lat}")


def distance_m(a: Point, b: Point) -> float:
    """Great-circle distance in metres (haversine)."""
    dlat, dlon = radians(b.lat - a.lat), radians(b.lon - a.lon)
    h = sin(dlat / 2) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(dlon / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(h))


def local_metres(point: Point, origin: Point) -> tuple[float, float]:
    """East and north of ``origin`` in metres, flat-earth: good to 0.1 % over a town."""
    east = radians(point.lon - origin.lon) * EARTH_RADIUS_M * cos(radians(origin.lat))
    north = radians(point.lat - origin.lat) * EARTH_RADIUS_M
    return east, north


def flat_distance_m(a: Point, b: Point) -> float:
    """Fast distance in metres for points of one town."""
    return hypot(*local_metres(b, a))


def mercator(point: Point) -> tuple[float, float]:
    """Where a point is on Mercator's map, in radians. Conformal: within a town, nearer there is nearer in metres."""
    return radians(point.lon), atanh(sin(radians(point.lat)))
