"""The hub's verbs: what a scan, a crate and a missing bag may do to a delivery, and what they may not."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from parvis.core.errors import Refusal
from parvis.core.taps import Tap
from parvis.delivery.actions import (
    bring_back,
    cancel_bags,
    fail_stop,
    hand_over,
    leave_hub,
    mark_bags_ready,
    pack,
    pack_into,
    report_missing,
    scan_bag_in,
    unpack,
)
from parvis.delivery.actions.custody import code_of
from parvis.delivery.models import Bag, BagEvent, Crate, Delivery, Plan
from parvis.delivery.states import BagState, DeliveryState


def state(delivery):
    return Delivery.objects.with_story().get(pk=delivery.pk).state


@pytest.mark.parametrize(
    ("typed", "code"),
    [("k7rvd", "K7RVD"), (" K7 RVD ", "K7RVD"), ("k7-rvd", "K7RVD"), ("https://issy.example/hub/bags/K7RVD/", "K7RVD")],
)
def test_codes_are_read_as_they_come(typed, code):
    assert code_of(typed) == code


def test_a_scan_twice_is_one_event(window, book, at):
    bag = book(window).bags.get()
    scan_bag_in(town=bag.town, code=bag.code.lower(), at=at)
    scan_bag_in(town=bag.town, code=bag.code, at=at + timedelta(minutes=1))
    assert [event.kind for event in bag.events.all()] == ["at_hub"]


def test_a_bag_of_another_town_is_unknown(window, book, other_town, at):
    bag = book(window).bags.get()
    with pytest.raises(Refusal, match=bag.code):
        scan_bag_in(town=other_town, code=bag.code, at=at)
    assert not bag.events.exists()


def test_the_code_of_a_delivery_is_told_apart(window, book, at):
    delivery = book(window)
    with pytest.raises(Refusal) as refused:
        scan_bag_in(town=delivery.town, code=delivery.code, at=at)
    assert delivery.code in str(refused.value)


def test_a_cancelled_bag_goes_back_to_its_shop(window, book, at):
    delivery = book(window, "Boulangerie", "Fromagerie")
    bag = delivery.bags.get(sender="Fromagerie")
    cancel_bags(delivery=delivery, sender_ref=bag.sender_ref, at=at)
    with pytest.raises(Refusal, match="Fromagerie"):
        scan_bag_in(town=delivery.town, code=bag.code, at=at)


def test_a_bag_brought_before_its_shop_says_ready_stays_here(window, book, at):
    delivery = book(window)
    bag = delivery.bags.get()
    scan_bag_in(town=delivery.town, code=bag.code, at=at)
    mark_bags_ready(delivery=delivery, sender_ref=bag.sender_ref, grams=900, at=at + timedelta(minutes=5))
    bag = Bag.objects.get(pk=bag.pk)
    assert (bag.state, bag.grams) == (BagState.AT_HUB, 900)


def test_packing_waits_for_every_bag_but_not_for_one_said_missing(window, book, at):
    delivery = book(window, "Boulangerie", "Fromagerie")
    scan_bag_in(town=delivery.town, code=delivery.bags.get(sender="Boulangerie").code, at=at)
    with pytest.raises(Refusal, match="Fromagerie"):
        pack(delivery=delivery, crate=1, at=at)
    late = delivery.bags.get(sender="Fromagerie")
    report_missing(bag=late, at=at)
    report_missing(bag=late, at=at)
    assert late.events.count() == 1
    pack(delivery=delivery, crate=1, at=at)
    assert state(delivery) == DeliveryState.PACKED


def test_a_missing_bag_that_turns_up_must_be_packed_too(window, book, scan_all, plan_round, hub, rider, at):
    delivery = book(window, "Boulangerie", "Fromagerie")
    scan_bag_in(town=delivery.town, code=delivery.bags.get(sender="Boulangerie").code, at=at)
    report_missing(bag=delivery.bags.get(sender="Fromagerie"), at=at)
    pack(delivery=delivery, crate=1, at=at)
    scan_all(delivery)
    round_ = plan_round(hub, rider, delivery)
    with pytest.raises(Refusal, match=delivery.code):
        leave_hub(round_=round_, at=at)
    pack(delivery=delivery, crate=1, at=at)
    leave_hub(round_=round_, at=at)
    assert {Bag.objects.get(pk=bag.pk).state for bag in delivery.bags.all()} == {BagState.LOADED}


def test_a_crate_holds_one_delivery_and_a_delivery_many_crates(window, book, scan_all, at):
    first, second = book(window), book(window)
    scan_all(first)
    scan_all(second)
    pack(delivery=first, crate=4, at=at)
    with pytest.raises(Refusal, match="4"):
        pack_into(delivery=second, crates=[3, 4], at=at)
    assert not Crate.objects.filter(delivery=second).exists(), "all or none"
    assert state(second) == DeliveryState.AT_HUB
    pack_into(delivery=second, crates=[3, 5], at=at)
    assert state(second) == DeliveryState.PACKED


def test_unpacking_frees_the_crate(window, book, scan_all, at):
    first, second = book(window), book(window)
    scan_all(first)
    scan_all(second)
    pack(delivery=first, crate=4, at=at)
    unpack(delivery=first, at=at)
    assert state(first) == DeliveryState.AT_HUB
    pack(delivery=second, crate=4, at=at)


def test_cancelling_everything_frees_the_crate(window, book, scan_all, at):
    first, second = book(window), book(window)
    scan_all(first)
    scan_all(second)
    pack(delivery=first, crate=4, at=at)
    cancel_bags(delivery=first, sender_ref=first.bags.get().sender_ref, at=at)
    pack(delivery=second, crate=4, at=at)


def test_what_has_left_is_neither_packed_nor_unpacked_nor_scanned(on_the_road, at):
    delivery = on_the_road.stops.first().delivery
    for verb in (lambda: pack(delivery=delivery, crate=9, at=at), lambda: unpack(delivery=delivery, at=at)):
        with pytest.raises(Refusal, match=delivery.code):
            verb()
    with pytest.raises(Refusal):
        scan_bag_in(town=delivery.town, code=delivery.bags.first().code, at=at)
    with pytest.raises(Refusal):
        report_missing(bag=delivery.bags.first(), at=at)


def test_a_round_leaves_once_with_something_on_its_bike(window, book, scan_all, plan_round, hub, rider, at):
    delivery = book(window)
    round_ = plan_round(hub, rider, delivery)
    with pytest.raises(Refusal):
        leave_hub(round_=round_, at=at)
    scan_all(delivery)
    pack(delivery=delivery, crate=1, at=at)
    hub.bikes.update(broken_at=at)
    with pytest.raises(Refusal, match="Vélo 1"):
        leave_hub(round_=round_, at=at)
    hub.bikes.update(broken_at=None)
    Plan.objects.update(state=Plan.State.SUPERSEDED)
    with pytest.raises(Refusal):
        leave_hub(round_=round_, at=at)
    Plan.objects.update(state=Plan.State.PUBLISHED)
    leave_hub(round_=round_, at=at)
    with pytest.raises(Refusal):
        leave_hub(round_=round_, at=at)


def test_a_bike_is_on_one_round_at_a_time(on_the_road, window, book, scan_all, plan_round, hub, rider, at):
    delivery = book(window)
    scan_all(delivery)
    pack(delivery=delivery, crate=9, at=at)
    second = plan_round(hub, rider, delivery, number=2)
    with pytest.raises(Refusal, match="Vélo 1"):
        leave_hub(round_=second, at=at)
    bring_back(round_=on_the_road, at=at)
    leave_hub(round_=second, at=at)


def test_what_comes_back_untried_is_at_the_hub_and_can_leave_again(on_the_road, plan_round, hub, rider, at):
    delivered, untried = (stop.delivery for stop in on_the_road.stops.all())
    hand_over(stop=on_the_road.stops.first(), at=at, recipient="Camille")
    bring_back(round_=on_the_road, at=at + timedelta(minutes=30))
    assert (state(delivered), state(untried)) == (DeliveryState.DELIVERED, DeliveryState.AT_HUB)
    pack(delivery=untried, crate=2, at=at + timedelta(minutes=40))
    leave_hub(round_=plan_round(hub, rider, untried, number=2), at=at + timedelta(minutes=50))
    assert state(untried) == DeliveryState.ON_THE_WAY


def test_a_buyer_who_opens_after_all_is_served(on_the_road, at):
    stop = on_the_road.stops.first()
    fail_stop(stop=stop, reason="nobody", at=at)
    assert state(stop.delivery) == DeliveryState.FAILED
    assert hand_over(stop=stop, at=at + timedelta(minutes=2), recipient="Camille")
    assert state(stop.delivery) == DeliveryState.DELIVERED


def test_once_back_at_the_hub_a_failed_delivery_cannot_be_handed_over(on_the_road, at):
    stop = on_the_road.stops.first()
    fail_stop(stop=stop, reason="nobody", at=at)
    bring_back(round_=on_the_road, at=at + timedelta(minutes=2))
    with pytest.raises(Refusal):
        hand_over(stop=stop, at=at + timedelta(minutes=3), recipient="Camille")


@pytest.mark.django_db(transaction=True)
def test_eight_scanners_at_once_are_one_event(town, other_town, hub, window, book, at):
    bag = book(window).bags.get()

    def scan():
        try:
            scan_bag_in(town=town, code=bag.code, at=at)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=scan) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert BagEvent.objects.filter(bag=bag).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_riders_buttons_at_once_are_one_handing_over(on_the_road, at):
    stop = on_the_road.stops.first()
    said = []

    def tap():
        try:
            said.append(hand_over(stop=stop, at=at, recipient="Camille", tap=Tap("same")))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tap) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [False] * 5 + [True]
