"""The sections of the editor of an entry: one literal table, in the order in which a merchant meets them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parvis.places.forms.entry import WHEELCHAIR
from parvis.places.models import Place
from parvis.places.rules_in_words import say_rules
from parvis.places.services import SERVICES


@dataclass(frozen=True, slots=True)
class Section:
    """Its heading, its icon, and what stands there now in a few words."""

    label: Promise
    icon: str
    summary: Callable[[Place], str]


def _hours(place: Place) -> str:
    if not place.opening_hours:
        return place.hours_text or gettext("Not written down yet")
    return " · ".join(say_rules(place.opening_hours))


def _days(place: Place) -> str:
    return ""


def _services(place: Place) -> str:
    held = [str(SERVICES[key].label) for key in SERVICES if key in place.services]
    return ", ".join(held) or gettext("Nothing said yet")


def _contact(place: Place) -> str:
    return " · ".join(filter(None, [place.phone, place.email, place.website])) or gettext("Nothing said yet")


def _words(place: Place) -> str:
    return place.description or str(place.kind.label)


def _picture(place: Place) -> str:
    return gettext("There is one") if place.picture else gettext("None yet")


def _where(place: Place) -> str:
    return place.address or gettext("Nothing said yet")


def _access(place: Place) -> str:
    return str(dict(WHEELCHAIR).get(place.wheelchair, dict(WHEELCHAIR)[""]))


SECTIONS: dict[str, Section] = {
    "hours": Section(_("Opening hours"), "clock", _hours),
    "days": Section(_("Days that are not as usual"), "calendar-x", _days),
    "picture": Section(_("Picture"), "camera", _picture),
    "services": Section(_("What you offer"), "list-checks", _services),
    "contact": Section(_("Telephone, mail, website"), "phone", _contact),
    "words": Section(_("Name and words"), "text", _words),
    "where": Section(_("Where it stands"), "map-pin", _where),
    "access": Section(_("Wheelchairs"), "accessibility", _access),
}


def rows_of(place: Place) -> list[dict[str, Any]]:
    """The sections for the editor's first page."""
    return [
        {"key": key, "label": s.label, "icon": s.icon, "summary": Truncator(s.summary(place)).chars(110)}
        for key, s in SECTIONS.items()
    ]
