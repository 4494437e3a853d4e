"""What a bike can and what goods ask for: promised, planned, loaded and told."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.delivery import actions
from parvis.delivery.actions.daytours import offers
from parvis.delivery.actions.problems import Load
from parvis.delivery.loading import Loading
from parvis.delivery.models import Bag, BagEvent, Bike, Delivery, Hub, Plan, Round, Window
from parvis.delivery.skills import ASKS, LACKS, ONLY, Skill, piece_needs, together, who_can, why_not
from parvis.delivery.tests.dispatch_world import add_bikes, book, bring, broken_rules
from parvis.delivery.tests.test_dispatch_board import english, said
from parvis.demo import builders
from parvis.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

FRIDGE = ("trailer", "lift")


@pytest.fixture
def fleet(hub: Hub, at: datetime) -> list[Bike]:
    """Two more bikes on shift beside the hub's own: one for the fridge, one for anything else."""
    return add_bikes(hub, at, "Âne", skills=["trailer", "lift"]) + add_bikes(hub, at, "Pie")


def ask(delivery: Delivery, at: datetime, *needs: str) -> Bag:
    bag = delivery.bags.get()
    actions.set_needs(bag=bag, needs=needs, at=at)
    bag.refresh_from_db()
    return bag


@pytest.mark.parametrize(
    ("grams", "millilitres", "needs"),
    [
        (500, 1000, set()),
        (25_000, 120_000, set()),
        (25_001, 1000, {"lift"}),
        (900, 120_001, {"trailer"}),
        (60_000, 200_000, {"lift", "trailer"}),
    ],
)
def test_weight_and_size_of_one_piece_tell_what_it_asks_for(grams: int, millilitres: int, needs: set[str]):
    assert piece_needs(grams, millilitres) == needs


def test_the_table_is_whole():
    assert set(ASKS) == set(LACKS) == set(ONLY) == set(Skill)
    assert together([["upright", "lift"], ["lift", "wings"]]) == ("lift", "upright")
    assert why_not("Pie", ["upright"], ["upright"]) == ""
    assert why_not("Pie", [], ["upright", "trailer"]) == "Pie pulls no trailer. Pie cannot keep it upright."
    assert who_can([("Âne", ["trailer"]), ("Pie", [])], ["trailer"]) == ["Only Âne pulls the trailer that it needs."]
    assert who_can([("Âne", ["trailer"]), ("Pie", ["trailer"])], ["trailer"]) == []


def test_a_time_is_offered_only_where_a_bike_rides_that_can(hub: Hub, window: Window, at: datetime):
    load = Load(Point(hub.lon + 0.003, hub.lat), 30_000, 130_000, needs=FRIDGE)
    assert offers(town=hub.town, windows=[window], load=load, at=at) == {}
    [bike] = add_bikes(hub, at, "Âne", skills=list(FRIDGE))
    assert window.pk in offers(town=hub.town, windows=[window], load=load, at=at)
    actions.mark_bike_broken(bike=bike, by=None, at=at)
    assert offers(town=hub.town, windows=[window], load=load, at=at) == {}


def fridge(window: Window, at: datetime) -> Delivery:
    return actions.book_delivery(
        town=window.town, window_id=window.pk, reference="F-1", name="Camille", phone="", address="1 rue Haute",
        point=Point(window.hub.lon + 0.003, window.hub.lat), at=at,
        bags=[actions.BagSpec("Ménager", "fridge", 30_000, 130_000, needs=FRIDGE)],
    )  # fmt: skip


def test_a_fridge_is_promised_on_the_bike_that_can_and_its_last_place_once(hub: Hub, window: Window, at: datetime):
    with pytest.raises(Refusal, match="so heavy or large in one piece"):
        fridge(window, at)
    add_bikes(hub, at, "Âne", skills=list(FRIDGE), max_grams=30_000)
    assert fridge(window, at).needs == FRIDGE
    assert Bag.objects.get().needs == ["trailer", "lift"]


def test_a_delivery_without_a_bag_asks_for_nothing(hub: Hub, window: Window, at: datetime):
    [delivery] = book(window, 1, at)
    delivery.bags.all().delete()
    load = Load(Point(hub.lon + 0.003, hub.lat), 3_000, 9_000)
    assert window.pk in offers(town=hub.town, windows=[window], load=load, at=at)


def test_a_plan_gives_it_to_the_bike_that_can(fleet: list[Bike], hub: Hub, window: Window, at: datetime):
    delivery = fridge(window, at)
    bring([*book(window, 6, at), delivery], at)
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=60)
    assert broken_rules(plan) == []
    assert Round.objects.get(plan=plan, stops__delivery=delivery).bike == fleet[0]


def test_a_bike_that_cannot_refuses_it_by_hand(
    fleet: list[Bike], hub: Hub, window: Window, at: datetime, visit: Any, dispatcher: Person, clock: Any
):
    fridge_, cake = bring_all(fridge(window, at), *book(window, 1, at), at=at)
    ask(cake, at, "upright")
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=60)
    other = Round.objects.get(plan=plan, stops__delivery=cake)
    assert other.bike != fleet[0], "the trailer keeps nothing upright"
    stop = fridge_.stops.get(round__plan=plan)
    with pytest.raises(Refusal, match=f"{fridge_.code}: {other.bike} pulls no trailer."):
        actions.move_stop(stop=stop, to_round=other, position=1, by=None, at=at)
    page = said(english(visit(dispatcher)).get(f"/dispatch/deliveries/{fridge_.code}/why/"))
    assert "Only Âne pulls the trailer that it needs." in page
    assert f"{other.bike} pulls no trailer." in page


def bring_all(*deliveries: Delivery, at: datetime) -> tuple[Delivery, ...]:
    bring(deliveries, at)
    return deliveries


def test_the_hub_sees_more_than_a_scale(
    fleet: list[Bike], hub: Hub, window: Window, at: datetime, visit: Any, hub_keeper: Person, clock: Any
):
    [delivery] = bring_all(*book(window, 1, at), at=at)
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=20)
    plan = actions.publish_plan(plan=plan, by=None, at=at)
    round_ = plan.rounds.get()
    Bike.objects.exclude(pk=fleet[0].pk).update(skills=[])
    Round.objects.filter(pk=round_.pk).update(bike=fleet[1])
    desk, bag = english(visit(hub_keeper)), delivery.bags.get()
    url = f"/hub/bags/{bag.code}/"
    assert "Heavy, large or fragile?" in said(desk.get(url))
    page = said(desk.post(f"{url}needs/", {"needs": ["trailer"]}, follow=True))
    assert "Pie pulls no trailer. The dispatcher has to plan again." in page
    assert "Needs the trailer" in page
    assert f"{delivery.code}: Pie pulls no trailer." in Loading.of(Round.objects.get(pk=round_.pk)).warnings
    again = actions.replan(hub=hub, day=at.date(), by=None, at=at, iterations=20)
    assert again.state == Plan.State.DRAFT, again.message
    assert again.rounds.get().bike == fleet[0]


def test_nonsense_and_what_has_left(
    on_the_road: Round, window: Window, book: Any, at: datetime, visit: Any, hub_keeper: Person, clock: Any
):
    desk, waits = english(visit(hub_keeper)), book(window).bags.get()
    assert desk.get(f"/hub/bags/{waits.code}/needs/").status_code == 405
    page = said(desk.post(f"/hub/bags/{waits.code}/needs/", {"needs": ["wings"]}))
    assert "wings is not one of the available choices" in page
    gone = on_the_road.stops.all()[0].delivery.bags.all()[0]
    page = said(desk.post(f"/hub/bags/{gone.code}/needs/", {"needs": ["lift"]}, follow=True))
    assert f"Bag {gone.code} is not at the hub any more." in page
    assert not Bag.objects.exclude(needs=[]).exists()


def test_who_may_tick(
    window: Window, book: Any, visit: Any, clock: Any, dispatcher: Person, rider: Person, stranger: Person,
    other_town: Any,
):  # fmt: skip
    builders.make_hub(other_town)
    bag = book(window).bags.get()
    for client in (visit(dispatcher), visit(rider), visit(stranger), visit(stranger, other_town)):
        assert client.post(f"/hub/bags/{bag.code}/needs/", {"needs": ["lift"]}).status_code == 404
    assert not Bag.objects.exclude(needs=[]).exists()


def test_saying_it_twice_is_once(window: Window, book: Any, at: datetime, django_assert_num_queries: Any):
    delivery = book(window)
    assert ask(delivery, at, "upright", "lift").needs == ["lift", "upright"]
    ask(delivery, at, "lift", "upright")
    assert not BagEvent.objects.exists(), "what a bag asks for is no step of its way"
    assert ask(delivery, at).needs == []


def test_the_fleet_page_ticks_what_a_bike_can(visit: Any, dispatcher: Person, hub: Hub, clock: Any):
    from parvis.delivery.tests.test_dispatch_fleet import BIKE, FLEET

    desk: Client = english(visit(dispatcher))
    bike = hub.bikes.get()
    assert bike.skills == ["upright"], "a box with a floor, if nobody says otherwise"
    url = f"{FLEET}bikes/{bike.pk}/"
    assert 'value="upright" id="id_skills_2" checked' in said(desk.get(url))
    assert desk.post(url, BIKE | {"skills": ["lift", "trailer"]}).status_code == 302
    bike.refresh_from_db()
    assert bike.skills == ["trailer", "lift"]
    assert "Pulls the trailer · Heavy lifting, for two" in said(desk.get(FLEET))
    assert "wings is not one of" in said(desk.post(url, BIKE | {"skills": ["wings"]}))
