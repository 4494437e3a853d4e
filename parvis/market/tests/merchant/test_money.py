"""A month that adds up: sold, VAT by rate, who holds what was paid, what is still owed."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from parvis.delivery.models import BagEvent, Window
from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import finish_part, prepare_part, refund_withdrawal
from parvis.market.models import FeeTerms, Product
from parvis.market.months import next_month
from parvis.market.statement import statement_of
from parvis.market.tests.test_place_order import deliver
from parvis.market.tests.test_withdrawals import ask, loaded
from parvis.market.tests.test_without_papers import forget_papers

NOVEMBER = date(2026, 11, 1)


def text(response):
    return " ".join(unescape(response.content.decode()).split())


@pytest.fixture
def wine(shop):
    return builders.make_product(shop, '=HYPERLINK("http://x")', 1250, vat_bp=2000)


def sell(order_of, at, product, kind="collect", *, paid=True, **kwargs):
    part = order_of(product, kind, **kwargs)
    prepare_part(part=part, quantities={}, at=at)
    if paid and kind != "bike":
        finish_part(part=part, at=at)
    return part


def test_a_month_adds_up(shop, product, wine, order_of, hub, window, rider, at):
    sell(order_of, at, product, extra=((wine, 1),))
    sell(order_of, at, product, "post", paid=False)
    bike = sell(order_of, at, product, "bike", window=window)
    deliver(bike.order, hub, rider, at)
    statement = statement_of(shop, NOVEMBER)
    assert statement.adds_up
    assert statement.gross == 3 * 840 + 1250 + 690
    assert {rate.rate: rate.gross for rate in statement.rates} == {550: 2520, 2000: 1940}
    assert statement.own_till == 840 + 1250
    assert statement.town_till == 840, "the fee of the bikes is the town's"
    assert statement.owed_after == 840 + 690
    assert statement_of(shop, date(2026, 10, 1)).gross == 0
    december = statement_of(shop, date(2026, 12, 1))
    assert (december.owed_before, december.owed_after, december.gross) == (1530, 1530, 0)


def test_what_was_taken_back_is_taken_out(shop, product, order_of, at):
    part = sell(order_of, at, product, paid=False)
    ledger.reverse_sale(part, at=at + timedelta(hours=1))
    statement = statement_of(shop, NOVEMBER)
    assert statement.adds_up
    assert (len(statement.sales), statement.gross, statement.owed_after) == (2, 0, 0)


def test_the_page_and_its_months(page_of, shop, product, order_of, at):
    sell(order_of, at, product)
    page = text(page_of("money/"))
    assert "€8.40 sold" in page
    assert "November 2026" in page
    assert "do not agree" not in page
    assert "Month after" not in page
    assert "Nothing sold in this month" in text(page_of("money/?month=2026-10"))
    for nonsense in ("2026-13", "x", "9999-01", "0001-01", "2027-01"):
        assert page_of(f"money/?month={nonsense}").status_code == 200


def test_the_csv_acts_in_no_spreadsheet(page_of, shop, product, wine, order_of, at):
    part = sell(order_of, at, product, extra=((wine, 1),))
    response = page_of("money/?as=csv")
    assert response["Content-Type"].startswith("text/csv")
    lines = response.content.decode("utf-8-sig").split("\r\n")
    assert lines[1] == f"2026-11-26;{part.order.code};sale;5.5%;7.96;0.44;8.40"
    assert lines[2] == f"2026-11-26;{part.order.code};sale;20%;10.42;2.08;12.50"
    assert "HYPERLINK" not in response.content.decode()


def test_queries_do_not_grow_with_what_happens(page_of, shop, product, order_of, hub, window, rider, town, at):
    """Sales in three ways, cases paid back, sales taken back, vouchers, fees, sales without an invoice: once, or six
    times more.
    """
    book = builders.make_product(shop, "Roman", 1999, category="books", deposit_cents=10)
    set_fees(town, shop, at)
    Product.objects.filter(pk=product.pk).update(stock=None)
    product.refresh_from_db()
    Window.objects.filter(pk=window.pk).update(capacity=20)
    page_of("about/")

    def all_that_happens():
        sell(order_of, at, product)
        sell(order_of, at, product, "post", paid=False)
        part = loaded(sell(order_of, at, book))
        for number in range(2):
            refund_withdrawal(case=ask(loaded(part), 1, at, key=f"{part.pk.hex}{number}"), at=at)
        ledger.reverse_sale(sell(order_of, at, book), at=at)
        bike = sell(order_of, at, product, "bike", window=window)
        post_bike_delivery_of(bike, at)

    def asked():
        with CaptureQueriesContext(connection) as asked:
            assert page_of("money/").status_code == 200
        return len(asked)

    all_that_happens()
    forget_papers()
    all_that_happens()
    once = asked()
    for _ in range(5):
        all_that_happens()
    assert statement_of(shop, NOVEMBER).adds_up
    assert asked() == once <= 24


def set_fees(town, shop, at):
    """The town takes a commission, so that the shop's account has movements of its own."""
    FeeTerms.objects.create(town=town, starts_on=date(2026, 1, 1), commission_bp=500, vat_bp=2000)


def post_bike_delivery_of(part, at):
    """What the ledger does when the rider has handed over."""
    bag = part.order.delivery.bags.get()
    BagEvent.objects.create(town=part.town, bag=bag, kind="delivered", at=at)
    ledger.post_bike_delivery(part.order, list(part.order.parts.all()), at=at)


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_the_month_after(day):
    first = day.replace(day=1)
    after = next_month(first)
    assert after.day == 1
    assert 28 <= (after - first).days <= 31
