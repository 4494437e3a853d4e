"""A lower price for some days: planned by the shop, begun and ended by the clock."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.money import format_money
from parvis.core.time import day_of
from parvis.market.models import PriceChange, Product, Reduction
from parvis.market.reduced import WINDOW, lowest_price

KEPT = 2 * WINDOW  # prices that ended longer ago decide nothing


@transaction.atomic
def plan_reduction(
    *, product: Product, cents: int, first_day: date, last_day: date, at: datetime, by: Any = None
) -> Reduction:
    """The product costs ``cents`` on these days; from today on at once. Orders already placed stay as they are.

    Raises Refusal for days in disorder or taken by another reduction, and for a price that is not lower than all of
    the last thirty days: it would be no reduction (see ``reduced.py``).
    """
    product = _lock(product)
    today = day_of(at, product.town.zone)
    if not first_day <= last_day or last_day < today:
        raise Refusal(_("The last day comes before the first, or is past."))
    others = Reduction.objects.filter(product=product, ended_at=None)
    if others.filter(first_day__lte=last_day, last_day__gte=first_day).exists():
        raise Refusal(_("There is a reduction on these days already. End it first."))
    prior = lowest_price(product, at)
    if not 0 < cents < prior:
        said = {"prior": format_money(prior, product.town.currency)}
        raise Refusal(_("The lowest price of the last 30 days is %(prior)s: a reduction must be lower.") % said)
    reduction = Reduction.objects.create(
        town_id=product.town_id, product=product, cents=cents, first_day=max(first_day, today), last_day=last_day
    )
    audit.record("plan_reduction", reduction, at=at, town_id=product.town_id, actor=by, cents=cents)
    if reduction.first_day <= today:
        _begin(reduction, product, at)
    return reduction


@transaction.atomic
def end_reduction(*, reduction: Reduction, at: datetime, by: Any = None) -> None:
    """The price that was comes back, unless the shop has set another since; a reduction to come is given up."""
    product = _lock(reduction.product)
    reduction = Reduction.objects.get(pk=reduction.pk)
    if reduction.ended_at is not None:
        return
    if reduction.runs and reduction.full_cents and product.price_cents == reduction.cents:
        _price(product, reduction.full_cents)
    reduction.ended_at = at
    reduction.save(update_fields=["ended_at"])
    audit.record("end_reduction", reduction, at=at, town_id=reduction.town_id, actor=by)


@transaction.atomic
def begin_reduction(*, reduction: Reduction, at: datetime) -> None:
    """Its first day has come."""
    product = _lock(reduction.product)
    reduction = Reduction.objects.get(pk=reduction.pk)
    if reduction.begun_at is None and reduction.ended_at is None:
        _begin(reduction, product, at)


def tend_reductions(*, at: datetime) -> None:
    """Begin and end whatever is due, by each town's own day; forget prices that decide nothing any more."""
    waiting = Reduction.objects.filter(ended_at=None).select_related("product", "town")
    for reduction in waiting.filter(last_day__lt=(at + timedelta(days=1)).date()).order_by("last_day"):
        if reduction.last_day < day_of(at, reduction.town.zone):
            end_reduction(reduction=reduction, at=at)
    for reduction in waiting.filter(begun_at=None, first_day__lte=(at + timedelta(days=1)).date()):
        if reduction.first_day <= day_of(at, reduction.town.zone) <= reduction.last_day:
            begin_reduction(reduction=reduction, at=at)
    PriceChange.objects.filter(at__lt=at - KEPT).delete()


def _lock(product: Product) -> Product:
    return Product.objects.select_for_update(of=("self",)).select_related("town").get(pk=product.pk)


def _begin(reduction: Reduction, product: Product, at: datetime) -> None:
    """Lower the price. Where it was as low within thirty days nothing is crossed out; where it is now, it ends."""
    if product.price_cents <= reduction.cents:
        reduction.ended_at = at
        reduction.save(update_fields=["ended_at"])
        return
    prior = lowest_price(product, at)
    reduction.begun_at, reduction.full_cents = at, product.price_cents
    reduction.prior_cents = prior if prior > reduction.cents else None
    reduction.save(update_fields=["begun_at", "full_cents", "prior_cents"])
    _price(product, reduction.cents)


def _price(product: Product, cents: int) -> None:
    product.price_cents = cents
    product.save(update_fields=["price_cents"])
