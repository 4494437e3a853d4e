"""Shop by shop: whoever adds up the lines has the days, to the cent and to the metre."""

import csv
from datetime import date, timedelta
from io import StringIO
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.core.money import format_money
from parvis.delivery.costs import Cost
from parvis.delivery.dayfigures import DayLine, Told
from parvis.delivery.kept import Judged, Outcome
from parvis.demo import builders
from parvis.market.round_figures import DayMoney, Packed, round_figures, shop_by_shop
from parvis.market.tests.test_sharing import order_in

FIRST = date(2026, 11, 2)
SHOPS = [(UUID(int=number), name) for number, name in enumerate(("Boulangerie", "Fromagerie", "Primeur"), start=1)]

deliveries = st.fixed_dictionaries(
    {
        "attempts": st.integers(0, 2),
        "outcome": st.sampled_from(Outcome),
        "income": st.integers(-500, 900),
        "shops": st.lists(st.sampled_from(SHOPS), unique=True, max_size=3),
        "cancelled": st.sets(st.sampled_from(SHOPS), max_size=2),  # before a bike came: no part of the delivery
        "left": st.sets(st.sampled_from(SHOPS), max_size=2),  # lost or late: the bike was at the door without it
        "late": st.booleans(),
    }
)
days = st.fixed_dictionaries(
    {
        "riders": st.integers(0, 40_000),
        "bikes": st.integers(0, 3000),
        "metres": st.integers(0, 60_000),
        "deliveries": st.lists(deliveries, max_size=6),
    }
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(days, max_size=6))
def test_the_lines_are_the_days_together(drawn):
    told, lines, income, packed = [], [], {}, {}
    for number, day in enumerate(drawn):
        on, came_in = FIRST + timedelta(days=number), 0
        for place, one in enumerate(day["deliveries"]):
            pk = UUID(int=1000 * number + place)
            told.append(Told(pk, on, Judged(one["outcome"]), one["attempts"], UUID(int=1), UUID(int=2)))
            income[pk] = one["income"]
            came_in += one["income"]
            packed[pk] = [
                Packed(shop, name, one["late"], ridden=(shop, name) not in one["left"])
                for shop, name in one["shops"]
                if (shop, name) not in one["cancelled"]
            ]
        cost = Cost(riders=day["riders"], bikes=day["bikes"])
        lines.append(DayMoney(DayLine(on, metres=day["metres"], cost=cost), came_in))
    found = shop_by_shop(told, lines, income, packed)
    every = [*found.shops, found.idle, found.unowned]
    assert sum(line.cost for line in every) == sum(day.line.cost.cents for day in lines)
    assert sum(line.metres for line in every) == sum(day.line.metres for day in lines)
    assert sum(line.income for line in every) == sum(day.income for day in lines)
    assert found.idle.deliveries == 0
    promised = {by.name: 0 for by in (by for some in packed.values() for by in some)}
    bore = dict(promised)
    for one in told:
        rode = any(by.ridden for by in packed[one.pk]) and one.attempts
        for by in packed[one.pk]:
            promised[by.name] += 1
            bore[by.name] += one.attempts > 0 and (by.ridden or not rode)
    assert {line.name: line.deliveries for line in found.shops} == promised
    assert not any(line.cost or line.metres for line in found.shops if not bore[line.name])


@pytest.fixture
def two_days(hub, rider, at):
    """Yesterday and the day before a rider waited for four hours, and nobody had ordered."""
    for back in (1, 2):
        day = at - timedelta(days=back)
        builders.make_shift(hub.bikes.get(), rider, day, day.replace(hour=9).time(), day.replace(hour=13).time())
    return at - timedelta(days=2)


@pytest.mark.usefixtures("clock")
def test_an_auditor_adds_up_the_table_and_the_file(visit, agent, town, two_days, shop, product, window, at):
    order_in(town, product, window, at)
    first = two_days.date()
    found = round_figures(town, first, at.date(), at, shops=True)
    assert found.by_shop.idle.cost > 2 * 8000
    assert [line.name for line in found.by_shop.shops] == [shop.name]
    browser = visit(agent)
    browser.cookies["language"] = "en"
    asked = f"/agent/figures/?from={first:%Y-%m-%d}&to={at:%Y-%m-%d}"
    page = browser.get(asked).content.decode()
    table = page[page.index("Shop by shop") :]
    assert "Days without deliveries" in table
    assert "Deliveries of no shop" not in table, "a line of nothing is none"
    assert '<th scope="row">Together</th>' in table
    assert format_money(found.total.line.cost.cents, town.currency) in table
    text = browser.get(f"{asked}&as=shops").content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text), delimiter=";"))
    assert round(100 * sum(float(row["cost"]) for row in rows)) == found.total.line.cost.cents
    assert rows[-1]["shop"] == "(days without deliveries)"
