"""Promises: the last place of a window is promised once; a failed delivery can be promised again or go back."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.core.taps import Tap
from parvis.delivery.actions import BagSpec, book_delivery, fail_stop, leave_hub, pack, rebook_delivery, scan_bag_in
from parvis.delivery.actions.riding import bring_back
from parvis.delivery.models import Delivery, Plan, Round, Stop
from parvis.delivery.states import BagState, DeliveryState
from parvis.demo import builders

DOOR = Point(2.275, 48.825)


def book(town, window, at, reference="R1"):
    return book_delivery(
        town=town,
        window_id=window.pk,
        reference=reference,
        name="Camille",
        phone="",
        address="12 rue X",
        point=DOOR,
        bags=[BagSpec("Boulangerie", "part-1", 500, 1000), BagSpec("Primeur", "part-2", 900, 2000)],
        at=at,
    )


def ride(delivery, hub, rider, at):
    """On the road, packed and loaded."""
    for bag in delivery.bags.all():
        scan_bag_in(town=delivery.town, code=bag.code.lower() + " ", at=at)
    pack(delivery=delivery, crate=1, at=at + timedelta(minutes=1))
    plan = Plan.objects.create(town=delivery.town, hub=hub, day=at.date(), version=1, made_at=at, state="published")
    round_ = Round.objects.create(
        town=delivery.town, plan=plan, bike=hub.bikes.first(), rider=rider, number=1,
        departs_at=at, returns_at=at, metres=1, grams=1, millilitres=1,
    )  # fmt: skip
    stop = Stop.objects.create(
        town=delivery.town, round=round_, delivery=delivery, position=1, arrive_at=at, leave_at=at
    )
    leave_hub(round_=round_, at=at + timedelta(minutes=2))
    return stop


def state(delivery):
    return Delivery.objects.with_story().get(pk=delivery.pk).state


def test_failed_then_promised_again(town, hub, rider, window, at):
    delivery = book(town, window, at)
    stop = ride(delivery, hub, rider, at)
    with pytest.raises(Refusal):
        fail_stop(stop=stop, reason=" ", at=at)
    assert fail_stop(stop=stop, reason="Personne", at=at + timedelta(minutes=20), tap=Tap("e"))
    assert not fail_stop(stop=stop, reason="Personne", at=at + timedelta(minutes=20), tap=Tap("e"))
    assert state(delivery) == DeliveryState.FAILED
    bring_back(round_=stop.round, at=at + timedelta(minutes=30))
    assert {bag.state for bag in delivery.bags.all()} == {BagState.AT_HUB}
    tomorrow = builders.make_window(hub, window.starts_at + timedelta(days=1))
    rebook_delivery(delivery=delivery, window_id=tomorrow.pk, at=at + timedelta(minutes=40))
    assert state(delivery) == DeliveryState.AT_HUB
    assert Delivery.objects.get().window == tomorrow


def test_what_is_on_the_road_keeps_its_window(town, hub, rider, window, at):
    stop = ride(book(town, window, at), hub, rider, at)
    tomorrow = builders.make_window(hub, window.starts_at + timedelta(days=1))
    with pytest.raises(Refusal):
        rebook_delivery(delivery=stop.delivery, window_id=tomorrow.pk, at=at + timedelta(minutes=5))


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_promised_once(at):
    town = builders.make_town()
    hub = builders.make_hub(town)
    builders.make_bike(hub)
    window = builders.make_window(hub, at + timedelta(hours=7), capacity=3)
    start, outcomes = threading.Barrier(12), []

    def run(number):
        try:
            start.wait()
            book(town, window, at, f"R{number}")
            outcomes.append("promised")
        except Refusal:
            outcomes.append("full")
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["full"] * 9 + ["promised"] * 3
    assert Delivery.objects.count() == 3
