"""``parvis bench checkout``: how many orders a second, and whether an order costs more in a town that has a million.

- throughput: processes of several clients each order without pause, from few goods (everybody waits for the same rows)
  and from many;
- growth: the cost of placing an order and of four pages, with 1,000 orders in the tables up to ``--most``. Each is
  measured in turn with a page that does nearly nothing, and divided by it: the machine's mood falls on both alike.

Everything happens in a database of its own, dropped afterwards.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.test import Client

from parvis.config.bench_database import own_database
from parvis.config.bench_growth import A_DAY, copy_orders, done
from parvis.config.bench_races import AT, Job, stage, wishes
from parvis.config.serve import setup
from parvis.core.errors import Refusal
from parvis.demo import builders
from parvis.market.models import Modality, Order, Product
from parvis.market.worklist import FORGOTTEN
from parvis.people.models import Person, Role
from parvis.towns.models import Town

LIMIT = 1.5  # how much more anything may cost with all orders than with the fewest
READS_WEEKS = {"agent's day", "merchant's board"}
"""Pages that read the last weeks cost more until a town has so many; from then on they are held to ``LIMIT``."""
TEMPLATES = 40  # shops; each has one order that is copied


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``parvis bench checkout``."""
    parser.add_argument("--clients", type=int, default=32, help="clients at once (32)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 2, help="web processes (one for each core)")
    parser.add_argument("--orders", type=int, default=1500, help="orders for each figure of throughput (1500)")
    parser.add_argument("--most", type=int, default=1_000_000, help="orders in the biggest table (1000000)")
    parser.add_argument("--rounds", type=int, default=40, help="how often each thing is measured (40)")


def run(options: argparse.Namespace) -> int:
    """Measure both; the exit code is 1 when something grows beyond its limit."""
    setup()  # pages need their static files
    settings.ALLOWED_HOSTS = ["*"]
    with own_database("parvis_checkout"):
        town = builders.make_town("bench", name="Bench")
        speed = throughput(town, clients=options.clients, processes=options.processes, orders=options.orders)
        growth = grow(builders.make_town("old", name="Old"), sizes=_sizes(options.most), rounds=options.rounds)
    grown = {name: row["grown"] for name, row in growth.items() if row["grown"] > LIMIT}
    machine = {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "python": platform.python_version()}
    print(json.dumps({"machine": machine, "throughput": speed, "growth": growth, "missed": grown}))
    return 1 if grown else 0


def _sizes(most: int) -> list[int]:
    return [size for size in (1_000, 10_000, 100_000, 1_000_000, 10_000_000) if size <= most] or [most]


def throughput(town: Town, *, clients: int, processes: int, orders: int) -> dict[str, dict[str, float]]:
    """Orders a second and how long one takes, from 4 goods of one shop and from 2,000 of 40."""
    chance = Random(7)  # noqa: S311 - the same baskets each time
    found = {}
    for name, shelf in (
        ("contended", stage(town, products=4, stock=10**6)),
        ("spread", stage(town, products=2000, stock=10**6, shops=40)),
    ):
        lists = [chance.sample(shelf, 2) for _ in range(orders)]
        jobs = wishes(town, Modality.Kind.COLLECT, lists, tag=name)
        seconds, took, refused = all_clients(jobs, clients, processes)
        found[name] = {
            "orders": len(took),
            "a_second": round(len(took) / seconds, 1),
            "median_ms": round(statistics.median(took) * 1000, 1),
            "p95_ms": round(statistics.quantiles(took, n=20)[-1] * 1000, 1),
            "refused": refused,
        }
        print(f"  {name}: {found[name]}", file=sys.stderr)
    return found


def all_clients(jobs: Sequence[Job], clients: int, processes: int) -> tuple[float, list[float], int]:
    """The jobs done by so many processes with their share of the clients; seconds, what each order took, refusals."""
    connections.close_all()
    pipes = []
    for number in range(processes):
        read, write = os.pipe()
        if os.fork():
            os.close(write)
            pipes.append(read)
            continue
        os.close(read)
        with os.fdopen(write, "w") as pipe:
            json.dump(_clients(jobs[number::processes], clients // processes), pipe)
        os._exit(0)
    answers = []
    for read in pipes:
        with os.fdopen(read) as pipe:
            answers.append(json.load(pipe))
        os.wait()
    began, ended = min(a["began"] for a in answers), max(a["ended"] for a in answers)
    return ended - began, [t for a in answers for t in a["took"]], sum(a["refused"] for a in answers)


def _clients(jobs: Sequence[Job], clients: int) -> dict[str, Any]:
    took: list[float] = []
    refused, start = [0], threading.Barrier(clients + 1)

    def client(mine: Sequence[Job]) -> None:
        connection.ensure_connection()
        start.wait()
        for job in mine:
            began = time.perf_counter()
            try:
                job()
            except Refusal:
                refused[0] += 1
                continue
            took.append(time.perf_counter() - began)
        connections.close_all()

    threads = [threading.Thread(target=client, args=(jobs[n::clients],)) for n in range(clients)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.time()
    for thread in threads:
        thread.join()
    return {"began": began, "ended": time.time(), "took": took, "refused": refused[0]}


def grow(town: Town, *, sizes: Sequence[int], rounds: int) -> dict[str, dict[str, Any]]:
    """The cost of each thing at each size, in times of a plain page, and the last divided by the first."""
    shelf = stage(town, products=TEMPLATES, stock=10**6, shops=TEMPLATES)
    for n, job in enumerate(wishes(town, Modality.Kind.COLLECT, [[good] for good in shelf], tag="template")):
        job()
        done(Order.objects.get(town=town, key=f"template-{n}"), AT)
    templates = list(Order.objects.filter(town=town).order_by("pk"))
    merchant, agent = (builders.make_person(name) for name in ("Rose", "Agathe"))
    builders.give_role(merchant, town, Role.Kind.MERCHANT, shelf[0].shop.organisation)
    builders.give_role(agent, town, Role.Kind.AGENT)
    times: dict[str, list[float]] = {}
    ratios: dict[str, list[float]] = {}
    copied = 0
    for size in sizes:
        began = time.perf_counter()
        copy_orders(templates, copied, size)
        copied = size
        print(f"  {size} orders after {time.perf_counter() - began:.0f} s", file=sys.stderr)
        for name, (median, ratio) in _costs(town, shelf, merchant, agent, rounds, tag=str(size)).items():
            times.setdefault(name, []).append(median)
            ratios.setdefault(name, []).append(ratio)
    return {
        name: {
            "orders": list(sizes),
            "median_ms": times[name],
            "times_plain": ratios[name],
            "grown": round(ratios[name][-1] / ratios[name][_base(name, sizes)], 2),
        }
        for name in times
    }


def _base(name: str, sizes: Sequence[int]) -> int:
    """The place of the size that ``name`` is compared with: the first, or the first whose weeks are full."""
    full = [n for n, size in enumerate(sizes) if size >= FORGOTTEN.days * A_DAY]
    return full[0] if name in READS_WEEKS and full else 0


def _costs(
    town: Town, shelf: Sequence[Product], merchant: Person, agent: Person, rounds: int, *, tag: str
) -> dict[str, tuple[float, float]]:
    """Median milliseconds of each thing, and how many plain pages that is; all in turn, in the same minutes."""
    import time_machine

    host = {"host": f"{town.slug}.{settings.BASE_HOST}"}
    guest, shop, desk = Client(headers=host), Client(headers=host), Client(headers=host)
    with time_machine.travel(AT + timedelta(minutes=1), tick=True):
        shop.force_login(merchant)
        desk.force_login(agent)
        jobs = iter(wishes(town, Modality.Kind.COLLECT, [[shelf[n % 40]] for n in range(rounds + 2)], tag=f"new-{tag}"))
        order = Order.objects.filter(town=town, key__startswith="copy-").order_by("-placed_at").first()
        assert order is not None
        guest.post("/basket/add/", {"product": str(shelf[0].pk), "quantity": 1})
        things: dict[str, Callable[[], Any]] = {
            "plain page": lambda: guest.get("/legal/"),
            "place_order": lambda: next(jobs)(),
            "checkout page": lambda: guest.get("/checkout/"),
            "merchant's board": lambda: shop.get(f"/merchant/{shelf[0].shop.slug}/"),
            "order page": lambda: guest.get(f"/orders/{order.code}/?key={order.secret}"),
            "agent's day": lambda: desk.get("/agent/"),
        }
        times: dict[str, list[float]] = {name: [] for name in things}
        for number in range(rounds + 1):
            for name, thing in things.items():
                began = time.perf_counter()
                answer = thing()
                if number:  # the first one warms up
                    times[name].append((time.perf_counter() - began) * 1000)
                if getattr(answer, "status_code", 200) != 200:
                    raise RuntimeError(f"{name} answered {answer.status_code}")
    plain = statistics.median(times["plain page"])
    medians = {name: statistics.median(values) for name, values in times.items()}
    return {name: (round(median, 2), round(median / plain, 2)) for name, median in medians.items()}
