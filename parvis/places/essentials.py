"""An entry in a few lines, for a mail or one look on a telephone: hours in words, closed days, services."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from parvis.core.time import day_of
from parvis.core.words import say_day
from parvis.places.models import Place
from parvis.places.rules_in_words import say_rules
from parvis.places.services import SERVICES


@dataclass(frozen=True, slots=True)
class Essentials:
    """Lines of words in the active language; empty where nothing is known."""

    hours: list[str]
    closed: list[str]
    services: list[str]
    phone: str


def essentials_of(place: Place, at: datetime) -> Essentials:
    """What a shop must check: closures that are over are left out."""
    today = day_of(at, place.town.zone)
    written = place.opening_hours or place.hours_text
    hours = say_rules(place.opening_hours) if place.hours_read else [written] if written else []
    closed = []
    for closure in place.closures.filter(last_day__gte=today):
        said = {"first": say_day(closure.first_day), "last": say_day(closure.last_day)}
        days = said["first"] if closure.first_day == closure.last_day else _("%(first)s to %(last)s") % said
        closed.append(f"{days} – {closure.reason}" if closure.reason else days)
    services = [str(SERVICES[key].label) for key in place.services if key in SERVICES]
    return Essentials(hours, closed, services, place.phone)
