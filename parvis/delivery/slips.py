"""What stands on the slip of a delivery: for whom, where, when, which bags. No prices: it is not a bill."""

from typing import Any

from django.utils.translation import gettext as _

from parvis.core.qr import qr_svg
from parvis.core.words import say_day, say_span, say_weight
from parvis.delivery.models import Delivery
from parvis.delivery.parcels import Parcel


def slip(parcel: Parcel) -> dict[str, Any]:
    """The variables of ``core/components/slip.html`` for one delivery."""
    delivery = parcel.delivery
    bags = [bag for bag, _state in parcel.bags if bag not in parcel.missing]
    crates = ", ".join(str(crate.number) for crate in parcel.crates)
    facts = [(_("Crate"), crates or "–"), (_("Window"), _when(delivery)), (_("Bags"), str(len(bags)))]
    return {
        "title": delivery.name,
        "code": delivery.code,
        "to": [delivery.address, *([delivery.note] if delivery.note else [])],
        "facts": [{"label": label, "value": value} for label, value in facts],
        "lines": [
            {"quantity": 1, "label": bag.sender, "note": f"{bag.code} · {say_weight(bag.grams)}"} for bag in bags
        ],
        "svg": qr_svg(delivery.code),
        "foot": _("Order %(reference)s") % {"reference": delivery.reference},
    }


def _when(delivery: Delivery) -> str:
    window = delivery.window
    return f"{say_day(window.starts_at)}, {say_span(window.starts_at, window.ends_at)}"
