"""What the hub prints, as tagged PDF: the loading list of a bike, the labels of its crates, the slips inside them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.core.documents import pdf
from parvis.core.qr import qr_svg
from parvis.core.words import say_clock, say_day, say_weight
from parvis.delivery.loading import LoadBox, Loading, LoadRow
from parvis.delivery.parcels import Parcel
from parvis.delivery.slips import slip

_XML = 'xmlns="http://www.w3.org/2000/svg"'


def _svg(text: str) -> str:
    """A QR drawing as a document reads it."""
    return str(qr_svg(text)).replace("<svg", f"<svg {_XML}", 1)


def _language() -> str:
    return (translation.get_language() or "fr")[:2]


def _crate(box: LoadBox) -> str:
    if box.number is not None:
        return str(box.number)
    return _("cold") if box.cold else "–"


def loading_pdf(loading: Loading, at: datetime) -> bytes:
    """What goes on a bike, the last door first, a line for each crate: number, door, bags, how cold."""
    round_ = loading.trip.round
    title = _("Loading of %(bike)s, round %(number)s") % {"bike": round_.bike, "number": round_.number}
    facts = [
        say_day(round_.departs_at),
        _("leaves at %(time)s") % {"time": say_clock(round_.departs_at)},
        *([str(round_.rider)] if round_.rider else []),
        ngettext("one bag", "%(bags)s bags", loading.expected) % {"bags": loading.expected},
    ]
    return pdf(
        "loading",
        title=title,
        language=_language(),
        made_at=at,
        data={
            "facts": facts,
            "hint": _("The last door goes in first."),
            "qr_alt": _("QR code of the delivery"),
            "columns": [_("Crate"), _("Door"), _("Delivery"), _("Bags"), _("On the bike")],
            "warnings": loading.warnings,
            "rows": loading_lines(loading),
        },
    )


def loading_lines(loading: Loading) -> list[dict[str, Any]]:
    """The lines of the loading list, in the order of loading."""
    return [line for row in loading.rows for line in _lines(row)]


def _lines(row: LoadRow) -> list[dict[str, Any]]:
    delivery = row.parcel.delivery
    common = {"door": str(row.stop.position), "code": delivery.code, "name": delivery.name, "svg": _svg(delivery.code)}
    lines = [
        common
        | {
            "crate": _crate(box),
            "bags": [f"{bag.code} · {bag.sender} · {say_weight(bag.grams)}" for bag in box.bags],
            "warmth": box.warmth,
            "on": all(bag in row.on for bag in box.bags),
        }
        for box in row.boxes
    ]
    if row.awaited:
        bags = [f"{bag.code} · {bag.sender}" for bag in row.awaited]
        lines.append(common | {"crate": "–", "bags": bags, "warmth": _("still to come"), "on": False})
    return lines


def crates_pdf(loading: Loading, at: datetime) -> bytes:
    """A label for each crate of a bike: its number, the door, how cold, whose it is, a code for the scanner."""
    round_ = loading.trip.round
    names = {"bike": round_.bike, "number": round_.number}
    return pdf(
        "crates",
        title=_("Labels for the crates of %(bike)s, round %(number)s") % names,
        language=_language(),
        made_at=at,
        data={
            "words": {"crate": _("Crate"), "door": _("Door"), "bike": _("Bike"), "bags": _("Bags")},
            "qr_alt": _("QR code of the delivery"),
            "labels": crate_labels(loading),
        },
    )


def crate_labels(loading: Loading) -> list[dict[str, Any]]:
    """What stands on the label of each crate."""
    round_ = loading.trip.round
    return [
        {
            "crate": _crate(box),
            "door": str(row.stop.position),
            "code": row.parcel.delivery.code,
            "name": row.parcel.delivery.name,
            "bike": f"{round_.bike} · {round_.number}",
            "leaves": say_clock(round_.departs_at),
            "warmth": box.warmth,
            "bags": [f"{bag.code} · {bag.sender}" for bag in box.bags],
            "svg": _svg(row.parcel.delivery.code),
        }
        for row in loading.rows
        for box in row.boxes
    ]


def slips_pdf(parcels: Sequence[Parcel], at: datetime) -> bytes:
    """The slips that go into the crates, one page each: no prices."""
    return pdf(
        "slips",
        title=_("Packing slip") + " " + ", ".join(parcel.delivery.code for parcel in parcels),
        language=_language(),
        made_at=at,
        data={
            "qr_alt": _("QR code of the delivery"),
            "slips": [slip(parcel) | {"svg": _svg(parcel.delivery.code)} for parcel in parcels],
        },
    )
