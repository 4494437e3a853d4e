"""Reading an extract: relations first, for what they say of ways, then everything once."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy
import osmium
import shapely
from shapely import Polygon

from parvis.core.geo import Point, flat_distance_m
from parvis.core.osm.files import UnreadableExtract, header_date, header_frame, open_extract, ordered, readable
from parvis.core.osm.geometry import faces, is_wet, merged
from parvis.core.osm.model import CommuneRelation, Door, Extract, Line, NamedPlace
from parvis.core.text import fold

# A named object with one of these keys may be a place; the directory has the last word.
PLACE_KEYS = (
    "shop", "amenity", "leisure", "tourism", "craft", "office", "healthcare", "historic", "landuse", "emergency",
)  # fmt: skip
# What people look for although nobody names it.
_NAMELESS = {
    "amenity": {
        "drinking_water", "toilets", "charging_station", "bicycle_parking", "recycling", "public_bookcase", "give_box",
    },
    "leisure": {"playground", "dog_park"},
    "emergency": {"defibrillator"},
    "vending": {"excrement_bags"},
}  # fmt: skip
_MAJOR = {
    f"{kind}{link}" for kind in ("motorway", "trunk", "primary", "secondary", "tertiary") for link in ("", "_link")
}
_MINOR = {"residential", "unclassified", "living_street", "pedestrian"}
_GREEN = {
    "leisure": {"park", "garden", "nature_reserve", "golf_course", "pitch"},
    "landuse": {"forest", "grass", "cemetery", "recreation_ground", "village_green", "meadow", "allotments"},
    "natural": {"wood", "scrub", "grassland", "heath"},
}
_AREA_KEYS = osmium.filter.KeyFilter("natural", "landuse", "leisure", "waterway", *PLACE_KEYS, "addr:housenumber")
_OF_INTEREST = {*PLACE_KEYS, *_GREEN, "waterway", "addr:housenumber", "addr:country"}
Progress = Callable[[str], None]


@dataclass(slots=True)
class _Relations:
    """What relations say before anything else is read."""

    communes: dict[int, tuple[dict[str, str], tuple[int, ...], int | None]] = field(default_factory=dict)
    street_of: dict[tuple[str, int], int] = field(default_factory=dict)  # a house to its associatedStreet
    street_names: dict[int, str] = field(default_factory=dict)
    street_ways: dict[int, int] = field(default_factory=dict)  # a street's way to its associatedStreet
    open_water: dict[int, tuple[int, ...]] = field(default_factory=dict)
    countries: Counter[str] = field(default_factory=Counter)

    def wanted_ways(self) -> set[int]:
        """The ways whose lines are kept whatever their tags."""
        ways = {way for _, ids, _ in self.communes.values() for way in ids}
        return ways | {way for ids in self.open_water.values() for way in ids}


def read(path: Path, progress: Progress = lambda said: None) -> Extract:
    """Everything that a town is made of; raises UnreadableExtract with a sentence for the operator."""
    with readable(path), ordered(path) as file:
        header = osmium.io.Reader(open_extract(path)).header()
        relations = _read_relations(file)
        progress("reading nodes and ways")
        reader = _Reader(relations)
        tagged = osmium.filter.EmptyTagFilter()
        tagged.enable_for(osmium.osm.NODE)
        for thing in osmium.FileProcessor(file).with_areas(_AREA_KEYS).with_filter(tagged):
            reader.take(thing)
    if not reader.street_ways:
        raise UnreadableExtract(f"{path} holds no street: it is not the extract of a town.")
    frame = header_frame(header) or reader.own_frame()
    extract = Extract(frame=frame, dated=header_date(header, path, reader.newest))
    reader.fill(extract)
    return extract


def _read_relations(file: osmium.io.File) -> _Relations:
    found = _Relations()
    relation: Any
    for relation in osmium.FileProcessor(file, osmium.osm.RELATION):
        tags = dict(relation.tags)
        members = [(m.type, m.ref, m.role) for m in relation.members]
        ways = tuple(ref for kind, ref, role in members if kind == "w" and role in {"outer", "inner", ""})
        level = tags.get("admin_level", "")
        if tags.get("boundary") == "administrative":
            iso = tags.get("ISO3166-1", "") or tags.get("ISO3166-2", "")[:2]
            found.countries.update([iso] if iso else [])
            if level in {"8", "9", "10"} and tags.get("name"):
                centre = next((ref for kind, ref, role in members if role in {"admin_centre", "label"}), None)
                outer = tuple(ref for kind, ref, role in members if kind == "w" and role in {"outer", ""})
                found.communes[relation.id] = tags, outer, centre
        elif tags.get("type") == "associatedStreet":
            found.street_names[relation.id] = tags.get("addr:street") or tags.get("name", "")
            for kind, ref, role in members:
                if role == "street" and kind == "w":
                    found.street_ways[ref] = relation.id
                elif role in {"house", "addr:houselink", "address", ""}:
                    found.street_of[kind, ref] = relation.id
        elif tags.get("natural") == "water":
            found.open_water[relation.id] = tuple(w for k, w, role in members if k == "w" and role == "outer") or ways
    return found


class _Reader:
    """Collects while the file goes by; ``fill`` then resolves what had to wait for the end."""

    def __init__(self, relations: _Relations) -> None:
        self.relations = relations
        self.wanted = relations.wanted_ways()
        self.centres = {centre for _, _, centre in relations.communes.values() if centre}
        self.lines: dict[int, Line] = {}
        self.points: dict[int, Point] = {}
        self.doors: list[tuple[bool, Door, int | None]] = []
        self.places: list[NamedPlace] = []
        self.countries = relations.countries
        self.major: list[Line] = []
        self.minor: list[Line] = []
        self.water: list[Polygon] = []
        self.green: list[Polygon] = []
        self.rivers: list[Line] = []
        self.assembled: set[int] = set()
        self.street_ways = 0
        self.newest: datetime | None = None

    def take(self, thing: Any) -> None:
        """One node, way or area."""
        if thing.is_node():
            self._node(thing)
        elif thing.is_way():
            self._way(thing)
        elif thing.is_area() and not thing.from_way():
            self._area(thing)

    def _node(self, node: Any) -> None:
        point = Point(node.location.lon, node.location.lat)
        if node.id in self.centres:
            self.points[node.id] = point
        if self.newest is None or node.timestamp > self.newest:
            self.newest = node.timestamp
        self._describe("n", node.id, dict(node.tags), point)

    def _way(self, way: Any) -> None:
        if not way.tags and way.id not in self.wanted:
            return
        line: Line = [(n.location.lon, n.location.lat) for n in way.nodes if n.location.valid()]
        if way.id in self.wanted and len(line) > 1:
            self.lines[way.id] = line
        tags = dict(way.tags)
        if highway := tags.get("highway"):
            self.street_ways += 1
            if way.id in self.relations.street_ways and tags.get("name"):
                relation = self.relations.street_ways[way.id]
                self.relations.street_names[relation] = self.relations.street_names[relation] or tags["name"]
            if len(line) > 1 and highway in _MAJOR:
                self.major.append(line)
            elif len(line) > 1 and highway in _MINOR and tags.get("area") != "yes":
                self.minor.append(line)
        if len(line) > 1 and tags.get("waterway") in {"river", "canal"} and "tunnel" not in tags:
            self.rivers.append(line)
        if not line or _OF_INTEREST.isdisjoint(tags):
            return
        shape = Polygon(line) if len(line) > 3 and way.is_closed() else None
        if shape is not None and not shape.is_valid:
            shape = None
        if shape is not None:
            self._surface(tags, shape)
        spot = shape.representative_point() if shape is not None else shapely.Point(line[len(line) // 2])
        self._describe("w", way.id, tags, Point(spot.x, spot.y))

    def _area(self, area: Any) -> None:
        try:
            shape: Any = shapely.from_wkb(_WKB.create_multipolygon(area))
        except RuntimeError:  # rings that do not close: the extract cut them, or a mapper did
            return
        self.assembled.add(area.orig_id())
        tags = dict(area.tags)
        for part in shape.geoms:
            self._surface(tags, part)
        spot = shape.representative_point()
        self._describe("r", area.orig_id(), tags, Point(spot.x, spot.y))

    def _surface(self, tags: Mapping[str, str], shape: Polygon) -> None:
        if tags.get("natural") == "water" or tags.get("waterway") == "riverbank":
            self.water.append(shape)
        elif any(tags.get(key) in values for key, values in _GREEN.items()):
            self.green.append(shape)

    def _describe(self, kind: str, number: int, tags: dict[str, str], point: Point) -> None:
        if country := tags.get("addr:country"):
            self.countries[country.upper()[:2]] += 1
        is_place = any(key in tags for key in PLACE_KEYS)
        if house := tags.get("addr:housenumber"):
            street = tags.get("addr:street") or tags.get("addr:place", "")
            waiting = None if street else self.relations.street_of.get((kind, number))
            if street or waiting:
                door = Door(house, street, tags.get("addr:postcode", ""), tags.get("addr:city", ""), point)
                self.doors.append((is_place, door, waiting))
        if is_place and (tags.get("name") or any(tags.get(key) in kinds for key, kinds in _NAMELESS.items())):
            ref = {"n": "node", "w": "way", "r": "relation"}[kind] + f"/{number}"
            self.places.append(NamedPlace(ref, tags.get("name", ""), tags, point))

    def own_frame(self) -> tuple[float, float, float, float]:
        """The box of what was seen, for files that do not say; stray far ends of long ways are left out."""
        ends = numpy.array([point for line in (*self.major, *self.minor) for point in line])
        if not len(ends):
            raise UnreadableExtract("The extract says nothing of the area that it covers.")
        west, south = numpy.percentile(ends, 0.5, axis=0)
        east, north = numpy.percentile(ends, 99.5, axis=0)
        return float(west), float(south), float(east), float(north)

    def fill(self, extract: Extract) -> None:
        """Hand over what was collected."""
        extract.door_objects = len(self.doors)
        extract.doors = distinct_doors(self._named_doors())
        extract.places = self.places
        extract.countries = self.countries
        extract.street_ways = self.street_ways
        extract.major_roads, extract.minor_roads = self.major, self.minor
        extract.water = [*self.water, *self._cut_water(extract)]
        extract.green = self.green
        extract.communes = [
            CommuneRelation(
                number, tags, ways, tuple(self.lines[way] for way in ways if way in self.lines),
                self.points.get(centre) if centre else None,
            )
            for number, (tags, ways, centre) in self.relations.communes.items()
        ]  # fmt: skip

    def _named_doors(self) -> Iterable[Door]:
        # A door that only says its number is on a building; one on a shop is as good but comes second.
        for _, door, waiting in sorted(self.doors, key=lambda item: item[0]):
            street = door.street or (self.relations.street_names.get(waiting, "") if waiting else "")
            if street:
                for number in door.number.replace(",", ";").split(";"):
                    yield replace(door, street=street, number=number.strip()[:20])

    def _cut_water(self, extract: Extract) -> list[Polygon]:
        """Lakes and rivers whose outline the extract cut: the pieces of its frame that are surely wet."""
        cut = {
            w for relation, ways in self.relations.open_water.items() if relation not in self.assembled for w in ways
        }
        lines = merged(self.lines[way] for way in sorted(cut) if way in self.lines)
        if not lines:
            return []
        doors = shapely.STRtree([shapely.Point(door.point.lon, door.point.lat) for door in extract.doors])
        streets = shapely.MultiLineString([line for line in (*self.minor, *self.major) if len(line) > 1])
        rivers = shapely.MultiLineString(self.rivers)
        return [piece for piece in faces(lines, extract.frame) if is_wet(piece, doors, streets, rivers)]


def distinct_doors(doors: Iterable[Door]) -> list[Door]:
    """One door for each number of a street; what a door does not say, the nearest of its street says."""
    known = list(doors)
    streets: dict[str, list[Door]] = defaultdict(list)
    for door in known:
        streets[fold(door.street)].append(door)
    found: dict[tuple[str, str, str], Door] = {}
    for door in known:
        street = fold(door.street)
        postcode = door.postcode or _nearest_saying("postcode", door, streets[street])
        city = door.city or _nearest_saying("city", door, streets[street])
        found.setdefault(
            (street, fold(door.number).replace(" ", ""), postcode), replace(door, postcode=postcode, city=city)
        )
    return list(found.values())


def _nearest_saying(what: str, door: Door, neighbours: list[Door]) -> str:
    saying = [other for other in neighbours if getattr(other, what)]
    if not saying:
        return ""
    nearest = min(saying, key=lambda other: flat_distance_m(other.point, door.point))
    return str(getattr(nearest, what))


_WKB = osmium.geom.WKBFactory()
