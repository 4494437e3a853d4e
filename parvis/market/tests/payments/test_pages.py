"""The pages of online payment: checkout, the way to the provider and back, its web hooks, the shop's money."""

import json
import time
from html import unescape

import pytest
import stripe

from parvis.market.actions import finish_part, payment_news, payments, prepare_part
from parvis.market.models import MerchantAccount, Order, Payment, ProviderCall, ProviderEvent
from parvis.market.paying.states import PaymentState
from parvis.market.tests.payments.conftest import HOOK

pytestmark = pytest.mark.usefixtures("clock")
EN = {"accept-language": "en"}


def text(response):
    return " ".join(unescape(response.content.decode()).split())


def only(order):
    return Payment.objects.with_story().get(order=order)


@pytest.fixture
def checkout(visit, town, product):
    """A browser with a basket, and what it sends."""
    browser = visit()
    browser.post("/basket/add/", {"product": product.pk, "quantity": 2})
    browser.cookies["language"] = "en"
    way = f"way-{product.shop.slug}"
    form = {"name": "Camille Martin", "email": "camille@example.org", way: "collect", "total": "840"}
    return browser, form


def test_online_is_offered_where_a_shop_has_an_account(checkout, account):
    browser, _form = checkout
    page = text(browser.get("/checkout/"))
    assert "On the page of Stripe" in page
    assert "Online, now" in page


def test_nothing_is_offered_without(checkout, provider, settings):
    browser, form = checkout
    assert "Online, now" not in text(browser.get("/checkout/")), "the shop has no account"
    settings.STRIPE_KEYS = {}
    answer = browser.post("/checkout/", form | {"pay": "online"})
    assert answer.status_code == 302
    assert not Payment.objects.exists(), "nothing was offered, so what was sent means nothing"


def test_from_the_basket_to_the_provider_and_back(checkout, account, provider, at):
    browser, form = checkout
    assert "Choose how you pay" in text(browser.post("/checkout/", form))
    assert "Choose how you pay" in text(browser.post("/checkout/", form | {"pay": "later"}))
    assert not Order.objects.exists()
    answer = browser.post("/checkout/", form | {"pay": "online"})
    order = Order.objects.get()
    assert answer["Location"] == f"/orders/{order.code}/pay/?key={order.secret}"
    door = browser.get(answer["Location"])
    url = only(order).page_url
    assert f'http-equiv="refresh" content="0; url={url}"' in door.content.decode()
    assert "form-action 'self'" in door["Content-Security-Policy"], "no form of ours leaves this site"
    page = browser.get(f"/orders/{order.code}/?key={order.secret}")
    assert "Your goods are kept until 10:20" in text(page)
    assert "Pay €8.40" in text(page)
    provider.pay(only(order))
    again = browser.post(f"/orders/{order.code}/pay/?key={order.secret}")
    assert browser.get(again["Location"])["Location"] == f"/orders/{order.code}/?key={order.secret}", "paid already"
    assert "Your card is good for it" in text(browser.get(f"/orders/{order.code}/?key={order.secret}"))


def test_the_provider_is_away(checkout, account, provider):
    browser, form = checkout
    provider.faults("busy", "busy", "busy")
    door = browser.post("/checkout/", form | {"pay": "online"})["Location"]
    assert "does not answer at the moment" in text(browser.get(door))
    provider.faults()
    call = ProviderCall.objects.get()
    ProviderCall.objects.update(next_try_at=call.wanted_at)
    browser.post(door)
    assert "You go to the payment page of Stripe" in text(browser.get(door))
    assert len(provider.everything["sessions"]) == 1


def test_only_its_buyer_pays(online, product, visit, merchant, stranger, other_town):
    order = online(product)
    for browser in (visit(), visit(merchant), visit(stranger)):
        assert browser.get(f"/orders/{order.code}/pay/").status_code == 404
        assert browser.post(f"/orders/{order.code}/pay/?key=wrong").status_code == 404
    assert visit(stranger, town=other_town).post(f"/orders/{order.code}/pay/?key={order.secret}").status_code == 404
    assert not ProviderCall.objects.exists()


def test_an_order_on_the_spot_has_no_such_page(checkout, account, provider):
    browser, form = checkout
    browser.post("/checkout/", form | {"pay": "spot"})
    order = Order.objects.get()
    here = f"/orders/{order.code}/pay/?key={order.secret}"
    assert browser.get(here).status_code == 302
    assert browser.post(here).status_code == 302
    assert "Online payment" not in text(browser.get(f"/orders/{order.code}/?key={order.secret}"))
    assert not Payment.objects.exists()


def signed(event, secret=HOOK):
    body = json.dumps(event)
    header = stripe.WebhookSignature.generate_signature_header(body, secret, timestamp=int(time.time()))
    return {"data": body, "content_type": "application/json", "headers": {"stripe-signature": header}}


def hook(payment, kind="checkout.session.completed", name="evt_1"):
    about = {"id": payment.session, "object": "checkout.session", "payment_intent": None}
    personal = {"customer_details": {"email": "camille@example.org", "name": "Camille"}}
    return {"id": name, "type": kind, "data": {"object": about | personal}}


def test_a_web_hook_makes_us_ask(online, product, visit, provider, at):
    order = online(product)
    payments.advance(only(order).pk, at=at)
    payment = only(order)
    provider.pay(payment)
    for _twice in range(2):
        assert visit().post("/payments/stripe/", **signed(hook(payment))).status_code == 204
    event = ProviderEvent.objects.get()
    assert event.about == {"checkout.session": payment.session}, "nothing else of it is kept"
    assert only(order).state == PaymentState.AWAITING, "kept first"
    payment_news.handle(event.pk, at=at)
    assert only(order).state == PaymentState.AUTHORISED, "handled later"
    payment_news.handle(event.pk, at=at)
    assert only(order).events.count() == 1


def test_a_web_hook_that_lies_changes_nothing(online, product, visit, provider, at):
    order = online(product)
    payments.advance(only(order).pk, at=at)
    visit().post("/payments/stripe/", **signed(hook(only(order))))
    payment_news.handle_waiting(at=at)
    assert only(order).state == PaymentState.AWAITING, "nobody has paid, whatever the message says"


@pytest.mark.parametrize("spoil", ["secret", "header", "body", "empty"])
def test_what_the_provider_did_not_sign_is_refused(online, product, visit, provider, at, spoil):
    sent = signed(hook(only(online(product))), secret="whsec_other" if spoil == "secret" else HOOK)
    if spoil == "header":
        sent["headers"] = {}
    if spoil == "body":
        sent["data"] = sent["data"].replace("evt_1", "evt_2")
    if spoil == "empty":
        sent["data"] = ""
    assert visit().post("/payments/stripe/", **sent).status_code == 400
    assert not ProviderEvent.objects.exists()


def test_a_town_without_the_provider_has_no_such_door(visit, other_town, stranger, provider):
    sent = signed({"id": "evt_1", "type": "x", "data": {"object": {"id": "x", "object": "charge"}}})
    assert visit(town=other_town).post("/payments/stripe/", **sent).status_code == 404
    assert visit().post("/payments/unknown/", **sent).status_code == 404
    assert visit().get("/payments/stripe/").status_code == 405


def test_a_merchant_asks_to_be_paid_online(visit, merchant, shop, provider, stranger):
    browser = visit(merchant)
    browser.cookies["language"] = "en"
    assert "Be paid online" in text(browser.get("/merchant/boulangerie-du-parvis/money/"))
    door = browser.post("/merchant/boulangerie-du-parvis/money/account/")
    reference = MerchantAccount.objects.get().reference
    assert f"http://localhost/who/{reference}" in door.content.decode()
    browser.post("/merchant/boulangerie-du-parvis/money/account/")
    assert MerchantAccount.objects.count() == 1
    assert "still has to check who you are" in text(browser.get("/merchant/boulangerie-du-parvis/money/"))
    provider.tell(f"approve/{reference}")
    browser.post("/merchant/boulangerie-du-parvis/money/account/")
    assert "not yet handed on" in text(browser.get("/merchant/boulangerie-du-parvis/money/"))
    assert visit(stranger).post("/merchant/boulangerie-du-parvis/money/account/").status_code == 404


def test_a_merchant_sees_what_was_handed_on(visit, merchant, paid, product, provider, at):
    order = paid(product)
    part = order.parts.get()
    prepare_part(part=part, quantities={}, at=at)
    payments.settle_order(order.pk, at=at)
    browser = visit(merchant)
    browser.cookies["language"] = "en"
    money = "/merchant/boulangerie-du-parvis/money/"
    assert "not yet handed on</dt><dd>€8.40" in text(browser.get(money))
    finish_part(part=part, at=at)
    payments.settle_order(order.pk, at=at)
    page = text(browser.get(money))
    assert "Handed on to your account</dt><dd>€8.40" in page
    assert "Still to be paid by buyers</dt><dd>€0.00" in page


def test_an_order_by_bike_says_first_that_it_is_to_be_paid(online, product, window, visit, provider, at):
    order = online(product, window=window)
    payments.advance(only(order).pk, at=at)
    browser = visit()
    browser.cookies["language"] = "en"
    page = text(browser.get(f"/orders/{order.code}/?key={order.secret}"))
    assert "<h1>Your order waits for your payment</h1>" in page
    assert page.count('aria-labelledby="payment"') == 1
    assert page.index('aria-labelledby="payment"') < page.index("Boulangerie du Parvis"), (
        "what is to be done stands first"
    )
    assert "You chose" in page
