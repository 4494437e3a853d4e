"""Why a drop is not on any trip: the codes, and the test that finds drops no bike could serve alone."""

from collections.abc import Iterable, Sequence

from .drops import Drop
from .fleet import Slot, can_do
from .problem import Problem
from .timing import ride_seconds

NO_CAPACITY = "no_capacity"

REASONS = {
    "no_bike": "No bike is free any more.",
    "too_heavy": "Heavier than any bike may carry.",
    "too_bulky": "Bulkier than any bike may carry.",
    "too_many_crates": "More crates than any bike may carry.",
    "too_cold": "More cold boxes than any bike has.",
    "no_skill": "It asks for what no bike on shift can do.",
    "out_of_range": "Further than any bike may still ride.",
    "too_long_aboard": "Nobody can be there before it gets too warm.",
    "too_far": "The way there and back takes longer than any rider may be out.",
    "window_unreachable": "No bike can be there in its window, or home before its shift ends.",
    NO_CAPACITY: "A bike could serve it alone, yet the fleet is full.",
}
"""Machine codes with a sentence each, from the first obstacle to the last."""

_ORDER = list(REASONS)


def hopeless(problem: Problem, slots: Sequence[Slot], drop: Drop) -> str | None:
    """The reason why no free slot could serve `drop` even with nothing else to do, or None.

    When bikes fail for different reasons, the one that came closest speaks.
    """
    obstacles = []
    for slot in slots:
        obstacle = _obstacle(problem, slot, drop)
        if obstacle is None:
            return None
        obstacles.append(obstacle)
    return closest(obstacles)


def closest(reasons: Iterable[str]) -> str:
    """Of several reasons, the one that is nearest to success."""
    return max(reasons, key=_ORDER.index, default="no_bike")


def _obstacle(problem: Problem, slot: Slot, drop: Drop) -> str | None:
    bike = slot.bike
    if drop.grams > bike.max_grams:
        return "too_heavy"
    if drop.millilitres > bike.max_millilitres:
        return "too_bulky"
    if bike.max_crates is not None and drop.crates > bike.max_crates:
        return "too_many_crates"
    if bike.max_cold_crates is not None and drop.cold_crates > bike.max_cold_crates:
        return "too_cold"
    if not can_do(bike, drop):
        return "no_skill"
    ways = problem.distances_of(bike)
    metres = ways[0][drop.location] + ways[drop.location][0]
    if slot.range_left is not None and metres > slot.range_left:
        return "out_of_range"
    departs = max(slot.opens, drop.ready_at)
    start = max(departs + ride_seconds(problem, bike, 0, drop.location), drop.earliest)
    home = start + drop.service_seconds + ride_seconds(problem, bike, drop.location, 0)
    if drop.max_aboard is not None and ride_seconds(problem, bike, 0, drop.location) > drop.max_aboard:
        return "too_long_aboard"
    ride = ride_seconds(problem, bike, 0, drop.location) + ride_seconds(problem, bike, drop.location, 0)
    if slot.seconds_left is not None and ride + drop.service_seconds > slot.seconds_left:
        return "too_far"
    return "window_unreachable" if start > drop.latest or home > slot.closes else None
