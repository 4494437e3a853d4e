"""The problem in the terms of PyVRP, and its routes back as lists of drops.

Three turns make the two agree:
- Time to reload is ridden, not served: it lengthens every way into the hub, and slots close that much
  later. So a trip may leave the moment its last bag is ready, as `Problem` says.
- A load dimension that can never bind is left out; the search is faster for it.
- Bikes that are alike are one vehicle type, so the search does not try them one by one. Which of them rides which
  route is settled afterwards: who had most of its drops before, else who has ridden least.
- What a bike lacks a skill for is a day's ride away for it; a drop that asks for a skill has a place of its own.
- PyVRP knows profiles of its own: there is one for each kind of ways, speed and lack of skills together.
- How long a rider may be out is not said where the bike may reload: with bags that come later, PyVRP 0.14 then takes
  turns between two plans for ever. `touring` keeps that rule for what the search finds.
- A drop that may be made in several ways is a group of clients of which one is served; what a way spares is its prize.
PyVRP counts seconds from a bike's first departure to its last return, so the search sees time spent at the
hub between trips as a cost too; `cost_of` does not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyvrp import (
    Activity,
    ActivityType,
    Client,
    ClientGroup,
    Depot,
    Location,
    ProblemData,
    Route,
    Solution,
    VehicleType,
)
from pyvrp.constants import MAX_SIZE

from .drops import Drop
from .fleet import Slot, can_do
from .problem import Bike, Matrix, Problem
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
    """The model that plans `drops` in `slots`; with a `prize`, every drop may be left out for that cost.

    Drops of the same id are ways to make one delivery: at most one of them is served.
    """
    kinds = _alike(problem, slots)
    places = _Places(len(problem.durations), drops)
    groups = _groups(drops)
    group_of = {client: number for number, clients in enumerate(groups) for client in clients}
    profiles = sorted({_profile(kind[0].bike, places) for kind in kinds})
    dimensions = _binding_dimensions(slots, drops)
    ways = _ways(problem, slots)
    distances = {name: places.spread(metres) for name, (_seconds, metres) in ways.items()}
    data = ProblemData(
        locations=[Location(0, 0) for _ in places.rows],
        clients=[_client(drop, places.of[i], dimensions, prize, group_of.get(i)) for i, drop in enumerate(drops)],
        depots=[Depot(0)],
        vehicle_types=[
            _vehicle_type(problem, kind, dimensions, profiles.index(_profile(kind[0].bike, places))) for kind in kinds
        ],
        distance_matrices=[distances[profile[0]] for profile in profiles],
        duration_matrices=[_durations(problem, ways[profile[0]][0], places, profile) for profile in profiles],
        groups=[ClientGroup(clients, required=prize is None) for clients in groups],
    )
    return Model(data, tuple(drops), kinds)


def _groups(drops: Sequence[Drop]) -> list[list[int]]:
    """The indexes of drops that are ways to make one delivery, for each delivery with several."""
    ways: dict[str, list[int]] = {}
    for i, drop in enumerate(drops):
        ways.setdefault(drop.id, []).append(i)
    return [clients for clients in ways.values() if len(clients) > 1]


def _integers(rows: Matrix) -> Any:
    """The rows as an array of 64-bit integers (PyVRP's own type for a matrix does not fit numpy's)."""
    return np.asarray(rows, dtype=np.int64)


def _ways(problem: Problem, slots: Sequence[Slot]) -> dict[str, tuple[Matrix, Matrix]]:
    """Seconds and metres by the name of the ways, of all bikes that are free."""
    return {slot.bike.profile: (problem.durations_of(slot.bike), problem.distances_of(slot.bike)) for slot in slots}


type _Profile = tuple[str, int, tuple[int, ...]]
"""The ways of a bike, its speed in percent, and the places where it lacks a skill."""

_DAY = 24 * 3600


class _Places:
    """The places of the problem, and one more for each drop that asks for a skill: a neighbour may not ask for it."""

    def __init__(self, size: int, drops: Sequence[Drop]) -> None:
        self.asking = [i for i, drop in enumerate(drops) if drop.needs]
        self.drops = drops
        self.rows = [*range(size), *(drops[i].location for i in self.asking)]
        self.of = [drop.location for drop in drops]
        for place, i in enumerate(self.asking, size):
            self.of[i] = place

    def spread(self, rows: Matrix) -> Any:
        """The rows of the problem with those of the places added."""
        table = _integers(rows)
        return table[np.ix_(self.rows, self.rows)] if self.asking else table


def _profile(bike: Bike, places: _Places) -> _Profile:
    barred = tuple(places.of[i] for i in places.asking if not can_do(bike, places.drops[i]))
    return bike.profile, bike.speed_percent, barred


def _durations(problem: Problem, seconds: Matrix, places: _Places, profile: _Profile) -> Any:
    """Riding seconds at the speed given, rounded up, with the reload on every way into the hub."""
    _name, speed_percent, barred = profile
    rides = -(-places.spread(seconds) * 100 // speed_percent)
    rides[1:, 0] += problem.reload_seconds
    rides[list(barred), :] += _DAY
    rides[:, list(barred)] += _DAY
    np.fill_diagonal(rides, 0)
    return rides


def _alike(problem: Problem, slots: Sequence[Slot]) -> tuple[tuple[Slot, ...], ...]:
    """Slots that differ only in the name of the bike, together; first come first."""
    kinds: dict[tuple[object, ...], list[Slot]] = {}
    for slot in slots:
        bike = slot.bike
        size = (bike.max_grams, bike.max_millilitres, bike.max_crates, bike.max_cold_crates)
        can = (bike.profile, bike.speed_percent, bike.skills)
        kinds.setdefault(
            (*size, *can, slot.opens, slot.closes, slot.range_left, slot.trips_left, slot.seconds_left), []
        ).append(slot)
    return tuple(map(tuple, kinds.values()))


_DIMENSIONS = (
    ("grams", "max_grams"),
    ("millilitres", "max_millilitres"),
    ("crates", "max_crates"),
    ("cold_crates", "max_cold_crates"),
)


def _binding_dimensions(slots: Sequence[Slot], drops: Sequence[Drop]) -> list[tuple[str, str]]:
    """The load dimensions (drop's field, bike's field) in which all drops together overload some bike."""
    binding = []
    for field, limit in _DIMENSIONS:
        limits = [getattr(slot.bike, limit) for slot in slots]
        total = sum({drop.id: getattr(drop, field) for drop in drops}.values())
        if any(most is not None and total > most for most in limits):
            binding.append((field, limit))
    return binding


def _client(
    drop: Drop, location: int, dimensions: list[tuple[str, str]], prize: int | None, group: int | None
) -> Client:
    return Client(
        location=location,
        delivery=[getattr(drop, field) for field, _ in dimensions],
        service_duration=drop.service_seconds,
        tw_early=drop.earliest,
        tw_late=drop.latest,
        release_time=drop.ready_at,
        prize=(prize or 0) + drop.spared,  # a way that is not taken costs what it would have spared
        required=prize is None and group is None,
        group=group,
    )


def _vehicle_type(
    problem: Problem, kind: Sequence[Slot], dimensions: list[tuple[str, str]], profile: int
) -> VehicleType:
    slot = kind[0]
    limits = [getattr(slot.bike, limit) for _, limit in dimensions]
    return VehicleType(
        num_available=len(kind),
        capacity=[_UNBOUNDED if most is None else most for most in limits],
        tw_early=slot.opens,
        tw_late=slot.closes + problem.reload_seconds,
        shift_duration=slot.seconds_left + problem.reload_seconds
        if slot.seconds_left is not None and slot.trips_left == 1
        else _UNBOUNDED,
        max_distance=_UNBOUNDED if slot.range_left is None else slot.range_left,
        unit_distance_cost=problem.unit_metre_cost,
        unit_duration_cost=problem.unit_second_cost,
        profile=profile,
        reload_depots=[] if slot.trips_left == 1 else [0],
        max_reloads=MAX_SIZE if slot.trips_left is None else slot.trips_left - 1,
    )


def to_solution(model: Model, tours: Tours) -> Solution:
    """The tours as a solution of PyVRP, to start from. Drops and slots unknown to the model are skipped."""
    client = {(drop.id, drop.option): Activity(ActivityType.CLIENT, i) for i, drop in enumerate(model.drops)}
    kind_of = {slot: k for k, kind in enumerate(model.kinds) for slot in kind}
    routes = []
    for slot, tour in tours:
        trips = [[client[key] for drop in trip if (key := (drop.id, drop.option)) in client] for trip in tour]
        activities = _joined([trip for trip in trips if trip])
        if activities and slot in kind_of:
            routes.append(Route(model.data, activities, kind_of[slot]))
    return Solution(model.data, routes)


def _joined(trips: list[list[Activity]]) -> list[Activity]:
    """The activities of all trips with the hub between each and the next."""
    return [activity for i, trip in enumerate(trips) for activity in ([_HUB, *trip] if i else trip)]


def to_tours(model: Model, solution: Solution, before: Tours) -> Tours:
    """The routes of a solution as tours, each given to one slot of its kind.

    Whoever had most of a route's drops `before` rides it, so that a plan found anew leaves riders their doors. Of those
    that are left, the longest goes to the one who has ridden least lately.
    """
    held = {slot: {drop.id for trip in tour for drop in trip} for slot, tour in before}
    routes = sorted(solution.routes(), key=lambda route: (route.start_time(), str(route)))
    tours: dict[int, tuple[Slot, Tour]] = {}
    for kind, slots in enumerate(model.kinds):
        numbers = [i for i, route in enumerate(routes) if route.vehicle_type() == kind]
        ridden = {i: _trips(model, routes[i]) for i in numbers}
        for i, slot in _shared_out(ridden, {i: routes[i].duration() for i in numbers}, slots, held):
            tours[i] = slot, ridden[i]
    return [tours[i] for i in sorted(tours)]


def _shared_out(
    ridden: Mapping[int, Tour], seconds: Mapping[int, int], slots: Sequence[Slot], held: Mapping[Slot, set[str]]
) -> list[tuple[int, Slot]]:
    """Each route with its slot."""
    same = [
        (-common, i, place)
        for i, tour in ridden.items()
        for place, slot in enumerate(slots)
        if (common := len({drop.id for trip in tour for drop in trip} & held.get(slot, set())))
    ]
    given: dict[int, int] = {}
    for _common, i, place in sorted(same):
        if i not in given and place not in given.values():
            given[i] = place
    idle = [place for place in range(len(slots)) if place not in given.values()]
    idle.sort(key=lambda place: (slots[place].bike.ridden_seconds, place))
    open_routes = [i for i in ridden if i not in given]
    if len({slot.bike.ridden_seconds for slot in slots}) > 1:
        open_routes.sort(key=lambda i: (-seconds[i], i))
    return [(i, slots[place]) for i, place in [*given.items(), *zip(open_routes, idle, strict=False)]]


def _trips(model: Model, route: Route) -> Tour:
    trips: list[list[Drop]] = [[]]
    for activity in route:
        if activity.is_depot():
            trips.append([])
        else:
            trips[-1].append(model.drops[activity.idx])
    return tuple(tuple(trip) for trip in trips if trip)
