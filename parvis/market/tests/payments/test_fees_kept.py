"""What the town takes of a sale that is paid online stays with the town: less is handed on, and the ledger says why."""

from datetime import timedelta

import pytest

from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import ask_withdrawal, finish_part, payments, prepare_part, refund_withdrawal
from parvis.market.models import FeeTerms
from parvis.market.tests.test_fees import DAY, TAKEN
from parvis.market.tests.test_place_order import deliver

SLUG = "boulangerie-du-parvis"


@pytest.fixture
def terms(town):
    return FeeTerms.objects.create(town=town, starts_on=DAY - timedelta(days=1), **TAKEN)


def settle(order, at, times=3):
    for _ in range(times):
        payments.settle_order(order.pk, at=at)


def test_less_is_handed_on(terms, paid, product, provider, account, at):
    order = paid(product)
    part = order.parts.get()
    prepare_part(part=part, quantities={}, at=at)
    settle(order, at)
    assert f"kept:{SLUG}" not in ledger.balances(order.town), "until the buyer has the goods nothing is kept"
    finish_part(part=part, at=at)
    settle(order, at)
    assert provider.sent() == {account.reference: 840 - 48}
    books = ledger.balances(order.town)
    assert (books[f"payout:{SLUG}"], books[f"online:{SLUG}"]) == (840 - 48, 0)
    assert (books[f"owes:{SLUG}"], books[f"kept:{SLUG}"]) == (0, 48)
    assert books["online:town"] + books["costs:provider"] == 48
    assert ledger.town_sum(order.town) == 0


def test_what_is_sent_back_brings_the_commission_back(terms, paid, shop, provider, account, at):
    book = builders.make_product(shop, "Atlas", 3000, category="books")
    order = paid(book)
    part = order.parts.get()
    prepare_part(part=part, quantities={}, at=at)
    finish_part(part=part, at=at)
    settle(order, at)
    assert provider.sent() == {account.reference: 6000 - 341}
    case = ask_withdrawal(
        part=part, quantities={part.lines.get().pk: 1}, name="C", email="c@example.org", words="", key="w", at=at
    )
    refund_withdrawal(case=case, at=at)
    settle(order, at)
    assert provider.held() == 3000
    assert provider.sent() == {account.reference: 3000 - 170}
    books = ledger.balances(order.town)
    assert (books[f"online:{SLUG}"], books[f"owes:{SLUG}"], books[f"kept:{SLUG}"]) == (0, 0, 170)
    assert (books["town:commission"], books["vat:town"]) == (-142, -28)
    assert ledger.town_sum(order.town) == 0


def test_a_share_of_the_bikes_is_kept_too(terms, paid, product, provider, account, window, hub, rider, at):
    order = paid(product, window=window)
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    settle(order, at)
    deliver(order, hub, rider, at)
    settle(order, at)
    assert provider.sent() == {account.reference: 840 - 48 - 200}
    books = ledger.balances(order.town)
    assert (books[f"online:{SLUG}"], books[f"owes:{SLUG}"], books[f"kept:{SLUG}"]) == (0, 0, 248)
    assert books[f"buyer:{order.code}"] == 0
