"""A place's hours as a calendar that telephones subscribe to (iCalendar, RFC 5545)."""

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from parvis.core.time import day_bounds, day_of
from parvis.places.hours import open_stretches
from parvis.places.models import Place

DAYS_BACK, DAYS_AHEAD = 7, 60
ASK_AGAIN = timedelta(hours=12)


def calendar_of(place: Place, at: datetime, url: str) -> bytes:
    """Every open stretch from a week ago to two months ahead, and the closed days with their reason.

    Stretches are events of their own and not a rule: a rule of a calendar knows neither public holidays nor closures.
    """
    zone = place.town.zone
    today = day_of(at, zone)
    between = (
        day_bounds(today - timedelta(days=DAYS_BACK), zone)[0],
        day_bounds(today + timedelta(days=DAYS_AHEAD), zone)[1],
    )
    calendar = Calendar()
    calendar.add("prodid", "-//Parvis//Directory//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", place.name)
    calendar.add("x-wr-calname", place.name)
    calendar.add("url", url)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    spans = open_stretches(place.opening_hours, place.closed_days(), between, zone, place.town.country, place.point)
    for start, end in spans:
        event = _event(place, f"{start:%Y%m%dT%H%M}", at, url)
        event.add("summary", _("%(place)s: open") % {"place": place.name})
        event.add("dtstart", start.astimezone(UTC))
        event.add("dtend", end.astimezone(UTC))
        calendar.add_component(event)
    for first, last, reason in place.closed_days():
        event = _event(place, f"closed-{first:%Y%m%d}", at, url)
        said = _("%(place)s: closed") % {"place": place.name}
        event.add("summary", f"{said} ({reason})" if reason else said)
        event.add("dtstart", first)
        event.add("dtend", last + timedelta(days=1))  # the day after the last, as the standard has it
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(place: Place, key: str, at: datetime, url: str) -> Event:
    event = Event()
    event.add("uid", f"{key}-{place.pk}@parvis")
    event.add("dtstamp", at.astimezone(UTC))
    event.add("location", place.address)
    event.add("geo", (place.lat, place.lon))
    event.add("url", url)
    event.add("transp", "TRANSPARENT")  # a shop that is open does not make its visitor busy
    return event
