"""An agent's hand on an entry: right as it stands, closed for good, back again, two that are one, hours rewritten."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.time import day_of
from parvis.people.models import Person
from parvis.places.actions.entries import change_place, check_place
from parvis.places.desk import APART
from parvis.places.french import read_hours
from parvis.places.hours import is_readable
from parvis.places.models import Change, Check, Claim, Closure, Place, Reminder, Report
from parvis.places.repair import repair
from parvis.places.signals import places_merged
from parvis.places.spans import rewrite_spans

TOWN = Change.Origin.TOWN
# What the entry that stays takes from the other one where it says nothing itself.
_FILLED = ("description", "address", "phone", "email", "website", "wheelchair", "services", "delivers_within_m")


def is_right(*, place: Place, at: datetime, by: Person) -> Check:
    """The town says that the entry is right as it stands."""
    audit.record("place.checked", place, at=at, town_id=place.town_id, actor=by)
    return check_place(place=place, at=at, checker=Place.Checker.TOWN, by=by)


def mark_gone(*, place: Place, at: datetime, by: Person) -> None:
    """It has closed for good: shown nowhere, kept with its past. Twice is once."""
    if place.gone_on is None:
        change_place(place=place, values={"gone_on": day_of(at, place.town.zone)}, origin=TOWN, at=at, by=by)


def bring_back(*, place: Place, at: datetime, by: Person) -> None:
    """It is open after all."""
    values = {"gone_on": None, "details": {key: v for key, v in place.details.items() if key != "merged_into"}}
    change_place(place=place, values=values, origin=TOWN, at=at, by=by)


def understood(text: str, country: str) -> str:
    """The ``opening_hours`` that an agent means by ``text``, an OSM value or French words; "" when it is not sure."""
    text = " ".join(text.split())
    mended = repair(text, country).value
    if mended and is_readable(mended, country):
        return mended
    reading = read_hours(text)
    if reading.certain and is_readable(reading.opening_hours, country):
        return reading.opening_hours
    return ""


def rewrite_hours(*, place: Place, value: str, at: datetime, by: Person) -> Change | None:
    """Hours that a machine reads instead of words that it did not. Raises Refusal when it does not read these."""
    if len(value) > 500 or not is_readable(value, place.town.country):
        raise Refusal(_("We do not understand these hours. Nothing has changed."))
    return change_place(place=place, values={"opening_hours": value, "hours_text": ""}, origin=TOWN, at=at, by=by)


@transaction.atomic
def merge_places(*, kept: Place, dropped: Place, at: datetime, by: Person) -> None:
    """Two entries are one place: ``kept`` stays, takes what only ``dropped`` knew, and ``dropped`` is gone.

    Closures, claims, reports and questions move; the past of each entry stays with it. Raises Refusal where the
    entry that would go is somebody's: then the other one must go.
    """
    first, second = sorted([kept.pk, dropped.pk])
    rows = Place.objects.select_for_update(of=("self",)).select_related("town").order_by("pk").in_bulk([first, second])
    kept, dropped = rows[kept.pk], rows[dropped.pk]
    if kept.pk == dropped.pk or kept.town_id != dropped.town_id:
        raise Refusal(_("These two cannot be made one."))
    if kept.gone_on is not None or dropped.gone_on is not None:
        raise Refusal(_("One of the two has gone already."))
    if dropped.organisation_id is not None:
        raise Refusal(_("Somebody speaks for this entry. Keep it, and let the other one go."))
    _move(kept, dropped)
    change_place(place=kept, values=_filled(kept, dropped), origin=TOWN, at=at, by=by)
    note = {"details": dropped.details | {"merged_into": kept.slug}, "gone_on": day_of(at, kept.town.zone)}
    change_place(place=dropped, values=note, origin=TOWN, at=at, by=by)
    rewrite_spans([Place.objects.select_related("town").get(pk=kept.pk)], at)  # its closures have moved
    places_merged.send(sender=Place, kept=kept, dropped=dropped)
    audit.record("place.merged", kept, at=at, town_id=kept.town_id, actor=by, dropped=str(dropped.pk))


@transaction.atomic
def keep_apart(*, first: Place, second: Place, at: datetime, by: Person) -> None:
    """Two entries of one name are two places: they are not suggested again, and both are checked."""
    for place in (first, second):
        check_place(place=place, at=at, checker=Place.Checker.TOWN, by=by, way=APART)
    audit.record("place.kept_apart", first, at=at, town_id=first.town_id, actor=by, other=str(second.pk))


def _move(kept: Place, dropped: Place) -> None:
    known = set(Closure.objects.filter(place=kept).values_list("first_day", "last_day"))
    for closure in Closure.objects.filter(place=dropped):
        if (closure.first_day, closure.last_day) not in known:
            Closure.objects.filter(pk=closure.pk).update(place=kept)
    for model in (Claim, Report):
        model.objects.filter(place=dropped).update(place=kept)
    asked = set(Reminder.objects.filter(place=kept).values_list("month", "channel"))
    for reminder in Reminder.objects.filter(place=dropped):
        if (reminder.month, reminder.channel) not in asked:
            Reminder.objects.filter(pk=reminder.pk).update(place=kept)


def _filled(kept: Place, dropped: Place) -> dict[str, object]:
    """What ``kept`` lacks and ``dropped`` has; hours only when they are read and the kept ones are not."""
    values = {name: getattr(dropped, name) for name in _FILLED if not getattr(kept, name) and getattr(dropped, name)}
    if dropped.picture and not kept.picture:
        values["picture"] = dropped.picture.name
    values["details"] = dropped.details | kept.details
    if dropped.hours_read and not kept.hours_read:
        values |= {"opening_hours": dropped.opening_hours, "hours_text": ""}
    elif not kept.opening_hours and not kept.hours_text:
        values["hours_text"] = dropped.hours_text
    if kept.category in {"", "other"}:
        values["category"] = dropped.category
    return values
