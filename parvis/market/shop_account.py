"""What stands between a shop and the town, read from the ledger alone: at a moment, and what moved in a month.

The town holds money for the shop: what its riders took, what buyers paid online, what vouchers pay. The shop owes the
town commission and its share of the bikes. What is paid over or handed on takes off both. Positive: the town owes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum, UUIDField
from django.db.models.functions import Cast, Substr

from parvis.market.fees_charged import FeeLine, fees_charged
from parvis.market.ledger import TOWN_TILL
from parvis.market.models import LedgerEntry, LedgerTransaction, Part, Shop, Withdrawal
from parvis.market.shop_sums import PAID_KEY, TAKINGS, ShopSums, sums_of
from parvis.towns.models import Town

Kind = LedgerTransaction.Kind


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
    return _account(sums_of(shop, end=until))


def _account(sums: ShopSums, *, before: bool | None = None) -> Account:
    return Account(
        takings=sums.total(TAKINGS, before=before),
        online=sums.total("online", before=before),
        vouchers=sums.total("voucher", before=before),
        fees=sums.total("owes", before=before),
    )


def month_of(shop: Shop, first_day: date, start: datetime, end: datetime, sums: ShopSums | None = None) -> AccountMonth:
    """The account's month from ``start`` to ``end`` (UTC), in a fixed number of queries.

    ``sums`` are ``sums_of`` the same month, where the page has them already.
    """
    sums = sums or sums_of(shop, start, end)
    month = LedgerEntry.objects.filter(town_id=shop.town_id, transaction__at__gte=start, transaction__at__lt=end)
    return AccountMonth(
        first_day=first_day,
        before=_account(sums, before=True),
        after=_account(sums),
        takings=sums.both(TAKINGS, kinds={Kind.PAYMENT}, before=False),
        online=sums.both("online", kinds={Kind.PAYMENT, Kind.REFUND}, before=False),
        vouchers=sums.total("voucher", kinds={Kind.VOUCHER}, before=False),
        fees=fees_charged(shop, start, end),
        payouts=tuple(_payouts(shop, month)),
    )


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
        (PAID_KEY, None),
    )
    sums: dict[UUID, int] = {}
    for start, shop in looks:
        named = Cast(Substr("transaction__key", len(start) + 1, 36), UUIDField())
        rows = till.filter(transaction__key__startswith=start).annotate(named=named)
        rows = rows.annotate(of_shop=Subquery(shop) if shop is not None else named)
        for pk, cents in rows.values_list("of_shop").annotate(Sum("amount_cents")).order_by("of_shop"):
            sums[pk] = sums.get(pk, 0) + cents
    return sums
