"""The problem in the terms of PyVRP, and its routes back as lists of drops.

Three turns make the two agree:
- Time to reload is ridden, not served: it lengthens every way into the hub, and slots close that much
  later. So a trip may leave the moment its last bag is ready, as `Problem` says.
- A load dimension that can never bind is left out; the search is faster for it.
- Bikes that are alike are one vehicle type, so the search does not try them one by one.
PyVRP counts seconds from a bike's first departure to its last return, so the search sees time spent at the
hub between trips as a cost too; `cost_of` does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyvrp import (
    Activity,
    ActivityType,
    Client,
    Depot,
    Location,
    ProblemData,
    Route,
    Solution,
    VehicleType,
)
from pyvrp.constants import MAX_SIZE

from .fleet import Slot
from .problem import Drop, Matrix, Problem
from .touring import Tour, Tours

_UNBOUNDED = int(np.iinfo(np.int64).max)
_HUB = Activity(ActivityType.DEPOT, 0)


@dataclass(frozen=True, slots=True)
class Model:
    """PyVRP's data with the way back: client i is `drops[i]`, vehicle type k stands for `kinds[k]`."""

    data: ProblemData
    drops: tuple[Drop, ...]
    kinds: tuple[tuple[Slot, ...], ...]


def build(problem: Problem, slots: Sequence[Slot], drops: Sequence[Drop], prize: int | None) -> Model:
    """The model that plans `drops` in `slots`; with a `prize`, every drop may be left out for that cost."""
    kinds = _alike(problem, slots)
    speeds = sorted({kind[0].bike.speed_percent for kind in kinds})
    dimensions = _binding_dimensions(slots, drops)
    data = ProblemData(
        locations=[Location(0, 0) for _ in problem.durations],
        clients=[_client(drop, dimensions, prize) for drop in drops],
        depots=[Depot(0)],
        vehicle_types=[_vehicle_type(problem, kind, dimensions, speeds) for kind in kinds],
        distance_matrices=[_integers(problem.distances) for _ in speeds],
        duration_matrices=[_durations(problem, speed) for speed in speeds],
    )
    return Model(data, tuple(drops), kinds)


def _integers(rows: Matrix) -> Any:
    """The rows as an array of 64-bit integers (PyVRP's own type for a matrix does not fit numpy's)."""
    return np.asarray(rows, dtype=np.int64)


def _durations(problem: Problem, speed_percent: int) -> Any:
    """Riding seconds at the speed given, rounded up, with the reload on every way into the hub."""
    rides = -(-_integers(problem.durations) * 100 // speed_percent)
    rides[1:, 0] += problem.reload_seconds
    return rides


def _alike(problem: Problem, slots: Sequence[Slot]) -> tuple[tuple[Slot, ...], ...]:
    """Slots that differ only in the name of the bike, together; first come first."""
    kinds: dict[tuple[object, ...], list[Slot]] = {}
    for slot in slots:
        bike = slot.bike
        size = (bike.max_grams, bike.max_millilitres, bike.max_crates, bike.speed_percent)
        kinds.setdefault(
            (*size, slot.opens, slot.closes, slot.range_left, slot.trips_left, slot.seconds_left), []
        ).append(slot)
    return tuple(map(tuple, kinds.values()))


_DIMENSIONS = (("grams", "max_grams"), ("millilitres", "max_millilitres"), ("crates", "max_crates"))


def _binding_dimensions(slots: Sequence[Slot], drops: Sequence[Drop]) -> list[tuple[str, str]]:
    """The load dimensions (drop's field, bike's field) in which all drops together overload some bike."""
    binding = []
    for field, limit in _DIMENSIONS:
        limits = [getattr(slot.bike, limit) for slot in slots]
        total = sum(getattr(drop, field) for drop in drops)
        if any(most is not None and total > most for most in limits):
            binding.append((field, limit))
    return binding


def _client(drop: Drop, dimensions: list[tuple[str, str]], prize: int | None) -> Client:
    return Client(
        location=drop.location,
        delivery=[getattr(drop, field) for field, _ in dimensions],
        service_duration=drop.service_seconds,
        tw_early=drop.earliest,
        tw_late=drop.latest,
        release_time=drop.ready_at,
        prize=prize or 0,
        required=prize is None,
    )


def _vehicle_type(
    problem: Problem, kind: Sequence[Slot], dimensions: list[tuple[str, str]], speeds: list[int]
) -> VehicleType:
    slot = kind[0]
    limits = [getattr(slot.bike, limit) for _, limit in dimensions]
    return VehicleType(
        num_available=len(kind),
        capacity=[_UNBOUNDED if most is None else most for most in limits],
        tw_early=slot.opens,
        tw_late=slot.closes + problem.reload_seconds,
        shift_duration=_UNBOUNDED if slot.seconds_left is None else slot.seconds_left + problem.reload_seconds,
        max_distance=_UNBOUNDED if slot.range_left is None else slot.range_left,
        unit_distance_cost=problem.unit_metre_cost,
        unit_duration_cost=problem.unit_second_cost,
        profile=speeds.index(slot.bike.speed_percent),
        reload_depots=[] if slot.trips_left == 1 else [0],
        max_reloads=MAX_SIZE if slot.trips_left is None else slot.trips_left - 1,
    )


def to_solution(model: Model, tours: Tours) -> Solution:
    """The tours as a solution of PyVRP, to start from. Drops and slots unknown to the model are skipped."""
    client = {drop.id: Activity(ActivityType.CLIENT, i) for i, drop in enumerate(model.drops)}
    kind_of = {slot: k for k, kind in enumerate(model.kinds) for slot in kind}
    routes = []
    for slot, tour in tours:
        trips = [[client[drop.id] for drop in trip if drop.id in client] for trip in tour]
        activities = _joined([trip for trip in trips if trip])
        if activities and slot in kind_of:
            routes.append(Route(model.data, activities, kind_of[slot]))
    return Solution(model.data, routes)


def _joined(trips: list[list[Activity]]) -> list[Activity]:
    """The activities of all trips with the hub between each and the next."""
    return [activity for i, trip in enumerate(trips) for activity in ([_HUB, *trip] if i else trip)]


def to_tours(model: Model, solution: Solution) -> Tours:
    """The routes of a solution as tours, each given to one slot of its kind."""
    waiting = [list(kind) for kind in model.kinds]
    routes = sorted(solution.routes(), key=lambda route: (route.start_time(), str(route)))
    return [(waiting[route.vehicle_type()].pop(0), _trips(model, route)) for route in routes]


def _trips(model: Model, route: Route) -> Tour:
    trips: list[list[Drop]] = [[]]
    for activity in route:
        if activity.is_depot():
            trips.append([])
        else:
            trips[-1].append(model.drops[activity.idx])
    return tuple(tuple(trip) for trip in trips if trip)
