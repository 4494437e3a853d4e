"""The measurement of straight ways: the same day each time, plans that are verified, errands counted once a wave."""

import json
from types import SimpleNamespace

import pytest

from parvis.config.bench_days import place_of
from parvis.config.bench_straight import SHOPS, day, measured, run


def test_a_day_has_straight_ways_for_half_of_its_shops() -> None:
    streets, doors = place_of("")
    shops = doors[-SHOPS:]
    problem, senders = day(streets, doors, shops, 30, 1, late=0.2, percent=50)
    agreeing = {shop for shop, _wave in senders if shop < 31 + SHOPS // 2}
    assert {drop.others[0].collect for drop in problem.drops if drop.others} == agreeing
    assert day(streets, doors, shops, 30, 1, late=0.2, percent=50)[0] == problem
    by_hub, _senders = day(streets, doors, shops, 30, 1, late=0.2, percent=None)
    assert not any(drop.others for drop in by_hub.drops)
    assert [drop.ready_at for drop in by_hub.drops] == [drop.ready_at for drop in problem.drops]


def test_an_errand_counts_once_for_all_bags_of_a_wave() -> None:
    streets, doors = place_of("")
    problem, senders = day(streets, doors, doors[-SHOPS:], 12, 2, late=0.0, percent=None)
    found = measured(problem, senders)
    metres = sum(problem.distances[shop][0] + problem.distances[0][shop] for shop, _wave in set(senders))
    assert found["shops_km"] == round(metres / 1000, 2)
    assert (found["otherwise"], found["unserved"], found["refused"]) == (0, 0, 0)


def test_the_command_prints_what_it_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(SimpleNamespace(town="", deliveries=6, days=1)) == 0  # type: ignore[arg-type]
    found = json.loads(capsys.readouterr().out)["found"]
    assert [(one["late"], one["percent"]) for one in found] == [
        (late, percent) for late in (0.0, 0.2) for percent in (None, 0, 50, 100)
    ]
    assert all(one["refused"] == 0 for one in found)


def test_with_their_own_ways_counted_shops_send_riders_to_doors() -> None:
    streets, doors = place_of("")
    problem, senders = day(streets, doors, doors[-SHOPS:], 20, 3, late=0.2, percent=100)
    found = measured(problem, senders)
    assert found["otherwise"] > 0
    assert found["refused"] == 0
