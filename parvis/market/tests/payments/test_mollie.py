"""Mollie: requests of its published shapes, what it cannot do, its unsigned news, how merchants join, the choice."""

from datetime import UTC, datetime, timedelta

import pytest

from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import (
    ask_withdrawal,
    finish_part,
    payment_looks,
    payment_news,
    payments,
    place_order,
    prepare_part,
    refund_withdrawal,
)
from parvis.market.actions.reconciling import copy_movements
from parvis.market.clients import Asked, Back, Merchant
from parvis.market.clients import mollie as client
from parvis.market.models import MerchantAccount, Payment, ProviderCall, ProviderEvent
from parvis.market.paying.offering import provider_of
from parvis.market.paying.states import PaymentState
from parvis.market.reconciled import comparison_of, stuck_calls
from parvis.market.tests.payments.conftest import BUYER, connect
from parvis.market.tests.payments.mollie_schema import REQUESTS, check_request

MINUTE = timedelta(minutes=1)
ASKED = Asked(
    key="open:1",
    payment="0190",
    order="AB2CD",
    title="Order AB2CD, Issy",
    cents=1230,
    currency="EUR",
    language="nl",
    back_url="https://issy.example.org/orders/AB2CD/?key=x",
    news_url="https://issy.example.org/payments/mollie/",
    closes_at=datetime(2026, 11, 26, 10, tzinfo=UTC),
)
SENT = {
    "payment": client.page_request(ASKED),
    "capture": client.capture_request("capture:1", 1230, "EUR"),
    "refund": client.refund_request("refund:1", 500, "EUR", (Back("org_1", 300),)),
    "route": client.route_request("payout:1", "org_1", 700, "EUR"),
    "link": client.link_request(Merchant("k", "Boulangerie", "a@example.org", "FR", "123456789", "Ana de Vries")),
}


@pytest.fixture
def shop_account(shop, mollie, at):
    return connect(shop, mollie, at)


def ordered(town, shop, product, at, quantity=2):
    return place_order(
        town=town,
        basket=builders.make_basket(town, (product, quantity)),
        buyer=BUYER,
        chosen={shop.pk: shop.modalities.get(kind="collect")},
        window_id=None,
        key=f"buy-{product.pk}",
        at=at,
        pay_online=True,
    )


@pytest.fixture
def bought(town, shop, shop_account, mollie, at):
    """``bought(product)``: an order of two, paid by card a minute later."""

    def buy(product):
        order = ordered(town, shop, product, at)
        payment = order.payments.get()
        payments.advance(payment.pk, at=at)
        assert mollie.pay(payment)["paid"]
        payment_looks.look(payment.pk, at=at + MINUTE)
        return order

    return buy


def only(order):
    return Payment.objects.with_story().get(order=order)


def test_every_request_has_its_published_shape():
    assert set(SENT) == set(REQUESTS)


@pytest.mark.parametrize("name", SENT)
def test_mollie_knows_everything_that_we_send(name):
    assert check_request(name, SENT[name]) == SENT[name]
    with pytest.raises(ValueError, match="unknown"):
        check_request(name, SENT[name] | {"made_up": 1})


@pytest.mark.parametrize(
    ("name", "spoilt"),
    [
        ("payment", {"captureMode": "later"}),
        ("payment", {"locale": "tlh_TL"}),
        ("payment", {"amount": {"currency": "EUR", "value": 12.3}}),
        ("payment", {"redirect_url": "https://example.org"}),
        ("capture", {"amount": "12.30"}),
        ("route", {"destination": {"type": "person", "organizationId": "org_1"}}),
        ("link", {"owner": {"email": "a@example.org"}}),
    ],
)
def test_the_shapes_refuse_what_is_wrong(name, spoilt):
    with pytest.raises(ValueError, match=r"unknown|validation error"):
        check_request(name, SENT[name] | spoilt)


def test_our_key_is_theirs_each_time():
    assert client.once("refund:1") == client.once("refund:1") != client.once("refund:2")
    assert client.once("refund:1")[14] == "4", "a UUID of version 4, as they ask for"


def test_a_shop_gives_back_together_with_the_refund(bought, shop, shop_account, mollie, at):
    """Mollie takes nothing back from a merchant by itself, so the refund pulls back what was routed."""
    book = builders.make_product(shop, "Atlas", 3000, category="books")
    order = bought(book)
    part = order.parts.get()
    prepare_part(part=part, quantities={}, at=at)
    payments.settle_order(order.pk, at=at)
    finish_part(part=part, at=at)
    payments.settle_order(order.pk, at=at)
    assert mollie.sent() == {shop_account.reference: 6000}
    who = {"name": "C", "email": "c@example.org", "words": "", "key": "w"}
    refund_withdrawal(case=ask_withdrawal(part=part, quantities={part.lines.get().pk: 1}, at=at, **who), at=at)
    for _twice in range(2):
        payments.settle_order(order.pk, at=at)
    assert (mollie.held(), mollie.sent()) == (3000, {shop_account.reference: 3000})
    assert not ProviderCall.objects.filter(verb="reverse").exists()
    assert ledger.balances(order.town)["payout:boulangerie-du-parvis"] == 3000
    copy_movements(order.town, at=at + MINUTE)
    assert comparison_of(order.town).agrees


def test_what_cannot_come_back_alone_is_named_to_the_agent(bought, product, shop_account, mollie, at):
    """The buyer's refund was made at Mollie's own desk, so no refund of ours can pull the shop's part back."""
    order = bought(product)
    part = order.parts.get()
    prepare_part(part=part, quantities={}, at=at)
    finish_part(part=part, at=at)
    payments.settle_order(order.pk, at=at)
    call = ProviderCall.objects.get(verb="transfer")
    ProviderCall.objects.create(
        town=order.town, payment=only(order), part=part, verb="reverse", key="by hand", amount_cents=100,
        request={"transfer": call.reference}, wanted_at=at, next_try_at=at,
    )  # fmt: skip
    payments.settle_order(order.pk, at=at)
    assert "only together with a refund" in stuck_calls(order.town)[0].words
    assert mollie.sent() == {shop_account.reference: 840}


def test_a_capture_may_be_answered_later(bought, product, mollie, at):
    order = bought(product)
    mollie.tell("captures", {"wait": True})
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    for _twice in range(2):
        payments.settle_order(order.pk, at=at)
    assert only(order).state == PaymentState.AUTHORISED
    mollie.tell("captures", {"wait": False})
    payment_looks.tend(at=at + timedelta(hours=2))
    assert only(order).state == PaymentState.CAPTURED
    assert mollie.held() == 840
    assert len(mollie.everything["captures"]) == 1


def test_a_capture_that_fails_after_it_was_accepted_is_named_and_asked_for_again(bought, product, mollie, visit, at):
    """Until then it looked as if it would come: goods were handed over, and nobody would ever have been told."""
    order = bought(product)
    mollie.tell("captures", {"wait": True})
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    payments.settle_order(order.pk, at=at)
    finish_part(part=order.parts.get(), at=at)
    mollie.tell("captures", {"fail": True})
    later = at + timedelta(hours=2)
    for _twice in range(2):
        payment_looks.tend(at=later)
        payment_looks.look(only(order).pk, at=later)
    assert only(order).state == PaymentState.AUTHORISED
    (stuck,) = stuck_calls(order.town)
    assert "could not be charged (the capture was accepted and failed later)" in stuck.words
    page = visit().get(f"/orders/{order.code}/?key={order.secret}", headers={"accept-language": "en"}).content.decode()
    assert "Your card could not be charged." in page
    assert "It is charged once the shops are ready" not in page
    assert ledger.balances(order.town)[ledger.buyer_account(order)] == 840, "sold, and not paid"
    assert mollie.sent() == {}
    mollie.tell("captures", {"wait": False})
    assert payment_looks.ask_again(stuck.call, at=later)
    payments.settle_order(order.pk, at=later)
    assert only(order).state == PaymentState.CAPTURED
    assert stuck_calls(order.town) == []
    assert ledger.balances(order.town)[ledger.buyer_account(order)] == 0
    assert sum(mollie.sent().values()) == 840


def test_what_was_said_to_be_taken_and_was_not_is_owed_again(bought, product, mollie, shop, at):
    order = bought(product)
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    payments.settle_order(order.pk, at=at)
    assert only(order).state == PaymentState.CAPTURED
    mollie.tell("captures", {"fail": True})
    for _twice in range(2):
        payment_looks.look(only(order).pk, at=at + MINUTE)
    assert (only(order).state, only(order).sums.captured) == (PaymentState.AUTHORISED, 0)
    books = ledger.balances(order.town)
    assert books[ledger.buyer_account(order)] == 840
    assert books[f"online:{shop.slug}"] == 0
    finish_part(part=order.parts.get(), at=at + MINUTE)
    payments.settle_order(order.pk, at=at + MINUTE)
    assert mollie.sent() == {}, "a shop gets nothing out of money that is not there"
    (stuck,) = stuck_calls(order.town)
    mollie.tell("captures", {"wait": False})
    assert payment_looks.ask_again(stuck.call, at=at + 2 * MINUTE)
    payments.settle_order(order.pk, at=at + 2 * MINUTE)
    assert only(order).state == PaymentState.CAPTURED
    books = ledger.balances(order.town)
    assert (books[ledger.buyer_account(order)], books[f"online:{shop.slug}"]) == (0, 0)
    assert sum(mollie.sent().values()) == 840
    copy_movements(order.town, at=at + 3 * MINUTE)
    assert comparison_of(order.town).agrees


def test_a_bank_takes_it_back_and_gives_it_again(bought, product, mollie, at):
    order = bought(product)
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    payments.settle_order(order.pk, at=at)
    lost = mollie.tell("chargeback", {"payment": only(order).reference, "amount": 840})["id"]
    payment_looks.look(only(order).pk, at=at)
    assert only(order).state == PaymentState.DISPUTED
    mollie.tell("chargeback", {"reversed": lost})
    payment_looks.look(only(order).pk, at=at)
    assert only(order).state == PaymentState.CAPTURED
    copy_movements(order.town, at=at + MINUTE)
    assert comparison_of(order.town).agrees
    assert ledger.balances(order.town)["costs:provider"] == 25 + 840 * 18 // 1000, "said in the account alone"


def test_a_card_that_is_refused_may_be_followed_by_another(town, shop, shop_account, product, mollie, at):
    order = ordered(town, shop, product, at)
    payments.advance(only(order).pk, at=at)
    assert not mollie.pay(only(order), "refused")["paid"]
    first = order.payments.get()
    payment_looks.look(first.pk, at=at + MINUTE)
    assert only(order).state == PaymentState.FAILED
    assert order.parts.get().state == "reserved", "the goods are kept as long as was said"
    second = payments.try_again(order, at=at + 5 * MINUTE)
    payments.advance(second.pk, at=at + 5 * MINUTE)
    payment_looks.tend(at=at + 21 * MINUTE)
    assert order.parts.get().state == "reserved", "the first one's time is over, the second one's is not"
    assert mollie.pay(second)["paid"]
    payment_looks.look(second.pk, at=at + 22 * MINUTE)
    assert order.parts.get().state == "placed"


def test_a_card_that_is_refused_and_no_other(town, shop, shop_account, product, mollie, at):
    order = ordered(town, shop, product, at)
    payments.advance(only(order).pk, at=at)
    mollie.pay(only(order), "refused")
    payment_looks.look(only(order).pk, at=at + MINUTE)
    payment_looks.tend(at=at + 19 * MINUTE)
    assert order.parts.get().state == "reserved"
    payment_looks.tend(at=at + 21 * MINUTE)
    assert order.parts.get().state == "cancelled"
    product.refresh_from_db()
    assert product.stock == 10
    assert only(order).next_look_at is None


@pytest.mark.parametrize("body", ["id=tr_unknown1", "id=", "nothing", "id=../../x", b"\xff", ""])
def test_anybody_may_knock_and_nobody_is_believed(bought, product, visit, mollie, at, clock, body):
    order = bought(product)
    answer = visit().post("/payments/mollie/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == (204 if body == "id=tr_unknown1" else 400)
    assert not ProviderEvent.objects.exists()
    assert only(order).state == PaymentState.AUTHORISED


def test_news_is_one_reason_to_ask_until_it_was_asked(bought, product, visit, mollie, at, clock):
    session = only(bought(product)).session
    for _times in range(3):
        visit().post("/payments/mollie/", f"id={session}", content_type="application/x-www-form-urlencoded")
    assert ProviderEvent.objects.count() == 1, "a flood of them is one"
    payment_news.handle_waiting(at=at)
    visit().post("/payments/mollie/", f"id={session}", content_type="application/x-www-form-urlencoded")
    assert ProviderEvent.objects.count() == 2, "the same words say something new each time"


def test_a_merchant_joins_on_mollies_page(visit, merchant, shop, mollie, stranger, clock):
    organisation = shop.organisation
    organisation.registration_number = "512 345 678 00012"
    organisation.save()
    browser = visit(merchant)
    browser.cookies["language"] = "en"
    door = browser.post("/merchant/boulangerie-du-parvis/money/account/").content.decode()
    assert "http://localhost/who/" in door
    assert "client_id=app_12345" in door
    assert MerchantAccount.objects.get().reference == f"new:account:{organisation.pk}"
    mollie.tell("join", {"name": "Boulangerie SARL", "number": "512345678", "ready": False})
    browser.post("/merchant/boulangerie-du-parvis/money/account/")
    known = MerchantAccount.objects.get()
    assert known.reference.startswith("org_")
    assert not known.charges_enabled
    mollie.tell("join", {"name": "Boulangerie SARL", "number": "512345678", "ready": True})
    page = browser.post("/merchant/boulangerie-du-parvis/money/account/", follow=True).content.decode()
    assert "Buyers can pay you online from now on" in page
    assert visit(stranger).post("/merchant/boulangerie-du-parvis/money/account/").status_code == 404


def test_an_agent_chooses_between_the_two(visit, agent, merchant, stranger, town, mollie, settings, clock):
    browser = visit(agent)
    browser.cookies["language"] = "en"
    assert "New orders are paid through" not in browser.get("/agent/reconciliation/").content.decode(), "no choice"
    settings.STRIPE_KEYS = {"issy": "sk_test_12345"}
    assert provider_of(town) == "stripe"
    assert "New orders are paid through" in browser.get("/agent/reconciliation/").content.decode()
    browser.post("/agent/reconciliation/provider/", {"provider": "mollie"})
    assert provider_of(town) == "mollie"
    page = browser.post("/agent/reconciliation/provider/", {"provider": "paypal"}, follow=True).content.decode()
    assert "Choose one of the providers." in page
    assert provider_of(town) == "mollie"
    for other in (merchant, stranger):
        assert visit(other).post("/agent/reconciliation/provider/", {"provider": "stripe"}).status_code in {403, 404}
    assert browser.get("/agent/reconciliation/provider/").status_code == 405
    settings.MOLLIE_KEYS = {}
    assert provider_of(town) == "stripe", "a key that is gone is no choice"


def test_a_key_that_is_taken_away_stops_nobody_else(bought, product, mollie, settings, at):
    order = bought(product)
    settings.MOLLIE_KEYS = {}
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    payments.settle_order(order.pk, at=at)
    payment_looks.tend(at=at + MINUTE)
    settings.MOLLIE_KEYS = {"issy": "access_12345"}
    payment_looks.tend(at=at + timedelta(hours=2))
    assert only(order).state == PaymentState.CAPTURED
