"""A shop's money in one month, read from the ledger: what was sold, who holds what was paid, what is still owed.

Every number comes from ledger entries; VAT by rate comes from the lines of the same sales, and ``adds_up`` says
whether the two agree to the cent.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from parvis.market.deposits import deposits_in
from parvis.market.models import Document, LedgerEntry, LedgerTransaction, Shop
from parvis.market.months import month_bounds
from parvis.market.rates_without_paper import Rates, rates_without_paper
from parvis.market.shop_sums import TAKINGS, ShopSums, sums_of

Kind = LedgerTransaction.Kind


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale (or its reversal, with the other sign), in cents, VAT included."""

    at: datetime
    order: str
    net: int
    vat: int
    reversal: bool
    by_rate: Rates
    key: str = ""  # of its movement

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


def statement_of(shop: Shop, first_day: date, sums: ShopSums | None = None) -> Statement:
    """The statement of the month that begins on ``first_day``, in a fixed number of queries.

    ``sums`` are ``sums_of`` the same month, where the page has them already.
    """
    start, end = month_bounds(shop.town.zone, first_day)
    sums = sums or sums_of(shop, start, end)
    sales = tuple(_sales(shop, start, end))
    by_rate: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for sale in sales:
        for rate, gross, vat in sale.by_rate:
            by_rate[rate][0] += gross
            by_rate[rate][1] += vat

    def received(*, before: bool) -> tuple[int, int, int, int]:
        """By the shop itself, riders, online (handing on moves it from one account to the other), and by vouchers."""
        return (
            sums.total("till", before=before),
            sums.total(TAKINGS, kinds={Kind.PAYMENT}, before=before),
            sums.total("online", "payout", before=before),
            sums.total("voucher", kinds={Kind.VOUCHER}, before=before),
        )

    own_till, town_till, online, vouchers = received(before=False)
    return Statement(
        first_day=first_day,
        sales=sales,
        rates=tuple(RateLine(rate, gross, vat) for rate, (gross, vat) in sorted(by_rate.items())),
        own_till=own_till,
        town_till=town_till,
        owed_before=-sums.total("shop", "vat", before=True) - sum(received(before=True)),
        online=online,
        vouchers=vouchers,
        town_owes=sums.total("voucher"),
        deposits=deposits_in(sale.key for sale in sales),
    )


def _sales(shop: Shop, start: datetime, end: datetime) -> Iterable[Sale]:
    entries = (
        LedgerEntry.objects.filter(town_id=shop.town_id, account__in=[f"shop:{shop.slug}", f"vat:{shop.slug}"])
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
    unissued = rates_without_paper(shop, before) if before else {}
    for pk, movement in movements.items():
        reversal = movement.kind == LedgerTransaction.Kind.REVERSAL
        by_rate = (
            tuple((rate["vat_bp"], rate["gross"], rate["vat"]) for rate in issued[pk].content["rates"])
            if pk in issued
            else unissued[pk]
        )
        net, vat = amounts[pk].get("shop", 0), amounts[pk].get("vat", 0)
        code = movement.order.code if movement.order else ""
        yield Sale(movement.at, code, net, vat, reversal, by_rate, movement.key)
