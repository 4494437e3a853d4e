"""Is a shop open, and when could an order be ready: what the directory knows, in words for buyers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from parvis.core.words import say_day, say_span
from parvis.places.hours import DayHours, status, week_table
from parvis.places.models import Closure, Place
from parvis.places.phrases import say_status
from parvis.towns.models import Town

type DaysOff = tuple[date, date, str]  # first and last day, and why


@dataclass(frozen=True, slots=True)
class Opening:
    """``is_open`` is None where hours are unknown; ``change_at`` (UTC) is the next opening or closing, if known."""

    is_open: bool | None
    change_at: datetime | None
    words: str
    tone: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the week's table, in words."""

    day: str
    hours: str
    is_today: bool


def _closed_days(closures: Iterable[Closure]) -> list[DaysOff]:
    return [(closure.first_day, closure.last_day, closure.reason) for closure in closures]


def opening_of(place: Place, town: Town, at: datetime, market: Iterable[DaysOff] = ()) -> Opening:
    """The state of a place whose closures are loaded, at the moment ``at``; ``market``: days on which nobody sells."""
    closures = [*_closed_days(place.closures.all()), *market]
    found = status(place.opening_hours, closures, at, town.zone, town.country, place.point)
    phrase = say_status(found, at, town.zone)
    words = phrase.text if found.is_open is not None else ""
    return Opening(found.is_open, found.until, words, phrase.tone, found.reason)


def week_of(place: Place, town: Town, at: datetime) -> list[Day]:
    """Today and the six days after it; empty where hours are not known."""
    if not place.opening_hours:
        return []
    today = at.astimezone(town.zone).date()
    closures = _closed_days(place.closures.all())
    days = week_table(place.opening_hours, today, closures, town.zone, town.country, place.point)
    return [Day(say_day(day.day), _say_hours(day), day.day == today) for day in days]


def _say_hours(day: DayHours) -> str:
    if not day.spans:
        return day.reason or _("Closed")
    return ", ".join(say_span(start, end) for start, end in day.spans)


def ready_at(place: Place, town: Town, minutes: int, at: datetime, market: Iterable[DaysOff] = ()) -> datetime:
    """When what is ordered at ``at`` can be ready, in UTC: a shop prepares only while it and the market are open.

    Work that closing time cuts off goes on at the next opening. Hours that are unknown are taken as open: the shop
    answers by itself.
    """
    work, market = timedelta(minutes=minutes), list(market)
    opening = opening_of(place, town, at, market)
    if opening.is_open is False:
        return (opening.change_at or at) + work
    if not opening.is_open or opening.change_at is None or at + work <= opening.change_at:
        return at + work
    reopens = opening_of(place, town, opening.change_at, market)
    if reopens.is_open is not False or reopens.change_at is None:
        return at + work
    return reopens.change_at + work - (opening.change_at - at)
