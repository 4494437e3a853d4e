"""What was paid online and is sent back goes back through the provider, once."""

from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import ask_withdrawal, finish_part, prepare_part, refund_withdrawal
from parvis.market.actions.payments import settle_order
from parvis.market.models import Document, Order


def test_the_provider_gives_it_back(paid, shop, provider, account, at):
    book = builders.make_product(shop, "Atlas", 3000, category="books")
    order = paid(book)
    part = order.parts.get()
    quantity = part.lines.get().quantity
    prepare_part(part=part, quantities={}, at=at)
    settle_order(order.pk, at=at)
    finish_part(part=part, at=at)
    settle_order(order.pk, at=at)
    assert provider.held() == 3000 * quantity
    case = ask_withdrawal(
        part=part, quantities={part.lines.get().pk: 1}, name="C", email="c@example.org", words="", key="w", at=at
    )
    assert refund_withdrawal(case=case, at=at) == 3000
    for _ in range(3):
        settle_order(order.pk, at=at)
    assert provider.held() == 3000 * (quantity - 1)
    assert Order.objects.with_story().get().payments.get().sums.refunded == 3000
    balances = ledger.balances(order.town)
    assert balances[ledger.buyer_account(order)] == 0
    assert ledger.town_sum(order.town) == 0
    assert Document.objects.get(series__kind="A").gross_cents == -3000
