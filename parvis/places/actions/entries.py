"""Changing an entry: every value that moves is kept with its past, so that it can be brought back.

``change_place`` is the only way by which pages and imports change a place that exists.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.printable import printable_value
from parvis.people.models import Person
from parvis.places.hours import is_readable
from parvis.places.models import Change, Check, Closure, Place
from parvis.places.spans import rewrite_spans

# What an entry says of itself; the only fields that a change may name.
FIELDS = (
    "name",
    "category",
    "description",
    "address",
    "lon",
    "lat",
    "opening_hours",
    "hours_text",
    "phone",
    "email",
    "website",
    "wheelchair",
    "services",
    "delivers_within_m",
    "details",
    "picture",
    "gone_on",
)
MOST_CLOSURES = 40
FURTHEST_AHEAD = timedelta(days=731)  # what ends later is a mistyped year
TIMED = {"opening_hours", "lon", "lat", "gone_on"}  # what the stretches depend on


@transaction.atomic
def change_place(
    *, place: Place, values: Mapping[str, Any], origin: str, at: datetime, by: Person | None = None, way: str = "page"
) -> Change | None:
    """Write ``values`` (of ``FIELDS``) to an entry; returns the change, or None when all of them stood there already.

    ``origin`` is a ``Change.Origin``. Raises Refusal for hours that no parser understands, unless they come from a
    source: those are kept and listed for an agent. A change by the shop or the town is also a check of the entry.
    """
    place = locked(place)
    values = {name: printable_value(values[name]) for name in FIELDS if name in values}
    moved = {name: value for name, value in values.items() if plain_value(getattr(place, name)) != plain_value(value)}
    if origin != Change.Origin.SOURCE:
        _must_read(place, moved)
    before = {name: plain_value(getattr(place, name)) for name in moved}
    for name, value in moved.items():
        setattr(place, name, value)
    if "opening_hours" in moved:
        place.hours_read = is_readable(place.opening_hours, place.town.country)
    if moved:
        place.save()
    if TIMED & moved.keys():
        rewrite_spans([place], at)
    if origin != Change.Origin.SOURCE:
        check_place(place=place, at=at, by=by, checker=origin, way="change")
    if not moved:
        return None
    after = {name: plain_value(getattr(place, name)) for name in moved}
    change = Change.objects.create(
        town_id=place.town_id, place=place, at=at, by=by, origin=origin, before=before, after=after
    )
    audit.record("place.changed", place, at=at, town_id=place.town_id, actor=by, fields=sorted(moved), way=way)
    return change


@transaction.atomic
def undo_change(*, change: Change, at: datetime, by: Person, origin: str, kept: Collection[str] = ()) -> Change:
    """Bring back what stood before ``change``. Raises Refusal where it was undone, or where a value has moved since.

    ``kept`` services stay as they are: another page keeps them right.
    """
    place = locked(change.place)
    if hasattr(change, "undone_by"):
        raise Refusal(_("This change was undone already."))
    if any(plain_value(getattr(place, name)) != value for name, value in change.after.items()):
        raise Refusal(_("The entry has changed again since. Undo the later change first."))
    values = {name: rich_value(name, value) for name, value in change.before.items()}
    if "services" in values:
        values["services"] = _services_but(kept, before=values["services"], now=place.services)
    undone = change_place(place=place, values=values, origin=origin, at=at, by=by, way="undo")
    if undone is None:
        raise Refusal(_("There is nothing to undo."))
    undone.undoes = change
    undone.save(update_fields=["undoes"])
    return undone


@transaction.atomic
def check_place(*, place: Place, at: datetime, checker: str, by: Person | None = None, way: str = "page") -> Check:
    """Somebody says that the entry is right as it stands; ``checker`` is a ``Place.Checker``."""
    check = Check.objects.create(town_id=place.town_id, place=place, at=at, by=by, checker=checker, way=way)
    place.checked_at, place.checked_by = at, checker
    Place.objects.filter(pk=place.pk).update(checked_at=at, checked_by=checker)
    return check


@transaction.atomic
def add_closure(
    *, place: Place, first_day: date, last_day: date, reason: str, at: datetime, by: Person | None = None
) -> Closure:
    """The place is closed from ``first_day`` to ``last_day``, both included. Raises Refusal for days in disorder.

    So it does for a last day more than two years ahead: a mistyped year would close the place for a lifetime.
    """
    today = at.astimezone(place.town.zone).date()
    if last_day < first_day:
        raise Refusal(_("The last day comes before the first."))
    if last_day < today:
        raise Refusal(_("These days are already past."))
    if last_day > today + FURTHEST_AHEAD:
        raise Refusal(_("The last day is more than two years ahead. Look at the year again."))
    place = locked(place)
    if place.closures.filter(last_day__gte=at.date()).count() >= MOST_CLOSURES:
        raise Refusal(_("There are too many closures. Remove some first."))
    closure, created = Closure.objects.get_or_create(
        town_id=place.town_id,
        place=place,
        first_day=first_day,
        last_day=last_day,
        defaults={"reason": reason.strip()[:120]},
    )
    if created:
        rewrite_spans([place], at)
        audit.record("place.closure_added", place, at=at, town_id=place.town_id, actor=by)
    return closure


@transaction.atomic
def remove_closure(*, closure: Closure, at: datetime, by: Person | None = None) -> None:
    """The place is open on these days after all."""
    place = locked(closure.place)
    closure.delete()
    rewrite_spans([place], at)
    audit.record("place.closure_removed", place, at=at, town_id=place.town_id, actor=by)


def _services_but(kept: Collection[str], *, before: list[str], now: list[str]) -> list[str]:
    """The services of ``before``, with the ``kept`` ones of ``now``; ``now`` itself where that says the same."""
    services = [key for key in now if key in kept] + [key for key in before if key not in kept]
    wanted = set(services)
    return now if wanted == set(now) else before if wanted == set(before) else services


def locked(place: Place) -> Place:
    """The entry as it stands now; nobody else changes it until the transaction ends."""
    return Place.objects.select_for_update(of=("self",)).select_related("town").get(pk=place.pk)


def _must_read(place: Place, moved: Mapping[str, Any]) -> None:
    hours = moved.get("opening_hours")
    if hours and not is_readable(hours, place.town.country):
        raise Refusal(_("We do not understand these hours. Nothing has changed."))


def plain_value(value: Any) -> Any:
    """A value as JSON keeps it, so that two of them can be compared."""
    if isinstance(value, File):
        return value.name or ""
    if isinstance(value, date):
        return value.isoformat()
    return value


def rich_value(name: str, value: Any) -> Any:
    """The inverse of ``plain_value``."""
    return date.fromisoformat(value) if name == "gone_on" and value else value
