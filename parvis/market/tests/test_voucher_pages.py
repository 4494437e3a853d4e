"""Vouchers as buyers and shops see them: the checkout, the order, the receipt, the money page."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.cache import cache

from parvis.market.actions import finish_part, prepare_part
from parvis.market.actions.vouchers import issue_vouchers
from parvis.market.models import Order, VoucherCampaign, VoucherUse
from parvis.market.statement import statement_of

pytestmark = pytest.mark.usefixtures("clock")
EN = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _no_guesses():
    cache.clear()


@pytest.fixture
def voucher(town, at):
    campaign = VoucherCampaign.objects.create(
        town=town, name="Welcome", about="A gift to new residents.", value_cents=500,
        first_day=date(2026, 11, 1), last_day=date(2026, 12, 31), single_use=False,
    )  # fmt: skip
    return issue_vouchers(campaign=campaign, count=1, batch=uuid4(), at=at)[0]


@pytest.fixture
def browser(visit, product):
    browser = visit()
    browser.post("/basket/add/", {"product": product.pk, "quantity": 2})
    return browser


@pytest.fixture
def filled():
    return {
        "key": "0f0e8f3a-0000-4000-8000-000000000002",
        "way-boulangerie-du-parvis": "collect",
        "name": "Camille Martin",
        "email": "camille@example.org",
    }


def ask(browser, filled, code, **more):
    """The sums again, as the page asks for them when a choice changes."""
    sent = filled | {"recalculate": "1", "voucher": code} | more
    return browser.post("/checkout/", sent, headers=EN | {"hx-request": "true"}).content.decode()


def test_the_bill_explains_the_voucher(browser, filled, voucher):
    page = ask(browser, filled, str(voucher).lower())
    for words in ("Welcome", "A gift to new residents.", "−€5.00", "€3.40", 'name="total" value="340"'):
        assert words in page
    assert not VoucherUse.objects.exists(), "looking costs nothing"


def test_a_guest_orders_with_it_and_pays_the_rest(browser, filled, voucher, product, visit, merchant, at):
    answer = browser.post("/checkout/", filled | {"voucher": str(voucher), "total": "340"}, headers=EN)
    order = Order.objects.get()
    page = browser.get(answer.url, headers=EN).content.decode()
    assert "Voucher: Welcome" in page
    assert "€3.40" in page
    receipt = browser.get(f"/orders/{order.code}/receipt/?key={order.secret}", headers=EN).content.decode()
    assert "−€5.00" in receipt
    part = order.parts.get()
    prepare_part(part=part, quantities={}, at=at)
    shopkeeper = visit(merchant)
    shopkeeper.cookies["language"] = "en"
    mine = shopkeeper.get(f"/merchant/{part.shop.slug}/orders/{part.pk}/").content.decode()
    assert "The town pays by voucher" in mine
    assert "€3.40" in mine
    finish_part(part=part, at=at)
    money = shopkeeper.get(f"/merchant/{part.shop.slug}/money/").content.decode()
    assert "Paid with vouchers" in money
    assert "€5.00" in money
    statement = statement_of(part.shop, date(2026, 11, 1))
    assert (statement.vouchers, statement.town_owes, statement.owed_after) == (500, 500, 0)
    assert statement.adds_up


@pytest.mark.parametrize("code", ["NOPE", "=1+1", "ZZZZ-9999, QQQQ-1234", "'; DROP TABLE", "é" * 120])
def test_nonsense_is_one_sentence_and_what_was_typed_is_kept(browser, filled, voucher, code):
    answer = browser.post("/checkout/", filled | {"voucher": code}, headers=EN)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "We do not know the voucher" in page
    assert "Camille Martin" in page
    assert not Order.objects.exists()


def test_a_price_that_changed_meanwhile_is_said(browser, filled, voucher):
    page = browser.post("/checkout/", filled | {"voucher": str(voucher), "total": "840"}, headers=EN).content.decode()
    assert "The total has changed since you looked" in page
    voucher.refresh_from_db()
    assert voucher.left_cents == 500


def test_guessing_codes_is_stopped(browser, filled, voucher):
    for n in range(5):
        ask(browser, filled, ",".join(f"QQQQ-{n}{k}" for k in range(5)))
    page = ask(browser, filled, str(voucher))
    assert "Too many wrong codes were tried from here." in page
    assert "Welcome" not in page
    browser.post("/checkout/", filled | {"voucher": str(voucher)})
    assert not Order.objects.exists()
    browser.post("/checkout/", filled)
    assert Order.objects.get().parts.get().voucher_cents == 0, "without a voucher one may order"


def test_a_voucher_of_another_town_is_unknown(other_town, browser, filled, at):
    campaign = VoucherCampaign.objects.create(
        town=other_town, name="Ivry", value_cents=500, first_day=date(2026, 11, 1), last_day=date(2026, 12, 31)
    )
    (away,) = issue_vouchers(campaign=campaign, count=1, batch=uuid4(), at=at)
    assert "We do not know the voucher" in ask(browser, filled, str(away))


def test_an_order_with_vouchers_asks_no_more_than_one_with_none(
    browser, filled, voucher, product, django_assert_max_num_queries
):
    answer = browser.post("/checkout/", filled | {"voucher": str(voucher)})
    with django_assert_max_num_queries(15):
        browser.get(answer.url)


def test_a_line_of_each_voucher_is_on_the_bill_and_what_is_lost_is_said(browser, filled, town, voucher, at):
    campaign = VoucherCampaign.objects.create(
        town=town, name="Once", value_cents=2000, first_day=date(2026, 11, 1), last_day=date(2026, 12, 31)
    )
    (once,) = issue_vouchers(campaign=campaign, count=1, batch=uuid4(), at=at)
    page = ask(browser, filled, f"{voucher}, {once}")
    assert page.index("Welcome") < page.index("Once")
    assert "the rest of it is not kept" in page
    assert 'name="total" value="0"' in page
