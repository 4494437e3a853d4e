"""What stands on the slip of a delivery: for whom, where, when, which bags. No prices: it is not a bill."""

from typing import Any

from django.utils.translation import gettext as _

from parvis.core.qr import qr_svg
from parvis.core.words import say_day, say_span, say_weight
from parvis.delivery.crating import crate_of
from parvis.delivery.models import Bag, Delivery
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
        "lines": [{"quantity": 1, "label": bag.sender, "note": _note(bag)} for bag in bags],
        "svg": qr_svg(delivery.code),
        "foot": _("Order %(reference)s") % {"reference": delivery.reference},
    }


def _note(bag: Bag) -> str:
    """``K7RVD · 1.2 kg · Keep cool · crate 501``."""
    crate = crate_of(bag)
    cold = str(bag.get_temperature_display()) if bag.temperature != Bag.Temperature.AMBIENT else ""
    where = _("crate %(number)s") % {"number": crate} if crate is not None else ""
    return " · ".join(word for word in (bag.code, say_weight(bag.grams), cold, *bag.needs_words, where) if word)


def _when(delivery: Delivery) -> str:
    window = delivery.window
    return f"{say_day(window.starts_at)}, {say_span(window.starts_at, window.ends_at)}"
