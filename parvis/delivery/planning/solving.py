"""From a problem to a plan: every promise first, then the least riding and time away from the hub."""

import time
from collections.abc import Sequence

from .budget import Budget, Watch
from .drops import Drop
from .fleet import Slot, free_slots
from .model import build, to_solution, to_tours
from .plan import Plan, Trip, Unserved, refuse
from .problem import Problem, Profile
from .reasons import NO_CAPACITY, closest, hopeless
from .searching import search
from .timing import cost_of
from .touring import Tours, mended, timed

DEFAULT_SECONDS = 30.0
"""Cap on processor time when the caller gives none: a worker searches, and a day of a thousand drops takes so long."""

PATIENCE = 0.3
"""The part of the budget in which a plan that serves every drop must be found; after that, some may be
left out."""


def default_iterations(drops: int) -> int:
    """How long to search for a wave of so many drops when the caller does not say.

    About 6 s of one slow core for 150 drops; fewer drops need fewer iterations, each of which is quicker. A large day
    needs more: each iteration looks at the doors around one only.
    """
    return min(max(2_500, 4 * drops), 300 + 30 * drops)


def solve(
    problem: Problem,
    *,
    seed: int,
    seconds: float | None = None,
    iterations: int | None = None,
    initial: Plan | None = None,
    watch: Watch | None = None,
) -> Plan:
    """A plan for `problem` that `verify` accepts, with every drop served or left out with a reason.

    The same problem, seed, `iterations` and `initial` give the same plan. `seconds` of processor time cap
    the search; a plan found under that cap alone depends on the machine. With neither, the search takes
    `default_iterations` and at most `DEFAULT_SECONDS`. `initial` is a plan to start from: its trips are a
    suggestion only. `watch` is told twice a second how far the search is, and may end it.
    """
    refuse(iterations is not None and iterations < 0, "Iterations are not negative.")
    refuse(seconds is not None and seconds < 0, "Seconds are not negative.")
    started = time.thread_time()
    slots = free_slots(problem)
    decided = {stop.drop_id for trip in problem.fixed for stop in trip.stops}
    wanted, unserved = _sorted_out(problem, slots, [drop for drop in problem.drops if drop.id not in decided])
    budget = _budget(len(wanted), seconds, iterations)
    budget.watch = watch
    tours = _best_tours(problem, slots, wanted, seed, budget, initial) if wanted else []
    trips = [trip for slot, tour in tours for trip in timed(problem, slot, tour) or ()]
    served = {id for trip in trips for id in trip.drop_ids}
    unserved += [Unserved(id, NO_CAPACITY) for id in dict.fromkeys(drop.id for drop in wanted) if id not in served]
    everything = _in_order(problem, [*problem.fixed, *trips])
    return Plan(everything, tuple(unserved), cost_of(problem, everything), time.thread_time() - started)


def _in_order(problem: Problem, trips: Sequence[Trip]) -> tuple[Trip, ...]:
    order = {bike.id: i for i, bike in enumerate(problem.bikes)}
    return tuple(sorted(trips, key=lambda trip: (order.get(trip.bike_id, -1), trip.departs)))


def _budget(drops: int, seconds: float | None, iterations: int | None) -> Budget:
    if iterations is None and seconds is not None:
        return Budget(10**12, seconds)
    if iterations is None:
        return Budget(default_iterations(drops), DEFAULT_SECONDS)
    return Budget(iterations, seconds)


def _sorted_out(problem: Problem, slots: Sequence[Slot], drops: Sequence[Drop]) -> tuple[list[Drop], list[Unserved]]:
    """Drops that some bike could serve, once for each way in which one could; and those that none can."""
    wanted: list[Drop] = []
    unserved = []
    for drop in drops:
        judged = [(taken, hopeless(problem, slots, taken)) for taken in drop.variants]
        wanted += [taken for taken, reason in judged if reason is None]
        if all(reason for _taken, reason in judged):
            unserved.append(Unserved(drop.id, closest(reason for _taken, reason in judged if reason)))
    return wanted, unserved


def _best_tours(
    problem: Problem,
    slots: Sequence[Slot],
    drops: Sequence[Drop],
    seed: int,
    budget: Budget,
    initial: Plan | None,
) -> Tours:
    """The best tours found. First every drop is required, in one of its ways; if no such plan is found, each may be
    left out.
    """
    model = build(problem, slots, drops, prize=None)
    before = [] if initial is None else mended(problem, slots, _tours_of(problem, slots, initial), drops)
    start = None if initial is None else to_solution(model, before)
    best = search(model.data, seed, budget, start, PATIENCE)
    tours = mended(problem, slots, to_tours(model, best, before), drops)
    if best.is_feasible():
        return tours
    if _served(tours) < len({drop.id for drop in drops}):
        model = build(problem, slots, drops, prize=_prize(problem))
    best = search(model.data, seed, budget, to_solution(model, tours), patience=1.0)
    return mended(problem, slots, to_tours(model, best, before), drops)


def _served(tours: Tours) -> int:
    return sum(len(trip) for _, tour in tours for trip in tour)


def _prize(problem: Problem) -> int:
    """What leaving one drop out costs the search: more than the dearest way there and back, many times."""
    ways: list[Problem | Profile] = [problem, *problem.profiles]
    dearest = max(max(map(max, each.distances)) for each in ways) * problem.unit_metre_cost
    slowest = max(max(map(max, each.durations)) for each in ways) * problem.unit_second_cost
    return 10 * (dearest + slowest) + 1


def _tours_of(problem: Problem, slots: Sequence[Slot], plan: Plan) -> Tours:
    """The trips of an earlier plan, each given to the first slot of its bike that is still open when it
    departs; drops that are gone, decided or there already are skipped. One whose way is gone takes its own.
    """
    taken = {id for trip in problem.fixed for id in trip.drop_ids}
    tours: dict[Slot, list[tuple[Drop, ...]]] = {slot: [] for slot in slots}
    for trip in plan.trips:
        ids = [id for id in dict.fromkeys(trip.drop_ids) if id in problem.drop and id not in taken]
        ways = trip.options
        slot = next((s for s in slots if s.bike.id == trip.bike_id and trip.departs < s.closes), None)
        if ids and slot is not None:
            taken.update(ids)
            tours[slot].append(tuple(_as_before(problem.drop[id], ways[id]) for id in ids))
    return [(slot, tuple(trips)) for slot, trips in tours.items()]


def _as_before(drop: Drop, option: str) -> Drop:
    return next((taken for taken in drop.variants if taken.option == option), drop.variants[0])
