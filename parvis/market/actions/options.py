"""The merchant says what is chosen about a product; baskets and orders keep what they had."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from parvis.core import audit
from parvis.market.models import Option, OptionGroup, Product, StockMovement


@dataclass(frozen=True, slots=True)
class OptionWish:
    """One answer: its name, what it costs more, how many there are (None: not counted)."""

    name: str
    surcharge_cents: int = 0
    stock: int | None = None


@dataclass(frozen=True, slots=True)
class GroupWish:
    """One question with its answers."""

    name: str
    options: tuple[OptionWish, ...]


@transaction.atomic
def set_options(*, product: Product, groups: Sequence[GroupWish], at: datetime, by: Any = None) -> None:
    """Make the questions of ``product`` exactly these. What keeps its name keeps its id, so baskets go on.

    The product is locked first, then its options by id; a changed count becomes a stock movement.
    """
    Product.objects.select_for_update().get(pk=product.pk)
    list(Option.objects.select_for_update().filter(group__product=product).order_by("pk"))
    product.groups.exclude(name__in=[group.name for group in groups]).delete()
    for position, wish in enumerate(groups):
        group, _made = OptionGroup.objects.update_or_create(
            product=product, name=wish.name, defaults={"position": position, "town_id": product.town_id}
        )
        group.options.exclude(name__in=[option.name for option in wish.options]).delete()
        for place, option in enumerate(wish.options):
            _keep(product, group, option, place, at)
    audit.record("set_options", product, at=at, town_id=product.town_id, actor=by)


def _keep(product: Product, group: OptionGroup, wish: OptionWish, position: int, at: datetime) -> None:
    option = group.options.filter(name=wish.name).first() or Option(
        town_id=product.town_id, group=group, name=wish.name
    )
    moved = (wish.stock or 0) - (option.stock or 0)
    option.surcharge_cents, option.stock, option.position = wish.surcharge_cents, wish.stock, position
    option.save()
    if moved:
        StockMovement.objects.create(
            town_id=product.town_id,
            product=product,
            option=option,
            delta=moved,
            reason=StockMovement.Reason.COUNTED,
            at=at,
        )
