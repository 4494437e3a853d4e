"""What the delivery room keeps. ``Delivery`` and ``Bag`` have no state column: see ``states.py``."""

from parvis.delivery.models.agreements import Agreement, AgreementQuerySet, SharedHub, SharedHubQuerySet, SharedMonth
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
from parvis.delivery.models.taps import RefusedTap

__all__ = [
    "Agreement",
    "AgreementQuerySet",
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
    "RefusedTap",
    "RiderPosition",
    "RoadClosure",
    "Round",
    "RoundQuerySet",
    "RunningCosts",
    "RunningCostsQuerySet",
    "SharedHub",
    "SharedHubQuerySet",
    "SharedMonth",
    "Shift",
    "Stop",
    "Window",
    "WindowQuerySet",
]
