"""The lean day of a council's month and the played day of ``parvis simulate``, held side by side.

Both are asked the same orders in the same order, before anything is planned: what is promised must be the same, order
by order. After the first plan they may part: the played day's tours then follow its own plan, which has seen real bags.
"""

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from parvis.core.time import day_bounds
from parvis.delivery.clients.straight import StraightLines
from parvis.delivery.models import Hub
from parvis.demo.council.demand import Order as Wanted
from parvis.demo.council.promising import ByInsertion
from parvis.demo.council.scene import blocks_of, stage
from parvis.demo.simulation.baskets import read_baskets, read_products
from parvis.demo.simulation.fates import Chance, Odds
from parvis.demo.simulation.orders import Orders, Wish
from parvis.demo.simulation.playing import PLANNED_AFTER_DUE, simulate
from parvis.demo.simulation.world import Wave
from parvis.demo.tests.test_simulation import AT, files, small_town  # noqa: F401 - fixtures
from parvis.market.models import Order
from parvis.towns.models import Town

ORDERS = 44


@pytest.mark.timeout(600)  # a played day of 44 orders, on a busy machine too
def test_the_lean_day_promises_what_the_played_day_promises(
    small_town: Town,  # noqa: F811
    files: tuple[Path, Path],  # noqa: F811
    monkeypatch,
) -> None:
    waves = (Wave("noon", time(10), time(11)), Wave("evening", time(16), time(17)))
    monkeypatch.setattr("parvis.demo.simulation.world.WAVES", waves)
    monkeypatch.setattr("parvis.demo.simulation.playing.Chance", lambda seed: Chance(seed, Odds(refused=0, short=0)))
    monkeypatch.setattr("parvis.demo.simulation.world.BIKES", 1)
    wishes: list[Wish] = []
    monkeypatch.setattr(Orders, "expect", _noting(wishes, Orders.expect))
    told = simulate(
        town=small_town, orders=ORDERS, seed=2, products=read_products(files[0]), baskets=read_baskets(files[1]), at=AT,
        bike_share=1.0, capacity=200, iterations=60, keep=True,
    )  # fmt: skip
    day = AT.date().fromisoformat(told["date"])
    midnight = day_bounds(day, small_town.zone)[0]
    planned = midnight + timedelta(hours=9) + PLANNED_AFTER_DUE
    asked = sorted(
        (wish for wish in wishes if wish.windows and wish.placed_at < planned),
        key=lambda wish: (wish.placed_at, wish.number),
    )
    rows = {
        order.key: order.delivery.window.starts_at
        for order in Order.objects.filter(delivery__isnull=False).select_related("delivery__window")
    }
    played = {wish.number: rows.get(wish.key) for wish in asked}
    lean = _lean(small_town, asked, midnight)
    wanted = {wish.number: wish.windows[0].starts_at for wish in asked}
    assert any(played[number] != wanted[number] for number in played), "the first window fills up"
    assert len(played) > 25
    assert lean == played


def _noting(wishes: list[Wish], expect):  # type: ignore[no-untyped-def]
    def noted(self: Orders, wish: Wish) -> None:
        wishes.append(wish)
        expect(self, wish)

    return noted


def _lean(town: Town, asked: list[Wish], midnight: datetime) -> dict[int, datetime | None]:
    hub = Hub.objects.get(town=town)
    doors = sorted({(wish.buyer.point.lon, wish.buyer.point.lat) for wish in asked if wish.buyer.point})
    points = [next(w.buyer.point for w in asked if w.buyer.point and (w.buyer.point.lon, w.buyer.point.lat) == door)
              for door in doors]  # fmt: skip
    scene = stage(town, StraightLines(), [hub.point, *points], blocks_of("10-11,16-17"))
    promises = ByInsertion(scene, scene.fleet(1))
    found: dict[int, datetime | None] = {}
    for wish in asked:
        assert wish.buyer.point is not None
        order = Wanted(
            number=wish.number,
            placed=round((wish.placed_at - midnight).total_seconds()),
            place=1 + doors.index((wish.buyer.point.lon, wish.buyer.point.lat)),
            grams=sum(product.grams * quantity for product, quantity in wish.lines),
            millilitres=sum(product.millilitres * quantity for product, quantity in wish.lines),
            bags=1,
            span=2 - len(wish.windows),
        )
        spans = (n for n in range(order.span, 2) if promises.ask(order, n, order.placed))
        span = next(spans, None)
        found[wish.number] = None if span is None else wish.windows[span - order.span].starts_at
    return found
