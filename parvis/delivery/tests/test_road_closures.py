"""A street that the town closes is ridden around at once: by directions, promises and plans; and it opens again."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.core.osm import cycle_network
from parvis.core.tests.osm_files import Drawing
from parvis.delivery import actions
from parvis.delivery.actions.daytours import offers
from parvis.delivery.actions.problems import Load
from parvis.delivery.actions.streets import circle, close_road, listed, open_road, rounds_through, streets_on
from parvis.delivery.actions.tidying import tidy_all
from parvis.delivery.clients.network import Conditions
from parvis.delivery.clients.straight import StraightLines
from parvis.delivery.clients.streets import ValhallaStreets
from parvis.delivery.models import DayTours, Hub, Plan, RoadClosure, Window
from parvis.delivery.tests.dispatch_world import broken_rules
from parvis.delivery.tests.test_dispatch_board import english, said
from parvis.demo import builders
from parvis.people.models import Person
from parvis.towns.clients.tiles import build_tiles
from parvis.towns.models import Town

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

WEST, EAST = Point(2.0012, 48.0101), Point(2.0188, 48.0101)
STREETS = "/dispatch/streets/"
SHORT = [Point(2.009, 48.0095), Point(2.011, 48.0095), Point(2.011, 48.0107), Point(2.009, 48.0107)]
"""An area over the middle of the short street."""


@pytest.fixture(scope="module")
def tiles(tmp_path_factory: Any) -> Path:
    """A straight street from west to east, and one around it that is some 1,100 m longer."""
    folder = tmp_path_factory.mktemp("loop")
    d = Drawing()
    row = [d.node(2.000 + i / 1000, 48.010) for i in range(21)]
    loop = [row[2], d.node(2.002, 48.015), d.node(2.010, 48.015), d.node(2.018, 48.015), row[18]]
    d.way(row, highway="tertiary", name="Rue Haute")
    d.way(loop, highway="residential", name="Rue du Tour")
    d.write(folder / "town.osm")
    cycle_network(folder / "town.osm", folder / "town.osm.pbf")
    made: Path = folder / "tiles"
    made.mkdir()
    build_tiles(folder / "town.osm.pbf", made)
    return made


@pytest.fixture
def mapped(town: Town, hub: Hub, tiles: Path, settings: Any) -> Hub:
    """The hub at the west end of the street, with the streets' tiles."""
    settings.VAR_DIR = tiles.parent
    Town.objects.filter(pk=town.pk).update(street_tiles="tiles", lon=WEST.lon, lat=WEST.lat)
    Hub.objects.filter(pk=hub.pk).update(lon=WEST.lon, lat=WEST.lat)
    return Hub.objects.select_related("town").get(pk=hub.pk)


def test_streets_under_conditions(tiles: Path):
    streets = ValhallaStreets(tiles)
    closed = Conditions(closed=(tuple((p.lon, p.lat) for p in SHORT),))
    around = streets.under(closed)
    assert streets.under(closed) is around
    assert streets.under(Conditions()) is streets
    usual, longer = streets.route([WEST, EAST]), around.route([WEST, EAST])
    assert longer.metres > usual.metres + 900
    assert around.matrix([WEST, EAST]).distances[0][1] == pytest.approx(longer.metres, abs=15)
    out, back = around.ways_of(WEST, [EAST])
    assert out[0].metres == pytest.approx(longer.metres, abs=15)
    assert back[0].metres == pytest.approx(longer.metres, abs=15)
    assert any("Rue du Tour" in turn for turn in around.route([WEST, EAST]).directions("fr"))
    assert streets.route([WEST, EAST]).metres == usual.metres, "the others ride as before"


def test_a_pace_stretches_times_and_no_distances(tiles: Path):
    streets = ValhallaStreets(tiles)
    for network in (streets, StraightLines()):
        slow = network.under(Conditions(pace_percent=150))
        fast, late = network.matrix([WEST, EAST]), slow.matrix([WEST, EAST])
        assert late.distances == fast.distances
        assert late.durations[0][1] == pytest.approx(1.5 * fast.durations[0][1], abs=1)
        assert slow.route([WEST, EAST]).seconds == pytest.approx(1.5 * network.route([WEST, EAST]).seconds, abs=2)
        assert slow.ways_of(WEST, [EAST])[0][0].seconds == late.durations[0][1]


def test_conditions_have_a_mark_of_their_own():
    ring = tuple((p.lon, p.lat) for p in SHORT)
    marks = {Conditions().mark, Conditions(closed=(ring,)).mark, Conditions(pace_percent=110).mark}
    assert len(marks) == 3
    assert Conditions().mark == ""
    assert Conditions(closed=(ring,)).mark == Conditions(closed=(ring,)).mark


def shut(town: Town, at: datetime, **changes: Any) -> RoadClosure:
    values: dict[str, Any] = {"name": "Works", "corners": SHORT, "starts_at": at, "ends_at": None, "by": None, "at": at}
    return close_road(town=town, **(values | changes))


def test_it_holds_on_its_days_only(mapped: Hub, at: datetime):
    day = at.date()
    usual = streets_on(mapped, day).route([WEST, EAST]).metres
    shut(mapped.town, at, starts_at=at + timedelta(days=1), ends_at=at + timedelta(days=2))
    assert streets_on(mapped, day).route([WEST, EAST]).metres == usual
    assert streets_on(mapped, day + timedelta(days=1)).route([WEST, EAST]).metres > usual + 900
    assert streets_on(mapped, day + timedelta(days=3)).route([WEST, EAST]).metres == usual


def there_and_back(mapped: Hub, at: datetime) -> int:
    return 2 * streets_on(mapped, at.date()).route([mapped.point, EAST]).metres


def test_promises_ride_around_it_at_once(mapped: Hub, window: Window, at: datetime):
    """The door is far: until something is closed between, a guess of its way does."""
    load = Load(EAST, 3000, 8000)
    before, usual = (
        offers(town=mapped.town, windows=[window], load=load, at=at)[window.pk].metres,
        there_and_back(mapped, at),
    )
    shut(mapped.town, at)
    after = offers(town=mapped.town, windows=[window], load=load, at=at)[window.pk].metres
    assert before == pytest.approx(usual, rel=0.5)
    assert there_and_back(mapped, at) > usual + 1800
    assert after == pytest.approx(there_and_back(mapped, at), abs=30)


def test_plans_ride_around_it_at_once(mapped: Hub, window: Window, at: datetime):
    actions.book_delivery(
        town=mapped.town, window_id=window.pk, reference="P-1", name="Camille", phone="", address="1 rue Haute",
        point=EAST, bags=[actions.BagSpec("Boulangerie", "part", 3000, 8000)], at=at,
    )  # fmt: skip
    plan = actions.make_plan(hub=mapped, day=at.date(), by=None, at=at, iterations=20)
    plan = actions.publish_plan(plan=plan, by=None, at=at)
    first = plan.rounds.get()
    closure = shut(mapped.town, at)
    assert rounds_through(closure, mapped, at.date()) == [first]
    again = actions.replan(hub=mapped, day=at.date(), by=None, at=at, iterations=20)
    assert again.state == Plan.State.DRAFT, again.message
    assert broken_rules(again) == []
    assert again.rounds.get().metres > first.metres + 1800
    assert again.conditions != plan.conditions
    assert rounds_through(closure, mapped, at.date()) == [first]
    actions.publish_plan(plan=again, by=None, at=at)
    assert rounds_through(closure, mapped, at.date()) == []


def test_the_proof_of_promises_is_found_anew(mapped: Hub, window: Window, at: datetime):
    actions.book_delivery(
        town=mapped.town, window_id=window.pk, reference="P-1", name="Camille", phone="", address="1 rue Haute",
        point=EAST, bags=[actions.BagSpec("Boulangerie", "part", 3000, 8000)], at=at,
    )  # fmt: skip
    tidy_all(at)

    def metres() -> int:
        [trip] = [trip for trips in DayTours.objects.get().tours.values() for trip in trips]
        return sum(metres for _seconds, metres in trip["ways"])

    before = metres()
    closure = shut(mapped.town, at)
    tidy_all(at)
    assert metres() > before + 1800
    open_road(closure=closure, by=None, at=at + timedelta(minutes=5))
    tidy_all(at + timedelta(days=0, minutes=6))
    assert metres() > before + 1800, "it was closed on this day"
    closure.refresh_from_db()
    assert closure.ends_at == at + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"corners": SHORT[:2]}, "at least three corners"),
        ({"corners": [SHORT[0], SHORT[2], SHORT[1], SHORT[3]]}, "crosses itself"),
        ({"corners": [SHORT[0]] * 4}, "crosses itself"),
        ({"corners": circle(WEST, 1500)}, "too large"),
        ({"corners": circle(Point(5.0, 50.0), 50)}, "is not in"),
    ],
)
def test_what_is_no_area(mapped: Hub, at: datetime, changes: dict[str, Any], sentence: str):
    with pytest.raises(Refusal, match=sentence):
        shut(mapped.town, at, **changes)
    with pytest.raises(Refusal, match="lies in the past"):
        shut(mapped.town, at, ends_at=at)
    assert not RoadClosure.objects.exists()


def test_one_that_has_not_begun_is_taken_off(mapped: Hub, at: datetime):
    closure = shut(mapped.town, at, starts_at=at + timedelta(days=3))
    assert listed(mapped.town, at) == [closure]
    open_road(closure=closure, by=None, at=at)
    assert not RoadClosure.objects.exists()


FILLED = {"name": "Marché", "corners": "", "address": "", "metres": "60", "first_day": "2026-11-26", "last_day": ""}


@pytest.fixture
def desk(visit: Any, dispatcher: Person, clock: Any) -> Client:
    client: Client = visit(dispatcher)
    return english(client)


def drawn(points: list[Point]) -> str:
    return json.dumps([[p.lon, p.lat] for p in points])


def test_the_dispatcher_closes_and_opens(desk: Client, mapped: Hub):
    assert "No street is closed" in said(desk.get(STREETS))
    page = said(desk.post(STREETS, FILLED | {"corners": drawn(SHORT)}, follow=True))
    assert "ride around it from now on" in page
    assert "Marché" in page
    closure = RoadClosure.objects.get()
    assert [Point(*corner) for corner in closure.ring] == SHORT
    assert "bikes ride there again" in said(desk.post(f"{STREETS}{closure.pk}/open/", follow=True))
    assert "No street is closed" in said(desk.get(STREETS))


def test_an_address_does_as_well(desk: Client, mapped: Hub):
    door = builders.make_address(mapped.town)
    page = said(desk.post(STREETS, FILLED | {"address": str(door)}, follow=True))
    assert "ride around it from now on" in page
    middle = RoadClosure.objects.get().points
    assert len(middle) == 16


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({}, "Draw the area on the map, or type an address."),
        ({"address": "12 rue qui n’existe pas"}, "We do not find this address in"),
        ({"corners": "[[1,2"}, "could not be read"),
        ({"corners": '[["x","y"]]'}, "could not be read"),
        ({"corners": "[[500,2],[1,2],[3,4]]"}, "could not be read"),
        ({"corners": "[[2.0,48.0]]"}, "at least three corners"),
        ({"corners": drawn(SHORT), "last_day": "2026-11-20"}, "before the first"),
        ({"corners": drawn(SHORT), "first_day": "soon"}, "Enter a valid date"),
    ],
)
def test_nonsense_gets_a_sentence_and_keeps_what_was_typed(
    desk: Client, mapped: Hub, wrong: dict[str, str], sentence: str
):
    page = desk.post(STREETS, FILLED | wrong)
    assert page.status_code == 200
    assert sentence in said(page)
    assert "Marché" in said(page)
    assert not RoadClosure.objects.exists()


def test_who_may(
    visit: Any, hub: Hub, clock: Any, at: datetime, dispatcher: Person, agent: Person, rider: Person, stranger: Person,
    other_town: Town,
) -> None:  # fmt: skip
    closure = RoadClosure.objects.create(
        town=hub.town, name="Works", ring=[[p.lon, p.lat] for p in SHORT], starts_at=at, made_at=at
    )
    for person, status in [(dispatcher, 200), (agent, 200), (rider, 404), (stranger, 404)]:
        assert visit(person).get(STREETS).status_code == status, person
    assert visit().get(STREETS).status_code == 302
    assert visit(agent).post(STREETS, FILLED | {"corners": drawn(SHORT)}).status_code == 404
    builders.make_hub(other_town)
    for client in (visit(agent), visit(rider), visit(stranger, other_town)):
        assert client.post(f"{STREETS}{closure.pk}/open/").status_code == 404
    assert RoadClosure.objects.get().ends_at is None


def test_few_queries(desk: Client, hub: Hub, at: datetime, django_assert_max_num_queries: Any) -> None:
    for number in range(8):
        RoadClosure.objects.create(
            town=hub.town, name=f"Works {number}", ring=[[p.lon, p.lat] for p in SHORT], starts_at=at, made_at=at
        )
    with django_assert_max_num_queries(12):
        desk.get(STREETS)


@pytest.mark.parametrize(
    ("first", "last"), [("0001-01-01", "2026-12-31"), ("2026-11-27", "9999-12-31"), ("9999-12-31", "")]
)
def test_days_that_nobody_means_are_refused(
    visit: Any, dispatcher: Person, hub: Hub, clock: Any, first: str, last: str
) -> None:
    """No calendar reckons with the first year or the last: what was typed is kept, with a sentence."""
    corners = json.dumps([[p.lon, p.lat] for p in circle(hub.point, 50)])
    browser = english(visit(dispatcher))
    given = {"name": "Travaux", "corners": corners, "first_day": first, "last_day": last}
    answer = browser.post(STREETS, given)
    assert "Write a day between the years 2000 and 2199." in said(answer)
    assert "Travaux" in said(answer)
    assert not RoadClosure.objects.exists()
    assert browser.post(STREETS, given | {"first_day": "2026-11-27", "last_day": ""}).status_code == 302


def test_a_street_that_was_taken_off_the_list_meanwhile_is_no_error(hub: Hub, at: datetime) -> None:
    tomorrow = at + timedelta(days=1)
    closure = close_road(
        town=hub.town, name="Marché", corners=circle(hub.point, 50), starts_at=tomorrow, ends_at=None, by=None, at=at
    )
    for _twice in range(2):
        open_road(closure=RoadClosure(pk=closure.pk), by=None, at=at)
    assert not RoadClosure.objects.exists()
