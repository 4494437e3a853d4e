"""The search for a plan: every promise first, then the least riding and time away from the hub."""

import logging
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from pyvrp import Solution, SolveParams
from pyvrp import solve as pyvrp_solve
from pyvrp.exceptions import PenaltyBoundWarning

from .fleet import Slot, free_slots
from .model import Model, Tour, build, to_solution, to_tours
from .plan import Plan, Trip, Unserved, refuse
from .problem import Drop, Problem
from .reasons import NO_CAPACITY, hopeless
from .timing import cost_of, time_trip

DEFAULT_SECONDS = 12.0
"""Cap on processor time when the caller gives none."""

_INFEASIBLE = 2**63 - 1  # the cost by which PyVRP calls a solution that breaks a rule
_PATIENCE = 0.3  # part of the budget spent looking for a plan that serves all, before some may be left out

logging.getLogger("pyvrp").setLevel(logging.WARNING)  # it would write its progress on standard output


def default_iterations(drops: int) -> int:
    """How long to search for a wave of so many drops when the caller does not say."""
    return 20_000


@dataclass(slots=True)
class Budget:
    """When to stop: after `iterations`, or `seconds` of processor time of this thread (not of the clock on
    the wall, so that a busy neighbour on the same machine does not change the plan).
    """

    iterations: int
    seconds: float | None
    patience: float = 1.0
    spent: int = -1
    since: float | None = None

    def __call__(self, best_cost: int) -> bool:
        now = time.thread_time()
        self.since = now if self.since is None else self.since
        self.spent += 1
        part = self.spent / max(self.iterations, 1)
        if self.seconds is not None:
            part = max(part, (now - self.since) / max(self.seconds, 1e-9))
        return part >= (self.patience if best_cost >= _INFEASIBLE else 1.0)

    def rest(self) -> "Budget":
        """What is left, without patience."""
        used = 0.0 if self.since is None else time.thread_time() - self.since
        seconds = None if self.seconds is None else max(0.0, self.seconds - used)
        return Budget(max(0, self.iterations - max(self.spent, 0)), seconds)


def solve(
    problem: Problem,
    *,
    seed: int,
    seconds: float | None = None,
    iterations: int | None = None,
    initial: Plan | None = None,
) -> Plan:
    """A plan for `problem` that `verify` accepts, with every drop served or left out with a reason.

    The same problem, seed, `iterations` and `initial` give the same plan. `seconds` of processor time cap
    the search; a plan found under that cap alone depends on the machine. With neither, the search takes
    `default_iterations` and at most `DEFAULT_SECONDS`. `initial` is a plan to start from: its trips are a
    suggestion only.
    """
    refuse(iterations is not None and iterations < 0, "Iterations are not negative.")
    refuse(seconds is not None and seconds < 0, "Seconds are not negative.")
    started = time.thread_time()
    slots = free_slots(problem)
    decided = {stop.drop_id for trip in problem.fixed for stop in trip.stops}
    wanted, unserved = _sorted_out(problem, slots, [drop for drop in problem.drops if drop.id not in decided])
    budget = _budget(len(wanted), seconds, iterations)
    tours = _search(problem, slots, wanted, seed, budget, initial) if wanted else []
    trips, left = _clocked(problem, tours, wanted)
    order = {bike.id: i for i, bike in enumerate(problem.bikes)}
    everything = sorted((*problem.fixed, *trips), key=lambda t: (order.get(t.bike_id, -1), t.departs))
    unserved += [Unserved(drop.id, NO_CAPACITY) for drop in left]
    return Plan(tuple(everything), tuple(unserved), cost_of(problem, everything), time.thread_time() - started)


def _budget(drops: int, seconds: float | None, iterations: int | None) -> Budget:
    if iterations is None and seconds is not None:
        return Budget(10**12, seconds, _PATIENCE)
    if iterations is None:
        return Budget(default_iterations(drops), DEFAULT_SECONDS, _PATIENCE)
    return Budget(iterations, seconds, _PATIENCE)


def _sorted_out(problem: Problem, slots: Sequence[Slot], drops: Sequence[Drop]) -> tuple[list[Drop], list[Unserved]]:
    """Drops that some bike could serve, and those that none can."""
    wanted, unserved = [], []
    for drop in drops:
        reason = hopeless(problem, slots, drop)
        if reason is None:
            wanted.append(drop)
        else:
            unserved.append(Unserved(drop.id, reason))
    return wanted, unserved


def _search(
    problem: Problem,
    slots: Sequence[Slot],
    drops: Sequence[Drop],
    seed: int,
    budget: Budget,
    initial: Plan | None,
) -> list[tuple[Slot, Tour]]:
    """The best tours found. First all drops are required; if that finds nothing, each may be left out."""
    model = build(problem, slots, drops, prize=None)
    start = None if initial is None else to_solution(model, _tours_of(problem, slots, initial))
    best = _run(model, seed, budget, start)
    if best.is_feasible():
        return to_tours(model, best)
    tours = to_tours(model, best)
    model = build(problem, slots, drops, prize=_prize(problem))
    best = _run(model, seed, budget.rest(), to_solution(model, tours))
    return to_tours(model, best)


def _prize(problem: Problem) -> int:
    """What leaving one drop out costs the search: more than the dearest way there and back, many times."""
    dearest = max(map(max, problem.distances)) * problem.unit_metre_cost
    slowest = max(map(max, problem.durations)) * problem.unit_second_cost
    return 10 * (dearest + slowest) + 1


def _run(model: Model, seed: int, budget: Budget, start: Solution | None) -> Solution:
    with warnings.catch_warnings():
        # PyVRP warns when it finds no plan that keeps all rules; the caller then lets drops be left out.
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        result = pyvrp_solve(
            model.data,
            budget,
            seed,
            collect_stats=False,
            display=False,
            params=PARAMS,
            initial_solution=start,
        )
    return result.best


PARAMS = SolveParams()


def _tours_of(problem: Problem, slots: Sequence[Slot], plan: Plan) -> list[tuple[Slot, Tour]]:
    """The trips of an earlier plan, each given to the first slot of its bike that is still open when it
    departs; drops that are gone are skipped.
    """
    tours: dict[Slot, list[tuple[Drop, ...]]] = {slot: [] for slot in slots}
    for trip in plan.trips:
        drops = tuple(problem.drop[id] for id in trip.drop_ids if id in problem.drop)
        slot = next((s for s in slots if s.bike.id == trip.bike_id and trip.departs < s.closes), None)
        if drops and slot is not None:
            tours[slot].append(drops)
    return [(slot, tuple(trips)) for slot, trips in tours.items()]


def _clocked(
    problem: Problem, tours: Sequence[tuple[Slot, Tour]], wanted: Sequence[Drop]
) -> tuple[list[Trip], list[Drop]]:
    """The tours with their times, and the drops left out.

    Every rule is checked here once more, drop by drop: when the search had to stop before it found a plan
    that keeps them all, what cannot be kept is left out and the rest still rides.
    """
    trips: list[Trip] = []
    for slot, tour in tours:
        trips += _keepable(problem, slot, tour)
    served = {id for trip in trips for id in trip.drop_ids}
    return trips, [drop for drop in wanted if drop.id not in served]


def _keepable(problem: Problem, slot: Slot, tour: Tour) -> list[Trip]:
    trips = _earliest(problem, slot, tour)
    if slot.seconds_left is None:
        return trips
    trips = _closed_up(problem, slot, trips)
    while trips and trips[-1].returns - trips[0].departs > slot.seconds_left:
        trips = _closed_up(problem, slot, trips[:-1])
    return trips


def _closed_up(problem: Problem, slot: Slot, trips: Sequence[Trip]) -> list[Trip]:
    """The same trips, the earlier ones as late as the next allows: the rider is out for less long."""
    closed = list(trips)
    for i in reversed(range(len(closed) - 1)):
        drops = [problem.drop[id] for id in closed[i].drop_ids]
        later = closed[i + 1].departs - problem.reload_seconds - closed[i].returns
        closed[i] = time_trip(problem, slot.bike, drops, closed[i].departs, later)
    return closed


def _earliest(problem: Problem, slot: Slot, tour: Tour) -> list[Trip]:
    """The trips of a tour, each home as early as it can be."""
    trips: list[Trip] = []
    free, metres = slot.opens, 0
    for drops in tour:
        kept = _fitting(problem, slot, drops, free, metres)
        if kept is not None and len(trips) != slot.trips_left:
            trips.append(kept)
            free, metres = kept.returns + problem.reload_seconds, metres + kept.metres
    return trips


def _fitting(problem: Problem, slot: Slot, drops: Sequence[Drop], free: int, ridden: int) -> Trip | None:
    """The trip through `drops`, without those that would break a rule; None if none is left."""
    trip = time_trip(problem, slot.bike, drops, free)
    if _fits(problem, slot, trip, ridden):
        return trip
    kept: list[Drop] = []
    best = None
    for drop in drops:
        trip = time_trip(problem, slot.bike, [*kept, drop], free)
        if _fits(problem, slot, trip, ridden):
            kept.append(drop)
            best = trip
    return best


def _fits(problem: Problem, slot: Slot, trip: Trip, ridden: int) -> bool:
    bike = slot.bike
    return (
        trip.load_grams <= bike.max_grams
        and trip.load_millilitres <= bike.max_millilitres
        and (bike.max_crates is None or trip.load_crates <= bike.max_crates)
        and (slot.range_left is None or ridden + trip.metres <= slot.range_left)
        and trip.returns <= slot.closes
        and all(stop.start <= problem.drop[stop.drop_id].latest for stop in trip.stops)
    )
