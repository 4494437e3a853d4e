"""Published routing instances as problems of a town.

Rounding decides what a cost means. Known rules: `dimacs` (tenths, cut off), `round` (nearest whole),
`trunc` (whole, cut off), `exact` (thousandths, rounded). A `.sol` proves the rule: it is the one under
which its routes cost what it says. Without one, files with time windows follow `dimacs`, others `round`.

Solomon's instances are compared on distance, as towns plan. The best known is `NAME_distance` of the
folder's `best-known.json` (sums of exact distances: `exact`, costs divided by 1,000). Where that file has
no such entry, it is the published optimum under the one-decimal rule (`dimacs`), in `SOLOMON_OPTIMA`.
Failing both, it is the entry `NAME`, fewest vehicles first: then the fleet is that of the record, since with
more vehicles a shorter distance is no achievement.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import vrplib  # type: ignore[import-untyped]

from .planning import Bike, Drop, Plan, Problem, Trip, matrix, retime

type Array = np.ndarray[Any, Any]
type Rule = Callable[[Any], Array]

RULES: Mapping[str, tuple[Rule, int]] = {
    "dimacs": (lambda values: np.floor(10 * np.asarray(values, dtype=float) + 1e-9).astype(np.int64), 1),
    "round": (lambda values: np.round(np.asarray(values, dtype=float)).astype(np.int64), 1),
    "trunc": (lambda values: np.floor(np.asarray(values, dtype=float)).astype(np.int64), 1),
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


def instance_paths(folder: Path) -> list[Path]:
    """The instance files of a folder, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in (".vrp", ".txt"))


def read_instance(path: Path) -> Instance:
    """The instance in `path`. Raises NotExpressible when a `Problem` cannot say it or the file is odd."""
    try:
        return _read_vrplib(path) if path.suffix.lower() == ".vrp" else _read_solomon(path)
    except (KeyError, ValueError, IndexError, RuntimeError, TypeError) as error:
        raise NotExpressible(f"cannot be read ({error})") from error


def _read_vrplib(path: Path) -> Instance:
    raw = vrplib.read_instance(path)
    _refuse_strangers(raw)
    solution = read_solution(path)
    name, best = _rule(raw, solution), None
    rule, scale = RULES[name]
    if solution is not None:
        best = float(solution["cost"])
    return Instance(path.stem, _problem(raw, rule, _vrplib_bikes(raw, rule)), scale, best)


def read_solution(path: Path) -> dict[str, Any] | None:
    """The `.sol` beside an instance (`routes` as lists of locations, `cost`), or None."""
    beside = path.with_suffix(".sol")
    if not beside.exists():
        return None
    solution = vrplib.read_solution(beside)
    return solution if "cost" in solution else None


def _refuse_strangers(raw: Mapping[str, Any]) -> None:
    for section in _NOT_OURS:
        if section in raw:
            raise NotExpressible(section.upper())
    if list(np.atleast_1d(raw.get("depot", [0]))) != [0]:
        raise NotExpressible("several depots, or one that is not the first location")
    if np.asarray(raw["demand"]).ndim > 1 and np.asarray(raw["demand"]).shape[1] > 1:
        raise NotExpressible("several load dimensions")


def _rule(raw: Mapping[str, Any], solution: Mapping[str, Any] | None) -> str:
    """The name of the rounding rule under which the solution costs what it says; see above."""
    if solution is not None:
        for name, (rule, scale) in RULES.items():
            ways = rule(raw["edge_weight"])
            cost = sum(ways[a, b] for route in solution["routes"] for a, b in pairwise([0, *route, 0]))
            if abs(cost / scale - float(solution["cost"])) < 0.01:
                return name
    return "dimacs" if "time_window" in raw else "round"


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


def _read_solomon(path: Path) -> Instance:
    raw = vrplib.read_instance(path, instance_format="solomon")
    name, best, vehicles = _best_known(path, raw)
    rule, scale = RULES[name]
    window = rule(raw["time_window"])[0]
    shift = (int(window[0]), int(window[1]))
    bikes = [Bike(f"v{k}", int(rule(raw["capacity"])), 0, *shift, max_trips=1) for k in range(vehicles)]
    if name == "dimacs" and best is not None:
        scale = 10  # costs in tenths, published in wholes
    return Instance(path.stem, _problem(raw, rule, bikes), scale, best)


def _best_known(path: Path, raw: Mapping[str, Any]) -> tuple[str, float | None, int]:
    """The rounding rule, the best known cost, and the fleet for which it holds; see the top of this file."""
    beside = path.with_name("best-known.json")
    known = json.loads(beside.read_text()) if beside.exists() else {}
    vehicles = int(raw["vehicles"])
    if f"{path.stem}_distance" in known:
        return "exact", float(known[f"{path.stem}_distance"]["best_known_cost"]), vehicles
    optimum = SOLOMON_OPTIMA.get(path.stem.upper())
    if optimum is not None and len(raw["demand"]) == 101:
        return "dimacs", optimum, vehicles
    record = known.get(path.stem)
    if record is None:
        return "exact", None, vehicles
    return "exact", float(record["best_known_cost"]), int(record.get("solved_with_vehicles", vehicles))


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
