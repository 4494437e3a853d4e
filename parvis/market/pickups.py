"""Where and when a shop hands over to riders at its door, for those that agree."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from parvis.core.time import day_of
from parvis.delivery.models import Hub, SharedHub, Stop, Window
from parvis.delivery.pickups import PickUp, to_fetch
from parvis.places import hours
from parvis.towns.models import Town

if TYPE_CHECKING:
    from datetime import datetime

    from parvis.market.models import Part, Shop

BEFORE = timedelta(hours=1)
"""Riders come to shops from so long before a window until its end."""


def is_offered(town: Town, at: "datetime") -> bool:
    """Whether riders of the town, or of a neighbour whose bikes ride for it, fetch at shops at all."""
    shared = SharedHub.objects.open_to(town, day_of(at, town.zone)).order_by().values("hub")
    return Hub.objects.filter(Q(town=town) | Q(pk__in=shared), fetches=True).exists()


def pickup_of(shop: "Shop", window: Window) -> PickUp | None:
    """The shop's door with the opening hours that lie around a window.

    None where it does not hand over to riders, or is closed then, or nobody knows its hours.
    """
    if not shop.riders_fetch:
        return None
    place, zone = shop.place, shop.town.zone
    day = window.day_in(zone)
    closed = place.closed_days()
    spans = hours.day_spans(place.opening_hours, day, closed, zone, shop.town.country, place.point)
    first, last = window.starts_at - BEFORE, window.ends_at
    around = [(min(end, last) - max(start, first), start, end) for start, end in spans if start < last and end > first]
    if not around:
        return None
    _common, opens, closes = max(around)
    return PickUp(place.address, place.point, opens, closes)


def rider_comes(part: "Part") -> "datetime | None":
    """When a rider comes for the bags of a part, by the published plan; None where its shop brings them to the hub."""
    delivery = part.order.delivery
    if delivery is None:
        return None
    stops = Stop.objects.filter(delivery=delivery, round__plan__state="published").exclude(option="")
    stop = (
        stops.select_related("round", "delivery")
        .prefetch_related("delivery__bags__events", "delivery__events")
        .order_by("-arrive_at")
        .first()
    )
    return (stop.fetch_at or stop.arrive_at) if stop is not None and to_fetch(stop) else None
