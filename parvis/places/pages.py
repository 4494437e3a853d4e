"""The page of one place: everything that the directory knows of it, ready for ``places/place.html``.

The portal serves the page, because it also shows what other rooms know of the place (goods, news) in the blocks
that the template leaves open for them.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core import svgmap
from parvis.core.time import day_of
from parvis.core.words import say_day, say_span
from parvis.places.access import may_edit, owns, place_for
from parvis.places.details import DETAILS
from parvis.places.hours import DayHours
from parvis.places.links import link
from parvis.places.models import Closure, Place
from parvis.places.phrases import say_checked, say_status
from parvis.places.rules_in_words import say_rules
from parvis.places.schema_org import json_ld
from parvis.places.services import GROUPS, SERVICES, Service
from parvis.towns.requests import TownRequest

DIRECTIONS = "https://www.openstreetmap.org/directions?to={lat},{lon}#map=17/{lat}/{lon}"
# Kinds of places that have nobody to claim them.
NOBODYS = {"outdoors", "practical"}
WHEELCHAIR = {
    "yes": gettext_lazy("Step-free for wheelchairs"),
    "limited": gettext_lazy("Partly accessible with a wheelchair"),
    "no": gettext_lazy("Not accessible with a wheelchair"),
}


def place_context(request: TownRequest, slug: str, at: datetime) -> dict[str, Any]:
    """What the page shows of the place of this town called ``slug``; 404 when there is none."""
    place = place_for(request, slug)
    status = place.status(at)
    mine = owns(request, place)
    url = request.build_absolute_uri(link("place", place.slug))
    picture = request.build_absolute_uri(place.picture.url) if place.picture else ""
    return {
        "place": place,
        "status": status,
        "phrase": say_status(status, at, place.town.zone),
        "week": week_rows(place, at),
        "rules": say_rules(place.opening_hours) if place.hours_read else [],
        "closures": [say_closure(c) for c in place.closures.all() if c.last_day >= day_of(at, place.town.zone)],
        "services": services_by_group(place),
        "details": [(detail.label, place.details[key]) for key, detail in DETAILS.items() if place.details.get(key)],
        "wheelchair": WHEELCHAIR.get(place.wheelchair, ""),
        "map": near_map(place),
        "directions_url": DIRECTIONS.format(lat=round(place.lat, 6), lon=round(place.lon, 6)),
        "checked": say_checked(place, at),
        "attribution": attribution(place),
        "json_ld": json_ld(place, at, url, picture),
        "mine": mine,
        "may_edit": mine or may_edit(request, place),
        "links": links_of(place),
    }


def links_of(place: Place) -> dict[str, str]:
    """Where one may go from here; empty where the page does not exist."""
    claimable = place.organisation_id is None and place.kind.group not in NOBODYS
    calendar = bool(place.opening_hours and place.hours_read)
    return {
        "edit": link("place-edit", place.slug),
        "history": link("place-history", place.slug),
        "claim": link("claim-place", place.slug) if claimable else "",
        "report": link("report-place", place.slug),
        "calendar": link("place-calendar", place.slug) if calendar else "",
        "poster": link("place-poster", place.slug),
    }


def week_rows(place: Place, at: datetime) -> list[dict[str, Any]]:
    """Today and the six days after it, in words; empty where the hours are not known for sure."""
    if not place.opening_hours or not place.hours_read:
        return []
    return [_day(day, number) for number, day in enumerate(place.week(day_of(at, place.town.zone)))]


def _day(day: DayHours, number: int) -> dict[str, Any]:
    spans = [say_span(start, end) for start, end in day.spans]
    return {"name": say_day(day.day), "spans": spans, "reason": day.reason, "is_today": number == 0}


def services_by_group(place: Place) -> list[tuple[Any, list[Service]]]:
    """What it offers, under the headings of the table."""
    held = [SERVICES[key] for key in SERVICES if key in place.services]
    groups = [(label, [service for service in held if service.group == key]) for key, label in GROUPS.items()]
    return [(label, services) for label, services in groups if services]


def attribution(place: Place) -> str:
    """The words that the source's licence asks for."""
    for source in place.town.sources:
        if source.get("name") == place.source:
            return str(source.get("attribution", ""))
    return place.source


def near_map(place: Place) -> svgmap.TownMap:
    """The streets around it."""
    marker = svgmap.Marker(place.lon, place.lat, place.name, tone="go")
    title = _("Where %(place)s is") % {"place": place.name}
    town = place.town
    return svgmap.draw(title=title, boundary=town.boundary, backdrop=town.backdrop, markers=[marker], near=True)


def say_closure(closure: Closure) -> str:
    """``Closed from Monday 3 August to Sunday 9 August``."""
    if closure.first_day == closure.last_day:
        return _("Closed on %(day)s") % {"day": say_day(closure.first_day)}
    days = {"first": say_day(closure.first_day), "last": say_day(closure.last_day)}
    return _("Closed from %(first)s to %(last)s") % days
