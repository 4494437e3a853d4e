"""What a merchant decides about the shop itself: when it is open, whether and how it serves."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.market.models import Modality, Shop
from parvis.places.hours import is_readable
from parvis.places.models import Closure, Place

MOST_CLOSURES = 40


@transaction.atomic
def set_hours(*, shop: Shop, opening_hours: str, at: datetime, by: Any = None) -> None:
    """Write the shop's hours (OpenStreetMap's words) to its place, from which pages, map and exports read.

    Raises Refusal for words that no parser understands; "" means that the hours are not known.
    """
    text = opening_hours.strip()
    readable = is_readable(text, shop.town.country)
    if text and not readable:
        raise Refusal(_("We do not understand these hours. Nothing has changed."))
    place = Place.objects.select_for_update().get(pk=shop.place_id)
    place.opening_hours, place.hours_read, place.checked_at = text, readable, at
    place.save(update_fields=["opening_hours", "hours_read", "checked_at"])
    audit.record("set_hours", shop, at=at, town_id=shop.town_id, actor=by)


@transaction.atomic
def add_closure(*, shop: Shop, first_day: date, last_day: date, reason: str, at: datetime, by: Any = None) -> Closure:
    """The shop is closed from ``first_day`` to ``last_day``, both included. Raises Refusal for days in disorder."""
    if last_day < first_day:
        raise Refusal(_("The last day comes before the first."))
    if last_day < at.astimezone(shop.town.zone).date():
        raise Refusal(_("These days are already past."))
    if Closure.objects.filter(place=shop.place_id, last_day__gte=at.date()).count() >= MOST_CLOSURES:
        raise Refusal(_("There are too many closures. Remove some first."))
    closure, created = Closure.objects.get_or_create(
        town_id=shop.town_id,
        place_id=shop.place_id,
        first_day=first_day,
        last_day=last_day,
        defaults={"reason": reason.strip()[:120]},
    )
    if created:
        audit.record("add_closure", shop, at=at, town_id=shop.town_id, actor=by)
    return closure


@transaction.atomic
def remove_closure(*, shop: Shop, closure: Closure, at: datetime, by: Any = None) -> None:
    """The shop is open on these days after all."""
    closure.delete()
    audit.record("remove_closure", shop, at=at, town_id=shop.town_id, actor=by)


@transaction.atomic
def set_takes_orders(*, shop: Shop, takes_orders: bool, at: datetime, by: Any = None) -> None:
    """The master switch: buyers can order, or only look."""
    Shop.objects.filter(pk=shop.pk).update(takes_orders=takes_orders)
    shop.takes_orders = takes_orders
    audit.record("set_takes_orders", shop, at=at, town_id=shop.town_id, actor=by, takes_orders=takes_orders)


@transaction.atomic
def set_ways(*, shop: Shop, ways: Mapping[str, Mapping[str, Any]], at: datetime, by: Any = None) -> None:
    """How the shop serves: for each kind whether it does, its fee, minimum and note. Orders keep what they had."""
    for kind, values in ways.items():
        Modality.objects.update_or_create(
            shop=shop, kind=kind, defaults=dict(values), create_defaults={"town_id": shop.town_id, **values}
        )
    audit.record("set_ways", shop, at=at, town_id=shop.town_id, actor=by)


@transaction.atomic
def describe_shop(*, shop: Shop, changes: Mapping[str, Any], at: datetime, by: Any = None) -> None:
    """What buyers read and see about the shop."""
    for name, value in changes.items():
        setattr(shop, name, value)
    shop.save(update_fields=list(changes))
    audit.record("describe_shop", shop, at=at, town_id=shop.town_id, actor=by)
