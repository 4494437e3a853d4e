"""The last bike of a day is lost: everybody who was told that a rider comes hears once that none does."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from parvis.delivery import actions
from parvis.delivery.models import Bike, Delivery, Hub, Plan, Shift, Stop, Window
from parvis.delivery.signals import bike_told, fetching_told
from parvis.delivery.tests.dispatch_world import add_bikes, book, bring, broken_rules
from parvis.delivery.tests.straight_world import book_straight, published, stop_of
from parvis.demo import builders
from parvis.people.models import Person

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def evening(window: Window) -> datetime:
    """An hour before the window, when the plan is made."""
    return window.starts_at - timedelta(hours=1)


@pytest.fixture
def day(hub: Hub, window: Window, evening: datetime) -> tuple[Delivery, Delivery]:
    """A delivery that a rider fetches at its shop, and one whose bag is at the hub; the plan is published."""
    hub.fetches = True
    hub.save()
    straight = book_straight(window)
    (by_hub,) = book(window, 1, window.closes_at - timedelta(hours=1))
    bring([by_hub], evening)
    published(hub, evening)
    assert stop_of(straight).option == "straight"
    return straight, by_hub


@pytest.fixture
def heard(day: tuple[Delivery, Delivery]) -> Iterator[list[tuple[str, str, bool]]]:
    """Who is told what once the day is published: shop or buyer, of which delivery, whether somebody comes."""
    said: list[tuple[str, str, bool]] = []

    def shop(sender: Any, *, delivery: Delivery, fetch_at: datetime | None, **kwargs: Any) -> None:
        said.append(("shop", delivery.code, fetch_at is not None))

    def buyer(sender: Any, *, delivery: Delivery, arrive_at: datetime | None, **kwargs: Any) -> None:
        said.append(("buyer", delivery.code, arrive_at is not None))

    fetching_told.connect(shop)
    bike_told.connect(buyer)
    yield said
    fetching_told.disconnect(shop)
    bike_told.disconnect(buyer)


def lose(how: str, hub: Hub, at: datetime) -> Plan:
    """The only bike breaks, or its shift is taken out; the day is planned again."""
    bike = hub.bikes.exclude(name="Other").get()
    if how == "shift":
        actions.remove_shift(shift=Shift.objects.get(bike=bike), by=None, at=at)
        return actions.replan(hub=hub, day=at.date(), by=None, at=at, iterations=40)
    return actions.replan(hub=hub, day=at.date(), by=None, at=at, lost_bike=bike, iterations=40)


@pytest.mark.parametrize("how", ["bike", "shift"])
def test_all_who_were_told_hear_once_that_nobody_comes(
    day: tuple[Delivery, Delivery], hub: Hub, evening: datetime, heard: list[tuple[str, str, bool]], how: str
) -> None:
    straight, by_hub = day
    draft = lose(how, hub, evening)
    assert draft.state == Plan.State.DRAFT, draft.message
    assert heard == [], "a draft says nothing: somebody may still ride"
    assert [left["reason"] for left in draft.solution["unserved"]] == ["no_bike", "no_bike"]
    actions.publish_plan(plan=draft, by=None, at=evening)
    assert broken_rules(draft) == []
    assert not Stop.objects.filter(round__plan__state=Plan.State.PUBLISHED).exists()
    nobody = [("buyer", by_hub.code, False), ("buyer", straight.code, False), ("shop", straight.code, False)]
    assert sorted(heard) == sorted(nobody)
    again = actions.replan(hub=hub, day=evening.date(), by=None, at=evening, iterations=40)
    actions.publish_plan(plan=again, by=None, at=evening)
    assert len(heard) == 3, "once"


def test_who_rides_after_all_is_told_too(
    day: tuple[Delivery, Delivery], hub: Hub, evening: datetime, heard: list[tuple[str, str, bool]]
) -> None:
    actions.publish_plan(plan=lose("bike", hub, evening), by=None, at=evening)
    heard.clear()
    add_bikes(hub, evening, "Other")
    published(hub, evening)
    straight, by_hub = day
    some = [("buyer", by_hub.code, True), ("buyer", straight.code, True), ("shop", straight.code, True)]
    assert sorted(heard) == sorted(some)
    published(hub, evening)
    assert len(heard) == 3, "once"


def test_another_rider_in_time_is_no_news(
    day: tuple[Delivery, Delivery], hub: Hub, evening: datetime, heard: list[tuple[str, str, bool]]
) -> None:
    add_bikes(hub, evening, "Other")
    draft = lose("bike", hub, evening)
    actions.publish_plan(plan=draft, by=None, at=evening)
    assert Stop.objects.filter(round__plan=draft).count() == 2
    assert heard == []


def on_the_road(delivery: Delivery, at: datetime) -> Stop:
    """Its stop, once the bike has left with it."""
    actions.pack(delivery=delivery, crate=1, at=at)
    stop = stop_of(delivery)
    actions.leave_hub(round_=stop.round, at=stop.round.departs_at)
    return stop


def test_the_last_bike_on_the_road(
    day: tuple[Delivery, Delivery], hub: Hub, evening: datetime, heard: list[tuple[str, str, bool]]
) -> None:
    """One door is served, the other is not: only that one hears."""
    straight, by_hub = day
    served = on_the_road(by_hub, evening)
    actions.hand_over(stop=served, recipient="Camille", at=served.arrive_at)
    now = served.arrive_at + timedelta(minutes=1)
    draft = lose("bike", hub, now)
    assert draft.state == Plan.State.DRAFT, draft.message
    actions.publish_plan(plan=draft, by=None, at=now)
    assert {code for _who, code, _comes in heard} == {straight.code}


def test_a_second_time_after_a_failed_door_is_told_and_taken_back_as_the_first(
    day: tuple[Delivery, Delivery], hub: Hub, rider: Person, evening: datetime, heard: list[tuple[str, str, bool]]
) -> None:
    _straight, by_hub = day
    stop = on_the_road(by_hub, evening)
    actions.fail_stop(stop=stop, reason="nobody", at=stop.arrive_at)
    actions.bring_back(round_=stop.round, at=stop.round.returns_at)
    noon = evening + timedelta(hours=20)
    tomorrow = builders.make_window(hub, evening + timedelta(days=1, hours=1))
    builders.make_shift(hub.bikes.get(), rider, evening + timedelta(days=1))
    actions.rebook_delivery(delivery=by_hub, window_id=tomorrow.pk, at=evening + timedelta(hours=3), asked_by="buyer")
    published(hub, noon)
    heard.clear()
    actions.publish_plan(plan=lose("bike", hub, noon), by=None, at=noon)
    assert heard == [("buyer", by_hub.code, False)]


def test_a_buyer_who_chose_another_day_is_left_alone(
    day: tuple[Delivery, Delivery], hub: Hub, rider: Person, evening: datetime, heard: list[tuple[str, str, bool]]
) -> None:
    _straight, by_hub = day
    tomorrow = builders.make_window(hub, evening + timedelta(days=1, hours=1))
    builders.make_shift(hub.bikes.get(), rider, evening + timedelta(days=1))
    actions.rebook_delivery(delivery=by_hub, window_id=tomorrow.pk, at=evening, asked_by="buyer")
    Bike.objects.update(broken_at=evening)
    draft = actions.replan(hub=hub, day=evening.date(), by=None, at=evening, iterations=40)
    actions.publish_plan(plan=draft, by=None, at=evening)
    assert by_hub.code not in {code for _who, code, _comes in heard}
