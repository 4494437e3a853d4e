"""What things cost: pure functions of lines. A total is never adjusted in place, only computed again."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from parvis.core.money import vat_included


@dataclass(frozen=True, slots=True)
class Priced:
    """An amount in cents with VAT included, and its rate in basis points."""

    cents: int
    vat_bp: int


# A deposit on a bottle is no price: it comes back with the bottle and carries no VAT until then (directive
# 2006/112/EC, article 92; BOI-TVA-BASE-10-20-40; Code de la TVA (BE), article 28, 5°; LTVA (CH), article 24).
DEPOSIT_VAT_BP = 0


@dataclass(frozen=True, slots=True)
class Total:
    """Goods, fees, deposits, and the VAT inside their sum by rate. All in cents; ``cents`` is what is paid."""

    goods: int
    fees: int
    vat: dict[int, int] = field(default_factory=dict)
    deposits: int = 0

    @property
    def cents(self) -> int:
        """What is paid."""
        return self.goods + self.fees + self.deposits

    @property
    def vat_cents(self) -> int:
        """All VAT inside."""
        return sum(self.vat.values())

    @property
    def net(self) -> int:
        """Without VAT."""
        return self.cents - self.vat_cents

    def __add__(self, other: "Total") -> "Total":
        vat = {rate: self.vat.get(rate, 0) + other.vat.get(rate, 0) for rate in {*self.vat, *other.vat}}
        return Total(self.goods + other.goods, self.fees + other.fees, vat, self.deposits + other.deposits)

    def __sub__(self, other: "Total") -> "Total":
        vat = {rate: self.vat.get(rate, 0) - other.vat.get(rate, 0) for rate in {*self.vat, *other.vat}}
        return Total(self.goods - other.goods, self.fees - other.fees, vat, self.deposits - other.deposits)


def total_of(goods: Iterable[Priced], fees: Iterable[Priced] = (), deposits: int = 0) -> Total:
    """Add up one shop's lines. VAT is rounded once per rate on the sum, as an invoice shows it; deposits have none.

    (Directive 2006/112/EC, article 226 (8)-(10): taxable amount and VAT per rate; rounding half up.)
    """
    goods, fees = list(goods), list(fees)
    by_rate: dict[int, int] = defaultdict(int)
    for amount in (*goods, *fees):
        by_rate[amount.vat_bp] += amount.cents
    vat = {rate: vat_included(cents, rate) for rate, cents in sorted(by_rate.items()) if cents}
    return Total(sum(a.cents for a in goods), sum(a.cents for a in fees), vat, deposits)


def bike_fee(goods_cents: int, *, fee_cents: int, free_from_cents: int | None) -> int:
    """The town's fee for everything that comes by bike in one order; free from a threshold if the town says so."""
    if goods_cents <= 0:
        return 0
    if free_from_cents is not None and goods_cents >= free_from_cents:
        return 0
    return fee_cents
