"""What a payment keeps of its buyer: the way back from the provider's page, and not for long."""

from datetime import timedelta

from parvis.config.retention import RULES
from parvis.market.actions import cancel_part, payment_news, payments
from parvis.market.models import Order, Payment, ProviderCall, ProviderEvent
from parvis.market.personal import erase_order, held_of
from parvis.market.tests.payments.test_pages import hook, signed

DAY = timedelta(days=1)


def rule(what):
    return next(rule for rule in RULES if rule.what == what)


def test_the_page_and_the_way_back_go_after_a_month(paid, product, at):
    order = paid(product)
    pages = rule("addresses of payment pages")
    assert order.secret in str(ProviderCall.objects.get().request)
    assert pages.remove(at + 30 * DAY - pages.keep) == 0
    assert pages.remove(at + 31 * DAY - pages.keep) == 1
    call = ProviderCall.objects.get()
    assert (call.request, call.result) == ({}, {})
    assert call.reference == Payment.objects.get().session, "what was paid is still found"
    assert pages.remove(at + 31 * DAY - pages.keep) == 0


def test_what_is_still_to_be_asked_for_is_kept(online, product, provider, at):
    order = online(product)
    provider.faults("busy")
    payments.advance(order.payments.get().pk, at=at)
    pages = rule("addresses of payment pages")
    assert pages.remove(at + 60 * DAY - pages.keep) == 0
    assert ProviderCall.objects.get().request["back_url"]


def test_handled_news_goes_and_what_nobody_could_handle_stays(online, product, visit, provider, at, clock):
    order = online(product)
    payments.advance(order.payments.get().pk, at=at)
    for name in ("evt_1", "evt_2"):
        visit().post("/payments/stripe/", **signed(hook(order.payments.get(), name=name)))
    payment_news.handle(ProviderEvent.objects.get(event_id="evt_1").pk, at=at)
    news = rule("news of payment providers")
    assert news.remove(at + 89 * DAY - news.keep) == 0
    assert news.remove(at + 91 * DAY - news.keep) == 1
    assert ProviderEvent.objects.get().event_id == "evt_2"


def test_an_order_that_is_erased_leaves_no_way_back(paid, product, provider, at):
    order = paid(product)
    cancel_part(part=order.parts.get(), at=at + DAY)
    payments.settle_order(order.pk, at=at + DAY)
    shown = held_of([order.pk])
    assert [row["amount_cents"] for row in shown["market.Payment"]] == [840]
    assert [row["kind"] for row in shown["market.PaymentEvent"]] == ["authorised", "cancelled"]
    secret = order.secret
    erase_order(order=Order.objects.get(), at=at)
    assert not [call for call in ProviderCall.objects.all() if secret in str(call.request) + str(call.result)]
