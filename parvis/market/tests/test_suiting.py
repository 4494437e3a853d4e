"""A second time that suits: said on the page of the bike, told in a letter once the plan has taken it."""

import re
from datetime import timedelta

import pytest

from parvis.core.models import OutboxMessage
from parvis.delivery.actions import make_plan, publish_plan
from parvis.delivery.models import Delivery, Plan
from parvis.demo import builders
from parvis.market.tests.test_order_page import place

pytestmark = pytest.mark.usefixtures("clock")
EN = {"accept-language": "en"}


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def noon(hub, at):
    return builders.make_window(hub, at + timedelta(hours=3))


@pytest.fixture
def order(town, product, noon, window, citizen, at):
    """Ordered for noon; the evening's window is open as well."""
    return place(town, at - timedelta(hours=1), product, window=noon, person=citizen)


def follow(order, verb=""):
    return f"/orders/{order.code}/follow/{verb}?key={order.secret}"


def test_the_buyer_adds_a_time_and_takes_it_back(visit, order, noon, window):
    page = visit().get(follow(order), headers=EN)
    assert "Does another time suit you as well?" in text_of(page)
    assert str(window.pk) in page.content.decode()
    answer = visit().post(follow(order, "also/"), {"window": str(window.pk)}, headers=EN, follow=True)
    assert "You are told which of the two it is." in text_of(answer)
    assert Delivery.objects.get().also == window
    assert Delivery.objects.get().window == noon, "the place that is held stays"
    answer = visit().post(follow(order, "also/"), {"window": ""}, headers=EN, follow=True)
    assert "Only the time you chose first." in text_of(answer)
    assert Delivery.objects.get().also is None


def test_the_order_asks_too_and_is_shown_again(visit, order, noon, window):
    """Who has just ordered lands there, and knows best what else would have suited."""
    address = f"/orders/{order.code}/?key={order.secret}"
    page = visit().get(address, headers=EN)
    assert "Does another time suit you as well?" in text_of(page)
    answer = visit().post(follow(order, "also/"), {"window": str(window.pk), "back": "order"}, headers=EN, follow=True)
    assert answer.redirect_chain[-1][0] == address
    assert "You are told which of the two it is." in text_of(answer)
    assert Delivery.objects.get().also == window
    elsewhere = {"window": "", "back": "https://example.org/"}
    answer = visit().post(follow(order, "also/"), elsewhere, headers=EN, follow=True)
    assert answer.redirect_chain[-1][0] == follow(order)


@pytest.mark.parametrize("typed", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_nonsense_is_answered_in_one_sentence(visit, order, typed):
    answer = visit().post(follow(order, "also/"), {"window": typed}, headers=EN, follow=True)
    assert "This time cannot be added any more." in text_of(answer)
    assert Delivery.objects.get().also is None


def test_nobody_without_the_key_says_it(visit, order, other_town, window, at):
    without = f"/orders/{order.code}/follow/also/"
    assert visit().post(without, {"window": str(window.pk)}).status_code == 404
    assert visit(town=other_town).post(follow(order, "also/"), {"window": str(window.pk)}).status_code == 404
    assert visit().get(follow(order, "also/")).status_code == 405
    assert Delivery.objects.get().also is None


def test_the_plan_takes_the_second_and_the_buyer_is_told(visit, town, hub, product, order, noon, window, citizen, at):
    for number in range(2):
        place(town, at, product, window=window, person=citizen, key=f"evening-{number}")
    visit().post(follow(order, "also/"), {"window": str(window.pk)}, headers=EN)
    plan = make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=80)
    assert plan.state == Plan.State.DRAFT, plan.message
    assert not OutboxMessage.objects.filter(key__startswith="order-settled").exists()
    publish_plan(plan=plan, by=None, at=at)
    assert Delivery.objects.get(pk=order.delivery_id).window == window
    (letter,) = OutboxMessage.objects.filter(key__startswith="order-settled")
    assert letter.to == order.email
    assert order.code in letter.subject
    page = text_of(visit().get(follow(order), headers=EN))
    assert "Does another time suit you as well?" not in page
