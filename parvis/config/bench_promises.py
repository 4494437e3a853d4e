"""``parvis bench promises``: how long a buyer waits for the delivery times at a door, and whether each promise holds.

A day of a town with 200 deliveries promised on ten bikes. Then buyers at doors of their own ask for the times of the
day, all at once; each answer is divided by a plain page of the same minutes. At last buyers take what is left at the
same time, the tours are tidied, buyers try again, and the planner must find a place for every one who was told yes.

With ``--town`` the doors and the streets are those of a town of this installation; else doors are scattered around a
hub and ways are straight lines. Everything happens in a database of its own, dropped afterwards.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from random import Random
from typing import Any

from django.conf import settings
from django.test import Client

from parvis.config.bench_checkout import all_clients
from parvis.config.bench_database import own_database
from parvis.config.bench_races import Job, at_once
from parvis.config.serve import setup
from parvis.core.geo import Point
from parvis.delivery.actions import BagSpec, book_delivery, make_plan
from parvis.delivery.actions.daytours import offers
from parvis.delivery.actions.problems import Load
from parvis.delivery.actions.tidying import tidy_all
from parvis.delivery.models import Delivery, Hub, Window
from parvis.demo import builders
from parvis.towns.models import Address, Town

AT = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
GRAMS, MILLILITRES = 4_000, 15_000
SERVED_AT_ONCE = 4  # by one process of `parvis serve`
BUDGET_TIMES_PLAIN = 60  # what p95 may be in plain pages, when as many ask at once as the issue says


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``parvis bench promises``."""
    parser.add_argument("--town", default="", help="doors and streets of this town (else around a hub, straight lines)")
    parser.add_argument("--stops", type=int, default=200, help="deliveries promised before (200)")
    parser.add_argument("--clients", type=int, default=20, help="buyers at once (20)")
    parser.add_argument("--asked", type=int, default=400, help="how often times are asked for (400)")


def run(options: argparse.Namespace) -> int:
    """Measure; the exit code is 1 when a promise is broken or answers take longer than the budget."""
    setup()
    settings.ALLOWED_HOSTS = ["*"]
    where, doors, tiles = _place(options.town)
    with own_database("parvis_promises"):
        town = builders.make_town("bench", name="Bench", lon=where.lon, lat=where.lat, street_tiles=tiles)
        found = _measure(town, doors, stops=options.stops, clients=options.clients, asked=options.asked)
    machine = {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "python": platform.python_version()}
    print(json.dumps({"machine": machine, "streets": "valhalla" if tiles else "straight", **found}))
    return 1 if found["broken"] or found["times_plain_p95"] > BUDGET_TIMES_PLAIN else 0


def _place(slug: str) -> tuple[Point, list[Point], str]:
    """The middle of the doors, the doors in an order by chance, and the folder of street tiles."""
    chance = Random(5)  # noqa: S311 - the same doors each time
    if not slug:
        middle = Point(2.27, 48.825)
        spread = [(chance.gauss(0, 0.009), chance.gauss(0, 0.006)) for _ in range(4000)]
        return middle, [Point(middle.lon + x, middle.lat + y) for x, y in spread], ""
    town = Town.objects.get(slug=slug)
    rows = list(Address.objects.filter(town=town).order_by("pk").values_list("lon", "lat"))
    chance.shuffle(rows)
    middle = Point(statistics.median(lon for lon, _lat in rows), statistics.median(lat for _lon, lat in rows))
    return middle, [Point(*row) for row in rows], town.street_tiles


def _measure(town: Town, doors: Sequence[Point], *, stops: int, clients: int, asked: int) -> dict[str, Any]:
    hub = builders.make_hub(town)
    for number in range(10):
        rider = builders.make_person(f"Rider {number}")
        builders.make_shift(builders.make_bike(hub, f"Bike {number}"), rider, AT, clock(9), clock(21))
    windows = [builders.make_window(hub, AT + timedelta(hours=h), capacity=500) for h in (4, 6, 8, 10)]
    ahead = iter(doors)
    began = time.perf_counter()
    while Delivery.objects.count() < stops:
        _book(town, windows[Delivery.objects.count() % len(windows)], next(ahead))
    booking = (time.perf_counter() - began) / stops * 1000
    print(f"  {stops} promised, {booking:.0f} ms each", file=sys.stderr)
    load = [Load(next(ahead), GRAMS, MILLILITRES) for _ in range(asked)]
    plain = _plain(town)
    alone = [_timed(lambda mine=mine: _ask(town, windows, mine)) for mine in load[:20]]
    desk = ThreadPoolExecutor(SERVED_AT_ONCE)  # it has no thread yet, so that each process gets its own
    jobs: list[Job] = [lambda mine=mine: _in_turn(desk, town, windows, mine) for mine in load]  # type: ignore[misc]
    _seconds, took, _refused = all_clients(jobs, clients, os.cpu_count() or 2)
    p95 = statistics.quantiles(took, n=20)[-1] * 1000
    return {
        "stops": stops,
        "clients": clients,
        "booking_ms": round(booking, 1),
        "plain_ms": round(plain, 1),
        "alone_median_ms": round(statistics.median(alone) * 1000, 1),
        "at_once_median_ms": round(statistics.median(took) * 1000, 1),
        "at_once_p95_ms": round(p95, 1),
        "times_plain_p95": round(p95 / plain, 1),
        **_last_places(town, hub, windows, [next(ahead) for _ in range(600)], clients),
    }


def _last_places(
    town: Town, hub: Hub, windows: Sequence[Window], doors: Sequence[Point], clients: int
) -> dict[str, Any]:
    """Buyers take all that is left at once; ``broken`` are those whom no plan serves though they were told yes."""
    jobs: list[Job] = [
        lambda n=n, door=door: _wish(town, windows[n % len(windows)], door)  # type: ignore[misc]
        for n, door in enumerate(doors)
    ]
    race = at_once("last places", jobs, clients=clients)
    tidy_all(AT)
    again = at_once("after tidying", jobs, clients=clients)
    plan = make_plan(hub=hub, day=AT.date(), by=None, at=AT, seconds=60)
    left = len(plan.solution["unserved"])
    print(f"  {race.outcomes} {again.outcomes} {[*race.wrong, *again.wrong][:3]}", file=sys.stderr)
    return {
        "taken_at_once": race.outcomes["sold"],
        "refused": race.outcomes["refused"],
        "taken_after_tidying": again.outcomes["sold"],
        "broken": left + len(race.wrong) + len(again.wrong),
    }


def _wish(town: Town, window: Window, door: Point) -> str:
    _book(town, window, door)
    return "sold"


def _book(town: Town, window: Window, door: Point) -> None:
    book_delivery(
        town=town,
        window_id=window.pk,
        reference="bench",
        name="Camille",
        phone="",
        address="a door",
        point=door,
        bags=[BagSpec("Boulangerie", "part", GRAMS, MILLILITRES)],
        at=AT,
    )


def _ask(town: Town, windows: Sequence[Window], load: Load) -> str:
    return str(len(offers(town=town, windows=windows, load=load, at=AT)))


def _in_turn(desk: Executor, town: Town, windows: Sequence[Window], load: Load) -> str:
    """As the server does: a process answers a few at a time, the others wait in line, and their waiting counts."""
    return desk.submit(_ask, town, windows, load).result()


def _plain(town: Town) -> float:
    """Milliseconds of a page that does nearly nothing."""
    guest = Client(headers={"host": f"{town.slug}.{settings.BASE_HOST}"})
    return statistics.median(_timed(lambda: guest.get("/legal/")) for _ in range(21)) * 1000


def _timed(thing: Any) -> float:
    began = time.perf_counter()
    thing()
    return time.perf_counter() - began
