"""No plan damaged in one way is accepted, whatever is done to it."""

import argparse
from random import Random

import pytest

from parvis.config.bench_verifier import busy_town, damaged_plan, run
from parvis.config.plan_case import Case
from parvis.config.plan_damages import DAMAGES
from parvis.delivery.planning import KINDS, solve, verify


@pytest.mark.parametrize("again", range(3))
@pytest.mark.parametrize("number", range(len(DAMAGES)))
def test_each_damage_is_caught(number: int, again: int) -> None:
    one = damaged_plan(number + again * len(DAMAGES))
    assert one.before == ()
    assert one.expected in one.found
    assert one.caught


def test_every_rule_is_broken_by_one_of_them() -> None:
    assert {expected for expected, _damage in DAMAGES.values()} == set(KINDS)


def test_many_damages_break_one_rule_only() -> None:
    """What a damage does not touch is told anew: were it not, wrong sums would give most of them away."""
    alone = [set(one.found) == {one.expected} for one in map(damaged_plan, range(4 * len(DAMAGES)))]
    assert sum(alone) > len(alone) / 3


def test_a_plan_that_agrees_is_told_as_it_was() -> None:
    """The sums that damages state are those of the planner, so that only the damage is wrong."""
    town = busy_town(Random(1))
    plan = solve(town, seed=1, iterations=20)
    case = Case(town, plan, Random(1))
    assert verify(town, plan) == []
    assert case.with_trips([case.told(trip) for trip in plan.trips]) == plan


def test_the_command_counts_what_was_missed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(argparse.Namespace(plans=len(DAMAGES))) == 0
    said = capsys.readouterr().out
    assert f'"plans": {len(DAMAGES)}, "missed": 0' in said
    for subject in ("load", "window", "order", "release", "range", "break"):
        assert f'"{subject}": ' in said
