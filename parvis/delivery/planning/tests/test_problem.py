"""A problem or a plan that exists makes sense, and survives being kept as JSON."""

import json
from dataclasses import replace

import numpy as np
import pytest

from parvis.delivery.planning import Bike, Drop, Plan, Problem, Stop, Trip, Unserved, matrix, solve

from .towns import bike, drop, line_town, round_town


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"max_grams": -1}, "capacity"),
        ({"max_millilitres": -1}, "capacity"),
        ({"shift_start": -1}, "shift"),
        ({"shift_end": 8 * 3600}, "shift ends after"),
        ({"range_metres": -1}, "range"),
        ({"speed_percent": 0}, "speed"),
        ({"max_crates": -1}, "crates"),
        ({"max_trips": 0}, "trip"),
        ({"max_seconds": -1}, "time"),
    ],
)
def test_a_bike_refuses_nonsense(changes: dict[str, int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        bike("b1", **changes)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"location": -1}, "location"),
        ({"grams": -1}, "sizes"),
        ({"millilitres": -1}, "sizes"),
        ({"crates": -1}, "sizes"),
        ({"earliest": -1}, "window"),
        ({"latest": 0}, "closes after"),
        ({"service_seconds": -1}, "service"),
        ({"ready_at": -1}, "ready"),
        ({"id": ""}, "id"),
    ],
)
def test_a_drop_refuses_nonsense(changes: dict[str, int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        replace(drop("d1", 1), **changes)


def test_a_problem_refuses_nonsense() -> None:
    town = line_town(drop("d1", 1), drop("d2", 2))
    for changes, says in [
        ({"durations": ()}, "hub"),
        ({"durations": ((0, 1), (1, 0))}, "same size"),
        ({"distances": ((0, 1), (1, 0))}, "same size"),
        ({"durations": ((0, 1, 1), (1, 0, 1), (1, 1))}, "square"),
        ({"durations": ((0, 1, 1), (1, 0, -1), (1, 1, 0))}, "negative"),
        ({"durations": ((0, 1, 1), (1, 5, 1), (1, 1, 0))}, "say 0"),
        ({"drops": (drop("d1", 3),)}, "outside the matrices: d1"),
        ({"drops": (drop("d1", 1), drop("d1", 2))}, "Drops with the same id: d1"),
        ({"bikes": (bike("b1"), bike("b1"))}, "Bikes with the same id: b1"),
        ({"reload_seconds": -1}, "Reloading"),
        ({"unit_metre_cost": -1}, "Unit costs"),
        ({"not_before": -1}, "midnight"),
    ]:
        with pytest.raises(ValueError, match=says):
            replace(town, **changes)


def test_a_plan_refuses_nonsense() -> None:
    stop = Stop("d1", 100, 120, 150)
    for times in [(-1, 0, 0), (100, 90, 150), (100, 120, 110)]:
        with pytest.raises(ValueError, match="Stop d1"):
            Stop("d1", *times)
    with pytest.raises(ValueError, match="at least one stop"):
        Trip("b1", 1, 1, 0, 10, 10, ())
    with pytest.raises(ValueError, match="returns after"):
        Trip("b1", 1, 1, 10, 0, 10, (stop,))
    with pytest.raises(ValueError, match="negative"):
        Trip("b1", -1, 1, 0, 200, 10, (stop,))
    with pytest.raises(ValueError, match="reason"):
        Unserved("d1", "")


def test_matrices_may_come_from_numpy_and_lists() -> None:
    rows = np.array([[0, 7], [8, 0]])
    assert matrix(rows) == matrix(rows.tolist()) == ((0, 7), (8, 0))
    assert type(matrix(rows)[0][1]) is int


def test_problem_and_plan_survive_json() -> None:
    town = round_town(12, seed=1)
    plan = solve(town, seed=1, iterations=50)
    kept = json.loads(json.dumps([town.to_json(), plan.to_json()]))
    assert Problem.from_json(kept[0]) == town
    assert Plan.from_json(kept[1]) == plan
    fixed = replace(town, fixed=plan.trips[:1], not_before=36_000)
    assert Problem.from_json(json.loads(json.dumps(fixed.to_json()))) == fixed


def test_bikes_and_drops_have_the_defaults_of_the_contract() -> None:
    assert Bike("b", 1, 1, 0, 1).speed_percent == 100
    assert Drop("d", 0, 1, 1, 0, 0, 0, 0).crates == 1
