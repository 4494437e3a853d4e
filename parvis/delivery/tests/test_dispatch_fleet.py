"""Bikes, shifts and windows."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from parvis.core.errors import Refusal
from parvis.core.time import moment
from parvis.delivery import actions
from parvis.delivery.models import Bike, Hub, Plan, Shift, Stop, Window
from parvis.delivery.tests.dispatch_world import add_bikes, book, bring
from parvis.delivery.tests.test_dispatch_board import english, said
from parvis.demo import builders
from parvis.people.models import Person, Role

pytestmark = pytest.mark.usefixtures("in_english")

FLEET = "/dispatch/fleet/"
BIKE = {
    "name": "Vélo 9",
    "kind": "cargo",
    "drive": "electric",
    "kilos": "100",
    "litres": "300",
    "kilometres": "40",
    "max_crates": "5",
    "speed_percent": "90",
}
WINDOW = {"day": "2026-11-27", "start": "17:00", "end": "19:00", "closes": "120", "due": "60", "capacity": "30"}


@pytest.fixture
def desk(visit: Any, dispatcher: Person, clock: Any) -> Client:
    client: Client = visit(dispatcher)
    return english(client)


def test_who_may_look(
    visit: Any, hub: Hub, clock: Any, dispatcher: Person, agent: Person, rider: Person, stranger: Person
) -> None:
    for person, status in [(dispatcher, 200), (agent, 200), (rider, 404), (stranger, 404)]:
        assert visit(person).get(FLEET).status_code == status, person
    assert visit().get(FLEET).status_code == 302


def test_only_the_dispatcher_of_the_town_changes(
    visit: Any, hub: Hub, window: Window, clock: Any, agent: Person, stranger: Person, other_town: Any
) -> None:
    builders.make_hub(other_town)
    bike, shift = hub.bikes.get(), Shift.objects.get()
    for client in (visit(agent), visit(stranger, other_town)):
        for url in (
            f"bikes/{bike.pk}/",
            f"bikes/{bike.pk}/broken/",
            f"bikes/{bike.pk}/repaired/",
            f"bikes/{bike.pk}/goods/",
            f"shifts/{shift.pk}/remove/",
            f"windows/{window.pk}/",
        ):
            assert client.post(f"{FLEET}{url}", BIKE | WINDOW).status_code == 404, url
    assert visit(agent).post(FLEET, {}).status_code == 404
    assert visit(agent).post(f"{FLEET}windows/repeat/").status_code == 404
    assert Shift.objects.filter(pk=shift.pk).exists()


def test_a_bike_is_changed(desk: Client, hub: Hub) -> None:
    bike = hub.bikes.get()
    assert "Carries, in kilos" in said(desk.get(f"{FLEET}bikes/{bike.pk}/"))
    assert desk.post(f"{FLEET}bikes/{bike.pk}/", BIKE).status_code == 302
    bike.refresh_from_db()
    assert (bike.name, bike.max_grams, bike.max_millilitres) == ("Vélo 9", 100_000, 300_000)
    assert (bike.range_metres, bike.max_crates, bike.speed_percent) == (40_000, 5, 90)
    desk.post(f"{FLEET}bikes/{bike.pk}/", BIKE | {"kilometres": ""})
    bike.refresh_from_db()
    assert bike.range_metres is None


@pytest.mark.parametrize(
    "wrong", [{"kilos": "0"}, {"kilos": "many"}, {"name": ""}, {"speed_percent": "5"}, {"drive": "x"}]
)
def test_a_bike_that_cannot_be(desk: Client, hub: Hub, wrong: dict[str, str]) -> None:
    page = desk.post(f"{FLEET}bikes/new/", BIKE | wrong)
    assert page.status_code == 200
    assert "aria-invalid" in said(page)
    assert 'value="300"' in said(page), "what was typed is kept"
    assert hub.bikes.count() == 1


def test_a_new_bike(desk: Client, hub: Hub) -> None:
    assert desk.post(f"{FLEET}bikes/new/", BIKE).status_code == 302
    assert Bike.objects.get(name="Vélo 9").hub == hub
    assert "Another bike has this name." in said(desk.post(f"{FLEET}bikes/new/", BIKE))


def test_shifts(desk: Client, hub: Hub, rider: Person) -> None:
    bike = hub.bikes.get()
    assert "One bike rides" in said(desk.get(FLEET))
    values = {"day": "2026-11-27", "bike": str(bike.pk), "rider": str(rider.pk), "start": "09:00", "end": "13:00"}
    assert desk.post(FLEET, values).status_code == 302
    shift = Shift.objects.latest("starts_at")
    assert (shift.starts_at.hour, shift.ends_at.hour) == (8, 12), "the town's clock, kept in UTC"
    page = said(desk.post(FLEET, values | {"start": "10:00", "end": "11:00"}))
    assert "has another shift at that time" in page
    assert 'value="10:00"' in page
    assert "A shift ends after it starts." in said(desk.post(FLEET, values | {"start": "12:00", "end": "10:00"}))
    desk.post(f"{FLEET}shifts/{shift.pk}/remove/")
    assert not Shift.objects.filter(pk=shift.pk).exists()


def test_only_riders_ride(hub: Hub, citizen: Person, at: datetime) -> None:
    values = {"bike": hub.bikes.get(), "starts_at": at + timedelta(days=1), "ends_at": at + timedelta(days=1, hours=2)}
    with pytest.raises(Refusal, match="does not ride"):
        actions.add_shift(rider=citizen, by=None, at=at, **values)
    builders.give_role(citizen, hub.town, Role.Kind.RIDER)
    actions.add_shift(rider=citizen, by=None, at=at, **values)
    second = builders.make_bike(hub, "Vélo 2")
    with pytest.raises(Refusal, match="rides another bike"):
        actions.add_shift(rider=citizen, by=None, at=at, **values | {"bike": second})


def test_a_shift_that_rode_stays(hub: Hub, window: Window, at: datetime) -> None:
    bring(book(window, 1, at), at, pack=True)
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=30)
    plan = actions.publish_plan(plan=plan, by=None, at=at)
    round_ = plan.rounds.get()
    actions.leave_hub(round_=round_, at=round_.departs_at)
    with pytest.raises(Refusal, match="has left"):
        actions.remove_shift(shift=Shift.objects.get(), by=None, at=at)


def test_windows(desk: Client, hub: Hub) -> None:
    assert desk.get(f"{FLEET}windows/new/?day=2026-11-27").status_code == 200
    assert desk.post(f"{FLEET}windows/new/", WINDOW).status_code == 302
    window = Window.objects.get()
    assert (window.starts_at.hour, window.closes_at.hour, window.capacity) == (16, 14, 30)
    url = f"{FLEET}windows/{window.pk}/"
    assert 'value="17:00"' in said(desk.get(url))
    assert desk.post(url, WINDOW | {"capacity": "12", "end": "20:00"}).status_code == 302
    for start, end in (("13:00", "14:00"), ("11:00", "12:00")):
        desk.post(f"{FLEET}windows/new/", WINDOW | {"start": start, "end": end})
    page = said(desk.get(f"{FLEET}?day=2026-11-27"))
    shown = [page.index(hours) for hours in ("11:00–12:00", "13:00–14:00", "17:00–20:00")]
    assert shown == sorted(shown), "in the order of the day, whatever the order in which they were added"
    window.refresh_from_db()
    assert (window.capacity, window.ends_at.hour) == (12, 19)
    assert "Another window begins at that time." in said(desk.post(f"{FLEET}windows/new/", WINDOW))
    assert "Orders close first" in said(desk.post(url, WINDOW | {"closes": "10"}))
    assert "aria-invalid" in said(desk.post(url, WINDOW | {"start": "25:00"}))


def test_booked_windows_keep_their_hours(desk: Client, hub: Hub, window: Window, at: datetime) -> None:
    book(window, 2, at)
    url = f"{FLEET}windows/{window.pk}/"
    assert "its hours can no longer change" in said(desk.post(url, WINDOW | {"start": "16:30"}))
    assert "the limit cannot be lower" in said(desk.post(url, WINDOW | {"capacity": "1"}))
    assert desk.post(url, WINDOW | {"capacity": "2"}).status_code == 302


def test_a_week_of_windows(desk: Client, hub: Hub, window: Window, at: datetime) -> None:
    builders.make_window(hub, at + timedelta(days=2, hours=3))
    assert desk.post(f"{FLEET}windows/repeat/", {"day": "2026-11-26"}).status_code == 302
    assert Window.objects.count() == 2 + 6, "the day that has one keeps it"
    assert "0 windows were added" in said(desk.post(f"{FLEET}windows/repeat/", {"day": "2026-11-26"}, follow=True))


def test_the_clock_changes_in_the_week(hub: Hub, at: datetime) -> None:
    saturday = datetime(2027, 3, 27, 16, tzinfo=at.tzinfo)  # 17:00 in Paris; summer time begins the day after
    builders.make_window(hub, saturday)
    actions.repeat_windows(hub=hub, day=date(2027, 3, 27), days=1, by=None, at=at)
    sunday = Window.objects.latest("starts_at")
    zone = hub.town.zone
    assert (sunday.starts_at.hour, sunday.starts_at.astimezone(zone).hour) == (15, 17)


def test_a_window_that_cannot_be_repeated_is_left_out_and_the_others_are_made(hub: Hub, at: datetime) -> None:
    """The hour from two to three is missing in the night to 28 March; the next night another window begins at one."""
    zone = hub.town.zone
    for hour in (1, 2):
        begin = moment(date(2027, 3, 27), time(hour), zone)
        builders.make_window(hub, begin, hours=1, night=True)
    builders.make_window(hub, moment(date(2027, 3, 29), time(1), zone), hours=1)
    assert actions.repeat_windows(hub=hub, day=date(2027, 3, 26), days=3, by=None, at=at) == 2
    made = {f"{window.starts_at.astimezone(zone):%d %H:%M}" for window in Window.objects.filter(night=True)}
    assert made == {"27 01:00", "27 02:00", "28 01:00", "29 02:00"}


def test_a_bike_breaks_down_on_the_page(desk: Client, hub: Hub, window: Window, at: datetime, clock: Any) -> None:
    add_bikes(hub, at, "Vélo 2")
    bring(book(window, 5, at), at, pack=True)
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=60)
    plan = actions.publish_plan(plan=plan, by=None, at=at)
    round_ = plan.rounds.first()
    assert round_ is not None
    actions.leave_hub(round_=round_, at=round_.departs_at)
    clock.move_to(round_.departs_at + timedelta(minutes=1))
    url = f"{FLEET}bikes/{round_.bike_id}/broken/"
    assert f"Has {round_.bike} broken down?" in said(desk.get(url))
    assert Bike.objects.get(pk=round_.bike_id).broken_at is None, "a GET asks"
    page = desk.post(url, follow=True)
    assert "Here is a draft without it" in said(page)
    draft = Plan.objects.get(state=Plan.State.DRAFT)
    assert not draft.rounds.filter(bike=round_.bike_id).exists()
    assert Stop.objects.filter(round__plan=draft).count() == 5
    page = said(desk.get(FLEET))
    assert "Out of order since" in page
    assert "back at the hub" in page
    desk.post(f"{FLEET}bikes/{round_.bike_id}/goods/")
    assert "Its " not in said(desk.get(FLEET))
    desk.post(f"{FLEET}bikes/{round_.bike_id}/repaired/")
    assert "Out of order since" not in said(desk.get(FLEET))


def test_the_last_bike_breaks_down(desk: Client, hub: Hub, window: Window, at: datetime) -> None:
    bring(book(window, 2, at), at, pack=True)
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=30)
    actions.publish_plan(plan=plan, by=None, at=at)
    bike = hub.bikes.get()
    page = said(desk.post(f"{FLEET}bikes/{bike.pk}/broken/", follow=True))
    assert "Nobody rides any more that day." in page
    assert "2 deliveries are on no round" in page
    bike.refresh_from_db()
    assert bike.broken_at is not None


@pytest.mark.parametrize("what", ["bike", "shift"])
def test_another_one_is_lost_before_the_draft_is_published(
    desk: Client, hub: Hub, window: Window, at: datetime, what: str
) -> None:
    """The draft rides on it: it is planned again, and does not stand there unfit to be published."""
    bring(book(window, 2, at), at, pack=True)
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=30)
    actions.publish_plan(plan=plan, by=None, at=at)
    first = hub.bikes.get()
    (second,) = add_bikes(hub, at, "Vélo 2")
    assert "Here is a draft without it" in said(desk.post(f"{FLEET}bikes/{first.pk}/broken/", follow=True))
    assert Plan.objects.get(state=Plan.State.DRAFT).rounds.filter(bike=second).exists()
    shift = Shift.objects.get(bike=second)
    where = f"bikes/{second.pk}/broken/" if what == "bike" else f"shifts/{shift.pk}/remove/"
    assert "Nobody rides any more that day." in said(desk.post(f"{FLEET}{where}", follow=True))
    draft = Plan.objects.get(state=Plan.State.DRAFT)
    actions.publish_plan(plan=draft, by=None, at=at)


def test_the_last_shift_is_taken_out(desk: Client, hub: Hub, window: Window, at: datetime) -> None:
    """A draft without it is there at once; until it is published the board says that nobody rides the round."""
    bring(book(window, 2, at), at, pack=True)
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=30)
    actions.publish_plan(plan=plan, by=None, at=at)
    page = said(desk.post(f"{FLEET}shifts/{Shift.objects.get().pk}/remove/", follow=True))
    assert "Nobody rides any more that day." in page
    draft = Plan.objects.get(state=Plan.State.DRAFT)
    actions.discard_draft(plan=draft, by=None, at=at)
    assert "Nobody is on shift for it." in said(desk.get("/dispatch/"))


def test_few_queries(desk: Client, hub: Hub, at: datetime, django_assert_max_num_queries: Any) -> None:
    add_bikes(hub, at, "Vélo 2", "Vélo 3", "Vélo 4")
    with django_assert_max_num_queries(16):
        desk.get(FLEET)
