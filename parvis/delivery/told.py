"""What was said of when a bike comes, to the shop and to the buyer of a delivery: read from its events, at hand.

An event "planned" says it: ``fetch_at`` to the shop, ``arrive_at`` to the buyer; "" where nobody comes after all. An
event "asked" says that a shop asks the buyer for another time, "kept" that the buyer does not want one. What was said
of a window ends with it: whoever promises another one tells that.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from parvis.delivery.pickups import bags_to_come
from parvis.delivery.states import BagState

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


@dataclass(frozen=True, slots=True)
class Asked:
    """Another time was asked of the buyer by whoever brings the bags of ``sender_ref``; ``kept_at`` is when the buyer
    answered that the time stays.
    """

    sender_ref: str
    at: datetime
    reason: str
    kept_at: datetime | None = None


def times_asked(delivery: "Delivery") -> list[Asked]:
    """Who asked for another time than the one that stands. Withdrawn by itself: what its shop has packed, brought or
    given up needs no other time.
    """
    found: dict[str, Asked] = {}
    for event in delivery.events.all():
        if event.kind == "rebooked":
            found.clear()
        elif event.kind == "kept":
            found = {ref: replace(asked, kept_at=asked.kept_at or event.at) for ref, asked in found.items()}
        elif event.kind == "asked":
            ref = str(event.detail.get("sender_ref", ""))
            found[ref] = Asked(ref, event.at, str(event.detail.get("reason", "")))
    awaited = {bag.sender_ref for bag in delivery.live_bags() if bag.state == BagState.EXPECTED}
    return [asked for ref, asked in found.items() if ref in awaited]


def open_asks(delivery: "Delivery") -> list[Asked]:
    """Those that the buyer has not answered."""
    return [asked for asked in times_asked(delivery) if asked.kept_at is None]


def is_asked_to_move(delivery: "Delivery") -> bool:
    """Whether another time is asked of the buyer, by a shop or because no bike can come: one that they choose now is
    not their own wish.
    """
    return bool(open_asks(delivery)) or is_called_off(delivery)
