"""The price before a reduction, as the law wants it said.

Directive 98/6/EC, article 6a (by directive (EU) 2019/2161): "Any announcement of a price reduction shall indicate the
prior price", which is "the lowest price applied by the trader during a period of time not shorter than 30 days prior to
the application of the price reduction". France: code de la consommation, article L112-1-1; Belgium: code de droit
économique, article VI.18. The exceptions that they allow (goods that perish, successive reductions) are not used here.
"""

from datetime import datetime, timedelta

from django.db.models import Min, OuterRef, QuerySet, Subquery

from parvis.market.models import PriceChange, Product, Reduction

WINDOW = timedelta(days=30)


def lowest_price(product: Product, at: datetime) -> int:
    """The lowest price of the thirty days before ``at``: what it costs now, and each price that ended in them."""
    ended = PriceChange.objects.filter(product=product, at__gt=at - WINDOW).aggregate(least=Min("before_cents"))
    least = ended["least"]
    return product.price_cents if least is None else min(least, product.price_cents)


def with_prior(products: QuerySet[Product]) -> QuerySet[Product]:
    """With ``prior_cents``, the crossed-out price of a reduction that runs; no query more."""
    running = Reduction.objects.filter(product=OuterRef("pk"), begun_at__isnull=False, ended_at=None)
    return products.annotate(prior_cents=Subquery(running.values("prior_cents")[:1]))


def crossed_out(product: Product) -> int | None:
    """The price to cross out of a product loaded ``with_prior``; None where it does not cost less than that."""
    prior: int | None = getattr(product, "prior_cents", None)
    return prior if prior is not None and prior > product.price_cents else None
