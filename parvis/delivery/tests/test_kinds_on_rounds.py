"""What a bike is tells how it goes: in offers, plans and tours, in the line on the map and in the rider's ear."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.delivery import actions
from parvis.delivery.actions.daytours import offers
from parvis.delivery.actions.problems import Load
from parvis.delivery.actions.tidying import tidy_all
from parvis.delivery.kinds import Kind
from parvis.delivery.models import Bike, DayTours, Delivery, Hub, Plan, Round, Window
from parvis.delivery.tests.dispatch_world import add_bikes, broken_rules, solution_of
from parvis.delivery.tests.test_dispatch_board import english, said
from parvis.delivery.tests.test_dispatch_fleet import BIKE, FLEET
from parvis.delivery.tests.test_kinds import AROUND, HIGH, LOW, tiles
from parvis.people.models import Person
from parvis.towns.models import Town

__all__ = ["tiles"]  # the fixture: a low street, a high one, stairs and a steep alley between them

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

STAIRS = 311


@pytest.fixture
def mapped(town: Town, hub: Hub, tiles: Path, settings: Any) -> Hub:
    """The hub at the foot of the stairs."""
    settings.VAR_DIR = tiles.parent
    Town.objects.filter(pk=town.pk).update(street_tiles="tiles", lon=LOW.lon, lat=LOW.lat)
    Hub.objects.filter(pk=hub.pk).update(lon=LOW.lon, lat=LOW.lat)
    return Hub.objects.select_related("town").get(pk=hub.pk)


def door(window: Window, at: datetime, point: Point = HIGH, number: int = 1) -> Delivery:
    return actions.book_delivery(
        town=window.town, window_id=window.pk, reference=f"H-{number}", name="Camille", phone="",
        address=f"{number} rue Haute", point=point, at=at,
        bags=[actions.BagSpec("Boulangerie", f"part-{number}", 3000, 8000)],
    )  # fmt: skip


def metres_offered(hub: Hub, window: Window, at: datetime) -> int | None:
    return offers(town=hub.town, windows=[window], load=Load(HIGH, 3000, 8000), at=at)[window.pk].metres


def planned(hub: Hub, at: datetime) -> Plan:
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=60)
    assert plan.state == Plan.State.DRAFT, plan.message
    assert broken_rules(plan) == []
    return plan


@pytest.mark.parametrize(("kind", "metres"), [(Kind.FOOT, STAIRS), (Kind.CARGO, AROUND), (Kind.TRAILER, AROUND)])
def test_one_bike_by_its_ways(mapped: Hub, window: Window, at: datetime, kind: Kind, metres: int):
    mapped.bikes.update(kind=kind)
    assert metres_offered(mapped, window, at) == pytest.approx(2 * metres, rel=0.05)
    door(window, at)
    round_ = planned(mapped, at).rounds.get()
    assert round_.metres == pytest.approx(2 * metres, rel=0.05)
    line = round_.geometry["coordinates"] if round_.geometry else []
    east = max(lon for lon, _lat in line)
    assert (east > 2.009) == (kind != Kind.FOOT), "the line on the map goes where the bike does"


def test_the_walker_gets_the_stairs_and_the_bike_the_street(mapped: Hub, window: Window, at: datetime):
    [walker] = add_bikes(mapped, at, "À pied", kind=Kind.FOOT)
    assert metres_offered(mapped, window, at) == pytest.approx(2 * STAIRS, rel=0.05)
    above = door(window, at)
    along = door(window, at, Point(2.0179, 48.0101), 2)
    plan = planned(mapped, at)
    assert Round.objects.get(plan=plan, stops__delivery=above).bike == walker
    assert Round.objects.get(plan=plan, stops__delivery=along).bike != walker
    problem, _solution = solution_of(plan)
    assert [profile.name for profile in problem.profiles] == ["foot"]
    tours = DayTours.objects.get().tours
    ridden = [way[1] for trips in tours.values() for trip in trips for way in trip["ways"]]
    assert min(ridden) == pytest.approx(STAIRS, rel=0.05), "what proves the promise is the way of who brings it"


def test_doors_asked_for_one_after_the_other_go_by_the_ways_of_each_kind(mapped: Hub, window: Window, at: datetime):
    """The day is kept between two buyers; none of them meets the door of another."""
    add_bikes(mapped, at, "À pied", kind=Kind.FOOT)
    door(window, at)
    for place in (Point(2.0179, 48.0101), HIGH, Point(2.0061, 48.0101), HIGH):
        asked = Load(place, 3000, 8000)
        first = offers(town=mapped.town, windows=[window], load=asked, at=at)
        assert first[window.pk].metres is not None
        assert offers(town=mapped.town, windows=[window], load=asked, at=at) == first


def test_a_dispatchers_hand_and_the_planner_at_night_know_the_ways_too(mapped: Hub, window: Window, at: datetime):
    add_bikes(mapped, at, "À pied", kind=Kind.FOOT)
    above, along = door(window, at), door(window, at, Point(2.0179, 48.0101), 2)
    plan = planned(mapped, at)
    stop = above.stops.get(round__plan=plan)
    other = Round.objects.get(plan=plan, stops__delivery=along)
    actions.move_stop(stop=stop, to_round=other, position=None, by=None, at=at)
    assert broken_rules(plan) == []
    other.refresh_from_db()
    assert other.metres > 2 * AROUND
    again = actions.replan(hub=mapped, day=at.date(), by=None, at=at, iterations=60)
    assert again.state == Plan.State.DRAFT, again.message
    tidy_all(at, iterations=60)
    assert metres_offered(mapped, window, at) is not None


def test_a_draft_of_other_ways_is_not_published(mapped: Hub, window: Window, at: datetime):
    door(window, at)
    plan = planned(mapped, at)
    mapped.bikes.update(kind=Kind.FOOT)
    with pytest.raises(Refusal, match="takes other ways than when this was planned"):
        actions.publish_plan(plan=plan, by=None, at=at)
    again = actions.replan(hub=mapped, day=at.date(), by=None, at=at, iterations=20)
    assert actions.publish_plan(plan=again, by=None, at=at).state == Plan.State.PUBLISHED


def test_the_rider_is_told_the_way_of_the_bike(
    mapped: Hub, window: Window, at: datetime, visit: Any, rider: Person, clock: Any
):
    mapped.bikes.update(kind=Kind.FOOT)
    delivery = door(window, at)
    for bag in delivery.bags.all():
        actions.scan_bag_in(town=mapped.town, code=bag.code, at=at)
    actions.pack(delivery=delivery, crate=1, at=at)
    plan = actions.publish_plan(plan=planned(mapped, at), by=None, at=at)
    actions.leave_hub(round_=plan.rounds.get(), at=at)
    page = said(english(visit(rider)).get("/rider/"))
    assert "stairs" in page.lower()
    assert "Rue du Tour" not in page


def test_a_bike_that_becomes_another_kind_is_asked_anew(
    mapped: Hub, window: Window, at: datetime, visit: Any, dispatcher: Person, clock: Any
):
    door(window, at)
    bike, kept = mapped.bikes.get(), DayTours.objects.get()
    assert kept.conditions == ""
    desk = english(visit(dispatcher))
    url = f"{FLEET}bikes/{bike.pk}/"
    assert "Which ways it takes" in said(desk.get(url))
    assert desk.post(url, BIKE | {"kind": "foot"}).status_code == 302
    kept.refresh_from_db()
    assert (kept.conditions, kept.tidied_at) == ("moved", None)
    assert "On foot, with a hand cart" in said(desk.get(FLEET))
    tidy_all(at, iterations=20)
    kept.refresh_from_db()
    [trip] = kept.tours[str(bike.shifts.get().pk)]
    assert [way[1] for way in trip["ways"]] == pytest.approx([STAIRS, STAIRS], rel=0.05)
    assert "hovercraft is not one of" in said(desk.post(url, BIKE | {"kind": "hovercraft"}))
    assert Bike.objects.get(pk=bike.pk).kind == Kind.FOOT
