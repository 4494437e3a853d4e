"""Published instances are read as they are meant, solved, verified and compared."""

import io
import json
import os
from pathlib import Path

import pytest

from parvis.delivery.bench import bench_routing, main
from parvis.delivery.bench_instances import (
    SOLOMON_OPTIMA,
    NotExpressible,
    instance_paths,
    plan_of,
    read_instance,
    read_solution,
)
from parvis.delivery.planning import verify

ROOT = Path(__file__).parents[4]
DATA = Path(os.environ.get("PARVIS_DATA", ROOT.parent / "shared" / "data")) / "routing"

TINY = """NAME: tiny
TYPE: MTVRPTWR
EDGE_WEIGHT_TYPE: EUC_2D
DIMENSION: 4
VEHICLES: 1
CAPACITY: 10
SERVICE_TIME: 1
NODE_COORD_SECTION
1 0 0
2 3 4
3 0 5
4 1 1
DEMAND_SECTION
1 0
2 6
3 6
4 1
TIME_WINDOW_SECTION
1 0 100
2 0 90
3 0 90
4 0 90
RELEASE_TIME_SECTION
1 0
2 2
3 30
4 0
VEHICLES_RELOAD_DEPOT_SECTION
1 1
DEPOT_SECTION
1
EOF
"""

SOLOMON = """TINY

VEHICLE
NUMBER     CAPACITY
   2          10

CUSTOMER
CUST NO.  XCOORD.  YCOORD.  DEMAND  READY TIME  DUE DATE  SERVICE TIME

    0       0        0        0        0         100         0
    1       3        4        6        0          90         1
    2       0        5        6        0          90         1
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def last_json(text: str) -> dict[str, float]:
    return json.loads(text.splitlines()[-1])  # type: ignore[no-any-return]


def test_a_vrplib_instance_is_read_in_tenths_with_reloads_and_releases(tmp_path: Path) -> None:
    problem = read_instance(write(tmp_path, "tiny.vrp", TINY)).problem
    assert problem.distances[0] == (0, 50, 50, 14)
    assert problem.bikes[0].max_trips is None
    assert problem.bikes[0].max_grams == 100
    assert problem.bikes[0].shift_end == 1000
    second = problem.drops[1]
    assert (second.ready_at, second.latest, second.service_seconds) == (300, 900, 10)


def test_the_solution_proves_the_rounding(tmp_path: Path) -> None:
    path = write(tmp_path, "tiny.vrp", TINY)
    for cost, hub_to_last in [("200", 14), ("20", 1), ("20.02", 1414)]:
        write(tmp_path, "tiny.sol", f"Route #1: 1 3 0 2\nCost: {cost}\n")
        instance = read_instance(path)
        assert instance.problem.distances[0][3] == hub_to_last
        assert instance.best == float(cost)


def test_a_folder_is_solved_and_summed_up(tmp_path: Path) -> None:
    write(tmp_path, "tiny.vrp", TINY)
    write(tmp_path, "tiny.sol", "Route #1: 1 3 0 2\nCost: 200\n")
    write(tmp_path, "TINY.txt", SOLOMON)
    write(tmp_path, "best-known.json", json.dumps({"TINY_distance": {"best_known_cost": 20}}))
    out = io.StringIO()
    summary = bench_routing(tmp_path, seconds=0.05, out=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == 3
    assert json.loads(lines[-1]) == summary
    assert summary["n"] == 2
    assert summary["infeasible"] == 0
    assert summary["worst_gap"] >= summary["mean_gap"] >= 0


def test_every_takes_every_kth_by_name(tmp_path: Path) -> None:
    for name in "abcde":
        write(tmp_path, f"{name}.vrp", TINY)
    out = io.StringIO()
    assert bench_routing(tmp_path, seconds=0.01, every=2, out=out)["n"] == 3
    assert [line.split()[0] for line in out.getvalue().splitlines()[:-1]] == ["a", "c", "e"]


def test_an_incomplete_plan_is_infeasible_and_has_no_gap(tmp_path: Path) -> None:
    write(tmp_path, "tiny.vrp", TINY.replace("1 0 100", "1 0 20"))
    summary = bench_routing(tmp_path, seconds=0.01, out=io.StringIO())
    assert (summary["n"], summary["infeasible"], summary["mean_gap"]) == (1, 1, None)


def test_what_no_town_has_is_skipped_with_the_reason(tmp_path: Path) -> None:
    fixed = TINY.replace("DEPOT_SECTION\n1\nEOF", "VEHICLES_FIXED_COST_SECTION\n1 5\nDEPOT_SECTION\n1\nEOF")
    write(tmp_path, "costs.vrp", fixed)
    write(tmp_path, "broken.vrp", "NAME: broken\nEOF\n")
    out = io.StringIO()
    assert bench_routing(tmp_path, seconds=0.01, out=out)["skipped"] == 2
    assert "VEHICLES_FIXED_COST" in out.getvalue()
    with pytest.raises(NotExpressible, match="cannot be read"):
        read_instance(tmp_path / "broken.vrp")


def test_matrices_limits_and_service_by_location(tmp_path: Path) -> None:
    text = """NAME: matrix
TYPE: VRP
EDGE_WEIGHT_TYPE: EXPLICIT
EDGE_WEIGHT_FORMAT: LOWER_ROW
DIMENSION: 3
VEHICLES: 2
EDGE_WEIGHT_SECTION
4
5 6
DEMAND_SECTION
1 0
2 1
3 2
SERVICE_TIME_SECTION
1 0
2 7
3 8
CAPACITY_SECTION
1 2
2 3
VEHICLES_MAX_DISTANCE_SECTION
1 20
2 30
VEHICLES_MAX_DURATION_SECTION
1 40
2 50
DEPOT_SECTION
1
-1
EOF
"""
    problem = read_instance(write(tmp_path, "matrix.vrp", text)).problem
    assert problem.distances == ((0, 4, 5), (4, 0, 6), (5, 6, 0))
    assert [bike.max_grams for bike in problem.bikes] == [2, 3]
    assert [bike.range_metres for bike in problem.bikes] == [20, 30]
    assert [bike.max_seconds for bike in problem.bikes] == [40, 50]
    assert [bike.max_trips for bike in problem.bikes] == [1, 1]
    assert [drop.service_seconds for drop in problem.drops] == [7, 8]


def test_solomon_is_exact_to_the_thousandth_and_compared_on_its_objective(tmp_path: Path) -> None:
    path = write(tmp_path, "TINY.txt", SOLOMON)
    assert read_instance(path).best is None
    first = {"best_known_cost": 20.0, "solved_with_vehicles": 1}
    write(tmp_path, "best-known.json", json.dumps({"TINY": first}))
    assert (read_instance(path).best, len(read_instance(path).problem.bikes)) == (20.0, 1)
    write(tmp_path, "best-known.json", json.dumps({"TINY": first, "TINY_distance": {"best_known_cost": 19.0}}))
    instance = read_instance(path)
    assert (instance.best, len(instance.problem.bikes), instance.scale) == (19.0, 2, 1000)
    assert instance.problem.distances[1][2] == 3162


def test_solomons_hundred_customers_have_published_optima(tmp_path: Path) -> None:
    customers = "".join(f"    {i}  {i}  0  1  0  90  1\n" for i in range(3, 101))
    path = write(tmp_path, "R208.txt", SOLOMON + customers)
    instance = read_instance(path)
    assert (instance.best, instance.scale, instance.problem.distances[1][2]) == (701.0, 10, 31)
    assert read_instance(write(tmp_path, "R209.txt", SOLOMON)).best is None  # not the published one
    assert len(SOLOMON_OPTIMA) == 56


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "No instances" in capsys.readouterr().err
    write(tmp_path, "tiny.vrp", TINY)
    assert main([str(tmp_path), "--seconds", "0.01"]) == 0
    assert last_json(capsys.readouterr().out)["n"] == 1
    assert main([str(tmp_path), "--seconds", "0.01", "--json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.data
def test_every_published_solution_is_accepted_and_costs_what_it_says() -> None:
    folder = DATA / "multi-trip"
    if not folder.is_dir():
        pytest.skip(f"needs the routing data ({folder}); set PARVIS_DATA")
    for path in instance_paths(folder):
        instance, solution = read_instance(path), read_solution(path)
        assert solution is not None
        plan = plan_of(instance, solution["routes"])
        assert verify(instance.problem, plan) == [], path.stem
        assert plan.cost == solution["cost"], path.stem
