"""A merchant's own goods: saving one, counting stock, keeping search up to date."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import QuerySet, Value
from django.utils.text import slugify

from parvis.core import audit
from parvis.core.text import fold
from parvis.market.models import Product, Shop, StockMovement
from parvis.market.trades import CATEGORIES


def free_slug(shop: Shop, name: str, *, keep: Product | None = None) -> str:
    """A slug for a product of ``shop`` that no other product has."""
    base = slugify(fold(name))[:100] or "article"
    taken = set(
        shop.products.filter(slug__startswith=base)
        .exclude(pk=keep.pk if keep else UUID(int=0))
        .values_list("slug", flat=True)
    )
    return next(slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


@transaction.atomic
def save_product(*, product: Product, at: datetime, by: Any = None) -> Product:
    """Create or change a product; a changed count becomes a stock movement, search follows."""
    old = Product.objects.select_for_update().filter(pk=product.pk).first()
    if old is None or old.name != product.name or not product.slug:
        product.slug = free_slug(product.shop, product.name, keep=old)
    product.town_id = product.shop.town_id
    product.save()
    before = (old.stock if old else 0) or 0
    if product.stock is not None and product.stock != before:
        _move(product, product.stock - before, at)
    elif product.stock is None and before:
        _move(product, -before, at)
    index_products(Product.objects.filter(pk=product.pk))
    audit.record("save_product", product, at=at, town_id=product.town_id, actor=by)
    return product


def _move(product: Product, delta: int, at: datetime) -> None:
    StockMovement.objects.create(
        town_id=product.town_id, product=product, delta=delta, reason=StockMovement.Reason.COUNTED, at=at
    )


@transaction.atomic
def count_stock(*, product: Product, stock: int | None, at: datetime, by: Any = None) -> None:
    """The merchant says how many there are now, or (None) stops counting."""
    product = Product.objects.select_for_update().select_related("shop").get(pk=product.pk)
    product.stock = stock
    save_product(product=product, at=at, by=by)


@transaction.atomic
def change_product(
    *, product: Product, changes: Mapping[str, Any], at: datetime, stock_by: int = 0, by: Any = None
) -> Product:
    """Apply only ``changes`` to the row as it is now: stock sold since the page was opened stays sold.

    ``stock_by`` puts so many more (or fewer) on the shelf; nothing goes below none.
    """
    fresh = Product.objects.select_for_update(of=("self",)).select_related("shop").get(pk=product.pk)
    for name, value in changes.items():
        setattr(fresh, name, value)
    if stock_by:
        fresh.stock = max(0, (fresh.stock or 0) + stock_by)
    return save_product(product=fresh, at=at, by=by)


def search_text(product: Product) -> str:
    """What a product is found by: its name first, then shop, shelf and description, folded."""
    shelf = CATEGORIES.get(product.category)
    words = [product.name, product.shop.name, str(shelf.label) if shelf else "", product.description]
    return fold(" ".join(words))


def index_products(products: QuerySet[Product]) -> None:
    """Rebuild the search vectors of ``products``."""
    for product in products.select_related("shop").iterator(chunk_size=500):
        name = SearchVector(Value(fold(product.name)), config="simple", weight="A")
        rest = SearchVector(Value(search_text(product)), config="simple", weight="C")
        Product.objects.filter(pk=product.pk).update(search=name + rest)
