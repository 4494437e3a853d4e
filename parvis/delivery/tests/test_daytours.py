"""A promise is made only if a bike can keep it and all that was promised before; the plan then serves everybody."""

import threading
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.delivery import actions
from parvis.delivery.actions.daytours import Offer, nobody_rides, offers
from parvis.delivery.actions.problems import Load
from parvis.delivery.models import DayTours, Delivery, Hub, Shift, Window
from parvis.delivery.tests.dispatch_world import add_bikes, book, solution_of
from parvis.demo import builders

pytestmark = pytest.mark.django_db


def promised_until_full(window: Window, at: datetime, *, grams: int = 9000) -> int:
    """As many doors as can be promised in a window, on a grid beside the hub."""
    for count in range(60):
        try:
            _book_one(window, at, count, grams=grams)
        except Refusal:
            return count
    raise AssertionError("a window that never fills")


def _book_one(window: Window, at: datetime, number: int, *, grams: int = 9000, far: float = 0.004) -> Delivery:
    hub = window.hub
    return actions.book_delivery(
        town=hub.town,
        window_id=window.pk,
        reference=f"P-{number}",
        name="Camille",
        phone="",
        address=f"{number} rue du Parvis",
        point=Point(hub.lon + far + 0.0005 * (number % 7), hub.lat + 0.0006 * (number % 11)),
        bags=[actions.BagSpec("Boulangerie", f"part-{number}", grams, 12_000)],
        at=at,
    )


def load_at(hub: Hub, far: float, *, grams: int = 3000) -> Load:
    return Load(Point(hub.lon + far, hub.lat), grams, 8000)


def test_all_that_is_promised_finds_its_place_in_the_plan(hub: Hub, window: Window, at: datetime) -> None:
    """One bike, two hours: some doors are promised, then no more; the planner serves every one of them."""
    count = promised_until_full(window, at)
    assert 10 <= count < 60
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=300)
    _problem, solution = solution_of(plan)
    assert solution.unserved == ()
    assert sum(len(trip.stops) for trip in solution.trips) == count


def test_two_bikes_promise_more_than_one(hub: Hub, window: Window, at: datetime) -> None:
    one = promised_until_full(window, at)
    add_bikes(hub, at, "Second")
    assert promised_until_full(window, at) >= one - 3


def test_what_is_refused_leaves_nothing_behind(hub: Hub, window: Window, at: datetime) -> None:
    count = promised_until_full(window, at)
    kept = DayTours.objects.get()
    in_tours = [id for trips in kept.tours.values() for trip in trips for id in trip["drops"]]
    assert sorted(in_tours) == sorted(str(pk) for pk in Delivery.objects.values_list("pk", flat=True))
    assert len(in_tours) == count


def test_an_offer_is_what_booking_would_say(hub: Hub, window: Window, at: datetime) -> None:
    for number in range(60):
        load = Load(Point(hub.lon + 0.004 + 0.0005 * (number % 7), hub.lat + 0.0006 * (number % 11)), 9000, 12_000)
        offered = window.pk in offers(town=hub.town, windows=[window], load=load, at=at)
        try:
            _book_one(window, at, number)
        except Refusal:
            assert not offered
            return
        assert offered


def test_a_door_beside_another_is_the_greener_one(hub: Hub, window: Window, at: datetime) -> None:
    sooner = builders.make_window(hub, window.starts_at - timedelta(hours=2))
    _book_one(sooner, at, 0, far=0.02)
    found = offers(town=hub.town, windows=[window, sooner], load=load_at(hub, 0.0201), at=at)
    alone, beside = found[window.pk].metres, found[sooner.pk].metres
    assert alone is not None
    assert beside is not None
    assert beside < 100 < alone


def test_what_is_too_far_or_too_heavy_is_offered_nowhere(hub: Hub, window: Window, at: datetime) -> None:
    assert offers(town=hub.town, windows=[window], load=load_at(hub, 0.9), at=at) == {}
    assert offers(town=hub.town, windows=[window], load=load_at(hub, 0.01, grams=900_000), at=at) == {}


def test_without_shifts_the_number_of_places_must_do(hub: Hub, window: Window, at: datetime) -> None:
    Shift.objects.all().delete()
    assert offers(town=hub.town, windows=[window], load=load_at(hub, 0.01), at=at) == {window.pk: Offer(None)}
    book(window, 40, at)
    assert Delivery.objects.count() == 40


def test_a_window_outside_of_all_shifts_is_not_offered(hub: Hub, at: datetime) -> None:
    night = builders.make_window(hub, at + timedelta(hours=11))  # 21:00, and the shift ends at 19:00
    assert offers(town=hub.town, windows=[night], load=load_at(hub, 0.01), at=at) == {}


def test_a_window_in_which_nobody_rides_is_no_choice(hub: Hub, window: Window, at: datetime) -> None:
    night = builders.make_window(hub, at + timedelta(hours=11))
    tomorrow = builders.make_window(hub, at + timedelta(days=1, hours=11))
    assert nobody_rides(hub.town, [window, night, tomorrow], at) == {night.pk}, "tomorrow's shifts are not entered yet"
    hub.bikes.update(broken_at=at)
    assert nobody_rides(hub.town, [window, night, tomorrow], at) == {window.pk, night.pk}, "the only bike is broken"
    assert nobody_rides(hub.town, [], at) == set()


def test_a_cancelled_delivery_gives_its_place_back(hub: Hub, window: Window, at: datetime) -> None:
    promised_until_full(window, at)
    load = load_at(hub, 0.004, grams=9000)
    assert offers(town=hub.town, windows=[window], load=load, at=at) == {}
    for delivery in Delivery.objects.all()[:4]:
        for ref in delivery.bags.values_list("sender_ref", flat=True):
            actions.cancel_bags(delivery=delivery, sender_ref=ref, at=at)
    assert window.pk in offers(town=hub.town, windows=[window], load=load, at=at)


def test_a_bike_that_breaks_closes_the_windows_it_leaves_short(hub: Hub, window: Window, at: datetime) -> None:
    """Two bikes are full; one breaks down. What it was to bring has no place: nothing more is promised."""
    spare = add_bikes(hub, at, "Second")[0]
    promised_until_full(window, at)
    for delivery in Delivery.objects.all()[:2]:
        actions.cancel_bags(delivery=delivery, sender_ref=delivery.bags.get().sender_ref, at=at)
    load = load_at(hub, 0.004)
    assert window.pk in offers(town=hub.town, windows=[window], load=load, at=at)
    actions.mark_bike_broken(bike=spare, by=None, at=at)
    assert offers(town=hub.town, windows=[window], load=load, at=at) == {}
    actions.mark_bike_repaired(bike=spare, by=None, at=at)
    assert window.pk in offers(town=hub.town, windows=[window], load=load, at=at)


def test_a_published_plan_is_what_the_next_promise_is_asked_of(hub: Hub, window: Window, at: datetime) -> None:
    book(window, 8, at)
    draft = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=100)
    plan = actions.publish_plan(plan=draft, by=None, at=at)
    kept = DayTours.objects.get(hub=hub, day=at.date())
    trips = [[str(s.delivery_id) for s in r.stops.all()] for r in plan.rounds.order_by("departs_at")]
    assert [trip["drops"] for tours in kept.tours.values() for trip in tours] == trips
    assert all(len(t["ways"]) == len(t["drops"]) + 1 for tours in kept.tours.values() for t in tours)
    _book_one(window, at, 9)
    assert sum(len(t["drops"]) for tours in DayTours.objects.get().tours.values() for t in tours) == 9


def test_another_window_is_held_like_a_new_promise(hub: Hub, window: Window, at: datetime) -> None:
    builders.make_shift(hub.bikes.get(), Shift.objects.get().rider, at + timedelta(days=1))
    tomorrow = builders.make_window(hub, window.starts_at + timedelta(days=1))
    moved, stays = book(window, 2, at)
    actions.rebook_delivery(delivery=moved, window_id=tomorrow.pk, at=at)
    days = {
        kept.day: [i for t in kept.tours.values() for trip in t for i in trip["drops"]]
        for kept in DayTours.objects.all()
    }
    assert days[tomorrow.starts_at.date()] == [str(moved.pk)]
    _book_one(window, at, 9)
    today = DayTours.objects.get(day=at.date())
    assert str(moved.pk) not in str(today.tours)
    assert str(stays.pk) in str(today.tours)


def test_many_deliveries_and_windows_cost_no_more_questions(hub: Hub, window: Window, at: datetime) -> None:
    windows = [window, *(builders.make_window(hub, window.starts_at + timedelta(days=n)) for n in range(1, 5))]
    for n in range(1, 5):
        builders.make_shift(hub.bikes.get(), Shift.objects.first().rider, at + timedelta(days=n), time(9), time(19))  # type: ignore[union-attr]

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert len(offers(town=hub.town, windows=windows, load=load_at(hub, 0.01), at=at)) == 5
        return len(found)

    before = asked()
    for one in windows:
        book(one, 6, at, grams=1000)
    assert asked() <= before <= 8
    assert asked() == 1, "nothing has changed"


@pytest.mark.django_db(transaction=True)
def test_two_buyers_cannot_take_the_last_place_between_them(at: datetime) -> None:
    """Twelve at once, in two windows of one bike's afternoon: what was promised is in the tours, and can be ridden."""
    town = builders.make_town()
    hub = builders.make_hub(town)
    rider = builders.make_person("Rémi Vélo")
    builders.make_shift(builders.make_bike(hub), rider, at, time(16), time(18))
    windows = [builders.make_window(hub, at + timedelta(hours=h), hours=1) for h in (6, 7)]
    start, outcomes = threading.Barrier(24), []

    def run(number: int) -> None:
        try:
            start.wait()
            _book_one(windows[number % 2], at, number, grams=20_000, far=0.012)
            outcomes.append("promised")
        except Refusal:
            outcomes.append("refused")
        finally:
            connections["default"].close()

    threads: list[Any] = [threading.Thread(target=run, args=(n,)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    promised = outcomes.count("promised")
    assert len(outcomes) == 24
    assert 1 <= promised < 24
    kept = DayTours.objects.get()
    assert sum(len(t["drops"]) for tours in kept.tours.values() for t in tours) == promised == Delivery.objects.count()
    _problem, solution = solution_of(actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=200))
    assert solution.unserved == ()
