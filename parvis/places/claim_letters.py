"""The letter that carries a claim's code to the address of the entry, as a PDF for one or for many envelopes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from parvis.core.documents import pdf
from parvis.core.qr import qr_svg
from parvis.core.words import say_day
from parvis.places.claims import CODE_LASTS, spaced
from parvis.places.models import Claim
from parvis.towns.links import town_url

_XML = 'xmlns="http://www.w3.org/2000/svg"'


def claim_letters_pdf(coded: Iterable[tuple[Claim, str]], at: datetime) -> bytes:
    """A tagged A4 PDF, one page a claim, in the language of the town; ``coded`` are claims with their codes."""
    coded = list(coded)
    town = coded[0][0].town
    language = town.default_language
    with translation.override(language), timezone.override(town.zone):
        title = _("Letters to shops") if len(coded) > 1 else _("Letter to a shop")
        data = {"letters": [_letter(claim, code, at) for claim, code in coded]}
        return pdf("claim", title=title, language=language, data=data, made_at=at)


def _letter(claim: Claim, code: str, at: datetime) -> dict[str, Any]:
    place, town = claim.place, claim.town
    url = town_url(town, reverse("claim", args=[claim.pk]))
    said = {"place": place.name, "town": town.name, "day": say_day(at + CODE_LASTS)}
    return {
        "sender": _("Town of %(town)s") % said,
        "to": [place.name, *[part.strip() for part in place.address.split(",") if part.strip()]],
        "day": f"{town.name}, {say_day(at)}",
        "title": _("Is the entry of %(place)s yours?") % said,
        "paragraphs": [
            _(
                "Somebody has asked to keep the entry of %(place)s in the directory of %(town)s: its hours, "
                "its closed days, its services, its picture."
            )
            % said,
            _(
                "If it was you, or somebody of your shop, open the page below and type the code, until %(day)s. "
                "The entry is then yours to keep. It costs nothing."
            )
            % said,
            _("If it was not you, do nothing: without the code nobody can change your entry."),
        ],
        "code_label": _("Your code"),
        "code": spaced(code),
        "url": url,
        "svg": qr_svg(url).replace("<svg", f"<svg {_XML}", 1),
        "qr_alt": _("QR code of the page where the code is typed"),
        "foot": _("The town hall never asks for this code by telephone or by mail."),
    }
