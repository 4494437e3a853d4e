"""What a shop's accounts add up to before a month and in it: two queries, from which every figure of its money is read.

The riders' till is the town's own account: what is in it for one shop is told by the key of a movement, a part or a
case of withdrawal; what left it when the shop was paid, by the shop's.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, CharField, F, Func, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Concat

from parvis.market.ledger import TOWN_TILL
from parvis.market.models import LedgerEntry, LedgerTransaction, Part, Shop, Withdrawal

Kind = LedgerTransaction.Kind
PAID_KEY = "shop-paid:"
TAKINGS = "takings"  # of riders: its share of ``till:town``
_ACCOUNTS = ("shop", "vat", "till", "online", "payout", "owes")


@dataclass(frozen=True, slots=True)
class Movements:
    """Debits (positive) and credits (negative) of one account, by one kind of movement, before the month or in it."""

    account: str
    kind: str
    before: bool
    paid: int
    back: int


@dataclass(frozen=True, slots=True)
class ShopSums:
    """The sums of a shop's accounts, each called by the first word of its name: ``till``, ``voucher``, ``takings``."""

    rows: tuple[Movements, ...]

    def both(self, *accounts: str, kinds: Collection[str] | None = None, before: bool | None = None) -> tuple[int, int]:
        """What was debited and what was credited, in cents; ``before`` the month, or (False) in it."""
        rows = [
            row
            for row in self.rows
            if row.account in accounts
            and (kinds is None or row.kind in kinds)
            and (before is None or row.before == before)
        ]
        return sum(row.paid for row in rows), sum(row.back for row in rows)

    def total(self, *accounts: str, kinds: Collection[str] | None = None, before: bool | None = None) -> int:
        """What they add up to, in cents."""
        return sum(self.both(*accounts, kinds=kinds, before=before))


def sums_of(shop: Shop, start: datetime | None = None, end: datetime | None = None) -> ShopSums:
    """Everything before ``end`` (up to now unless told), split at ``start``; in two queries."""
    entries = LedgerEntry.objects.filter(town_id=shop.town_id)
    if end is not None:
        entries = entries.filter(transaction__at__lt=end)
    first = Func(F("account"), Value(":"), Value(1), function="split_part", output_field=CharField())
    own = entries.filter(
        Q(account__in=[f"{name}:{shop.slug}" for name in _ACCOUNTS]) | Q(account__startswith=f"voucher:{shop.slug}:")
    )
    found = [*_grouped(own.annotate(word=first), start), *_grouped(_takings(shop, entries), start)]
    return ShopSums(tuple(found))


def _takings(shop: Shop, entries: QuerySet[LedgerEntry]) -> QuerySet[Any, Any]:
    """What riders took for this shop's parts, less what went back and what was paid over; no fee of the bikes."""
    paid = _keys("payment:", Part.objects.filter(shop=shop, kind="bike"))
    back = _keys("refund:", Withdrawal.objects.filter(part__shop=shop, part__kind="bike"))
    handed = Q(transaction__key__startswith=f"{PAID_KEY}{shop.pk}:")
    here = entries.filter(account=TOWN_TILL)
    mine = here.filter(Q(transaction__key__in=paid) | Q(transaction__key__in=back) | handed)
    return mine.annotate(word=Value(TAKINGS, output_field=CharField()))


def _keys(start: str, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    return rows.values(named=Concat(Value(start), Cast("pk", CharField()), output_field=CharField()))


def _grouped(entries: QuerySet[Any, Any], start: datetime | None) -> list[Movements]:
    early = (
        Case(When(transaction__at__lt=start, then=True), default=False, output_field=BooleanField())
        if start is not None
        else Value(False, output_field=BooleanField())
    )
    rows = (
        entries.annotate(early=early)
        .values_list("word", "transaction__kind", "early")
        .annotate(
            paid=Sum("amount_cents", filter=Q(amount_cents__gt=0), default=0),
            back=Sum("amount_cents", filter=Q(amount_cents__lt=0), default=0),
        )
        .order_by("word", "transaction__kind", "early")
    )
    return [Movements(*row) for row in rows]
