"""What a town takes of its shops' sales and who bears its bikes, as it holds on one day."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import OuterRef, Subquery

from parvis.market.models import FeeTerms, Market
from parvis.market.pricing import FeeRule, share_fee
from parvis.towns.models import Town


@dataclass(frozen=True, slots=True)
class InForce:
    """The rules of one day: the town's, and the commission of each shop that has its own."""

    market: Market  # with what buyers pay for the bikes on that day; never to be saved
    terms: FeeTerms
    exceptions: dict[UUID, int]

    def commission_bp(self, shop_id: UUID) -> int:
        """A shop's commission in basis points of goods without VAT."""
        return self.exceptions.get(shop_id, self.terms.commission_bp or 0)

    @property
    def rule(self) -> FeeRule:
        """Who bears a delivery by bike."""
        return rule_of(self.terms)

    @property
    def mark(self) -> str:
        """What a page keeps to know that it has shown these terms; empty where shops pay nothing."""
        terms = self.terms
        if not (terms.commission_bp or terms.shops_cents or terms.shops_bear_free):
            return ""
        free = terms.free_from_cents if terms.shops_bear_free else None
        return f":{terms.commission_bp}:{terms.vat_bp}:{terms.shops_cents}:{free}"

    def borne_by_shops(self, goods_cents: int) -> int:
        """What the shops of one delivery by bike bear together, for goods of so many cents."""
        return sum(share_fee(self.rule, [goods_cents]).shops)


def rule_of(terms: FeeTerms) -> FeeRule:
    """A town's terms as the pure rule."""
    return FeeRule(
        buyer=terms.buyer_cents,
        shops=terms.shops_cents,
        cost=terms.cost_cents,
        free_from=terms.free_from_cents,
        shops_bear_free=terms.shops_bear_free,
    )


def in_force(town: Town, day: date) -> InForce:
    """The rules of a town's day, in two queries. Without any: no commission, buyers pay what the market says."""
    market = Market.objects.get(town=town)
    terms = FeeTerms(
        town=town,
        starts_on=day,
        vat_bp=market.bike_fee_vat_bp,
        buyer_cents=market.bike_fee_cents,
        free_from_cents=market.bike_free_from_cents,
    )
    exceptions: dict[UUID, int] = {}
    for row in FeeTerms.objects.begun(town, day):
        if row.shop_id is None:
            terms = row
        elif row.commission_bp is None:
            exceptions.pop(row.shop_id, None)
        else:
            exceptions[row.shop_id] = row.commission_bp
    market.bike_fee_cents, market.bike_free_from_cents = terms.buyer_cents, terms.free_from_cents
    return InForce(market, terms, exceptions)


def market_on(town: Town, day: date) -> Market:
    """The town's market with what buyers pay for the bikes on ``day``; one query. Never to be saved."""
    latest = FeeTerms.objects.filter(town=OuterRef("town"), shop=None, starts_on__lte=day).order_by("-starts_on")
    fee, free = Subquery(latest.values("buyer_cents")[:1]), Subquery(latest.values("free_from_cents")[:1])
    market = Market.objects.annotate(now_cents=fee, now_free=free).get(town=town)
    if market.now_cents is not None:
        market.bike_fee_cents, market.bike_free_from_cents = market.now_cents, market.now_free
    return market
