"""The four ways in which goods reach a buyer: their short names, drawings, and what each one means for the buyer."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from parvis.market.models import Modality, Order, Part
from parvis.market.trades import Kind

WAYS: dict[str, Kind] = {
    Modality.Kind.BIKE: Kind(pgettext_lazy("how goods come", "By bike"), "bike"),
    Modality.Kind.COLLECT: Kind(_("Collect"), "store"),
    Modality.Kind.SHOP: Kind(_("Shop's delivery"), "hand-helping"),
    Modality.Kind.POST: Kind(_("By post"), "mail"),
}

# What the buyer chooses at checkout, and reads on the order; see ``choice_words`` for the bikes of neighbours.
CHOICES: dict[str, Promise] = {
    Modality.Kind.BIKE: _("Brought by the town's bikes"),
    Modality.Kind.COLLECT: _("I collect it at the shop"),
    Modality.Kind.SHOP: _("Brought by the shop"),
    Modality.Kind.POST: _("Sent by post"),
}

# Who is paid where: nothing is paid on the page.
PAYING: dict[str, Promise] = {
    Modality.Kind.BIKE: _("You pay the rider at your door, once for all shops."),
    Modality.Kind.COLLECT: _("You pay at the counter."),
    Modality.Kind.SHOP: _("You pay the shop at your door."),
    Modality.Kind.POST: _("The shop contacts you for the payment before it posts the parcel."),
}


def way_words(part: Part) -> str:
    """How one part of an order comes, as its buyer chose it: ``Brought by the town's bikes``."""
    return choice_words(part.kind, riders_of(part.order))


def riders_of(order: Order) -> list[str]:
    """The town whose bike brings an order, where it is a neighbour's."""
    delivery = order.delivery
    return [delivery.town.name] if delivery is not None and delivery.ordered_in_id else []


def choice_words(kind: str, riders: Sequence[str] = ()) -> str:
    """What the buyer chooses: ``Brought by the bikes of Issy-les-Moulineaux``.

    ``riders`` are the names of the towns whose bikes come, where they are not only the buyer's own.
    """
    if kind != Modality.Kind.BIKE or not riders:
        return str(CHOICES[kind])
    *some, last = riders
    towns = _("%(some)s or %(last)s") % {"some": ", ".join(some), "last": last} if some else last
    return _("Brought by the bikes of %(towns)s") % {"towns": towns}
