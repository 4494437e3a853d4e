"""Which bike is free when, around the trips that are already fixed and its rests; and what it can carry."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .drops import Drop
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


def stretches(bike: Bike) -> tuple[Bike, ...]:
    """The bike once for each stretch of its shift between rests, with its part of the range; itself without rests."""
    if not bike.rests:
        return (bike,)
    slots = _slots_of(Problem((), (), ((0,),), ((0,),)), bike)
    return tuple(
        replace(bike, shift_start=slot.opens, shift_end=slot.closes, range_metres=slot.range_left, rests=())
        for slot in slots
    )


def carries(bike: Bike, drops: Sequence[Drop]) -> bool:
    """Whether the drops fit on the bike together, and the bike can do what each asks for."""
    return (
        sum(drop.grams for drop in drops) <= bike.max_grams
        and sum(drop.millilitres for drop in drops) <= bike.max_millilitres
        and (bike.max_crates is None or sum(drop.crates for drop in drops) <= bike.max_crates)
        and (bike.max_cold_crates is None or sum(drop.cold_crates for drop in drops) <= bike.max_cold_crates)
        and all(can_do(bike, drop) for drop in drops)
    )


def can_do(bike: Bike, drop: Drop) -> bool:
    """Whether the bike has every skill that the drop asks for."""
    return not drop.needs or set(drop.needs) <= set(bike.skills)


def _slots_of(problem: Problem, bike: Bike) -> list[Slot]:
    fixed = sorted((trip for trip in problem.fixed if trip.bike_id == bike.id), key=lambda trip: trip.departs)
    gaps = _gaps(problem, bike, fixed)
    if bike.max_trips is not None or bike.max_seconds is not None:
        # These limits cannot be shared out between gaps like metres: the longest gap gets all that is left.
        gaps = sorted(gaps, key=lambda gap: gap[0] - gap[1])[:1]
    trips_left = None if bike.max_trips is None else bike.max_trips - len(fixed)
    if trips_left is not None and trips_left <= 0:
        return []
    ranges = _ranges(bike, gaps, fixed)
    return [
        Slot(bike, opens, closes, metres, trips_left, None if fixed else bike.max_seconds)
        for (opens, closes), metres in zip(gaps, ranges, strict=True)
    ]


def _gaps(problem: Problem, bike: Bike, fixed: list[Trip]) -> list[tuple[int, int]]:
    """Stretches (opens, closes) of the shift between fixed trips and rests, from now on, with time to reload."""
    reload = problem.reload_seconds
    start, end = max(bike.shift_start, problem.not_before), bike.shift_end
    if fixed and bike.max_seconds is not None:
        start = max(start, fixed[-1].returns - bike.max_seconds)
        end = min(end, fixed[0].departs + bike.max_seconds)
    taken = sorted(
        [(trip.departs - reload, trip.returns + reload) for trip in fixed]
        + [(rest.start, rest.end) for rest in bike.rests]
    )
    gaps, free = [], start
    for begins, ends in taken:
        gaps.append((free, min(end, begins)))
        free = max(free, ends)
    gaps.append((free, end))
    return [(opens, closes) for opens, closes in gaps if opens < closes]


def _ranges(bike: Bike, gaps: list[tuple[int, int]], fixed: list[Trip]) -> list[int | None]:
    """The metres that the battery has for new trips in each gap, so that whatever they use there, the gaps and fixed
    trips after it have theirs. Between two charges it is shared out by time.
    """
    if bike.range_metres is None:
        return [None] * len(gaps)
    charges = [rest for rest in bike.rests if rest.metres]

    def charged(moment: int) -> int:
        """How many charges were over by then."""
        return sum(rest.end <= moment for rest in charges)

    count = len(charges) + 1
    ridden, seconds = [0] * count, [0] * count
    for trip in fixed:
        ridden[charged(trip.departs)] += trip.metres
    for opens, closes in gaps:
        seconds[charged(opens)] += closes - opens
    gains = [rest.metres for rest in charges]
    needs = [*ridden, 0]  # what the battery must hold when each part begins, for the trips that are fixed
    for part in reversed(range(len(gains))):
        needs[part] = ridden[part] + max(0, needs[part + 1] - gains[part])
    free = max(0, bike.range_metres + sum(gains) - sum(ridden))
    budgets, left = [], bike.range_metres
    for part in range(count):
        share = free * seconds[part] // max(sum(seconds), 1)
        budgets.append(max(0, min(share, left - needs[part])))
        left = left - ridden[part] - budgets[part] + (gains[part] if part < len(gains) else 0)
        left = min(left, bike.range_metres)
    return [budgets[charged(opens)] * (closes - opens) // max(seconds[charged(opens)], 1) for opens, closes in gaps]
