"""The times that people ask about, as stretches of a town's clock. Pure: no database, no clock."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parvis.core.time import day_bounds, day_of, moment
from parvis.places.hours import MORNING, Span

SATURDAY, SUNDAY = 5, 6

WHEN: dict[str, Promise] = {
    "now": _("Open now"),
    "evening": _("Open this evening"),
    "tomorrow": _("Open tomorrow"),
    "saturday": _("Open on Saturday afternoon"),
    "sunday": _("Open on Sunday morning"),
}


def span_of(when: str, at: datetime, zone: ZoneInfo) -> Span:
    """The stretch that a key of ``WHEN`` means at ``at``, in UTC; what is past of it is left out.

    The evening begins at 19:00, when day shops have shut; tomorrow begins when the night is over, and Saturday
    afternoon and Sunday morning are the next ones, today's until they end.
    """
    today = day_of(at, zone)
    match when:
        case "evening":
            start, end = moment(today, time(19), zone), day_bounds(today, zone)[1]
        case "tomorrow":
            tomorrow = today + timedelta(days=1)
            start, end = moment(tomorrow, MORNING, zone), day_bounds(tomorrow, zone)[1]
        case "saturday":
            start, end = _next(SATURDAY, time(14), time(18), at, zone)
        case "sunday":
            start, end = _next(SUNDAY, time(8), time(12), at, zone)
        case _:
            raise ValueError(f"not a time that people ask about: {when}")
    return max(start, at), end


def _next(weekday: int, first: time, last: time, at: datetime, zone: ZoneInfo) -> Span:
    today = day_of(at, zone)
    day: date = today + timedelta(days=(weekday - today.weekday()) % 7)
    if moment(day, last, zone) <= at:
        day += timedelta(days=7)
    return moment(day, first, zone), moment(day, last, zone)
