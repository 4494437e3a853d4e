"""What stands in a window of the map: places one by one, or counted by squares where they are too many."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, Exists, F, FloatField, OuterRef
from django.db.models.functions import Cast, Floor

from parvis.places.categories import CATEGORIES
from parvis.places.models import OpenSpan, PlaceQuerySet
from parvis.places.townmap.window import pixel

MOST_PINS = 2000  # places sent one by one; beyond, squares with their number
SQUARE_PX = 48
MOST_SQUARES = 2000  # a large screen holds some hundreds
DRAWN_PX = 72  # the server's drawing is shown at half its size on a phone
GROUP_ICONS = {
    "shops": "shopping-bag",
    "food": "utensils",
    "services": "landmark",
    "health": "heart-pulse",
    "learning": "graduation-cap",
    "culture": "palette",
    "practical": "signpost",
    "outdoors": "trees",
    "trades": "wrench",
}
OTHER_ICON = "map-pin"


@dataclass(frozen=True, slots=True)
class Pin:
    """One place, or ``count`` of them around a point."""

    lon: float
    lat: float
    count: int = 1
    slug: str = ""
    name: str = ""
    group: str = ""
    is_open: bool = False


def pins(places: PlaceQuerySet, zoom: float, at: datetime) -> list[Pin]:
    """Pins of ``places``: one query, and a second one where they are more than ``MOST_PINS``."""
    open_now = OpenSpan.objects.filter(place=OuterRef("pk"), starts_at__lte=at, ends_at__gt=at)
    rows = places.annotate(is_open=Exists(open_now)).order_by("slug")
    found = list(rows.values_list("lon", "lat", "slug", "name", "category", "is_open")[: MOST_PINS + 1])
    if len(found) > MOST_PINS:
        return squares(places, zoom)
    return [
        Pin(lon, lat, slug=slug, name=name, group=_group(category), is_open=is_open)
        for lon, lat, slug, name, category, is_open in found
    ]


def squares(places: PlaceQuerySet, zoom: float) -> list[Pin]:
    """The same counted by squares of the map, by the database."""
    side = SQUARE_PX * pixel(zoom)
    column = Floor(Cast(F("lon"), FloatField()) / side)
    row = Floor(Cast(F("lat"), FloatField()) / (side * 0.7))  # squares on the screen at our latitudes
    counted = places.order_by().annotate(column=column, row=row).values("column", "row")
    rows = counted.annotate(count=Count("pk"), mean_lon=Avg("lon"), mean_lat=Avg("lat")).order_by("column", "row")[
        :MOST_SQUARES
    ]
    return [Pin(r["mean_lon"], r["mean_lat"], r["count"]) for r in rows]


def gather(found: Iterable[Pin], zoom: float) -> list[Pin]:
    """Pins that would stand on each other, joined: for the map that the server draws."""
    side = DRAWN_PX * pixel(zoom)
    together: dict[tuple[int, int], list[Pin]] = {}
    for pin in found:
        together.setdefault((int(pin.lon // side), int(pin.lat // (side * 0.7))), []).append(pin)
    return [_joined(near) for near in together.values()]


def _joined(near: list[Pin]) -> Pin:
    if len(near) == 1:
        return near[0]
    count = sum(pin.count for pin in near)
    lon = sum(pin.lon * pin.count for pin in near) / count
    return Pin(lon, sum(pin.lat * pin.count for pin in near) / count, count)


def as_json(found: list[Pin]) -> dict[str, Any]:
    """Short rows for the live map: ``[lon, lat, slug, name, group, open]``, or ``[lon, lat, count]`` for squares."""
    rows: list[list[Any]] = []
    for pin in found:
        here = [round(pin.lon, 6), round(pin.lat, 6)]
        rows.append([*here, pin.slug, pin.name, pin.group, int(pin.is_open)] if pin.slug else [*here, pin.count])
    return {"count": sum(pin.count for pin in found), "pins": rows}


def _group(category: str) -> str:
    return CATEGORIES.get(category, CATEGORIES["other"]).group
