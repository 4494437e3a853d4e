"""The poster for a shop's window: its name, its hours, and a QR code that leads to what is true today."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from parvis.core.documents import pdf
from parvis.core.qr import qr_svg
from parvis.places.models import Place
from parvis.places.rules_in_words import say_rules

_XML = 'xmlns="http://www.w3.org/2000/svg"'


def poster_pdf(place: Place, at: datetime, url: str) -> bytes:
    """A tagged A4 page in the active language; ``url`` is the place's page, absolute.

    It shows the rule and not this week's hours: paper stays for months, the code answers for today.
    """
    hours = say_rules(place.opening_hours) if place.hours_read and place.opening_hours else []
    return pdf(
        "poster",
        title=_("Poster of %(place)s") % {"place": place.name},
        language=(translation.get_language() or "fr")[:2],
        made_at=at,
        data={
            "name": place.name,
            "kind": str(place.kind.label),
            "address": place.address.partition(",")[0],
            "hours": hours,
            "svg": qr_svg(url).replace("<svg", f"<svg {_XML}", 1),
            "url": url.partition("://")[2].rstrip("/"),
            "town": place.town.name,
            "words": {
                "hours": _("Opening hours"),
                "scan": _("Open right now? Scan and see."),
                "more": _("Hours of the day, days off, news and services, kept right by the shop."),
                "qr_alt": _("QR code that leads to the page of %(place)s") % {"place": place.name},
            },
        },
    )
