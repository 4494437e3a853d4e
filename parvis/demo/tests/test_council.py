"""A month for a council: demand, promises, days, money, ranges, and the report."""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from parvis.core.geo import Point
from parvis.delivery.actions.reserve import FREE_PART, TRAVEL_PERCENT
from parvis.delivery.clients.straight import StraightLines
from parvis.delivery.costs import Rates
from parvis.demo import builders
from parvis.demo.commands import add_simulate_arguments, run_simulate
from parvis.demo.council.demand import WEEK, orders_of
from parvis.demo.council.luck import Luck, Misfortune
from parvis.demo.council.money import Books, Terms, terms_of
from parvis.demo.council.month import INSERTION, SLOTS, Plan, Trial, places_of, play_trial
from parvis.demo.council.outcomes import DayOutcome, Range, months, percentile, range_of
from parvis.demo.council.playing import Effort, play
from parvis.demo.council.promising import ByInsertion, BySlots
from parvis.demo.council.scene import Block, Scene, Span, blocks_of, scene_of, stage
from parvis.demo.council.telling import tell, van_way
from parvis.demo.simulation.baskets import BadInput
from parvis.demo.simulation.fates import Odds
from parvis.market.models import FeeTerms
from parvis.towns.models import Town

CALM = Misfortune(odds=Odds(late=0, nobody_home=0, ride_sigma=0, service_sigma=0), day_sigma=0, breakdown=0)
EFFORT = Effort(wave=30, quick=10)


@pytest.fixture(scope="module")
def scene() -> Scene:
    """Sixty doors in rows around a hub, by straight lines."""
    town = Town(slug="issy", name="Issy", country="FR", currency="EUR")
    doors = [Point(2.27 + 0.003 * (n % 10 - 5), 48.82 + 0.002 * (n // 10 - 3)) for n in range(60)]
    return stage(town, StraightLines(), [Point(2.27, 48.82), *doors], blocks_of("10-12,16-18"))


def day(scene: Scene, *, bikes: int = 2, mean: float = 60, misfortune: Misfortune = CALM, **more: Any) -> DayOutcome:
    """One Friday."""
    promises = more.pop("promises", None) or ByInsertion(scene, scene.fleet(bikes))
    luck = Luck(1, 4, misfortune)
    return play(scene, bikes, orders_of(scene, mean, 4, 1), luck, promises, EFFORT, **more)


def adds_up(outcome: DayOutcome) -> bool:
    """Every order and every promise is counted once."""
    ended = outcome.in_time + outcome.late + outcome.moved_brought + outcome.not_brought
    return outcome.promised == ended and outcome.orders == outcome.promised + outcome.turned_away


def test_windows_are_read_into_blocks():
    assert blocks_of("10-14,16-20") == (Block((Span(36000, 50400),)), Block((Span(57600, 72000),)))
    (block,) = blocks_of("10-12,12-14,15-17")
    assert block.shift == (9 * 3600 + 1800, 17 * 3600 + 1800)
    assert (block.spans[0].closes, block.spans[0].due) == (8 * 3600, 9 * 3600)


@pytest.mark.parametrize("text", ["", "10", "14-10", "10-14,13-16", "16-20,10-14", "1-5", "20-24", "10:30-12"])
def test_windows_that_are_none(text):
    with pytest.raises(BadInput, match="--windows"):
        blocks_of(text)


def test_demand_is_the_same_for_the_same_seed_and_grows_by_more_orders(scene):
    calm, busy = orders_of(scene, 20, 3, 7), orders_of(scene, 60, 3, 7)
    assert calm == orders_of(scene, 20, 3, 7) != orders_of(scene, 20, 3, 8)
    assert {order.number: order for order in calm}.items() <= {order.number: order for order in busy}.items()
    assert all(order.placed <= scene.spans[order.span].closes - 300 for order in busy)


def test_a_week_has_the_mean_that_was_asked_for(scene):
    assert sum(WEEK) == pytest.approx(6)
    counts = [len(orders_of(scene, 100, n, 2)) for n in range(120)]
    assert sum(counts) / 120 == pytest.approx(100, rel=0.05)
    fridays, mondays = counts[4::6], counts[0::6]
    assert sum(fridays) > 1.3 * sum(mondays)


def test_without_mishaps_every_promise_is_kept(scene):
    outcome = day(scene, mean=200)
    assert adds_up(outcome)
    assert outcome.turned_away > 0, "more than two bikes can do"
    assert outcome.in_time == outcome.promised > 40
    assert outcome.rider_seconds == 2 * 2 * 3 * 3600
    assert outcome.metres > 0


def test_a_number_of_places_breaks_promises_that_a_proof_keeps(scene):
    """The same day and the same mishaps: as many promised by number are not as many kept."""
    proved = day(scene, mean=200)
    by_number = day(scene, mean=200, promises=BySlots(200))
    assert adds_up(by_number)
    assert by_number.turned_away == 0
    assert by_number.kept < 0.9 < proved.kept


def test_places_are_counted_for_each_window(scene):
    outcome = day(scene, mean=200, promises=BySlots(9))
    assert outcome.promised == 18


def test_same_luck_same_day(scene):
    misfortune = Misfortune(breakdown=0.3)
    assert day(scene, misfortune=misfortune) == day(scene, misfortune=misfortune)
    assert day(scene, misfortune=misfortune) != day(scene, misfortune=replace(misfortune, day_sigma=0.3))


def test_others_take_over_what_a_broken_bike_carried(scene):
    outcome = day(scene, bikes=3, mean=70, misfortune=replace(CALM, one_a_day=True))
    assert outcome.breakdowns == 1
    assert adds_up(outcome)
    assert outcome.not_brought == 0
    assert outcome.kept > 0.85


def test_rather_late_than_never(scene):
    hard = replace(CALM, one_a_day=True)
    strict = day(scene, mean=90, misfortune=hard, late_rather_than_never=False)
    kind = day(scene, mean=90, misfortune=hard)
    assert adds_up(strict)
    assert adds_up(kind)
    assert strict.not_brought + strict.moved > kind.not_brought + kind.moved
    assert kind.late > 0


def test_where_the_only_bike_breaks_nobody_takes_over(scene):
    outcome = day(scene, bikes=1, mean=90, promises=BySlots(40), misfortune=replace(CALM, one_a_day=True))
    assert adds_up(outcome)
    assert outcome.breakdowns == 1
    assert outcome.moved + outcome.not_brought > 0
    assert outcome.in_time > 0, "those before it broke, and those of the next shift"


def test_bags_that_come_late_ride_later_or_stay(scene):
    outcome = day(scene, misfortune=replace(CALM, odds=replace(CALM.odds, late=0.5)))
    assert adds_up(outcome)
    assert 0.5 < outcome.kept < 1


def test_the_reserve_is_what_promises_say_of_themselves(scene):
    promises = ByInsertion(scene, scene.fleet(1))
    order = orders_of(scene, 20, 0, 1)[0]
    drop = promises.drop(order, 0)
    assert promises.tours[0][0].bike.speed_percent == 100 * 100 // TRAVEL_PERCENT
    assert drop.latest == scene.spans[0].ends - 7200 // FREE_PART - drop.service_seconds


def test_ranges():
    assert percentile([1, 2, 3, 4, 5], 50) == 3
    assert percentile([0, 10], 90) == 9
    assert range_of([4.0]) == Range(4.0, 4.0, 4.0)
    with pytest.raises(ValueError, match="nothing"):
        range_of([])
    days = [1, 2, 3, 4, 5, 6]
    told = months(days, lambda some: sum(some) / len(some), seed=1, length=22)
    assert told == months(days, lambda some: sum(some) / len(some), seed=1, length=22)
    assert 2.5 < told.low < told.middle < told.high < 4.5


def outcome_of(drops: int) -> DayOutcome:
    """A day with two bikes for ten hours and 400 m a door."""
    return DayOutcome(promised=drops, in_time=drops, metres=400 * drops, rider_seconds=20 * 3600, bikes=2)


def test_the_books():
    books = Books(Terms(buyer=400, shops=300, fixed_month=22_000), Rates())
    assert books.terms.income == 700
    days = [outcome_of(80)] * 22
    cost = books.total(days)
    assert cost.riders == 22 * 40_000
    assert books.result(days) == 700 * 80 * 22 - cost.cents - 22_000
    even = books.even_at(days, 22)
    assert even == pytest.approx((40_000 + 1_800 + 1_000) / (700 - 200 - 4.8), rel=0.001)
    at_even = [outcome_of(round(even))] * 22
    assert abs(books.result(at_even)) < 22 * 700
    assert Books(Terms(buyer=200), Rates()).even_at(days, 22) is None


def test_terms_are_the_towns_own(town, at):
    assert terms_of(town, at.date(), fee=None, shops=None, fixed=0).buyer == 325
    FeeTerms.objects.create(
        town=town, starts_on=at.date(), commission_bp=200, buyer_cents=480, shops_cents=120, vat_bp=2000
    )
    found = terms_of(town, at.date(), fee=None, shops=None, fixed=5)
    assert (found.buyer, found.shops, found.commission, found.fixed_month) == (400, 100, 70, 5)
    assert terms_of(town, at.date(), fee=600, shops=0, fixed=0).income == 500 + 70


def test_a_month_is_told_in_ranges(scene):
    plan = Plan(demands=(30,), fleets=(1, 2), days=6, effort=EFFORT, misfortune=Misfortune(breakdown=0.1))
    trials = list(plan.trials(scene))
    assert [(t.bikes, t.method) for t in trials] == [(1, INSERTION), (1, SLOTS), (2, INSERTION), (2, SLOTS)]
    assert trials[1].places == places_of(scene, 1) == 15
    played = {trial: play_trial(scene, trial, plan) for trial in trials}
    told = tell(scene, plan, played, Books(Terms(buyer=325)))
    for one in told:
        assert one.kept.low <= one.kept.middle <= one.kept.high <= 1
        assert one.cost_each.low < one.cost_each.high
        assert one.air.low < one.air.high
    two = next(one for one in told if one.trial == Trial(30, 2, INSERTION))
    assert two.result.middle < 0, "two bikes for thirty doors do not pay"
    assert two.even_income.middle > 325


def test_the_way_of_a_van_is_measured(scene):
    way = van_way(scene, Plan(demands=(60,), fleets=(2,), effort=EFFORT), 60)
    assert 0.3 < way <= 1


@pytest.fixture
def real_town(town: Town) -> Town:
    """A town with a hub and thirty addresses."""
    builders.make_hub(town)
    for n in range(30):
        spot = {"lon": town.lon + 0.0007 * (n % 6), "lat": town.lat + 0.0005 * (n // 6)}
        builders.make_address(town, str(n + 1), "rue Longue", **spot)
    return town


def options(**given: Any) -> argparse.Namespace:
    """As typed after ``parvis simulate month``."""
    parser = argparse.ArgumentParser()
    add_simulate_arguments(parser)
    small = {"town": "issy", "days": 2, "demand": "12", "fleet": "1,2", "windows": "10-12"} | given
    words = [word for name, value in small.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    return parser.parse_args(["month", *words])


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_the_command_tells_and_writes_a_report(
    real_town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    report = tmp_path / "report.pdf"
    assert run_simulate(options(report=report, language=language)) == 0
    out, err = capsys.readouterr()
    summary = json.loads(out)
    assert [(t["trial"]["bikes"], t["trial"]["method"]) for t in summary["trials"]] == [
        (1, "insertion"), (1, "slots"), (2, "insertion"), (2, "slots"),
    ]  # fmt: skip
    assert summary["streets"] == "straight"
    assert set(summary["trials"][0]["kept"]) == {"middle", "low", "high"}
    assert "turned away" in err
    written = report.read_bytes()
    assert written.startswith(b"%PDF")
    assert b"pdfuaid" in written, "tagged, and says so"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"town": "atlantis"}, "There is no town atlantis here. Towns: issy."),
        ({"days": 0}, "--days is a number from 1 to 60."),
        ({"demand": "many"}, "--demand is up to six numbers from 1 to 2000, as 40,80,245."),
        ({"fleet": "0"}, "--fleet is up to six numbers from 1 to 40, as 40,80,245."),
        ({"breakdown": 2}, "--breakdown is between 0 and 1."),
        ({"windows": "noon"}, "--windows is written as 10-14,16-20: whole hours, the earliest first."),
        ({"report": "/nowhere/x.pdf"}, "The report cannot be written to /nowhere/x.pdf."),
    ],
)
def test_what_cannot_be_played_is_said(
    real_town: Town, capsys: pytest.CaptureFixture[str], change: dict[str, Any], sentence: str
) -> None:
    assert run_simulate(options(**change)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.strip().splitlines()[-1] == sentence


def test_a_town_without_hub_or_addresses(town: Town) -> None:
    with pytest.raises(BadInput, match="has no hub"):
        scene_of(town, blocks_of("10-12"), seed=1)
    builders.make_hub(town)
    with pytest.raises(BadInput, match="has no address"):
        scene_of(town, blocks_of("10-12"), seed=1)
