"""Whether a stop still stands: its buyer may have chosen another time since the plan was published. Pure."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parvis.delivery.models import Stop


def is_moved(stop: "Stop") -> bool:
    """Whether its delivery was promised another time after the plan of its round was published: until the day is
    planned again the stop is there, and nobody rides to it. The delivery's events, and the plan, must be at hand.
    """
    again = [event.at for event in stop.delivery.events.all() if event.kind == "rebooked"]
    if not again:
        return False
    plan = stop.round.plan
    return max(again) > (plan.published_at or plan.made_at)
