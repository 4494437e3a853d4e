"""What was said of when a bike comes, to the shop and to the buyer of a delivery: read from its events, at hand.

An event "planned" says it: ``fetch_at`` to the shop, ``arrive_at`` to the buyer; "" where nobody comes after all. What
was said of a window ends with it: whoever promises another one tells that.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from parvis.delivery.pickups import bags_to_come

if TYPE_CHECKING:
    from parvis.delivery.models import Delivery


def shop_told(delivery: "Delivery") -> datetime | None:
    """When the shop was told last that a rider comes; None where it was not, or was told that nobody does."""
    for event in reversed(list(delivery.events.all())):
        if event.kind == "rebooked" or (event.kind == "left_behind" and event.detail.get("at_shop")):
            return None
        if event.kind == "planned" and "fetch_at" in event.detail:
            said = event.detail["fetch_at"]
            return datetime.fromisoformat(said) if said else None
    return None


def _said_at_door(delivery: "Delivery") -> str | None:
    """What the buyer was told last: a moment, "" where no bike comes, None where nothing was said."""
    for event in reversed(list(delivery.events.all())):
        if event.kind == "rebooked":
            return None
        if event.kind == "planned" and "arrive_at" in event.detail:
            return str(event.detail["arrive_at"])
    return None


def buyer_told(delivery: "Delivery") -> datetime | None:
    """When the bell rings, as the buyer could read last; None where no time was given, or it was taken back."""
    said = _said_at_door(delivery)
    return datetime.fromisoformat(said) if said else None


def is_called_off(delivery: "Delivery") -> bool:
    """Whether the buyer was told that no bike can come in the window that stands, and none has been found since."""
    return _said_at_door(delivery) == "" and bool(bags_to_come(delivery))
