"""What a buyer pays, to whom and where: a quote said as lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from parvis.market.choices import Quote, ShopBasket
from parvis.market.models import Modality
from parvis.market.pricing import Total


@dataclass(frozen=True, slots=True)
class ShopBill:
    """One shop's share: goods, its own fee, what is chosen."""

    share: ShopBasket
    modality: Modality | None
    total: Total


@dataclass(frozen=True, slots=True)
class Payment:
    """An amount in cents and where it is paid."""

    words: str
    cents: int


@dataclass(frozen=True, slots=True)
class Bill:
    """The whole: shops, the bikes' fee (None when nothing comes by bike), VAT inside, who is paid where."""

    shops: tuple[ShopBill, ...]
    bike_fee_cents: int | None
    total: Total
    payments: tuple[Payment, ...]


def bill_of(asked: Quote) -> Bill:
    """Say a quote as a bill."""
    shops = tuple(_shop_bill(share, asked.chosen) for share in asked.shops)
    fee = asked.fee.cents if asked.by_bike else None
    return Bill(shops, fee, asked.total, tuple(_payments(shops, fee or 0)))


def _shop_bill(share: ShopBasket, chosen: Mapping[UUID, Modality]) -> ShopBill:
    modality = chosen.get(share.shop.pk)
    return ShopBill(share, modality, share.total(modality))


def _payments(shops: tuple[ShopBill, ...], bike_fee_cents: int) -> list[Payment]:
    """The rider takes one sum for all bike shops; every other shop takes its own."""
    by_bike = [s for s in shops if s.modality and s.modality.kind == Modality.Kind.BIKE]
    payments = []
    if by_bike:
        payments.append(Payment(_("To the rider, at your door"), sum(s.total.cents for s in by_bike) + bike_fee_cents))
    words = {
        Modality.Kind.COLLECT: _("At the counter of %(shop)s"),
        Modality.Kind.SHOP: _("To %(shop)s, at your door"),
        Modality.Kind.POST: _("To %(shop)s, before it posts"),
    }
    for bill in shops:
        if bill.modality and (sentence := words.get(Modality.Kind(bill.modality.kind))):
            payments.append(Payment(sentence % {"shop": bill.share.shop.name}, bill.total.cents))
    return payments
