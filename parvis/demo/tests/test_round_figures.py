"""A simulated day read by the figures of the bikes: what the day says of itself, and the ledger to the cent."""

from pathlib import Path

from django.db.models import Sum

from parvis.core.time import day_bounds
from parvis.demo.simulation.baskets import read_baskets, read_products
from parvis.demo.simulation.fates import Chance, Odds
from parvis.demo.simulation.playing import simulate
from parvis.demo.tests.test_simulation import AT, files, small_town  # noqa: F401 - fixtures
from parvis.market.models import LedgerEntry, Market
from parvis.market.round_figures import round_figures
from parvis.towns.models import Town


def test_a_played_day_agrees_with_its_rows_and_its_ledger(
    small_town: Town,  # noqa: F811
    files: tuple[Path, Path],  # noqa: F811
    monkeypatch,
) -> None:
    Market.objects.create(town=small_town) if not Market.objects.filter(town=small_town).exists() else None
    odds = Odds(nobody_home=0.2, late=0.2)
    monkeypatch.setattr("parvis.demo.simulation.playing.Chance", lambda seed: Chance(seed, odds))
    told = simulate(
        town=small_town, orders=24, seed=5, products=read_products(files[0]), baskets=read_baskets(files[1]), at=AT,
        iterations=60, keep=True,
    )  # fmt: skip
    day = AT.date().fromisoformat(told["date"])
    at = day_bounds(day, small_town.zone)[1]
    found = round_figures(small_town, day, day, at, shops=True)
    (money,) = found.days
    line = money.line
    assert line.promised == told["deliveries"]
    assert line.promised == line.kept + line.late + line.not_brought
    assert line.kept - line.missed <= told["in_window"] <= line.kept
    assert line.missed >= told["failed"] > 0
    ledger = LedgerEntry.objects.filter(town=small_town, account="town:delivery").aggregate(n=Sum("amount_cents"))["n"]
    assert money.income == -ledger > 0
    assert sum(shop.income for shop in found.by_shop.shops) == money.income
    assert sum(shop.cost for shop in found.by_shop.shops) == line.cost.cents
    assert sum(shop.metres for shop in found.by_shop.shops) == line.metres > 0
    assert line.ridden == line.metres, "every bike came home"
    assert sum(shop.deliveries for shop in found.by_shop.shops) >= line.promised
