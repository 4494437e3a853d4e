"""What a shop or the town decides about ordering: preparation, smallest order, capacity, cycles.

Orders that are placed keep the promise they had.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from parvis.core import audit
from parvis.market.models import Capacity, Cycle, CycleShop, Shop
from parvis.towns.models import Town


@transaction.atomic
def set_rules(
    *,
    shop: Shop,
    preparation_minutes: int,
    minimum_cents: int,
    capacity: Mapping[str, Any] | None,
    at: datetime,
    by: Any = None,
) -> None:
    """How long an order takes, from which amount one is taken, and how many (``most``, ``counts``, ``minutes``)."""
    shop.preparation_minutes, shop.minimum_cents = preparation_minutes, minimum_cents
    shop.save(update_fields=["preparation_minutes", "minimum_cents"])
    if capacity is None:
        Capacity.objects.filter(shop=shop).delete()
    else:
        Capacity.objects.update_or_create(
            shop=shop, defaults=dict(capacity), create_defaults={"town_id": shop.town_id, **capacity}
        )
    audit.record("set_rules", shop, at=at, town_id=shop.town_id, actor=by, limited=capacity is not None)


@transaction.atomic
def save_cycle(
    *,
    town: Town,
    shops: Iterable[Shop],
    values: Mapping[str, Any],
    at: datetime,
    cycle: Cycle | None = None,
    owner: Shop | None = None,
    by: Any = None,
) -> Cycle:
    """A new cycle of these shops, or other times for one that is known; ``owner`` is the shop that sets its own."""
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk) if cycle else Cycle(town=town, owner=owner)
    for name, value in values.items():
        setattr(cycle, name, value)
    cycle.save()
    members = {shop.pk for shop in shops}
    CycleShop.objects.filter(cycle=cycle).exclude(shop__in=members).delete()
    known = set(CycleShop.objects.filter(cycle=cycle).values_list("shop_id", flat=True))
    CycleShop.objects.bulk_create(CycleShop(town=town, cycle=cycle, shop_id=pk) for pk in members - known)
    audit.record("save_cycle", cycle, at=at, town_id=town.pk, actor=by, shops=len(members))
    return cycle


@transaction.atomic
def end_cycle(*, cycle: Cycle, at: datetime, by: Any = None) -> None:
    """No more turns; the shops take orders as they did before."""
    audit.record("end_cycle", cycle, at=at, town_id=cycle.town_id, actor=by)
    cycle.delete()
