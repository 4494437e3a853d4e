"""Deliveries, bags and rounds in the states that the hub's and the rider's tests need."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.utils import translation

from parvis.core.geo import Point
from parvis.delivery.actions import BagSpec, book_delivery, leave_hub, pack, scan_bag_in
from parvis.delivery.models import Delivery, Hub, Plan, Round, Stop, Window
from parvis.people.models import Person


@pytest.fixture
def book(at: datetime) -> Callable[..., Delivery]:
    """``book(window, "Boulangerie", "Fromagerie")``: a delivery awaiting one bag of each sender."""
    numbers = count(1)

    def one(window: Window, *senders: str, name: str = "Camille Martin", **extra: Any) -> Delivery:
        number = next(numbers)
        values: dict[str, Any] = {
            "reference": f"R{number:03}",
            "phone": "06 11 22 33 44",
            "address": f"{number} rue du Général Leclerc, 92130 Issy",
            "point": Point(window.town.lon + 0.002, window.town.lat + 0.001 * number / 10),
            "at": window.closes_at - timedelta(hours=1),
        }
        bags = [
            BagSpec(sender, f"part-{number}-{i}", 1500, 8000, "01 46 00 00 01")
            for i, sender in enumerate(senders or ("Boulangerie du Parvis",))
        ]
        return book_delivery(town=window.town, window_id=window.pk, name=name, bags=bags, **(values | extra))

    return one


@pytest.fixture
def scan_all(at: datetime) -> Callable[[Delivery], None]:
    """All bags of a delivery are scanned in."""

    def run(delivery: Delivery) -> None:
        for bag in delivery.bags.filter(cancelled_at=None):
            scan_bag_in(town=delivery.town, code=bag.code, at=at)

    return run


@pytest.fixture
def plan_round(at: datetime) -> Callable[..., Round]:
    """``plan_round(hub, rider, first, second)``: a published round to these deliveries."""

    def make(hub: Hub, rider: Person | None, *deliveries: Delivery, **extra: Any) -> Round:
        state = extra.pop("state", Plan.State.PUBLISHED)
        number = extra.pop("number", 1)
        plan, _new = Plan.objects.get_or_create(
            town=hub.town,
            hub=hub,
            day=at.date(),
            state=state,
            defaults={"version": Plan.objects.filter(hub=hub).count() + 1, "made_at": at},
        )
        values: dict[str, Any] = {
            "bike": hub.bikes.first(),
            "departs_at": at + timedelta(hours=6, minutes=40 + number),
            "returns_at": at + timedelta(hours=9),
            "metres": 4200,
            "grams": 1,
            "millilitres": 1,
        }
        round_ = Round.objects.create(town=hub.town, plan=plan, rider=rider, number=number, **(values | extra))
        for position, delivery in enumerate(deliveries, start=1):
            moment = at + timedelta(hours=7, minutes=10 * position)
            Stop.objects.create(
                town=hub.town, round=round_, delivery=delivery, position=position, arrive_at=moment, leave_at=moment
            )
        return round_

    return make


@pytest.fixture
def on_the_road(
    hub: Hub, rider: Person, window: Window, book: Any, scan_all: Any, plan_round: Any, at: datetime
) -> Round:
    """A round of the rider's with two stops, packed and left."""
    deliveries = [book(window, "Boulangerie", "Fromagerie"), book(window, "Primeur", name="Louis Petit")]
    for crate, delivery in enumerate(deliveries, start=1):
        scan_all(delivery)
        pack(delivery=delivery, crate=crate, at=at)
    round_: Round = plan_round(hub, rider, *deliveries)
    leave_hub(round_=round_, at=at)
    return round_


@pytest.fixture
def in_english() -> Iterator[None]:
    """Refusals in the words of the source, whatever the translations say."""
    with translation.override("en"):
        yield
