"""The weeks before a demonstration day: enough for the public figures, and everything adds up."""

from datetime import datetime, timedelta

from django.db.models import Count

from parvis.core.time import day_bounds, day_of
from parvis.delivery.models import Bag, Bike, Hub, Shift
from parvis.demo import builders
from parvis.demo.past import WEEKS, _rows
from parvis.market import ledger
from parvis.market.invariants import faults
from parvis.market.models import Order, Product, Shop
from parvis.market.round_figures import round_figures
from parvis.market.statement import statement_of
from parvis.market.states import PartState
from parvis.market.tests.test_place_order import order_by_bike
from parvis.market.weeks import told_weeks, weeks_before
from parvis.towns.models import Town


def test_the_public_weeks_tell_something(ivry: Town, noon: datetime) -> None:
    today = day_of(noon, ivry.zone)
    mondays = weeks_before(today)
    figures = round_figures(ivry, mondays[-1], today - timedelta(days=1), noon)
    told = [week for week in told_weeks(figures, mondays) if week.may_be_told]
    assert len(told) >= WEEKS
    for week in told:
        line = week.money.line
        assert line.coming == 0
        assert 0.7 < line.kept / line.promised <= 1
        assert line.metres == line.ridden > 0
        assert week.money.income > 0
    assert len({(w.money.line.promised, w.money.line.metres) for w in told}) == len(told), "no week is another's copy"
    assert any(week.money.line.late for week in told), "and not all is well"


def test_what_a_visitor_ordered_for_the_night_is_of_its_evening(
    town: Town, hub: Hub, product: Product, at: datetime
) -> None:
    evening = day_of(at, town.zone)
    begin = day_bounds(evening, town.zone)[1] + timedelta(minutes=30)
    Shift.objects.all().delete()  # nobody has said yet who rides
    order = order_by_bike(town, product, builders.make_window(hub, begin, night=True), at)
    for day, found in ((evening, [order]), (evening + timedelta(days=1), [])):
        assert [row for rows, _whose in _rows(hub, day) for row in rows if isinstance(row, Order)] == found


def test_money_stock_and_orders_of_the_past_add_up(ivry: Town, noon: datetime) -> None:
    assert faults(ivry) == []
    assert ledger.town_sum(ivry) == 0
    past = Order.objects.with_story().filter(town=ivry, key__startswith="demo-past-")
    assert past.count() > 50
    assert not past.exclude(person=None).exists(), "nobody's own list grows by it"
    states = {part.state for order in past for part in order.parts.all()}
    assert states <= {PartState.DONE, PartState.FAILED, PartState.LOST, PartState.CANCELLED}
    twice = Order.objects.filter(town=ivry).values("secret").annotate(n=Count("pk")).filter(n__gt=1)
    assert not twice.exists()


def test_the_accounts_of_each_shop_can_be_read(ivry: Town, noon: datetime) -> None:
    """Each sale of the past is of a part of its own, and its rates of VAT are those of that part's lines."""
    first = day_of(noon - timedelta(weeks=WEEKS), ivry.zone).replace(day=1)
    months = {first, day_of(noon, ivry.zone).replace(day=1)}
    sales = [s for shop in Shop.objects.filter(town=ivry) for month in months for s in statement_of(shop, month).sales]
    past = set(Order.objects.filter(town=ivry, key__startswith="demo-past-").values_list("code", flat=True))
    assert len([sale for sale in sales if sale.order in past]) > 50
    for sale in sales:
        assert sum(gross for _rate, gross, _vat in sale.by_rate) == sale.net + sale.vat, sale


def test_one_bag_of_today_must_stand_and_a_bike_keeps_it_upright(ivry: Town) -> None:
    [bag] = Bag.objects.filter(town=ivry).exclude(needs=[])
    assert bag.needs == ["upright"]
    assert all("upright" in bike.skills for bike in Bike.objects.filter(town=ivry))
