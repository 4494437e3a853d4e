"""Each delivery once, under the promise that stood when a bike was first at its door."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from parvis.delivery.actions import rebook_delivery
from parvis.delivery.dayfigures import BY_BUYER, Told, told_between
from parvis.delivery.kept import Outcome
from parvis.delivery.models import Delivery, DeliveryEvent, Hub, Window
from parvis.delivery.personal import forget
from parvis.demo import builders

DAY, MINUTES = timedelta(days=1), timedelta(minutes=5)


@pytest.fixture
def tomorrow(hub: Hub, window: Window) -> Window:
    return builders.make_window(hub, window.starts_at + DAY)


def at_door(delivery: Delivery, kind: str, window: Window, after: timedelta = MINUTES) -> None:
    DeliveryEvent.objects.create(
        town=delivery.town, delivery=delivery, kind=kind, at=window.starts_at + after
    )  # fmt: skip


def told(window: Window, later: Window) -> Told:
    day = window.starts_at.date()
    (one,) = told_between(window.town, day, day + 3 * DAY, later.ends_at + DAY)
    return one


@pytest.mark.parametrize("asked_by", [BY_BUYER, ""])
def test_nobody_at_home_and_then_another_time(
    book: Callable[..., Delivery], window: Window, tomorrow: Window, asked_by: str
) -> None:
    """The bike was there as promised: whoever asks for the next day, the promise of the first is kept."""
    delivery = book(window)
    at_door(delivery, "failed", window)
    rebook_delivery(delivery=delivery, window_id=tomorrow.pk, at=window.ends_at, asked_by=asked_by)
    at_door(delivery, "delivered", tomorrow)
    one = told(window, tomorrow)
    assert (one.judged.outcome, one.judged.missed, one.day) == (Outcome.KEPT, True, window.starts_at.date())
    assert one.attempts == 2


@pytest.mark.parametrize(("asked_by", "outcome"), [(BY_BUYER, Outcome.KEPT), ("", Outcome.NOT_BROUGHT)])
def test_moved_before_a_bike_came(
    book: Callable[..., Delivery], window: Window, tomorrow: Window, asked_by: str, outcome: Outcome
) -> None:
    delivery = book(window)
    rebook_delivery(delivery=delivery, window_id=tomorrow.pk, at=window.starts_at, asked_by=asked_by)
    at_door(delivery, "delivered", tomorrow)
    assert told(window, tomorrow).judged.outcome == outcome


def test_moved_by_the_buyer_and_moved_again_after_nobody_was_at_home(
    book: Callable[..., Delivery], hub: Hub, window: Window, tomorrow: Window
) -> None:
    delivery, third = book(window), builders.make_window(hub, tomorrow.starts_at + DAY)
    rebook_delivery(delivery=delivery, window_id=tomorrow.pk, at=window.closes_at - MINUTES, asked_by=BY_BUYER)
    at_door(delivery, "failed", tomorrow)
    rebook_delivery(delivery=delivery, window_id=third.pk, at=tomorrow.ends_at, asked_by=BY_BUYER)
    at_door(delivery, "delivered", third)
    one = told(window, third)
    assert (one.judged.outcome, one.day) == (Outcome.KEPT, tomorrow.starts_at.date())


@pytest.mark.parametrize("asked_by", [BY_BUYER, ""])
def test_what_is_forgotten_of_a_buyer_is_not_forgotten_of_the_promise(
    book: Callable[..., Delivery], window: Window, tomorrow: Window, asked_by: str
) -> None:
    """Names, doors and proofs go; that another window was promised is nobody's data, and the figures need it."""
    delivery = book(window)
    rebook_delivery(delivery=delivery, window_id=tomorrow.pk, at=window.starts_at, asked_by=asked_by)
    at_door(delivery, "delivered", tomorrow)
    DeliveryEvent.objects.filter(delivery=delivery, kind="delivered").update(detail={"recipient": "Camille"})
    before = told(window, tomorrow)
    forget([delivery.pk])
    assert told(window, tomorrow) == before
    assert [event.detail for event in delivery.events.filter(kind="delivered")] == [{}]


def test_what_was_forgotten_before_is_counted_where_it_stands(
    book: Callable[..., Delivery], window: Window, tomorrow: Window
) -> None:
    delivery = book(window)
    rebook_delivery(delivery=delivery, window_id=tomorrow.pk, at=window.starts_at)
    at_door(delivery, "delivered", tomorrow)
    delivery.events.update(detail={})
    assert told(window, tomorrow).day == tomorrow.starts_at.date()
