"""A bike is out of order for some days: what is promised then, who reads what depends on it, what is planned again."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from parvis.core.errors import Refusal
from parvis.delivery import actions
from parvis.delivery.actions.daytours import nobody_rides, offers
from parvis.delivery.models import Bike, DayTours, Delivery, Hub, Plan, Round, Shift, Window
from parvis.delivery.outages import outages
from parvis.delivery.tests.dispatch_world import book, bring
from parvis.delivery.tests.test_daytours import load_at
from parvis.delivery.tests.test_dispatch_board import english, said
from parvis.demo import builders
from parvis.people.models import Person

pytestmark = pytest.mark.usefixtures("in_english")

THURSDAY = date(2026, 11, 26)
FRIDAY, SATURDAY, SUNDAY = (THURSDAY + timedelta(days=n) for n in (1, 2, 3))


@pytest.fixture
def bike(hub: Hub) -> Bike:
    return hub.bikes.get()


@pytest.fixture
def coming(hub: Hub, bike: Bike, rider: Person, window: Window, at: datetime) -> dict[date, Window]:
    """The window of each of the three days after today; the only bike rides on them."""
    found = {}
    for n in (1, 2, 3):
        builders.make_shift(bike, rider, at + timedelta(days=n), time(9), time(19))
        found[THURSDAY + timedelta(days=n)] = builders.make_window(hub, window.starts_at + timedelta(days=n))
    return found


@pytest.fixture
def offered(hub: Hub, coming: dict[date, Window]) -> Callable[[datetime], set[date]]:
    """``offered(at)``: the days on which one more door is promised."""

    def ask(at: datetime) -> set[date]:
        windows = list(coming.values())
        alone = nobody_rides(hub.town, windows, at)
        found = set(offers(town=hub.town, windows=windows, load=load_at(hub, 0.004), at=at))
        assert not found & alone
        assert found | alone == {window.pk for window in windows}
        return {day for day, window in coming.items() if window.pk in found}

    return ask


@pytest.fixture
def desk(visit: Any, dispatcher: Person, clock: Any) -> Client:
    client: Client = visit(dispatcher)
    return english(client)


def broken_page(bike: Bike) -> str:
    return f"/dispatch/fleet/bikes/{bike.pk}/broken/"


def test_new_promises_count_on_a_bike_from_the_day_on_which_it_is_expected_back(
    bike: Bike, at: datetime, offered: Callable[[datetime], set[date]]
) -> None:
    assert offered(at) == {FRIDAY, SATURDAY, SUNDAY}
    actions.mark_bike_broken(bike=bike, by=None, at=at)
    assert offered(at) == set(), "nobody knows when: no place on a bike that does not ride"
    actions.expect_bike_back(bike=bike, day=SATURDAY, by=None, at=at)
    assert offered(at) == {SATURDAY, SUNDAY}
    late = at + timedelta(days=2)
    assert offered(late) == {SATURDAY, SUNDAY}, "it may still come on the day itself"
    assert offered(at + timedelta(days=3)) == set(), "it did not come: that was no day to count on"
    actions.mark_bike_repaired(bike=bike, by=None, at=late)
    assert offered(at) == {FRIDAY, SATURDAY, SUNDAY}
    bike.refresh_from_db()
    assert bike.back_on is None


def test_what_stands_for_a_day_is_held_while_its_only_bike_is_out(
    bike: Bike, at: datetime, coming: dict[date, Window]
) -> None:
    """A number of places proves nothing where a shift is entered and its bike cannot ride."""
    actions.mark_bike_broken(bike=bike, by=None, at=at)
    with pytest.raises(Refusal, match="No bike can be at your door"):
        book(coming[FRIDAY], 1, at)


def test_a_day_that_is_not_ahead_is_refused(bike: Bike, at: datetime) -> None:
    with pytest.raises(Refusal, match="not out of order"):
        actions.expect_bike_back(bike=bike, day=FRIDAY, by=None, at=at)
    actions.mark_bike_broken(bike=bike, by=None, at=at)
    for day in (THURSDAY, date(2026, 11, 1)):
        with pytest.raises(Refusal, match="after today"):
            actions.expect_bike_back(bike=bike, day=day, by=None, at=at)


def test_plans_count_on_it_as_promises_do(hub: Hub, bike: Bike, at: datetime, coming: dict[date, Window]) -> None:
    for day in (FRIDAY, SATURDAY):
        book(coming[day], 2, at)
    actions.mark_bike_broken(bike=bike, by=None, at=at)
    actions.expect_bike_back(bike=bike, day=SATURDAY, by=None, at=at)
    with pytest.raises(Refusal, match="No bike is on shift"):
        actions.make_plan(hub=hub, day=FRIDAY, by=None, at=at, iterations=20)
    plan = actions.make_plan(hub=hub, day=SATURDAY, by=None, at=at, iterations=20)
    assert plan.rounds.count() == 1
    actions.publish_plan(plan=plan, by=None, at=at)
    book(coming[SUNDAY], 2, at)
    after = actions.make_plan(hub=hub, day=SUNDAY, by=None, at=at, iterations=20)
    actions.publish_plan(plan=after, by=None, at=at)
    for one in (SATURDAY, SUNDAY):
        kept = [trip["drops"] for trips in DayTours.objects.get(day=one).tours.values() for trip in trips]
        assert sum(len(drops) for drops in kept) == 2, "the tours that prove its promises are those of the plan"
    round_ = plan.rounds.get()
    with pytest.raises(Refusal, match="out of order"):
        actions.leave_hub(round_=round_, at=round_.departs_at)


def test_the_board_tells_which_days_need_it_and_by_when(
    desk: Client, hub: Hub, bike: Bike, at: datetime, coming: dict[date, Window]
) -> None:
    book(coming[FRIDAY], 2, at)
    book(coming[SUNDAY], 1, at)
    assert outages(hub, THURSDAY, at) == []
    assert "Nobody knows" not in said(desk.get("/dispatch/"))
    desk.post(broken_page(bike), {"back_on": "2026-11-29"})
    (one,) = outages(hub, THURSDAY, at)
    assert [(day.day, day.counted, day.deliveries) for day in one.days] == [(FRIDAY, False, 2), (SUNDAY, True, 1)]
    assert one.needed_at == coming[FRIDAY].goods_due_at
    page = said(desk.get("/dispatch/"))
    assert "expected back on Sunday 29 November" in page
    assert "It must ride again by Friday 27 November, 16:00." in page
    assert "2 deliveries have no sure place on another bike." in page
    assert "1 delivery counts on it." in page
    desk.post(f"/dispatch/fleet/bikes/{bike.pk}/repaired/")
    assert "no sure place" not in said(desk.get("/dispatch/"))


def test_one_tap_plans_a_coming_day_again_without_it(
    desk: Client, hub: Hub, bike: Bike, at: datetime, coming: dict[date, Window], rider: Person
) -> None:
    """Riders and buyers know Friday's round: it is planned again, and published for all to hear once."""
    waiting = book(coming[FRIDAY], 2, at)
    actions.publish_plan(plan=actions.make_plan(hub=hub, day=FRIDAY, by=None, at=at, iterations=20), by=None, at=at)
    desk.post(broken_page(bike))
    page = said(desk.get("/dispatch/"))
    assert "Plan again without it" in page
    desk.post("/dispatch/plan/", {"day": FRIDAY.isoformat()})
    plan = Plan.objects.filter(day=FRIDAY).latest("version")
    if plan.state == Plan.State.COMPUTING:
        plan = actions.planning.compute_plan(plan_id=plan.pk, at=at)
    assert plan.state == Plan.State.DRAFT, plan.message
    assert not plan.rounds.exists()
    page = said(desk.get("/dispatch/"))
    assert "A draft without it waits to be published." in page
    assert "Plan again without it" not in page
    actions.publish_plan(plan=plan, by=None, at=at)
    told = Delivery.objects.filter(events__kind="planned", events__detail__arrive_at="")
    assert sorted(told.values_list("pk")) == sorted((one.pk,) for one in waiting)
    (one,) = outages(hub, THURSDAY, at)
    assert [(day.deliveries, day.rounds, day.replanned) for day in one.days] == [(2, 0, False)]


def test_with_a_spare_bike_nothing_needs_it(
    desk: Client, hub: Hub, bike: Bike, at: datetime, coming: dict[date, Window]
) -> None:
    other = builders.make_person("Other")
    builders.give_role(other, hub.town, "rider")
    spare = builders.make_bike(hub, "Spare")
    builders.make_shift(spare, other, at + timedelta(days=1), time(9), time(19))
    book(coming[FRIDAY], 2, at)
    desk.post(broken_page(bike))
    (one,) = outages(hub, THURSDAY, at)
    assert one.days == []
    assert "Nothing that is promised for the two weeks ahead needs it." in said(desk.get("/dispatch/"))


def test_a_day_that_cannot_be_is_explained_and_nothing_is_written(desk: Client, bike: Bike) -> None:
    for nonsense, why in [("2026-11-26", "after today"), ("soon", "valid date"), ("9999-99-99", "valid date")]:
        page = said(desk.post(broken_page(bike), {"back_on": nonsense}))
        assert why in page
        bike.refresh_from_db()
        assert bike.broken_at is None


def test_when_it_is_back_may_change(desk: Client, bike: Bike, clock: Any, at: datetime) -> None:
    desk.post(broken_page(bike), {"back_on": "2026-11-28"})
    first = Bike.objects.get().broken_at
    clock.move_to(at + timedelta(days=3))
    page = said(desk.get("/dispatch/fleet/?day=2026-11-29"))
    assert "it was expected back on Saturday 28 November" in page
    page = said(desk.get(broken_page(bike)))
    assert f"When is {bike} back?" in page
    assert 'value="2026-11-28"' in page
    desk.post(broken_page(bike), {"back_on": "2026-12-02"})
    changed = Bike.objects.get()
    assert (changed.back_on, changed.broken_at) == (date(2026, 12, 2), first)
    desk.post(broken_page(bike), {"back_on": ""})
    assert Bike.objects.get().back_on is None


def test_it_did_not_come_on_its_day(
    desk: Client, hub: Hub, bike: Bike, coming: dict[date, Window], at: datetime, clock: Any
) -> None:
    """The plan of the day rode on it: saying another day plans what is left of the day without it."""
    book(coming[SATURDAY], 1, at)
    desk.post(broken_page(bike), {"back_on": SATURDAY.isoformat()})
    plan = actions.make_plan(hub=hub, day=SATURDAY, by=None, at=at, iterations=20)
    actions.publish_plan(plan=plan, by=None, at=at)
    clock.move_to(at + timedelta(days=2))
    assert "expected back on Saturday 28 November" in said(desk.get("/dispatch/"))
    page = said(desk.post(broken_page(bike), {"back_on": SUNDAY.isoformat()}, follow=True))
    assert "Nobody rides any more that day." in page


def test_others_find_no_such_page(visit: Any, bike: Bike, agent: Person, rider: Person, stranger: Person) -> None:
    for person in (agent, rider, stranger):
        assert visit(person).post(broken_page(bike), {"back_on": "2026-12-01"}).status_code == 404
    assert Bike.objects.get().broken_at is None


def test_as_many_questions_for_many_broken_bikes(
    hub: Hub, at: datetime, coming: dict[date, Window], bike: Bike, django_assert_max_num_queries: Any
) -> None:
    for n in range(5):
        other = builders.make_bike(hub, f"Other {n}")
        for day in (1, 2, 3):
            builders.make_shift(other, builders.make_person(f"R{n}{day}"), at + timedelta(days=day), time(9), time(19))
    for window in coming.values():
        book(window, 3, at)
    bring(list(Delivery.objects.all()[:1]), at)
    Bike.objects.update(broken_at=at)
    with django_assert_max_num_queries(16):
        found = outages(hub, THURSDAY, at)
    assert len(found) == 6
    assert Shift.objects.count() > 15


def test_a_page_from_before_it_was_repaired_breaks_nothing(desk: Client, bike: Bike) -> None:
    """Somebody else has repaired it while one looked for the day: that it rides is news, not an error to repeat."""
    desk.post(broken_page(bike), {"back_on": "2026-11-28"})
    page = desk.get(broken_page(bike)).content.decode()
    asked = re.findall(r'<input type="hidden" name="(out)" value="([^"]*)"', page)
    desk.post(f"/dispatch/fleet/bikes/{bike.pk}/repaired/")
    page = said(desk.post(broken_page(bike), {"back_on": "2026-12-02", **dict(asked)}, follow=True))
    assert "rides: it is not out of order" in page
    bike.refresh_from_db()
    assert (bike.broken_at, bike.back_on) == (None, None)


def test_without_one_of_two_the_other_that_is_expected_back_still_rides(
    desk: Client, hub: Hub, bike: Bike, at: datetime, coming: dict[date, Window]
) -> None:
    other = builders.make_person("Other")
    builders.give_role(other, hub.town, "rider")
    spare = builders.make_bike(hub, "Spare")
    shift = builders.make_shift(spare, other, at + timedelta(days=2), time(9), time(19))
    book(coming[SATURDAY], 2, at)
    plan = actions.make_plan(hub=hub, day=SATURDAY, by=None, at=at, iterations=20)
    actions.publish_plan(plan=plan, by=None, at=at)
    Round.objects.filter(plan=plan).update(bike=spare, rider=other)
    desk.post(broken_page(bike), {"back_on": SATURDAY.isoformat()})
    page = said(desk.post(f"/dispatch/fleet/shifts/{shift.pk}/remove/", follow=True))
    draft = Plan.objects.get(day=SATURDAY, state=Plan.State.DRAFT)
    assert draft.rounds.get().bike == bike
    assert "Here is a draft without it" in page
    assert "Nobody rides any more" not in page


def test_what_is_out_is_said_as_french_is_written(visit: Any, dispatcher: Person, clock: Any, bike: Bike) -> None:
    desk: Client = visit(dispatcher)
    page = desk.post(broken_page(bike), {"back_on": "2026-11-28"}, follow=True, headers={"accept-language": "fr"})
    assert f"{bike} : En panne depuis 10 h, retour prévu samedi 28 novembre." in said(page)
