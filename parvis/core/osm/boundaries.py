"""Which commune an extract is about, and the shape of it that the extract allows."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely

from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.core.osm.geometry import faces, is_closed, merged
from parvis.core.osm.model import CommuneRelation, Extract
from parvis.core.text import fold

# Communes are level 8 in France, Belgium and Switzerland; 9 and 10 are their districts.
_LEVELS = {"8": 3, "9": 2, "10": 1}
_CODES = ("ref:INSEE", "ref:INS", "swisstopo:BFS_NUMMER")


@dataclass(frozen=True, slots=True)
class Boundary:
    """The town's shape. ``kind`` is ``whole``, ``cut`` (closed along the edge of the extract) or ``extract``."""

    kind: str
    geometry: dict[str, Any]
    centre: Point
    name: str = ""
    code: str = ""

    @property
    def said(self) -> str:
        """What the summary says of it."""
        return {
            "whole": f"the commune of {self.name}",
            "cut": f"the commune of {self.name}, as far as the extract shows it",
            "extract": "the frame of the extract (it holds no usable boundary)",
            "file": "the file given",
        }[self.kind]


def choose_boundary(extract: Extract, *, slug: str, name: str = "", language: str = "fr") -> Boundary:
    """The commune meant by ``name`` or ``slug``, else the one that most doors name, else the extract's frame."""
    cities = Counter(fold(door.city) for door in extract.doors if door.city)
    ranked = sorted(extract.communes, key=lambda c: _rank(c, fold(name or slug), cities), reverse=True)
    if not ranked:
        return _frame(extract, "", "")
    chosen = ranked[0]
    title = chosen.tags.get(f"name:{language}") or chosen.tags.get("name", "")
    code = next((chosen.tags[key] for key in _CODES if key in chosen.tags), "")
    lines = merged(chosen.lines)
    whole = bool(lines) and len(chosen.lines) >= len(chosen.way_ids) and is_closed(lines)
    if whole:
        shape = shapely.build_area(shapely.MultiLineString(lines))
        centre = chosen.centre or _inside(shape)
        return Boundary("whole", shapely.geometry.mapping(shape), centre, title, code)
    if chosen.centre and lines:
        spot = shapely.Point(chosen.centre.lon, chosen.centre.lat)
        for piece in faces(lines, extract.frame):
            if piece.contains(spot):
                return Boundary("cut", shapely.geometry.mapping(piece), chosen.centre, title, code)
    return _frame(extract, title, code)


def boundary_from_file(path: Path, *, name: str, frame: tuple[float, float, float, float]) -> Boundary:
    """The shape in a GeoJSON file; among several features, the one that bears ``name``. Raises Refusal."""
    try:
        content = json.loads(path.read_text())
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {(error.strerror or 'input error').lower()}.") from error
    except ValueError:
        raise Refusal(f"{path} is not GeoJSON.") from None
    features = content.get("features", [content]) if isinstance(content, dict) else []
    if len(features) > 1:
        wanted = fold(name)
        features = [f for f in features if wanted in {fold(str(v)) for v in (f.get("properties") or {}).values()}]
    geometry = (features[0].get("geometry") or features[0]) if len(features) == 1 else {}
    try:
        shape = shapely.geometry.shape(geometry)
    except Exception:
        shape = None
    if shape is None or shape.geom_type not in {"Polygon", "MultiPolygon"} or not shape.is_valid:
        raise Refusal(f"{path} holds no single area named {name}.")
    if not shape.intersects(shapely.box(*frame)):
        raise Refusal(f"The area in {path} lies outside the extract (are longitude and latitude swapped?).")
    return Boundary("file", shapely.geometry.mapping(shape), _inside(shape))


def _frame(extract: Extract, name: str, code: str) -> Boundary:
    box = shapely.geometry.mapping(shapely.box(*extract.frame))
    return Boundary("extract", box, extract.centre, name, code)


def _inside(shape: Any) -> Point:
    spot = shape.representative_point()
    return Point(spot.x, spot.y)


def _rank(commune: CommuneRelation, wanted: str, cities: Counter[str]) -> tuple[int, int, int, int]:
    names = {fold(value) for key, value in commune.tags.items() if key == "name" or key.startswith("name:")}
    solid = wanted.replace(" ", "")
    joined = [name.replace(" ", "") for name in names if name]
    match = 0
    if solid in joined:
        match = 3
    elif any(name.startswith(solid) for name in joined):
        match = 2  # paris9 is Paris 9e Arrondissement
    elif any(solid.startswith(name) for name in joined):
        match = 1
    named = sum(cities[name] for name in names)
    return match, _LEVELS.get(commune.tags.get("admin_level", ""), 0), named, len(commune.lines)
