"""Writing many goods of one shop at once: the bulk twin of ``save_product``, and undoing what it wrote.

Order of locks: the shop (two bulk changes of one shop wait for each other), what was brought, its products by id.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.text import fold
from parvis.market.actions.products import BATCH, index_products
from parvis.market.goods.columns import plain_value
from parvis.market.models import GoodsChange, Product, Shop, StockMovement

SEASON = {"season_from", "season_to"}


@dataclass(slots=True)
class Move:
    """What changes in one product: fields from ``before`` to ``after``, and so many more in stock."""

    product: str
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    stock_by: int = 0


def lock_goods(shop: Shop, ids: Iterable[str | UUID] = ()) -> dict[str, Product]:
    """The shop's row, then these products of it, locked in the order of ``docs/locking.md``; in a transaction."""
    Shop.objects.select_for_update(no_key=True).filter(pk=shop.pk).values_list("pk", flat=True).get()
    rows = Product.objects.select_for_update(of=("self",)).filter(shop=shop, pk__in=list(ids)).order_by("pk")
    return {str(product.pk): product for product in rows}


def write_goods(
    *,
    shop: Shop,
    new: Iterable[Mapping[str, Any]],
    moves: Iterable[Move],
    kind: str,
    at: datetime,
    by: Any = None,
) -> GoodsChange:
    """Add ``new`` products and move others, all of it or nothing; what was written can be undone whole.

    The caller has taken the locks and has compared: what stands is what its ``before`` says.
    """
    moves = list(moves)
    locked = lock_goods(shop, [move.product for move in moves])
    added = _add(shop, new, at)
    moved = {move.product: _move(locked[move.product], move) for move in moves if move.product in locked}
    _save(shop, [locked[key] for key in moved], {name for move in moves for name in move.after})
    _count(shop, [(product, product.stock or 0) for product in added], at)
    _count(shop, [(locked[key], delta) for key, (_kept, delta) in moved.items()], at)
    change = GoodsChange.objects.create(
        town_id=shop.town_id,
        shop=shop,
        kind=kind,
        new=[product.pk for product in added],
        moved={key: kept for key, (kept, _delta) in moved.items()},
        at=at,
        by=by,
    )
    audit.record(f"goods.{kind}", shop, at=at, town_id=shop.town_id, actor=by, new=len(added), changed=len(moved))
    return change


@transaction.atomic
def undo_goods(*, change: GoodsChange, at: datetime, by: Any = None) -> int:
    """Take a bulk change back: what somebody changed since stays as it is, what was added is hidden.

    Gives how many values stayed. Raises Refusal for a change that was undone already.
    """
    shop = change.shop
    lock_goods(shop)
    change = GoodsChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if change.undone_at is not None:
        raise Refusal(_("This was undone already."))
    locked = lock_goods(shop, [*change.moved, *change.new])
    stayed, names, deltas = 0, {"hidden"}, []
    for key, kept in change.moved.items():
        product = locked.get(key)
        if product is None:
            continue
        stock = product.stock
        moved_since = {name for name, value in kept["after"].items() if plain(product, name) != value}
        if moved_since & SEASON:  # a season has two months or none: both stay
            moved_since |= SEASON & kept["after"].keys()
        for name in kept["after"]:
            if name not in moved_since:
                setattr(product, name, kept["before"][name])
                names.add(name)
            else:
                stayed += 1
        if kept["stock_by"] and product.stock is not None:
            product.stock = max(0, product.stock - kept["stock_by"])
            names.add("stock")
        deltas.append((product, (product.stock or 0) - (stock or 0)))
    for pk in change.new:
        if product := locked.get(str(pk)):
            product.hidden = True
    _save(shop, list(locked.values()), names)
    _count(shop, deltas, at)
    change.undone_at = at
    change.save(update_fields=["undone_at"])
    audit.record("goods.undone", shop, at=at, town_id=shop.town_id, actor=by, change=str(change.pk), stayed=stayed)
    return stayed


def plain(product: Product, name: str) -> Any:
    """A value of a product as a change keeps it: JSON holds no file."""
    value = getattr(product, name)
    return value.name or "" if name == "picture" else plain_value(value)


def _add(shop: Shop, new: Iterable[Mapping[str, Any]], at: datetime) -> list[Product]:
    taken = set(shop.products.values_list("slug", flat=True))
    products = []
    for values in new:
        slug = _free(values["name"], taken)
        products.append(Product(town_id=shop.town_id, shop=shop, slug=slug, created_at=at, **values))
    Product.objects.bulk_create(products, batch_size=BATCH)
    index_products(Product.objects.filter(pk__in=[product.pk for product in products]))
    return products


def _free(name: str, taken: set[str]) -> str:
    """A slug that no other product of the shop has; it is taken from then on."""
    base = slugify(fold(name))[:100] or "article"
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    taken.add(slug)
    return slug


def _move(product: Product, move: Move) -> tuple[dict[str, Any], int]:
    """Change the row in memory; gives what is kept of it, and by how much its stock moves."""
    before_stock = product.stock or 0
    kept = {"before": {name: plain(product, name) for name in move.after}, "after": dict(move.after), "stock_by": 0}
    for name, value in move.after.items():
        setattr(product, name, value)
    if move.stock_by and product.stock is not None:
        stock = max(0, product.stock + move.stock_by)
        kept["stock_by"] = stock - product.stock
        product.stock = stock
    return kept, (product.stock or 0) - before_stock


def _save(shop: Shop, products: list[Product], names: set[str]) -> None:
    """Write the fields that moved; an address follows its name, search follows both."""
    if not products:
        return
    if "name" in names:
        taken = set(shop.products.exclude(pk__in=[p.pk for p in products]).values_list("slug", flat=True))
        for product in products:
            base = slugify(fold(product.name))[:100] or "article"
            if product.slug in taken or not _belongs(product.slug, base):
                product.slug = _free(product.name, taken)
            taken.add(product.slug)
    fields = sorted(names | {"stock"} | ({"slug"} if "name" in names else set()))
    Product.objects.bulk_update(products, fields, batch_size=BATCH)
    if names & {"name", "category", "description"}:
        index_products(Product.objects.filter(pk__in=[product.pk for product in products]))


def _belongs(slug: str, base: str) -> bool:
    """Whether a slug is the one of this name: the name itself, or with a number behind it."""
    return slug == base or (slug.startswith(f"{base}-") and slug.removeprefix(f"{base}-").isdigit())


def _count(shop: Shop, deltas: Iterable[tuple[Product, int]], at: datetime) -> None:
    StockMovement.objects.bulk_create(
        StockMovement(town_id=shop.town_id, product=product, delta=delta, reason=StockMovement.Reason.COUNTED, at=at)
        for product, delta in deltas
        if delta
    )
