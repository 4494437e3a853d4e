"""Published routing instances as problems of a town.

Rounding decides what a cost means. Known rules: `dimacs` (tenths, cut off, costs in tenths), `tenths` (the same, costs
in wholes), `round` (nearest whole), `trunc` (whole, cut off), `exact` (thousandths, rounded). A `.sol` proves the rule:
it is the one under which its routes cost what it says. Without one, files with time windows follow `dimacs`, others
`round`; the cost to compare with is then the entry `NAME` of `best-known.json`, if there is one.

Solomon's instances are compared on distance, as towns plan. The best known is that of a `.sol` whose rule is proven,
or `NAME_distance` of the folder's `best-known.json` (sums of exact distances: `exact`, costs divided by 1,000). Where
there is neither, it is the published optimum under the one-decimal rule (`tenths`), in `SOLOMON_OPTIMA`.
Failing both, it is the entry `NAME`, fewest vehicles first: then the fleet is that of the record, since with
more vehicles a shorter distance is no achievement.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from .bench_files import Array, Raw, instance_paths, read_raw, read_records, read_solution
from .planning import Bike, Drop, Plan, Problem, Trip, matrix, retime

__all__ = ["Instance", "NotExpressible", "instance_paths", "plan_of", "read_instance", "read_solution"]

type Rule = Callable[[Any], Array]

RULES: Mapping[str, tuple[Rule, int]] = {
    "dimacs": (lambda values: np.floor(10 * np.asarray(values, dtype=float) + 1e-9).astype(np.int64), 1),
    "round": (lambda values: np.round(np.asarray(values, dtype=float)).astype(np.int64), 1),
    "trunc": (lambda values: np.floor(np.asarray(values, dtype=float)).astype(np.int64), 1),
    "tenths": (lambda values: RULES["dimacs"][0](values), 10),
    "exact": (lambda values: np.round(1000 * np.asarray(values, dtype=float)).astype(np.int64), 1000),
}
"""How values become whole numbers, and by what a cost is divided to be compared."""


def _tenths(family: str, optima: str) -> dict[str, float]:
    """Optima of one class of Solomon's instances, numbered from 01."""
    return {f"{family}{number:02}": float(cost) for number, cost in enumerate(optima.split(), 1)}


SOLOMON_OPTIMA: Mapping[str, float] = {
    **_tenths("C1", "827.3 827.3 826.3 822.9 827.3 827.3 827.3 827.3 827.3"),
    **_tenths("C2", "589.1 589.1 588.7 588.1 586.4 586.0 585.8 585.8"),
    **_tenths("R1", "1637.7 1466.6 1208.7 971.5 1355.3 1234.6 1064.6 932.1 1146.9 1068.0 1048.7 948.6"),
    **_tenths("R2", "1143.2 1029.6 870.8 731.3 949.8 875.9 794.0 701.0 854.8 900.5 746.7"),
    **_tenths("RC1", "1619.8 1457.4 1258.0 1132.3 1513.7 1372.7 1207.8 1114.2"),
    **_tenths("RC2", "1261.8 1092.3 923.7 783.5 1154.0 1051.1 962.9 776.1"),
}
"""The least distance of Solomon's 56 instances of 100 customers, any fleet, distances cut off at one
decimal: the optima of the literature. `bench/routing.md` says
how they were checked."""

HORIZON = 2**40
"""The end of a day without time windows."""

_NOT_OURS = (
    "pickup_and_delivery",
    "backhaul",
    "linehaul",
    "prize",
    "mutually_exclusive_group",
    "vehicles_allowed_clients",
    "vehicles_fixed_cost",
    "vehicles_unit_distance_cost",
)
"""Sections that ask for what a `Problem` does not have."""


class NotExpressible(Exception):
    """The instance asks for something that no town has."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A published instance: its problem, by what costs are divided, and the best known cost if any."""

    name: str
    problem: Problem
    scale: int
    best: float | None


def read_instance(path: Path) -> Instance:
    """The instance in `path`. Raises NotExpressible when a `Problem` cannot say it or the file is odd."""
    try:
        raw, solomon = read_raw(path)
        return _of_solomon(path, raw) if solomon else _of_vrplib(path, raw)
    except (KeyError, ValueError, IndexError, RuntimeError, TypeError, OverflowError) as error:
        lacks = f"it lacks {error}" if isinstance(error, KeyError) else error
        raise NotExpressible(f"cannot be read ({lacks})") from error


def _of_vrplib(path: Path, raw: Raw) -> Instance:
    _refuse_strangers(raw)
    solution, record = read_solution(path), read_records(path).get(path.stem.upper())
    proven = _proven(raw, solution)
    rule, scale = RULES[proven or ("dimacs" if "time_window" in raw else "round")]
    best = _cost(solution, "cost") or _cost(record, "best_known_cost")
    return Instance(path.stem, _problem(raw, rule, _vrplib_bikes(raw, rule)), scale, best)


def _cost(said: Mapping[str, Any] | None, key: str) -> float | None:
    """What a file says that its best plan costs; None where it says no number."""
    cost = (said or {}).get(key)
    return float(cost) if isinstance(cost, int | float) and cost > 0 else None


def _refuse_strangers(raw: Mapping[str, Any]) -> None:
    for section in _NOT_OURS:
        if section in raw:
            raise NotExpressible(section.upper())
    if list(np.atleast_1d(raw.get("depot", [0]))) != [0]:
        raise NotExpressible("several depots, or one that is not the first location")
    if np.asarray(raw["demand"]).ndim > 1 and np.asarray(raw["demand"]).shape[1] > 1:
        raise NotExpressible("several load dimensions")


def _proven(raw: Raw, solution: Raw | None) -> str | None:
    """The name of the rounding rule under which the solution costs what it says; see above."""
    places = range(len(raw["edge_weight"]))
    if solution is None or not all(place in places for route in solution["routes"] for place in route):
        return None
    for name, (rule, scale) in RULES.items():
        ways = rule(raw["edge_weight"])
        cost = sum(ways[a, b] for route in solution["routes"] for a, b in pairwise([0, *route, 0]))
        if abs(cost / scale - solution["cost"]) < 0.01:
            return name
    return None


def _problem(raw: Mapping[str, Any], rule: Rule, bikes: Sequence[Bike]) -> Problem:
    ways = matrix(rule(raw["edge_weight"]).tolist())
    size = len(ways)
    windows = rule(raw["time_window"]) if "time_window" in raw else np.tile([0, HORIZON], (size, 1))
    service = np.broadcast_to(rule(raw.get("service_time", 0)), size)
    release = np.broadcast_to(rule(raw.get("release_time", 0)), size)
    demand = rule(raw["demand"]).reshape(size)
    drops = [
        Drop(
            id=str(place),
            location=place,
            grams=int(demand[place]),
            millilitres=0,
            earliest=int(windows[place][0]),
            latest=int(windows[place][1]),
            service_seconds=int(service[place]),
            ready_at=int(release[place]),
            crates=0,
        )
        for place in range(1, size)
    ]
    return Problem(tuple(bikes), tuple(drops), ways, ways, reload_seconds=0, unit_metre_cost=1, unit_second_cost=0)


def _vrplib_bikes(raw: Mapping[str, Any], rule: Rule) -> list[Bike]:
    count = int(raw.get("vehicles", raw["dimension"] - 1))
    window = rule(raw["time_window"])[0] if "time_window" in raw else [0, HORIZON]
    capacities = np.broadcast_to(rule(raw.get("capacity", 2**50)), count)
    ranges = _per_vehicle(raw, "vehicles_max_distance", count, rule)
    durations = _per_vehicle(raw, "vehicles_max_duration", count, rule)
    return [
        Bike(
            id=f"v{k}",
            max_grams=int(capacities[k]),
            max_millilitres=0,
            shift_start=int(window[0]),
            shift_end=int(window[1]),
            range_metres=ranges[k],
            max_seconds=durations[k],
            max_trips=_max_trips(raw, k),
        )
        for k in range(count)
    ]


def _per_vehicle(raw: Mapping[str, Any], key: str, count: int, rule: Rule) -> list[int | None]:
    if key not in raw:
        return [None] * count
    return [int(value) for value in np.broadcast_to(rule(raw[key]), count)]


def _max_trips(raw: Mapping[str, Any], vehicle: int) -> int | None:
    """One trip without a depot to reload at; else as many as the file allows."""
    depots = raw.get("vehicles_reload_depot")
    if depots is None or not np.atleast_1d(depots[vehicle]).size:
        return 1
    reloads = raw.get("vehicles_max_reloads")
    return None if reloads is None else 1 + int(np.atleast_1d(reloads)[vehicle if np.ndim(reloads) else 0])


def _of_solomon(path: Path, raw: Raw) -> Instance:
    name, best, vehicles = _best_known(path, raw)
    rule, scale = RULES[name]
    window = rule(raw["time_window"])[0]
    shift = (int(window[0]), int(window[1]))
    bikes = [Bike(f"v{k}", int(rule(raw["capacity"])), 0, *shift, max_trips=1) for k in range(vehicles)]
    return Instance(path.stem, _problem(raw, rule, bikes), scale, best)


def _best_known(path: Path, raw: Raw) -> tuple[str, float | None, int]:
    """The rounding rule, the best known cost, and the fleet for which it holds; see the top of this file."""
    vehicles, name, known = raw["vehicles"], path.stem.upper(), read_records(path)
    solution = read_solution(path)
    if proven := _proven(raw, solution):
        return proven, _cost(solution, "cost"), vehicles
    if distance := _cost(known.get(f"{name}_DISTANCE"), "best_known_cost"):
        return "exact", distance, vehicles
    optimum = SOLOMON_OPTIMA.get(name)
    if optimum is not None and len(raw["demand"]) == 101:
        return "tenths", optimum, vehicles
    record = known.get(name, {})
    return "exact", _cost(record, "best_known_cost"), int(record.get("solved_with_vehicles", vehicles))


def plan_of(instance: Instance, routes: Sequence[Sequence[int]]) -> Plan:
    """Published routes (locations in order, 0 = reload) as a plan, to check our reading of an instance."""
    trips: list[Trip] = []
    for bike, route in zip(instance.problem.bikes, routes, strict=False):
        free = 0
        for drops in _split(route):
            trip = retime(instance.problem, bike.id, drops, free)
            trips.append(trip)
            free = trip.returns
    return Plan(tuple(trips), (), sum(trip.metres for trip in trips))


def _split(route: Sequence[int]) -> list[list[str]]:
    trips: list[list[str]] = [[]]
    for place in route:
        if place == 0:
            trips.append([])
        else:
            trips[-1].append(str(place))
    return [trip for trip in trips if trip]
