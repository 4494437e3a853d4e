"""What a merchant decides about the shop itself: whether and how it serves, what buyers read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from parvis.core import audit
from parvis.delivery.actions import offer_pickup
from parvis.market.directory import keep_services
from parvis.market.models import Modality, Part, Shop
from parvis.market.pickups import pickup_of


@transaction.atomic
def set_takes_orders(*, shop: Shop, takes_orders: bool, at: datetime, by: Any = None) -> None:
    """The master switch: buyers can order, or only look."""
    Shop.objects.filter(pk=shop.pk).update(takes_orders=takes_orders)
    shop.takes_orders = takes_orders
    audit.record("set_takes_orders", shop, at=at, town_id=shop.town_id, actor=by, takes_orders=takes_orders)


@transaction.atomic
def set_riders_fetch(*, shop: Shop, riders_fetch: bool, at: datetime, by: Any = None) -> None:
    """Whether riders may fetch bags at the shop's door; for the orders at hand too, but for what a rider was told."""
    Shop.objects.filter(pk=shop.pk).update(riders_fetch=riders_fetch)
    shop.riders_fetch = riders_fetch
    parts = Part.objects.of_shop(shop).filter(kind=Modality.Kind.BIKE, order__delivery__window__ends_at__gt=at)
    for part in parts.order_by("order__delivery", "pk"):
        delivery = part.order.delivery
        if delivery is not None and delivery.cancelled_at is None:
            pickup = pickup_of(shop, delivery.window)
            offer_pickup(delivery=delivery, sender_ref=str(part.pk), pickup=pickup, at=at, by=by)
    audit.record("set_riders_fetch", shop, at=at, town_id=shop.town_id, actor=by, riders_fetch=riders_fetch)


@transaction.atomic
def set_ways(*, shop: Shop, ways: Mapping[str, Mapping[str, Any]], at: datetime, by: Any = None) -> None:
    """How the shop serves: for each kind whether it does, its fee, minimum and note. Orders keep what they had.

    The directory says the same from then on.
    """
    for kind, values in ways.items():
        Modality.objects.update_or_create(
            shop=shop, kind=kind, defaults=dict(values), create_defaults={"town_id": shop.town_id, **values}
        )
    keep_services(shop=shop, at=at, by=by)
    audit.record("set_ways", shop, at=at, town_id=shop.town_id, actor=by)


@transaction.atomic
def describe_shop(*, shop: Shop, changes: Mapping[str, Any], at: datetime, by: Any = None) -> None:
    """What buyers read and see about the shop."""
    for name, value in changes.items():
        setattr(shop, name, value)
    shop.save(update_fields=list(changes))
    audit.record("describe_shop", shop, at=at, town_id=shop.town_id, actor=by)


@transaction.atomic
def put_on_market(*, shop: Shop, at: datetime, by: Any = None) -> None:
    """Residents see the shop from now on, and the directory says how it serves."""
    Shop.objects.filter(pk=shop.pk).update(is_open=True)
    shop.is_open = True
    keep_services(shop=shop, at=at, by=by)
    audit.record("put_on_market", shop, at=at, town_id=shop.town_id, actor=by)
