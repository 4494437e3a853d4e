"""GeoJSON, and the JSON of open data portals, as rows of a table."""

import json
from collections.abc import Iterable, Iterator
from math import isfinite
from pathlib import Path
from typing import Any

import shapely
from django.utils.translation import gettext as _

from parvis.core.tables import MOST_ROWS, Row, UnreadableFile

DEGREES = ("crs84", "epsg::4326", "epsg:4326", "wgs84", "wgs 84")
GEOJSON, PORTAL, LIST = "geojson", "portal", "list"


def read_json(path: Path) -> tuple[str, list[str], list[Row]]:
    """What it is (GEOJSON, PORTAL or LIST), the names of its fields and the rows; raises UnreadableFile."""
    content = _parsed(path)
    if isinstance(content, dict) and content.get("type") == "FeatureCollection":
        _must_be_degrees(content)
        kind, found = GEOJSON, content.get("features")
    elif isinstance(content, dict) and content.get("type") == "Feature":
        kind, found = GEOJSON, [content]
    elif isinstance(content, dict) and isinstance(content.get("results"), list):
        kind, found = LIST, content["results"]
    elif isinstance(content, list) and any(isinstance(item, dict) and "fields" in item for item in content[:5]):
        kind, found = PORTAL, content
    else:
        kind, found = LIST, content
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise UnreadableFile(_("This JSON is neither GeoJSON nor a list of places."))
    if not found:
        raise UnreadableFile(_("The file holds no place."))
    if len(found) > MOST_ROWS:
        raise UnreadableFile(_("The table has more than %(most)d rows: cut it in parts.") % {"most": MOST_ROWS})
    rows = list(_ROWS[kind](found))
    return kind, _names(rows), rows


def _parsed(path: Path) -> Any:
    def refuse(word: str) -> None:
        raise UnreadableFile(_("The file holds %(word)s where a number should be.") % {"word": word})

    try:
        return json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=refuse)
    except UnicodeDecodeError:
        raise UnreadableFile(_("The letters of the file cannot be read: JSON is written in UTF-8.")) from None
    except json.JSONDecodeError as error:
        raise UnreadableFile(
            _("The JSON is broken at line %(line)d: the file is cut off or was edited by hand.")
            % {"line": error.lineno}
        ) from None
    except (RecursionError, ValueError, MemoryError):
        raise UnreadableFile(_("This JSON is neither GeoJSON nor a list of places.")) from None


def _must_be_degrees(content: dict[str, Any]) -> None:
    crs = content.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if name and not any(word in name.lower() for word in DEGREES):
        raise UnreadableFile(
            _("The coordinates are written in %(crs)s: export the file in WGS 84 (EPSG:4326).") % {"crs": name[:60]}
        )


def _features(found: list[dict[str, Any]]) -> Iterator[Row]:
    for line, feature in enumerate(found, start=1):
        properties = feature.get("properties")
        cells = _cells(properties if isinstance(properties, dict) else {})
        if "id" not in cells and isinstance(feature.get("id"), str | int):
            cells["id"] = str(feature["id"])
        yield _with_geometry(line, cells, feature.get("geometry"))


def _records(found: list[dict[str, Any]]) -> Iterator[Row]:
    for line, record in enumerate(found, start=1):
        fields = record.get("fields")
        cells = _cells(fields if isinstance(fields, dict) else {})
        for name in ("recordid", "record_timestamp"):
            cells[name] = str(record.get(name, ""))
        known = {"latitude", "lat", "wgs84", "geo_point_2d"} & cells.keys()
        yield Row(line, cells) if known else _with_geometry(line, cells, record.get("geometry"))


def _plain(found: list[dict[str, Any]]) -> Iterator[Row]:
    for line, item in enumerate(found, start=1):
        yield Row(line, _cells(item))


_ROWS = {GEOJSON: _features, PORTAL: _records, LIST: _plain}


def _with_geometry(line: int, cells: dict[str, str], geometry: Any) -> Row:
    """A point as it is; of a line or a surface, a point inside it, and the row says so."""
    if geometry is None:
        return Row(line, cells)
    broken = Row(line, cells, problem=_("The geometry cannot be read."))
    if not isinstance(geometry, dict):
        return broken
    if geometry.get("type") == "Point":
        spot = geometry.get("coordinates")
        if not isinstance(spot, list) or len(spot) < 2 or not all(_is_number(value) for value in spot[:2]):
            return broken
        return Row(line, cells, point=(float(spot[0]), float(spot[1])))
    try:
        shape = shapely.geometry.shape(geometry)
        inside = shape.representative_point()
    except Exception:  # shapely's errors for what is no geometry share no base
        return broken
    if shape.is_empty or not shape.is_valid or not isfinite(inside.x):
        return broken
    note = _("It has a shape; the directory keeps a point inside it.")
    return Row(line, cells, point=(inside.x, inside.y), notes=(note,))


def _cells(fields: dict[str, Any]) -> dict[str, str]:
    return {name.strip(): _text(value) for name, value in fields.items() if name.strip()}


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(_text(item) for item in value)
        case {"lat": lat, "lon": lon}:
            return f"{lat}, {lon}"
        case dict():
            return ""
        case _:
            return str(value)


def _is_number(value: Any) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return isfinite(value)
    except OverflowError:  # JSON allows whole numbers of any length
        return False


def _names(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row.cells))
