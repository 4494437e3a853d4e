"""The drawn background of the small maps that pages carry without a map server."""

import json
from collections.abc import Iterable

from shapely import Polygon

from parvis.core.osm.geometry import area_m2, merged, without_holes
from parvis.core.osm.model import Extract, Line

Backdrop = dict[str, list[list[list[float]]]]
_DECIMALS = 5  # about one metre


def backdrop(extract: Extract, *, max_bytes: int = 380_000) -> Backdrop:
    """Streets, water and green, simplified until their JSON is shorter than ``max_bytes``."""
    drawn: Backdrop = {}
    for metres in (6.0, 9.0, 14.0, 22.0):
        drawn = {
            "roads_major": _lines(extract.major_roads, metres, shortest=20),
            "roads": _lines(extract.minor_roads, metres, shortest=40),
            "water": _rings(extract.water, metres, smallest=400),
            "green": _rings(extract.green, metres, smallest=1500),
        }
        if len(json.dumps(drawn, separators=(",", ":"))) <= max_bytes:
            return drawn
    return drawn | {"roads": []}  # a whole region: its small streets would be a grey wash anyway


def _degrees(metres: float) -> float:
    return metres / 95_000  # between a degree of latitude and one of longitude at our latitudes


def _rounded(points: Iterable[tuple[float, ...]]) -> list[list[float]]:
    return [[round(point[0], _DECIMALS), round(point[1], _DECIMALS)] for point in points]


def _lines(lines: list[Line], metres: float, *, shortest: float) -> list[list[list[float]]]:
    kept = (line for line in merged(lines) if line.length >= _degrees(shortest))
    return [_rounded(line.simplify(_degrees(metres)).coords) for line in kept]


def _rings(shapes: list[Polygon], metres: float, *, smallest: float) -> list[list[list[float]]]:
    rings = []
    for shape in sorted(shapes, key=lambda s: s.area, reverse=True):
        if area_m2(shape) < smallest:
            continue
        simple = shape.simplify(_degrees(metres))
        if isinstance(simple, Polygon) and not simple.is_empty:
            rings += [_rounded(part.exterior.coords) for part in without_holes(simple)]
    return rings
