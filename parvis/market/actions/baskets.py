"""Filling a basket. Nothing is reserved here: stock is taken when the order is placed."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.market.models import Basket, BasketLine, Option, Product

MOST_OF_ONE = 99


@transaction.atomic
def add_to_basket(*, basket: Basket, product: Product, quantity: int = 1, options: Iterable[UUID] = ()) -> BasketLine:
    """Put ``quantity`` more of a product with these options in the basket, never more than the shop has counted.

    Raises Refusal when the product is not on sale any more, none is left, or an option is still to be chosen.
    """
    chosen = _chosen(product, options)
    line = _line(basket, product, chosen)
    return _set(line, basket, product, chosen, (line.quantity or 0) + quantity)


@transaction.atomic
def set_quantity(*, basket: Basket, product: Product, quantity: int, options: Iterable[UUID] = ()) -> BasketLine | None:
    """Make it exactly ``quantity``; 0 takes the product with these options out."""
    if quantity <= 0:
        BasketLine.objects.filter(basket=basket, product=product, options=list(options)).delete()
        basket.save(update_fields=["updated_at"])
        return None
    chosen = _chosen(product, options)
    return _set(_line(basket, product, chosen), basket, product, chosen, quantity)


def _line(basket: Basket, product: Product, chosen: tuple[Option, ...]) -> BasketLine:
    """The basket's line for it, or one that is still to be saved. The basket's row is written first, so that two taps
    that add the same thing wait for each other and find one line."""
    basket.save(update_fields=["updated_at"])
    ids = [option.pk for option in chosen]
    found = BasketLine.objects.filter(basket=basket, product=product, options=ids).first()
    return found or BasketLine(town_id=basket.town_id, basket=basket, product=product, options=ids, quantity=0)


def _chosen(product: Product, ids: Iterable[UUID]) -> tuple[Option, ...]:
    """One option of each group, in the order of the groups: a group with a single option needs no choice."""
    wanted, chosen = set(ids), []
    has_them = "groups" in getattr(product, "_prefetched_objects_cache", {})  # then nothing is asked again
    for group in product.groups.all() if has_them else product.groups.prefetch_related("options"):
        options = list(group.options.all())
        found = [option for option in options if option.pk in wanted]
        if not found and len(options) == 1:
            found = options
        if len(found) != 1:
            raise Refusal(_("%(name)s: choose first: %(what)s.") % {"name": product.name, "what": group.name})
        chosen.append(found[0])
    return tuple(chosen)


def _set(line: BasketLine, basket: Basket, product: Product, chosen: tuple[Option, ...], quantity: int) -> BasketLine:
    if product.town_id != basket.town_id or product.hidden or not product.shop.is_found:
        raise Refusal(_("%(name)s is not on sale any more.") % {"name": product.name})
    if not product.shop.takes_orders:
        raise Refusal(_("%(shop)s takes no orders at the moment.") % {"shop": product.shop.name})
    if product.stock == 0:
        raise Refusal(_("%(name)s is sold out.") % {"name": product.name})
    if gone := next((option for option in chosen if option.stock == 0), None):
        raise Refusal(_("%(name)s is sold out.") % {"name": f"{product.name} ({gone.name})"})
    limits = [MOST_OF_ONE, *_left(basket, product, chosen, list(line.options))]
    line.quantity = max(1, min(quantity, *limits))
    line.save()
    return line


def _left(basket: Basket, product: Product, chosen: tuple[Option, ...], ids: list[UUID]) -> list[int]:
    """What each counted stock still allows beside the other lines of this basket that need it."""
    others = BasketLine.objects.filter(basket=basket, product=product).exclude(options=ids)
    counted = [(product.stock, others)] + [(o.stock, others.filter(options__contains=[o.pk])) for o in chosen]
    return [
        stock - (lines.aggregate(total=Sum(F("quantity")))["total"] or 0)
        for stock, lines in counted
        if stock is not None
    ]
