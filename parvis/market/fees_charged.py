"""Commission and shares of the bikes that a shop was charged, by kind and VAT rate: read from the ledger."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parvis.market.models import LedgerEntry, LedgerTransaction, Part, Shop

COMMISSION, BIKES = "commission", "bike-share"


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One kind of fee at one rate, in cents; ``base`` of a commission is not kept, only what it came to."""

    kind: str
    vat_bp: int
    net: int
    vat: int

    @property
    def cents(self) -> int:
        """With VAT."""
        return self.net + self.vat


def fees_charged(shop: Shop, start: datetime, end: datetime) -> tuple[FeeLine, ...]:
    """What was charged in [start, end), what was given back taken off; in two queries."""
    mine = LedgerTransaction.objects.filter(
        town_id=shop.town_id,
        kind=LedgerTransaction.Kind.COMMISSION,
        at__gte=start,
        at__lt=end,
        entries__account=f"owes:{shop.slug}",
    ).exclude(key__startswith="kept:")
    rows = LedgerEntry.objects.filter(transaction__in=mine).values_list("transaction__key", "account", "amount_cents")
    amounts: dict[tuple[str, UUID], list[int]] = defaultdict(lambda: [0, 0])
    for key, account, cents in rows:
        kind, pk, *_number = key.split(":")
        if account == "vat:town":
            amounts[kind, UUID(pk)][1] -= cents
        elif account.startswith("town:"):
            amounts[kind, UUID(pk)][0] -= cents
    parts = Part.objects.filter(pk__in={pk for _kind, pk in amounts})
    rates = {pk: {COMMISSION: fee, BIKES: bike} for pk, fee, bike in parts.values_list(*_RATES)}
    lines: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for (kind, part), (net, vat) in amounts.items():
        line = lines[kind, rates[part][kind]]
        line[0] += net
        line[1] += vat
    return tuple(FeeLine(kind, rate, net, vat) for (kind, rate), (net, vat) in sorted(lines.items()) if net or vat)


_RATES = ("pk", "commission_vat_bp", "order__bike_fee_vat_bp")
