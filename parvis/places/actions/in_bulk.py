"""``entries.change_place`` for many entries at once: the same rows are written, in a handful of queries.

The caller has read the hours: those that no rule says come as ``hours_text``.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from parvis.core.models import AuditEntry
from parvis.people.models import Person
from parvis.places import naming
from parvis.places.actions.entries import FIELDS, TIMED, plain_value, rich_value
from parvis.places.hours import is_readable
from parvis.places.models import Change, Check, Place
from parvis.places.spans import rewrite_spans
from parvis.towns import words
from parvis.towns.models import Town

BATCH = 500


@transaction.atomic
def change_places(
    *,
    edits: Sequence[tuple[Place, Mapping[str, Any]]],
    origin: str,
    at: datetime,
    by: Person | None = None,
    way: str = "import",
) -> list[Change]:
    """Write plain values (of ``FIELDS``) to entries that the caller has locked, with their town at hand.

    Returns a change for each entry of which something moved; unless a source moved it, that is a check of it too.
    """
    changes: list[Change] = []
    timed = []
    for place, values in edits:
        before, after = _moved(place, values)
        if not after:
            continue
        for name, value in after.items():
            setattr(place, name, rich_value(name, value))
        if "opening_hours" in after:
            place.hours_read = is_readable(place.opening_hours, place.town.country)
        place.index()
        if TIMED & after.keys():
            timed.append(place.pk)
        changes.append(
            Change(town_id=place.town_id, place=place, at=at, by=by, origin=origin, before=before, after=after)
        )
    moved = [change.place for change in changes]
    if not moved:
        return []
    fields = [*FIELDS, "hours_read", "street", "search"]
    if origin != Change.Origin.SOURCE:
        fields += _checked(moved, origin, at, by)
    Place.objects.bulk_update(moved, fields, batch_size=BATCH)
    Change.objects.bulk_create(changes, batch_size=BATCH)
    AuditEntry.objects.bulk_create([_audit(change, way) for change in changes], batch_size=BATCH)
    learn_names(moved[0].town, moved)
    if timed:
        rewrite_spans(Place.objects.filter(pk__in=timed).with_closures().order_by("pk"), at)
    return changes


def learn_names(town: Town, places: Sequence[Place]) -> None:
    """What ``Place.save`` does for one place: its words can mend a mistyped search."""
    words.learn(town, [name for place in places for name in naming.names(place)])


def _moved(place: Place, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    before = {name: plain_value(getattr(place, name)) for name in FIELDS if name in values}
    after = {name: plain_value(values[name]) for name in before if before[name] != plain_value(values[name])}
    return {name: before[name] for name in after}, after


def _checked(places: Sequence[Place], checker: str, at: datetime, by: Person | None) -> list[str]:
    """A check of each place; gives the columns that say so."""
    for place in places:
        place.checked_at, place.checked_by = at, checker
    checks = [Check(town_id=p.town_id, place=p, at=at, by=by, checker=checker, way="change") for p in places]
    Check.objects.bulk_create(checks, batch_size=BATCH)
    return ["checked_at", "checked_by"]


def _audit(change: Change, way: str) -> AuditEntry:
    return AuditEntry(
        town_id=change.town_id,
        at=change.at,
        actor_id=change.by_id,
        actor=str(change.by)[:120] if change.by else "parvis",
        verb="place.changed",
        object_type=Place._meta.label,
        object_id=str(change.place_id),
        detail={"fields": sorted(change.after), "way": way},
    )
