"""What a month costs and brings in: the rates of ``delivery.costs`` and what the town takes for a delivery."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from parvis.core.money import round_half_up, vat_included
from parvis.delivery.costs import Cost, Rates, cost_of_day
from parvis.demo.council.outcomes import DayOutcome
from parvis.market.fees import in_force
from parvis.market.models import FeeTerms, Market
from parvis.towns.models import Town

BASKET_CENTS = 35_00  # goods of an order by bike without VAT: an assumption, only for a town that takes a commission


@dataclass(frozen=True, slots=True)
class Terms:
    """What one delivery brings the town, in cents without VAT; and what a month costs besides the bikes."""

    buyer: int
    shops: int = 0
    commission: int = 0
    fixed_month: int = 0

    @property
    def income(self) -> int:
        """For each delivery that was brought."""
        return self.buyer + self.shops + self.commission


def terms_of(town: Town, day: date, *, fee: int | None, shops: int | None, fixed: int) -> Terms:
    """The town's own rules of ``day``, unless a fee (with VAT) or a share of the shops is given. Cents.

    Every buyer is taken to pay the fee: where a town brings large baskets for nothing, give the fee that is left on
    average.
    """
    if Market.objects.filter(town=town).exists():
        held = in_force(town, day)
        terms, rate = held.terms, held.market.bike_fee_vat_bp
    else:
        terms, rate = FeeTerms(town=town, starts_on=day), 2000
    fee = terms.buyer_cents if fee is None else fee
    shops = terms.shops_cents if shops is None else shops
    return Terms(
        buyer=fee - vat_included(fee, rate),
        shops=shops - vat_included(shops, rate),
        commission=round_half_up(Fraction((terms.commission_bp or 0) * BASKET_CENTS, 10_000)),
        fixed_month=fixed,
    )


@dataclass(frozen=True, slots=True)
class Books:
    """Rates and terms: how a played day becomes cents."""

    terms: Terms
    rates: Rates = field(default_factory=Rates)

    def cost(self, day: DayOutcome) -> Cost:
        """What a day cost."""
        return cost_of_day(
            self.rates, rider_seconds=day.rider_seconds, bikes=day.bikes, metres=day.metres, drops=day.drops
        )

    def cost_each(self, days: Sequence[DayOutcome]) -> float:
        """Cents for one delivery; the whole cost where nothing was brought."""
        return self.total(days).cents / max(1, sum(day.drops for day in days))

    def total(self, days: Sequence[DayOutcome]) -> Cost:
        """What these days cost."""
        return sum((self.cost(day) for day in days), Cost())

    def result(self, days: Sequence[DayOutcome]) -> int:
        """What is left of a month of these days, or missing."""
        income = self.terms.income * sum(day.drops for day in days)
        return income - self.total(days).cents - self.terms.fixed_month

    def even_at(self, days: Sequence[DayOutcome], month: int) -> float | None:
        """Deliveries a day at which such a month comes out even, with these bikes; None: at no number.

        Shifts and bikes cost the same however much they carry; hub and kilometres grow with each delivery, by what
        these days took for one. Whether so many bikes can bring so many is for the reader to compare.
        """
        drops = sum(day.drops for day in days)
        if not drops:
            return None
        cost, metres = self.total(days), sum(day.metres for day in days)
        growing = cost.hub / drops + metres / drops * self.rates.bike_km / 1000
        standing = (cost.riders + sum(day.bikes for day in days) * self.rates.bike_day) / len(days)
        margin = self.terms.income - growing
        return None if margin <= 0 else (standing + self.terms.fixed_month / month) / margin
