"""A kept day is read anew after each change of a row, and nobody sees what another buyer asked for."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.core.geo import Point
from parvis.delivery.actions import cancel_bags
from parvis.delivery.actions.daykeeping import kept_days
from parvis.delivery.actions.dayreading import Day, days_of
from parvis.delivery.actions.daytours import offers
from parvis.delivery.actions.problems import Load
from parvis.delivery.actions.streets import circle, close_road
from parvis.delivery.actions.tidying import tidy_all
from parvis.delivery.models import Bag, Bike, Delivery, Hub, Shift, Window
from parvis.delivery.tests.dispatch_world import add_bikes, book
from parvis.demo import builders

pytestmark = pytest.mark.django_db


def is_read(window: Window, at: datetime) -> bool:
    """Whether asking took more than the one question whether anything has changed."""
    with CaptureQueriesContext(connection) as found:
        kept_days(window.hub.town, [window], at)
    return len(found) > 1


def seen(days: dict[object, Day]) -> list[object]:
    """All that a promise depends on."""
    return [
        (key, day.tours, day.bikes, day.rules, day.ways.places, day.ways.streets, day.unplaced)
        for key, day in days.items()
    ]


CHANGES: dict[str, Callable[[Window, datetime], object]] = {
    "one more": lambda window, at: book(window, 1, at),
    "one less": lambda window, at: cancel_bags(delivery=Delivery.objects.first(), sender_ref="part-1", at=at),
    "another bag weighs more": lambda window, at: Bag.objects.filter(pk=Bag.objects.first().pk).update(grams=7777),
    "another door": lambda window, at: Delivery.objects.filter(pk=Delivery.objects.first().pk).update(lon=2.28),
    "a bike breaks": lambda window, at: Bike.objects.update(broken_at=at),
    "a slower bike": lambda window, at: Bike.objects.update(speed_percent=70),
    "a shorter shift": lambda window, at: Shift.objects.update(ends_at=at + timedelta(hours=9)),
    "a second bike": lambda window, at: add_bikes(window.hub, at, "Second"),
    "a later window": lambda window, at: Window.objects.filter(pk=window.pk).update(
        ends_at=window.ends_at + timedelta(minutes=10)
    ),
    "another pace": lambda window, at: Hub.objects.update(pace_percent=120),
    "cold for less": lambda window, at: Hub.objects.update(cold_minutes=11),
    "a road is closed": lambda window, at: close_road(
        town=window.town,
        name="Fête",
        corners=circle(window.hub.point, 120),
        starts_at=at,
        ends_at=None,
        by=builders.make_person("Agent"),
        at=at,
    ),
    "tours are tidied": lambda window, at: tidy_all(at, iterations=40),
}


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_the_day_is_read_anew(change: str, hub: Hub, window: Window, at: datetime):
    book(window, 9, at)
    assert is_read(window, at)
    assert not is_read(window, at)
    CHANGES[change](window, at)
    changed = Window.objects.get(pk=window.pk)
    assert is_read(changed, at)
    soon = at + timedelta(minutes=1)
    assert seen(kept_days(hub.town, [changed], at)) == seen(days_of(hub.town, [changed], soon))  # type: ignore[arg-type]


def test_the_day_is_read_anew_each_minute(hub: Hub, window: Window, at: datetime):
    book(window, 2, at)
    kept_days(hub.town, [window], at)
    assert not is_read(window, at + timedelta(seconds=59))
    assert is_read(window, at + timedelta(seconds=60))


def test_another_town_changes_nothing(hub: Hub, window: Window, at: datetime):
    kept_days(hub.town, [window], at)
    other = builders.make_town("other", name="Ailleurs", lon=2.2, lat=48.8)
    theirs = builders.make_hub(other)
    builders.make_bike(theirs, "Autre vélo")
    book(builders.make_window(theirs, window.starts_at), 1, at)
    assert not is_read(window, at)


def test_nobody_sees_the_door_of_another(hub: Hub, window: Window, at: datetime):
    book(window, 3, at)
    before = seen(kept_days(hub.town, [window], at))  # type: ignore[arg-type]
    for far in range(1, 6):
        load = Load(Point(hub.lon + 0.002 * far, hub.lat), 3000, 8000)
        assert offers(town=hub.town, windows=[window], load=load, at=at)
    day = next(iter(kept_days(hub.town, [window], at).values()))
    drop = day.drop("mine", window, Load(Point(hub.lon, hub.lat + 0.01), 3000, 8000))
    place = day.best(window, drop)
    assert place is not None
    day.add(place, drop)
    assert seen(kept_days(hub.town, [window], at)) == before  # type: ignore[arg-type]
