"""``parvis bench races``: many clients want the last of everything at once, each on a connection of its own.

Every race is played through ``place_order`` and its neighbours on PostgreSQL, then all rows are looked at
(``market.invariants``): nothing oversold, no order without its stock movement, stock is the sum of its movements, no
window, turn or delivery time holds more than its places. The exit code is 1 when one thing does not add up.
"""

import argparse
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from random import Random
from typing import Any

from django.db import connections

from parvis.config.bench_database import own_database
from parvis.core.busy import Busy
from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.demo import builders
from parvis.market.actions import Buyer, cancel_part, place_order
from parvis.market.invariants import faults
from parvis.market.models import Basket, BasketLine, Modality, Order, Part, Product, Shop, StockMovement
from parvis.towns.models import Town

AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)  # a Thursday morning in Issy
BUYER = Buyer(name="Camille", email="camille@example.org", address="12 rue X", point=Point(2.275, 48.825))
PATIENCE = 50  # how often a buyer tries again who is told that too many are ordering
type Job = Callable[[], str]


@dataclass
class Race:
    """What came of one race; ``wrong`` is empty when everything adds up."""

    name: str
    clients: int
    outcomes: Counter[str]
    seconds: float
    wrong: list[str] = field(default_factory=list)

    def expect(self, what: str, found: int, expected: int) -> "Race":
        """Note a figure that must be what it is."""
        if found != expected:
            self.wrong.append(f"{what}: {found} instead of {expected}")
        return self


def at_once(name: str, jobs: Iterable[Job], *, clients: int) -> Race:
    """Do the jobs with so many clients that start together; a refusal is an outcome, anything else is a fault."""
    waiting: SimpleQueue[Job] = SimpleQueue()
    for job in jobs:
        waiting.put(job)
    start, outcomes, wrong = threading.Barrier(clients), Counter[str](), []
    lock = threading.Lock()

    def client() -> None:
        try:
            start.wait()
            while True:
                outcome = _outcome(waiting.get_nowait())
                with lock:
                    outcomes[outcome] += 1
        except Empty:
            return
        except Exception as error:
            with lock:
                wrong.append(f"{type(error).__name__}: {error}")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Race(name, clients, outcomes, round(time.perf_counter() - began, 1), wrong)


def _outcome(job: Job) -> str:
    for _try in range(PATIENCE):
        try:
            return job()
        except Busy:  # the buyer is told, and tries again
            continue
        except Refusal:
            return "refused"
    return "gave up"


def stage(town: Town, *, products: int, stock: int | None, shops: int = 1, **extra: Any) -> list[Product]:
    """So many goods with their first count, in shops that are always open."""
    made = [
        builders.make_shop(town, f"Boutique {n} {Shop.objects.count()}", opening_hours="24/7") for n in range(shops)
    ]
    goods = [
        Product(
            town=town, shop=made[n % shops], name=f"Article {n}", slug=f"article-{n}-{made[n % shops].slug}",
            category="bread", price_cents=420, stock=stock, **extra,
        )
        for n in range(products)
    ]  # fmt: skip
    Product.objects.bulk_create(goods)
    if stock is not None:
        StockMovement.objects.bulk_create(
            StockMovement(town=town, product=good, delta=stock, reason=StockMovement.Reason.COUNTED, at=AT)
            for good in goods
        )
    return goods


def wishes(
    town: Town, kind: str, lists: Sequence[Sequence[Product]], *, window: Any = None, tag: str = ""
) -> list[Job]:
    """One order for each list of goods, its basket filled beforehand."""
    ways = {way.shop_id: way for way in Modality.objects.filter(town=town, kind=kind)}
    baskets = Basket.objects.bulk_create(Basket(town=town) for _ in lists)
    BasketLine.objects.bulk_create(
        BasketLine(town=town, basket=basket, product=good, quantity=1)
        for basket, goods in zip(baskets, lists, strict=True)
        for good in goods
    )

    def order(number: int, basket: Basket, goods: Sequence[Product]) -> Job:
        def job() -> str:
            place_order(
                town=town,
                basket=basket,
                buyer=BUYER,
                chosen={good.shop_id: ways[good.shop_id] for good in goods},
                window_id=window.pk if window else None,
                key=f"{tag}-{number}",
                at=AT,
            )
            return "sold"

        return job

    return [order(n, basket, goods) for n, (basket, goods) in enumerate(zip(baskets, lists, strict=True))]


def last_units(town: Town, clients: int, units: int, wanted: int) -> Race:
    """Each of so many goods is there once and wanted by several clients in the same moment."""
    goods = stage(town, products=units, stock=1, shops=4)
    race = at_once(
        "last units",
        wishes(town, Modality.Kind.COLLECT, [[good] for good in goods for _ in range(wanted)], tag="unit"),
        clients=clients,
    )
    left = Product.objects.filter(pk__in=[good.pk for good in goods]).exclude(stock=0).count()
    return race.expect("sold", race.outcomes["sold"], units).expect("left over", left, 0)


def crossed_baskets(town: Town, clients: int, orders: int) -> Race:
    """Baskets of five goods from a few, in any order: nobody waits in a circle, nothing is sold twice."""
    chance = Random(4)  # noqa: S311 - the same baskets each time
    goods = stage(town, products=12, stock=orders // 4, shops=3)
    lists = [chance.sample(goods, 5) for _ in range(orders)]
    race = at_once("crossed baskets", wishes(town, Modality.Kind.COLLECT, lists, tag="crossed"), clients=clients)
    return race.expect(
        "orders", Order.objects.filter(town=town, key__startswith="crossed-").count(), race.outcomes["sold"]
    )


def last_preparation(town: Town, clients: int, orders: int, most: int) -> Race:
    """More orders than a shop prepares in an hour: the hours fill one after the other, none too full."""
    goods = stage(town, products=1, stock=None)
    builders.make_capacity(goods[0].shop, most=most)
    race = at_once("capacity", wishes(town, Modality.Kind.COLLECT, [goods] * orders, tag="hour"), clients=clients)
    hours = Part.objects.filter(shop=goods[0].shop).order_by().values_list("work_at", flat=True)
    fullest = max(Counter(hours).values(), default=0)
    hours_used = len(set(hours))
    race.expect("sold", race.outcomes["sold"], orders).expect("in the fullest hour", fullest, most)
    return race.expect("hours used", hours_used, -(-orders // most))


def last_of_a_turn(town: Town, clients: int, orders: int, most: int) -> Race:
    """More orders than a cycle has places, from two shops: the turns fill one after the other."""
    goods = stage(town, products=2, stock=None, shops=2)
    builders.make_cycle(goods[0].shop, goods[1].shop, most=most)
    race = at_once("cycle", wishes(town, Modality.Kind.COLLECT, [goods] * orders, tag="turn"), clients=clients)
    days = Part.objects.filter(shop=goods[0].shop).order_by().values_list("turn_day", flat=True)
    fullest = max(Counter(days).values(), default=0)
    race.expect("sold", race.outcomes["sold"], orders).expect("in the fullest turn", fullest, most)
    return race.expect("turns used", len(set(days)), -(-orders // most))


def last_bike(town: Town, clients: int, orders: int, places: int) -> Race:
    """More orders than a delivery window has places: so many are promised, the others are told."""
    goods = stage(town, products=1, stock=None)
    hub = builders.make_hub(town)
    builders.make_bike(hub)
    window = builders.make_window(hub, AT + timedelta(hours=8), capacity=places)
    jobs = wishes(town, Modality.Kind.BIKE, [goods] * orders, window=window, tag="bike")
    return at_once("bike", jobs, clients=clients).expect("booked", window.deliveries.count(), places)


def cancelled_and_ordered(town: Town, clients: int, units: int) -> Race:
    """While buyers cancel, others wait for what comes back: it is sold once more, and no more."""
    goods = stage(town, products=units, stock=1)
    for job in wishes(town, Modality.Kind.COLLECT, [[good] for good in goods], tag="first"):
        job()
    parts = list(Part.objects.filter(shop=goods[0].shop))

    def cancel(part: Part) -> Job:
        def job() -> str:
            cancel_part(part=part, at=AT)
            return "cancelled"

        return job

    buying = wishes(town, Modality.Kind.COLLECT, [[good] for good in goods for _ in range(6)], tag="second")
    cancelling = [cancel(part) for part in parts] * 2  # each one twice, as two phones would
    jobs = [*buying, *cancelling]
    Random(5).shuffle(jobs)  # noqa: S311 - the same order each time
    race = at_once("cancelled and ordered", jobs, clients=clients)
    left = sum(good.stock or 0 for good in Product.objects.filter(pk__in=[good.pk for good in goods]))
    return race.expect("cancelled", race.outcomes["cancelled"], units).expect(
        "sold again or left", race.outcomes["sold"] + left, units
    )


def races(town: Town, *, clients: int, units: int, wanted: int, orders: int) -> list[Race]:
    """All races in one town, and at the end everything that does not add up in it."""
    found = [
        last_units(town, clients, units, wanted),
        crossed_baskets(town, clients, orders),
        last_preparation(town, clients, orders, most=10),
        last_of_a_turn(town, clients, orders, most=max(1, orders // 5)),
        last_bike(town, clients, orders, places=orders // 3),
        cancelled_and_ordered(town, clients, max(1, units // 10)),
    ]
    found[-1].wrong.extend(faults(town))
    return found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``parvis bench races``."""
    parser.add_argument("--clients", type=int, default=64, help="connections at once (64; the server must allow them)")
    parser.add_argument("--units", type=int, default=1000, help="goods of which one is left (1000)")
    parser.add_argument("--wanted", type=int, default=8, help="clients who want each of them (8)")
    parser.add_argument("--orders", type=int, default=300, help="orders in each of the other races (300)")


def run(options: argparse.Namespace) -> int:
    """Play all races in a database of its own; one line for each on standard error, JSON on standard output."""
    with own_database("parvis_races"):
        found = races(
            builders.make_town("bench", name="Bench"),
            clients=options.clients,
            units=options.units,
            wanted=options.wanted,
            orders=options.orders,
        )
    for race in found:
        said = ", ".join(f"{count} {what}" for what, count in sorted(race.outcomes.items()))
        print(f"  {race.name}: {said} in {race.seconds} s; {race.wrong or 'adds up'}", file=sys.stderr)
    print(json.dumps([race.__dict__ | {"outcomes": dict(race.outcomes)} for race in found], ensure_ascii=False))
    return 1 if any(race.wrong for race in found) else 0
