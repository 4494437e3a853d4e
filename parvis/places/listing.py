"""The directory as a page shows it: which places, in which order, each with its hours in words."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from parvis.places.categories import CATEGORIES
from parvis.places.hours import status
from parvis.places.models import Place, PlaceQuerySet
from parvis.places.phrases import Phrase, say_status
from parvis.towns.models import Town


@dataclass(frozen=True)
class Card:
    """A place with what a list says of it."""

    place: Place
    at: datetime

    @cached_property
    def phrase(self) -> Phrase | None:
        """Its hours in words; None where nobody wrote them down."""
        if not self.place.opening_hours and not self.place.closures.all():
            return None
        return say_status(self.place.status(self.at), self.at, self.place.town.zone)

    @property
    def text(self) -> str:
        """What it is and where."""
        return " · ".join(filter(None, [str(self.place.kind.label), self.place.address.partition(",")[0]]))


def find_places(town: Town, *, text: str, group: str, kind: str, only_open: bool, at: datetime) -> PlaceQuerySet:
    """The places asked for, by name; those of a ``kind``, or else of a ``group`` of kinds."""
    places = Place.objects.of(town).matching(text)
    if kind:
        places = places.filter(category=kind)
    elif group:
        places = places.filter(category__in=[key for key, c in CATEGORIES.items() if c.group == group])
    if only_open:
        places = places.filter(pk__in=_open_now(places, town, at))
    return places.order_by("name", "pk")


def _open_now(places: PlaceQuerySet, town: Town, at: datetime) -> list[UUID]:
    """Hours are rules, not rows: they are read one by one, from the few columns that matter."""
    readable = places.filter(hours_read=True).exclude(opening_hours="").prefetch_related("closures")
    return [
        place.pk
        for place in readable.only("opening_hours", "lon", "lat", "town_id")
        if status(place.opening_hours, place.closed_days(), at, town.zone, town.country, place.point).is_open
    ]


def kinds_of(town: Town) -> set[str]:
    """The categories of which the town has a place."""
    return set(Place.objects.of(town).order_by().values_list("category", flat=True).distinct())
