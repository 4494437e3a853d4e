"""Places that come in bulk from an OpenStreetMap extract."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import shapely
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import translation
from django.utils.text import slugify

from parvis.core.geo import Point, flat_distance_m
from parvis.core.osm import Door, NamedPlace
from parvis.core.text import fold
from parvis.places.categories import CATEGORIES, NAMELESS, category_of
from parvis.places.hours import is_readable
from parvis.places.models import Place
from parvis.towns.actions import refresh_statistics
from parvis.towns.models import Town

BATCH = 500
SOURCE = "OpenStreetMap"
NEAR_DOOR_M = 20  # a shop without an address of its own has the door of the building it stands in


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote."""

    places: int
    hours_read: int
    hours_unread: int


@transaction.atomic
def import_places(
    town: Town, found: Iterable[NamedPlace], doors: Sequence[Door], *, dated: date | None, at: datetime
) -> Imported:
    """Write the places among ``found`` that the directory knows a category for."""
    writer = _Writer(town, doors, dated, at)
    rows = [row for thing in found if (row := writer.place(thing))]
    Place.objects.bulk_create(rows, batch_size=BATCH)
    refresh_statistics("places_place")
    with_hours = [row for row in rows if row.opening_hours]
    read = sum(row.hours_read for row in with_hours)
    return Imported(len(rows), read, len(with_hours) - read)


class _Writer:
    """Turns things of the map into rows; remembers the slugs it gave."""

    def __init__(self, town: Town, doors: Sequence[Door], dated: date | None, at: datetime) -> None:
        self.town, self.dated, self.at = town, dated, at
        self.doors = doors
        self.tree = shapely.STRtree([shapely.Point(door.point.lon, door.point.lat) for door in doors])
        self.slugs = set(Place.objects.filter(town=town).values_list("slug", flat=True))

    def place(self, thing: NamedPlace) -> Place | None:
        """The row of one thing, or None when it is no place of the directory."""
        tags = thing.tags
        category = category_of(tags)
        if category is None:
            return None
        hours = tags.get("opening_hours", "").strip()
        name = " ".join(thing.name.split())[:160] or self._plain_name(category)
        if not name or (category in NAMELESS and tags.get("access") in {"private", "no"}):
            return None
        place = Place(
            town=self.town,
            slug=self._slug(name),
            name=name,
            category=category,
            description=tags.get("description", tags.get("description:fr", "")),
            address=self._address(thing)[:240],
            lon=thing.point.lon,
            lat=thing.point.lat,
            opening_hours=hours[:500],
            hours_read=len(hours) <= 500 and is_readable(hours, self.town.country),
            phone=_first(tags, "phone", "contact:phone", "contact:mobile")[:60],
            website=_website(_first(tags, "website", "contact:website", "url")),
            wheelchair=tags.get("wheelchair", "")[:10],
            source=SOURCE,
            source_ref=thing.ref,
            source_date=_check_date(tags) or self.dated,
        )
        place.index()
        return place

    def _plain_name(self, category: str) -> str:
        """What a thing without a name is called: what it is, in the town's language."""
        if category not in NAMELESS:
            return ""
        with translation.override(self.town.default_language):
            return str(CATEGORIES[category].label)

    def _slug(self, name: str) -> str:
        base = slugify(fold(name))[:100] or "place"
        slug, number = base, 1
        while slug in self.slugs:
            number += 1
            slug = f"{base}-{number}"
        self.slugs.add(slug)
        return slug

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


def _first(tags: Mapping[str, str], *keys: str) -> str:
    return next((value for key in keys if (value := tags.get(key, "").split(";")[0].strip())), "")


def _website(text: str) -> str:
    if not text:
        return ""
    address = text if "://" in text else f"https://{text}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        return ""
    return address if len(address) <= 300 else ""


def _check_date(tags: Mapping[str, str]) -> date | None:
    try:
        return date.fromisoformat(_first(tags, "check_date:opening_hours", "check_date"))
    except ValueError:
        return None
