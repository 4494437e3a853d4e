"""What the delivery room keeps. ``Delivery`` and ``Bag`` have no state column: see ``states.py``."""

from parvis.delivery.models.costs import RunningCosts, RunningCostsQuerySet
from parvis.delivery.models.deliveries import (
    Bag,
    BagEvent,
    BagQuerySet,
    Crate,
    Delivery,
    DeliveryEvent,
    DeliveryQuerySet,
)
from parvis.delivery.models.fleet import Bike, Hub, Shift
from parvis.delivery.models.plans import Plan, Round, RoundQuerySet, Stop
from parvis.delivery.models.positions import RiderPosition
from parvis.delivery.models.promises import DayTours, Window, WindowQuerySet
from parvis.delivery.models.ratings import Rating
from parvis.delivery.models.streets import Pace, RoadClosure

__all__ = [
    "Bag",
    "BagEvent",
    "BagQuerySet",
    "Bike",
    "Crate",
    "DayTours",
    "Delivery",
    "DeliveryEvent",
    "DeliveryQuerySet",
    "Hub",
    "Pace",
    "Plan",
    "Rating",
    "RiderPosition",
    "RoadClosure",
    "Round",
    "RoundQuerySet",
    "RunningCosts",
    "RunningCostsQuerySet",
    "Shift",
    "Stop",
    "Window",
    "WindowQuerySet",
]
