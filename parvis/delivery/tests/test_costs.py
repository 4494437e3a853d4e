"""What a day of bikes costs, what it spares the air, and the rates that a town sets."""

from datetime import date

from parvis.delivery.actions.costs import set_costs
from parvis.delivery.costs import Cost, Rates, cost_of_day, each
from parvis.delivery.footprint import Spared, spared
from parvis.delivery.models import RunningCosts
from parvis.delivery.models.costs import STANDARD, rates_on

RATES = Rates(rider_hour=2000, hub_hour=1800, hub_minutes=5, bike_day=900, bike_km=12)


def test_a_day_in_cents():
    cost = cost_of_day(RATES, rider_seconds=4 * 3600 + 900, bikes=2, metres=12_345, drops=7)
    assert cost == Cost(riders=8500, hub=1050, bikes=1800 + 148)
    assert cost.cents == 11_498
    assert each(cost.cents, 7) == 1643


def test_a_day_on_which_nobody_ordered_costs_its_shifts():
    cost = cost_of_day(RATES, rider_seconds=3600, bikes=1, metres=0, drops=0)
    assert cost.cents == 2900
    assert each(cost.cents, 0) is None


def test_days_add_up():
    days = [cost_of_day(RATES, rider_seconds=1, bikes=1, metres=41, drops=1) for _ in range(3)]
    assert sum(day.cents for day in days) == sum(days, Cost()).cents


def test_the_air_is_a_range_and_never_flattering_by_the_grid():
    # 100 km: a van at 183.8 g on 70 km, or at 269.45 g on all of them; the bikes took 3 kWh.
    assert spared(100_000, "FR") == Spared(12_866 - 144, 26_945 - 144)
    assert spared(100_000, "BE") == Spared(12_866 - 1260, 26_945 - 1260)
    assert spared(0, "FR") == Spared(0, 0)


def test_rates_hold_from_their_day(town, at, agent):
    assert rates_on([], date(2026, 1, 1)) == STANDARD
    values = {
        "rider_hour_cents": 2500, "hub_hour_cents": 2100, "hub_minutes": 4, "bike_day_cents": 700, "bike_km_cents": 9,
    }  # fmt: skip
    set_costs(town=town, starts_on=date(2026, 9, 1), values=values, at=at, by=agent)
    set_costs(town=town, starts_on=date(2026, 11, 1), values=values | {"rider_hour_cents": 2600}, at=at, by=agent)
    set_costs(town=town, starts_on=date(2026, 11, 1), values=values | {"rider_hour_cents": 2700}, at=at, by=agent)
    rows = list(RunningCosts.objects.of(town))
    assert len(rows) == 2, "a day is set once; again means instead"
    assert [rates_on(rows, day).rider_hour for day in (date(2026, 8, 31), date(2026, 9, 1), date(2026, 11, 2))] == [
        STANDARD.rider_hour,
        2500,
        2700,
    ]
