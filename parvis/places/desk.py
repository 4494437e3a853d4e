"""What an agent should look at in the directory: one question a list, each counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Coalesce

from parvis.core.text import fold
from parvis.places.actions.claims import open_claims
from parvis.places.categories import CATEGORIES
from parvis.places.claims import FOR_AGENT
from parvis.places.models import Conflict, Place, PlaceQuerySet, Report
from parvis.towns.models import Town

STALE_MONTHS = (6, 12)
TWIN_M = 50  # two entries of one name that stand nearer than this may be one place
MOST_TWINS = 200
APART = "apart"  # the way of a check that says: these two are not one
_WITH_A_DOOR = [key for key, category in CATEGORIES.items() if category.group in {"shops", "food", "health", "trades"}]
_NO_KIND = ("", "other")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries each list of the desk holds."""

    claims: int
    reports: int
    conflicts: int
    hours: int
    incomplete: int
    twins: int | None  # not asked on every page: it compares all names of the town
    stale: int

    @property
    def waiting(self) -> int:
        """How many people wait for an answer."""
        return self.claims + self.reports


def counts_of(town: Town, at: datetime, *, with_twins: bool = True) -> Counts:
    """All lists of the desk, counted; ``twins`` only when asked (a second in a town of 100,000 places)."""
    return Counts(
        claims=sum(claim.state.standing in FOR_AGENT for claim in open_claims(town, at)),  # type: ignore[attr-defined]
        reports=Report.objects.waiting(town).count(),
        conflicts=Conflict.objects.filter(town=town, settled_at=None, place__gone_on=None).count(),
        hours=hours_not_read(town).count(),
        incomplete=incomplete(town).count(),
        twins=len(twins(town)) if with_twins else None,
        stale=stale(town, at, STALE_MONTHS[0]).count(),
    )


def hours_not_read(town: Town) -> PlaceQuerySet:
    """Entries whose hours are kept as words that no rule says; shops that have an owner first."""
    written = ~Q(opening_hours="") | ~Q(hours_text="")
    return Place.objects.of(town).filter(written, hours_read=False).order_by("organisation_id", "name", "pk")


def stale(town: Town, at: datetime, months: int) -> PlaceQuerySet:
    """Entries that nobody has said to be right for so many months, the oldest first; never comes before long ago.

    What an import brought counts by the day of its data.
    """
    before = at - timedelta(days=round(months * 30.44))
    seen = Coalesce("checked_at", "source_date")
    old = Place.objects.of(town).filter(Q(checked_at__lt=before) | Q(checked_at=None))
    old = old.filter(~Q(checked_at=None) | Q(source_date=None) | Q(source_date__lt=before.date()))
    return old.annotate(seen=seen).order_by(seen.asc(nulls_first=True), "name", "pk")


def incomplete(town: Town) -> PlaceQuerySet:
    """Entries without a kind, and shops and practices without an address."""
    no_address = Q(address="", category__in=_WITH_A_DOOR)
    return Place.objects.of(town).filter(Q(category__in=_NO_KIND) | no_address).order_by("name", "pk")


def gone(town: Town) -> PlaceQuerySet:
    """Entries that have closed for good, the latest first."""
    return Place.objects.filter(town=town).exclude(gone_on=None).order_by("-gone_on", "name", "pk")


def on_street(places: PlaceQuerySet, text: str) -> PlaceQuerySet:
    """Those among ``places`` whose street holds every word of ``text``."""
    for word in fold(text).split()[:6]:
        places = places.filter(street__contains=word)
    return places


_TWINS = """
    WITH named AS (
        SELECT id, lon, lat, translate(lower(name), %(marked)s, %(bare)s) AS called
        FROM places_place WHERE town_id = %(town)s AND gone_on IS NULL
    )
    SELECT a.id, b.id FROM named a JOIN named b ON a.called = b.called AND a.id < b.id
    WHERE abs(a.lat - b.lat) * 111195 <= %(most)s
      AND abs(a.lon - b.lon) * 111195 * cosd(a.lat) <= %(most)s
      AND power((a.lat - b.lat) * 111195, 2) + power((a.lon - b.lon) * 111195 * cosd(a.lat), 2) <= power(%(most)s, 2)
      AND NOT (
        EXISTS (SELECT 1 FROM places_check c WHERE c.place_id = a.id AND c.way = %(apart)s)
        AND EXISTS (SELECT 1 FROM places_check c WHERE c.place_id = b.id AND c.way = %(apart)s)
      )
    ORDER BY a.called, a.id, b.id LIMIT %(limit)s
"""


def twins(town: Town) -> list[tuple[UUID, UUID]]:
    """Pairs of entries of one name within 50 metres, but those that an agent has told apart."""
    given: dict[str, Any] = {
        "town": town.pk,
        "most": TWIN_M,
        "apart": APART,
        "limit": MOST_TWINS,
        "marked": "àâäáãéèêëîïíôöóûüùúçñ’-",
        "bare": "aaaaaeeeeiiiooouuuucn' ",
    }
    with connection.cursor() as cursor:
        cursor.execute(_TWINS, given)
        return [(first, second) for first, second in cursor.fetchall()]


def places_of(pairs: list[tuple[UUID, UUID]]) -> list[tuple[Place, Place]]:
    """The entries of some pairs, in two questions."""
    wanted = reduce(or_, ({first, second} for first, second in pairs), set[UUID]())
    found = Place.objects.filter(pk__in=wanted).select_related("town", "organisation").in_bulk()
    return [(found[first], found[second]) for first, second in pairs if first in found and second in found]
