"""A whole day from the first order to the last bike home."""

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from parvis.core import outbox
from parvis.core.time import day_of
from parvis.delivery.actions import mark_bike_repaired
from parvis.delivery.models import Hub
from parvis.demo.simulation.baskets import BadInput, Named
from parvis.demo.simulation.clock import Clock
from parvis.demo.simulation.day import Day
from parvis.demo.simulation.depot import Depot
from parvis.demo.simulation.fates import Chance
from parvis.demo.simulation.orders import Orders
from parvis.demo.simulation.report import report
from parvis.demo.simulation.road import Road
from parvis.demo.simulation.shops import Shops
from parvis.demo.simulation.wishes import Crowd
from parvis.demo.simulation.world import World, free_date, is_taken, set_up
from parvis.people.models import Role
from parvis.towns.models import Town

_NAMES = re.compile(r"(?<=: ).*?(?= cannot be ready| is sold out| takes no orders)|\\b[A-Z0-9]{5}\\b")

type Say = Callable[[str], None]
PLANNED_AFTER_DUE = timedelta(minutes=5)
BREAKS_AFTER = timedelta(minutes=100)  # into the first wave
REPAIRED_BEFORE = timedelta(minutes=90)  # ahead of the next one


def simulate(
    *,
    town: Town,
    orders: int,
    seed: int,
    products: Sequence[Named],
    baskets: Sequence[tuple[str, ...]],
    at: datetime,
    day: date | None = None,
    bike_share: float = 0.8,
    capacity: int | None = None,
    iterations: int = 2500,
    keep: bool = False,
    say: Say = lambda _: None,
) -> dict[str, Any]:
    """Play one day and give its summary. Without ``keep``, nothing stays in the database.

    Raises BadInput when the town or the day cannot be used.
    """
    started = time.perf_counter()
    hub = Hub.objects.filter(town=town).order_by("id").first()
    if hub is None:
        raise BadInput(f"{town.name} has no hub. Create one first.")
    day = day or free_date(town, hub, day_of(at, town.zone))
    if is_taken(town, hub, day):
        raise BadInput(f"{town.name} has windows or shifts on {day}. Choose another --date.")
    summary: dict[str, Any] = {}
    with outbox.muted():
        if keep:
            summary = _play(town, hub, day, orders, seed, products, baskets, bike_share, capacity, iterations, say)
        else:
            with transaction.atomic():
                summary = _play(town, hub, day, orders, seed, products, baskets, bike_share, capacity, iterations, say)
                transaction.set_rollback(True)
    return summary | {"date": day.isoformat(), "seconds": round(time.perf_counter() - started, 1)}


def _play(
    town: Town,
    hub: Hub,
    date_: date,
    orders: int,
    seed: int,
    products: Sequence[Named],
    baskets: Sequence[tuple[str, ...]],
    bike_share: float,
    capacity: int | None,
    iterations: int,
    say: Say,
) -> dict[str, Any]:
    say(f"{town.name}, {date_:%A %d %B %Y}: setting up shops, bikes and windows")
    world = set_up(town, hub, date_, products, seed=seed, capacity=capacity)
    _fresh_statistics()
    crowd = Crowd(world, baskets, seed=seed, bike_share=bike_share)
    clock = Clock(world.windows[0].starts_at - timedelta(hours=26))
    day = Day(town, hub, date_, clock, Chance(seed), seed=seed, iterations=iterations, quick=max(60, iterations // 6))
    depot = Depot(day)
    shops = Shops(day, depot)
    buyers, road = Orders(day, shops, depot), Road(day, depot)
    say(f"{len(world.shops)} shops, {sum(map(len, world.goods.values()))} products, {len(crowd.doors)} doors")
    for number in range(orders):
        buyers.expect(crowd.wish(number))
    for wave, window in enumerate(world.windows):
        clock.at(window.goods_due_at + PLANNED_AFTER_DUE, road.plan_day)
        for hours in range(4):
            clock.at(window.starts_at + timedelta(hours=hours), lambda: _tell(day, say))
        if wave > 0:
            clock.at(window.starts_at - REPAIRED_BEFORE, lambda: _repair(day, world))
    clock.at(world.windows[0].starts_at + BREAKS_AFTER, lambda: road.break_down(_busiest(road, world)))
    for window in world.windows:
        clock.at(window.starts_at - timedelta(hours=3), _fresh_statistics)
    clock.run()
    _fresh_statistics()
    say(f"refusals met on the way: {_kinds(day.tally.refusals)}")
    return report(world, day.tally, f"simulation-{date_}-{seed}-") | {
        "refusals": len(day.tally.refusals),
        "seed": seed,
        "waves": [
            {"window": f"{w.starts_at.astimezone(town.zone):%H:%M}–{w.ends_at.astimezone(town.zone):%H:%M}",
             "capacity": w.capacity, "booked": w.deliveries.filter(cancelled_at=None).count()}
            for w in world.windows
        ],
    }  # fmt: skip


def _fresh_statistics() -> None:
    """Tell PostgreSQL what the day's transaction holds: it plans by statistics, and nobody else sees these rows."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _busiest(road: Road, world: World) -> Any:
    """The bike on the road with the most doors before it; any bike when none is out."""
    rides = sorted(road.rides.values(), key=lambda ride: (-len(ride.stops), ride.bike.name))
    return rides[0].bike if rides else world.bikes[0]


def _repair(day: Day, world: World) -> None:
    for bike in world.bikes:
        day.tried(mark_bike_repaired, bike=bike, by=day.worker(Role.Kind.DISPATCHER))


def _tell(day: Day, say: Say) -> None:
    tally = day.tally
    clock = day.now.astimezone(day.town.zone)
    say(f"{clock:%H:%M}  {tally.orders_wished} orders, {tally.plans_published} plans, {tally.metres / 1000:.0f} km")


def _kinds(refusals: list[str]) -> str:
    counts = Counter(_NAMES.sub("…", refusal) for refusal in refusals)
    return "; ".join(f"{count} × {sentence}" for sentence, count in counts.most_common(6)) or "none"
