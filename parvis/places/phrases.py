"""Hours as people say them, in the active language: "Open until 19:00", "Opens Thursday at 9:00"."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from parvis.core.time import day_of
from parvis.core.words import say_clock, say_day
from parvis.places.hours import MORNING, OpenStatus

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
