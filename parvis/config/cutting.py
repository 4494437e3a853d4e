"""A process that is killed while it writes: before each statement of an action, before its commit, at random moments.

Run by its test and by ``parvis bench cuts``, in a database of its own. Each action is done by
a child that gets SIGKILL: no exception, no rollback, no goodbye to the database. Afterwards all rows are looked at
(``market.invariants``), and in the end the same action is done once without being cut: nothing was left locked.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from django.db import OperationalError, connection, connections, transaction

from parvis.config.bench_database import own_database
from parvis.config.bench_races import AT, BUYER, Job, stage, wishes
from parvis.demo import builders
from parvis.market.actions import accept_part, cancel_part, place_order, prepare_part, refuse_part
from parvis.market.invariants import faults
from parvis.market.models import Modality, Order, Part, PartEvent
from parvis.towns.models import Town


@dataclass
class Cut:
    """An action that was cut ``cuts`` times; ``wrong`` is empty when nothing was ever half done."""

    action: str
    cuts: int = 0
    wrong: list[str] = field(default_factory=list)


def _child(work: Callable[[], Any]) -> int:
    """Do the work in a child of its own connection; its pid."""
    connections.close_all()  # a connection must not have two owners
    if pid := os.fork():
        return pid
    try:
        work()
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        os._exit(1)
    os._exit(0)


def _killed(pid: int) -> bool:
    _pid, status = os.waitpid(pid, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError("the child failed by itself; it says why on standard error")
    return os.WIFSIGNALED(status)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _before_statement(step: int, work: Callable[[], Any]) -> None:
    """Do the work; die before its statement number ``step``."""
    count = 0

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        if count == step:
            _die()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        work()


def _before_commit(work: Callable[[], Any]) -> None:
    with transaction.atomic():
        work()
        _die()


def cut_everywhere(town: Town, action: str, work: Callable[[], Any], state: Callable[[], Any], every: int = 1) -> Cut:
    """Cut an action before each of its statements (or each third, …) and before its commit; then let it be done.

    ``state`` is compared: whatever was cut has left no trace, and what was done has changed it.
    """
    cut, before, step = Cut(action), state(), 1
    while _killed(_child(lambda step=step: _before_statement(step, work))):  # type: ignore[misc]
        cut.cuts += 1
        _look(town, cut, f"before statement {step}", state() == before)
        step += every
        if cut.cuts == 1:
            _killed(_child(lambda: _before_commit(work)))
            cut.cuts += 1
            _look(town, cut, "before the commit", state() == before)
    _look(town, cut, "done", state() != before)
    return cut


def _look(town: Town, cut: Cut, where: str, as_expected: bool) -> None:
    cut.wrong += [f"{where}: {fault}" for fault in faults(town)]
    if not as_expected:
        cut.wrong.append(f"{where}: not all or nothing")


def _counts(town: Town) -> tuple[int, int, int]:
    parts = Part.objects.filter(town=town)
    return Order.objects.filter(town=town).count(), parts.count(), PartEvent.objects.filter(town=town).count()


def every_step(town: Town, every: int) -> list[Cut]:
    """Placing an order of three shops by bike, from counted stock, within a capacity and a cycle; then its parts."""
    goods = stage(town, products=3, stock=5, shops=3)
    hub = builders.make_hub(town)
    builders.make_bike(hub)
    builders.make_capacity(goods[0].shop, most=2)
    builders.make_cycle(goods[1].shop, most=2)
    window = builders.make_window(hub, AT + timedelta(days=2, hours=8), capacity=2)
    job = wishes(town, Modality.Kind.BIKE, [goods], window=window, tag="cut")[0]
    found = [cut_everywhere(town, "place_order", job, lambda: _counts(town))]
    first, second, third = Part.objects.filter(town=town).order_by("pk")
    acts: list[tuple[str, Callable[[], Any]]] = [
        ("accept_part", lambda: accept_part(part=first, at=AT)),
        ("prepare_part", lambda: prepare_part(part=first, quantities={}, at=AT)),
        ("refuse_part", lambda: refuse_part(part=second, reason="Four en panne", at=AT)),
        ("cancel_part", lambda: cancel_part(part=third, at=AT)),
    ]
    return found + [cut_everywhere(town, name, act, lambda: _counts(town), every) for name, act in acts]


def _wait_for_an_order(town: Town) -> None:
    """Until one of the processes has placed its first: a busy machine needs its time to start them."""
    until = time.monotonic() + 60
    while time.monotonic() < until and not Order.objects.filter(town=town, key__contains=".").exists():
        time.sleep(0.05)


def at_random(town: Town, *, children: int, rounds: int, seed: int = 1) -> Cut:
    """Several processes order from the same shelves without pause and are killed somewhere in the middle."""
    chance = Random(seed)  # noqa: S311 - the same moments each time
    goods = stage(town, products=4, stock=rounds * children * 40, shops=2)
    cut = Cut("orders at random")
    for number in range(rounds):
        jobs = [
            wishes(town, Modality.Kind.COLLECT, [chance.sample(goods, 2) for _ in range(40)], tag=f"{number}.{child}")
            for child in range(children)
        ]
        pids = [_child(lambda mine=mine: _do_all(mine)) for mine in jobs]  # type: ignore[misc]
        if number == 0:
            _wait_for_an_order(town)
        for pid in pids:
            time.sleep(chance.uniform(0.02, 0.25))
            os.kill(pid, signal.SIGKILL)
            cut.cuts += _killed(pid)
        _look(town, cut, f"round {number}", as_expected=True)
    if not Order.objects.filter(town=town, key__contains=".").exists():
        cut.wrong.append("nobody was fast enough to order anything: nothing was shown")
    return cut


def _do_all(jobs: list[Job]) -> None:
    for job in jobs:
        job()
    time.sleep(60)  # whoever is done waits to be killed


def once_more(town: Town) -> Cut:
    """After all of it an order goes through at once: it waits for no lock, however slow the machine is."""
    goods = stage(town, products=1, stock=1)
    basket = builders.make_basket(town, (goods[0], 1))
    ways = {goods[0].shop_id: Modality.objects.get(shop=goods[0].shop_id, kind=Modality.Kind.COLLECT)}
    cut = Cut("an order afterwards")
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
            place_order(town=town, basket=basket, buyer=BUYER, chosen=ways, window_id=None, key="after", at=AT)
    except OperationalError as error:
        cut.wrong.append(f"something is still locked: {error}")
    return cut


def cuts(*, children: int, rounds: int, every: int) -> list[Cut]:
    """All of it in a new town."""
    town = builders.make_town("cuts", name="Coupures")
    return [*every_step(town, every), at_random(town, children=children, rounds=rounds), once_more(town)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``parvis bench cuts``."""
    parser.add_argument("--children", type=int, default=4, help="processes that order at the same time (4)")
    parser.add_argument("--rounds", type=int, default=50, help="how often all of them are killed (50)")
    parser.add_argument("--every", type=int, default=1, help="cut the shops' answers at each statement (1), or fewer")
    parser.add_argument("--here", action="store_true", help="in the database of DATABASE_URL as it is (for tests)")


def run(options: argparse.Namespace) -> int:
    """Cut, look, say; the exit code is 1 when something was half done."""
    if options.here:
        found = cuts(children=options.children, rounds=options.rounds, every=options.every)
    else:
        with own_database("parvis_cuts"):
            found = cuts(children=options.children, rounds=options.rounds, every=options.every)
    print(json.dumps([asdict(cut) for cut in found], ensure_ascii=False))
    return 1 if any(cut.wrong for cut in found) else 0
