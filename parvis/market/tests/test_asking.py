"""A shop that may not be ready asks for another time: one letter, one tap, and until then the promise stands."""

import re
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.core.errors import Refusal
from parvis.core.models import AuditEntry, OutboxMessage
from parvis.core.tests.locks import started
from parvis.delivery.actions import scan_bag_in
from parvis.delivery.models import DeliveryEvent
from parvis.delivery.states import DeliveryState
from parvis.demo import builders
from parvis.market.actions import accept_part, prepare_part, refuse_part
from parvis.market.actions.asking import ask_another_time, keep_promised_time
from parvis.market.actions.changing import change_time, collect_instead
from parvis.market.models import Part
from parvis.market.round_figures import round_figures
from parvis.market.states import PartState
from parvis.market.tests.test_changing import fresh, text_of
from parvis.market.tests.test_order_page import place

pytestmark = pytest.mark.usefixtures("clock")
EN = {"accept-language": "en"}
ASKS = "May it come at another time?"


@pytest.fixture
def order(town, product, window, tomorrow, citizen, at):
    return place(town, at, product, window=window, person=citizen)


@pytest.fixture
def part(order, at):
    accept_part(part=order.parts.get(), at=at)
    return order.parts.get()


@pytest.fixture
def counter(visit, merchant):
    client = visit(merchant)
    client.cookies["language"] = "en"
    return client


def page(visit, order, rest=""):
    return visit().get(f"/orders/{order.code}/{rest}?key={order.secret}", headers=EN)


def at_shop(part, rest=""):
    return f"/merchant/{part.shop.slug}/orders/{part.pk}/{rest}"


def letters(name):
    return OutboxMessage.objects.filter(key__startswith=f"{name}:")


def test_one_tap_asks_and_one_tap_answers(visit, counter, order, part, tomorrow, window):
    assert "Not ready in time?" in text_of(counter.get(at_shop(part)))
    answer = counter.post(at_shop(part, "another-time/"), {"reason": " The oven\nis cold. "}, follow=True)
    said = text_of(answer)
    assert "You asked Camille Martin for another time" in said
    assert "Until there is an answer, what was promised stands." in said
    assert "Not ready in time?" not in said
    assert "another time asked" in text_of(counter.get(f"/merchant/{part.shop.slug}/"))
    letter = letters("order-asked").get()
    assert letter.to == order.email
    assert "The oven is cold." in letter.body
    assert f"/orders/{order.code}/?key={order.secret}" in letter.body
    for rest in ("", "follow/"):
        shown = page(visit, order, rest)
        assert ASKS in text_of(shown)
        assert "The oven is cold." in text_of(shown)
        assert "Until you answer, it stays as promised: this evening, 17:00–19:00." in text_of(shown)
        assert str(tomorrow.pk) in shown.content.decode()
    assert fresh(order).delivery.window == window, "asking moves nothing"
    assert fresh(order).delivery.state == DeliveryState.BOOKED
    assert fresh(order).parts.get().state == PartState.ACCEPTED
    url = re.search(r'action="([^"]*follow/change/[^"]*)"', page(visit, order).content.decode()).group(1)
    answer = visit().post(url, {"window": str(tomorrow.pk)}, headers=EN, follow=True)
    assert "The time is changed. The shops are told." in text_of(answer)
    assert ASKS not in text_of(page(visit, order))
    said = text_of(counter.get(at_shop(part)))
    assert "You asked" not in said
    assert "Not ready in time?" in said, "it may happen again"


def test_asking_twice_sends_one_letter(counter, order, part, at):
    for _twice in range(2):
        assert counter.post(at_shop(part, "another-time/")).status_code == 302
    assert letters("order-asked").count() == 1
    assert order.delivery.events.filter(kind="asked").count() == 1
    assert not ask_another_time(part=part, reason="", at=at + timedelta(minutes=5))
    assert AuditEntry.objects.filter(verb="ask_another_time").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_send_one_letter(part, at):
    def ask(seconds):
        return ask_another_time(part=part, reason="", at=at + timedelta(seconds=seconds))

    said = started(*[partial(ask, number) for number in range(4)])()
    assert sorted(said) == [False, False, False, True]
    assert letters("order-asked").count() == 1


def test_the_buyer_keeps_the_time(visit, counter, order, part, window, at):
    ask_another_time(part=part, reason="", at=at)
    url = f"/orders/{order.code}/follow/keep/?key={order.secret}"
    for _twice in range(2):
        answer = visit().post(url, headers=EN, follow=True)
        assert answer.status_code == 200
        assert ASKS not in text_of(answer)
    assert fresh(order).delivery.window == window
    assert fresh(order).delivery.state == DeliveryState.BOOKED
    assert letters("order-kept-to-shop").get().to == part.shop.organisation.email
    assert "Camille Martin keeps the time" in text_of(counter.get(at_shop(part)))
    assert "the buyer keeps the time" in text_of(counter.get(f"/merchant/{part.shop.slug}/"))
    answer = counter.post(at_shop(part, "another-time/"), follow=True)
    assert "The buyer was asked, and keeps this time." in text_of(answer)
    assert letters("order-asked").count() == 1
    assert not keep_promised_time(order=order, at=at)


def test_the_shop_reads_on_which_day_its_bag_is_due(order, part, window, town, at):
    """Goods for the morning are due on the evening before."""
    Part.objects.update(due_at=window.goods_due_at - timedelta(days=1))
    town.languages = ["en"]
    town.save()
    ask_another_time(part=part, reason="", at=at)
    keep_promised_time(order=order, at=at)
    assert "ready by Wednesday 25 November, 16:00." in letters("order-kept-to-shop").get().body


@pytest.mark.parametrize("ends", ["packed", "brought", "refused", "collected"])
def test_what_needs_no_other_time_withdraws_the_question(visit, counter, order, part, at, ends):
    ask_another_time(part=part, reason="", at=at)
    assert ASKS in text_of(page(visit, order))
    if ends == "packed":
        prepare_part(part=part, quantities={}, at=at)
    elif ends == "brought":
        scan_bag_in(town=order.town, code=order.delivery.bags.get().code, at=at)
    elif ends == "refused":
        refuse_part(part=part, reason="No flour", at=at)
    else:
        collect_instead(order=order, at=at)
    assert ASKS not in text_of(page(visit, order))
    assert "You asked" not in text_of(counter.get(at_shop(part)))
    assert not keep_promised_time(order=order, at=at)
    with pytest.raises(Refusal):
        ask_another_time(part=part, reason="", at=at)
    assert letters("order-asked").count() == 1


def test_only_times_that_help_the_shop_are_offered(visit, order, part, hub, at):
    earlier = builders.make_window(hub, at + timedelta(hours=5))
    ask_another_time(part=part, reason="", at=at)
    assert str(earlier.pk) not in page(visit, order).content.decode()


def test_nothing_is_asked_where_no_other_time_can_be_kept(counter, order, part, tomorrow):
    tomorrow.delete()
    answer = counter.post(at_shop(part, "another-time/"), follow=True)
    assert "No later time can be promised. Call the buyer." in text_of(answer)
    assert not letters("order-asked").exists()
    assert not DeliveryEvent.objects.filter(kind="asked").exists()


def test_a_time_that_is_gone_meanwhile_is_said_and_the_rest_stays(visit, order, part, tomorrow, at):
    ask_another_time(part=part, reason="", at=at)
    tomorrow.delete()
    said = text_of(page(visit, order))
    assert "No other time is free at the moment." in said
    answer = visit().post(
        f"/orders/{order.code}/follow/change/?key={order.secret}", {"window": str(tomorrow.pk)}, headers=EN
    )
    assert answer.status_code == 422
    assert ASKS in text_of(page(visit, order)), "it is still open"


def test_two_shops_ask_and_one_answer_is_for_both(visit, town, product, other_merchant, window, tomorrow, at):
    apples = builders.make_product(other_merchant.roles.get().organisation.shops.get(), "Pommes", 350)
    order = place(town, at, product, apples, window=window)
    for part in order.parts.all():
        ask_another_time(part=part, reason="", at=at)
    said = text_of(page(visit, order))
    assert said.count("may not be ready in time") == 2
    prepare_part(part=order.parts.get(shop=product.shop), quantities={}, at=at)
    assert text_of(page(visit, order)).count("may not be ready in time") == 1, "the other one still asks"
    assert keep_promised_time(order=order, at=at)
    assert letters("order-kept-to-shop").get().to == apples.shop.organisation.email


def test_a_time_that_was_asked_for_is_a_promise_not_kept(order, part, tomorrow, at):
    ask_another_time(part=part, reason="", at=at)
    change_time(order=order, window_id=tomorrow.pk, at=at)
    assert "asked_by" not in order.delivery.events.get(kind="rebooked").detail


@pytest.mark.parametrize("days", [2, 9, 30])
def test_however_far_a_promise_is_moved_it_is_counted_on_its_first_day(order, part, town, hub, rider, window, at, days):
    there = at + timedelta(days=days)
    builders.make_shift(hub.bikes.get(), rider, there)
    later = builders.make_window(hub, window.starts_at + timedelta(days=days))
    ask_another_time(part=part, reason="", at=at)
    change_time(order=order, window_id=later.pk, at=at)
    told = [round_figures(town, day, day, there + timedelta(days=1)) for day in (at.date(), there.date())]
    assert [found.total.line.promised for found in told] == [1, 0]
    assert [found.total.line.not_brought for found in told] == [1, 0]
    whole = round_figures(town, at.date(), there.date(), there + timedelta(days=1))
    assert sum(found.total.income for found in told) == whole.total.income


def test_what_is_collected_has_no_question(counter, town, product, at):
    part = place(town, at, product).parts.get()
    assert "Not ready in time?" not in text_of(counter.get(at_shop(part)))
    answer = counter.post(at_shop(part, "another-time/"), follow=True)
    assert "Nothing of this order comes by bike." in text_of(answer)


def test_too_many_words_are_said(counter, part):
    answer = counter.post(at_shop(part, "another-time/"), {"reason": "x" * 500}, follow=True)
    assert "150" in text_of(answer)
    assert not letters("order-asked").exists()


def test_who_may_ask_and_who_may_answer(visit, order, part, other_merchant, citizen, agent, stranger, other_town, at):
    url = at_shop(part, "another-time/")
    for client in (visit(other_merchant), visit(citizen), visit(agent), visit(stranger), visit(stranger, other_town)):
        assert client.post(url).status_code == 404
    assert visit().post(url).status_code == 302, "sign in first"
    assert not letters("order-asked").exists()
    ask_another_time(part=part, reason="", at=at)
    keep = f"/orders/{order.code}/follow/keep/"
    for client in (visit(), visit(other_merchant), visit(stranger, other_town)):
        assert client.post(keep).status_code == 404
    assert visit().get(f"{keep}?key={order.secret}").status_code == 405
    assert ASKS in text_of(page(visit, order))
    assert visit(citizen).post(keep).status_code == 302


def test_the_board_asks_no_more_of_the_database_for_orders_with_a_question(
    counter, town, product, order, part, window, at, django_assert_num_queries
):
    board = f"/merchant/{part.shop.slug}/"
    counter.get(board)
    with CaptureQueriesContext(connection) as before:
        counter.get(board)
    parts = [part, *(place(town, at, product, window=window, key=f"k{n}").parts.get() for n in range(2, 5))]
    for one in parts:
        ask_another_time(part=one, reason="", at=at)
    with django_assert_num_queries(len(before)):
        assert text_of(counter.get(board)).count("another time asked") == 4
