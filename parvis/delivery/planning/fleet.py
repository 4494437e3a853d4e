"""Which bike is free when, around the trips that are already fixed."""

from dataclasses import dataclass

from .plan import Trip
from .problem import Bike, Problem


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of a bike's shift in which new trips may be planned.

    New trips leave at `opens` or later and are home at `closes`; together they stay within `range_left`
    metres, `trips_left` trips and `seconds_left` from the first departure to the last return (None: no
    limit).
    """

    bike: Bike
    opens: int
    closes: int
    range_left: int | None
    trips_left: int | None
    seconds_left: int | None


def free_slots(problem: Problem) -> tuple[Slot, ...]:
    """The free slots of every bike, in the order of the problem's bikes and of the clock."""
    return tuple(slot for bike in problem.bikes for slot in _slots_of(problem, bike))


def _slots_of(problem: Problem, bike: Bike) -> list[Slot]:
    fixed = sorted((trip for trip in problem.fixed if trip.bike_id == bike.id), key=lambda trip: trip.departs)
    gaps = _gaps(problem, bike, fixed)
    if bike.max_trips is not None or bike.max_seconds is not None:
        # These limits cannot be shared out between gaps like metres: the longest gap gets all that is left.
        gaps = sorted(gaps, key=lambda gap: gap[0] - gap[1])[:1]
    trips_left = None if bike.max_trips is None else bike.max_trips - len(fixed)
    if trips_left is not None and trips_left <= 0:
        return []
    range_left = None if bike.range_metres is None else bike.range_metres - sum(trip.metres for trip in fixed)
    free = sum(closes - opens for opens, closes in gaps)
    return [
        Slot(
            bike,
            opens,
            closes,
            _share(range_left, closes - opens, free),
            trips_left,
            None if fixed else bike.max_seconds,
        )
        for opens, closes in gaps
    ]


def _gaps(problem: Problem, bike: Bike, fixed: list[Trip]) -> list[tuple[int, int]]:
    """Stretches (opens, closes) of the shift between fixed trips, from now on, with time to reload."""
    reload = problem.reload_seconds
    start, end = max(bike.shift_start, problem.not_before), bike.shift_end
    if fixed and bike.max_seconds is not None:
        start = max(start, fixed[-1].returns - bike.max_seconds)
        end = min(end, fixed[0].departs + bike.max_seconds)
    opens = [start, *(max(start, trip.returns + reload) for trip in fixed)]
    closes = [*(min(end, trip.departs - reload) for trip in fixed), end]
    return [(start, end) for start, end in zip(opens, closes, strict=True) if start < end]


def _share(range_left: int | None, seconds: int, free: int) -> int | None:
    """The part of the remaining range for a gap of `seconds` among `free` seconds in all."""
    return None if range_left is None else max(0, range_left) * seconds // max(free, 1)
