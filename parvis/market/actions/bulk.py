"""Many goods of one shop changed at once: rows of the table, prices by per cent, the usual goods of the trade.

Only what was changed is written. What somebody else changed meanwhile is not overwritten unseen: it comes back as a
``Clash``, and the rest is written.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.core.text import fold
from parvis.market.actions.many import Move, lock_goods, write_goods
from parvis.market.goods.repricing import new_price
from parvis.market.models import GoodsChange, Product, Shop


@dataclass(frozen=True, slots=True)
class Clash:
    """A value that somebody else changed since the page was opened; ``now`` is what stands."""

    product: str
    field: str
    now: Any


@dataclass(frozen=True, slots=True)
class Repriced:
    """One product with the price that it has and the one that it would have."""

    product: str
    name: str
    unit: str
    before: int
    after: int


@transaction.atomic
def sell_listed(*, shop: Shop, goods: Iterable[Mapping[str, Any]], at: datetime, by: Any = None) -> GoodsChange | None:
    """Put usual goods of the trade on sale; those that the shop has by now are left as they are."""
    lock_goods(shop)
    have = {fold(name) for name in Product.objects.filter(shop=shop).values_list("name", flat=True)}
    new = [values for values in goods if fold(values["name"]) not in have]
    if not new:
        return None
    return write_goods(shop=shop, new=new, moves=[], kind=GoodsChange.Kind.LIST, at=at, by=by)


@transaction.atomic
def change_table(
    *, shop: Shop, moves: Iterable[Move], at: datetime, by: Any = None
) -> tuple[GoodsChange | None, list[Clash]]:
    """Write what was changed in the table of goods; gives the change, if any, and what clashed."""
    moves = list(moves)
    locked = lock_goods(shop, [move.product for move in moves])
    clashes: list[Clash] = []
    writing = []
    for move in moves:
        product = locked.get(move.product)
        if product is None:
            continue
        moved = {name for name, before in move.before.items() if getattr(product, name) != before}
        clashes += [Clash(move.product, name, getattr(product, name)) for name in sorted(moved)]
        after = {name: value for name, value in move.after.items() if name not in moved}
        stock_by = move.stock_by if product.stock is not None else 0
        if move.stock_by and product.stock is None:
            clashes.append(Clash(move.product, "stock", None))
        if after or stock_by:
            writing.append(Move(move.product, {name: move.before[name] for name in after}, after, stock_by))
    if not writing:
        return None, clashes
    change = write_goods(shop=shop, new=[], moves=writing, kind=GoodsChange.Kind.TABLE, at=at, by=by)
    return change, clashes


def repriced(shop: Shop, *, percent: Fraction, rounding: str, shelf: str = "") -> list[Repriced]:
    """The goods (of one shelf, or all) whose price would move."""
    goods = Product.objects.filter(shop=shop).order_by("category", "name", "pk")
    if shelf:
        goods = goods.filter(category=shelf)
    found = (
        Repriced(str(pk), name, unit, cents, new_price(cents, percent, rounding))
        for pk, name, unit, cents in goods.values_list("pk", "name", "unit", "price_cents")
    )
    return [one for one in found if one.after != one.before]


def mark_of(rows: Iterable[Repriced]) -> str:
    """What says that prices are still those that were shown."""
    text = ";".join(f"{row.product}:{row.before}:{row.after}" for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@transaction.atomic
def reprice(
    *, shop: Shop, percent: Fraction, rounding: str, shelf: str = "", mark: str, at: datetime, by: Any = None
) -> GoodsChange:
    """Write exactly the prices that were shown. Raises Refusal when goods have changed since, or nothing moves."""
    lock_goods(shop)
    ids = [row.product for row in repriced(shop, percent=percent, rounding=rounding, shelf=shelf)]
    lock_goods(shop, ids)
    rows = repriced(shop, percent=percent, rounding=rounding, shelf=shelf)
    if mark_of(rows) != mark:
        raise Refusal(_("Prices have changed since this was shown. Here they are as they would be now."))
    if not rows:
        raise Refusal(_("There is nothing to write."))
    moves = [Move(row.product, {"price_cents": row.before}, {"price_cents": row.after}) for row in rows]
    return write_goods(shop=shop, new=[], moves=moves, kind=GoodsChange.Kind.PRICES, at=at, by=by)
