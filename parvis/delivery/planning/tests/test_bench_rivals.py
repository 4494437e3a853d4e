"""Other planners on the same instances: what they are given, and that their plans are verified as ours are."""

import io
import json
from pathlib import Path

import pytest

from parvis.delivery import bench_rivals
from parvis.delivery.bench import bench_routing
from parvis.delivery.bench_instances import read_instance
from parvis.delivery.bench_rivals import Rival, against, missing

from .test_bench import SOLOMON, TINY, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "tiny.vrp", TINY)
    write(tmp_path, "tiny.sol", "Route #1: 1 3 0 2\nCost: 200\n")
    write(tmp_path, "TINY.txt", SOLOMON)
    write(tmp_path, "best-known.json", json.dumps({"TINY_distance": {"best_known_cost": 20}}))
    return tmp_path


def test_pyvrp_stands_in_the_table_and_the_summary(folder: Path) -> None:
    out = io.StringIO()
    summary = bench_routing(folder, seconds=0.05, out=out, rivals=["pyvrp"])
    assert summary["pyvrp"] == {"n": 2, "mean_gap": 0.0, "ours": 0.0}
    assert "pyvrp 0.00% in" in out.getvalue()


def test_several_trips_are_said_to_be_beyond_words(folder: Path) -> None:
    instance = read_instance(folder / "tiny.vrp")
    for name in ("vroom", "or-tools"):
        assert str(against(instance, name, 0.1, 1)) == "cannot express several trips"


@pytest.mark.parametrize("name", ["vroom", "or-tools"])
def test_one_trip_each_is_planned_and_verified(folder: Path, name: str) -> None:
    if name in missing():
        pytest.skip("installed by make bench only")
    rival = against(read_instance(folder / "TINY.txt"), name, 0.2, 1)
    assert rival.trouble == ""
    assert rival.gap == pytest.approx(0)


def test_a_plan_that_breaks_rules_does_not_count(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = read_instance(folder / "TINY.txt")
    monkeypatch.setattr(bench_rivals, "RIVALS", {"pyvrp": lambda problem, seconds, seed: [[1, 2]]})
    rival = against(instance, "pyvrp", 0.1, 1)
    assert rival == Rival(None, rival.seconds, "overload_grams")
    monkeypatch.setattr(bench_rivals, "RIVALS", {"pyvrp": lambda problem, seconds, seed: [[1]]})
    assert against(instance, "pyvrp", 0.1, 1).trouble == "lost"
