"""The measurement of growth itself: days as they are meant, every plan verified, a lost bike replanned."""

import json
from types import SimpleNamespace

import pytest

from parvis.config.bench_days import day, grow, lose_a_bike, place_of, run


def test_a_day_is_the_same_each_time_and_can_be_served() -> None:
    streets, doors = place_of("")
    problem = day(streets, doors, 30)
    assert problem == day(streets, doors, 30)
    assert (len(problem.drops), len(problem.bikes)) == (30, 2)
    assert {drop.latest - drop.earliest for drop in problem.drops} == {7_200}


def test_growth_is_told_with_budget_and_gap() -> None:
    streets, doors = place_of("")
    grown = grow(day(streets, doors, 12), 1.0)
    assert grown["deliveries"] == 12
    assert grown["seconds_within_2_percent"] <= 1.0
    assert grown["refused"] == 0
    assert grown["unserved"] == 0


def test_a_lost_bike_is_replanned() -> None:
    streets, doors = place_of("")
    found = lose_a_bike(day(streets, doors, 40))
    assert (found["stops"], found["refused"]) == (40, 0)
    assert found["cpu_seconds"] < 2


def test_the_command_writes_one_line_of_figures(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parvis.config.bench_days.REPLANNED", 15)
    assert run(SimpleNamespace(town="", sizes=[10], seconds=0.5)) == 0  # type: ignore[arg-type]
    told = json.loads(capsys.readouterr().out)
    assert told["streets"] == "straight"
    assert [grown["deliveries"] for grown in told["growth"]] == [10]
