"""Commission and bikes: from a day on, kept by each order, posted in the ledger, given back when less is sold."""

from datetime import date, timedelta

import pytest

from parvis.core.errors import Refusal
from parvis.core.models import OutboxMessage
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
from parvis.market.actions.fees import call_off_fees, set_exception, set_fees
from parvis.market.fee_words import receiving
from parvis.market.fees import in_force
from parvis.market.models import FeeTerms, LedgerTransaction, Order
from parvis.market.tests.test_place_order import BUYER, choose, deliver, order_by_bike

DAY = date(2026, 11, 26)
TAKEN = {"commission_bp": 500, "vat_bp": 2000, "buyer_cents": 390, "shops_cents": 200, "cost_cents": 900}


@pytest.fixture
def terms(town):
    """Five per cent, and two euros of each delivery, since yesterday."""
    return FeeTerms.objects.create(town=town, starts_on=DAY - timedelta(days=1), **TAKEN)


def sell(product, at, *, quantity=2, key="k", kind="collect"):
    order = place_order(
        town=product.town, basket=builders.make_basket(product.town, (product, quantity)), buyer=BUYER,
        chosen=choose(product.shop, kind), window_id=None, key=key, at=at,
    )  # fmt: skip
    return order.parts.get()


def told(order):
    return Order.objects.with_story().select_related("town").get(pk=order.pk)


def test_without_terms_nothing_is_taken(town, product, at):
    part = sell(product, at)
    prepare_part(part=part, quantities={}, at=at)
    assert (part.commission_bp, in_force(town, DAY).mark) == (0, "")
    assert not LedgerTransaction.objects.filter(kind="commission").exists()
    steps, cents = receiving(told(part.order), told(part.order).parts.get())
    assert (steps, cents) == ([], 840)


def test_a_sale_and_its_commission(town, shop, product, terms, at):
    part = sell(product, at)
    prepare_part(part=part, quantities={}, at=at)
    # 8.40 at 5.5 % are 7.96 without VAT; 5 % of it 0.40, VAT on that 0.08
    books = ledger.balances(town)
    assert books["owes:boulangerie-du-parvis"] == 48
    assert (books["town:commission"], books["vat:town"]) == (-40, -8)
    assert books["shop:boulangerie-du-parvis"] == -796, "the shop has sold at its full price"
    assert ledger.town_sum(town) == 0
    order = told(part.order)
    steps, cents = receiving(order, order.parts.get())
    assert [(step.label, step.cents) for step in steps] == [("Sold", 840), ("Commission of the town", -48)]
    assert steps[1].reason == "5% of €7.96 of goods without VAT, and €0.08 of VAT"
    assert cents == 840 - 48


def test_what_is_missing_or_refused_costs_no_commission(town, product, terms, at):
    part = sell(product, at)
    prepare_part(part=part, quantities={part.lines.get().pk: 1}, at=at)
    assert ledger.balances(town)["owes:boulangerie-du-parvis"] == 24
    refuse_part(part=sell(product, at, key="other"), reason="Four en panne", at=at)
    assert ledger.balances(town)["owes:boulangerie-du-parvis"] == 24


def test_what_is_sent_back_gives_the_commission_back(town, shop, terms, at):
    book = builders.make_product(shop, "Atlas", 3000, category="books")
    part = sell(book, at)
    prepare_part(part=part, quantities={}, at=at)
    finish_part(part=part, at=at)
    owed = ledger.balances(town)["owes:boulangerie-du-parvis"]
    assert owed == 284 + 57
    for number in range(2):
        case = ask_withdrawal(
            part=part, quantities={part.lines.get().pk: 1}, name="C", email="c@example.org", words="", key=f"w{number}",
            at=at,
        )  # fmt: skip
        refund_withdrawal(case=case, at=at)
        left = ledger.balances(town)["owes:boulangerie-du-parvis"]
        assert left == (142 + 28 if number == 0 else 0)
    assert ledger.town_sum(town) == 0
    assert ledger.balances(town)["vat:town"] == 0


def test_the_shops_of_a_delivery_share_it(town, product, other_merchant, terms, hub, window, rider, at):
    other = other_merchant.roles.get().organisation.shops.get()
    apples = builders.make_product(other, "Pommes", 350)
    chosen = choose(product.shop, "bike") | choose(other, "bike")
    order = place_order(
        town=town, basket=builders.make_basket(town, (product, 2), (apples, 1)), buyer=BUYER, chosen=chosen,
        window_id=window.pk, key="k", at=at,
    )  # fmt: skip
    assert order.bike_shops_cents == 200
    for part in order.parts.all():
        prepare_part(part=part, quantities={}, at=at)
    mine = next(part for part in told(order).parts.all() if part.shop_id == product.shop_id)
    steps, cents = receiving(told(order), mine)
    assert steps[-1].cents == -141, "before the bike rides: what it will be if everything comes"
    deliver(order, hub, rider, at)
    books = ledger.balances(town)
    assert books["owes:boulangerie-du-parvis"] == 48 + 141  # 200 × 840 / 1190
    assert books["owes:primeurs-de-la-place"] == 20 + 59
    assert -books["town:delivery"] - books["town:commission"] - books["vat:town"] == 390 + 200 + 48 + 20
    assert ledger.town_sum(town) == 0
    mine = next(part for part in told(order).parts.all() if part.shop_id == product.shop_id)
    assert receiving(told(order), mine)[1] == cents == 840 - 48 - 141


def test_the_shop_that_came_alone_bears_it_alone(town, product, other_merchant, terms, hub, window, rider, at):
    other = other_merchant.roles.get().organisation.shops.get()
    apples = builders.make_product(other, "Pommes", 350)
    chosen = choose(product.shop, "bike") | choose(other, "bike")
    order = place_order(
        town=town, basket=builders.make_basket(town, (product, 2), (apples, 1)), buyer=BUYER, chosen=chosen,
        window_id=window.pk, key="k", at=at,
    )  # fmt: skip
    refuse_part(part=order.parts.get(shop=other), reason="Plus de pommes", at=at)
    prepare_part(part=order.parts.get(shop=product.shop), quantities={}, at=at)
    deliver(Order.objects.get(pk=order.pk), hub, rider, at)
    books = ledger.balances(town)
    assert books["owes:boulangerie-du-parvis"] == 48 + 200
    assert "owes:primeurs-de-la-place" not in books


def test_free_for_the_buyer_and_borne_by_shops(town, product, hub, window, rider, at):
    FeeTerms.objects.create(
        town=town, starts_on=DAY, buyer_cents=400, free_from_cents=800, shops_cents=100, shops_bear_free=True
    )
    order = order_by_bike(town, product, window, at)
    assert (order.bike_fee_cents, order.bike_shops_cents) == (0, 500)
    small = order_by_bike(town, product, window, at, quantity=1, key="small")
    assert (small.bike_fee_cents, small.bike_shops_cents) == (400, 100)


def test_orders_keep_what_held_when_they_were_placed(town, product, terms, at):
    before = sell(product, at)
    later = at + timedelta(days=20)
    set_fees(town=town, starts_on=DAY + timedelta(days=16), values=TAKEN | {"commission_bp": 900}, at=at)
    prepare_part(part=before, quantities={}, at=later)
    assert ledger.balances(town)["owes:boulangerie-du-parvis"] == 48
    after = sell(product, later, key="later")
    assert after.commission_bp == 900


def test_what_costs_shops_more_needs_notice(town, shop, at):
    with pytest.raises(Refusal, match="11 December"):
        set_fees(town=town, starts_on=DAY, values=TAKEN, at=at)
    terms = set_fees(town=town, starts_on=DAY + timedelta(days=15), values=TAKEN, at=at)
    letter = OutboxMessage.objects.get(key__startswith="fees:")
    assert "5\u00a0%" in letter.body
    assert "11 décembre" in letter.subject
    with pytest.raises(Refusal, match="past"):
        set_fees(town=town, starts_on=DAY - timedelta(days=1), values=TAKEN, at=at)
    call_off_fees(terms=terms, at=at)
    assert not FeeTerms.objects.exists()
    assert set_fees(town=town, starts_on=DAY, values={"cost_cents": 900}, at=at), (
        "what costs shops nothing may hold now"
    )


def test_what_holds_is_not_called_off(terms, at):
    with pytest.raises(Refusal, match="hold already"):
        call_off_fees(terms=terms, at=at)


def test_one_shop_pays_less_and_then_as_all(town, shop, product, terms, at):
    set_exception(shop=shop, starts_on=DAY, commission_bp=0, at=at)
    assert sell(product, at).commission_bp == 0
    with pytest.raises(Refusal, match="15 days"):
        set_exception(shop=shop, starts_on=DAY + timedelta(days=1), commission_bp=None, at=at)
    set_exception(shop=shop, starts_on=DAY + timedelta(days=20), commission_bp=None, at=at)
    assert sell(product, at + timedelta(days=21), key="later").commission_bp == 500
    assert OutboxMessage.objects.filter(key__startswith="fees:").count() == 2
