"""A delivery whose buyer chose another time after the plan was published: its old round goes without it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from parvis.core.errors import Refusal
from parvis.delivery import actions
from parvis.delivery.hubday import HubDay
from parvis.delivery.models import Delivery, Hub, Round, Window
from parvis.delivery.pickups import to_fetch
from parvis.delivery.tests.dispatch_world import book, bring
from parvis.delivery.tests.straight_world import book_straight, published, stop_of
from parvis.delivery.trips import trip_of
from parvis.demo import builders
from parvis.people.models import Person

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def evening(window: Window) -> datetime:
    """An hour before the window, when the plan is made."""
    return window.starts_at - timedelta(hours=1)


@pytest.fixture
def tomorrow(hub: Hub, rider: Person, window: Window, evening: datetime) -> Window:
    """The same hours of the next day, with a rider."""
    builders.make_shift(hub.bikes.get(), rider, evening + timedelta(days=1))
    return builders.make_window(hub, window.starts_at + timedelta(days=1))


def move(delivery: Delivery, window: Window, at: datetime) -> None:
    actions.rebook_delivery(delivery=delivery, window_id=window.pk, at=at, asked_by="buyer")


def test_the_bike_leaves_without_what_goes_another_day(
    hub: Hub, window: Window, tomorrow: Window, evening: datetime
) -> None:
    stays, goes = book(window, 2, window.closes_at - timedelta(hours=1))
    bring([goes], evening, pack=True)
    bring([stays], evening)
    published(hub, evening)
    move(stays, tomorrow, evening + timedelta(minutes=1))
    round_ = stop_of(goes).round
    trip = trip_of(round_)
    assert [stop.delivery for stop, _parcel in trip.parcels] == [goes]
    with pytest.raises(Refusal, match="another time"):
        actions.load_bag(round_=round_, code=stays.bags.get().code, at=evening + timedelta(minutes=2))
    actions.leave_hub(round_=round_, at=round_.departs_at)
    assert Delivery.objects.with_story().get(pk=stays.pk).state == "at_hub"
    assert not stays.events.filter(kind="left_behind").exists(), "nobody left it behind: it was not to ride"


def test_no_rider_fetches_what_goes_another_day(hub: Hub, window: Window, tomorrow: Window, evening: datetime) -> None:
    hub.fetches = True
    hub.save()
    delivery = book_straight(window)
    others = book(window, 1, window.closes_at - timedelta(hours=1))
    bring(others, evening, pack=True)
    published(hub, evening)
    move(delivery, tomorrow, evening + timedelta(minutes=1))
    stop = stop_of(delivery)
    assert to_fetch(stop) is None
    day = HubDay.load(hub, at=evening, window=tomorrow.pk)
    assert (day.awaited, day.to_fetch) == (1, []), "the hub of the other day waits for it until a plan says otherwise"
    round_ = Round.objects.get(stops__delivery=others[0], plan__state="published")
    actions.leave_hub(round_=round_, at=round_.departs_at)
    with pytest.raises(Refusal):
        actions.fetch_bags(stop=stop, codes=[delivery.bags.get().code], at=window.starts_at)


def test_a_shop_that_is_closed_on_the_other_day_brings_it_to_the_hub(
    hub: Hub, window: Window, tomorrow: Window, evening: datetime
) -> None:
    hub.fetches = True
    hub.save()
    delivery = book_straight(window)
    published(hub, evening)
    move(delivery, tomorrow, evening + timedelta(minutes=1))
    actions.offer_pickup(delivery=delivery, sender_ref="part-S-1", pickup=None, at=evening + timedelta(minutes=1))
    assert delivery.bags.get().pickup is None, "what it was told was of the day before"


def test_what_failed_and_came_back_stays_in_the_story_of_its_round(
    hub: Hub, window: Window, tomorrow: Window, evening: datetime
) -> None:
    (delivery,) = book(window, 1, window.closes_at - timedelta(hours=1))
    bring([delivery], evening, pack=True)
    published(hub, evening)
    stop = stop_of(delivery)
    actions.leave_hub(round_=stop.round, at=stop.round.departs_at)
    actions.fail_stop(stop=stop, reason="nobody", at=stop.arrive_at)
    actions.bring_back(round_=stop.round, at=stop.round.returns_at)
    move(delivery, tomorrow, stop.round.returns_at + timedelta(minutes=1))
    shown: Any = trip_of(stop.round).parcels
    assert [one.delivery for one, _parcel in shown] == [delivery]
