"""Small geometry on degrees: lines that an extract cut, closed again along its frame."""

from collections.abc import Iterable, Sequence
from math import cos, radians

import shapely
from shapely import LineString, MultiLineString, Polygon
from shapely.ops import linemerge, nearest_points, polygonize

METRES_PER_DEGREE = 111_195.0


def area_m2(shape: Polygon) -> float:
    """Area in square metres, flat-earth."""
    return float(shape.area * METRES_PER_DEGREE**2 * cos(radians(shape.centroid.y)))


def merged(lines: Iterable[Sequence[tuple[float, float]]]) -> list[LineString]:
    """Lines that touch, joined."""
    parts = [LineString(line) for line in lines if len(line) > 1]
    if not parts:
        return []
    joined = linemerge(parts) if len(parts) > 1 else parts[0]
    return list(joined.geoms) if isinstance(joined, MultiLineString) else [joined]


def is_closed(lines: Iterable[LineString]) -> bool:
    """Whether each line comes back to where it began."""
    return all(line.is_ring for line in lines)


def faces(lines: list[LineString], frame: tuple[float, float, float, float]) -> list[Polygon]:
    """The pieces into which ``lines`` cut the frame, loose ends being drawn on to its nearest edge."""
    border = shapely.box(*frame)
    edge = border.exterior
    parts: list[LineString] = [LineString(edge)]
    for line in lines:
        parts.append(line)
        if line.is_ring:
            continue
        for end in (shapely.Point(line.coords[0]), shapely.Point(line.coords[-1])):
            if border.contains(end):
                parts.append(LineString([end, nearest_points(end, edge)[1]]))
    noded = shapely.unary_union(parts)
    return [piece for piece in polygonize(noded) if border.contains(piece.representative_point())]


def is_wet(
    piece: Polygon, doors: shapely.STRtree, streets: shapely.MultiLineString, rivers: shapely.MultiLineString
) -> bool:
    """Whether a piece of an extract is water: a river runs through it, or it has hardly a street and no door."""
    hectares = max(area_m2(piece) / 10_000, 0.1)
    if piece.intersection(rivers).length * METRES_PER_DEGREE > 100 and len(doors.query(piece, "contains")) < hectares:
        return True
    street_metres = piece.intersection(streets).length * METRES_PER_DEGREE
    return street_metres < 10 * hectares and len(doors.query(piece, "contains")) < 0.05 * hectares


def without_holes(shape: Polygon) -> list[Polygon]:
    """The same surface as pieces that need no inner ring: cut down the middle of each hole."""
    if not shape.interiors:
        return [shape]
    middle = Polygon(shape.interiors[0]).representative_point().x
    west, south, east, north = shape.bounds
    pieces: list[Polygon] = []
    for half in (shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)):
        for part in getattr(shape.intersection(half), "geoms", [shape.intersection(half)]):
            if isinstance(part, Polygon) and not part.is_empty:
                pieces += without_holes(part)
    return pieces
