"""Straight from the shop to the door: where a plan chooses it, what is promised to the shop, what takes it back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.delivery import actions
from parvis.delivery.actions.publishing import announce
from parvis.delivery.hubday import HubDay
from parvis.delivery.models import BagEvent, Delivery, DeliveryEvent, Hub, Plan, Round, Stop, Window
from parvis.delivery.pickups import HANDING, STRAIGHT
from parvis.delivery.planning import Problem
from parvis.delivery.riderday import RiderDay, ahead
from parvis.delivery.signals import fetching_told
from parvis.delivery.states import BagState, DeliveryState
from parvis.delivery.tests.dispatch_world import add_bikes, book, bring, broken_rules, solution_of
from parvis.delivery.tests.straight_world import book_straight, pickup_near, published, stop_of

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def fetching(hub: Hub) -> Hub:
    """The town's hub, whose riders fetch at shops."""
    hub.fetches = True
    hub.save()
    return hub


@pytest.fixture
def evening(window: Window) -> datetime:
    """An hour before the window, when the plan is made."""
    return window.starts_at - timedelta(hours=1)


def fresh(delivery: Delivery) -> Delivery:
    return Delivery.objects.with_story().select_related("window__hub").get(pk=delivery.pk)


def problem_of(hub: Hub, at: datetime) -> Problem:
    return actions.build_problem(hub=hub, day=at.date(), at=at).problem


def test_the_way_from_the_shop_is_an_option_of_the_problem(fetching: Hub, window: Window, evening: datetime) -> None:
    delivery = book_straight(window)
    drop = problem_of(fetching, evening).drop[str(delivery.pk)]
    (way,) = drop.others
    assert (way.id, way.service_seconds) == (STRAIGHT, drop.service_seconds + 120)
    assert way.earliest == drop.earliest - 120, "the bell at the door rings when the bags have been handed over"
    assert way.latest == drop.latest - 120
    assert way.ready_at == 0, "no bag at the hub holds the bike up"
    assert drop.bound is None


@pytest.mark.parametrize(
    ("change", "offered"),
    [
        ({}, True),
        ({"pickup": None}, False),
        ({"hub": False}, False),
        ({"second_shop": True}, False),
        ({"at_hub": True}, False),
        ({"shut": True}, False),
        ({"cold": True}, True),
        ({"cold": True, "minutes": 1}, False),
    ],
)
def test_who_may_go_straight(
    fetching: Hub, window: Window, evening: datetime, change: dict[str, Any], offered: bool
) -> None:
    """Bags of one shop that agrees and is open, in a town that does it; nothing that would get warm."""
    shut = pickup_near(window, closes_at=window.starts_at - timedelta(minutes=50))
    temperature = {"temperature": "cool"} if change.get("cold") else {}
    delivery = book_straight(window, pickup=shut if change.get("shut") else None, **temperature)
    if change.get("second_shop"):
        builders_bag = delivery.bags.get()
        builders_bag.pk, builders_bag.code, builders_bag.sender_ref = None, "ZZZZZ", "part-other"
        builders_bag.save(force_insert=True)
    if "pickup" in change:
        actions.offer_pickup(delivery=delivery, sender_ref="part-S-1", pickup=None, at=evening)
    if change.get("at_hub"):
        actions.scan_bag_in(town=fetching.town, code=delivery.bags.get().code, at=evening)
    fetching.fetches = change.get("hub", True)
    fetching.cold_minutes = change.get("minutes", 120)
    fetching.save()
    assert bool(problem_of(fetching, evening).drop[str(delivery.pk)].others) == offered


def test_the_bags_are_not_expected_before_the_shop_has_them(fetching: Hub, window: Window, at: datetime) -> None:
    """At the hub they are due at 16:00; at the shop too, unless it says that they are ready earlier."""
    delivery = book_straight(window)
    early = problem_of(fetching, at).drop[str(delivery.pk)].others[0].earliest
    assert early == 17 * 3600 - 120, "the window opens later than both"
    late = window.starts_at + timedelta(minutes=30)
    overdue = problem_of(fetching, late).drop[str(delivery.pk)].others[0].earliest
    assert overdue > 17 * 3600 + 45 * 60, "a quarter of an hour from now, and the ride"
    actions.mark_bags_ready(delivery=delivery, sender_ref="part-S-1", grams=2000, at=at)
    assert problem_of(fetching, late).drop[str(delivery.pk)].others[0].earliest == early


def test_a_plan_sends_the_rider_to_the_shop(fetching: Hub, window: Window, evening: datetime) -> None:
    """The shop is told the moment, the buyer that of the bell; the line of the round leads by the shop."""
    delivery = book_straight(window)
    plan = published(fetching, evening)
    assert broken_rules(plan) == []
    stop = stop_of(delivery)
    assert stop.option == STRAIGHT
    assert stop.fetch_at is not None
    assert stop.arrive_at >= window.starts_at
    assert stop.fetch_at + HANDING < stop.arrive_at < stop.fetch_at + HANDING + timedelta(minutes=5)
    shop = pickup_near(window).point
    assert [shop.lon, shop.lat] in [list(point) for point in stop.round.geometry["coordinates"]]


def test_by_the_hub_where_the_shop_is_out_of_the_way(fetching: Hub, window: Window, evening: datetime) -> None:
    """A shop that is next door to the hub brings it there; so does one beyond all doors."""
    beside = pickup_near(window, east=0.0002, point=Point(fetching.lon, fetching.lat + 0.0002))
    near = book_straight(window, reference="S-1", pickup=beside)
    far = book_straight(window, reference="S-2", pickup=pickup_near(window, east=-0.03))
    published(fetching, evening)
    assert stop_of(far).option == ""
    assert stop_of(near).fetch_at is None or stop_of(near).option == STRAIGHT


def test_what_a_shop_was_told_stays_when_the_day_is_planned_again(
    fetching: Hub, window: Window, evening: datetime
) -> None:
    delivery = book_straight(window)
    published(fetching, evening)
    fetching.fetches = False  # from now on nobody else is told so
    fetching.save()
    book(window, 3, window.closes_at - timedelta(hours=1))
    again = actions.replan(hub=fetching, day=evening.date(), by=None, at=evening, iterations=40)
    problem, solution = solution_of(again)
    assert problem.drop[str(delivery.pk)].bound == STRAIGHT
    assert {s.drop_id: s.option for t in solution.trips for s in t.stops}[str(delivery.pk)] == STRAIGHT
    assert broken_rules(again) == []


def test_the_hub_does_not_wait_for_it(fetching: Hub, window: Window, evening: datetime) -> None:
    delivery = book_straight(window)
    assert HubDay.load(fetching, at=evening).awaited == 1, "nothing is promised before the plan is published"
    published(fetching, evening)
    day = HubDay.load(fetching, at=evening)
    assert (day.awaited, day.senders, day.waiting) == (0, [], [])
    assert [parcel.delivery for parcel in day.to_fetch] == [delivery]
    assert day.to_fetch[0].fetch_at == stop_of(delivery).fetch_at


@pytest.fixture
def on_the_way(fetching: Hub, window: Window, evening: datetime) -> tuple[Delivery, Round]:
    """The bike has left with nothing, to fetch a delivery."""
    delivery = book_straight(window)
    published(fetching, evening)
    round_ = stop_of(delivery).round
    actions.leave_hub(round_=round_, at=round_.departs_at)
    return delivery, Round.objects.select_related("plan__hub", "bike").get(pk=round_.pk)


def codes(delivery: Delivery) -> list[str]:
    return [bag.code for bag in delivery.bags.all()]


def test_from_the_shop_to_the_door_and_never_at_the_hub(on_the_way: tuple[Delivery, Round], window: Window) -> None:
    delivery, round_ = on_the_way
    assert fresh(delivery).state == DeliveryState.BOOKED, "it is still in its shop"
    at_shop = stop_of(delivery).fetch_at
    assert at_shop is not None
    assert actions.fetch_bags(stop=stop_of(delivery), codes=codes(delivery), at=at_shop, by=round_.rider)
    assert not actions.fetch_bags(stop=stop_of(delivery), codes=codes(delivery), at=at_shop, by=round_.rider)
    assert fresh(delivery).state == DeliveryState.ON_THE_WAY
    event = BagEvent.objects.get(bag__delivery=delivery)
    assert (event.kind, event.by, event.at, event.detail["at_shop"]) == ("loaded", round_.rider, at_shop, True)
    actions.hand_over(stop=stop_of(delivery), at=window.starts_at, recipient="Camille")
    actions.bring_back(round_=round_, at=window.ends_at)
    assert fresh(delivery).state == DeliveryState.DELIVERED
    kinds = BagEvent.objects.filter(bag__delivery=delivery).values_list("kind", flat=True)
    assert list(kinds) == ["loaded", "delivered"]


def test_at_a_door_that_cannot_take_it_the_bags_ride_to_the_hub(
    on_the_way: tuple[Delivery, Round], window: Window
) -> None:
    delivery, round_ = on_the_way
    actions.fetch_bags(stop=stop_of(delivery), codes=codes(delivery), at=window.starts_at)
    actions.fail_stop(stop=stop_of(delivery), reason="nobody", at=window.starts_at)
    actions.bring_back(round_=round_, at=window.ends_at)
    assert fresh(delivery).bags.get().state == BagState.AT_HUB


@pytest.mark.parametrize(
    ("given", "says"),
    [([], "Still to scan"), (["ABCDE"], "is not for"), (None, "leave the hub")],
)
def test_only_its_own_bags_are_taken_and_all_of_them(
    fetching: Hub, window: Window, evening: datetime, given: list[str] | None, says: str
) -> None:
    delivery = book_straight(window)
    published(fetching, evening)
    if given is not None:
        actions.leave_hub(round_=stop_of(delivery).round, at=evening)
    with pytest.raises(Refusal, match=says):
        actions.fetch_bags(stop=stop_of(delivery), codes=given or [], at=evening)
    assert not BagEvent.objects.exists()


def test_what_was_not_ready_goes_by_the_hub(on_the_way: tuple[Delivery, Round], fetching: Hub, window: Window) -> None:
    """The rider goes on, the hub waits for it, and another round is asked for; the shop is not offered twice."""
    delivery, round_ = on_the_way
    assert actions.miss_bags(stop=stop_of(delivery), note="The door was shut.", at=window.starts_at, by=round_.rider)
    event = fresh(delivery).events.get(kind=DeliveryEvent.Kind.LEFT_BEHIND)
    assert event.detail["reason"] == "It was not ready at the shop. The door was shut."
    assert Plan.objects.filter(state=Plan.State.COMPUTING).exists()
    assert HubDay.load(fetching, at=window.starts_at).awaited == 1
    drop = problem_of(fetching, window.starts_at).drop[str(delivery.pk)]
    assert (drop.others, drop.bound) == ((), None)
    with pytest.raises(Refusal, match="any more"):
        actions.fetch_bags(stop=stop_of(delivery), codes=codes(delivery), at=window.starts_at)


def test_a_bike_that_comes_back_without_has_missed_it(on_the_way: tuple[Delivery, Round], window: Window) -> None:
    delivery, round_ = on_the_way
    actions.bring_back(round_=round_, at=window.ends_at)
    assert fresh(delivery).events.filter(kind="left_behind", detail__at_shop=True).exists()


def test_bags_that_come_to_the_hub_after_all_ride_from_there(
    fetching: Hub, window: Window, evening: datetime, rider: Any
) -> None:
    """The shop was too kind: before the bike has left, it takes them along like all others."""
    delivery = book_straight(window)
    published(fetching, evening)
    actions.scan_bag_in(town=fetching.town, code=codes(delivery)[0], at=evening)
    actions.pack(delivery=delivery, crate=1, at=evening)
    round_ = stop_of(delivery).round
    actions.leave_hub(round_=round_, at=evening)
    assert fresh(delivery).state == DeliveryState.ON_THE_WAY
    day = RiderDay.load(rider, fetching.town, evening.date(), evening)
    assert [door.fetch for door in ahead(day.trips[0])] == [None]


def test_a_draft_that_fetches_what_came_to_the_hub_is_not_published(
    fetching: Hub, window: Window, evening: datetime
) -> None:
    delivery = book_straight(window)
    plan = actions.make_plan(hub=fetching, day=evening.date(), by=None, at=evening, iterations=40)
    actions.scan_bag_in(town=fetching.town, code=codes(delivery)[0], at=evening)
    with pytest.raises(Refusal, match="cannot be fetched"):
        actions.publish_plan(plan=plan, by=None, at=evening)


def test_a_broken_bike_leaves_it_at_its_shop_for_another(
    on_the_way: tuple[Delivery, Round], fetching: Hub, evening: datetime, at: datetime
) -> None:
    delivery, round_ = on_the_way
    add_bikes(fetching, at, "Other")
    after = actions.replan(
        hub=fetching,
        day=evening.date(),
        by=None,
        at=round_.departs_at + timedelta(minutes=1),
        lost_bike=round_.bike,
        iterations=40,
    )
    assert after.state == Plan.State.DRAFT, after.message
    assert broken_rules(after) == []
    actions.publish_plan(plan=after, by=None, at=round_.departs_at + timedelta(minutes=1))
    stop = stop_of(delivery)
    assert (stop.option, str(stop.round.bike)) == (STRAIGHT, "Other")


def test_a_bike_that_breaks_after_the_shop_has_it_aboard(
    on_the_way: tuple[Delivery, Round], fetching: Hub, window: Window, at: datetime
) -> None:
    delivery, round_ = on_the_way
    add_bikes(fetching, at, "Other")
    moment = window.starts_at + timedelta(minutes=5)
    actions.fetch_bags(stop=stop_of(delivery), codes=codes(delivery), at=moment)
    after = actions.replan(hub=fetching, day=at.date(), by=None, at=moment, lost_bike=round_.bike, iterations=40)
    assert after.state == Plan.State.DRAFT, after.message
    assert broken_rules(after) == []
    problem, solution = solution_of(after)
    assert [t.options for t in solution.trips if t.bike_id in problem.bike] == [{str(delivery.pk): ""}]


def test_a_round_on_the_road_keeps_what_it_fetches_when_the_rest_is_planned_again(
    on_the_way: tuple[Delivery, Round], fetching: Hub, window: Window, evening: datetime
) -> None:
    """Before the shop and after it, the trip of the bike adds up, and its stop keeps its way."""
    delivery, round_ = on_the_way
    others = book(window, 2, window.closes_at - timedelta(hours=1))
    bring(others, evening)
    for moment in (round_.departs_at + timedelta(minutes=1), window.starts_at):
        if moment == window.starts_at:
            actions.fetch_bags(stop=stop_of(delivery), codes=codes(delivery), at=moment)
        after = actions.replan(hub=fetching, day=evening.date(), by=None, at=moment, iterations=40)
        assert after.state == Plan.State.DRAFT, after.message
        assert broken_rules(after) == []
        actions.publish_plan(plan=after, by=None, at=moment)
        assert stop_of(delivery).option == STRAIGHT
        assert stop_of(delivery).round_id == round_.pk
    actions.hand_over(stop=stop_of(delivery), at=window.starts_at + timedelta(minutes=5), recipient="Camille")
    later = actions.replan(
        hub=fetching, day=evening.date(), by=None, at=window.starts_at + timedelta(minutes=6), iterations=40
    )
    assert broken_rules(later) == []


def test_the_dispatcher_moves_it_with_its_way(fetching: Hub, window: Window, evening: datetime) -> None:
    delivery = book_straight(window)
    bring(book(window, 3, window.closes_at - timedelta(hours=1)), evening)
    plan = actions.make_plan(hub=fetching, day=evening.date(), by=None, at=evening, iterations=40)
    stop = plan.rounds.get(stops__delivery=delivery).stops.get(delivery=delivery)
    for position in (1, 2):
        actions.move_stop(stop=stop, to_round=stop.round, position=position, by=None, at=evening)
        stop.refresh_from_db()
        assert (stop.position, stop.option) == (position, STRAIGHT)
        assert stop.fetch_at is not None
    assert broken_rules(plan) == []


def test_promised_tours_know_nothing_of_it(fetching: Hub, window: Window, evening: datetime) -> None:
    """What is promised next is proven by the hub's way: the record of a day takes a straight stop and stays sound."""
    book_straight(window)
    published(fetching, evening)
    assert book_straight(window, reference="S-2")


@pytest.fixture
def shop_hears() -> Iterator[list[datetime | None]]:
    """When a rider comes, as the shop is told: None where nobody does."""
    heard: list[datetime | None] = []

    def hear(sender: Any, *, fetch_at: datetime | None, **kwargs: Any) -> None:
        heard.append(fetch_at)

    fetching_told.connect(hear)
    yield heard
    fetching_told.disconnect(hear)


def test_the_shop_hears_once_when_the_rider_comes(
    fetching: Hub, window: Window, evening: datetime, shop_hears: list[datetime | None]
) -> None:
    """Again only where the time moves by a quarter of an hour or more."""
    delivery = book_straight(window)
    plan = published(fetching, evening)
    stop = stop_of(delivery)
    assert shop_hears == [stop.fetch_at]
    published(fetching, evening)
    stop = stop_of(delivery)
    assert stop.fetch_at is not None
    for minutes, times in ((14, 1), (16, 2), (20, 2), (2, 2), (0, 3)):
        Stop.objects.filter(pk=stop.pk).update(fetch_at=stop.fetch_at + timedelta(minutes=minutes))
        announce(stop.round.plan, at=evening, by=None)
        assert len(shop_hears) == times, minutes
    assert plan.version < stop.round.plan.version


def test_the_shop_hears_that_no_rider_comes(
    on_the_way: tuple[Delivery, Round],
    fetching: Hub,
    window: Window,
    evening: datetime,
    shop_hears: list[datetime | None],
) -> None:
    """A plan leaves it out, as the bike that is left cannot carry it; the next plan tells it of another rider."""
    delivery, round_ = on_the_way
    shop_hears.clear()
    add_bikes(fetching, evening, "Small", max_grams=100)
    moment = round_.departs_at + timedelta(minutes=1)
    lost = actions.replan(hub=fetching, day=evening.date(), by=None, at=moment, lost_bike=round_.bike, iterations=40)
    assert lost.state == Plan.State.DRAFT, lost.message
    actions.publish_plan(plan=lost, by=None, at=moment)
    assert not Stop.objects.filter(delivery=delivery, round__plan=lost).exists()
    assert shop_hears == [None]
    announce(lost, at=moment, by=None, told=[delivery.pk])
    assert shop_hears == [None], "once"
    add_bikes(fetching, evening, "Other")
    published(fetching, moment)
    assert shop_hears == [None, stop_of(delivery).fetch_at]


def test_the_shop_hears_that_its_bag_was_not_ready(
    on_the_way: tuple[Delivery, Round], window: Window, shop_hears: list[datetime | None]
) -> None:
    delivery, round_ = on_the_way
    shop_hears.clear()
    actions.miss_bags(stop=stop_of(delivery), at=window.starts_at, by=round_.rider)
    actions.bring_back(round_=round_, at=window.ends_at)
    assert shop_hears == [None], "once"


def test_a_shop_that_brought_it_to_the_hub_is_not_told(
    fetching: Hub, window: Window, evening: datetime, shop_hears: list[datetime | None]
) -> None:
    delivery = book_straight(window)
    published(fetching, evening)
    actions.scan_bag_in(town=fetching.town, code=codes(delivery)[0], at=evening)
    published(fetching, evening)
    assert len(shop_hears) == 1
