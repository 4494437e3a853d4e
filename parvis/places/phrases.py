"""Hours as people say them, in the active language: "Open until 19:00", "Opens Thursday at 9:00"."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.time import day_of
from parvis.core.words import say_clock, say_day
from parvis.places.hours import MORNING, OpenStatus
from parvis.places.models import Place

SOON = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence and the tone of its chip: ``sun`` open, ``wait`` about to change, ``calm`` closed or unknown."""

    text: str
    tone: str


def say_status(status: OpenStatus, at: datetime, zone: ZoneInfo) -> Phrase:
    """What to write beside a place's name."""
    if status.is_open is None:
        return Phrase(_("Hours not known"), "calm")
    if status.is_open:
        return _say_open(status.until, at, zone)
    return _say_closed(status.until, at, zone)


def _say_open(until: datetime | None, at: datetime, zone: ZoneInfo) -> Phrase:
    if until is None:
        return Phrase(_("Open"), "sun")
    local = until.astimezone(zone)
    if until - at <= SOON:
        return Phrase(_("Closes soon, at %(time)s") % {"time": say_clock(local.time())}, "wait")
    days = (day_of(until, zone) - day_of(at, zone)).days
    if days == 0 or (days == 1 and local.time() <= MORNING):
        return Phrase(_("Open until %(time)s") % {"time": say_clock(local.time())}, "sun")
    if days > 6:
        return Phrase(_("Open"), "sun")
    day = format_date(local, "l")
    return Phrase(_("Open until %(day)s %(time)s") % {"day": day, "time": say_clock(local.time())}, "sun")


def _say_closed(until: datetime | None, at: datetime, zone: ZoneInfo) -> Phrase:
    if until is None:
        return Phrase(_("Closed"), "calm")
    local = until.astimezone(zone)
    clock = say_clock(local.time())
    days = (day_of(until, zone) - day_of(at, zone)).days
    if until - at <= SOON:
        return Phrase(_("Opens soon, at %(time)s") % {"time": clock}, "wait")
    if days == 0:
        return Phrase(_("Opens at %(time)s") % {"time": clock}, "calm")
    if days == 1:
        return Phrase(_("Opens tomorrow at %(time)s") % {"time": clock}, "calm")
    day = format_date(local, "l") if days < 7 else say_day(local.date())
    return Phrase(_("Opens %(day)s at %(time)s") % {"day": day, "time": clock}, "calm")


def say_checked(place: Place, at: datetime) -> str:
    """When an entry was last said to be right, and by whom: "Last checked today by the shop".

    The source of the data speaks where nobody has looked since; nothing known is said as such.
    """
    if place.checked_at is None:
        return _said_by_source(place)
    zone = place.town.zone
    days = (day_of(at, zone) - day_of(place.checked_at, zone)).days
    said = {"day": date_format(day_of(place.checked_at, zone))}
    words = _CHECKED.get((place.checked_by, min(days, 2) if days >= 0 else 2)) or _CHECKED[("", 2)]
    return str(words) % said


def _said_by_source(place: Place) -> str:
    if place.source_date is None:
        return _("Nobody has checked this entry yet.")
    day = date_format(place.source_date)
    return _("Nobody has checked this entry since its source, on %(day)s.") % {"day": day}


# Whole sentences, so that each language puts its words in its own order; 0 today, 1 yesterday, 2 before.
_CHECKED = {
    ("shop", 0): gettext_lazy("Last checked today by the shop."),
    ("shop", 1): gettext_lazy("Last checked yesterday by the shop."),
    ("shop", 2): gettext_lazy("Last checked on %(day)s by the shop."),
    ("town", 0): gettext_lazy("Last checked today by the town."),
    ("town", 1): gettext_lazy("Last checked yesterday by the town."),
    ("town", 2): gettext_lazy("Last checked on %(day)s by the town."),
    ("source", 0): gettext_lazy("Last checked today by the source of the data."),
    ("source", 1): gettext_lazy("Last checked yesterday by the source of the data."),
    ("source", 2): gettext_lazy("Last checked on %(day)s by the source of the data."),
    ("", 2): gettext_lazy("Last checked on %(day)s."),
}
