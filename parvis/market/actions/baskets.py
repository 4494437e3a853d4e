"""Filling a basket. Nothing is reserved here: stock is taken when the order is placed."""

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.market.models import Basket, BasketLine, Product

MOST_OF_ONE = 99


@transaction.atomic
def add_to_basket(*, basket: Basket, product: Product, quantity: int = 1) -> BasketLine:
    """Put ``quantity`` more of a product in the basket, never more than the shop has counted.

    Raises Refusal when the product is not on sale any more or none is left.
    """
    line = BasketLine.objects.select_for_update().filter(basket=basket, product=product).first()
    return _set(basket, product, (line.quantity if line else 0) + quantity)


@transaction.atomic
def set_quantity(*, basket: Basket, product: Product, quantity: int) -> BasketLine | None:
    """Make it exactly ``quantity``; 0 takes the product out."""
    if quantity <= 0:
        BasketLine.objects.filter(basket=basket, product=product).delete()
        basket.save(update_fields=["updated_at"])
        return None
    return _set(basket, product, quantity)


def _set(basket: Basket, product: Product, quantity: int) -> BasketLine:
    if product.town_id != basket.town_id or product.hidden or not product.shop.is_found:
        raise Refusal(_("%(name)s is not on sale any more.") % {"name": product.name})
    if not product.shop.takes_orders:
        raise Refusal(_("%(shop)s takes no orders at the moment.") % {"shop": product.shop.name})
    if product.stock == 0:
        raise Refusal(_("%(name)s is sold out.") % {"name": product.name})
    quantity = max(1, min(quantity, MOST_OF_ONE, product.stock if product.stock is not None else MOST_OF_ONE))
    line, _created = BasketLine.objects.update_or_create(
        basket=basket, product=product, defaults={"quantity": quantity, "town_id": basket.town_id}
    )
    basket.save(update_fields=["updated_at"])
    return line
