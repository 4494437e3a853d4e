"""A shift gets the break that the law asks for, and neither a promise nor a plan rides through it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.delivery import actions
from parvis.delivery.actions.breaks import add_breaks
from parvis.delivery.actions.daytours import offers
from parvis.delivery.actions.problems import Load
from parvis.delivery.models import Bag, DayTours, Hub, Shift, Window
from parvis.delivery.tests.dispatch_world import book, solution_of
from parvis.delivery.tests.test_dispatch_board import english
from parvis.demo import builders
from parvis.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def shift(hub: Hub, rider: Person, at: datetime) -> Shift:
    """Eight hours and a half of tomorrow, from eight o'clock in the town."""
    Shift.objects.all().delete()
    start = at.replace(hour=7, minute=0) + timedelta(days=1)
    windows = [(start + timedelta(hours=h), hub) for h in (1, 5)]
    for begins, where in windows:
        builders.make_window(where, begins)
    return actions.add_shift(
        bike=hub.bikes.get(), rider=rider, starts_at=start, ends_at=start + timedelta(hours=8.5), by=None, at=at
    )


def test_the_break_lies_between_two_windows(shift: Shift, hub: Hub) -> None:
    assert shift.break_minutes == 20
    assert shift.break_starts_at is not None
    assert shift.break_ends_at is not None
    for window in Window.objects.filter(hub=hub):
        assert shift.break_ends_at <= window.starts_at or shift.break_starts_at >= window.ends_at


def test_no_round_and_no_promise_is_out_in_the_break(shift: Shift, hub: Hub, at: datetime) -> None:
    """One window over the whole shift: many doors, and the bike is at the hub in the break all the same."""
    Window.objects.all().delete()
    window = builders.make_window(hub, shift.starts_at + timedelta(hours=1), hours=7)
    book(window, 30, at)
    kept = DayTours.objects.get()
    assert sum(len(trip["drops"]) for trip in kept.tours[str(shift.pk)]) == 30
    plan = actions.make_plan(hub=hub, day=shift.starts_at.date(), by=None, at=at, iterations=200)
    problem, solution = solution_of(plan)
    [rest] = problem.bikes[0].rests
    assert solution.unserved == ()
    assert all(trip.returns <= rest.start or trip.departs >= rest.end for trip in solution.trips)
    assert any(trip.returns <= rest.start for trip in solution.trips)
    assert any(trip.departs >= rest.end for trip in solution.trips)
    assert plan.state == plan.State.DRAFT
    actions.publish_plan(plan=plan, by=None, at=at)
    kept.refresh_from_db()
    assert sum(len(trip["drops"]) for trip in kept.tours[str(shift.pk)]) == 30, "the plan's tours prove the promises"


@pytest.mark.parametrize(
    ("hours", "break_hour", "sentence"),
    [
        (8.5, 0.2, "Nobody works longer than 6 hours"),
        (8.5, 8.4, "lies inside the shift"),
        (10.6, None, "more than 10 hours of work in a day"),
    ],
)
def test_what_the_law_does_not_allow(
    hub: Hub, rider: Person, at: datetime, hours: float, break_hour: float | None, sentence: str
) -> None:
    Shift.objects.all().delete()
    start = at + timedelta(days=1)
    values: dict[str, Any] = {"break_at": start + timedelta(hours=break_hour)} if break_hour else {}
    with pytest.raises(Refusal, match=sentence):
        actions.add_shift(
            bike=hub.bikes.get(), rider=rider, starts_at=start, ends_at=start + timedelta(hours=hours), by=None, at=at,
            **values,
        )  # fmt: skip
    assert not Shift.objects.exists()


def test_a_night_too_short(shift: Shift, hub: Hub, rider: Person, at: datetime) -> None:
    start = shift.ends_at + timedelta(hours=10)
    with pytest.raises(Refusal, match="Between two working days lie 11 hours"):
        actions.add_shift(
            bike=hub.bikes.get(), rider=rider, starts_at=start, ends_at=start + timedelta(hours=3), by=None, at=at
        )


def test_a_battery_charges_in_the_break(shift: Shift, hub: Hub, at: datetime) -> None:
    bike = hub.bikes.get()
    bike.range_metres, bike.charge_minutes = 30_000, 60
    bike.save()
    builders.make_window(hub, shift.starts_at + timedelta(hours=3))
    book(Window.objects.latest("starts_at"), 1, at)
    problem, _solution = solution_of(
        actions.make_plan(hub=hub, day=shift.starts_at.date(), by=None, at=at, iterations=10)
    )
    assert [rest.metres for rest in problem.bikes[0].rests] == [10_000]


def test_what_is_cold_is_not_promised_where_it_would_get_warm(hub: Hub, window: Window, at: datetime) -> None:
    """A door 2.4 km away by straight lines: ten minutes' ride, and boxes that keep cold for nine or for twelve."""
    Hub.objects.filter(pk=hub.pk).update(cold_minutes=9)
    point = Point(hub.lon + 0.0236, hub.lat)
    warm, cold = Load(point, 3000, 8000), Load(point, 3000, 8000, cold_millilitres=4000)
    assert window.pk in offers(town=hub.town, windows=[window], load=warm, at=at)
    assert offers(town=hub.town, windows=[window], load=cold, at=at) == {}
    Hub.objects.filter(pk=hub.pk).update(cold_minutes=12)
    assert window.pk in offers(town=hub.town, windows=[window], load=cold, at=at)
    hub.bikes.update(cold_crates=0)
    assert offers(town=hub.town, windows=[window], load=cold, at=at) == {}


def test_the_plan_counts_the_cold_bags_of_a_delivery(hub: Hub, window: Window, at: datetime) -> None:
    book(window, 2, at)
    bag = Bag.objects.order_by("pk").first()
    assert bag is not None
    bag.temperature = Bag.Temperature.FROZEN
    bag.save()
    problem, solution = solution_of(actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=30))
    cold = problem.drop[str(bag.delivery_id)]
    assert (cold.cold_crates, cold.max_aboard) == (1, 120 * 60)
    assert sum(drop.cold_crates for drop in problem.drops) == 1
    assert solution.unserved == ()


def test_the_dispatcher_says_how_long_boxes_keep_cold(visit: Any, hub: Hub, dispatcher: Person, rider: Person) -> None:
    desk: Client = visit(dispatcher)
    assert "120" in desk.get("/dispatch/fleet/").content.decode()
    assert desk.post("/dispatch/fleet/cold/", {"cold_minutes": "90", "cold_from": "700"}).status_code == 302
    hub.refresh_from_db()
    assert (hub.cold_minutes, hub.cold_from) == (90, 700)
    for nonsense in ("", "0", "-3", "soon", "99999"):
        page = desk.post("/dispatch/fleet/cold/", {"cold_minutes": nonsense, "cold_from": nonsense}, follow=True)
        assert page.status_code == 200
    hub.refresh_from_db()
    assert (hub.cold_minutes, hub.cold_from) == (90, 700)
    assert visit(rider).post("/dispatch/fleet/cold/", {"cold_minutes": "30", "cold_from": "1"}).status_code == 404
    hub.refresh_from_db()
    assert hub.cold_minutes == 90


def test_the_rider_reads_when_the_break_is(visit: Any, shift: Shift, rider: Person, time_machine: Any) -> None:
    assert shift.break_starts_at is not None
    time_machine.move_to(shift.starts_at)
    page = english(visit(rider)).get("/rider/").content.decode()
    assert "Your break:" in page
    time_machine.move_to(shift.starts_at - timedelta(days=1))
    assert "Your break:" not in english(visit(rider)).get("/rider/").content.decode()


@pytest.fixture
def restless(hub: Hub, rider: Person, at: datetime) -> Shift:
    """Ten hours of tomorrow without a break: entered before there were any."""
    Shift.objects.all().delete()
    start = at.replace(hour=7, minute=0) + timedelta(days=1)
    return Shift.objects.create(
        town=hub.town, bike=hub.bikes.get(), rider=rider, starts_at=start, ends_at=start + timedelta(hours=10)
    )


def test_old_shifts_get_their_breaks_in_one_tap(
    visit: Any, restless: Shift, hub: Hub, dispatcher: Person, at: datetime, clock: Any
) -> None:
    desk = english(visit(dispatcher))
    day = restless.starts_at.date()
    page = f"/dispatch/fleet/?day={day}"
    assert "One shift has no break, though the law asks for one." in desk.get(page).content.decode()
    answer = desk.post("/dispatch/fleet/breaks/", {"day": day.isoformat()}, follow=True).content.decode()
    assert "1 shift has its break." in answer
    assert "though the law asks for one" not in answer
    restless.refresh_from_db()
    assert restless.break_minutes == 20
    assert restless.break_starts_at is not None
    assert restless.break_starts_at - restless.starts_at <= timedelta(hours=6)
    first = restless.break_starts_at
    again = desk.post("/dispatch/fleet/breaks/", {"day": day.isoformat()}, follow=True).content.decode()
    assert "No shift of that day lacks its break." in again
    restless.refresh_from_db()
    assert restless.break_starts_at == first


def test_what_has_begun_or_is_short_stays_as_it_is(restless: Shift, hub: Hub, at: datetime) -> None:
    day = restless.starts_at.date()
    assert add_breaks(hub=hub, day=day, by=None, at=restless.starts_at + timedelta(minutes=1)) == 0
    Shift.objects.update(ends_at=restless.starts_at + timedelta(hours=4))
    assert add_breaks(hub=hub, day=day, by=None, at=at) == 0


def test_only_a_dispatcher_adds_breaks(
    visit: Any, restless: Shift, agent: Person, rider: Person, stranger: Person, other_town: Any, clock: Any
) -> None:
    builders.make_hub(other_town)
    for client in (visit(agent), visit(rider), visit(stranger), visit(stranger, other_town)):
        client.post("/dispatch/fleet/breaks/", {"day": restless.starts_at.date().isoformat()})
    restless.refresh_from_db()
    assert restless.break_starts_at is None
    assert visit(agent).get("/dispatch/fleet/breaks/").status_code in {404, 405}
