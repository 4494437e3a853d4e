"""A lost bag has a last holder and a time, and everybody whom it touches hears of it."""

import re
from datetime import timedelta

import pytest

from parvis.core.errors import Refusal
from parvis.delivery.actions import hand_over, leave_hub, load_bag, pack, report_lost, report_missing, scan_bag_in
from parvis.delivery.models import Bag, BagEvent, Crate, Delivery
from parvis.delivery.signals import bag_lost
from parvis.delivery.states import BagState, DeliveryState

pytestmark = pytest.mark.usefixtures("clock")


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def keeper(visit, hub_keeper, hub):
    client = visit(hub_keeper)
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def told():
    """The bags of which the news went up."""
    heard = []

    def hear(sender, *, bag, **kwargs):
        heard.append(bag.code)

    bag_lost.connect(hear)
    yield heard
    bag_lost.disconnect(hear)


def state(delivery):
    return Delivery.objects.with_story().get(pk=delivery.pk).state


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("table", "Lost. Last: At the hub, on the table"),
        ("crate", "Lost. Last: At the hub, in crate 7"),
        ("bike", "Lost. Last: At the hub, on Vélo 1, which has not left"),
        ("road", "Lost. Last: On Vélo 1, with Rémi Vélo"),
    ],
)
def test_the_last_holder_and_the_time(keeper, hub, rider, window, book, plan_round, at, told, where, said):
    delivery = book(window)
    bag, round_ = delivery.bags.get(), plan_round(hub, rider, delivery)
    scan_bag_in(town=bag.town, code=bag.code, at=at)
    if where != "table":
        pack(delivery=delivery, crate=7, at=at + timedelta(minutes=3))
    if where == "bike":
        load_bag(round_=round_, code=bag.code, at=at + timedelta(minutes=6))
    if where == "road":
        leave_hub(round_=round_, at=at + timedelta(minutes=9))
    clock = {"table": "10:00", "crate": "10:03", "bike": "10:06", "road": "10:09"}[where]
    asked = text_of(keeper.get(f"/hub/bags/{bag.code}/lost/"))
    assert f"since {clock} on Thursday 26 November" in asked
    assert bag.events.filter(kind="lost").count() == 0
    report_lost(bag=bag, at=at + timedelta(minutes=30))
    report_lost(bag=bag, at=at + timedelta(minutes=31))
    assert told == [bag.code], "once"
    page = text_of(keeper.get(f"/hub/bags/{bag.code}/"))
    assert said in page
    assert f"Since {clock}, Thursday 26 November" in page
    assert "Cannot be found" in page
    assert not Crate.objects.filter(released_at=None).exists()
    assert "Lost" in text_of(keeper.get("/hub/?window=day"))


def test_the_page_says_it_is_lost(keeper, window, book, at):
    bag = book(window).bags.get()
    scan_bag_in(town=bag.town, code=bag.code, at=at)
    page = text_of(keeper.post(f"/hub/bags/{bag.code}/lost/", follow=True))
    assert f"Bag {bag.code} is lost." in page
    assert Bag.objects.get(pk=bag.pk).state == BagState.MISSING


def test_found_again_it_is_scanned_as_usual(window, book, at, told):
    bag = book(window).bags.get()
    scan_bag_in(town=bag.town, code=bag.code, at=at)
    report_lost(bag=bag, at=at + timedelta(minutes=5))
    scan_bag_in(town=bag.town, code=bag.code, at=at + timedelta(minutes=9))
    assert Bag.objects.get(pk=bag.pk).state == BagState.AT_HUB
    report_lost(bag=bag, at=at + timedelta(minutes=12))
    assert told == [bag.code, bag.code], "lost twice, told twice"


def test_what_nobody_held_is_missing_not_lost(keeper, window, book, at):
    bag = book(window).bags.get()
    with pytest.raises(Refusal, match="never came here"):
        report_lost(bag=bag, at=at)
    report_missing(bag=bag, at=at)
    with pytest.raises(Refusal, match="never came here"):
        report_lost(bag=bag, at=at)
    assert "never came here" in text_of(keeper.post(f"/hub/bags/{bag.code}/lost/", follow=True))


def test_what_was_handed_over_is_not_lost(on_the_road, at):
    stop = on_the_road.stops.first()
    hand_over(stop=stop, at=at, recipient="Camille")
    with pytest.raises(Refusal, match="handed over"):
        report_lost(bag=stop.delivery.bags.first(), at=at)


def test_on_the_road_the_rest_is_handed_over(on_the_road, at):
    stop = on_the_road.stops.first()
    one, other = stop.delivery.bags.all()
    report_lost(bag=one, at=at)
    assert state(stop.delivery) == DeliveryState.ON_THE_WAY
    hand_over(stop=stop, at=at, recipient="Camille")
    assert Bag.objects.get(pk=other.pk).state == BagState.DELIVERED
    assert Bag.objects.get(pk=one.pk).state == BagState.MISSING


def test_with_the_last_bag_the_attempt_has_failed(on_the_road, at):
    stop = on_the_road.stops.last()
    report_lost(bag=stop.delivery.bags.get(), at=at)
    assert state(stop.delivery) == DeliveryState.FAILED
    assert stop.delivery.events.get(kind="failed").reason == "The goods are lost"
    with pytest.raises(Refusal, match="not on its way"):
        hand_over(stop=stop, at=at, recipient="Camille")


def test_the_dispatcher_sees_it(visit, dispatcher, window, book, at):
    bag = book(window).bags.get()
    scan_bag_in(town=bag.town, code=bag.code, at=at)
    report_lost(bag=bag, at=at)
    browser = visit(dispatcher)
    browser.cookies["language"] = "en"
    page = browser.get("/dispatch/")
    assert "Lost bags" in text_of(page)
    assert f"/hub/bags/{bag.code}/" in page.content.decode()


def test_who_may_say_so(visit, window, book, at, dispatcher, agent, rider, citizen, stranger, other_town):
    bag = book(window).bags.get()
    scan_bag_in(town=bag.town, code=bag.code, at=at)
    path = f"/hub/bags/{bag.code}/lost/"
    for browser in (*map(visit, (dispatcher, agent, rider, citizen, stranger)), visit(stranger, town=other_town)):
        assert browser.get(path).status_code == 404
        assert browser.post(path).status_code == 404
    assert not BagEvent.objects.filter(kind="lost").exists()
