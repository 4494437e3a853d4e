"""A neighbour without bikes in the demonstration: the agreement is in force, and its months tell what was ridden."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from parvis.core.models import OutboxMessage
from parvis.core.time import day_of
from parvis.delivery.models import Agreement, Delivery, Hub, SharedMonth
from parvis.delivery.models.agreements import Standing
from parvis.delivery.shared_months import month_of, months_of
from parvis.demo import reading
from parvis.demo.neighbour import neighbour_of
from parvis.demo.news import rows
from parvis.demo.profiles import NEIGHBOURS, profile_of
from parvis.demo.refresh import bring_up
from parvis.demo.story import on_the_road
from parvis.demo.tests.conftest import at_noon
from parvis.market.invariants import faults
from parvis.market.ledger import town_sum
from parvis.market.models import Order
from parvis.market.trades import TRADES
from parvis.people.models import Role
from parvis.towns.models import Town

HOST = profile_of("issy")
assert HOST
SMALL = replace(HOST, products=130, orders=16)  # enough of it: the neighbour is looked at


@pytest.fixture(scope="module")
def _both_at_noon(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with at_noon(SMALL, django_db_blocker):
        yield


@pytest.fixture
def agreement(_both_at_noon: None, db: None) -> Agreement:
    """The one that the demonstration has."""
    return Agreement.objects.select_related("town", "guest").get()


def test_it_is_in_force_and_the_neighbour_has_no_bike(agreement: Agreement, noon: datetime) -> None:
    assert (agreement.town.slug, agreement.guest.slug) == ("issy", "vanves")
    assert agreement.guest.is_demo
    assert agreement.standing(day_of(noon, agreement.town.zone)) == Standing.IN_FORCE
    assert not Hub.objects.filter(town=agreement.guest).exists()
    assert agreement.proposed_by
    assert agreement.signed_by
    assert not OutboxMessage.objects.exists(), "nobody gets a mail from what is played"


def test_its_buyers_are_served_in_every_state(agreement: Agreement, noon: datetime) -> None:
    theirs = Delivery.objects.filter(ordered_in=agreement.guest).with_story()
    assert {one.town_id for one in theirs} == {agreement.town_id}
    assert {"booked", "on_the_way", "delivered"} <= {one.state.value for one in theirs}
    mine = Order.objects.filter(town=agreement.guest, person__email="resident@vanves.demo")
    assert any(order.delivery and order.delivery.state.value == "on_the_way" for order in mine)
    assert faults(agreement.guest) == faults(agreement.town) == []
    assert town_sum(agreement.guest) == town_sum(agreement.town) == 0


def test_its_months_tell_real_figures(agreement: Agreement, noon: datetime) -> None:
    newest, *older = months_of(agreement, day_of(noon, agreement.town.zone))
    assert older
    month = month_of(agreement, newest, noon)
    assert len(month.lines) >= 6
    for line in month.lines:
        assert 0 < line.guest_doors < line.doors
        assert 0 < line.guest_metres < line.metres
        assert 0 < line.guest_cost.cents < line.cost.cents
    assert [issued.first_day for issued in SharedMonth.objects.filter(agreement=agreement)] == older
    assert month_of(agreement, older[0], noon).total.guest_doors, "the first month has its last evenings"


def test_twice_changes_nothing_and_another_day_lives(agreement: Agreement, noon: datetime) -> None:
    before = Order.objects.count()
    bring_up([SMALL], at=noon + timedelta(minutes=4))
    assert (Order.objects.count(), Agreement.objects.count()) == (before, 1)
    later = noon + timedelta(days=1, hours=3)
    said: list[str] = []
    bring_up([SMALL], at=later, say=said.append, build=False)
    assert len(said) == 1, said
    assert on_the_road(Hub.objects.get(town=agreement.town), later)
    old = Order.objects.with_story().filter(town=agreement.guest, delivery__window__ends_at__lt=noon)
    assert old
    assert all(part.state.is_over for order in old for part in order.parts.all())


def test_what_a_visitor_has_ended_stays_ended(agreement: Agreement, noon: datetime) -> None:
    yesterday = day_of(noon, agreement.town.zone) - timedelta(days=1)
    Agreement.objects.update(notice_at=noon, notice_from=agreement.guest, notice_ends_on=yesterday)
    hub = Hub.objects.get(town=agreement.town)
    assert neighbour_of(agreement.town, hub, at=noon) is None, "nobody of the neighbour orders any more"
    assert Agreement.objects.count() == 1


def test_a_real_town_of_that_name_is_left_alone(agreement: Agreement, noon: datetime) -> None:
    Town.objects.filter(pk=agreement.guest_id).update(is_demo=False)
    hub = Hub.objects.get(town=agreement.town)
    assert neighbour_of(agreement.town, hub, at=noon) is None


@pytest.mark.parametrize("profile", NEIGHBOURS.values(), ids=lambda profile: profile.slug)
def test_its_tables_are_sound(profile: Any, noon: datetime) -> None:
    doors = {(door.number, door.street) for door in reading.doors(profile.slug)}
    shops = reading.shops(profile.slug)
    assert all((shop.number, shop.street) in doors and shop.trade in TRADES for shop in shops)
    assert {row.shop for row in rows(profile.slug, noon.date())} <= {shop.name for shop in shops} | {""}
    named = {account.shop for account in profile.accounts if account.shop}
    assert named <= {shop.name for shop in shops}
    assert {account.kind for account in profile.accounts} == {None, Role.Kind.MERCHANT, Role.Kind.AGENT}
