"""A shop's month where no invoice was issued: movements from before, every kind, to the cent for each VAT rate."""

from datetime import date, timedelta

import pytest
from django.db import connection

from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import (
    ask_withdrawal,
    finish_part,
    place_order,
    prepare_part,
    receive_goods,
    refund_withdrawal,
    refuse_withdrawal,
    return_part,
)
from parvis.market.deposits import deposits_of
from parvis.market.models import Document, LedgerTransaction
from parvis.market.months import month_bounds
from parvis.market.statement import statement_of
from parvis.market.tests.test_place_order import BUYER, choose
from parvis.market.tests.test_vouchers import campaign_of, issue
from parvis.market.tests.test_withdrawals import ask, failed_at_the_door, loaded

NOVEMBER = date(2026, 11, 1)


def forget_papers():
    """Every sale is one from before invoices were issued: the demonstration's past, a town that moved in."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM market_document")
        cursor.execute("SET LOCAL session_replication_role = origin")


def by_ledger(shop):
    """What the ledger has of a shop: sold with VAT, and the VAT in it."""
    sums = ledger.balances(shop.town)
    vat = -sums.get(f"vat:{shop.slug}", 0)
    return vat - sums.get(f"shop:{shop.slug}", 0), vat


def told(shop):
    """The month by rate, after it was held against the ledger."""
    statement = statement_of(shop, NOVEMBER)
    assert statement.adds_up
    assert (statement.gross, statement.vat) == by_ledger(shop)
    assert sum(sale.gross for sale in statement.sales) == sum(g for s in statement.sales for _r, g, _v in s.by_rate)
    return {rate.rate: (rate.gross, rate.vat) for rate in statement.rates if rate.gross or rate.vat}


def same_with_and_without(shop):
    """Invoices say of each movement what its lines say."""
    said = {(s.at, s.gross): s.by_rate for s in statement_of(shop, NOVEMBER).sales}
    forget_papers()
    assert {(s.at, s.gross): s.by_rate for s in statement_of(shop, NOVEMBER).sales} == said
    return told(shop)


@pytest.fixture
def cart(town, shop, citizen, at):
    """Wine at 20 % with a deposit, a book at 5.5 %, brought by the shop for a fee: three rates in one part."""
    wine = builders.make_product(shop, "Vin", 1999, vat_bp=2000, deposit_cents=20, returning="yes", category="home")
    book = builders.make_product(shop, "Roman", 777, vat_bp=550, category="books")
    order = place_order(
        town=town, basket=builders.make_basket(town, (wine, 3), (book, 2)), buyer=BUYER,
        chosen={shop.pk: shop.modalities.get(kind="shop")}, window_id=None, key="cart", at=at,
    )  # fmt: skip
    part = order.parts.get()
    prepare_part(part=part, quantities={}, at=at)
    finish_part(part=part, at=at)
    return loaded(part)


def back(part, wine, book, at, key):
    """Bottles and books go back and are paid back."""
    named = {line.name: line.pk for line in part.lines.all()}
    wanted = {named["Vin"]: wine, named["Roman"]: book}
    case = ask_withdrawal(part=part, quantities=wanted, name="C", email="c@example.org", words="", key=key, at=at)
    receive_goods(case=case, at=at)
    refund_withdrawal(case=case, at=at)
    return case


def test_sales_of_several_rates(cart, shop):
    assert same_with_and_without(shop) == {0: (60, 0), 550: (1554, 81), 2000: (5997 + cart.fee_cents, 1041)}


@pytest.mark.parametrize("together", [True, False])
def test_withdrawals_one_after_another(cart, shop, at, together):
    """In one and the same minute, or on three days: each case is what it was paid back for."""
    step = timedelta() if together else timedelta(days=1)
    for number, (wine, book) in enumerate([(1, 0), (1, 1), (1, 1)]):
        back(loaded(cart), wine, book, at + number * step, f"w{number}")
    if not together:
        assert deposits_of(shop, *month_bounds(shop.town.zone, NOVEMBER)) == 0
        rates = same_with_and_without(shop)
        assert all(gross == 0 for gross, _vat in rates.values()), "a cent of VAT may stay: each case is rounded itself"
        return
    forget_papers()
    assert all(gross == 0 for gross, _vat in told(shop).values())


def test_a_withdrawal_of_a_sale_without_invoice(visit, merchant, cart, shop, at):
    """The sale had no invoice when it was taken back, so the credit note is missing too; page, PDF and CSV answer."""
    forget_papers()
    back(cart, 1, 1, at, "w")
    assert not Document.objects.exists()
    assert told(shop) == {0: (40, 0), 550: (777, 40), 2000: (3998 + cart.fee_cents, 708)}
    browser = visit(merchant)
    browser.cookies["language"] = "en"
    money = f"/merchant/{shop.slug}/money/?month={NOVEMBER:%Y-%m}"
    for form in ("", "&as=csv", "&as=pdf"):
        assert browser.get(f"{money}{form}").status_code == 200
    assert b"do not agree" not in browser.get(money).content


def test_a_refused_case_moves_nothing(cart, shop, at):
    case = ask_some(cart, at)
    refuse_withdrawal(case=case, reason="Worn", at=at)
    back(loaded(cart), 1, 0, at, "w2")
    same_with_and_without(shop)


def ask_some(part, at):
    line = next(line for line in part.lines.all() if line.name == "Vin")
    return ask_withdrawal(part=part, quantities={line.pk: 2}, name="C", email="c@example.org", words="", key="r", at=at)


def test_a_reversal(cart, shop, at):
    ledger.reverse_sale(cart, at=at + timedelta(hours=1))
    assert same_with_and_without(shop) == {}


def test_a_reversal_of_what_a_withdrawal_has_left(town, shop, hub, rider, window, at):
    part = failed_at_the_door(town, shop, hub, rider, window, at, quantity=3)
    refund_withdrawal(case=ask(part, 1, at), at=at + timedelta(minutes=1))
    return_part(part=part, at=at + timedelta(hours=2))
    assert set(same_with_and_without(shop)) <= {550}
    assert by_ledger(shop)[0] == 0


def test_with_a_voucher(town, shop, at):
    book = builders.make_product(shop, "Roman", 1999, category="books", vat_bp=550)
    (voucher,) = issue(campaign_of(town, single_use=False), at)
    order = place_order(
        town=town, basket=builders.make_basket(town, (book, 2)), buyer=BUYER, chosen=choose(shop, "collect"),
        window_id=None, key="v", at=at, vouchers=str(voucher),
    )  # fmt: skip
    part = order.parts.get()
    prepare_part(part=part, quantities={}, at=at)
    finish_part(part=part, at=at)
    case = ask(loaded(part), 1, at)
    refund_withdrawal(case=case, at=at)
    assert same_with_and_without(shop) == {550: (1999, 104)}


def test_what_nobody_can_read_says_so_and_breaks_nothing(visit, merchant, cart, shop, at):
    """A movement written by another program: the month stands, and says that it does not add up by rate."""
    forget_papers()
    moved = {ledger.buyer_account(cart.order): -120, f"shop:{shop.slug}": 100, f"vat:{shop.slug}": 20}
    for key, order in (("correction:7", cart.order), ("withdrawal:nothing", cart.order), ("sale:x", None)):
        ledger.post(order=order, town=shop.town, kind=LedgerTransaction.Kind.REVERSAL, key=key, entries=moved, at=at)
    statement = statement_of(shop, NOVEMBER)
    assert not statement.adds_up
    assert (statement.gross, statement.vat) == by_ledger(shop)
    browser = visit(merchant)
    browser.cookies["language"] = "en"
    page = browser.get(f"/merchant/{shop.slug}/money/?month={NOVEMBER:%Y-%m}")
    assert page.status_code == 200
    assert "do not agree" in page.content.decode()
