"""A town with more than one depot: each has its own day, and whoever works chooses where."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from parvis.delivery import actions
from parvis.delivery.actions.hubs import MOVED, save_hub
from parvis.delivery.models import DayTours, Delivery, Hub, Plan, Shift, Window
from parvis.delivery.tests.dispatch_world import add_bikes, book
from parvis.delivery.tests.test_dispatch_board import english, said
from parvis.demo import builders
from parvis.people.models import Person, Role
from parvis.towns.models import Town

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def second(hub: Hub, at: datetime) -> Hub:
    """A second hub at the other end of the town, with a bike of its own."""
    other: Hub = builders.make_hub(hub.town, name="Halle du Sud", lat=hub.lat - 0.02)
    add_bikes(other, at, "Vélo du Sud")
    return other


@pytest.fixture
def desk(visit: Any, dispatcher: Person, clock: Any) -> Client:
    client: Client = visit(dispatcher)
    return english(client)


def test_with_one_hub_there_is_nothing_to_choose(desk: Client, hub: Hub) -> None:
    assert "Where you work" not in said(desk.get("/dispatch/"))


def test_who_works_chooses_where(desk: Client, visit: Any, hub: Hub, second: Hub, window: Window, at: datetime) -> None:
    book(window, 2, at)
    assert "2 deliveries wait for a plan" in said(desk.get("/dispatch/"))
    answer = desk.post(f"/hub/here/{second.pk}/", {"next": "/dispatch/"})
    assert answer.headers["location"] == "/dispatch/"
    page = said(desk.get("/dispatch/"))
    assert "No delivery is booked" in page
    assert "Halle du Sud" in page
    assert "Vélo du Sud" in said(desk.get("/dispatch/fleet/"))
    desk.post(f"/hub/here/{hub.pk}/", {"next": "/dispatch/"})
    assert "2 deliveries wait for a plan" in said(desk.get("/dispatch/"))


def test_the_way_back_stays_in_the_town(desk: Client, second: Hub) -> None:
    for nonsense in ("https://example.org/", "//example.org", "javascript:alert(1)", ""):
        answer = desk.post(f"/hub/here/{second.pk}/", {"next": nonsense})
        assert answer.headers["location"] == "/hub/"


def test_the_hub_of_another_town_is_no_choice(
    desk: Client, visit: Any, second: Hub, other_town: Town, agent: Person, citizen: Person
) -> None:
    elsewhere = builders.make_hub(other_town)
    assert desk.post(f"/hub/here/{elsewhere.pk}/").status_code == 404
    assert visit(citizen).post(f"/hub/here/{second.pk}/").status_code == 404
    assert desk.get(f"/hub/here/{second.pk}/").status_code == 405
    for url in (f"/dispatch/hubs/{second.pk}/", "/dispatch/hubs/new/"):
        assert visit(agent).get(url).status_code == 404
        assert visit(agent).post(url, {"name": "x", "address": "y"}).status_code == 404
    assert desk.get(f"/dispatch/hubs/{elsewhere.pk}/").status_code == 404


def test_staff_of_the_hub_choose_too(
    visit: Any, hub: Hub, second: Hub, window: Window, at: datetime, clock: Any
) -> None:
    keeper = builders.make_person("Keeper")
    builders.give_role(keeper, hub.town, Role.Kind.HUB)
    client = english(visit(keeper))
    assert client.post(f"/hub/here/{second.pk}/", {"next": "/hub/"}).status_code == 302
    assert 'aria-pressed="true">Halle du Sud' in said(client.get("/hub/"))


def test_a_bag_brought_to_the_wrong_hub_is_sent_on(
    visit: Any, hub: Hub, second: Hub, window: Window, at: datetime, clock: Any
) -> None:
    keeper = builders.make_person("Keeper")
    builders.give_role(keeper, hub.town, Role.Kind.HUB)
    client = english(visit(keeper))
    [delivery] = book(builders.make_window(second, window.starts_at), 1, at)
    bag = delivery.bags.get()
    page = said(client.post("/hub/scan/", {"code": bag.code}, follow=True))
    assert f"leaves from Halle du Sud, {second.address}" in page
    assert not bag.events.exists()
    client.post(f"/hub/here/{second.pk}/")
    client.post("/hub/scan/", {"code": bag.code})
    assert [event.kind for event in bag.events.all()] == ["at_hub"]


def test_each_hub_has_a_day_of_its_own(hub: Hub, second: Hub, window: Window, at: datetime) -> None:
    here = book(window, 3, at)
    there = book(builders.make_window(second, window.starts_at), 2, at)
    assert DayTours.objects.count() == 2
    for place, deliveries in ((hub, here), (second, there)):
        plan = actions.make_plan(hub=place, day=at.date(), by=None, at=at, iterations=30)
        assert plan.rounds.exclude(bike__hub=place).count() == 0
        assert {s.delivery_id for r in plan.rounds.all() for s in r.stops.all()} == {d.pk for d in deliveries}


def test_a_hub_is_added_and_moved(desk: Client, hub: Hub, window: Window, at: datetime) -> None:
    door = builders.make_address(hub.town)
    book(window, 2, at)
    actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=10)
    assert desk.post("/dispatch/hubs/new/", {"name": "Halle du Sud", "address": str(door)}).status_code == 302
    new = Hub.objects.get(name="Halle du Sud")
    assert (new.lon, new.lat) == (door.lon, door.lat)
    assert said(desk.get(f"/dispatch/hubs/{hub.pk}/")).count(hub.address) == 1
    assert desk.post(f"/dispatch/hubs/{hub.pk}/", {"name": hub.name, "address": hub.address}).status_code == 302
    assert DayTours.objects.get().conditions == ""
    assert desk.post(f"/dispatch/hubs/{hub.pk}/", {"name": hub.name, "address": str(door)}).status_code == 302
    assert DayTours.objects.get().conditions == MOVED
    assert Plan.objects.get().conditions == MOVED


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "This field is required"),
        ({"address": "nowhere 99"}, "We do not find this address in"),
        ({"name": "Halle du Parvis"}, "Another hub has this name."),
    ],
)
def test_nonsense(desk: Client, hub: Hub, wrong: dict[str, str], sentence: str) -> None:
    door = builders.make_address(hub.town)
    page = desk.post("/dispatch/hubs/new/", {"name": "Halle du Sud", "address": str(door)} | wrong)
    assert page.status_code == 200
    assert sentence in said(page)
    assert Hub.objects.count() == 1


def test_plans_after_a_move_ask_all_ways_anew(hub: Hub, window: Window, at: datetime) -> None:
    [delivery] = book(window, 1, at)
    before = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=10).rounds.get().metres
    door = type(hub.point)(hub.lon + 0.03, hub.lat)
    save_hub(town=hub.town, hub=hub, name=hub.name, address="far", point=door, fetches=False, by=None, at=at)
    after = actions.make_plan(hub=hub, day=at.date(), by=None, at=at + timedelta(minutes=1), iterations=10)
    assert after.rounds.get().metres > before + 1000
    assert Delivery.objects.get() == delivery


def test_two_hubs_cost_no_more_questions(desk: Client, second: Hub, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(15):
        desk.get("/dispatch/")


def test_the_town_says_whether_its_riders_fetch_at_shops(desk: Client, hub: Hub) -> None:
    """Off at first; what a shop's own way counts is a number with bounds."""
    assert (hub.fetches, hub.errand_percent) == (False, 50)
    url, typed = f"/dispatch/hubs/{hub.pk}/", {"name": hub.name, "address": hub.address, "fetches": "on"}
    assert desk.post(url, typed | {"errand_percent": "30"}).status_code == 302
    hub.refresh_from_db()
    assert (hub.fetches, hub.errand_percent) == (True, 30)
    for nonsense in ("-1", "201", "half"):
        page = desk.post(url, typed | {"errand_percent": nonsense})
        assert page.status_code == 200
        assert f'value="{nonsense}"' in page.content.decode()
    desk.post(url, {"name": hub.name, "address": hub.address})
    hub.refresh_from_db()
    assert (hub.fetches, hub.errand_percent) == (False, 50)


@pytest.mark.parametrize("what", ["bike", "shift"])
def test_what_is_lost_at_one_hub_is_planned_there_whatever_was_chosen_meanwhile(
    desk: Client, hub: Hub, second: Hub, window: Window, at: datetime, what: str
) -> None:
    """The page of one hub stood open in a tab while the other was chosen in the next one."""
    book(window, 2, at)
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=20)
    actions.publish_plan(plan=plan, by=None, at=at)
    desk.post(f"/hub/here/{second.pk}/")
    bike = hub.bikes.get()
    where = f"bikes/{bike.pk}/broken/" if what == "bike" else f"shifts/{Shift.objects.get(bike=bike).pk}/remove/"
    page = said(desk.post(f"/dispatch/fleet/{where}", follow=True))
    draft = Plan.objects.get(state=Plan.State.DRAFT)
    assert draft.hub == hub
    assert "Nobody rides any more that day." in page
