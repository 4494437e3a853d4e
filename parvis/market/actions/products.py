"""A merchant's own goods: saving one, counting stock, keeping search up to date."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from parvis.core import audit
from parvis.core.pictures import make_copies
from parvis.core.text import fold
from parvis.market.models import Product, Shop, StockMovement
from parvis.market.search import names, product_vector
from parvis.towns import words
from parvis.towns.models import Town

BATCH = 500


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
    if product.picture and product.picture.name != (old.picture.name if old else ""):
        make_copies(product.picture.storage, str(product.picture.name))
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


def index_products(products: QuerySet[Product]) -> None:
    """Rebuild what ``products`` are found by, and let each town know their words."""
    batch: list[Product] = []
    for product in products.select_related("shop__town").iterator(chunk_size=BATCH):
        batch.append(product)
        if len(batch) == BATCH:
            _index(batch)
            batch = []
    _index(batch)


def _index(batch: list[Product]) -> None:
    texts: dict[Town, set[str]] = {}
    for product in batch:
        product.search = product_vector(product)
        texts.setdefault(product.shop.town, set()).update(names(product))
    Product.objects.bulk_update(batch, ["search"], batch_size=BATCH)
    for town, found in texts.items():
        words.learn(town, found)
