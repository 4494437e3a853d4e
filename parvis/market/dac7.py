"""What the operator reports to the tax office each year of every shop that sells on the market (DAC7).

Directive (EU) 2021/514, annex V of directive 2011/16/EU. France: CGI, articles 1649 ter A to E; Belgium: law of 21
December 2022. Of each seller (section III, part B, point 2): what identifies it (section II, part B, point 2: legal
name, primary address, TIN, VAT number where available, business registration number), its financial account identifier
as far as held, and for each quarter "the total consideration paid or credited", "the number of relevant activities",
and "any fees, commissions or taxes withheld or charged".

Consideration is "net of any fees, commissions or taxes withheld or charged by the reporting platform operator" (section
I, part A, point 10): what buyers and vouchers brought, VAT and deposits inside, what was given back taken off, less the
town's commission and shares of the bikes. Fees are with their VAT, as the shop bears them. An activity is one sale: one
order at one shop; a sale taken back whole is none. The operator withholds no tax.

A person who trades in their own name is no entity (section II, part B, point 1): first and last name and the date of
birth are told of them, and the place of birth where they have no TIN.

Left out (section I, part B, point 4): governmental entities, listed entities, and a seller of goods with "less than 30
relevant activities" whose consideration "did not exceed EUR 2 000".
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Sum, UUIDField, Value
from django.db.models.functions import Cast, Concat, ExtractQuarter, Substr

from parvis.core.time import day_bounds
from parvis.market.ledger import TOWN_TILL
from parvis.market.models import LedgerEntry, LedgerTransaction, Part, SellerPerson, SellerStatus, Shop, Withdrawal
from parvis.people.models import BankAccount, Organisation
from parvis.towns.models import Town

Kind = LedgerTransaction.Kind
FEW_ACTIVITIES, LITTLE_CENTS = 30, 2000_00


@dataclass(slots=True)
class Quarter:
    """Three months of a seller: what it was paid, fees taken off, for how many sales, and the fees. In cents."""

    paid: int = 0
    activities: int = 0
    fees: int = 0

    @property
    def consideration(self) -> int:
        """Net of fees, and never below zero: more given back than paid is told in no quarter."""
        return max(0, self.paid - self.fees)


@dataclass(slots=True)
class Seller:
    """One business with its shops, its year, and what is missing to report it."""

    organisation: Organisation
    address: str
    iban: str = ""
    holder: str = ""
    status: str = ""
    person: SellerPerson | None = None  # who trades in their own name
    quarters: list[Quarter] = field(default_factory=lambda: [Quarter() for _ in range(4)])

    @property
    def consideration(self) -> int:
        """Of the year."""
        return sum(quarter.consideration for quarter in self.quarters)

    @property
    def activities(self) -> int:
        """Of the year."""
        return sum(quarter.activities for quarter in self.quarters)

    @property
    def is_small(self) -> bool:
        """Too little for a report: both below thirty sales and at most 2,000 euros."""
        return self.activities < FEW_ACTIVITIES and self.consideration <= LITTLE_CENTS

    @property
    def is_reported(self) -> bool:
        """In the report of the year."""
        return not self.status and not self.is_small

    @property
    def tin(self) -> str:
        """The number by which the tax office knows a business: the SIREN in France, the BCE number in Belgium; of a
        person, their own where one is written down.
        """
        if self.person is not None and self.person.tin:
            return self.person.tin
        number, country = self.organisation.registration_number, self.organisation.town.country
        return number[:9] if country == "FR" else number

    @property
    def missing(self) -> list[str]:
        """Names of what the report needs and nobody has written: ``registration``, ``address``, ``account``.

        A person without a tax number is known by their place of birth.
        """
        known = self.tin or (self.person.born_in if self.person is not None else "")
        needs = {"registration": known, "address": self.address, "account": self.iban}
        return [name for name, value in needs.items() if not value]


def year_bounds(town: Town, year: int) -> tuple[datetime, datetime]:
    """Start and end of the town's year, in UTC."""
    return day_bounds(date(year, 1, 1), town.zone)[0], day_bounds(date(year + 1, 1, 1), town.zone)[0]


def sellers_of(town: Town, year: int) -> list[Seller]:
    """Every business that sold anything in the year, by name; in a fixed number of queries."""
    start, end = year_bounds(town, year)
    year_of = LedgerEntry.objects.filter(town=town, transaction__at__gte=start, transaction__at__lt=end)
    entries = year_of.annotate(quarter=ExtractQuarter("transaction__at", tzinfo=town.zone))
    shops = list(Shop.objects.filter(town=town).select_related("organisation", "place").order_by("pk"))
    by_slug = {shop.slug: shop for shop in shops}
    by_pk = {shop.pk: shop for shop in shops}
    found: dict[UUID, Seller] = {}

    def quarter(shop: Shop | None, number: int) -> Quarter:
        if shop is None:
            return Quarter()
        seller = found.get(shop.organisation_id)
        if seller is None:
            shop.organisation.town = town
            seller = found[shop.organisation_id] = Seller(shop.organisation, shop.place.address)
        return seller.quarters[number - 1]

    for slug, number, cents in _paid(entries):
        quarter(by_slug.get(slug), number).paid += cents
    for pk, number, cents in _riders(entries):
        quarter(by_pk.get(pk), number).paid += cents
    for slug, number, sales in _sales(entries, end):
        quarter(by_slug.get(slug), number).activities += sales
    for slug, number, cents in _fees(entries):
        quarter(by_slug.get(slug), number).fees += cents
    _identify(town, found)
    return sorted(found.values(), key=lambda seller: seller.organisation.name)


def _by_shop(entries: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """With ``slug``, the second part of the account's name."""
    part = Func(F("account"), Value(":"), Value(2), function="split_part", output_field=CharField())
    found: QuerySet[Any, Any] = entries.annotate(slug=part).order_by("slug", "quarter")
    return found


def _paid(entries: QuerySet[Any, Any]) -> Iterator[tuple[str, int, int]]:
    """Into the shop's own till, online for it, and by vouchers; less what was given back."""
    own = Q(account__startswith="till:", transaction__kind=Kind.PAYMENT) & ~Q(account=TOWN_TILL)
    online = Q(account__startswith="online:", transaction__kind__in=[Kind.PAYMENT, Kind.REFUND])
    vouchers = Q(account__startswith="voucher:", transaction__kind=Kind.VOUCHER)
    rows = _by_shop(entries.filter(own | online | vouchers))
    yield from rows.values_list("slug", "quarter").annotate(Sum("amount_cents"))


def _riders(entries: QuerySet[Any, Any]) -> Iterator[tuple[UUID, int, int]]:
    """What riders took and gave back, by shop."""
    looks = (
        ("payment:", Part.objects.filter(pk=OuterRef("named")).values("shop")),
        ("refund:", Withdrawal.objects.filter(pk=OuterRef("named")).values("part__shop")),
    )
    for start, shop in looks:
        rows = entries.filter(account=TOWN_TILL, transaction__key__startswith=start)
        named = Cast(Substr("transaction__key", len(start) + 1, 36), UUIDField())
        rows = rows.annotate(named=named).annotate(of_shop=Subquery(shop)).order_by("of_shop", "quarter")
        yield from rows.values_list("of_shop", "quarter").annotate(Sum("amount_cents"))


def _sales(entries: QuerySet[Any, Any], end: datetime) -> Iterator[tuple[str, int, int]]:
    """How many sales stood at the ``end`` of the year, in the quarter of each: one that was taken back whole is none,
    in whichever quarter that was.
    """
    part = Substr("transaction__key", len("sale:") + 1)
    back = LedgerTransaction.objects.filter(key=Concat(Value("reversal:"), OuterRef("part")), at__lt=end)
    sold = entries.filter(account__startswith="shop:", transaction__kind=Kind.SALE).annotate(part=part)
    rows = _by_shop(sold.filter(~Exists(back)))
    yield from rows.values_list("slug", "quarter").annotate(sold=Count("transaction", distinct=True))


def _fees(entries: QuerySet[Any, Any]) -> Iterator[tuple[str, int, int]]:
    """Commission and shares of the bikes, with VAT."""
    charged = entries.filter(account__startswith="owes:", transaction__kind=Kind.COMMISSION)
    rows = _by_shop(charged.exclude(transaction__key__startswith="kept:"))
    yield from rows.values_list("slug", "quarter").annotate(Sum("amount_cents"))


def _identify(town: Town, found: dict[UUID, Seller]) -> None:
    """Bank accounts, who is left out and who is a person, in three queries."""
    for account in BankAccount.objects.filter(town=town, organisation__in=found, replaced_at=None):
        seller = found[account.organisation_id]
        seller.iban = account.iban
        seller.holder = account.holder if account.holder != seller.organisation.name else ""
    for status in SellerStatus.objects.filter(town=town, organisation__in=found):
        found[status.organisation_id].status = status.kind
    for person in SellerPerson.objects.filter(town=town, organisation__in=found):
        found[person.organisation_id].person = person
