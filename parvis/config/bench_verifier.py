"""``parvis bench verifier``: 1,000 good plans, each damaged in one way, are shown to the verifier.

Nothing is published that the verifier refuses; so what it overlooks reaches a rider. The plans are those of days that
ask for everything at once: cold boxes, skills, breaks that charge, a bike with ways of its own, second windows, bags
fetched at shops, and in every other one trips that have left. See `plan_damages` for what is done to them.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from random import Random

from parvis.config.bench_damage import HOUR, small_town
from parvis.config.plan_case import Case
from parvis.config.plan_damages import DAMAGES
from parvis.delivery.planning import Drop, Plan, Problem, Profile, Rest, solve, verify

ITERATIONS = 5
NOON = 12 * HOUR


@dataclass(frozen=True)
class Damaged:
    """A plan damaged in one way, the rule it breaks then, and what the verifier says of it and of the plan before."""

    name: str
    expected: str
    before: tuple[str, ...]
    found: tuple[str, ...]

    @property
    def caught(self) -> bool:
        """The good plan was accepted, and of the damaged one the verifier names the very rule that is broken."""
        return not self.before and self.expected in self.found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `parvis bench verifier`."""
    parser.add_argument("--plans", type=int, default=1_000, help="good plans, each damaged in one way (1000)")


def run(args: argparse.Namespace) -> int:
    """Runs the command; 1 when a damage was not caught, or a good plan refused."""
    started, every, by_subject = time.process_time(), [], Counter[str]()
    for number in range(args.plans):
        every.append(one := damaged_plan(number))
        by_subject[one.name.partition(":")[0]] += 1
        if not one.caught:
            print(json.dumps({"plan": number, "damage": one.name, "before": one.before, "found": one.found}))
    missed = sum(not one.caught for one in every)
    alone = sum(set(one.found) == {one.expected} for one in every)
    seconds = round(time.process_time() - started, 1)
    said = {"plans": len(every), "missed": missed, "named_alone": alone, "by_subject": by_subject, "seconds": seconds}
    print(json.dumps(said))
    return 1 if missed else 0


def damaged_plan(number: int) -> Damaged:
    """The plan of that number; the kinds of damage take turns, and days are drawn until one can be damaged so."""
    name = sorted(DAMAGES)[number % len(DAMAGES)]
    expected, damage = DAMAGES[name]
    for day in count():
        chance = Random(f"{number} {day}")  # noqa: S311 (a measurement, not a secret)
        problem, plan = _good_plan(chance)
        if (bad := damage(Case(problem, plan, chance))) is not None:
            return Damaged(name, expected, _kinds(problem, plan), _kinds(problem, bad))
    raise AssertionError("unreachable")


def _kinds(problem: Problem, plan: Plan) -> tuple[str, ...]:
    return tuple(violation.kind for violation in verify(problem, plan))


def _good_plan(chance: Random) -> tuple[Problem, Plan]:
    """A day with its plan; in every other one it is noon, and the trips that have left by then are fixed."""
    problem = busy_town(chance)
    plan = solve(problem, seed=chance.randrange(1_000), iterations=ITERATIONS)
    if chance.random() < 0.5:
        gone = tuple(trip for trip in plan.trips if trip.departs < NOON)
        problem = replace(problem, fixed=gone, not_before=NOON if gone else 0)
        plan = solve(problem, seed=chance.randrange(1_000), iterations=ITERATIONS)
    return problem, plan


def busy_town(chance: Random) -> Problem:
    """`small_town` with everything else that a day can ask for."""
    town = small_town(chance)
    trailer = Profile("trailer", _longer(town.durations), _longer(town.distances))
    slow, charged, plain = (replace(bike, max_seconds=11 * HOUR) for bike in town.bikes)
    lunch, charging = Rest(NOON + HOUR // 2, 13 * HOUR + HOUR // 4), Rest(13 * HOUR, 14 * HOUR, 6_000)
    bikes = (
        replace(slow, profile="trailer", max_trips=3, max_crates=5, max_cold_crates=1),
        replace(charged, range_metres=14_000, rests=(charging,), max_crates=9, max_cold_crates=2),
        replace(plain, rests=(lunch,), skills=("lift",), max_cold_crates=2),
    )
    return replace(town, bikes=bikes, drops=tuple(_asking(town.drops)), profiles=(trailer,))


def _longer(rows: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
    """Ways twice as long, for who pulls a trailer; what leads by a shop still adds up."""
    return tuple(tuple(2 * way for way in row) for row in rows)


def _asking(drops: tuple[Drop, ...]) -> Iterator[Drop]:
    """Some must stay cold, some need the lift, some shops were told that the bike comes to them."""
    for drop in drops:
        cold, heavy, told = (drop.location % each == 0 for each in (5, 7, 8))
        yield replace(
            drop,
            crates=1 + drop.grams // 15_000,
            cold_crates=1 if cold else 0,
            max_aboard=HOUR if cold else None,
            needs=("lift",) if heavy else (),
            bound="direct" if told else None,
        )
