"""Money between towns and shops in the demonstration: who runs each market, a commission at Ixelles, a price reduced.

Found again by what they are, so doing it twice changes nothing; the reduced price is set again once it is over.
"""

from datetime import datetime, timedelta

from parvis.core.time import day_of
from parvis.market.actions.reductions import plan_reduction, tend_reductions
from parvis.market.models import FeeTerms, Market, Operator, Product, Reduction
from parvis.market.reduced import lowest_price
from parvis.towns.models import Town

TAKES = "ixelles"  # the two others take nothing, as most towns do
OPERATORS = {
    "issy": (
        "Régie municipale du commerce (inventée)",
        "62 rue du Général Leclerc, Issy-les-Moulineaux",
        "73282932000074",
    ),
    "ixelles": ("Régie communale du commerce (inventée)", "chaussée d’Ixelles 168, Ixelles", "0403170701"),
}
WEEK = timedelta(days=6)


def bring_fees(town: Town, *, at: datetime) -> None:
    """The operator, the town's terms and one reduced price."""
    if town.slug in OPERATORS:
        name, address, number = OPERATORS[town.slug]
        values = {"name": name, "address": address, "registration_number": number}
        Operator.objects.get_or_create(town=town, defaults=values)
    if town.slug == TAKES and not FeeTerms.objects.filter(town=town).exists():
        market = Market.objects.get(town=town)
        FeeTerms.objects.create(
            town=town,
            starts_on=day_of(at - timedelta(days=70), town.zone),
            commission_bp=300,
            vat_bp=market.bike_fee_vat_bp,
            buyer_cents=market.bike_fee_cents,
            free_from_cents=market.bike_free_from_cents,
            shops_cents=150,
            cost_cents=900,
        )
    _reduce(town, at)


def _reduce(town: Town, at: datetime) -> None:
    tend_reductions(at=at)
    if Reduction.objects.filter(town=town, ended_at=None).exists():
        return
    product = Product.objects.on_sale(town).filter(category="drinks", sold_by="piece").order_by("name", "pk").first()
    if product is None or lowest_price(product, at) < product.price_cents:
        return
    today = day_of(at, town.zone)
    cents = product.price_cents * 4 // 5 // 10 * 10
    if cents:
        plan_reduction(product=product, cents=cents, first_day=today, last_day=today + WEEK, at=at)
