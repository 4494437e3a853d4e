"""``parvis bench straight``: what straight ways from shops to doors save on a day, and what they cost.

The same day is planned four times: all by the hub, and with half of the shops handing over to riders, whose own way to
the hub counts nothing, half or all of what a bike's does (`Hub.errand_percent`). Each delivery is of one shop. Beside
the bikes' kilometres and hours stand the errands of the shops: one there and back for each wave in which a shop still
has a bag for the hub. Then once more on a day on which one bag in five is packed half an hour late. Every plan is
verified.

With ``--town`` the doors, the shops and the streets are those of a town of this installation; else they are scattered
around a hub and ways are straight lines.
"""

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

from parvis.config.bench_days import A_BIKE_SERVES, HOUR, place_of
from parvis.core.geo import Point
from parvis.delivery.clients.network import StreetNetwork
from parvis.delivery.planning import Bike, Drop, Option, Plan, Problem, matrix, solve, verify, with_detours

WAVES = (11, 13, 16, 18)
HANDING = 120  # seconds at a shop's door; scanning, packing and loading at the hub take as long
LATE, LATE_BY = 0.2, 1800
SHOPS = 24
STRAIGHT = "straight"  # the way from the shop to the door


def add_day_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the days are, how large and how many."""
    parser.add_argument("--town", default="", help="doors, shops and streets of this town (else around a hub)")
    parser.add_argument("--deliveries", type=int, default=120, help="of a day (120)")
    parser.add_argument("--days", type=int, default=3, help="days measured (3)")


def run(options: argparse.Namespace) -> int:
    """Measure; the exit code is 1 when a plan is refused by the verifier."""
    streets, doors = place_of(options.town)
    shops = _shops(options.town) or doors[-SHOPS:]
    found = []
    for late in (0.0, LATE):
        for percent in (None, 0, 50, 100):
            days = [
                measured(*day(streets, doors, shops, options.deliveries, seed, late=late, percent=percent))
                for seed in range(options.days)
            ]
            means = {name: round(sum(one[name] for one in days) / len(days), 1) for name in days[0]}
            found.append({"late": late, "percent": percent, "straight": means.pop("otherwise")} | means)
            print(f"  {found[-1]}", file=sys.stderr, flush=True)
    print(json.dumps({"streets": streets.kind, "deliveries": options.deliveries, "days": options.days, "found": found}))
    return 1 if any(one["refused"] for one in found) else 0


def _shops(slug: str) -> list[Point]:
    """The shops of the town's market, in an order by chance."""
    if not slug:
        return []
    from parvis.market.models import Shop

    rows = Shop.objects.filter(town__slug=slug).order_by("pk").values_list("place__lon", "place__lat")
    points = [Point(lon, lat) for lon, lat in rows]
    Random(7).shuffle(points)  # noqa: S311 - the same shops each time
    return points[:SHOPS]


def day(
    streets: StreetNetwork,
    doors: Sequence[Point],
    shops: Sequence[Point],
    size: int,
    seed: int,
    *,
    late: float,
    percent: int | None,
) -> tuple[Problem, list[tuple[int, int]]]:
    """A day of ``size`` deliveries, and for each its shop's place and its wave; the first half of the shops agrees,
    unless ``percent`` is None.
    """
    chance = Random(seed)  # noqa: S311 - the same day each time
    homes = list(doors[1:])
    chance.shuffle(homes)
    points = [doors[0], *homes[:size], *shops]
    ways = streets.matrix(points)
    metres, seconds = matrix(ways.distances), matrix(ways.durations)
    senders = [(size + 1 + chance.randrange(len(shops)), chance.choice(WAVES)) for _ in range(size)]
    agree = set() if percent is None else {size + 1 + number for number in range(len(shops) // 2)}
    drops: list[Drop] = []
    detours: list[tuple[int, int]] = []
    for place, (shop, wave) in enumerate(senders, start=1):
        grams = min(30_000, round(chance.lognormvariate(math.log(4_000), 0.6)))
        ready = wave * HOUR - 3600 + (LATE_BY if chance.random() < late else 0)
        closes, crates = wave * HOUR + 6600, 1 + grams // 15_000
        drop = Drop(f"d{place}", place, grams, 3 * grams, wave * HOUR, closes, 180, ready, crates)
        if percent is not None and shop in agree:
            errand = metres[shop][0] + metres[0][shop] + seconds[shop][0] + seconds[0][shop]
            way = Option(
                STRAIGHT,
                len(points) + len(detours),
                max(drop.earliest - HANDING, ready + seconds[shop][place]),
                drop.latest - HANDING,
                drop.service_seconds + HANDING,
                collect=shop,
                spared=HANDING + errand * percent // 100 // Counter(senders)[shop, wave],
            )
            detours.append((shop, place))
            drop = replace(drop, others=(way,))
        drops.append(drop)
    bikes = tuple(
        Bike(f"b{k}", 100_000, 300_000, 9 * HOUR, 21 * HOUR, range_metres=60_000)
        for k in range(math.ceil(size / A_BIKE_SERVES))
    )
    return Problem(bikes, tuple(drops), with_detours(seconds, detours), with_detours(metres, detours)), senders


def measured(problem: Problem, senders: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """What bikes and shops do on the day as it is planned."""
    plan = solve(problem, seed=1)
    others = {stop.drop_id: stop.option for trip in plan.trips for stop in trip.stops if stop.option}
    straight = {id for id, option in others.items() if option == STRAIGHT}
    return {
        "bike_km": round(plan.metres / 1000, 2),
        "bike_hours": round(_seconds(plan) / HOUR, 2),
        "trips": len(plan.trips),
        "otherwise": len(others),
        "shops_km": round(_errands(problem, senders, straight) / 1000, 2),
        "unserved": len(plan.unserved),
        "refused": len(verify(problem, plan)),
    }


def _seconds(plan: Plan) -> int:
    return sum(trip.returns - trip.departs for trip in plan.trips)


def _errands(problem: Problem, senders: Sequence[tuple[int, int]], straight: set[str]) -> int:
    """Metres of the shops' own ways to the hub and back: one for each wave in which they still have a bag for it."""
    left = {sender for place, sender in enumerate(senders, start=1) if f"d{place}" not in straight}
    return sum(problem.distances[shop][0] + problem.distances[0][shop] for shop, _wave in left)
