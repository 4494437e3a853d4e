"""``parvis bench growth``: how the search grows with the day, on the streets of a town.

For each size: the plan after a minute of processor time, the least budget of 1, 2, 4, 8… seconds whose plan costs at
most 2 % more, and what a town gets that asks for no budget. Then a bike drops out of a day of 200 stops: how long until
the rest is planned anew, on the wall and by the processor? Every plan is verified.

With ``--town`` the doors and the streets are those of a town of this installation; else doors are scattered around a
hub and ways are straight lines.
"""

import argparse
import json
import math
import os
import platform
import statistics
import sys
import time
from collections.abc import Sequence
from random import Random
from typing import Any

from parvis.config.serve import setup
from parvis.core.geo import Point
from parvis.delivery.clients.network import StreetNetwork
from parvis.delivery.clients.straight import StraightLines
from parvis.delivery.clients.streets import streets_for
from parvis.delivery.planning import Bike, Drop, Plan, Problem, matrix, replan, solve, verify
from parvis.towns.models import Address, Town

HOUR = 3_600
SIZES = (50, 200, 500, 1_000)
CLOSE = 1.02  # a plan this near to that of the whole minute will do
A_BIKE_SERVES = 20  # deliveries of a day for each bike
REPLANNED = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``parvis bench growth``."""
    parser.add_argument("--town", default="", help="doors and streets of this town (else around a hub, straight lines)")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="deliveries of a day (50 200 500 1000)")
    parser.add_argument("--seconds", type=float, default=60, help="processor seconds of the long search (60)")


def run(options: argparse.Namespace) -> int:
    """Measure; the exit code is 1 when a plan is refused by the verifier or the replan takes two seconds."""
    streets, doors = place_of(options.town)
    found: dict[str, Any] = {"streets": streets.kind, "growth": []}
    for size in options.sizes:
        grown = grow(day(streets, doors, size), options.seconds)
        print(f"  {grown}", file=sys.stderr, flush=True)
        found["growth"].append(grown)
    found["replan"] = lose_a_bike(day(streets, doors, REPLANNED))
    machine = {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "python": platform.python_version()}
    print(json.dumps({"machine": machine, **found}))
    refused = any(grown["refused"] for grown in found["growth"]) or found["replan"]["refused"]
    return 1 if refused or found["replan"]["cpu_seconds"] > 2 else 0


def place_of(slug: str) -> tuple[StreetNetwork, list[Point]]:
    """The ways of a town, and its doors in an order by chance, the middle of all first."""
    chance = Random(5)  # noqa: S311 - the same doors each time
    if not slug:
        middle = Point(2.27, 48.825)
        spread = [(chance.gauss(0, 0.009), chance.gauss(0, 0.006)) for _ in range(2000)]
        return StraightLines(), [middle, *(Point(middle.lon + x, middle.lat + y) for x, y in spread)]
    setup()
    town = Town.objects.get(slug=slug)
    rows = list(Address.objects.filter(town=town).order_by("pk").values_list("lon", "lat"))
    chance.shuffle(rows)
    middle = Point(statistics.median(lon for lon, _lat in rows), statistics.median(lat for _lon, lat in rows))
    return streets_for(town), [middle, *(Point(*row) for row in rows)]


def day(streets: StreetNetwork, doors: Sequence[Point], size: int) -> Problem:
    """A day of ``size`` deliveries from the first door to the next, in four windows of two hours, with enough bikes."""
    chance = Random(size)  # noqa: S311 - the same day each time
    ways = streets.matrix(doors[: size + 1])
    bikes = [
        Bike(f"b{k}", 100_000, 300_000, 9 * HOUR, 21 * HOUR, range_metres=60_000)
        for k in range(math.ceil(size / A_BIKE_SERVES))
    ]
    drops = []
    for place in range(1, size + 1):
        opens = chance.choice((11, 13, 16, 18)) * HOUR
        grams = min(40_000, round(chance.lognormvariate(math.log(5_000), 0.6)))
        drops.append(
            Drop(
                id=f"d{place}",
                location=place,
                grams=grams,
                millilitres=3 * grams,
                earliest=opens,
                latest=opens + 2 * HOUR,
                service_seconds=180,
                ready_at=opens - chance.randrange(15, 60) * 60,
                crates=1 + grams // 15_000,
            )
        )
    return Problem(tuple(bikes), tuple(drops), matrix(ways.durations), matrix(ways.distances))


def grow(problem: Problem, seconds: float) -> dict[str, Any]:
    """The long search, the least budget that comes near, and the budget a town has by itself."""
    best = solve(problem, seed=1, seconds=seconds)
    budget, near = 1.0, best
    while budget < seconds:
        near = solve(problem, seed=1, seconds=budget)
        if _as_good(near, best):
            break
        budget *= 2
    usual = solve(problem, seed=1)
    return {
        "deliveries": len(problem.drops),
        "bikes": len(problem.bikes),
        "unserved": len(best.unserved),
        "km": round(best.metres / 1000, 1),
        "seconds_within_2_percent": round(budget if budget < seconds else seconds, 1),
        "usual_seconds": round(usual.seconds, 1),
        "usual_gap_percent": round(100 * (usual.cost / best.cost - 1), 2) if best.cost else 0.0,
        "usual_unserved": len(usual.unserved),
        "refused": sum(len(verify(problem, plan)) for plan in (best, near, usual)),
    }


def _as_good(plan: Plan, best: Plan) -> bool:
    return len(plan.unserved) <= len(best.unserved) and plan.cost <= CLOSE * best.cost


def lose_a_bike(problem: Problem) -> dict[str, Any]:
    """The day planned, then replanned at the moment when the bike on the road longest breaks down."""
    plan = solve(problem, seed=1)
    trip = max(plan.trips, key=lambda trip: (trip.returns - trip.departs, trip.bike_id))
    now = (trip.departs + trip.returns) // 2
    wall, cpu = time.perf_counter(), time.thread_time()
    again = replan(problem, plan, now=now, seed=1, lost_bikes=[trip.bike_id])
    return {
        "stops": len(problem.drops),
        "cpu_seconds": round(time.thread_time() - cpu, 2),
        "wall_seconds": round(time.perf_counter() - wall, 2),
        "unserved": len(again.plan.unserved),
        "refused": len(verify(again.problem, again.plan)),
    }
