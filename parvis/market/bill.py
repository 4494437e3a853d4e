"""What a buyer pays, to whom and where: a quote said as lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from parvis.market.choices import Quote, ShopBasket
from parvis.market.models import Modality
from parvis.market.pricing import Step, Total
from parvis.market.voucher_choices import Applying


@dataclass(frozen=True, slots=True)
class ShopBill:
    """One shop's share: goods, its own fee, what is chosen."""

    share: ShopBasket
    modality: Modality | None
    total: Total
    voucher_cents: int = 0

    @property
    def cents(self) -> int:
        """What the buyer pays for it."""
        return self.total.cents - self.voucher_cents


@dataclass(frozen=True, slots=True)
class Payment:
    """An amount in cents and where it is paid."""

    words: str
    cents: int


@dataclass(frozen=True, slots=True)
class Bill:
    """The whole: shops, the bikes' fee (None when nothing comes by bike), VAT inside, vouchers, who is paid where."""

    shops: tuple[ShopBill, ...]
    bike_fee_cents: int | None
    total: Total
    payments: tuple[Payment, ...]
    vouchers: tuple[Step, ...] = ()
    refusals: tuple[str, ...] = ()

    @property
    def cents(self) -> int:
        """What the buyer pays, vouchers taken off."""
        return self.total.cents + sum(step.cents or 0 for step in self.vouchers)


def bill_of(asked: Quote, applying: Applying, currency: str) -> Bill:
    """Say a quote and its vouchers as a bill."""
    shops = tuple(_shop_bill(share, asked.chosen, applying) for share in asked.shops)
    fee = asked.fee.cents if asked.by_bike else None
    vouchers = tuple(one.step(currency) for one in applying.applied)
    return Bill(shops, fee, asked.total, tuple(_payments(shops, fee or 0)), vouchers, applying.refusals)


def _shop_bill(share: ShopBasket, chosen: Mapping[UUID, Modality], applying: Applying) -> ShopBill:
    modality = chosen.get(share.shop.pk)
    return ShopBill(share, modality, share.total(modality), applying.of(share.shop.pk))


def _payments(shops: tuple[ShopBill, ...], bike_fee_cents: int) -> list[Payment]:
    """The rider takes one sum for all bike shops; every other shop takes its own."""
    by_bike = [s for s in shops if s.modality and s.modality.kind == Modality.Kind.BIKE]
    payments = []
    if by_bike:
        payments.append(Payment(_("To the rider, at your door"), sum(s.cents for s in by_bike) + bike_fee_cents))
    words = {
        Modality.Kind.COLLECT: _("At the counter of %(shop)s"),
        Modality.Kind.SHOP: _("To %(shop)s, at your door"),
        Modality.Kind.POST: _("To %(shop)s, before it posts"),
    }
    for bill in shops:
        if bill.modality and (sentence := words.get(Modality.Kind(bill.modality.kind))):
            payments.append(Payment(sentence % {"shop": bill.share.shop.name}, bill.cents))
    return payments
