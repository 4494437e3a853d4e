"""Other planners beside ours, on the same instances with the same seconds of processor time.

Each is given the problem as far as it can state it and returns routes, which are timed and verified as ours are. They
are installed by ``make bench`` only (the group ``bench`` of pyproject.toml), but for PyVRP, on which ours is built.
"""

import importlib
import importlib.util
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyvrp

from .bench_instances import Instance, plan_of
from .planning import Problem, verify
from .planning.fleet import free_slots
from .planning.model import build

type Routes = list[list[int]]
"""The locations each vehicle serves in order, 0 where it reloads."""


class CannotExpress(Exception):
    """The planner has no words for what the instance asks."""


class NoPlan(Exception):
    """The planner found no plan that keeps the rules."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Says stop once this thread has used ``seconds`` of processor time since ``since``."""

    seconds: float
    since: float

    def __call__(self, best_cost: int = 0) -> bool:
        return time.thread_time() - self.since >= self.seconds


def stock_pyvrp(problem: Problem, seconds: float, seed: int) -> Routes:
    """PyVRP as it comes: its own ``solve`` with its own settings, on the very data that our search is given."""
    model = build(problem, free_slots(problem), problem.drops, prize=None)
    stop = Spent(seconds, time.thread_time())
    best = pyvrp.solve(model.data, stop, seed=seed, collect_stats=False).best
    if not best.is_feasible():
        raise NoPlan
    place = [drop.location for drop in model.drops]
    return [[place[a.idx] if a.is_client() else 0 for a in route] for route in best.routes()]


def vroom(problem: Problem, seconds: float, seed: int) -> Routes:
    """VROOM at its highest exploration level. It has no seed, and ends by itself, mostly before the time is over."""
    _one_trip_each(problem)
    lib, numpy = importlib.import_module("vroom"), importlib.import_module("numpy")
    given = lib.Input()
    given.set_durations_matrix("bike", numpy.asarray(problem.durations, dtype=numpy.uint32))
    given.set_costs_matrix("bike", numpy.asarray(problem.distances, dtype=numpy.uint32))
    for number, bike in enumerate(problem.bikes):
        window = lib.TimeWindow(bike.shift_start, bike.shift_end)
        given.add_vehicle(
            lib.Vehicle(number, start=0, end=0, profile="bike", capacity=[bike.max_grams], time_window=window)
        )
    for drop in problem.drops:
        windows = [lib.TimeWindow(drop.earliest, drop.latest)]
        given.add_job(
            lib.Job(
                drop.location,
                location=drop.location,
                default_service=drop.service_seconds,
                delivery=[drop.grams],
                time_windows=windows,
            )
        )
    timeout = importlib.import_module("datetime").timedelta(seconds=seconds)
    found = given.solve(exploration_level=5, nb_threads=1, timeout=timeout).to_dict()
    if found.get("unassigned"):
        raise NoPlan
    return [[step["id"] for step in route["steps"] if step["type"] == "job"] for route in found["routes"]]


def or_tools(problem: Problem, seconds: float, seed: int) -> Routes:
    """OR-Tools' routing library with guided local search, from a cheapest insertion. It has no seed."""
    _one_trip_each(problem)
    names = ("ortools.constraint_solver.pywrapcp", "ortools.constraint_solver.routing_enums_pb2")
    cp, enums = map(importlib.import_module, names)
    manager = cp.RoutingIndexManager(len(problem.drops) + 1, len(problem.bikes), 0)
    routing = cp.RoutingModel(manager)
    place = [0, *(drop.location for drop in problem.drops)]
    service = [0, *(drop.service_seconds for drop in problem.drops)]
    metres = [[problem.distances[here][there] for there in place] for here in place]
    seconds_of = [
        [stay + problem.durations[here][there] for there in place] for here, stay in zip(place, service, strict=True)
    ]
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(metres))
    end = max(bike.shift_end for bike in problem.bikes)
    routing.AddDimension(routing.RegisterTransitMatrix(seconds_of), end, end, False, "time")
    load = routing.RegisterUnaryTransitVector([0, *(drop.grams for drop in problem.drops)])
    routing.AddDimensionWithVehicleCapacity(load, 0, [bike.max_grams for bike in problem.bikes], True, "load")
    clock = routing.GetDimensionOrDie("time")
    for node, drop in enumerate(problem.drops, 1):
        clock.CumulVar(manager.NodeToIndex(node)).SetRange(drop.earliest, drop.latest)
    for number, bike in enumerate(problem.bikes):
        for index in (routing.Start(number), routing.End(number)):
            clock.CumulVar(index).SetRange(bike.shift_start, bike.shift_end)
    settings = cp.DefaultRoutingSearchParameters()
    settings.first_solution_strategy = enums.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    settings.local_search_metaheuristic = enums.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    settings.time_limit.seconds = int(60 * seconds) + 60  # on the wall, never reached: the limit below comes first
    routing.AddSearchMonitor(routing.solver().CustomLimit(Spent(seconds, time.thread_time())))
    found = routing.SolveWithParameters(settings)
    if found is None:
        raise NoPlan
    routes: Routes = []
    for number in range(len(problem.bikes)):
        index, route = found.Value(routing.NextVar(routing.Start(number))), []
        while not routing.IsEnd(index):
            route.append(place[manager.IndexToNode(index)])
            index = found.Value(routing.NextVar(index))
        routes.append(route)
    return [route for route in routes if route]


def _one_trip_each(problem: Problem) -> None:
    """Neither VROOM nor OR-Tools' routing library knows a trip that waits for its bags and a vehicle that reloads."""
    if any(bike.max_trips != 1 for bike in problem.bikes):
        raise CannotExpress("several trips")
    if any(drop.ready_at > bike.shift_start for drop in problem.drops for bike in problem.bikes[:1]):
        raise CannotExpress("release times")


RIVALS: Mapping[str, Callable[[Problem, float, int], Routes]] = {
    "pyvrp": stock_pyvrp,
    "vroom": vroom,
    "or-tools": or_tools,
}
"""By name, in the order of the table."""


@dataclass(frozen=True, slots=True)
class Rival:
    """What another planner made of an instance: its gap, or in ``trouble`` why there is none."""

    gap: float | None
    seconds: float
    trouble: str = ""

    def __str__(self) -> str:
        return self.trouble if self.gap is None else f"{100 * self.gap:.2f}% in {self.seconds:.1f} s"


def against(instance: Instance, name: str, seconds: float, seed: int) -> Rival:
    """The planner of that name on the instance. Its plan counts only if ``verify`` accepts it and it is whole."""
    started = time.process_time()
    try:
        routes = RIVALS[name](instance.problem, seconds, seed)
    except CannotExpress as reason:
        return Rival(None, 0.0, f"cannot express {reason}")
    except NoPlan:
        return Rival(None, time.process_time() - started, "no plan")
    spent = time.process_time() - started
    plan = plan_of(instance, routes)
    broken = sorted({violation.kind for violation in verify(instance.problem, plan)})
    if broken or not instance.best:
        return Rival(None, spent, ", ".join(broken) or "nothing to compare with")
    return Rival(plan.cost / instance.scale / instance.best - 1, spent)


def missing() -> Sequence[str]:
    """The planners that are not installed here."""
    modules = {"vroom": "vroom", "or-tools": "ortools"}
    return [name for name, module in modules.items() if importlib.util.find_spec(module) is None]
