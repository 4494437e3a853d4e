"""Things of an OpenStreetMap extract as places: the same whether a town is made or brought up to date."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import shapely
from django.utils import translation

from parvis.core.errors import Refusal
from parvis.core.geo import Point, flat_distance_m
from parvis.core.osm import Door, Extract, NamedPlace
from parvis.places.categories import CATEGORIES, NAMELESS, category_of
from parvis.places.details import DETAILS
from parvis.places.imports import values
from parvis.places.imports.incoming import Incoming, Reading
from parvis.places.models import ImportRun
from parvis.places.services import services_of
from parvis.towns.models import Town

BEYOND_DEGREES = 0.005  # about 500 m: the other side of the last street still belongs to the town's day
NEAR_DOOR_M = 20  # a shop without an address of its own has the door of the building it stands in


def of_town(town: Town, extract: Extract) -> tuple[list[Door], list[NamedPlace]]:
    """The doors and things of an extract that belong to the town's day: those that the town was made of.

    A town that was made with a boundary keeps to it and to its edge; one without takes the whole extract.
    """
    made_of: dict[str, str] = next((source for source in town.sources if source.get("name") == "OpenStreetMap"), {})
    if not town.boundary or made_of.get("scope") not in {"whole", "file"}:
        return extract.doors, extract.places
    near = shapely.geometry.shape(town.boundary).buffer(BEYOND_DEGREES)
    shapely.prepare(near)
    doors = [door for door in extract.doors if near.contains(shapely.Point(door.point.lon, door.point.lat))]
    places = [thing for thing in extract.places if near.contains(shapely.Point(thing.point.lon, thing.point.lat))]
    return doors, places


def read_things(
    town: Town,
    found: Iterable[NamedPlace],
    doors: Sequence[Door],
    *,
    dated: date | None,
    frame: tuple[float, float, float, float] | None = None,
    tick: Callable[[int], None] = lambda done: None,
) -> Reading:
    """The places among ``found`` that the directory knows a category for."""
    reading = Reading(ImportRun.Kind.OSM, dated=dated, frame=frame)
    reading.hours = dict.fromkeys((values.READ, values.REPAIRED, values.LEFT), 0)
    reader = _Things(town, doors, reading.hours)
    for done, thing in enumerate(found, start=1):
        if incoming := reader.place(done, thing):
            reading.incoming.append(incoming)
        if done % 200 == 0:
            tick(done)
    return reading


class _Things:
    """Turns things of the map into values of entries."""

    def __init__(self, town: Town, doors: Sequence[Door], hours: dict[str, int]) -> None:
        self.town, self.doors, self.hours = town, doors, hours
        self.tree = shapely.STRtree([shapely.Point(door.point.lon, door.point.lat) for door in doors])

    def place(self, row: int, thing: NamedPlace) -> Incoming | None:
        """What one thing says, or None when it is no place of the directory."""
        tags = thing.tags
        category = category_of(tags)
        if category is None:
            return None
        name = " ".join(thing.name.split())[:160] or self._plain_name(category)
        if not name or (category in NAMELESS and tags.get("access") in {"private", "no"}):
            return None
        rule, words, how = _hours(tags.get("opening_hours", ""), self.town.country)
        if how:
            self.hours[how] += 1
        said: dict[str, Any] = {
            "name": name,
            "category": category,
            "description": tags.get("description", tags.get("description:fr", "")).strip(),
            "address": self._address(thing)[:240],
            "lon": thing.point.lon,
            "lat": thing.point.lat,
            "opening_hours": rule,
            "hours_text": words,
            "phone": _first(tags, "phone", "contact:phone", "contact:mobile")[:60],
            "email": _or_nothing(values.email, _first(tags, "email", "contact:email")),
            "website": _or_nothing(values.website, _first(tags, "website", "contact:website", "url")),
            "wheelchair": values.wheelchair(tags.get("wheelchair", "")),
            "services": services_of(tags),
            "details": _details(tags),
        }
        return Incoming(thing.ref, said, row, dated=_check_date(tags))

    def _plain_name(self, category: str) -> str:
        """What a thing without a name is called: what it is, in the town's language."""
        if category not in NAMELESS:
            return ""
        with translation.override(self.town.default_language):
            return str(CATEGORIES[category].label)

    def _address(self, thing: NamedPlace) -> str:
        tags = thing.tags
        street = tags.get("addr:street") or tags.get("addr:place", "")
        if street:
            town = f"{tags.get('addr:postcode', '')} {tags.get('addr:city', '')}".strip()
            door = f"{tags.get('addr:housenumber', '')} {street}".strip()
            return f"{door}, {town}" if town else door
        nearest = self._nearest(thing.point)
        if nearest is None:
            return ""
        place = f"{nearest.postcode} {nearest.city}".strip()
        return f"{nearest.number} {nearest.street}" + (f", {place}" if place else "")

    def _nearest(self, point: Point) -> Door | None:
        if not self.doors:
            return None
        door = self.doors[int(self.tree.nearest(shapely.Point(point.lon, point.lat)))]
        return door if flat_distance_m(door.point, point) <= NEAR_DOOR_M else None


def _details(tags: Mapping[str, str]) -> dict[str, str]:
    return {
        key: tags[detail.tag].strip()[:400]
        for key, detail in DETAILS.items()
        if detail.tag and tags.get(detail.tag, "").strip()
    }


def _first(tags: Mapping[str, str], *keys: str) -> str:
    return next((value for key in keys if (value := tags.get(key, "").split(";")[0].strip())), "")


def _hours(text: str, country: str) -> tuple[str, str, str]:
    try:
        return values.hours(text, country)
    except Refusal:  # longer than any rule: not even words that somebody would read
        return "", "", ""


def _or_nothing(way: Callable[[str], str], text: str) -> str:
    """The value, or "" where the map holds something else."""
    try:
        return way(text)
    except Refusal:
        return ""


def _check_date(tags: Mapping[str, str]) -> date | None:
    try:
        return date.fromisoformat(_first(tags, "check_date:opening_hours", "check_date"))
    except ValueError:
        return None
