"""The account of a shop with the town: it adds up to the cent whatever happened, and is settled once."""

from datetime import date, timedelta
from html import unescape
from random import Random

import pytest
from django.db import DatabaseError, transaction

from parvis.core.errors import Refusal
from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import (
    ask_withdrawal,
    finish_part,
    place_order,
    prepare_part,
    refund_withdrawal,
    refuse_part,
)
from parvis.market.actions.fee_invoices import issue_all, issue_month
from parvis.market.actions.settling import pay_shop
from parvis.market.fees_charged import fees_charged
from parvis.market.models import FeeInvoice, FeeTerms, LedgerEntry, LedgerTransaction, Operator, Shop
from parvis.market.months import month_bounds
from parvis.market.shop_account import account_at, accounts_of, month_of
from parvis.market.statement import statement_of
from parvis.market.statement_pdf import statement_pdf
from parvis.market.tests.test_fees import TAKEN, sell
from parvis.market.tests.test_place_order import BUYER, deliver, order_by_bike
from parvis.market.tests.test_vouchers import campaign_of, issue

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
SLUG = "boulangerie-du-parvis"


def text(response):
    return " ".join(unescape(response.content.decode()).split())


@pytest.fixture
def terms(town):
    return FeeTerms.objects.create(town=town, starts_on=NOVEMBER, **TAKEN)


@pytest.fixture
def delivered(town, product, terms, window, hub, rider, at):
    """840 of goods by bike: the rider took them, the shop owes 48 of commission and 200 of the bike."""
    order = order_by_bike(town, product, window, at)
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    deliver(order, hub, rider, at)
    return order


def month(shop, first_day=NOVEMBER):
    shop = Shop.objects.select_related("town").get(pk=shop.pk)
    return month_of(shop, first_day, *month_bounds(shop.town.zone, first_day))


def test_what_riders_took_is_settled_once(delivered, town, shop, at):
    account = account_at(shop)
    assert (account.takings, account.fees, account.balance) == (840, 248, 592)
    assert accounts_of(town) == {shop: account}
    later = at + timedelta(days=10)
    assert pay_shop(shop=shop, words="Virement 7", key="a", at=later) == 592
    assert pay_shop(shop=shop, words="Virement 7", key="a", at=later) == 592, "the same form twice"
    with pytest.raises(Refusal, match="Nothing is owed"):
        pay_shop(shop=shop, words="", key="b", at=later)
    assert account_at(shop).is_even
    assert accounts_of(town) == {}
    books = ledger.balances(town)
    assert (books["till:town"], books[f"bank:{SLUG}"], books["bank:town"], books[f"kept:{SLUG}"]) == (
        390,
        592,
        248,
        248,
    )
    assert ledger.town_sum(town) == 0
    november, december = month(shop), month(shop, DECEMBER)
    assert (november.before.balance, november.takings, november.fee_cents, november.carried) == (0, (840, 0), 248, 592)
    assert (december.before.balance, december.paid_cents, december.carried) == (592, 592, 0)
    assert november.adds_up
    assert december.adds_up


def test_a_shop_that_was_paid_at_its_counter_owes_and_pays(town, shop, product, terms, at):
    part = sell(product, at)
    prepare_part(part=part, quantities={}, at=at)
    finish_part(part=part, at=at)
    assert account_at(shop).balance == -48
    assert month(shop).carried == -48
    assert pay_shop(shop=shop, words="", key="a", at=at) == -48
    assert account_at(shop).balance == 0
    assert ledger.balances(town)["bank:town"] == 48


@pytest.mark.parametrize("seed", range(4))
def test_any_history_adds_up(seed, town, shop, other_merchant, terms, hub, window, rider, at):
    """Random orders of two shops: every month of each, and all of them together, agree with the ledger."""
    chance = Random(seed)
    second = other_merchant.roles.get().organisation.shops.get()
    goods = [
        builders.make_product(shop, "Pain", 421, vat_bp=550),
        builders.make_product(shop, "Atlas", 2999, vat_bp=550, category="books", deposit_cents=30),
        builders.make_product(second, "Bougie", 1333, vat_bp=2000, category="home"),
    ]
    windows = {at: window}
    vouchers = issue(campaign_of(town, None, value_cents=1500), at, count=4)
    for number in range(14):
        when = at + timedelta(days=chance.choice((0, 9, 20, 33)))
        if when not in windows:
            windows[when] = builders.make_window(hub, when + timedelta(hours=7))
        wanted = chance.sample(goods, chance.randint(1, 3))
        kind = chance.choice(("collect", "post", "bike"))
        order = place_order(
            town=town,
            basket=builders.make_basket(town, *((product, chance.randint(1, 3)) for product in wanted)),
            buyer=BUYER,
            chosen={s.pk: s.modalities.get(kind=kind) for s in {product.shop for product in wanted}},
            window_id=windows[when].pk if kind == "bike" else None,
            key=f"k{number}",
            at=when,
            vouchers=str(vouchers[number // 4]) if number % 4 == 0 else "",
        )
        _play(chance, order, kind, hub, rider, when)
        if number % 5 == 4:
            for one in (shop, second):
                if not account_at(one).is_even:
                    pay_shop(shop=one, words="", key=f"p{number}", at=when)
    for one in (shop, second):
        carried = owed = 0
        for first_day in (NOVEMBER, DECEMBER):
            found = month(one, first_day)
            assert found.adds_up
            assert found.before.balance == carried
            carried = found.carried
            statement = statement_of(one, first_day)
            assert statement.adds_up
            assert statement.owed_before == owed
            owed = statement.owed_after
        assert carried == account_at(one).balance
        # what the shop has, what the town holds for it, what it paid in fees and what buyers owe is what it sold
        books = ledger.balances(town)
        sold = -books[f"shop:{one.slug}"] - books[f"vat:{one.slug}"]
        hands = books.get(f"till:{one.slug}", 0) + books.get(f"bank:{one.slug}", 0)
        account = account_at(one)
        assert sold == hands + account.takings + account.vouchers + books.get(f"kept:{one.slug}", 0) + owed
    kinds = set(LedgerTransaction.objects.values_list("kind", flat=True))
    assert kinds >= {"sale", "payment", "commission", "voucher", "paid"}, "the history was not empty"
    assert ledger.town_sum(town) == 0


def _play(chance, order, kind, hub, rider, when):
    parts = list(order.parts.all())
    for part in parts:
        if chance.random() < 0.15:
            refuse_part(part=part, reason="Plus rien", at=when)
            continue
        quantities = {line.pk: chance.randint(1, line.quantity) for line in part.lines.all()}
        prepare_part(part=part, quantities=quantities, at=when)
        if kind != "bike" and chance.random() < 0.8:
            finish_part(part=part, at=when + timedelta(minutes=5))
    ready = [part for part in order.parts.all() if part.last("ready")]
    if kind == "bike" and len(ready) == len(parts):
        _by_bike(order, hub, rider, when)
    for part in ready:
        back = [line for line in part.lines.all() if line.name == "Atlas"]
        if back and chance.random() < 0.6:
            when = when + timedelta(hours=5)
            case = ask_withdrawal(
                part=part, quantities={back[0].pk: 1}, name="C", email="c@example.org", words="", key=f"w{part.pk}",
                at=when,
            )  # fmt: skip
            refund_withdrawal(case=case, at=when)


def _by_bike(order, hub, rider, when):
    """Handed over without the rounds: what the market hears of it is the signal."""
    from parvis.delivery.models import DeliveryEvent
    from parvis.market.arrivals import on_delivery_ended

    delivery = order.delivery
    DeliveryEvent.objects.create(
        town=order.town, delivery=delivery, kind="delivered", at=when + timedelta(hours=4), key=f"d{order.code}"
    )
    on_delivery_ended(None, delivery=delivery, outcome="delivered", at=when + timedelta(hours=4))


def test_the_operator_invoices_its_fees_once_without_gaps(delivered, town, shop, at):
    Operator.objects.create(town=town, name="Régie d'Issy", address="62 rue du Général Leclerc", vat_number="FR123")
    assert issue_month(town, NOVEMBER, at=at + timedelta(days=9)) == 1
    assert issue_month(town, NOVEMBER, at=at + timedelta(days=10)) == 0
    invoice = FeeInvoice.objects.get()
    assert (invoice.code, invoice.gross_cents, invoice.vat_cents) == ("ISSY-C2026-00001", 248, 8 + 33)
    assert invoice.content["issuer"]["name"] == "Régie d'Issy"
    assert invoice.content["recipient"]["name"] == shop.name
    assert [(line["kind"], line["net"], line["vat"]) for line in invoice.content["lines"]] == [
        ("bike-share", 167, 33),
        ("commission", 40, 8),
    ]
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        FeeInvoice.objects.update(gross_cents=1)


def test_what_is_told_late_is_in_the_next_month(delivered, town, product, shop, window, hub, rider, at):
    issue_all(at=at + timedelta(days=7))
    assert not FeeInvoice.objects.exists(), "before the fifth day"
    issue_all(at=at + timedelta(days=9))
    assert FeeInvoice.objects.get().first_day == NOVEMBER
    part = sell(product, at, key="late")
    prepare_part(part=part, quantities={}, at=at + timedelta(hours=1))  # a telephone that was away
    movement = LedgerTransaction.objects.get(key__startswith=f"commission:{part.pk}")
    assert movement.at == month_bounds(town.zone, DECEMBER)[0]
    assert [line.cents for line in fees_charged(shop, *month_bounds(town.zone, DECEMBER))] == [48]
    assert sum(line.cents for line in fees_charged(shop, *month_bounds(town.zone, NOVEMBER))) == 248


def test_more_given_back_than_charged_is_a_credit_note(town, shop, terms, at):
    book = builders.make_product(shop, "Atlas", 3000, category="books")
    part = sell(book, at)
    prepare_part(part=part, quantities={}, at=at)
    finish_part(part=part, at=at)
    issue_month(town, NOVEMBER, at=at + timedelta(days=9))
    back = at + timedelta(days=10)
    case = ask_withdrawal(
        part=part, quantities={part.lines.get().pk: 2}, name="C", email="c@example.org", words="", key="w", at=back
    )
    refund_withdrawal(case=case, at=back)
    issue_month(town, DECEMBER, at=at + timedelta(days=45))
    first, second = FeeInvoice.objects.order_by("first_day")
    assert (first.gross_cents, second.gross_cents) == (341, -341)
    assert (first.code, second.code) == ("ISSY-C2026-00001", "ISSY-R2027-00001")
    assert second.is_credit


def test_the_statement_as_pdf(delivered, shop, at):
    shop = Shop.objects.select_related("town", "organisation", "place").get(pk=shop.pk)
    statement, account = statement_of(shop, NOVEMBER), month(shop)
    made = statement_pdf(shop, statement, account, made_at=at)
    assert made == statement_pdf(shop, statement, account, made_at=at)
    assert b"pdfuaid:part" in made or b"/MarkInfo" in made


def test_deposits_inside_what_was_sold(town, shop, at):
    bottle = builders.make_product(shop, "Jus", 300, deposit_cents=40)
    part = sell(bottle, at, quantity=3)
    prepare_part(part=part, quantities={part.lines.get().pk: 2}, at=at)
    assert statement_of(shop, NOVEMBER).deposits == 80
    ledger.reverse_sale(part, at=at)
    assert statement_of(shop, NOVEMBER).deposits == 0


def test_the_pages(delivered, visit, merchant, other_merchant, agent, stranger, town, shop, at, clock):
    browser = visit(merchant)
    browser.cookies["language"] = "en"
    page = text(browser.get(f"/merchant/{shop.slug}/money/"))
    for words in (
        "Riders took for you",
        "Commission on sales, with VAT",
        "Carried forward: the town owes you",
        "€5.92",
    ):
        assert words in page
    assert "do not agree" not in page
    assert browser.get(f"/merchant/{shop.slug}/money/?as=pdf")["Content-Type"] == "application/pdf"
    csv = browser.get(f"/merchant/{shop.slug}/money/?as=csv").content.decode("utf-8-sig")
    assert "2026-11;;Commission on sales;20%;-0.40;-0.08;-0.48" in csv
    assert "2026-11;;Carried forward: the town owes you;;;;5.92" in csv
    issue_month(town, NOVEMBER, at=at)
    invoice = FeeInvoice.objects.get()
    assert invoice.code in text(browser.get(f"/merchant/{shop.slug}/documents/"))
    own, towns = f"/merchant/{shop.slug}/documents/fees/{invoice.pk}.pdf", f"/agent/fees/invoices/{invoice.pk}.pdf"
    assert browser.get(own)["Content-Type"] == "application/pdf"
    assert visit(agent).get(towns)["Content-Type"] == "application/pdf"
    for person in (other_merchant, stranger):
        for path in (own, towns, f"/merchant/{shop.slug}/money/?as=pdf", "/agent/operator/", "/agent/vouchers/shops/"):
            assert visit(person).get(path).status_code == 404
        assert visit(person).post(f"/agent/vouchers/shops/{shop.slug}/pay/", {"key": "x"}).status_code == 404
    assert not LedgerEntry.objects.filter(account=f"bank:{shop.slug}").exists()


def test_the_agent_settles_and_says_who_runs_it(delivered, visit, agent, town, shop, clock):
    browser = visit(agent)
    browser.cookies["language"] = "en"
    page = text(browser.get("/agent/vouchers/shops/"))
    assert "€5.92 to pay to shops" in page
    assert "Taken by riders" in page
    key = page.split('name="key" value="')[1].split('"')[0]
    browser.post(f"/agent/vouchers/shops/{shop.slug}/pay/", {"key": key, "words": "Virement 7"})
    assert account_at(shop).is_even
    typed = {"name": "Régie d'Issy", "address": "62 rue X", "registration_number": "123"}
    response = browser.post("/agent/operator/", typed)
    assert response.status_code == 422
    assert 'value="123"' in response.content.decode()
    assert not Operator.objects.exists()
    assert browser.post("/agent/operator/", typed | {"registration_number": "732 829 320 00074"}).status_code == 302
    assert Operator.objects.get().registration_number == "73282932000074"
    browser.post("/agent/operator/", typed | {"registration_number": "", "name": "Ville"})
    assert Operator.objects.get().name == "Ville"


def test_accounts_ask_little(delivered, town, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        accounts_of(town)
