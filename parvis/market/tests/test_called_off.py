"""No bike can come to a door that was given a time: its buyer hears it once, and is not left with packed bags."""

from datetime import timedelta

import pytest

from parvis.core.models import OutboxMessage
from parvis.delivery.actions import leave_hub, recover_goods
from parvis.delivery.actions.publishing import announce
from parvis.delivery.models import Round
from parvis.demo import builders
from parvis.market.tests.test_following import address, orders, page, round_  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("clock")
EN = {"accept-language": "en"}


def letters_to(order):
    found = OutboxMessage.objects.filter(key__contains=f"{order.pk}:", key__startswith="order-").order_by("pk")
    return [letter for letter in found if "planned" in letter.key]


@pytest.fixture
def lost(round_, at):  # noqa: F811
    """The times were told; then the day was planned again without any bike."""
    plan = round_.plan
    announce(plan, at=at, by=None)
    told = list(round_.stops.values_list("delivery", flat=True))
    round_.stops.all().delete()
    for _time in range(2):
        announce(plan, at=at + timedelta(minutes=5), by=None, told=told)
    return round_


def test_the_buyer_hears_once_and_reads_what_to_do(visit, orders, lost):  # noqa: F811
    mine = orders[2]
    (letter,) = letters_to(mine)
    assert letter.to == mine.email
    assert f"/orders/{mine.code}/follow/?key=" in letter.body
    said = page(visit, mine)
    assert "No bike can come as promised" in said
    assert "If a bike is found after all, we write to you." in said
    assert "The rider rings" not in said
    assert "Choose another time" in said
    order = visit().get(f"/orders/{mine.code}/?key={mine.secret}", headers=EN).content.decode()
    assert "No bike can come as promised" in order


def test_packed_bags_may_go_another_day_once_no_bike_can_come(visit, orders, lost, hub, rider, at, clock):  # noqa: F811
    mine = orders[2]
    clock.move_to(at + timedelta(minutes=10))
    tomorrow = builders.make_window(hub, at + timedelta(days=1))
    builders.make_shift(hub.bikes.get(), rider, at + timedelta(days=1))
    answer = visit().post(address(mine, "follow/change/"), {"window": str(tomorrow.pk)}, headers=EN, follow=True)
    assert "The time is changed." in answer.content.decode()
    mine.delivery.refresh_from_db()
    assert mine.delivery.window == tomorrow
    assert "No bike can come" not in page(visit, mine)


def test_goods_on_a_broken_bike_may_go_another_day_once_they_are_back(visit, orders, round_, at, clock):  # noqa: F811
    mine = orders[2]
    announce(round_.plan, at=at, by=None)
    clock.move_to(round_.departs_at)
    leave_hub(round_=round_, at=round_.departs_at)
    round_.stops.all().delete()
    clock.move_to(round_.departs_at + timedelta(minutes=5))
    announce(round_.plan, at=round_.departs_at + timedelta(minutes=5), by=None, told=[mine.delivery_id])
    said = page(visit, mine)
    assert "No bike can come as promised" in said
    assert "Your goods ride back to the depot" in said
    assert "packed already" not in said
    assert "Choose another time" not in said
    recover_goods(bike=round_.bike, by=None, at=round_.departs_at + timedelta(minutes=30))
    assert "Choose another time" in page(visit, mine)


def test_packed_bags_wait_for_the_bike_that_comes(visit, orders, round_, at):  # noqa: F811
    announce(round_.plan, at=at, by=None)
    assert "Too late for another time" in visit().get(address(orders[2], "follow/change/"), headers=EN).content.decode()


def test_a_bike_that_is_found_after_all_is_told(visit, orders, lost, at):  # noqa: F811
    mine = orders[2]
    lost.stops.create(
        town=lost.town,
        delivery=mine.delivery,
        position=1,
        arrive_at=at + timedelta(hours=8),
        leave_at=at + timedelta(hours=8, minutes=3),
    )
    for _time in range(2):
        announce(Round.objects.get().plan, at=at + timedelta(hours=1), by=None)
    letters = letters_to(mine)
    assert [letter.key.split(":")[0] for letter in letters] == ["order-unplanned", "order-planned-again"]
    assert "18" in letters[1].body
    assert "The rider rings between" in page(visit, mine)
    assert len(letters_to(orders[0])) == 1


def test_another_time_because_no_bike_can_come_is_a_promise_not_kept(visit, orders, lost, tomorrow, at, clock):  # noqa: F811
    mine = orders[2]
    clock.move_to(at + timedelta(minutes=10))
    order = visit().get(f"/orders/{mine.code}/?key={mine.secret}", headers=EN).content.decode()
    assert "Which other time suits you?" in order
    assert f'name="window" value="{tomorrow.pk}"' in order
    visit().post(address(mine, "follow/change/"), {"window": str(tomorrow.pk)}, headers=EN)
    assert "asked_by" not in mine.delivery.events.get(kind="rebooked").detail
