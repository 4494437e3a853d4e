"""What an order costs now: prepared lines, parts given up, and the fee of the bikes."""

from datetime import timedelta

import pytest

from parvis.demo import builders
from parvis.market.actions import place_order, prepare_part, refuse_part
from parvis.market.amounts_due import ordered, owed
from parvis.market.models import Order
from parvis.market.tests.test_place_order import BUYER, choose


@pytest.fixture
def order(town, product, other_merchant, window, at):
    """Two loaves by bike, two bags of apples to collect."""
    other = other_merchant.roles.get().organisation.shops.get()
    basket = builders.make_basket(town, (product, 2), (builders.make_product(other, "Pommes", 350), 2))
    chosen = choose(product.shop, "bike") | choose(other, "collect")
    return place_order(town=town, basket=basket, buyer=BUYER, chosen=chosen, window_id=window.pk, key="k", at=at)


def told(order):
    return Order.objects.with_story().get(pk=order.pk)


def test_parts_and_the_bikes_add_up(order):
    due = owed(told(order))
    assert [part.cents for part in due.parts] == [840, 700]
    assert (due.bike_fee_cents, due.cents) == (390, 840 + 700 + 390)
    assert due.total.net + due.total.vat_cents == due.total.cents == due.cents
    assert due.of(order.parts.first()).cents == 840


def test_what_is_missing_or_refused_is_not_owed(order, product, at):
    bread, apples = order.parts.order_by("pk")
    prepare_part(part=apples, quantities={apples.lines.get().pk: 1}, at=at)
    assert owed(told(order)).cents == 840 + 350 + 390
    refuse_part(part=bread, reason="Four en panne", at=at + timedelta(minutes=1))
    due = owed(told(order))
    assert (due.cents, due.bike_fee_cents) == (350, 0), "nothing comes by bike any more"
    assert ordered(told(order)).cents == 840 + 700 + 390


def test_it_asks_the_database_nothing(order, django_assert_num_queries):
    loaded = told(order)
    with django_assert_num_queries(0):
        assert owed(loaded).cents == ordered(loaded).cents
