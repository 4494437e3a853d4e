"""A depot is opened, renamed or moved."""

from datetime import datetime
from typing import Any

from django.db import transaction

from parvis.core import audit
from parvis.core.geo import Point
from parvis.core.time import day_of
from parvis.delivery.actions.streets import ask_anew
from parvis.delivery.models import DayTours, Hub, Plan
from parvis.towns.models import Town

ERRAND_PERCENT = 50  # what a shop's own way counts where nobody has said so: ``bench/straight.md``
MOVED = "moved"  # no conditions have this mark: the ways on record began elsewhere, or another kind of bike took them


@transaction.atomic
def save_hub(
    *,
    town: Town,
    hub: Hub | None,
    name: str,
    address: str,
    point: Point,
    by: Any,
    at: datetime,
    fetches: bool = False,
    errand_percent: int = ERRAND_PERCENT,
) -> Hub:
    """Make a hub, or change one. Where it moves, all ways of the days ahead are asked anew.

    ``fetches``: plans from now on may send its riders to shops, whose own way counts ``errand_percent`` of a bike's;
    what is published stays.
    """
    fetching = {"fetches": fetches, "errand_percent": errand_percent}
    if hub is None:
        hub = Hub.objects.create(town=town, name=name, address=address, lon=point.lon, lat=point.lat, **fetching)
        audit.record("save_hub", hub, at=at, town_id=town.pk, actor=by, new=True)
        return hub
    moved = hub.point != point
    hub.name, hub.address, hub.lon, hub.lat = name, address, point.lon, point.lat
    hub.fetches, hub.errand_percent = fetches, errand_percent
    hub.save(update_fields=["name", "address", "lon", "lat", *fetching])
    audit.record("save_hub", hub, at=at, town_id=town.pk, actor=by, moved=moved)
    if moved:
        forget_ways(hub, at)
    return hub


def forget_ways(hub: Hub, at: datetime) -> None:
    """All ways of the days ahead are asked anew: the hub moved, or a bike takes other ways than before."""
    today = day_of(at, hub.town.zone)
    DayTours.objects.filter(hub=hub, day__gte=today).update(conditions=MOVED)
    Plan.objects.filter(hub=hub, day__gte=today).update(conditions=MOVED)
    ask_anew(hub.town)
