"""Towns for the tests: the builders make problems that are small, seeded and readable."""

import math
import random
from typing import Any

from parvis.delivery.planning import Bike, Drop, Problem, matrix

HOUR = 3600


def line_town(*drops: Drop, bikes: tuple[Bike, ...] | None = None, **settings: Any) -> Problem:
    """A straight street: location i lies i × 1,000 m and i × 300 s from the hub."""
    size = max((drop.location for drop in drops), default=0) + 1
    distances = [[1000 * abs(a - b) for b in range(size)] for a in range(size)]
    durations = [[300 * abs(a - b) for b in range(size)] for a in range(size)]
    return Problem(bikes or (bike("b1"),), drops, matrix(durations), matrix(distances), **settings)


def bike(id: str, **changes: Any) -> Bike:
    facts: dict[str, Any] = {
        "max_grams": 100_000,
        "max_millilitres": 300_000,
        "shift_start": 8 * HOUR,
        "shift_end": 18 * HOUR,
    }
    return Bike(id, **(facts | changes))


def drop(id: str, location: int, **changes: Any) -> Drop:
    facts: dict[str, Any] = {
        "grams": 5_000,
        "millilitres": 12_000,
        "earliest": 10 * HOUR,
        "latest": 12 * HOUR,
        "service_seconds": 120,
        "ready_at": 9 * HOUR,
    }
    return Drop(id, location, **(facts | changes))


def round_town(drops: int, *, seed: int, bikes: int = 4, **settings: Any) -> Problem:
    """A town of 2 km radius with two waves of deliveries (morning and evening) and a mixed fleet."""
    chance = random.Random(seed)
    places = [(0.0, 0.0)]
    while len(places) <= drops:
        x, y = chance.uniform(-2000, 2000), chance.uniform(-2000, 2000)
        if math.hypot(x, y) <= 2000:
            places.append((x, y))
    distances = [[int(1.35 * math.dist(a, b)) for b in places] for a in places]
    durations = [[int(metres * 3.6 / 14) for metres in row] for row in distances]
    return Problem(
        tuple(_round_bike(k) for k in range(bikes)),
        tuple(_round_drop(chance, i) for i in range(1, drops + 1)),
        matrix(durations),
        matrix(distances),
        **settings,
    )


def _round_bike(k: int) -> Bike:
    big = k % 2 == 0
    return Bike(
        id=f"b{k}",
        max_grams=100_000 if big else 60_000,
        max_millilitres=300_000 if big else 180_000,
        shift_start=8 * HOUR,
        shift_end=21 * HOUR,
        range_metres=None if big else 45_000,
        speed_percent=100 if big else 90,
        max_crates=None if big else 12,
    )


def _round_drop(chance: random.Random, i: int) -> Drop:
    opens, closes = chance.choice([(9 * HOUR, 12 * HOUR), (16 * HOUR, 20 * HOUR)])
    start = chance.randrange(opens, closes - HOUR + 1, 1800)
    grams = min(40_000, int(chance.lognormvariate(math.log(6_000), 0.7)))
    return Drop(
        id=f"d{i}",
        location=i,
        grams=grams,
        millilitres=grams * 5 // 2,
        earliest=start,
        latest=start + HOUR,
        service_seconds=chance.choice([120, 180, 240]),
        ready_at=opens - 2400 + chance.randrange(1800),
        crates=1 + grams // 15_000,
    )
