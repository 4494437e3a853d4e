"""What a place offers besides being open: one literal table, in the words of residents.

``delivery`` services bring goods to somebody's door; ``payment`` says how one pays. The market keeps the first
five right for its shops; a shop that only stands in the directory says them itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Service:
    """A label, an icon of the family ``lucide``, the group it is asked in, and the OSM tags that say it."""

    label: Promise
    icon: str
    group: str
    tags: Mapping[str, frozenset[str]]


GROUPS: dict[str, Promise] = {
    "collect": _("Order ahead"),
    "delivery": _("Delivery"),
    "comfort": _("On the spot"),
    "payment": _("Ways to pay"),
}
_YES = frozenset({"yes", "only"})

SERVICES: dict[str, Service] = {
    "click-collect": Service(_("Click and collect"), "shopping-bag", "collect", {"click_and_collect": _YES}),
    "takeaway": Service(_("Takeaway"), "package", "collect", {"takeaway": _YES}),
    "own-delivery": Service(_("Delivers by itself"), "truck", "delivery", {"delivery": _YES}),
    "bike-delivery": Service(_("Delivered by the market's bikes"), "bike", "delivery", {}),
    "post": Service(_("Sent by the postman"), "mail", "delivery", {}),
    "terrace": Service(_("Terrace"), "umbrella", "comfort", {"outdoor_seating": frozenset({"yes", "terrace"})}),
    "toilets": Service(_("Toilets"), "toilet", "comfort", {"toilets": _YES}),
    "wifi": Service(
        _("Wi-Fi"), "wifi", "comfort", {"internet_access": frozenset({"yes", "wlan"}), "wifi": frozenset({"yes"})}
    ),
    "cash": Service(_("Cash"), "banknote", "payment", {"payment:cash": _YES}),
    "card": Service(
        _("Bank card"),
        "credit-card",
        "payment",
        {
            "payment:cards": _YES,
            "payment:credit_cards": _YES,
            "payment:debit_cards": _YES,
            "payment:visa": _YES,
            "payment:mastercard": _YES,
            "payment:bancontact": _YES,
        },
    ),
    "contactless": Service(_("Contactless"), "nfc", "payment", {"payment:contactless": _YES}),
    "meal-vouchers": Service(
        _("Meal vouchers"), "ticket", "payment", {"payment:meal_voucher": _YES, "payment:titres_restaurant": _YES}
    ),
    "cheque": Service(_("Cheque"), "pen-line", "payment", {"payment:cheque": _YES}),
    "gift-card": Service(_("Gift voucher of the town"), "gift", "payment", {}),
}


def services_of(tags: Mapping[str, str]) -> list[str]:
    """The services that OSM tags speak of, in the order of the table."""
    return [
        key
        for key, service in SERVICES.items()
        if any(tags.get(tag, "").lower() in values for tag, values in service.tags.items())
    ]
