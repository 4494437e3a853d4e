"""A shop on the way to a door, far from the hub: what a rider may fetch there."""

from datetime import datetime, timedelta
from typing import Any

from parvis.core.geo import Point
from parvis.delivery import actions
from parvis.delivery.models import Delivery, Hub, Plan, Stop, Window
from parvis.delivery.pickups import PickUp


def pickup_near(window: Window, *, east: float = 0.010, **changes: Any) -> PickUp:
    """A shop east of the hub that is open from two hours before the window until its end."""
    hub = window.hub
    facts: dict[str, Any] = {
        "address": "4 place de la Mairie, 92130 Issy",
        "point": Point(hub.lon + east, hub.lat),
        "opens_at": window.starts_at - timedelta(hours=2),
        "closes_at": window.ends_at,
    }
    return PickUp(**(facts | changes))


def book_straight(window: Window, *, reference: str = "S-1", pickup: PickUp | None = None, **changes: Any) -> Delivery:
    """One bag of a shop that hands over to riders, for a door just behind it."""
    hub = window.hub
    offered = pickup or pickup_near(window)
    bag = {"sender": "Fleurs du Parvis", "sender_ref": f"part-{reference}", "grams": 2000, "millilitres": 9000}
    spec = actions.BagSpec(**({"pickup": offered, "sender_phone": "01 46 00 00 09"} | bag | changes))
    return actions.book_delivery(
        town=hub.town,
        window_id=window.pk,
        reference=reference,
        name="Camille Martin",
        phone="06 11 22 33 44",
        address="9 rue du Bout, 92130 Issy",
        point=Point(hub.lon + 0.011, hub.lat + 0.0002),
        bags=[spec],
        at=window.closes_at - timedelta(hours=1),
    )


def published(hub: Hub, at: datetime, **extra: Any) -> Plan:
    """The plan of the day, made and published."""
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=40, **extra)
    assert plan.state == Plan.State.DRAFT, plan.message
    return actions.publish_plan(plan=plan, by=None, at=at)


def stop_of(delivery: Delivery) -> Stop:
    """Its stop on the published plan."""
    return Stop.objects.select_related("round__plan").get(delivery=delivery, round__plan__state=Plan.State.PUBLISHED)
