"""Another time, chosen by the buyer: promised as at the checkout, and the old place is free at once."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connections

from parvis.core.errors import Refusal
from parvis.core.models import OutboxMessage
from parvis.delivery.actions import pack, scan_bag_in
from parvis.delivery.models import Delivery, Plan, Window
from parvis.demo import builders
from parvis.market.actions import prepare_part
from parvis.market.actions.changing import change_time, collect_instead
from parvis.market.changing import times_for
from parvis.market.models import MarketClosure, Order
from parvis.market.tests.test_order_page import place

pytestmark = pytest.mark.usefixtures("clock")
EN = {"accept-language": "en"}


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def order(town, product, window, citizen, at):
    return place(town, at, product, window=window, person=citizen)


def fresh(order):
    return Order.objects.with_story().select_related("town").get(pk=order.pk)


def address(order):
    return f"/orders/{order.code}/follow/change/?key={order.secret}"


def test_the_buyer_chooses_another_time(visit, order, window, tomorrow, at):
    said = visit().get(address(order), headers=EN)
    assert "When may the bike come instead?" in text_of(said)
    assert str(tomorrow.pk) in said.content.decode()
    assert str(window.pk) not in said.content.decode()
    answer = visit().post(address(order), {"window": str(tomorrow.pk)}, headers=EN, follow=True)
    assert "The time is changed. The shops are told." in text_of(answer)
    assert "By bike tomorrow, 17:00–19:00" in text_of(answer)
    changed = fresh(order)
    assert changed.delivery.window_id == tomorrow.pk
    assert {part.due_at for part in changed.parts.all()} == {tomorrow.goods_due_at}
    assert changed.delivery.events.get(kind="rebooked").detail["asked_by"] == "buyer", "the town broke no promise"
    told = OutboxMessage.objects.filter(key__startswith="order-moved")
    assert {mail.to for mail in told} == {order.email, order.parts.get().shop.organisation.email}


def test_the_old_place_is_free_at_once(town, product, order, window, tomorrow, at):
    Window.objects.update(capacity=1)
    with pytest.raises(Refusal):
        place(town, at, product, window=window, key="k2")
    change_time(order=order, window_id=tomorrow.pk, at=at)
    assert place(town, at, product, window=window, key="k3").delivery.window_id == window.pk
    with pytest.raises(Refusal, match="full"):
        change_time(order=fresh(order), window_id=window.pk, at=at)
    assert fresh(order).delivery.window_id == tomorrow.pk, "nothing is lost by asking"


def test_packed_bags_have_their_time(visit, order, tomorrow, at):
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    scan_bag_in(town=order.town, code=order.delivery.bags.get().code, at=at)
    assert times_for(fresh(order), order.town, at)
    pack(delivery=order.delivery, crate=1, at=at)
    assert times_for(fresh(order), order.town, at) == []
    with pytest.raises(Refusal, match="packed already"):
        change_time(order=order, window_id=tomorrow.pk, at=at)
    assert "Too late for another time" in text_of(visit().get(address(order), headers=EN))


def test_what_is_prepared_does_not_wait_for_days(order, hub, rider, tomorrow, at):
    later = builders.make_window(hub, at + timedelta(days=4, hours=7))
    builders.make_shift(hub.bikes.first(), rider, at + timedelta(days=4))
    assert {w.pk for w in times_for(fresh(order), order.town, at)} == {tomorrow.pk, later.pk}
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    assert [w.pk for w in times_for(fresh(order), order.town, at)] == [tomorrow.pk]
    with pytest.raises(Refusal, match="wait too long"):
        change_time(order=order, window_id=later.pk, at=at)


def test_no_bike_no_promise(order, hub, tomorrow, at):
    hub.bikes.first().shifts.filter(starts_at__date=tomorrow.starts_at.date()).update(
        starts_at=tomorrow.ends_at, ends_at=tomorrow.ends_at + timedelta(hours=1)
    )
    assert times_for(fresh(order), order.town, at) == []
    with pytest.raises(Refusal, match="No bike can be at your door"):
        change_time(order=order, window_id=tomorrow.pk, at=at)
    assert fresh(order).delivery.window_id != tomorrow.pk


def test_a_closed_market_promises_nothing(order, tomorrow, at):
    MarketClosure.objects.create(
        town=order.town, first_day=tomorrow.starts_at.date(), last_day=tomorrow.starts_at.date(), shown_from=at.date()
    )
    assert times_for(fresh(order), order.town, at) == []
    with pytest.raises(Refusal, match="closed"):
        change_time(order=order, window_id=tomorrow.pk, at=at)


@pytest.mark.parametrize("nonsense", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_nonsense_changes_nothing(visit, order, tomorrow, nonsense):
    answer = visit().post(address(order), {"window": nonsense}, headers=EN)
    assert answer.status_code == 422
    assert str(tomorrow.pk) in answer.content.decode(), "the choice is still there"
    assert Delivery.objects.get(pk=order.delivery_id).window_id != tomorrow.pk


def test_the_same_time_is_no_other_time(order, window, at):
    with pytest.raises(Refusal, match="another time"):
        change_time(order=order, window_id=window.pk, at=at)


def test_a_published_plan_is_planned_anew(order, hub, tomorrow, at):
    Plan.objects.create(
        town=order.town, hub=hub, day=at.date(), version=1, made_at=at, published_at=at, state="published"
    )
    place(order.town, at, order.parts.get().lines.get().product, window=order.delivery.window, key="other")
    change_time(order=order, window_id=tomorrow.pk, at=at)
    assert Plan.objects.filter(hub=hub, day=at.date(), state="computing").exists()


def test_collect_it_instead(visit, order, window, at):
    assert order.bike_fee_cents
    said = visit().get(address(order), headers=EN)
    assert "Or collect it yourself" in text_of(said)
    where = f"/orders/{order.code}/follow/collect/?key={order.secret}"
    answer = visit().post(where, headers=EN, follow=True)
    assert "You collect it yourself." in text_of(answer)
    changed = fresh(order)
    part = changed.parts.get()
    assert (part.kind, changed.bike_fee_cents) == ("collect", 0)
    assert changed.delivery.cancelled_at is not None
    assert window.deliveries.filter(cancelled_at=None).count() == 0
    prepare_part(part=part, quantities={}, at=at)
    page = text_of(visit().get(f"/orders/{order.code}/?key={order.secret}", headers=EN))
    assert "Ready to collect" in page
    told = OutboxMessage.objects.filter(key__startswith="order-collected")
    assert {mail.to for mail in told} == {order.email, part.shop.organisation.email}
    again = visit().post(where, headers=EN, follow=True)
    assert "Nothing of this order comes by bike." in text_of(again)


def test_what_has_left_its_shop_is_not_collected(visit, order, at):
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    scan_bag_in(town=order.town, code=order.delivery.bags.get().code, at=at)
    assert "Or collect it yourself" not in text_of(visit().get(address(order), headers=EN))
    with pytest.raises(Refusal, match="has left the shop"):
        collect_instead(order=order, at=at)


def test_a_shop_without_a_counter_hands_over_nothing(order, at):
    order.parts.get().shop.modalities.filter(kind="collect").update(active=False)
    with pytest.raises(Refusal, match="Nothing can be collected"):
        collect_instead(order=order, at=at)


@pytest.mark.django_db(transaction=True)
def test_two_who_want_the_last_place(town, product, window, hub, rider, at, tomorrow):
    orders = [place(town, at, product, window=window, key=f"k{n}") for n in range(2)]
    Window.objects.filter(pk=tomorrow.pk).update(capacity=1)
    said, gate = [], threading.Barrier(2)

    def go(order):
        try:
            gate.wait()
            change_time(order=order, window_id=tomorrow.pk, at=at)
            said.append("yes")
        except Refusal:
            said.append("no")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(said) == ["no", "yes"]
    assert Delivery.objects.filter(window=tomorrow).count() == 1
    assert Delivery.objects.filter(window=window).count() == 1
