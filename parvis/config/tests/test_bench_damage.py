"""Whatever is wrong with the plan to start from, what comes back may be published."""

import argparse
from dataclasses import replace
from random import Random

import pytest

from parvis.config.bench_damage import DAMAGES, broken_by, damaged, run, small_town
from parvis.delivery.planning import solve, verify


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_damaged_plans_end_in_plans_that_keep_every_rule(first: int) -> None:
    assert [broken_by(number) for number in range(first, first + 20)] == [[]] * 20


@pytest.mark.parametrize("kind", sorted(DAMAGES))
def test_each_damage_is_one(kind: str) -> None:
    """The verifier refuses it, so that the search has something to mend."""
    chance = Random(3)
    town = small_town(chance)
    plan = solve(town, seed=1, iterations=5)
    trips = list(plan.trips)
    kinds = set()
    for at in range(len(trips)):
        new = DAMAGES[kind](trips[at], trips, chance)
        kinds |= {v.kind for v in verify(town, replace(plan, trips=(*trips[:at], *new, *trips[at + 1 :])))}
    assert kinds


def test_the_search_serves_every_drop_from_a_damaged_plan() -> None:
    town = small_town(Random(5))
    plan = solve(town, seed=1, iterations=60)
    assert plan.unserved == ()
    again = solve(town, seed=1, iterations=60, initial=damaged(plan, Random(6)))
    assert again.unserved == ()


def test_the_command_says_how_many_were_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(argparse.Namespace(plans=5)) == 0
    assert '"plans": 5, "refused": 0' in capsys.readouterr().out
