"""``parvis bench damage``: a plan to start from may be broken in any way; what comes back may be published.

Plans reach the search from a database that people and machines write to. So good plans are damaged by chance (drops
missing, doubled or unknown, their order shuffled, made in another way, trips on bikes that are gone, at times nobody
can keep), each is given to ``solve`` to start from, and the verifier judges what comes back.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random

from parvis.delivery.planning import Bike, Drop, Option, Plan, Problem, Stop, Trip, matrix, solve, verify, with_detours

HOUR = 3_600
DROPS, BIKES = 20, 3
SHOPS = (1, 2)  # beside which the first two drops live


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `parvis bench damage`."""
    parser.add_argument("--plans", type=int, default=1_000, help="damaged plans to start from (1000)")


def run(args: argparse.Namespace) -> int:
    """Runs the command; 1 when the verifier refuses a plan that came back, or a drop is lost."""
    started = time.process_time()
    refused = sum(bool(broken_by(number)) for number in range(args.plans))
    print(json.dumps({"plans": args.plans, "refused": refused, "seconds": round(time.process_time() - started, 1)}))
    return 1 if refused else 0


def broken_by(number: int) -> list[str]:
    """The kinds of rules broken in what comes back from the damaged plan of that number; none is right."""
    chance = Random(number)  # noqa: S311 (a measurement, not a secret)
    problem = small_town(chance)
    good = solve(problem, seed=number, iterations=5)
    after = solve(problem, seed=number, iterations=5, initial=damaged(good, chance))
    return [violation.kind for violation in verify(problem, after)]


def small_town(chance: Random) -> Problem:
    """A day of a few bikes, one of them small and slow, in a town where ways out and back differ.

    Every third drop may come in a second window, every fourth straight from one of two shops.
    """
    spots = [(chance.uniform(-2_000, 2_000), chance.uniform(-2_000, 2_000)) for _ in range(DROPS + 1)]
    metres = [
        [0 if a == b else round(abs(a[0] - b[0]) + abs(a[1] - b[1])) + chance.randrange(200) for b in spots]
        for a in spots
    ]
    bikes = [
        Bike(f"b{k}", 60_000 if k else 30_000, 200_000, 8 * HOUR, 20 * HOUR, speed_percent=100 if k else 80)
        for k in range(BIKES)
    ]
    drops = []
    for place in range(1, DROPS + 1):
        opens = chance.choice((10, 14, 17)) * HOUR
        weight = chance.randrange(1_000, 25_000)
        drop = Drop(f"d{place}", place, weight, 3 * weight, opens, opens + 2 * HOUR, 180, opens - HOUR // 2)
        drops.append(replace(drop, others=tuple(_other_ways(drop))))
    detours = [(SHOPS[place // 4 % 2], place) for place in range(4, DROPS + 1, 4)]
    seconds = matrix([[m // 4 for m in row] for row in metres])
    return Problem(tuple(bikes), tuple(drops), with_detours(seconds, detours), with_detours(matrix(metres), detours))


def _other_ways(drop: Drop) -> Iterator[Option]:
    if drop.location % 3 == 0:
        yield Option("later", drop.location, drop.latest, drop.latest + HOUR, 180, drop.ready_at)
    if drop.location % 4 == 0:
        detour = DROPS + drop.location // 4
        yield Option("direct", detour, drop.earliest, drop.latest, 240, collect=SHOPS[drop.location // 4 % 2])


def damaged(plan: Plan, chance: Random) -> Plan:
    """The plan with one to four kinds of damage, each to a trip taken by chance."""
    trips = list(plan.trips)
    for kind in chance.choices(sorted(DAMAGES), k=chance.randint(1, 4)):
        if trips:
            at = chance.randrange(len(trips))
            trips[at : at + 1] = DAMAGES[kind](trips[at], trips, chance)
    return replace(plan, trips=tuple(trips))


type Damage = Callable[[Trip, list[Trip], Random], list[Trip]]


def _missing(trip: Trip, trips: list[Trip], chance: Random) -> list[Trip]:
    """Some of its drops are gone, perhaps all."""
    kept = tuple(stop for stop in trip.stops if chance.random() < 0.5)
    return [replace(trip, stops=kept)] if kept else []


def _doubled(trip: Trip, trips: list[Trip], chance: Random) -> list[Trip]:
    """One of its drops has two stops, in this trip or with those of another trip."""
    other = chance.choice([trip, *trips])
    return [replace(trip, stops=(*trip.stops, chance.choice(other.stops)))]


def _twice(trip: Trip, trips: list[Trip], chance: Random) -> list[Trip]:
    """The whole trip is there twice."""
    return [trip, trip]


def _unknown(trip: Trip, trips: list[Trip], chance: Random) -> list[Trip]:
    """A stop at a drop that nobody has booked."""
    return [replace(trip, stops=(*trip.stops, Stop("nobody's", trip.returns, trip.returns, trip.returns)))]


def _shuffled(trip: Trip, trips: list[Trip], chance: Random) -> list[Trip]:
    """Its doors in any order."""
    return [replace(trip, stops=tuple(chance.sample(trip.stops, len(trip.stops))))]


def _otherwise(trip: Trip, trips: list[Trip], chance: Random) -> list[Trip]:
    """In another window than was planned, or by a shop that was not, or in a way that nobody has heard of."""
    ways = ("", "later", "direct", "nobody's")
    return [replace(trip, stops=tuple(replace(stop, option=chance.choice(ways)) for stop in trip.stops))]


def _gone(trip: Trip, trips: list[Trip], chance: Random) -> list[Trip]:
    """On a bike that is no longer there."""
    return [replace(trip, bike_id="gone")]


def _elsewhere(trip: Trip, trips: list[Trip], chance: Random) -> list[Trip]:
    """On another bike, which may be too small for it or out at the time."""
    return [replace(trip, bike_id=f"b{chance.randrange(BIKES)}")]


def _untimely(trip: Trip, trips: list[Trip], chance: Random) -> list[Trip]:
    """At midnight, or after the shift."""
    departs = chance.choice((0, 23 * HOUR))
    return [replace(trip, departs=departs, returns=departs)]


def _lumped(trip: Trip, trips: list[Trip], chance: Random) -> list[Trip]:
    """With the doors of all the others as well."""
    return [replace(trip, stops=tuple(stop for other in trips for stop in other.stops))]


DAMAGES: Mapping[str, Damage] = {
    "missing": _missing,
    "doubled": _doubled,
    "twice": _twice,
    "unknown": _unknown,
    "shuffled": _shuffled,
    "otherwise": _otherwise,
    "gone": _gone,
    "elsewhere": _elsewhere,
    "untimely": _untimely,
    "lumped": _lumped,
}
"""What can be wrong with a trip: the trips that stand in its place."""
