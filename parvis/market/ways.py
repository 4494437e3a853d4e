"""The four ways in which goods reach a buyer: their short names, drawings, and what each one means for the buyer."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parvis.market.models import Modality
from parvis.market.trades import Kind

WAYS: dict[str, Kind] = {
    Modality.Kind.BIKE: Kind(_("Town bikes"), "bike"),
    Modality.Kind.COLLECT: Kind(_("Collect"), "store"),
    Modality.Kind.SHOP: Kind(_("Shop's delivery"), "hand-helping"),
    Modality.Kind.POST: Kind(_("By post"), "mail"),
}

# What the buyer chooses at checkout, and reads on the order.
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
