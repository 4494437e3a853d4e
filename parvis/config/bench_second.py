"""``parvis bench second``: what it is worth when a second time of the day suits a buyer as well.

The days of ``bench straight``, all by the hub; of those who asked for one of the first three waves, some part lets the
bike come in the next wave too. The plan takes the shorter way. Every plan is verified.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from random import Random

from parvis.config.bench_days import HOUR, place_of
from parvis.config.bench_straight import SHOPS, WAVES, day, measured
from parvis.delivery.planning import Drop, Option, Problem

NEXT = dict(pairwise(WAVES))
PARTS = (0, 10, 25, 50, 100)


def run(options: argparse.Namespace) -> int:
    """Measure; the exit code is 1 when a plan is refused by the verifier."""
    streets, doors = place_of(options.town)
    found = []
    for percent in PARTS:
        days = []
        for seed in range(options.days):
            problem, senders = day(streets, doors, doors[-SHOPS:], options.deliveries, seed, late=0.0, percent=None)
            days.append(measured(with_second_times(problem, percent, seed), senders))
        means = {name: round(sum(one[name] for one in days) / len(days), 2) for name in days[0]}
        found.append({"percent": percent, "second": means.pop("otherwise")} | means)
        print(f"  {found[-1]}", file=sys.stderr, flush=True)
    print(json.dumps({"streets": streets.kind, "deliveries": options.deliveries, "days": options.days, "found": found}))
    return 1 if any(one["refused"] for one in found) else 0


def with_second_times(problem: Problem, percent: int, seed: int) -> Problem:
    """The day when for so many in a hundred of all buyers, taken by chance, the next wave suits too."""
    return replace(problem, drops=tuple(_with_second(problem.drops, percent, Random(f"second {seed}"))))  # noqa: S311


def _with_second(drops: tuple[Drop, ...], percent: int, chance: Random) -> Iterator[Drop]:
    for drop in drops:
        later = NEXT.get(drop.earliest // HOUR)
        if chance.random() * 100 >= percent or later is None:
            yield drop
            continue
        by = later * HOUR - drop.earliest
        way = Option("also", drop.location, drop.earliest + by, drop.latest + by, drop.service_seconds, drop.ready_at)
        yield replace(drop, others=(way,))
