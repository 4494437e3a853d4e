"""Writing a difference: exactly what was shown, or nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.core.osm import Door, NamedPlace
from parvis.core.text import fold
from parvis.people.models import Person
from parvis.places.actions.entries import plain_value
from parvis.places.actions.in_bulk import BATCH, change_places, learn_names
from parvis.places.hours import is_readable
from parvis.places.imports import Difference, compare
from parvis.places.imports.difference import Changed, New
from parvis.places.imports.osm_places import read_things
from parvis.places.imports.units import FIELDS, same, to_units
from parvis.places.models import Change, Check, Conflict, ImportRun, Place
from parvis.places.spans import rewrite_spans
from parvis.towns.actions import refresh_statistics
from parvis.towns.models import Town

SOURCE = "OpenStreetMap"
GONE_ON = "gone_on"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote."""

    places: int
    hours_read: int
    hours_unread: int
    hours_repaired: int = 0  # among those that are read


@transaction.atomic
def import_places(
    town: Town, found: Iterable[NamedPlace], doors: Sequence[Door], *, dated: date | None, at: datetime
) -> Imported:
    """Write the places among ``found`` that the directory knows a category for and does not hold yet."""
    reading = read_things(town, found, doors, dated=dated)
    difference = compare(town, SOURCE, reading, at=at, add_alike=True)
    difference.changed, difference.quiet, difference.settled = [], [], []
    apply_difference(difference, town=town, at=at)
    read = sum(reading.hours[how] for how in ("read", "repaired"))
    return Imported(len(difference.new), read, reading.hours["left"], reading.hours["repaired"])


@transaction.atomic
def apply_difference(
    difference: Difference,
    *,
    town: Town,
    at: datetime,
    since: datetime | None = None,
    run: ImportRun | None = None,
    by: Person | None = None,
) -> None:
    """Write what ``difference`` holds. Raises Refusal where a place it changes is not any more as it was compared.

    A place that its source does not show any more, and that the shop or the town has checked ``since`` the
    comparison, stays and is left to an agent.
    """
    writer = _Writer(town, difference, at, run, by)
    writer.keep_checked(since or at)
    writer.change()
    writer.remember()
    writer.create()
    writer.open_conflicts()
    if difference.new or difference.changed:
        refresh_statistics("places_place")


class _Writer:
    """The steps of one difference, over the places that it names, locked in the order of their keys."""

    def __init__(
        self, town: Town, difference: Difference, at: datetime, run: ImportRun | None, by: Person | None
    ) -> None:
        self.town, self.difference, self.at, self.run, self.by = town, difference, at, run, by
        named = {change.place for change in (*difference.changed, *difference.quiet)}
        named |= {gone.place for gone in difference.gone}
        locked = Place.objects.select_for_update(of=("self",)).filter(town=town, pk__in=named).order_by("pk")
        self.places = {str(place.pk): place for place in locked}
        for place in self.places.values():
            place.town = town
        if len(self.places) != len(named):
            raise Refusal(_("A place of this difference is not in the directory any more. Read the file again."))

    def keep_checked(self, since: datetime) -> None:
        """Somebody who stood before the door knows better than a file that says nothing; behind the lock."""
        going = [UUID(gone.place) for gone in self.difference.gone if not gone.kept]
        ours = Check.objects.filter(checker__in=[Place.Checker.SHOP, Place.Checker.TOWN], at__gt=since)
        checked = {str(pk) for pk in ours.filter(place__in=going).values_list("place_id", flat=True)}
        self.difference.gone = [
            replace(gone, kept="changed") if gone.place in checked and not gone.kept else gone
            for gone in self.difference.gone
        ]

    def change(self) -> None:
        """Entries that the source changes, and those that it does not show any more."""
        told: list[tuple[Place, dict[str, Any]]] = []  # by a source
        edited: list[tuple[Place, dict[str, Any]]] = []  # by the town, in a file that it exported
        for change in self.difference.changed:
            place = self.places[change.place]
            self._must_be_the_same(place, change)
            if change.after:
                (edited if change.received is None else told).append((place, change.after))
        for gone in self.difference.gone:
            place = self.places[gone.place]
            if place.gone_on is not None or (not gone.kept and place.organisation_id):
                raise Refusal(self._moved_on(place))
            if not gone.kept:
                told.append((place, {GONE_ON: gone.day}))
        change_places(edits=told, origin=Change.Origin.SOURCE, at=self.at, by=self.by)
        change_places(edits=edited, origin=Change.Origin.TOWN, at=self.at, by=self.by)

    def remember(self) -> None:
        """What the source said: the base of the next merge. Files of our own say nothing of it."""
        touched = []
        for change in (*self.difference.changed, *self.difference.quiet):
            if change.received is None:
                continue
            place = self.places[change.place]
            place.received = change.received
            place.source_date = date.fromisoformat(change.dated) if change.dated else place.source_date
            place.source_ref = change.new_ref or place.source_ref
            touched.append(place)
        for gone in self.difference.gone:
            place = self.places[gone.place]
            place.received = place.received | {GONE_ON: gone.day}
            touched.append(place)
        Place.objects.bulk_update(touched, ["received", "source_date", "source_ref"], batch_size=BATCH)

    def create(self) -> None:
        """Places that are new, found by search and by their hours at once."""
        refs = [new.ref for new in self.difference.new]
        if Place.objects.filter(town=self.town, source=self.difference.source, source_ref__in=refs).exists():
            raise Refusal(_("Some of these places are here by now. Read the file again."))
        slugs = set(Place.objects.filter(town=self.town).values_list("slug", flat=True)) if refs else set()
        rows = [self._row(new, slugs) for new in self.difference.new]
        for batch in batched(rows, BATCH):
            Place.objects.bulk_create(batch)
            learn_names(self.town, batch)
            timed = [row.pk for row in batch if row.hours_read]
            rewrite_spans(Place.objects.filter(pk__in=timed).with_closures().order_by("pk"), self.at)

    def open_conflicts(self) -> None:
        """What both sides changed waits for an agent; an open conflict follows what the source says now."""
        settled = {UUID(pk) for pk in self.difference.settled}
        Conflict.objects.filter(town=self.town, pk__in=settled, settled_at=None).update(
            settled_at=self.at, took_theirs=True
        )
        clashes = [
            (change.place, clash.unit, clash.ours, clash.theirs)
            for change in self.difference.changed
            for clash in change.clashes
        ]
        clashes += [(gone.place, GONE_ON, None, gone.day) for gone in self.difference.gone if gone.kept]
        for place, unit, ours, theirs in clashes:
            Conflict.objects.update_or_create(
                town=self.town,
                place=self.places[place],
                field=unit,
                settled_at=None,
                defaults={"ours": ours, "theirs": theirs, "found_at": self.at, "run": self.run},
            )

    def _row(self, new: New, slugs: set[str]) -> Place:
        values = new.values
        place = Place(
            town=self.town,
            slug=_free_slug(values["name"], slugs),
            source=self.difference.source,
            source_ref=new.ref,
            source_date=date.fromisoformat(new.dated) if new.dated else None,
            received=values,
            **values,
        )
        place.hours_read = is_readable(place.opening_hours, self.town.country)
        place.index()
        return place

    def _must_be_the_same(self, place: Place, change: Changed) -> None:
        """Whatever was compared stands as it stood: what changes, and our side of what is left to an agent."""
        moved = any(plain_value(getattr(place, name)) != value for name, value in change.before.items())
        if change.clashes and not moved:
            stands = to_units(_fields(place))
            moved = any(not same(clash.unit, stands.get(clash.unit), clash.ours) for clash in change.clashes)
        if moved:
            raise Refusal(self._moved_on(place))

    def _moved_on(self, place: Place) -> str:
        return _("“%(place)s” has changed since this difference was shown. Read the file again.") % {
            "place": place.name
        }


def _fields(place: Place) -> dict[str, Any]:
    return {name: plain_value(getattr(place, name)) for name in FIELDS}


def _free_slug(name: str, taken: set[str]) -> str:
    base = slugify(fold(name))[:100] or "place"
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    taken.add(slug)
    return slug
