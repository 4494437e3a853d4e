"""The ledger beside the provider's account: they agree, or each difference has a name."""

from datetime import timedelta
from html import unescape

import pytest

from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import finish_part, payment_looks, payments, prepare_part, refuse_part
from parvis.market.actions.reconciling import copy_movements, reconcile_all_towns
from parvis.market.models import LedgerTransaction, Payment, ProviderCall, ProviderMovement
from parvis.market.reconciled import comparison_of, stuck_calls

DAY = timedelta(days=3)


def text(response):
    return " ".join(unescape(response.content.decode()).split())


@pytest.fixture
def month(paid, product, other_shop, provider, at):
    """Three orders: one handed over, one half refused, one disputed."""
    apples = builders.make_product(other_shop, "Pommes", 350)
    orders = [paid(product), paid(product, apples), paid(apples)]
    refuse_part(part=orders[1].parts.get(shop=other_shop), reason="Plus rien", at=at)
    for order in orders:
        for part in order.parts.exclude(events__kind="refused"):
            prepare_part(part=part, quantities={}, at=at)
            finish_part(part=part, at=at)
        payments.settle_order(order.pk, at=at)
    disputed = Payment.objects.get(order=orders[2])
    provider.tell("dispute", {"charge": disputed.charge, "amount": 700})
    payment_looks.look(disputed.pk, at=at)
    return orders


def test_they_agree_to_the_cent(month, town, provider, at):
    assert copy_movements(town, at=at + DAY) > 6
    found = comparison_of(town)
    assert found.agrees, found.differences
    assert found.provider_cents == found.ledger_cents
    assert found.fee_cents == ledger.balances(town)["costs:provider"] > 0
    assert copy_movements(town, at=at + DAY) == 0, "copied once"


def test_each_difference_is_named(month, town, provider, at):
    copy_movements(town, at=at + DAY)
    ledger.post(
        order=month[0], kind=LedgerTransaction.Kind.COST, key="mistake", entries={"online:town": -5, "x": 5}, at=at
    )
    lost = Payment.objects.get(order=month[1])
    ProviderMovement.objects.filter(payment=lost).delete()
    ProviderMovement.objects.create(
        town=town, provider="stripe", reference="txn_x", kind="charge", amount_cents=900, at=at, source="ch_stranger"
    )
    words = {difference.words: difference.cents for difference in comparison_of(town).differences}
    assert len(words) == 3
    assert any(w.startswith(f"Order {month[0].code}: the provider has") and c == 5 for w, c in words.items())
    assert any(w.startswith(f"Order {month[1].code}: the ledger has") for w in words)
    assert words["A line of €9.00 at the provider (charge, ch_stranger) belongs to no payment here."] == 900


def test_what_was_paid_to_the_bank_is_no_difference(month, town, provider, at):
    copy_movements(town, at=at + DAY)
    ProviderMovement.objects.create(
        town=town, provider="stripe", reference="txn_po", kind="payout", amount_cents=-300, at=at, source="po_1"
    )
    ProviderMovement.objects.create(
        town=town, provider="stripe", reference="txn_fee", kind="stripe_fee", amount_cents=-20, at=at, source="fee_1"
    )
    before = ledger.balances(town)
    assert "Paid to the bank and kept for itself" in comparison_of(town).differences[0].words
    for _ in range(2):
        copy_movements(town, at=at + DAY)
    found = comparison_of(town)
    assert found.agrees
    assert found.bank_cents == 300
    assert found.provider_cents == found.ledger_cents
    books = ledger.balances(town)
    assert books["bank:town"] == 300
    assert books["costs:provider"] == before["costs:provider"] + 20
    assert books["online:town"] == before["online:town"] - 320
    assert ledger.town_sum(town) == 0


def test_every_night(month, town, provider, at):
    reconcile_all_towns(at=at + DAY)
    assert comparison_of(town).agrees
    provider.faults(*["busy"] * 60)
    reconcile_all_towns(at=at + 2 * DAY)
    assert comparison_of(town).at == at + DAY, "an account that does not answer is copied another night"


def test_the_agents_page(visit, month, town, agent, merchant, stranger, provider, clock, settings):
    browser = visit(agent)
    browser.cookies["language"] = "en"
    assert "has not been copied yet" in text(browser.get("/agent/reconciliation/"))
    assert browser.post("/agent/reconciliation/").status_code == 302
    assert "agree to the cent" in text(browser.get("/agent/reconciliation/"))
    for other in (merchant, stranger):
        assert visit(other).get("/agent/reconciliation/").status_code == 404
        assert visit(other).post("/agent/reconciliation/").status_code == 404
    settings.STRIPE_KEYS = {}
    assert browser.post("/agent/reconciliation/").status_code == 404
    ProviderMovement.objects.all().delete()
    assert "is paid on the spot" in text(browser.get("/agent/reconciliation/"))


def test_what_the_provider_refuses_waits_for_somebody(
    paid, product, account, provider, visit, agent, stranger, town, at
):
    order = paid(product)
    part = order.parts.get()
    prepare_part(part=part, quantities={}, at=at)
    payments.settle_order(order.pk, at=at)
    account.reference = "acct_gone"
    account.save()
    finish_part(part=part, at=at)
    payments.settle_order(order.pk, at=at)
    payments.settle_order(order.pk, at=at + DAY)
    call = ProviderCall.objects.get(verb="transfer")
    assert call.attempts == 1, "refused once is not asked again by itself"
    assert "could not be handed on to Boulangerie du Parvis" in stuck_calls(town)[0].words
    assert visit(stranger).post(f"/agent/reconciliation/{call.pk}/again/").status_code == 404
    browser = visit(agent)
    browser.cookies["language"] = "en"
    browser.post(f"/agent/reconciliation/{call.pk}/again/")
    assert "still refuses" in text(browser.get("/agent/reconciliation/"))
    call.refresh_from_db()
    assert call.attempts == 2
    assert ledger.balances(town)["online:boulangerie-du-parvis"] == 840


def test_queries_do_not_grow(month, town, provider, at, visit, agent, clock, django_assert_max_num_queries):
    copy_movements(town, at=at + DAY)
    browser = visit(agent)
    browser.get("/agent/reconciliation/")
    with django_assert_max_num_queries(18):
        browser.get("/agent/reconciliation/")
