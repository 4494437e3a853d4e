"""A street that is closed for some hours: who comes then rides around it, who comes before or after rides through."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.delivery import actions
from parvis.delivery.actions.daytours import offers
from parvis.delivery.actions.problems import Load, build_problem
from parvis.delivery.actions.streets import rounds_through, streets_on
from parvis.delivery.clients.hours import StreetsByHour
from parvis.delivery.kinds import Kind
from parvis.delivery.models import Delivery, Hub, Plan, RoadClosure, Window
from parvis.delivery.tests.dispatch_world import broken_rules, solution_of
from parvis.delivery.tests.test_dispatch_board import said
from parvis.delivery.tests.test_road_closures import (
    EAST,
    FILLED,
    SHORT,
    STREETS,
    WEST,
    desk,
    drawn,
    mapped,
    shut,
    tiles,
)
from parvis.demo import builders

__all__ = ["desk", "mapped", "tiles"]  # fixtures
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

AFTERNOON = (time(16, 30), time(20))
THURSDAY = 3  # 26 November 2026


@pytest.fixture
def sooner(hub: Hub, window: Window) -> Window:
    """14:00 to 16:00 in Paris; ``window`` is 17:00 to 19:00."""
    return builders.make_window(hub, window.starts_at - timedelta(hours=3))


def book_east(window: Window, at: datetime, number: int = 1) -> Delivery:
    return actions.book_delivery(
        town=window.town, window_id=window.pk, reference=f"P-{number}", name="Camille", phone="",
        address="1 rue Haute", point=EAST, bags=[actions.BagSpec("Boulangerie", f"part-{number}", 3000, 8000)], at=at,
    )  # fmt: skip


def ways_east(hub: Hub, at: datetime, hour: int) -> int:
    """Metres from the hub to the east at an hour of UTC."""
    streets = streets_on(hub, at.date())
    moment = at.replace(hour=hour)
    return streets.route([WEST, streets.conditions.at(EAST, (moment, moment))]).metres


def test_the_way_depends_on_the_hour(mapped: Hub, at: datetime):
    usual = ways_east(mapped, at, 10)
    shut(mapped.town, at, hours=AFTERNOON)  # 15:30 to 19:00 UTC
    assert ways_east(mapped, at, 10) == usual
    assert ways_east(mapped, at, 16) > usual + 900
    assert ways_east(mapped, at, 21) == usual
    assert ways_east(mapped, at + timedelta(days=1), 16) > usual + 900


def test_matrix_ways_and_route_say_the_same(mapped: Hub, at: datetime):
    shut(mapped.town, at, hours=AFTERNOON)
    streets = streets_on(mapped, at.date())
    assert isinstance(streets, StreetsByHour)
    assert streets.by(Kind.FOOT).by(Kind.CARGO) == streets
    assert streets.by(Kind.FOOT).conditions == streets.conditions
    early = streets.conditions.at(EAST, (at, at))
    late = streets.conditions.at(EAST, (at.replace(hour=16), at.replace(hour=17)))
    middle = Point(2.005, 48.0101)
    points = [WEST, early, late, middle]
    table = streets.matrix(points)
    for here, row in enumerate(table.distances):
        for there, metres in enumerate(row):
            if here != there:
                route = streets.route([points[here], points[there]])
                assert metres == pytest.approx(route.metres, abs=15), (here, there)
    out, back = streets.ways_of(WEST, points[1:])
    assert [leg.metres for leg in out] == pytest.approx(table.distances[0][1:], abs=15)
    assert [leg.metres for leg in back] == pytest.approx([row[0] for row in table.distances[1:]], abs=15)
    through = streets.route([WEST, early, middle, late, WEST])
    assert len(through.legs) == 4
    assert through.metres == sum(leg.metres for leg in through.legs)
    assert through.metres == pytest.approx(
        table.distances[0][1] + table.distances[1][3] + table.distances[3][2] + table.distances[2][0], abs=40
    )
    assert any("Rue du Tour" in turn for turn in through.directions("fr"))
    assert streets.route([WEST]).metres == 0


def test_promises_and_plans_know_the_hour(mapped: Hub, window: Window, sooner: Window, at: datetime):
    closure = shut(mapped.town, at, hours=AFTERNOON, weekdays=[THURSDAY])
    found = offers(town=mapped.town, windows=[window, sooner], load=Load(EAST, 3000, 8000), at=at)
    early, late = found[sooner.pk].metres, found[window.pk].metres
    assert early is not None
    assert late is not None
    assert late > early + 600
    book_east(sooner, at, 1)
    book_east(window, at, 2)
    plan = actions.make_plan(hub=mapped, day=at.date(), by=None, at=at, iterations=30)
    problem, _solution = solution_of(plan)
    assert len(problem.durations) == 3, "the same door at two hours is two places"
    first, second = plan.rounds.order_by("departs_at")
    assert second.metres > first.metres + 1800
    north = [max(lat for _lon, lat in (round_.geometry or {})["coordinates"]) for round_ in (first, second)]
    assert north[0] < 48.011 < 48.014 < north[1], "the line on the map goes around it too"
    plan = actions.publish_plan(plan=plan, by=None, at=at)
    assert broken_rules(plan) == []
    assert rounds_through(closure, mapped, at.date()) == [], "the first round rides through before it closes"


def test_a_door_that_suits_at_two_times_is_reached_around_what_is_closed_at_either(
    mapped: Hub, window: Window, sooner: Window, at: datetime
):
    delivery = book_east(sooner, at)
    usual = build_problem(hub=mapped, day=at.date(), at=at).problem.distances[0][1]
    Delivery.objects.filter(pk=delivery.pk).update(also=window)
    shut(mapped.town, at, hours=AFTERNOON)
    assert build_problem(hub=mapped, day=at.date(), at=at).problem.distances[0][1] > usual + 900


def test_a_day_of_other_weekdays_is_as_always(mapped: Hub, window: Window, at: datetime):
    book_east(window, at)
    shut(mapped.town, at, hours=AFTERNOON, weekdays=[day for day in range(7) if day != THURSDAY])
    assert streets_on(mapped, at.date()).conditions.mark == ""
    given = build_problem(hub=mapped, day=at.date(), at=at)
    assert given.problem.distances[0][1] < 1700


@pytest.mark.parametrize(
    ("weekdays", "hours", "day", "expected"),
    [
        ([], None, date(2026, 11, 27), [("2026-11-26T23:00", "2026-11-27T23:00")]),
        ([4], None, date(2026, 11, 27), [("2026-11-26T23:00", "2026-11-27T23:00")]),
        ([3], None, date(2026, 11, 27), []),
        ([], (time(10), time(19)), date(2026, 11, 27), [("2026-11-27T09:00", "2026-11-27T18:00")]),
        ([], (time(10), time(19)), date(2027, 7, 1), [("2027-07-01T08:00", "2027-07-01T17:00")]),
        (
            [],
            (time(22), time(5)),
            date(2026, 11, 28),
            [("2026-11-27T23:00", "2026-11-28T04:00"), ("2026-11-28T21:00", "2026-11-28T23:00")],
        ),
        ([5], (time(22), time(5)), date(2026, 11, 28), [("2026-11-28T21:00", "2026-11-28T23:00")]),
        ([5], (time(22), time(5)), date(2026, 11, 29), [("2026-11-28T23:00", "2026-11-29T04:00")]),
        ([], (time(6), time(11)), date(2026, 11, 26), [("2026-11-26T09:00", "2026-11-26T10:00")]),
        ([], (time(6), time(8)), date(2026, 11, 26), []),
    ],
)
def test_when_it_is_closed(town: Any, weekdays: list[int], hours: Any, day: date, expected: list[tuple[str, str]]):
    """Paris is an hour before UTC in winter, two in summer; this closure begins on 26 November at 10:00."""
    opens, ends = hours or (None, None)
    closure = RoadClosure(
        starts_at=datetime(2026, 11, 26, 9, tzinfo=UTC), ends_at=None, weekdays=weekdays, from_time=opens, to_time=ends
    )
    found = [(a.strftime("%Y-%m-%dT%H:%M"), b.strftime("%Y-%m-%dT%H:%M")) for a, b in closure.spells(day, town.zone)]
    assert found == expected


def test_a_closure_that_never_comes(mapped: Hub, at: datetime):
    with pytest.raises(Refusal, match="None of these days and hours"):
        shut(mapped.town, at, ends_at=at + timedelta(days=1), weekdays=[0])
    with pytest.raises(Refusal, match="None of these days and hours"):
        shut(mapped.town, at, ends_at=at + timedelta(minutes=30), hours=(time(3), time(4)))


def test_the_dispatcher_types_days_and_hours(desk: Client, mapped: Hub):
    typed = FILLED | {"corners": drawn(SHORT), "weekdays": ["1", "5"], "from_time": "06:00", "to_time": "14:00"}
    page = said(desk.post(STREETS, typed, follow=True))
    assert "Tuesday, Saturday" in page
    assert "6:00–14:00" in page
    closure = RoadClosure.objects.get()
    assert (closure.weekdays, closure.from_time, closure.to_time) == ([1, 5], time(6), time(14))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"from_time": "10:00"}, "Give both hours, or none."),
        ({"to_time": "10:00"}, "Give both hours, or none."),
        ({"from_time": "10:00", "to_time": "10:00"}, "begins and ends at the same hour"),
        ({"from_time": "25:00", "to_time": "10:00"}, "Enter a valid time"),
        ({"weekdays": ["9"]}, "Select a valid choice"),
        ({"weekdays": ["x"]}, "Select a valid choice"),
        ({"weekdays": ["0"], "last_day": "2026-11-27"}, "None of these days and hours"),
    ],
)
def test_nonsense_is_answered(desk: Client, mapped: Hub, wrong: dict[str, Any], sentence: str):
    page = desk.post(STREETS, FILLED | {"corners": drawn(SHORT)} | wrong)
    assert page.status_code == 200
    assert sentence in said(page)
    assert "Marché" in said(page)
    assert not RoadClosure.objects.exists()


def test_a_round_of_the_closed_hours_is_named(mapped: Hub, window: Window, at: datetime):
    book_east(window, at)
    plan = actions.make_plan(hub=mapped, day=at.date(), by=None, at=at, iterations=20)
    plan = actions.publish_plan(plan=plan, by=None, at=at)
    assert plan.state == Plan.State.PUBLISHED
    night = shut(mapped.town, at, hours=(time(21), time(23)))
    assert rounds_through(night, mapped, at.date()) == []
    assert rounds_through(shut(mapped.town, at, hours=AFTERNOON), mapped, at.date()) == [plan.rounds.get()]
