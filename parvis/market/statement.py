"""A shop's money in one month, read from the ledger: what was sold, who holds what was paid, what is still owed.

Every number comes from ledger entries; VAT by rate comes from the lines of the same sales, and ``adds_up`` says
whether the two agree to the cent.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet, Sum

from parvis.market.deposits import deposits_of
from parvis.market.ledger import shop_till
from parvis.market.models import Document, LedgerEntry, LedgerTransaction, Part, Shop
from parvis.market.months import month_bounds
from parvis.market.pricing import DEPOSIT_VAT_BP, Priced, total_of
from parvis.market.shop_account import town_payments


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale (or its reversal, with the other sign), in cents, VAT included."""

    at: datetime
    order: str
    net: int
    vat: int
    reversal: bool
    by_rate: tuple[tuple[int, int, int], ...]  # rate in basis points, gross, VAT

    @property
    def gross(self) -> int:
        """What the buyer owes for it."""
        return self.net + self.vat


@dataclass(frozen=True, slots=True)
class RateLine:
    """All sales at one VAT rate."""

    rate: int
    gross: int
    vat: int

    @property
    def net(self) -> int:
        """Without VAT."""
        return self.gross - self.vat


@dataclass(frozen=True, slots=True)
class Statement:
    """A month. ``owed_before`` and ``owed_after`` are what buyers had still to pay at its start and end.

    ``vouchers`` is what the town's vouchers paid in the month, ``town_owes`` what it still owes for them at its end.
    """

    first_day: date
    sales: tuple[Sale, ...]
    rates: tuple[RateLine, ...]
    own_till: int
    town_till: int
    owed_before: int
    online: int = 0
    vouchers: int = 0
    town_owes: int = 0
    deposits: int = 0

    @property
    def gross_sold(self) -> int:
        """Sold, before anything was taken back."""
        return sum(sale.gross for sale in self.sales if not sale.reversal)

    @property
    def gross_back(self) -> int:
        """Taken back, below zero."""
        return sum(sale.gross for sale in self.sales if sale.reversal)

    @property
    def net(self) -> int:
        """Sold, without VAT."""
        return sum(sale.net for sale in self.sales)

    @property
    def vat(self) -> int:
        """VAT inside what was sold."""
        return sum(sale.vat for sale in self.sales)

    @property
    def gross(self) -> int:
        """Sold, VAT included."""
        return self.net + self.vat

    @property
    def paid(self) -> int:
        """Received by anybody for this shop."""
        return self.own_till + self.town_till + self.online + self.vouchers

    @property
    def owed_after(self) -> int:
        """What buyers still had to pay when the month ended."""
        return self.owed_before + self.gross - self.paid

    @property
    def adds_up(self) -> bool:
        """The lines of the sales and the ledger agree, for what was sold and for the VAT in it."""
        return sum(r.gross for r in self.rates) == self.gross and sum(r.vat for r in self.rates) == self.vat


def statement_of(shop: Shop, first_day: date) -> Statement:
    """The statement of the month that begins on ``first_day``, in a fixed number of queries."""
    start, end = month_bounds(shop.town.zone, first_day)
    sales = tuple(_sales(shop, start, end))
    by_rate: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for sale in sales:
        for rate, gross, vat in sale.by_rate:
            by_rate[rate][0] += gross
            by_rate[rate][1] += vat
    town = town_payments(shop)
    own = LedgerEntry.objects.filter(town_id=shop.town_id, account=shop_till(shop))
    through = [f"online:{shop.slug}", f"payout:{shop.slug}"]  # handing on moves it from one to the other
    online = LedgerEntry.objects.filter(town_id=shop.town_id, account__in=through)
    sold_before = -_sum(_sold(shop).filter(transaction__at__lt=start))
    paid_before = _sum(own.filter(transaction__at__lt=start)) + _sum(town.filter(transaction__at__lt=start))
    paid_before += _sum(online.filter(transaction__at__lt=start))
    vouchers = LedgerEntry.objects.filter(town_id=shop.town_id, account__startswith=f"voucher:{shop.slug}:")
    by_voucher = vouchers.filter(transaction__kind=LedgerTransaction.Kind.VOUCHER)
    paid_before += _sum(by_voucher.filter(transaction__at__lt=start))
    month = {"transaction__at__gte": start, "transaction__at__lt": end}
    return Statement(
        first_day=first_day,
        sales=sales,
        rates=tuple(RateLine(rate, gross, vat) for rate, (gross, vat) in sorted(by_rate.items())),
        own_till=_sum(own.filter(**month)),
        town_till=_sum(town.filter(**month)),
        owed_before=sold_before - paid_before,
        online=_sum(online.filter(**month)),
        vouchers=_sum(by_voucher.filter(**month)),
        town_owes=_sum(vouchers.filter(transaction__at__lt=end)),
        deposits=deposits_of(shop, start, end),
    )


def _sum(entries: QuerySet[LedgerEntry]) -> int:
    return entries.aggregate(total=Sum("amount_cents"))["total"] or 0


def _sold(shop: Shop) -> QuerySet[LedgerEntry]:
    """What the shop earned, net and VAT: credits, negative."""
    accounts = [f"shop:{shop.slug}", f"vat:{shop.slug}"]
    return LedgerEntry.objects.filter(town_id=shop.town_id, account__in=accounts)


def _sales(shop: Shop, start: datetime, end: datetime) -> Iterable[Sale]:
    entries = (
        _sold(shop)
        .filter(transaction__at__gte=start, transaction__at__lt=end)
        .select_related("transaction__order")
        .order_by("transaction__at", "transaction__pk")
    )
    movements: dict[UUID, LedgerTransaction] = {}
    amounts: dict[UUID, dict[str, int]] = defaultdict(dict)
    for entry in entries:
        movements[entry.transaction_id] = entry.transaction
        amounts[entry.transaction_id][entry.account.partition(":")[0]] = -entry.amount_cents
    issued = {paper.movement_id: paper for paper in Document.objects.filter(movement__in=list(movements))}
    before = [movement for pk, movement in movements.items() if pk not in issued]  # from before invoices were issued
    parts = _parts(shop, before) if before else {}
    for pk, movement in movements.items():
        reversal = movement.kind == LedgerTransaction.Kind.REVERSAL
        by_rate = (
            tuple((rate["vat_bp"], rate["gross"], rate["vat"]) for rate in issued[pk].content["rates"])
            if pk in issued
            else _rates(parts[_part_id(movement)], -1 if reversal else 1)
        )
        net, vat = amounts[pk].get("shop", 0), amounts[pk].get("vat", 0)
        code = movement.order.code if movement.order else ""
        yield Sale(movement.at, code, net, vat, reversal, by_rate)


def _part_id(movement: LedgerTransaction) -> UUID:
    return UUID(movement.key.partition(":")[2])


def _parts(shop: Shop, movements: Iterable[LedgerTransaction]) -> dict[UUID, Part]:
    ids = {_part_id(movement) for movement in movements}
    return {part.pk: part for part in Part.objects.filter(shop=shop, pk__in=ids).prefetch_related("lines")}


def _rates(part: Part, sign: int) -> tuple[tuple[int, int, int], ...]:
    """What was sold by rate, gross and VAT, from the lines as they were prepared, deposits and the shop's own fee."""
    amounts = part.priced() + ([Priced(part.fee_cents, part.fee_vat_bp)] if part.fee_cents else [])
    amounts += [Priced(part.deposits, DEPOSIT_VAT_BP)] if part.deposits else []
    gross: dict[int, int] = defaultdict(int)
    for amount in amounts:
        gross[amount.vat_bp] += amount.cents
    vat = total_of(amounts).vat
    return tuple((rate, sign * cents, sign * vat.get(rate, 0)) for rate, cents in sorted(gross.items()) if cents)
