"""Facts of particular kinds of places (the ages of a playground, the sockets of a charger): one literal table.

A fact is shown where it has a line here; its value is kept as plain text or a number in ``Place.details``.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Detail:
    """A label, and the OSM tag that carries it."""

    label: Promise
    tag: str = ""


DETAILS: dict[str, Detail] = {
    "min_age": Detail(_("From the age of"), "min_age"),
    "max_age": Detail(_("Up to the age of"), "max_age"),
    "area": Detail(_("Surface"), ""),
    "capacity": Detail(_("Places"), "capacity"),
    "operator": Detail(_("Run by"), "operator"),
    "access": Detail(_("How to get there"), ""),
    "entrances": Detail(_("Entrances"), ""),
    "dogs": Detail(_("Dogs"), "dog"),
    "accepts": Detail(_("What it takes"), ""),
    "sockets": Detail(_("Sockets"), ""),
    "power": Detail(_("Power"), ""),
    "conditions": Detail(_("Good to know"), ""),
}
