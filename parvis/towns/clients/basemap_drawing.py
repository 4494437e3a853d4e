"""The program that draws a basemap: OpenStreetMap objects into three files of vector tiles, by GDAL through pyogrio.

Run apart by ``basemap.build_basemap``: ``python -m parvis.towns.clients.basemap_drawing EXTRACT FOLDER WATER W S E N``.
One layer a file is what GDAL's writer takes at a time, so a file is a range of zooms and ``kind`` says what a shape is:
``far`` (zooms 8 to 12, what gives a town its face), ``streets`` (13, drawn larger beyond: all streets and their names)
and ``near`` (14: buildings and paths). Nothing here imports Django: it starts in a tenth of a second.
"""

import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio  # type: ignore[import-untyped]
import shapely

FILES = {"far": (8, 12), "streets": (13, 13), "near": (14, 14)}
LAYER = "town"
Tags = dict[str, str]
Box = tuple[float, float, float, float]

ROADS = {
    "motorway": "motorway trunk motorway_link trunk_link",
    "major": "primary secondary primary_link secondary_link",
    "middle": "tertiary tertiary_link",
    "street": "unclassified residential living_street pedestrian road busway",
    "path": "service footway cycleway path steps track bridleway",
}
ROAD_KIND = {value: kind for kind, values in ROADS.items() for value in values.split()}
GREEN = {
    "leisure": "park garden golf_course nature_reserve playground dog_park pitch common",
    "landuse": "grass forest meadow recreation_ground village_green cemetery allotments orchard vineyard flowerbed",
    "natural": "wood scrub grassland heath wetland",
}
NAMED_GREEN = {"park", "garden", "nature_reserve", "cemetery", "forest", "wood", "allotments"}
PLACES = {"city": 1, "town": 1, "village": 2, "suburb": 2, "quarter": 3, "neighbourhood": 4, "hamlet": 4, "locality": 5}
SMALL_GREEN = 2e-7  # square degrees, about 1,700 m2: below, it is not seen from afar
DEGREE_M = 95_000.0
_OTHER = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing drawn: its geometry (WGS 84), kind, name where a label may stand, and rank (1 is said first)."""

    geometry: Any
    kind: str
    name: str = ""
    rank: int = 0


def draw(extract: Path, folder: Path, clip: Box, water: Sequence[Any] = ()) -> None:
    """Write ``far.pmtiles``, ``streets.pmtiles`` and ``near.pmtiles`` of ``extract`` within ``clip`` (degrees).

    ``water`` (polygons), where there is some, stands for what GDAL makes of the extract's water.
    """
    areas = [shape for shape in _areas(extract, clip) if not (water and shape.kind == "water")]
    areas += [Shape(polygon, "water") for polygon in water]
    lines = list(_lines(extract, clip))
    points = list(_points(extract, clip))
    near = {"building", "path"}
    everything = [*areas, *lines, *points]
    _write(folder, "near", [shape for shape in everything if shape.kind in near])
    streets = [shape for shape in everything if shape.kind not in near]
    _write(folder, "streets", streets)
    _write(folder, "far", [_from_afar(shape) for shape in streets if _seen_from_afar(shape)])


def _seen_from_afar(shape: Shape) -> bool:
    if shape.kind == "green":
        return bool(shape.geometry.area >= SMALL_GREEN)
    return shape.kind in {"water", "river", "motorway", "major", "middle", "rail"} or 0 < shape.rank <= 3


def _from_afar(shape: Shape) -> Shape:
    """Coarser, and nameless unless it is a place: names of streets stand on the streets' own tiles."""
    geometry = shape.geometry if shape.rank else shape.geometry.simplify(8 / DEGREE_M)
    return Shape(geometry, shape.kind, shape.name if shape.rank else "", shape.rank)


def _areas(extract: Path, clip: Box) -> Iterator[Shape]:
    for tags, geometry in _read(extract, "multipolygons", clip):
        kind = _area_kind(tags)
        if not kind:
            continue
        whole = geometry if geometry.is_valid else shapely.make_valid(geometry)
        for part in shapely.get_parts(whole):
            if part.geom_type == "Polygon":
                yield Shape(part, kind)
            elif part.geom_type == "MultiPolygon":
                yield from (Shape(polygon, kind) for polygon in part.geoms)
        if kind == "green" and tags.get("name") and _green_value(tags) in NAMED_GREEN:
            yield Shape(whole.representative_point(), "green-name", tags["name"], 4)
        elif kind == "water" and tags.get("name"):
            yield Shape(whole.representative_point(), "water-name", tags["name"], 3)


def _area_kind(tags: Tags) -> str:
    if tags.get("building") not in {None, "no"}:
        return "building"
    if tags.get("natural") == "water" or tags.get("waterway") == "riverbank" or tags.get("landuse") == "reservoir":
        return "water"
    if _green_value(tags):
        return "green"
    if tags.get("highway") == "pedestrian":
        return "square"
    return ""


def _green_value(tags: Tags) -> str:
    for key, values in GREEN.items():
        if tags.get(key) in values.split():
            return tags[key]
    return ""


def _lines(extract: Path, clip: Box) -> Iterator[Shape]:
    for tags, geometry in _read(extract, "lines", clip):
        if (kind := _line_kind(tags)) and not geometry.is_empty:
            yield Shape(geometry, kind, tags.get("name", ""))


def _line_kind(tags: Tags) -> str:
    if road := ROAD_KIND.get(tags.get("highway", "")):
        indoors = tags.get("indoor") == "yes" or tags.get("service") in {"parking_aisle", "driveway"}
        private = road == "path" and tags.get("access") in {"private", "no"}
        return "" if indoors or private or tags.get("area") == "yes" else road
    if tags.get("railway") in {"rail", "light_rail", "tram", "narrow_gauge", "funicular"}:
        hidden = tags.get("tunnel") == "yes" or tags.get("service") in {"yard", "spur", "siding"}
        return "" if hidden else "rail"
    if tags.get("waterway") in {"river", "canal", "stream"} and tags.get("tunnel") not in {"yes", "culvert"}:
        return "river"
    return ""


def _points(extract: Path, clip: Box) -> Iterator[Shape]:
    for tags, geometry in _read(extract, "points", clip):
        if (rank := PLACES.get(tags.get("place", ""))) and tags.get("name"):
            yield Shape(geometry, "place", tags["name"], rank)
        elif tags.get("railway") in {"station", "halt"} and tags.get("name"):
            yield Shape(geometry, "station", tags["name"], 4)


def _read(extract: Path, layer: str, clip: Box) -> Iterator[tuple[Tags, Any]]:
    """The objects of one of GDAL's OSM layers, with their tags in one dictionary."""
    meta, _ids, shapes, columns = pyogrio.raw.read(extract, layer=layer, bbox=clip, on_invalid="ignore")
    names: list[str] = [str(name) for name in meta["fields"]]
    frame = shapely.box(*clip)
    for row, shape in enumerate(shapely.from_wkb(shapes, on_invalid="ignore")):
        if shape is None or not shape.intersects(frame):
            continue
        tags = {name: str(column[row]) for name, column in zip(names, columns, strict=True) if column[row]}
        tags |= dict(_OTHER.findall(tags.pop("other_tags", "")))
        yield tags, shape


def _write(folder: Path, name: str, shapes: Iterable[Shape]) -> None:
    drawn = list(shapes) or [Shape(shapely.Point(0, 0), "nothing")]  # a file without a shape cannot be written
    lowest, highest = FILES[name]
    column: Callable[[list[Any]], Any] = lambda values: np.array(values, dtype=object)  # noqa: E731
    pyogrio.raw.write(
        folder / f"{name}.pmtiles",
        shapely.to_wkb(np.array([shape.geometry for shape in drawn], dtype=object)),
        [
            column([shape.kind for shape in drawn]),
            column([shape.name or None for shape in drawn]),
            np.array([shape.rank for shape in drawn], dtype=np.int32),
        ],
        ["kind", "name", "rank"],
        layer=LAYER,
        driver="PMTiles",
        geometry_type="Unknown",
        crs="EPSG:4326",
        MINZOOM=lowest,
        MAXZOOM=highest,
        NAME=name,
        MAX_SIZE=400_000,
    )


def main(arguments: list[str]) -> int:
    """0 when the three files stand in the folder; an error is one line on standard error."""
    warnings.simplefilter("ignore")  # GDAL's remarks on unclosed rings: what it can mend is mended
    extract, folder, lakes, *clip = arguments
    west, south, east, north = map(float, clip)
    try:
        water = shapely.get_parts(shapely.from_wkb(Path(lakes).read_bytes()))
        draw(Path(extract), Path(folder), (west, south, east, north), list(water))
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, shapely.errors.ShapelyError) as error:
        sys.stderr.write(f"{str(error).splitlines()[0]}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
