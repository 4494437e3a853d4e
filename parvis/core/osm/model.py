"""What an extract holds, in plain dataclasses. Coordinates are (longitude, latitude) in degrees."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from shapely import Polygon

from parvis.core.geo import Point

Line = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Door:
    """A house number on a street."""

    number: str
    street: str
    postcode: str
    city: str
    point: Point


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A thing that may interest a directory; ``ref`` is its OSM identity, such as ``node/42``.

    ``name`` is "" for what nobody names: a fountain, a charging point.
    """

    ref: str
    name: str
    tags: Mapping[str, str]
    point: Point


@dataclass(frozen=True, slots=True)
class CommuneRelation:
    """An administrative relation, with the lines of it that the extract holds."""

    relation_id: int
    tags: Mapping[str, str]
    way_ids: tuple[int, ...]
    lines: tuple[Line, ...]
    centre: Point | None


@dataclass(slots=True)
class Extract:
    """The contents of one file. ``frame`` is west, south, east, north."""

    frame: tuple[float, float, float, float]
    dated: date | None
    doors: list[Door] = field(default_factory=list)
    door_objects: int = 0
    places: list[NamedPlace] = field(default_factory=list)
    communes: list[CommuneRelation] = field(default_factory=list)
    countries: Counter[str] = field(default_factory=Counter)
    street_ways: int = 0
    major_roads: list[Line] = field(default_factory=list)
    minor_roads: list[Line] = field(default_factory=list)
    water: list[Polygon] = field(default_factory=list)
    green: list[Polygon] = field(default_factory=list)

    @property
    def centre(self) -> Point:
        """The middle of the frame."""
        west, south, east, north = self.frame
        return Point((west + east) / 2, (south + north) / 2)
