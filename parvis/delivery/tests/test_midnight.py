"""A shift that begins before midnight and ends after it: its rounds, its bike and its day stay together."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.core.time import moment
from parvis.delivery import actions
from parvis.delivery.actions.daytours import nobody_rides, offers
from parvis.delivery.actions.problems import Load
from parvis.delivery.actions.streets import conditions_on
from parvis.delivery.dayfigures import lines_of, told_between
from parvis.delivery.models import Bike, DayTours, Delivery, Hub, Plan, RiderPosition, RoadClosure, Round, Shift, Window
from parvis.delivery.models.promises import of_days
from parvis.delivery.riderday import RiderDay
from parvis.delivery.tests.dispatch_world import book, bring, broken_rules
from parvis.delivery.tests.test_dispatch_board import english, said
from parvis.delivery.workday import working_day
from parvis.demo import builders
from parvis.people.models import Person, Role

pytestmark = pytest.mark.usefixtures("in_english")

DAY, NEXT = date(2026, 11, 26), date(2026, 11, 27)


@pytest.fixture
def clock_shows(hub: Hub) -> Any:
    """``clock_shows(0, 10)``: ten past midnight in the town, of the night after the day; from noon on, of the day."""
    zone: ZoneInfo = hub.town.zone

    def then(hour: int, minute: int = 0) -> datetime:
        return moment(DAY if hour >= 12 else NEXT, time(hour, minute), zone)

    return then


@pytest.fixture
def night(hub: Hub, rider: Person, clock_shows: Any) -> list[Delivery]:
    """Six deliveries between 22:30 and 1:00, of which the bike carries four at a time; the plan is published."""
    Shift.objects.all().delete()
    Shift.objects.create(
        town=hub.town, bike=hub.bikes.get(), rider=rider, starts_at=clock_shows(21), ends_at=clock_shows(2)
    )
    Bike.objects.update(max_grams=17_000)
    early = builders.make_window(hub, clock_shows(22, 30), hours=1)
    late = builders.make_window(hub, clock_shows(23, 50), hours=1.2)
    found = [*book(early, 2, clock_shows(19)), *book(late, 3, clock_shows(19))]
    bring(found, clock_shows(21, 30), pack=True)
    plan = actions.make_plan(hub=hub, day=DAY, by=None, at=clock_shows(22), iterations=80)
    assert plan.state == Plan.State.DRAFT, plan.message
    assert plan.solution["unserved"] == []
    actions.publish_plan(plan=plan, by=None, at=clock_shows(22))
    assert broken_rules(plan) == []
    return found


def rounds() -> list[Round]:
    return list(Round.objects.filter(plan__state=Plan.State.PUBLISHED).order_by("departs_at"))


def ride_out(late: Round) -> None:
    """The round leaves when it should, and those before it are back."""
    for one in rounds():
        actions.leave_hub(round_=one, at=one.departs_at)
        if one.pk == late.pk:
            return
        for stop in one.stops.order_by("position"):
            actions.hand_over(stop=stop, recipient="Camille", at=stop.arrive_at)
        actions.bring_back(round_=one, at=one.returns_at)


def test_a_plan_rides_past_midnight(night: list[Delivery], clock_shows: Any) -> None:
    last = rounds()[-1]
    assert last.returns_at > clock_shows(0)
    assert last.plan.day == DAY
    assert len(rounds()) == 2


def test_the_day_of_the_hub_goes_on_until_its_last_shift_is_over(
    night: list[Delivery], hub: Hub, clock_shows: Any
) -> None:
    assert working_day(hub, clock_shows(23)) == DAY
    assert working_day(hub, clock_shows(1, 59)) == DAY
    assert working_day(hub, clock_shows(2, 1)) == NEXT
    ride_out(rounds()[-1])
    assert working_day(hub, clock_shows(3)) == DAY, "a bike is still out"
    assert working_day(hub, clock_shows(10)) == NEXT, "nobody said that it is back: the new day has begun"


def test_a_round_that_leaves_after_midnight_is_on_its_riders_page(
    night: list[Delivery], hub: Hub, rider: Person, clock_shows: Any, visit: Any, clock: Any
) -> None:
    Round.objects.filter(pk=rounds()[-1].pk).update(departs_at=clock_shows(0, 20))
    first, last = rounds()
    actions.leave_hub(round_=first, at=first.departs_at)
    for stop in first.stops.order_by("position"):
        actions.hand_over(stop=stop, recipient="Camille", at=stop.arrive_at)
    actions.bring_back(round_=first, at=first.returns_at)
    at = clock_shows(0, 5)
    shown = RiderDay.load(rider, hub.town, NEXT, at)
    assert [trip.round.pk for trip in shown.open] == [last.pk]
    clock.move_to(at)
    page = visit(rider).get("/rider/").content.decode()
    assert last.stops.first().delivery.name in page  # type: ignore[union-attr]
    over = RiderDay.load(rider, hub.town, NEXT, clock_shows(2, 5))
    assert over.open == [], "what never left ends with its shift"


def test_a_break_after_midnight_is_read_before_it_and_not_on_the_next_evening(
    hub: Hub, rider: Person, clock_shows: Any
) -> None:
    Shift.objects.all().delete()
    shift = Shift.objects.create(
        town=hub.town, bike=hub.bikes.get(), rider=rider, starts_at=clock_shows(19), ends_at=clock_shows(2),
        break_starts_at=clock_shows(0, 15), break_minutes=20,
    )  # fmt: skip
    next_evening = clock_shows(22) + timedelta(days=1)
    for day, at, shown in (
        (DAY, clock_shows(12), (shift,)),
        (DAY, clock_shows(22), (shift,)),
        (NEXT, clock_shows(0, 5), (shift,)),
        (NEXT, clock_shows(3), ()),
        (NEXT, next_evening, ()),
    ):
        assert RiderDay.load(rider, hub.town, day, at).breaks == shown, at


def test_where_the_bike_is_goes_on_past_midnight(
    night: list[Delivery], hub: Hub, rider: Person, clock_shows: Any
) -> None:
    last = rounds()[-1]
    ride_out(last)
    actions.agree(town=hub.town, rider=rider, at=last.departs_at)
    at = clock_shows(0, 15)
    point = Point(hub.lon, hub.lat)
    assert actions.note_position(town=hub.town, rider=rider, point=point, at=at)
    assert RiderPosition.of_round(Round.objects.select_related("plan").get(pk=last.pk), at) is not None
    actions.stop_sharing(town=hub.town, rider=rider, at=at)
    assert not actions.note_position(town=hub.town, rider=rider, point=point, at=at)
    actions.agree(town=hub.town, rider=rider, at=at)
    assert actions.note_position(town=hub.town, rider=rider, point=point, at=at), "agreed at night, for this round"


def test_the_hub_sees_who_is_still_out(
    night: list[Delivery], hub: Hub, hub_keeper: Person, dispatcher: Person, clock_shows: Any, visit: Any, clock: Any
) -> None:
    last = rounds()[-1]
    ride_out(last)
    clock.move_to(clock_shows(0, 15))
    page = visit(hub_keeper).get("/hub/rounds/").content.decode()
    assert f"/hub/rounds/{last.pk}/back/" in page
    board = said(english(visit(dispatcher)).get("/dispatch/"))
    assert "No delivery is booked" not in board


def test_a_bike_that_breaks_after_midnight(
    night: list[Delivery], hub: Hub, dispatcher: Person, clock_shows: Any, visit: Any, clock: Any
) -> None:
    """Its doors are planned again while another bike is on shift."""
    last = rounds()[-1]
    ride_out(last)
    other = builders.make_person("Other")
    builders.give_role(other, hub.town, Role.Kind.RIDER)
    spare = builders.make_bike(hub, "Vélo 2")
    Shift.objects.create(town=hub.town, bike=spare, rider=other, starts_at=clock_shows(23), ends_at=clock_shows(3))
    clock.move_to(clock_shows(0, 6))
    desk: Client = english(visit(dispatcher))
    page = said(desk.post(f"/dispatch/fleet/bikes/{last.bike_id}/broken/", follow=True))
    assert "Here is a draft without it" in page, page
    draft = Plan.objects.get(state=Plan.State.DRAFT)
    assert draft.day == DAY
    assert draft.rounds.filter(bike=spare).exists()


def test_a_bike_that_broke_in_the_night_may_be_back_on_the_day_that_has_begun(
    night: list[Delivery], hub: Hub, dispatcher: Person, clock_shows: Any, visit: Any, clock: Any
) -> None:
    """Its riders' day is still the one before: what is tomorrow for them is the date of today."""
    bike: Bike = hub.bikes.get()
    clock.move_to(clock_shows(0, 10))
    desk: Client = english(visit(dispatcher))
    page = said(desk.post(f"/dispatch/fleet/bikes/{bike.pk}/broken/", {"back_on": DAY.isoformat()}))
    assert "Choose a day after today" in page
    assert desk.post(f"/dispatch/fleet/bikes/{bike.pk}/broken/", {"back_on": NEXT.isoformat()}).status_code == 302
    bike.refresh_from_db()
    assert bike.back_on == NEXT
    assert (bike.counts_on(DAY, NEXT), bike.counts_on(NEXT, NEXT)) == (False, True)
    clock.move_to(clock_shows(2, 5))
    late = desk.post(f"/dispatch/fleet/bikes/{bike.pk}/broken/", {"back_on": NEXT.isoformat(), "out": "True"})
    assert "Choose a day after today" in said(late), "the shift is over: it is that day now"


def test_once_the_last_shift_is_over_the_day_is(night: list[Delivery], hub: Hub, clock_shows: Any) -> None:
    with pytest.raises(Refusal, match="over"):
        actions.replan(hub=hub, day=DAY, by=None, at=clock_shows(2, 1), iterations=20)


def test_figures_and_hours_count_for_the_day_on_which_it_began(
    night: list[Delivery], hub: Hub, clock_shows: Any
) -> None:
    for one in rounds():
        actions.leave_hub(round_=one, at=one.departs_at)
        for stop in one.stops.order_by("position"):
            actions.hand_over(stop=stop, recipient="Camille", at=stop.arrive_at)
        actions.bring_back(round_=one, at=one.returns_at)
    told = told_between(hub.town, DAY, NEXT, clock_shows(9))
    (line,) = lines_of(hub.town, told, DAY, NEXT)
    assert line.day == DAY
    assert (line.promised, line.kept, line.drops) == (5, 5, 5)
    assert line.cost.riders == 5 * 2000
    assert line.metres == line.ridden == sum(one.metres for one in rounds())


SHIFT = {"day": DAY.isoformat(), "start": "21:00", "end": "02:00"}


def test_a_shift_past_midnight_is_entered_as_it_is_said(
    hub: Hub, rider: Person, dispatcher: Person, clock_shows: Any, visit: Any, clock: Any
) -> None:
    Shift.objects.all().delete()
    desk: Client = english(visit(dispatcher))
    who = {"bike": str(hub.bikes.get().pk), "rider": str(rider.pk)}
    assert desk.post("/dispatch/fleet/", SHIFT | who).status_code == 302
    shift = Shift.objects.get()
    assert (shift.starts_at, shift.ends_at) == (clock_shows(21), clock_shows(2))
    next_day = SHIFT | who | {"day": NEXT.isoformat()}
    page = said(desk.post("/dispatch/fleet/", next_day | {"start": "10:00", "end": "14:00"}))
    assert "Between two working days lie 11 hours" in page
    wrong = said(desk.post("/dispatch/fleet/", next_day | {"start": "19:00", "end": "09:00"}))
    assert "A shift ends after it starts." in wrong, "fourteen hours are a slip of the hand"
    rest = SHIFT | who | {"day": "2026-11-28", "start": "19:00", "end": "02:00", "rest": "00:15"}
    assert desk.post("/dispatch/fleet/", rest).status_code == 302
    shift = Shift.objects.latest("starts_at")
    assert shift.break_starts_at == clock_shows(0, 15) + timedelta(days=2)


def test_a_window_past_midnight_is_entered_as_it_is_said(
    hub: Hub, dispatcher: Person, clock_shows: Any, visit: Any, clock: Any
) -> None:
    desk: Client = english(visit(dispatcher))
    values = {"start": "23:00", "end": "00:30", "closes": "120", "due": "60", "capacity": "30"}
    assert desk.post("/dispatch/fleet/windows/new/", values | {"day": DAY.isoformat()}).status_code == 302
    window = Window.objects.get()
    assert (window.starts_at, window.ends_at) == (clock_shows(23), clock_shows(0, 30))
    page = said(desk.get(f"/dispatch/fleet/windows/{window.pk}/"))
    assert 'value="00:30"' in page
    again = desk.post(f"/dispatch/fleet/windows/{window.pk}/", values | {"capacity": "31"})
    assert again.status_code == 302


@pytest.fixture
def after_midnight(hub: Hub, rider: Person, clock_shows: Any) -> Window:
    """From 0:30 to 2:00 in the night after the day, with the riders of its evening; the next day's begin at nine."""
    Shift.objects.all().delete()
    bike = hub.bikes.get()
    Shift.objects.create(town=hub.town, bike=bike, rider=rider, starts_at=clock_shows(20), ends_at=clock_shows(3))
    other = builders.make_person("Other")
    builders.give_role(other, hub.town, Role.Kind.RIDER)
    Shift.objects.create(town=hub.town, bike=bike, rider=other, starts_at=clock_shows(9), ends_at=clock_shows(11))
    return builders.make_window(hub, clock_shows(0, 30), hours=1.5, night=True)


def test_a_window_that_begins_after_midnight_is_of_the_evening_before(
    after_midnight: Window, hub: Hub, clock_shows: Any
) -> None:
    zone = hub.town.zone
    assert after_midnight.day_in(zone) == DAY
    assert list(Window.objects.filter(of_days(DAY, DAY, zone))) == [after_midnight]
    assert not Window.objects.filter(of_days(NEXT, NEXT, zone)).exists()


def test_what_is_promised_after_midnight_is_proved_by_the_evening_s_shift(
    after_midnight: Window, hub: Hub, clock_shows: Any
) -> None:
    at = clock_shows(19)
    load = Load(Point(hub.lon + 0.004, hub.lat), 3000, 8000)
    assert nobody_rides(hub.town, [after_midnight], at) == set()
    assert set(offers(town=hub.town, windows=[after_midnight], load=load, at=at)) == {after_midnight.pk}
    book(after_midnight, 2, at)
    assert DayTours.objects.get().day == DAY
    early = builders.make_window(hub, clock_shows(0, 45), hours=1)
    assert nobody_rides(hub.town, [early], at) == {early.pk}, "the riders of the next day begin at nine"
    assert offers(town=hub.town, windows=[early], load=load, at=at) == {}


def test_a_door_after_midnight_from_the_plan_to_the_figures(
    after_midnight: Window, hub: Hub, rider: Person, hub_keeper: Person, dispatcher: Person, clock_shows: Any,
    visit: Any, clock: Any,
) -> None:  # fmt: skip
    """Planned, packed, ridden and counted with the evening; the buyer reads the day on which the bell rings."""
    found = book(after_midnight, 2, clock_shows(19))
    bring(found, clock_shows(22), pack=True)
    with pytest.raises(Refusal, match="nothing to deliver"):
        actions.make_plan(hub=hub, day=NEXT, by=None, at=clock_shows(22), iterations=20)
    plan = actions.make_plan(hub=hub, day=DAY, by=None, at=clock_shows(22), iterations=40)
    assert plan.solution["unserved"] == [], plan.message
    actions.publish_plan(plan=plan, by=None, at=clock_shows(22))
    assert broken_rules(plan) == []
    (round_,) = rounds()
    first = round_.stops.get(position=1)
    assert clock_shows(0, 30) <= first.arrive_at <= clock_shows(2)
    clock.move_to(clock_shows(0, 10))
    board = said(english(visit(dispatcher)).get("/dispatch/"))
    assert found[0].address in board
    place = said(english(visit(dispatcher)).get(f"/dispatch/deliveries/{found[0].code}/"))
    assert f"/dispatch/?day={DAY.isoformat()}" in place
    hub_page = said(english(visit(hub_keeper)).get("/hub/deliveries/"))
    assert found[0].code in hub_page
    assert found[0].name in visit(rider).get("/rider/").content.decode()
    ride_out(round_)
    for stop in round_.stops.order_by("position"):
        actions.hand_over(stop=stop, recipient="Camille", at=stop.arrive_at)
    actions.bring_back(round_=round_, at=round_.returns_at)
    told = told_between(hub.town, DAY, NEXT, clock_shows(9) + timedelta(days=1))
    lines = {line.day: line for line in lines_of(hub.town, told, DAY, NEXT)}
    assert (lines[DAY].promised, lines[DAY].kept) == (2, 2)
    assert (lines[NEXT].promised, lines[NEXT].drops) == (0, 0), "a rider was paid, for other doors"


def test_a_window_of_the_night_is_entered_on_the_day_before(
    hub: Hub, dispatcher: Person, clock_shows: Any, visit: Any, clock: Any
) -> None:
    desk: Client = english(visit(dispatcher))
    values = {"start": "00:30", "end": "02:00", "closes": "180", "due": "120", "capacity": "30", "night": "on"}
    assert desk.post("/dispatch/fleet/windows/new/", values | {"day": DAY.isoformat()}).status_code == 302
    window = Window.objects.get()
    assert (window.starts_at, window.ends_at, window.night) == (clock_shows(0, 30), clock_shows(2), True)
    assert "in the night" in said(desk.get(f"/dispatch/fleet/?day={DAY.isoformat()}"))
    assert "0:30" not in said(desk.get(f"/dispatch/fleet/?day={NEXT.isoformat()}"))
    page = said(desk.get(f"/dispatch/fleet/windows/{window.pk}/"))
    assert "Thursday 26 November" in page
    again = desk.post(f"/dispatch/fleet/windows/{window.pk}/", values | {"capacity": "31"})
    assert again.status_code == 302
    window.refresh_from_db()
    assert (window.starts_at, window.capacity) == (clock_shows(0, 30), 31)
    late = values | {"start": "10:00", "end": "12:00", "day": DAY.isoformat()}
    assert "The night ends at 8:00" in said(desk.post("/dispatch/fleet/windows/new/", late))
    desk.post("/dispatch/fleet/windows/repeat/", {"day": DAY.isoformat()})
    assert Window.objects.filter(night=True).count() == 8
    desk.post("/dispatch/fleet/windows/repeat/", {"day": DAY.isoformat()})
    assert Window.objects.count() == 8, "twice is once"


def test_streets_that_close_after_midnight_are_ridden_around_in_the_night(hub: Hub, clock_shows: Any) -> None:
    """A fair the whole next day, a market from five: at one riders go around the fair, at ten they do not yet."""
    point = Point(hub.lon, hub.lat)
    ring = [[hub.lon + x, hub.lat + y] for x, y in ((0.001, 0.001), (0.002, 0.001), (0.002, 0.002))]
    values = {"town": hub.town, "ring": ring, "starts_at": clock_shows(0), "made_at": clock_shows(12)}
    RoadClosure.objects.create(name="Fair", **values)
    RoadClosure.objects.create(name="Market", from_time=time(5), to_time=time(13), **values)
    found = conditions_on(hub, [DAY, NEXT])
    evening, night, morning = ((clock_shows(h), clock_shows(h, 30)) for h in (22, 1, 6))
    assert found[DAY].closed == ()
    assert found[DAY].at(point, evening) is point
    assert found[DAY].at(point, night) != point
    assert {(s.starts_at, s.ends_at) for s in found[DAY].spells} == {
        (clock_shows(0), clock_shows(8)),
        (clock_shows(5), clock_shows(8)),
    }
    assert len(found[NEXT].closed) == 1, "all day, once it is that day"
    assert found[NEXT].at(point, morning) != point
