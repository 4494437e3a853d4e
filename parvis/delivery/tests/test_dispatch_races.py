"""Two dispatchers at once, and a bike that leaves while its shift is taken out."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.delivery import actions
from parvis.delivery.actions.positions import agree, note_position
from parvis.delivery.models import Hub, Plan, RiderPosition, Round, Shift, Window
from parvis.delivery.tests.dispatch_world import add_bikes, book, bring
from parvis.delivery.tests.straight_world import published
from parvis.demo import builders
from parvis.people.models import Person, Role
from parvis.towns.models import Town


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call gave, or the Refusal that it met; anything else that is raised is given too, to be seen."""
    gate, found = threading.Barrier(len(calls)), []

    def run(call: Callable[[], Any]) -> None:
        gate.wait()
        try:
            found.append(call())
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_a_rider_is_given_one_bike_at_a_time(hub: Hub, town: Town, at: datetime) -> None:
    zoe = builders.make_person("Zoé Vélo")
    builders.give_role(zoe, town, Role.Kind.RIDER)
    hours = {"rider": zoe, "starts_at": at, "ends_at": at + timedelta(hours=4), "by": None, "at": at}
    bikes = [builders.make_bike(hub, f"Vélo {name}") for name in "ABCD"]
    found = at_once(*[lambda bike=bike: actions.add_shift(bike=bike, **hours) for bike in bikes])  # type: ignore[misc]
    assert Shift.objects.filter(rider=zoe).count() == 1
    assert sorted(type(one).__name__ for one in found) == ["Refusal", "Refusal", "Refusal", "Shift"]


@pytest.mark.django_db(transaction=True)
def test_asking_for_a_plan_does_not_wait_for_one_that_is_being_written(hub: Hub, window: Window, at: datetime) -> None:
    """Whoever asks may hold deliveries for which the writer waits: an old plan that is held is not looked at."""
    book(window, 1, at)
    old = Plan.objects.create(
        town=hub.town, hub=hub, day=at.date(), version=1, state=Plan.State.COMPUTING, made_at=at - timedelta(minutes=9)
    )
    held, done = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            Plan.objects.select_for_update().get(pk=old.pk)
            held.set()
            done.wait(8)
        connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    held.wait(8)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
    try:
        assert actions.request_plan(hub=hub, day=at.date(), by=None, at=at) == old
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
        done.set()
        writer.join()


@pytest.mark.django_db(transaction=True)
def test_a_window_is_made_once(hub: Hub, at: datetime) -> None:
    start = at + timedelta(days=3)
    values: dict[str, Any] = {
        "ends_at": start + timedelta(hours=2),
        "closes_at": start - timedelta(hours=2),
        "goods_due_at": start - timedelta(hours=1),
    }

    def save() -> Window:
        return actions.save_window(
            hub=hub, window=None, starts_at=start, capacity=5, by=None, at=at, **values
        )  # fmt: skip

    found = at_once(*[save] * 4)
    assert Window.objects.filter(starts_at=start).count() == 1
    assert sorted(type(one).__name__ for one in found) == ["Refusal", "Refusal", "Refusal", "Window"]


@pytest.mark.django_db(transaction=True)
def test_windows_are_repeated_once(hub: Hub, window: Window, at: datetime) -> None:
    found = at_once(*[lambda: actions.repeat_windows(hub=hub, day=at.date(), days=5, by=None, at=at)] * 4)
    assert Window.objects.count() == 6
    assert sorted(found) == [0, 0, 0, 5]


def test_a_bike_that_leaves_after_its_shift_was_taken_out_rides_after_all(
    hub: Hub, window: Window, at: datetime
) -> None:
    """The rest of the day is planned around it, as around any other."""
    add_bikes(hub, at, "Un", "Deux")
    deliveries = book(window, 6, at)
    bring(deliveries, at, pack=True)
    plan = published(hub, at)
    round_ = Round.objects.filter(plan=plan).first()
    assert round_ is not None
    shift = Shift.objects.get(bike=round_.bike, rider=round_.rider)
    for _twice in range(2):
        actions.remove_shift(shift=Shift(pk=shift.pk, **_facts(shift)), by=None, at=at)
    actions.leave_hub(round_=round_, at=at + timedelta(minutes=5))
    again = Shift.objects.get(pk=shift.pk)
    assert _facts(again) == _facts(shift)
    made = actions.replan(hub=hub, day=at.date(), by=None, at=at + timedelta(minutes=10), iterations=20)
    assert made.state == Plan.State.DRAFT, made.message
    with pytest.raises(Refusal):
        actions.remove_shift(shift=again, by=None, at=at + timedelta(minutes=11))


def _facts(shift: Shift) -> dict[str, Any]:
    names = ("town_id", "bike_id", "rider_id", "starts_at", "ends_at")
    return {name: getattr(shift, name) for name in names}


def test_where_a_broken_bike_was_is_forgotten_when_its_goods_are_back(
    on_the_road: Round, rider: Person, town: Town, at: datetime
) -> None:
    agree(town=town, rider=rider, at=at)
    assert note_position(town=town, rider=rider, point=Point(town.lon, town.lat), at=at + timedelta(minutes=1))
    actions.recover_goods(bike=on_the_road.bike, by=None, at=at + timedelta(minutes=2))
    assert RiderPosition.objects.get().point is None
