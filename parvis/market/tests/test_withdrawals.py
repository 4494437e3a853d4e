"""Withdrawing from a purchase: what may go back and why not, the two buttons, the steps of the shop, the money."""

from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.db import IntegrityError, transaction

from parvis.core.errors import Refusal
from parvis.core.models import OutboxMessage
from parvis.delivery.models import DeliveryEvent
from parvis.demo import builders
from parvis.market import ledger, refunds
from parvis.market.actions import (
    Buyer,
    ask_withdrawal,
    finish_part,
    place_order,
    prepare_part,
    receive_goods,
    refund_withdrawal,
    refuse_withdrawal,
    return_part,
)
from parvis.market.amounts_due import owed
from parvis.market.deposits import deposits_of
from parvis.market.models import Document, LedgerEntry, Order, Withdrawal, WithdrawalEvent
from parvis.market.months import month_bounds
from parvis.market.returning import last_day, returning_of, returns_of
from parvis.market.statement import statement_of
from parvis.market.tests.test_documents import sold
from parvis.market.tests.test_place_order import BUYER, choose, deliver, order_by_bike
from parvis.market.tests.test_vouchers import campaign_of, issue

DAY = timedelta(days=1)


@pytest.fixture
def book(shop):
    return builders.make_product(shop, "Roman", 1999, category="books", vat_bp=550)


@pytest.fixture
def bought(book, citizen, at):
    """Three books, collected and paid."""
    part = sold(book, at, "k", quantity=3, person=citizen, language="en")
    finish_part(part=part, at=at)
    return loaded(part)


def loaded(part):
    order = Order.objects.with_story().get(pk=part.order_id)
    return next(found for found in order.parts.all() if found.pk == part.pk)


def ask(part, quantity, at, key="w", **extra):
    quantities = {part.lines.get().pk: quantity}
    given = {"name": "Camille", "email": "c@example.org", "words": ""} | extra
    return ask_withdrawal(part=part, quantities=quantities, key=key, at=at, **given)


@pytest.mark.parametrize(
    ("received", "country", "last"),
    [
        (date(2026, 11, 26), "FR", date(2026, 12, 10)),  # a Thursday
        (date(2026, 11, 28), "FR", date(2026, 12, 14)),  # a Saturday: the next Monday
        (date(2026, 12, 11), "FR", date(2026, 12, 28)),  # Christmas, then a week-end
        (date(2026, 7, 7), "BE", date(2026, 7, 22)),  # 21 July is Belgium's
        (date(2026, 6, 30), "FR", date(2026, 7, 15)),  # 14 July is France's
    ],
)
def test_the_last_day(received, country, last):
    assert last_day(received, country) == last


@pytest.mark.parametrize(
    ("said", "category", "means"),
    [
        ("", "bread", "fresh"),
        ("", "books", "yes"),
        ("", "drinks", "sealed"),
        ("made", "books", "made"),
        ("yes", "bread", "yes"),
    ],
)
def test_what_holds_for_a_product(said, category, means):
    assert returning_of(said, category) == means


def test_what_was_sold_stays_what_it_was(book, bought, town, at):
    assert bought.lines.get().returning == "yes"
    book.returning = "made"
    book.save()
    found = returns_of(loaded(bought), [], town=town, at=at)
    assert [row.left for row in found.lines] == [3]


def test_bread_cannot_go_back_and_the_page_says_why(visit, product, citizen, clock, at):
    part = sold(product, at, "k", person=citizen, language="en")
    browser = visit(citizen)
    browser.cookies["language"] = "en"
    page = said(browser.get(f"/orders/{part.order.code}/"))
    assert "Fresh or quick to spoil: the law gives no right to send it back." in page
    assert "Withdraw from the contract here" not in page
    with pytest.raises(Refusal):
        ask(loaded(part), 1, at)


def test_until_the_end_of_the_last_day(bought, town):
    last_moment = datetime(2026, 12, 10, 22, 59, tzinfo=UTC)
    assert returns_of(bought, [], town=town, at=last_moment).possible
    after = returns_of(bought, [], town=town, at=last_moment + timedelta(minutes=1))
    assert (after.over, after.possible, after.until) == (True, False, date(2026, 12, 10))
    with pytest.raises(Refusal):
        ask(bought, 1, last_moment + timedelta(minutes=1))


def test_before_the_goods_arrive_there_is_no_last_day(book, town, at):
    part = loaded(sold(book, at, "k", "post"))
    found = returns_of(part, [], town=town, at=at + 100 * DAY)
    assert found.until is None
    assert found.possible


def test_swiss_law_gives_no_right(bought, town, at):
    town.country = "CH"
    assert returns_of(bought, [], town=town, at=at) is None


def test_asked_back_received_refunded(bought, shop, town, at):
    case = ask(bought, 2, at + DAY, words="Too thick")
    assert case.state == "asked"
    receive_goods(case=case, at=at + 2 * DAY)
    receive_goods(case=case, at=at + 2 * DAY)
    assert Withdrawal.objects.get().state == "received"
    assert refund_withdrawal(case=case, at=at + 3 * DAY) == 2 * 1999
    assert Withdrawal.objects.get().state == "refunded"
    credit = Document.objects.get(refers_to__isnull=False)
    assert credit.code == "BDP-A2026-00001"
    assert credit.gross_cents == -2 * 1999
    assert [(line["quantity"], line["gross"]) for line in credit.content["lines"]] == [(2, -3998)]
    assert ledger.town_sum(town) == 0
    balances = ledger.balances(town)
    assert balances[f"till:{shop.slug}"] == 1999
    assert balances[ledger.buyer_account(bought.order)] == 0
    assert -balances[f"shop:{shop.slug}"] - balances[f"vat:{shop.slug}"] == 1999
    statement = statement_of(shop, date(2026, 11, 1))
    assert statement.adds_up
    assert (statement.gross, statement.own_till, statement.owed_after) == (1999, 1999, 0)


def test_refunded_once(bought, at):
    case = ask(bought, 1, at)
    refund_withdrawal(case=case, at=at)
    with pytest.raises(Refusal):
        refund_withdrawal(case=case, at=at)
    with pytest.raises(Refusal):
        refuse_withdrawal(case=case, reason="No", at=at)
    assert Document.objects.filter(refers_to__isnull=False).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        WithdrawalEvent.objects.create(town=case.town, withdrawal=case, kind="refused", at=at)


def test_in_three_times_it_is_the_whole_price(shop, at):
    """3 for 10.00 at 20 %: cents are shared so that all of it comes back, and no cent more."""
    thing = builders.make_product(shop, "Lot", 1000, category="home", vat_bp=2000)
    part = loaded(sold(thing, at, "k", "shop", quantity=3))
    finish_part(part=part, at=at)
    amounts = []
    for number in range(3):
        case = ask(loaded(part), 1, at, key=f"w{number}")
        amounts.append(refund_withdrawal(case=case, at=at))
    assert amounts == [1000, 1000, 1000 + 250], "the delivery goes back with the last of it"
    balances = ledger.balances(shop.town)
    assert balances[f"till:{shop.slug}"] == 0
    assert balances[f"shop:{shop.slug}"] + balances[f"vat:{shop.slug}"] == 0


def test_the_bikes_fee_goes_back_with_the_last_thing(shop, town, hub, window, rider, at):
    thing = builders.make_product(shop, "Lampe", 3000, category="home", vat_bp=2000)
    order = order_by_bike(town, thing, window, at, quantity=2)
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    deliver(order, hub, rider, at)
    part = loaded(order.parts.get())
    assert refund_withdrawal(case=ask(part, 1, at + DAY, key="a"), at=at + DAY) == 3000
    assert refund_withdrawal(case=ask(part, 1, at + DAY, key="b"), at=at + DAY) == 3000 + 390
    assert set(ledger.balances(town).values()) == {0}
    credits = Document.objects.filter(series__kind="A").in_order()
    assert [credit.code for credit in credits] == ["BDP-A2026-00001", "BDP-A2026-00002", "ISSY-A2026-00001"]
    statement = statement_of(shop, date(2026, 11, 1))
    assert statement.adds_up
    assert (statement.gross, statement.town_till, statement.owed_after) == (0, 0, 0)


def test_not_paid_yet_the_buyer_owes_less(book, town, at):
    part = loaded(sold(book, at, "k", quantity=2))
    refund_withdrawal(case=ask(part, 1, at), at=at)
    assert ledger.balances(town)[ledger.buyer_account(part.order)] == 1999


def test_never_more_than_was_bought(bought, at):
    ask(bought, 2, at, key="a")
    with pytest.raises(Refusal, match="at most 1"):
        ask(bought, 2, at, key="b")
    ask(bought, 1, at, key="c")
    assert Withdrawal.objects.count() == 2


def test_what_was_refused_may_be_asked_again(bought, at):
    case = ask(bought, 3, at)
    refuse_withdrawal(case=case, reason="The cover is torn", at=at)
    assert Withdrawal.objects.get().state == "refused"
    ask(bought, 3, at, key="again")
    refused = OutboxMessage.objects.get(key=f"withdrawal-refused:{case.pk}")
    assert "The cover is torn" in refused.body


def test_the_same_form_twice_is_one_statement(bought, at):
    assert ask(bought, 1, at).pk == ask(bought, 1, at).pk


@pytest.mark.parametrize("quantity", [0, -1, 4])
def test_nonsense_is_refused(bought, quantity, at):
    with pytest.raises(Refusal):
        ask(bought, quantity, at)
    assert not Withdrawal.objects.exists()


def said(answer):
    return " ".join(unescape(answer.content.decode()).split())


@pytest.fixture
def me(visit, citizen, clock):
    browser = visit(citizen)
    browser.cookies["language"] = "en"
    return browser


def test_the_buyer_withdraws_by_two_buttons(me, bought, shop, at):
    order = f"/orders/{bought.order.code}/"
    address = f"{order}parts/{bought.pk}/withdraw/"
    page = said(me.get(order))
    assert "Send back until Thursday 10 December" in page
    assert "Withdraw from the contract here" in page
    form = me.get(address)
    assert "Confirm the withdrawal" in said(form)
    key, line = form.context["form"]["once"].value(), f"line-{bought.lines.get().pk}"
    data = {"once": key, line: "2", "name": "Camille", "email": "c@example.org", "words": "Too thick"}
    answer = me.post(address, data)
    assert (answer.status_code, answer["Location"]) == (302, order)
    me.post(address, data)
    case = Withdrawal.objects.get()
    page = said(me.get(order))
    assert "You withdrew Thursday 26 November: 2 × Roman" in page
    assert "Waiting for the goods" in page
    receipt = OutboxMessage.objects.get(key=f"withdrawal-asked:{case.pk}")
    assert receipt.to == "c@example.org"
    for words in ("Thursday 26 November", "10:00", "2 × Roman", "Too thick", "1 place de la Mairie"):
        assert words in receipt.body
    assert OutboxMessage.objects.get(key=f"withdrawal-to-shop:{case.pk}").to == shop.organisation.email


def test_what_was_typed_is_kept(me, bought):
    address = f"/orders/{bought.order.code}/parts/{bought.pk}/withdraw/"
    line = f"line-{bought.lines.get().pk}"
    for wrong, sentence in (
        ({line: "0"}, "Choose what you send back."),
        ({line: "9"}, "less than or equal to 3"),
        ({line: "x"}, "Write a whole number."),
        ({line: "1", "email": "nobody"}, "valid email"),
    ):
        data = {"once": "k", "name": "Camille Martin", "email": "c@example.org", "words": "My own words"} | wrong
        answer = me.post(address, data)
        assert answer.status_code == 422
        assert sentence in said(answer)
        assert "My own words" in said(answer)
    assert not Withdrawal.objects.exists()


def test_a_guest_by_the_orders_key_and_nobody_else(visit, bought, merchant, stranger, other_town, clock):
    address = f"/orders/{bought.order.code}/parts/{bought.pk}/withdraw/"
    assert visit().get(f"{address}?key={bought.order.secret}").status_code == 200
    assert visit().get(address).status_code == 404
    assert visit(merchant).get(address).status_code == 404
    assert visit(stranger, other_town).get(address).status_code == 404
    assert visit(stranger, other_town).post(address, {}).status_code == 404
    assert not Withdrawal.objects.exists()


def test_the_law_is_explained_with_its_form(visit, town):
    browser = visit()
    browser.cookies["language"] = "en"
    page = said(browser.get("/right-of-withdrawal/"))
    assert "hereby give notice that I/We (*) withdraw" in page
    town.country = "CH"
    town.save()
    assert "Swiss law gives no right" in said(browser.get("/right-of-withdrawal/"))


def test_the_shop_takes_it_from_there(visit, merchant, other_merchant, citizen, stranger, bought, shop, clock, at):
    case = ask(bought, 1, at)
    browser = visit(merchant)
    browser.cookies["language"] = "en"
    base = f"/merchant/{shop.slug}/returns/"
    address = f"{base}{case.pk}/"
    assert "Waiting for the goods" in said(browser.get(base))
    assert "Pay back by Thursday 10 December" in said(browser.get(address))
    for wrong in (other_merchant, citizen, stranger):
        for path in (base, address):
            assert visit(wrong).get(path).status_code == 404
        for step in ("received", "refund", "refuse"):
            assert visit(wrong).post(f"{address}{step}/", {"reason": "x"}).status_code == 404
    for step in ("received", "refund", "refuse"):
        assert browser.get(f"{address}{step}/").status_code == 405
    assert Withdrawal.objects.get().state == "asked"
    empty = browser.post(f"{address}refuse/", {"reason": " "})
    assert empty.status_code == 422
    assert "Write a reason: the buyer will read it." in said(empty)
    browser.post(f"{address}received/")
    browser.post(f"{address}refund/")
    browser.post(f"{address}refund/")
    assert Withdrawal.objects.get().state == "refunded"
    assert "€19.99 paid back" in said(browser.get(address))


def test_few_queries(visit, merchant, bought, shop, clock, at, django_assert_max_num_queries):
    for number in range(3):
        ask(bought, 1, at, key=f"w{number}")
    browser = visit(merchant)
    with django_assert_max_num_queries(12):
        browser.get(f"/merchant/{shop.slug}/returns/")


def collected_with(voucher, book, at):
    """The part of an order of two books, paid in part by a voucher, that its buyer has collected."""
    order = place_order(
        town=book.shop.town,
        basket=builders.make_basket(book.shop.town, (book, 2)),
        buyer=BUYER,
        chosen=choose(book.shop, "collect"),
        window_id=None,
        key="v",
        at=at,
        vouchers=str(voucher),
    )
    part = order.parts.get()
    prepare_part(part=part, quantities={}, at=at)
    finish_part(part=part, at=at)
    return part


def test_a_vouchers_share_goes_back_to_the_voucher_and_never_becomes_cash(town, book, shop, at):
    campaign = campaign_of(town, single_use=False)
    (voucher,) = issue(campaign, at)
    part = collected_with(voucher, book, at)
    order = part.order
    assert ledger.balances(town)[ledger.shop_till(shop)] == 3998 - 1000
    one = ask(loaded(part), 1, at)
    receive_goods(case=one, at=at)
    assert refund_withdrawal(case=one, at=at) == 1999 - 500, "half of the goods, half of what the voucher paid"
    voucher.refresh_from_db()
    assert voucher.left_cents == 500
    assert owed(Order.objects.with_story().get(pk=order.pk)).cents == 3998 - 1000 - (1999 - 500)
    other = ask(loaded(part), 1, at, key="w2")
    assert refund_withdrawal(case=other, at=at) == 1999 - 500
    voucher.refresh_from_db()
    assert voucher.left_cents == 1000
    books = ledger.balances(town)
    assert books[ledger.buyer_account(order)] == 0
    assert books[ledger.shop_till(shop)] == 0
    assert books[f"voucher:{shop.slug}:town"] == 0, "the town owes the shop nothing for it any more"
    assert ledger.town_sum(town) == 0


def test_what_was_weighed_goes_back_to_the_cent_with_its_deposits(town, shop, citizen, at):
    """310 g of coffee were given for six jars of 50 g: two jars, then the four others, are exactly what was paid."""
    coffee = builders.make_product(
        shop, "Café", 2390, sold_by="weight", grams=50, deposit_cents=20, returning="yes", category="home", vat_bp=2000
    )
    buyer = Buyer(**({name: getattr(BUYER, name) for name in BUYER.__slots__} | {"person": citizen}))
    order = place_order(
        town=town, basket=builders.make_basket(town, (coffee, 6)), buyer=buyer,
        chosen={shop.pk: shop.modalities.get(kind="collect")}, window_id=None, key="coffee", at=at,
    )  # fmt: skip
    part = order.parts.get()
    prepare_part(part=part, quantities={}, grams={part.lines.get().pk: 310}, at=at)
    finish_part(part=part, at=at)
    assert loaded(part).total.cents == 741 + 6 * 20
    till = LedgerEntry.objects.filter(account=ledger.shop_till(shop))
    assert sum(entry.amount_cents for entry in till) == 861
    refund_withdrawal(case=ask(loaded(part), 2, at, key="two"), at=at)
    assert sum(entry.amount_cents for entry in till.all()) == 861 - 247 - 40
    refund_withdrawal(case=ask(loaded(part), 4, at, key="four"), at=at)
    assert sum(entry.amount_cents for entry in till.all()) == 0
    assert ledger.town_sum(town) == 0
    with pytest.raises(Refusal):
        ask(loaded(part), 1, at, key="five")


def test_deposits_without_vat_stand_on_their_own_line_of_the_credit_note(shop, citizen, at):
    juice = builders.make_product(shop, "Jus", 350, deposit_cents=30, returning="yes", category="home", vat_bp=2000)
    part = sold(juice, at, "juice", quantity=3, person=citizen)
    finish_part(part=part, at=at)
    refund_withdrawal(case=ask(loaded(part), 2, at), at=at)
    credit = Document.objects.filter(series__kind="A").get()
    assert sorted(row["gross"] for row in credit.content["lines"]) == [-700, -60]
    assert ledger.town_sum(part.town) == 0


def test_paid_back_before_it_was_paid_the_rest_is_what_is_paid(book, shop, town, at):
    """The shop pays back one of two while they wait to be collected: at the counter the other one is paid."""
    part = loaded(sold(book, at, "k", quantity=2))
    refund_withdrawal(case=ask(part, 1, at), at=at)
    finish_part(part=part, at=at)
    books = ledger.balances(town)
    assert books[f"till:{shop.slug}"] == 1999
    assert books[ledger.buyer_account(part.order)] == 0


def test_all_paid_back_before_it_was_paid_nothing_is_paid(book, shop, town, at):
    part = loaded(sold(book, at, "k", quantity=2))
    refund_withdrawal(case=ask(part, 2, at), at=at)
    finish_part(part=part, at=at)
    assert ledger.balances(town).get(f"till:{shop.slug}", 0) == 0


def failed_at_the_door(town, shop, hub, rider, window, at, quantity=2, **how):
    """Books that a bike could not hand over."""
    book = builders.make_product(shop, "Roman", 1999, category="books", vat_bp=550)
    order = place_order(
        town=town, basket=builders.make_basket(town, (book, quantity)), buyer=BUYER, chosen=choose(shop, "bike"),
        window_id=window.pk, key="failed", at=at, **how,
    )  # fmt: skip
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    DeliveryEvent.objects.create(town=town, delivery=order.delivery, kind="failed", at=at + timedelta(hours=1))
    part = loaded(order.parts.get())
    assert part.state == "failed"
    return part


def test_paid_back_and_then_returned_by_the_bike_it_is_taken_back_once(town, shop, hub, rider, window, at):
    part = failed_at_the_door(town, shop, hub, rider, window, at)
    refund_withdrawal(case=ask(part, 1, at + DAY), at=at + DAY)
    return_part(part=part, at=at + 2 * DAY)
    books = ledger.balances(town)
    assert books[f"shop:{shop.slug}"] + books[f"vat:{shop.slug}"] == 0
    assert books[ledger.buyer_account(part.order)] == 0
    assert owed(loaded(part).order).cents == 0
    invoiced = Document.objects.filter(part=part)
    assert sum(paper.gross_cents for paper in invoiced) == 0
    statement = statement_of(shop, date(2026, 11, 1))
    assert (statement.adds_up, statement.gross, statement.owed_after) == (True, 0, 0)


def test_all_paid_back_and_then_returned(town, shop, hub, rider, window, at):
    part = failed_at_the_door(town, shop, hub, rider, window, at)
    refund_withdrawal(case=ask(part, 2, at + DAY), at=at + DAY)
    return_part(part=part, at=at + 2 * DAY)
    assert set(ledger.balances(town).values()) <= {0}
    assert sum(paper.gross_cents for paper in Document.objects.filter(part=part)) == 0
    assert owed(loaded(part).order).cents == 0


def test_a_voucher_gets_back_what_it_paid_and_no_more(town, shop, hub, rider, window, at):
    (voucher,) = issue(campaign_of(town, single_use=False), at)
    part = failed_at_the_door(town, shop, hub, rider, window, at, vouchers=str(voucher))
    refund_withdrawal(case=ask(part, 1, at + DAY), at=at + DAY)
    return_part(part=loaded(part), at=at + 2 * DAY)
    voucher.refresh_from_db()
    assert voucher.left_cents == 1000
    books = ledger.balances(town)
    assert books[f"voucher:{shop.slug}:town"] == 0
    assert books[ledger.buyer_account(part.order)] == 0


def test_returned_by_the_bike_first_the_case_ends_without_a_second_payment(town, shop, hub, rider, window, at):
    part = failed_at_the_door(town, shop, hub, rider, window, at)
    case = ask(part, 1, at + DAY)
    return_part(part=part, at=at + 2 * DAY)
    books = ledger.balances(town)
    assert refund_withdrawal(case=case, at=at + 3 * DAY) == 0
    assert Withdrawal.objects.get().state == "refunded"
    assert ledger.balances(town) == books
    assert not OutboxMessage.objects.filter(key=f"withdrawal-refunded:{case.pk}").exists()


def test_deposits_paid_back_and_then_returned_are_taken_off_once(town, shop, citizen, at):
    juice = builders.make_product(shop, "Jus", 350, deposit_cents=30, returning="yes", category="home", vat_bp=2000)
    part = sold(juice, at, "juice", quantity=3, person=citizen)
    refund_withdrawal(case=ask(loaded(part), 1, at), at=at)
    november = month_bounds(town.zone, date(2026, 11, 1))
    assert deposits_of(shop, *november) == 60
    refunds.take_back_sale(loaded(part), at=at + DAY)
    assert deposits_of(shop, *november) == 0
