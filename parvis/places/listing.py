"""The directory as a page shows it: which places, in which order, each with its hours in words."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db import connection

from parvis.core.geo import Point
from parvis.core.words import say_distance
from parvis.places.categories import CATEGORIES
from parvis.places.models import Place, PlaceQuerySet
from parvis.places.moments import span_of
from parvis.places.phrases import Phrase, say_status
from parvis.towns.models import Town


@dataclass(frozen=True)
class Card:
    """A place with what a list says of it; its closures are loaded, and best its next opening as well."""

    place: Place
    at: datetime

    @cached_property
    def phrase(self) -> Phrase | None:
        """Its hours in words; None where nobody wrote them down."""
        if not self.place.opening_hours and not self.place.closures.all():
            return None
        return say_status(self.place.standing(self.at), self.at, self.place.town.zone)

    @property
    def text(self) -> str:
        """What it is and where; how far, where somebody asked from a spot."""
        metres = getattr(self.place, "distance_m", None)
        distance = "" if metres is None else say_distance(metres)
        return " · ".join(filter(None, [distance, str(self.place.kind.label), self.place.address.partition(",")[0]]))


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of the directory; ``when`` is a key of ``moments.WHEN``, ``kind`` wins over ``group``."""

    text: str = ""
    kind: str = ""
    group: str = ""
    when: str = ""
    collect: bool = False
    delivers: bool = False
    wheelchair: bool = False
    near: Point | None = None

    def __bool__(self) -> bool:
        return self != Wish()


def find_places(town: Town, wish: Wish, at: datetime) -> PlaceQuerySet:
    """The places asked for, nearest first or by name."""
    places = Place.objects.of(town).matching(wish.text)
    if wish.kind:
        places = places.of_kinds([wish.kind])
    elif wish.group:
        places = places.of_kinds([key for key, c in CATEGORIES.items() if c.group == wish.group])
    if wish.collect:
        places = places.offering("click-collect")
    if wish.delivers:
        places = places.delivers_to(wish.near, town) if wish.near else places.delivering()
    if wish.wheelchair:
        places = places.filter(wheelchair="yes")
    places = _open(places, wish.when, at, town)
    return places.nearest(wish.near) if wish.near else places.order_by("name", "pk")


def _open(places: PlaceQuerySet, when: str, at: datetime, town: Town) -> PlaceQuerySet:
    if not when:
        return places
    return places.open_at(at) if when == "now" else places.open_during(*span_of(when, at, town.zone))


def kinds_of(town: Town) -> set[str]:
    """The categories of which the town has a place: one look at an index for each, not at each of its places."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind FROM unnest(%s::text[]) kind WHERE EXISTS"
            " (SELECT FROM places_place WHERE town_id = %s AND category = kind AND gone_on IS NULL)",
            [list(CATEGORIES), town.pk],
        )
        return {kind for (kind,) in cursor.fetchall()}
