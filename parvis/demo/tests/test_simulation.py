"""``parvis simulate``: a small day, played twice, and the sentences for what cannot be played."""

import argparse
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from parvis.core.geo import Point
from parvis.demo import builders
from parvis.demo.commands import add_simulate_arguments, run_simulate
from parvis.demo.simulation.baskets import BadInput, read_baskets, read_products
from parvis.demo.simulation.clock import Clock
from parvis.demo.simulation.fates import Chance, Odds
from parvis.demo.simulation.playing import simulate
from parvis.demo.simulation.world import free_date
from parvis.market.models import Order, Shop
from parvis.places.models import Place
from parvis.towns.models import Town

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # a Friday
SUMMARY = {
    *("orders", "parts", "in_window", "late", "failed", "bags_lost", "bags_missorted", "km", "co2_saved_kg"),
    *("ledger_sum_cents", "plan_violations", "planning_seconds"),
}


@pytest.fixture
def small_town(town: Town) -> Town:
    """Eight places, thirty doors around the centre, a hub."""
    for n in range(8):
        category = ("bakery", "greengrocer", "supermarket", "bookshop")[n % 4]
        point = Point(town.lon + 0.0006 * n, town.lat - 0.0004 * n)
        Place.objects.create(
            town=town, slug=f"place-{n}", name=f"Place {n}", category=category, lon=point.lon, lat=point.lat
        )
    for n in range(30):
        builders.make_address(
            town, str(n + 1), "rue Longue", lon=town.lon + 0.0007 * (n % 6), lat=town.lat + 0.0005 * (n // 6)
        )
    builders.make_hub(town)
    return town


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    products, baskets = tmp_path / "products.csv", tmp_path / "baskets.csv"
    names = "\n".join(f"30000000000{n:02d},Confiture numéro {n},,," for n in range(80))
    products.write_text(f"ean,name_fr,ingredients_fr,image_url,more\n{names}\n")
    baskets.write_text("whole milk,rolls/buns,citrus fruit\nyogurt\nsausage,soda,curd,butter,whole milk,ham\n")
    return products, baskets


def _play(town: Town, files: tuple[Path, Path], **extra: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"orders": 12, "seed": 3, "iterations": 60} | extra
    return simulate(town=town, products=read_products(files[0]), baskets=read_baskets(files[1]), at=AT, **given)


def _rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models() if model._meta.managed}


def _lasting(summary: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in summary.items() if "seconds" not in name}


def test_a_small_day(small_town: Town, files: tuple[Path, Path]) -> None:
    before = _rows()
    first = _play(small_town, files)
    assert set(first) >= SUMMARY
    assert first["orders"] == 12
    assert first["parts"] >= 12
    assert first["bags_lost"] == 0
    assert first["bags_missorted"] == 0
    assert first["plan_violations"] == 0
    assert first["ledger_sum_cents"] == 0
    assert first["sales_against_lines_cents"] == 0
    assert first["sales_cents"] > 0
    assert first["deliveries"] == sum(first[k] for k in ("in_window", "late", "failed", "not_delivered"))
    assert first["km"] > 0
    assert first["date"] == "2026-11-24"
    assert _rows() == before, "without --keep nothing stays"
    assert _lasting(_play(small_town, files)) == _lasting(first), "the same seed, the same day"


def test_a_day_that_is_kept(small_town: Town, files: tuple[Path, Path]) -> None:
    first = _play(small_town, files, orders=5, keep=True)
    assert Order.objects.filter(town=small_town).count() == 5
    assert all("invented" in shop.tagline for shop in Shop.objects.filter(town=small_town))
    again = _play(small_town, files, orders=2, keep=True)
    assert again["date"] > first["date"], "the next run takes the next free day"


def test_mix_ups_late_bags_and_a_small_fleet(
    small_town: Town, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    odds = Odds(late=0.5, refused=0.1, nobody_home=0.3, mistyped=0.6, wrong_crate=0.6, mixed_up=0.6)
    monkeypatch.setattr("parvis.demo.simulation.playing.Chance", lambda seed: Chance(seed, odds))
    hard = _play(small_town, files, orders=14, capacity=4)
    assert hard["no_window"] > 0
    assert hard["wrong_scans_refused"] > 0
    assert hard["mixups"] == hard["mixups_caught"]
    assert hard["failed"] > 0
    assert (hard["bags_lost"], hard["bags_missorted"], hard["plan_violations"], hard["ledger_sum_cents"]) == (
        0,
        0,
        0,
        0,
    )


def _options(**given: Any) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_simulate_arguments(parser)
    words = [word for name, value in given.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    return parser.parse_args(words)


def test_the_command_ends_with_one_line_of_json(
    small_town: Town, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_simulate(_options(town="issy", orders=2, products=files[0], baskets=files[1])) == 0
    out, err = capsys.readouterr()
    assert json.loads(out.strip().splitlines()[-1])["orders"] == 2
    assert len(out.strip().splitlines()) == 1
    assert "orders" in err


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"town": "atlantis"}, "There is no town atlantis here. Towns: issy."),
        ({"orders": 0}, "--orders is a number from 1 to 20000."),
        ({"products": "/nowhere.csv"}, "There is no file /nowhere.csv."),
        ({"bike_share": 3}, "--bike-share is between 0 and 1."),
        ({"date": "tomorrow"}, "--date is written as 2026-11-26."),
        ({"capacity": 0}, "--capacity is a number from 1 to 1000."),
    ],
)
def test_what_cannot_be_played_is_said(
    small_town: Town,
    files: tuple[Path, Path],
    capsys: pytest.CaptureFixture[str],
    change: dict[str, Any],
    sentence: str,
) -> None:
    before = _rows()
    given = {"town": "issy", "orders": 2, "products": files[0], "baskets": files[1]} | change
    assert run_simulate(_options(**given)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.strip() == sentence
    assert _rows() == before


def test_a_town_without_hub_or_addresses(town: Town, files: tuple[Path, Path]) -> None:
    with pytest.raises(BadInput, match="has no hub"):
        _play(town, files)
    builders.make_hub(town)
    with pytest.raises(BadInput, match="no shop and no place"):
        _play(town, files)
    builders.make_product(builders.make_shop(town))
    with pytest.raises(BadInput, match="has no address"):
        _play(town, files)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "needs the columns"), (b"a,b\n1,2\n", "needs the columns"), (b"ean,name_fr\n1,\n", "names no product")],
)
def test_product_files_that_are_none(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=sentence):
        read_products(path)


def test_basket_files_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"\n \n")
    with pytest.raises(BadInput, match="holds no basket"):
        read_baskets(path)
    path.write_bytes(b"\xff\xfe\x00\x00\x81")
    with pytest.raises(BadInput, match="cannot be read as text"):
        read_baskets(path)
    with pytest.raises(BadInput, match="cannot be read as text"):
        read_baskets(tmp_path)
    path.write_text("ean,name_fr\n1,Confiture\n")
    with pytest.raises(BadInput, match="is a file of products"):
        read_baskets(path)


def test_a_day_that_is_taken(small_town: Town, files: tuple[Path, Path]) -> None:
    hub = small_town_hub(small_town)
    taken = free_date(small_town, hub, AT.date())
    builders.make_window(hub, AT + timedelta(days=(taken - AT.date()).days))
    assert free_date(small_town, hub, AT.date()) > taken
    with pytest.raises(BadInput, match="Choose another --date"):
        _play(small_town, files, day=taken)


def small_town_hub(town: Town) -> Any:
    """The town's hub."""
    from parvis.delivery.models import Hub

    return Hub.objects.get(town=town)


def test_the_clock_keeps_the_order_of_events() -> None:
    clock, seen = Clock(AT), []
    clock.at(AT + timedelta(hours=2), lambda: seen.append("later"))
    clock.at(AT - timedelta(hours=1), lambda: seen.append("at once"))
    clock.at(AT + timedelta(hours=1), lambda: clock.at(AT, lambda: seen.append(f"not before {clock.now:%H}")))
    clock.run(until=AT + timedelta(hours=1))
    assert seen == ["at once", "not before 10"]
    clock.run()
    assert seen[-1] == "later"


def test_chance_answers_the_same_question_the_same_way() -> None:
    assert [Chance(4).service(180, n) for n in range(9)] == [Chance(4).service(180, n) for n in range(9)]
    assert {Chance(4).service(180, n) for n in range(9)} != {180}
    assert Chance(5).slips("twice", 1) in {True, False}
