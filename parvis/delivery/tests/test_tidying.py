"""Tours are found anew while nobody waits: everybody keeps the promise, bikes ride less, more can be promised."""

from datetime import datetime, timedelta

import pytest

from parvis.delivery.actions.tidying import tidy_all, tidy_tours
from parvis.delivery.models import DayTours, Delivery, Hub, Window
from parvis.delivery.tests.test_daytours import _book_one, promised_until_full

pytestmark = pytest.mark.django_db


def in_tours(kept: DayTours) -> set[str]:
    return {id for trips in kept.tours.values() for trip in trips for id in trip["drops"]}


def metres(kept: DayTours) -> int:
    return sum(way[1] for trips in kept.tours.values() for trip in trips for way in trip["ways"])


def promised() -> set[str]:
    return {str(pk) for pk in Delivery.objects.values_list("pk", flat=True)}


def test_everybody_stays_promised_and_there_is_room_again(hub: Hub, window: Window, at: datetime) -> None:
    count = promised_until_full(window, at)
    before = DayTours.objects.get()
    assert tidy_all(at, iterations=400) == 1
    after = DayTours.objects.get()
    assert in_tours(after) == in_tours(before) == promised()
    assert metres(after) < metres(before)
    assert after.tidied_at == at
    promised_until_full(window, at)
    assert Delivery.objects.count() >= count
    assert in_tours(DayTours.objects.get()) == promised()


def test_a_day_that_took_nothing_since_is_left_alone(hub: Hub, window: Window, at: datetime) -> None:
    for number in range(5):
        _book_one(window, at, number)
    tidy_all(at, iterations=50)
    before = DayTours.objects.get().tours
    assert tidy_all(at + timedelta(minutes=2), iterations=50) == 0
    assert DayTours.objects.get().tours == before
    _book_one(window, at + timedelta(minutes=3), 9)
    tidy_all(at + timedelta(minutes=4), iterations=50)
    kept = DayTours.objects.get()
    assert kept.tidied_at == at + timedelta(minutes=4)
    assert in_tours(kept) == promised()


def test_what_was_promised_meanwhile_is_not_lost(hub: Hub, window: Window, at: datetime) -> None:
    for number in range(6):
        _book_one(window, at, number)
    seen = DayTours.objects.select_related("hub__town").get()
    _book_one(window, at, 9)
    assert tidy_tours(kept=seen, at=at, iterations=50) is False
    kept = DayTours.objects.get()
    assert in_tours(kept) == promised()
    assert kept.tidied_at is None, "it is looked at again"


def test_tours_that_break_a_promise_are_found_anew(hub: Hub, window: Window, at: datetime) -> None:
    """What is on record is turned round, so that no tour stands; the planner serves everybody again."""
    promised_until_full(window, at)
    kept = DayTours.objects.get()
    for trip in next(iter(kept.tours.values())):
        trip["drops"].reverse()
        trip["ways"].reverse()
    kept.save()
    tidy_all(at, iterations=400)
    assert in_tours(DayTours.objects.get()) == promised()


def test_a_trip_that_has_left_stays_as_it_is(hub: Hub, window: Window, at: datetime) -> None:
    for number in range(12):
        _book_one(window, at, number)
    before = DayTours.objects.get().tours
    gone = window.starts_at + timedelta(minutes=1)
    DayTours.objects.update(changed_at=gone)
    tidy_all(gone, iterations=100)
    after = DayTours.objects.get().tours
    ((shift, trips),) = before.items()
    assert after[shift][0]["drops"] == trips[0]["drops"]


def test_nothing_of_yesterday(hub: Hub, window: Window, at: datetime) -> None:
    for number in range(4):
        _book_one(window, at, number)
    before = DayTours.objects.get().tours
    assert tidy_all(at + timedelta(days=1), iterations=50) == 0
    assert DayTours.objects.get().tours == before
