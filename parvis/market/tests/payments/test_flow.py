"""From a reservation to the merchant's account: what the buyer, the shops and the ledger see."""

from datetime import timedelta

import pytest

from parvis.core.errors import Refusal
from parvis.core.models import OutboxMessage
from parvis.delivery.actions.problems import deliveries_of
from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import (
    accept_part,
    cancel_part,
    finish_part,
    payment_looks,
    payments,
    prepare_part,
    refuse_part,
)
from parvis.market.models import Order, Part, Payment
from parvis.market.paying.states import PaymentState
from parvis.market.states import PartState
from parvis.market.worklist import current_parts

MINUTE = timedelta(minutes=1)


def only(order):
    return Payment.objects.with_story().get(order=order)


def settle(order, at):
    payments.settle_order(order.pk, at=at)
    return only(order)


def test_a_shop_hears_of_it_only_when_it_is_authorised(online, product, provider, at):
    order = online(product)
    payment = only(order)
    assert (payment.state, payment.amount_cents) == (PaymentState.AWAITING, 840)
    assert order.parts.get().state == PartState.RESERVED
    product.refresh_from_db()
    assert product.stock == 8
    assert not current_parts(product.shop, at).exists()
    assert not OutboxMessage.objects.exists()
    with pytest.raises(Refusal):
        accept_part(part=order.parts.get(), at=at)
    payments.advance(payment.pk, at=at)
    payment = only(order)
    assert payment.page_url.startswith("http")
    assert provider.pay(payment)["paid"]
    payment_looks.look(payment.pk, at=at + MINUTE)
    assert only(order).state == PaymentState.AUTHORISED
    assert order.parts.get().state == PartState.PLACED
    assert current_parts(product.shop, at).count() == 1
    assert OutboxMessage.objects.filter(key__startswith="part-placed:").count() == 1
    assert ledger.balances(order.town) == {}, "nothing is taken yet"


def test_only_what_was_prepared_is_taken(paid, product, provider, account, at):
    order = paid(product)
    part = order.parts.get()
    line = part.lines.get()
    prepare_part(part=part, quantities={line.pk: 1}, at=at + 2 * MINUTE)
    payment = settle(order, at + 3 * MINUTE)
    assert payment.state == PaymentState.PARTLY_CAPTURED
    assert provider.held() == 420
    assert provider.sent() == {}, "a shop is paid when the goods are in the buyer's hands"
    finish_part(part=part, at=at + 4 * MINUTE)
    settle(order, at + 5 * MINUTE)
    assert provider.sent() == {account.reference: 420}
    books = ledger.balances(order.town)
    assert books[f"buyer:{order.code}"] == 0
    assert books["payout:boulangerie-du-parvis"] == 420
    assert books["online:boulangerie-du-parvis"] == 0
    assert books["online:town"] == -books["costs:provider"] == -(25 + 6)
    assert "till:boulangerie-du-parvis" not in books
    assert ledger.town_sum(order.town) == 0
    assert only(order).next_look_at is None


def test_one_shop_refuses_and_the_other_goes_on(paid, product, other_shop, provider, window, at):
    apples = builders.make_product(other_shop, "Pommes", 350)
    order = paid(product, apples, window=window)
    assert only(order).sums.authorised == 840 + 700 + 390
    refuse_part(part=order.parts.get(shop=other_shop), reason="Plus de pommes", at=at + MINUTE)
    assert settle(order, at + MINUTE).state == PaymentState.AUTHORISED, "the other shop has not finished"
    prepare_part(part=order.parts.get(shop=product.shop), quantities={}, at=at + 2 * MINUTE)
    assert settle(order, at + 2 * MINUTE).sums.captured == 840 + 390
    assert provider.held() == 840 + 390
    books = ledger.balances(order.town)
    assert books[f"buyer:{order.code}"] == 0
    assert books["online:town"] + books["costs:provider"] == 390


def test_what_is_not_paid_yet_is_nothing_to_anybody_at_work(online, paid, product, provider, window, at):
    from parvis.delivery.hubday import HubDay
    from parvis.market.figures import day_figures

    def at_work(later):
        day = HubDay.load(window.hub, at=later)
        figures = day_figures(product.shop.town, at.date(), later)
        return day.awaited, len(deliveries_of(window.hub, at.date())), figures.bikes.promised, figures.due

    order = online(product, window=window)
    assert at_work(at) == (0, 0, 0, 0)
    assert window.deliveries.count() == 1, "its place is kept"
    paid(product, window=window)
    assert at_work(at + MINUTE) == (1, 1, 1, 1)
    payments.advance(only(order).pk, at=at)
    provider.pay(only(order))
    payment_looks.look(only(order).pk, at=at + 2 * MINUTE)
    assert at_work(at + 2 * MINUTE) == (2, 2, 2, 2)
    assert window.deliveries.get(order=order).confirmed_at == at + 2 * MINUTE


def test_all_shops_refuse_and_nothing_is_taken(paid, product, provider, at):
    order = paid(product)
    refuse_part(part=order.parts.get(), reason="Four en panne", at=at + MINUTE)
    assert settle(order, at + MINUTE).state == PaymentState.CANCELLED
    assert provider.held() == 0
    assert [intent["status"] for intent in provider.everything["intents"]] == ["canceled"]
    assert ledger.balances(order.town) == {}


def test_a_reservation_ends(online, product, provider, window, at):
    order = online(product, window=window)
    payment_looks.tend(at=at)
    payment_looks.tend(at=at + 19 * MINUTE)
    assert order.parts.get().state == PartState.RESERVED
    payment_looks.tend(at=at + 21 * MINUTE)
    assert only(order).state == PaymentState.CANCELLED
    assert Order.objects.with_story().get().parts.get().state == PartState.CANCELLED
    product.refresh_from_db()
    assert product.stock == 10
    assert Order.objects.get().delivery.cancelled_at is not None
    assert provider.pay(only(order)) == {"paid": False, "why": "expired"}
    assert not OutboxMessage.objects.exists(), "nobody had heard of it"


def test_who_pays_in_the_last_second_has_paid(online, product, provider, at):
    order = online(product)
    payment_looks.tend(at=at)
    provider.pay(only(order))
    payment_looks.tend(at=at + 21 * MINUTE)
    assert only(order).state == PaymentState.AUTHORISED
    assert order.parts.get().state == PartState.PLACED


def test_goods_are_not_kept_for_a_provider_that_stays_away(online, product, provider, at):
    order = online(product)
    payment_looks.tend(at=at)
    provider.pay(only(order))
    provider.faults(*["busy"] * 40)
    for minutes in (21, 25, 31):
        payment_looks.tend(at=at + minutes * MINUTE)
    assert order.parts.get().state == PartState.CANCELLED
    provider.faults()
    payment_looks.tend(at=at + timedelta(hours=3))
    assert only(order).state == PaymentState.CANCELLED, "paid after all: it is let go, no money without an order"
    assert provider.held() == 0


def test_the_buyer_changes_their_mind_before_paying(online, product, provider, at):
    order = online(product)
    payments.advance(only(order).pk, at=at)
    cancel_part(part=order.parts.get(), at=at + MINUTE)
    assert settle(order, at + MINUTE).state == PaymentState.CANCELLED
    assert not OutboxMessage.objects.exists()


def test_what_came_back_is_given_back(paid, product, provider, account, at):
    from parvis.market.actions.locks import record
    from parvis.market.models import PartEvent

    order = paid(product)
    part = order.parts.get()
    prepare_part(part=part, quantities={}, at=at)
    finish_part(part=part, at=at)
    settle(order, at + MINUTE)
    assert provider.sent() == {account.reference: 840}
    part = Part.objects.get(pk=part.pk)
    record(part, PartEvent.Kind.CANCELLED, at=at + 2 * MINUTE, by=None)
    ledger.reverse_sale(part, at=at + 2 * MINUTE)
    payment = settle(order, at + 3 * MINUTE)
    assert payment.state == PaymentState.REFUNDED
    assert provider.held() == 0
    assert provider.sent() == {account.reference: 0}
    books = ledger.balances(order.town)
    assert {name: cents for name, cents in books.items() if cents} == {"online:town": -37, "costs:provider": 37}


def test_a_bank_takes_it_back_and_gives_it_again(paid, product, provider, at):
    order = paid(product)
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    payment = settle(order, at)
    provider.tell("dispute", {"charge": payment.charge, "amount": 840})
    payment_looks.look(payment.pk, at=at + MINUTE)
    payment_looks.look(payment.pk, at=at + MINUTE)
    assert only(order).state == PaymentState.DISPUTED
    assert ledger.balances(order.town)["disputes:town"] == 840
    provider.tell("dispute", {"charge": payment.charge, "amount": 840, "status": "won"})
    payment_looks.look(payment.pk, at=at + 2 * MINUTE)
    assert only(order).state == PaymentState.CAPTURED
    assert ledger.balances(order.town)["disputes:town"] == 0


def test_an_authorisation_is_taken_before_it_ends(paid, product, provider, at):
    order = paid(product)
    accept_part(part=order.parts.get(), at=at)
    payment_looks.tend(at=at + timedelta(days=5))
    assert only(order).state == PaymentState.AUTHORISED
    payment_looks.tend(at=at + timedelta(days=6, hours=1))
    assert only(order).sums.captured == 840
    line = order.parts.get().lines.get()
    prepare_part(part=order.parts.get(), quantities={line.pk: 1}, at=at + timedelta(days=7))
    assert settle(order, at + timedelta(days=7)).state == PaymentState.PARTLY_REFUNDED
    assert provider.held() == 420
    assert ledger.balances(order.town)[f"buyer:{order.code}"] == 0


def test_a_card_that_is_refused_may_be_followed_by_another(online, product, provider, at):
    order = online(product)
    payments.advance(only(order).pk, at=at)
    assert not provider.pay(only(order), "4000000000000341")["paid"]
    payment_looks.look(only(order).pk, at=at + MINUTE)
    assert only(order).state == PaymentState.AWAITING
    assert provider.pay(only(order))["paid"]
    payment_looks.look(only(order).pk, at=at + 2 * MINUTE)
    assert only(order).state == PaymentState.AUTHORISED


def test_a_town_without_a_key_is_paid_on_the_spot(online, product, settings, town):
    settings.STRIPE_KEYS = {"ivry": "sk_other"}
    with pytest.raises(Refusal, match="paid online"):
        online(product)
    assert not Order.objects.exists()
    product.refresh_from_db()
    assert product.stock == 10


def test_a_shop_without_an_account_is_paid_on_the_spot(paid, product, other_merchant, provider, at):
    other = other_merchant.roles.get().organisation.shops.get()
    apples = builders.make_product(other, "Pommes", 350)
    order = paid(product, apples)
    assert only(order).amount_cents == 840
    assert {part.shop_id: part.online for part in order.parts.all()} == {product.shop_id: True, other.pk: False}
    assert {part.state for part in order.parts.all()} == {PartState.PLACED}
    part = order.parts.get(shop=other)
    prepare_part(part=part, quantities={}, at=at)
    finish_part(part=part, at=at)
    assert ledger.balances(order.town)["till:primeurs-de-la-place"] == 700
