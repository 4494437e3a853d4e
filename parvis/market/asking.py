"""Another time is asked of a buyer: by a shop that may not be ready, because no bike can come, or after a failed door.

What is asked is read from the events of the delivery (``delivery.told``); here it gets its times and its words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from parvis.delivery.models import Window
from parvis.delivery.states import DeliveryState
from parvis.delivery.told import Asked, is_called_off, open_asks, times_asked
from parvis.market.changing import bike_parts, may_change, times_for
from parvis.market.models import Modality, Order, Part
from parvis.market.when import near_day
from parvis.towns.models import Town

SHOWN = 5  # a tap each on the page of the order; all of them stand one page further


@dataclass(frozen=True, slots=True)
class Question:
    """What the buyer is asked: by which shops, with the reason of each ("" if none was given); by none where the
    town itself asks. The times that can be kept, the soonest first, each with its day in words.
    """

    shops: tuple[tuple[str, str], ...]
    times: tuple[tuple[Window, str], ...]


def question_of(order: Order, town: Town, at: datetime) -> Question | None:
    """What is asked of the buyer of an order loaded ``with_story``; None while nothing is, and once it is too late.

    Asks the database nothing where nothing is asked.
    """
    delivery = order.delivery
    if delivery is None or not may_change(order):
        return None
    reasons = {asked.sender_ref: asked.reason for asked in open_asks(delivery)}
    asking = [part for part in bike_parts(order) if str(part.pk) in reasons]
    if asking:
        times = later_times(order, town, at)
    elif is_called_off(delivery) or delivery.state == DeliveryState.FAILED:
        times = times_for(order, town, at)
    else:
        return None
    return Question(
        shops=tuple((part.shop.name, reasons[str(part.pk)]) for part in asking),
        times=tuple((window, near_day(window.starts_at, at)) for window in times[:SHOWN]),
    )


def later_times(order: Order, town: Town, at: datetime) -> Sequence[Window]:
    """The times that help a shop which may not be ready: those for which goods are due later."""
    assert order.delivery is not None
    due = order.delivery.window.goods_due_at
    return [window for window in times_for(order, town, at) if window.goods_due_at > due]


def asked_by(part: Part) -> Asked | None:
    """What this shop has asked for its part, loaded ``of_shop``, and whether the buyer keeps the time."""
    delivery = part.order.delivery if part.kind == Modality.Kind.BIKE else None
    asked = times_asked(delivery) if delivery is not None else []
    return next((one for one in asked if one.sender_ref == str(part.pk)), None)
