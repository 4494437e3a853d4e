"""What stands between a shop and the town, read from the ledger alone: at a moment, and what moved in a month.

The town holds money for the shop: what its riders took, what buyers paid online, what vouchers pay. The shop owes the
town commission and its share of the bikes. What is paid over or handed on takes off both. Positive: the town owes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery, Sum, UUIDField, Value
from django.db.models.functions import Cast, Concat, Substr

from parvis.market.fees_charged import FeeLine, fees_charged
from parvis.market.ledger import TOWN_TILL
from parvis.market.models import LedgerEntry, LedgerTransaction, Part, Shop, Withdrawal
from parvis.towns.models import Town

Kind = LedgerTransaction.Kind
_PAID = "shop-paid:"


@dataclass(frozen=True, slots=True)
class Account:
    """At a moment, in cents: ``takings`` of riders, held ``online``, due for ``vouchers``; ``fees`` the shop owes."""

    takings: int = 0
    online: int = 0
    vouchers: int = 0
    fees: int = 0

    @property
    def balance(self) -> int:
        """What the town owes the shop; below zero what the shop owes."""
        return self.takings + self.online + self.vouchers - self.fees

    @property
    def to_pay(self) -> int:
        """The same without what the provider hands on by itself."""
        return self.balance - self.online

    @property
    def is_even(self) -> bool:
        """Nothing is to be settled by hand."""
        return not (self.takings or self.vouchers or self.fees)


@dataclass(frozen=True, slots=True)
class Payout:
    """Paid to the shop's bank, or handed on by the provider; below zero, paid by the shop. In cents."""

    at: datetime
    words: str
    cents: int
    online: bool


@dataclass(frozen=True, slots=True)
class AccountMonth:
    """A month between a shop and the town. What came in is what was paid less what was given back."""

    first_day: date
    before: Account
    after: Account
    takings: tuple[int, int]
    online: tuple[int, int]
    vouchers: int
    fees: tuple[FeeLine, ...]
    payouts: tuple[Payout, ...]

    @property
    def fee_cents(self) -> int:
        """Commission and bikes of the month, with VAT."""
        return sum(line.cents for line in self.fees)

    @property
    def paid_cents(self) -> int:
        """Paid over to the shop in the month."""
        return sum(payout.cents for payout in self.payouts)

    @property
    def carried(self) -> int:
        """Brought forward, what came in, less fees and payouts: each added up by itself."""
        came_in = sum(self.takings) + sum(self.online) + self.vouchers
        return self.before.balance + came_in - self.fee_cents - self.paid_cents

    @property
    def adds_up(self) -> bool:
        """What was carried step by step is the balance that the ledger has at the end."""
        return self.carried == self.after.balance


def account_at(shop: Shop, until: datetime | None = None) -> Account:
    """What stands between shop and town before ``until`` (now, unless told), in two queries."""
    entries = LedgerEntry.objects.filter(town_id=shop.town_id)
    if until is not None:
        entries = entries.filter(transaction__at__lt=until)
    named = entries.filter(
        Q(account__in=[f"online:{shop.slug}", f"owes:{shop.slug}"]) | Q(account__startswith=f"voucher:{shop.slug}:")
    )
    sums: dict[str, int] = {}
    for account, cents in named.values_list("account").annotate(Sum("amount_cents")).order_by("account"):
        kind = account.partition(":")[0]
        sums[kind] = sums.get(kind, 0) + cents
    takings = town_payments(shop, entries) | settled(shop, entries)
    return Account(
        takings=takings.aggregate(total=Sum("amount_cents"))["total"] or 0,
        online=sums.get("online", 0),
        vouchers=sums.get("voucher", 0),
        fees=sums.get("owes", 0),
    )


def town_payments(shop: Shop, entries: QuerySet[LedgerEntry] | None = None) -> QuerySet[LedgerEntry]:
    """What riders took for this shop's parts, less what went back; the fee of the bikes is the town's own."""
    paid = _keys("payment:", Part.objects.filter(shop=shop, kind="bike"))
    back = _keys("refund:", Withdrawal.objects.filter(part__shop=shop, part__kind="bike"))
    entries = LedgerEntry.objects.filter(town_id=shop.town_id) if entries is None else entries
    here = entries.filter(account=TOWN_TILL)
    return here.filter(Q(transaction__key__in=paid) | Q(transaction__key__in=back))


def settled(shop: Shop, entries: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """What left the riders' till when the shop was paid."""
    return entries.filter(account=TOWN_TILL, transaction__key__startswith=f"{_PAID}{shop.pk}:")


def _keys(start: str, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    return rows.values(named=Concat(Value(start), Cast("pk", CharField()), output_field=CharField()))


def month_of(shop: Shop, first_day: date, start: datetime, end: datetime) -> AccountMonth:
    """The account's month from ``start`` to ``end`` (UTC), in a fixed number of queries."""
    month = LedgerEntry.objects.filter(town_id=shop.town_id, transaction__at__gte=start, transaction__at__lt=end)
    online = month.filter(account=f"online:{shop.slug}", transaction__kind__in=[Kind.PAYMENT, Kind.REFUND])
    vouchers = month.filter(account__startswith=f"voucher:{shop.slug}:", transaction__kind=Kind.VOUCHER)
    return AccountMonth(
        first_day=first_day,
        before=account_at(shop, start),
        after=account_at(shop, end),
        takings=_in_and_back(town_payments(shop, month)),
        online=_in_and_back(online),
        vouchers=vouchers.aggregate(total=Sum("amount_cents"))["total"] or 0,
        fees=fees_charged(shop, start, end),
        payouts=tuple(_payouts(shop, month)),
    )


def _in_and_back(entries: QuerySet[LedgerEntry]) -> tuple[int, int]:
    sums = entries.aggregate(
        paid=Sum("amount_cents", filter=Q(amount_cents__gt=0), default=0),
        back=Sum("amount_cents", filter=Q(amount_cents__lt=0), default=0),
    )
    return sums["paid"], sums["back"]


def _payouts(shop: Shop, month: QuerySet[LedgerEntry]) -> Iterable[Payout]:
    mine = [f"bank:{shop.slug}", f"payout:{shop.slug}"]
    rows = month.filter(account__in=mine).select_related("transaction__order").order_by("transaction__at", "pk")
    for entry in rows:
        movement = entry.transaction
        words = movement.order.code if movement.order else movement.words
        yield Payout(movement.at, words, entry.amount_cents, entry.account.startswith("payout:"))


def accounts_of(town: Town) -> dict[Shop, Account]:
    """Every shop with something to be settled by hand, the largest first; in a fixed number of queries."""
    entries = LedgerEntry.objects.filter(town=town)
    named: dict[str, dict[str, int]] = {}
    rows = entries.filter(Q(account__startswith="voucher:") | Q(account__startswith="owes:"))
    for account, cents in rows.values_list("account").annotate(Sum("amount_cents")).order_by("account"):
        kind, slug, *_line = account.split(":")
        sums = named.setdefault(slug, {})
        sums[kind] = sums.get(kind, 0) + cents
    takings = _takings_by_shop(entries.filter(account=TOWN_TILL))
    found: dict[Shop, Account] = {}
    for shop in Shop.objects.filter(Q(slug__in=named) | Q(pk__in=takings), town=town).select_related("organisation"):
        sums = named.get(shop.slug, {})
        account = Account(takings.get(shop.pk, 0), 0, sums.get("voucher", 0), sums.get("owes", 0))
        if not account.is_even:
            found[shop] = account
    return dict(sorted(found.items(), key=lambda item: (-item[1].balance, item[0].name)))


def _takings_by_shop(till: QuerySet[LedgerEntry]) -> dict[UUID, int]:
    """What is in the riders' till for each shop. Keys name the part, the case, or the shop itself."""
    looks = (
        ("payment:", Part.objects.filter(pk=OuterRef("named")).values("shop")),
        ("refund:", Withdrawal.objects.filter(pk=OuterRef("named")).values("part__shop")),
        (_PAID, None),
    )
    sums: dict[UUID, int] = {}
    for start, shop in looks:
        named = Cast(Substr("transaction__key", len(start) + 1, 36), UUIDField())
        rows = till.filter(transaction__key__startswith=start).annotate(named=named)
        rows = rows.annotate(of_shop=Subquery(shop) if shop is not None else named)
        for pk, cents in rows.values_list("of_shop").annotate(Sum("amount_cents")).order_by("of_shop"):
            sums[pk] = sums.get(pk, 0) + cents
    return sums
