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

MOVED = "moved"  # no conditions have this mark: ways on record began elsewhere


@transaction.atomic
def save_hub(*, town: Town, hub: Hub | None, name: str, address: str, point: Point, by: Any, at: datetime) -> Hub:
    """Make a hub, or change one. Where it moves, all ways of the days ahead are asked anew."""
    if hub is None:
        hub = Hub.objects.create(town=town, name=name, address=address, lon=point.lon, lat=point.lat)
        audit.record("save_hub", hub, at=at, town_id=town.pk, actor=by, new=True)
        return hub
    moved = hub.point != point
    hub.name, hub.address, hub.lon, hub.lat = name, address, point.lon, point.lat
    hub.save(update_fields=["name", "address", "lon", "lat"])
    audit.record("save_hub", hub, at=at, town_id=town.pk, actor=by, moved=moved)
    if moved:
        today = day_of(at, town.zone)
        DayTours.objects.filter(hub=hub, day__gte=today).update(conditions=MOVED)
        Plan.objects.filter(hub=hub, day__gte=today).update(conditions=MOVED)
        ask_anew(town)
    return hub
