"""The history of an entry in words: what moved, from what to what, when, and by whom."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parvis.core.geo import Point, distance_m
from parvis.core.words import say_distance
from parvis.places.categories import CATEGORIES
from parvis.places.details import DETAILS
from parvis.places.forms.entry import WHEELCHAIR
from parvis.places.models import Change, Place
from parvis.places.rules_in_words import say_rules
from parvis.places.services import SERVICES


@dataclass(frozen=True, slots=True)
class Line:
    """One value that moved; pictures have their addresses besides their words."""

    label: str
    old: str
    new: str
    old_picture: str = ""
    new_picture: str = ""


@dataclass(frozen=True)
class Entry:
    """One change for the page."""

    change: Change
    lines: list[Line]
    is_undone: bool
    is_undoing: bool


def _text(value: Any) -> str:
    return str(value)


def _hours(value: Any) -> str:
    return " · ".join(say_rules(value))


def _services(value: Any) -> str:
    return ", ".join(str(SERVICES[key].label) if key in SERVICES else key for key in value)


def _details(value: Any) -> str:
    return " · ".join(f"{detail.label} {value[key]}" for key, detail in DETAILS.items() if value.get(key))


def _category(value: Any) -> str:
    return str(CATEGORIES[value].label) if value in CATEGORIES else str(value)


def _date(value: Any) -> str:
    return formats.date_format(date.fromisoformat(value), "DATE_FORMAT")


FIELDS: dict[str, tuple[Promise, Callable[[Any], str]]] = {
    "name": (_("Name"), _text),
    "category": (_("Kind"), _category),
    "description": (_("In a few words"), _text),
    "address": (_("Address"), _text),
    "opening_hours": (_("Opening hours"), _hours),
    "hours_text": (_("Hours in the words of the source"), _text),
    "phone": (_("Telephone"), _text),
    "email": (_("E-mail"), _text),
    "website": (_("Website"), _text),
    "wheelchair": (_("Wheelchairs"), lambda value: str(dict(WHEELCHAIR).get(value, value))),
    "services": (_("What it offers"), _services),
    "delivers_within_m": (_("Delivers within"), say_distance),
    "details": (_("Good to know"), _details),
    "picture": (_("Picture"), lambda value: gettext("a picture")),
    "gone_on": (_("Closed for good since"), _date),
}


def lines_of(change: Change, place: Place) -> list[Line]:
    """What a change moved, in words; the point on the map is one line."""
    lines = [_line(name, change, place) for name in FIELDS if name in change.after]
    if {"lon", "lat"} & change.after.keys():
        lines.append(Line(gettext("Point on the map"), "", _moved(change, place)))
    return lines


def _line(name: str, change: Change, place: Place) -> Line:
    label, say = FIELDS[name]
    old, new = change.before.get(name), change.after.get(name)
    words = [say(value) if value not in (None, "", [], {}) else "" for value in (old, new)]
    pictures = [place.picture.storage.url(value) if name == "picture" and value else "" for value in (old, new)]
    return Line(str(label), words[0], words[1], pictures[0], pictures[1])


def _moved(change: Change, place: Place) -> str:
    old, new = ({"lon": place.lon, "lat": place.lat} | side for side in (change.before, change.after))
    metres = distance_m(Point(old["lon"], old["lat"]), Point(new["lon"], new["lat"]))
    return gettext("moved by %(distance)s") % {"distance": say_distance(metres)}


def entries_of(place: Place, changes: list[Change]) -> list[Entry]:
    """Changes for the page; their ``undone_by`` rows are loaded."""
    return [
        Entry(change, lines_of(change, place), hasattr(change, "undone_by"), change.undoes_id is not None)
        for change in changes
    ]
