"""Bikes in figures: the pages of agents and dispatchers, the public weeks, and what an hour costs."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.cache import cache

from parvis.delivery.actions import rebook_delivery
from parvis.delivery.models import DeliveryEvent, RunningCosts, Shift
from parvis.demo import builders
from parvis.market.round_figures import round_figures
from parvis.market.weeks import FEWEST, told_weeks, weeks_before

pytestmark = pytest.mark.usefixtures("clock")
YESTERDAY = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def _nothing_remembered():
    cache.clear()


@pytest.fixture
def deliver(town, at):
    """``deliver(window, minutes)``: promised, and handed over so many minutes after the window opened; None: never."""
    numbers = iter(range(1000))

    def one(window, minutes, kind="delivered"):
        from parvis.delivery.models import Delivery

        number = next(numbers)
        delivery = Delivery.objects.create(
            town=town, window=window, code=f"D{number:04}", reference=f"R{number}", name="Camille",
            address="1 rue Longue", lon=town.lon, lat=town.lat, booked_at=window.closes_at,
        confirmed_at=window.closes_at, )  # fmt: skip
        if minutes is not None:
            moment = window.starts_at + timedelta(minutes=minutes)
            DeliveryEvent.objects.create(town=town, delivery=delivery, kind=kind, at=moment)
        return delivery

    return one


@pytest.fixture
def yesterday(hub, at, deliver, rider):
    """Eight kept (one of them missed), two late, one not brought, one with a shift of four hours."""
    window = builders.make_window(hub, at - timedelta(days=1), capacity=60)
    for minutes in (5, 20, 30, 40, 50, 60, 70):
        deliver(window, minutes)
    deliver(window, 80, "failed")
    deliver(window, 130)
    deliver(window, 140)
    deliver(window, None)
    bike = hub.bikes.get()
    day = at - timedelta(days=1)
    builders.make_shift(bike, rider, day, day.replace(hour=9).time(), day.replace(hour=13).time())
    return window


def test_a_day_is_counted(town, yesterday, at):
    (day,) = round_figures(town, YESTERDAY, YESTERDAY, at).days
    line = day.line
    assert (line.promised, line.kept, line.missed, line.late, line.not_brought, line.coming) == (11, 8, 1, 2, 1, 0)
    assert line.late_seconds == 600 + 1200
    assert line.drops == 10
    assert line.cost.riders == 4 * 2000
    assert line.cost.hub == 10 * 200
    assert line.cost.bikes == 900


def test_a_promise_moved_by_the_town_counts_for_its_first_day(town, hub, yesterday, deliver, at):
    later = builders.make_window(hub, at + timedelta(hours=7))
    first = deliver(builders.make_window(hub, at + timedelta(hours=1, minutes=30)), None)
    moved = deliver(yesterday, None)
    rebook_delivery(delivery=moved, window_id=later.pk, at=at - timedelta(days=1))
    DeliveryEvent.objects.create(town=town, delivery=moved, kind="delivered", at=later.starts_at)
    days = {day.line.day: day.line for day in round_figures(town, YESTERDAY, at.date(), at).days}
    assert days[YESTERDAY].not_brought == 2
    assert days[at.date()].promised == 1
    assert days[at.date()].coming == 1
    # the buyer's own wish lets nobody down
    event = DeliveryEvent.objects.get(delivery=moved, kind="rebooked")
    event.detail["asked_by"] = "buyer"
    event.save()
    days = {day.line.day: day.line for day in round_figures(town, YESTERDAY, at.date(), at).days}
    assert days[YESTERDAY].not_brought == 1
    assert days[at.date()].kept == 1
    assert first.pk


def test_as_many_queries_for_many_days_as_for_one(town, hub, yesterday, deliver, at, django_assert_max_num_queries):
    for back in range(2, 20):
        window = builders.make_window(hub, at - timedelta(days=back))
        for minutes in (10, 20, 30):
            deliver(window, minutes)
    with django_assert_max_num_queries(9):
        assert len(round_figures(town, YESTERDAY - timedelta(days=30), YESTERDAY, at).days) == 19
    with django_assert_max_num_queries(10):
        round_figures(town, YESTERDAY - timedelta(days=30), YESTERDAY, at, shops=True)


def test_the_agents_page_and_its_tables(visit, agent, dispatcher, yesterday):
    for person in (agent, dispatcher):
        browser = visit(person)
        browser.cookies["language"] = "en"
        page = browser.get("/agent/figures/").content.decode()
        assert "8 (72.7%)" in page
        assert "<svg" in page
        assert "assumptions" in page
        assert ("/agent/figures/costs/" in page) == (person == agent), "a link that would be a 404 is none"
    rows = list(
        csv.DictReader(StringIO(browser.get("/agent/figures/?as=csv").content.decode("utf-8-sig")), delimiter=";")
    )
    assert (rows[0]["day"], rows[0]["kept"], rows[0]["cost"]) == ("2026-11-25", "8", "109.00")
    shops = browser.get("/agent/figures/?as=shops").content.decode("utf-8-sig")
    assert shops.startswith("shop;deliveries")


@pytest.mark.parametrize(
    "query", ["from=nonsense&to=x", "from=2030-01-01", "to=0001-01-01", "from=2026-11-26&to=2026-11-01"]
)
def test_days_that_are_none_show_something(visit, agent, town, query):
    assert visit(agent).get(f"/agent/figures/?{query}").status_code == 200


@pytest.mark.parametrize("path", ["/agent/figures/", "/agent/figures/costs/"])
def test_not_for_others(visit, citizen, merchant, rider, stranger, town, path):
    assert visit().get(path).status_code == 302
    for person in (citizen, merchant, rider, stranger):
        assert visit(person).get(path).status_code == 404


def test_costs_are_for_agents_alone(visit, dispatcher, town):
    assert visit(dispatcher).get("/agent/figures/costs/").status_code == 404


COSTS = {
    "rider_hour_cents": "25", "hub_hour_cents": "21,50", "hub_minutes": "4", "bike_day_cents": "7",
    "bike_km_cents": "0,10", "starts_on": "2026-11-01",
}  # fmt: skip


def test_an_agent_says_what_bikes_cost(visit, agent, town, yesterday, at):
    browser = visit(agent)
    browser.cookies["language"] = "en"
    assert "20.00" in browser.get("/agent/figures/costs/").content.decode()
    assert RunningCosts.objects.count() == 0, "looking writes nothing"
    assert browser.post("/agent/figures/costs/", COSTS).status_code == 302
    rates = RunningCosts.objects.get()
    assert (rates.rider_hour_cents, rates.hub_hour_cents, rates.bike_km_cents) == (2500, 2150, 10)
    page = browser.get("/agent/figures/").content.decode()
    assert "assumptions" not in page
    assert "€25.00" in page
    (day,) = round_figures(town, YESTERDAY, YESTERDAY, at).days
    assert day.line.cost.riders == 10_000
    assert "November" in browser.get("/agent/figures/costs/").content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rider_hour_cents": "much"}, "Write an amount"),
        ({"hub_minutes": "-1"}, "greater"),
        ({"starts_on": "then"}, "date"),
    ],
)
def test_costs_that_cannot_be_read_are_kept_and_explained(visit, agent, town, change, sentence):
    browser = visit(agent)
    browser.cookies["language"] = "en"
    answer = browser.post("/agent/figures/costs/", COSTS | change)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert f'value="{next(iter(change.values()))}"' in page
    assert "21,50" in page
    assert RunningCosts.objects.count() == 0


def test_everybody_reads_the_weeks(visit, town, yesterday):
    browser = visit()
    browser.cookies["language"] = "en"
    page = browser.get("/figures/").content.decode()
    assert "good or bad" in page
    assert "72.7%" in page
    assert "Camille" not in page
    assert 'class="drawn"' in page
    told = browser.get("/figures/?as=csv").content.decode("utf-8-sig")
    assert told.splitlines()[1].startswith("2026-11-23;11;8;1;2;1800;1;0;10;")


def test_few_deliveries_are_nobodys_business(visit, town, hub, deliver, at):
    window = builders.make_window(hub, at - timedelta(days=1))
    for minutes in range(FEWEST - 1):
        deliver(window, minutes)
    browser = visit()
    browser.cookies["language"] = "en"
    page = browser.get("/figures/").content.decode()
    assert "Too few deliveries yet" in page
    assert "drawn" not in page
    assert len(browser.get("/figures/?as=csv").content.decode("utf-8-sig").splitlines()) == 1


def test_a_quiet_week_is_in_no_sum(visit, town, hub, yesterday, deliver, at):
    quiet = builders.make_window(hub, at - timedelta(days=9))
    deliver(quiet, 10)
    browser = visit()
    browser.cookies["language"] = "en"
    page = browser.get("/figures/").content.decode()
    assert "are left out" in page
    assert "of 11 that are over" in page


def test_weeks_begin_on_monday_and_end_yesterday(town, at):
    assert weeks_before(date(2026, 11, 26))[:2] == [date(2026, 11, 23), date(2026, 11, 16)]
    assert weeks_before(date(2026, 11, 23))[0] == date(2026, 11, 16)
    figures = round_figures(town, date(2026, 10, 1), YESTERDAY, at)
    assert told_weeks(figures, weeks_before(at.date())) == []


def test_what_is_still_to_come_is_said_so_that_the_columns_add_up(visit, agent, town, hub, deliver, at):
    window = builders.make_window(hub, at - timedelta(hours=2), hours=4)
    deliver(window, 10)
    deliver(window, None)
    browser = visit(agent)
    browser.cookies["language"] = "en"
    page = browser.get(f"/agent/figures/?from={at:%Y-%m-%d}").content.decode()
    assert "2 (1 to come)" in page
    assert "1 (100%)" in page


def test_a_day_of_doors_without_a_shift_lacks_its_riders_and_says_so(visit, agent, town, yesterday):
    browser = visit(agent)
    browser.cookies["language"] = "en"
    assert "lacks the riders" not in browser.get("/agent/figures/").content.decode()
    Shift.objects.all().delete()
    for path in ("/agent/figures/", "/figures/"):
        cache.clear()
        assert "On 1 day bikes were at doors and no shift is entered" in browser.get(path).content.decode()
    rows = browser.get("/figures/?as=csv").content.decode("utf-8-sig").splitlines()
    assert (rows[0].split(";")[-1], rows[1].split(";")[-1]) == ("days_without_shift", "1")


def test_the_public_page_says_which_days_it_tells(visit, town, yesterday):
    browser = visit()
    browser.cookies["language"] = "en"
    page = browser.get("/figures/").content.decode()
    assert "From Monday 23 November to Wednesday 25 November" in page
    assert "The last week is not over yet." in page
    assert "Where it comes from" in page
