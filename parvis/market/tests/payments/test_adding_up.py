"""Random stories of orders paid online: whatever happened, the ledger is the provider's account, to the cent.

All at once: a voucher of a fund's line and one of the town's budget, lines by the piece and by weight (with what is
tolerated), deposits, a commission and a bike's fee shared between buyer, shop and town, parts refused, goods missing,
an authorisation about to end, goods handed over by bike and at the counter, and goods sent back.
``PARVIS_STORIES=400`` plays more of them (``bench/payments.md``).
"""

import os
import random
from datetime import date, timedelta
from uuid import uuid4

import pytest

from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import (
    ask_withdrawal,
    finish_part,
    payment_looks,
    payments,
    place_order,
    prepare_part,
    refund_withdrawal,
    refuse_part,
)
from parvis.market.actions.funds import add_line, open_fund
from parvis.market.actions.reconciling import copy_movements
from parvis.market.actions.vouchers import issue_vouchers
from parvis.market.amounts_due import owed
from parvis.market.fund_figures import funds_of
from parvis.market.models import FeeTerms, Order, Part, Payment, ProviderCall, Voucher, VoucherCampaign
from parvis.market.paying.amounts import due_to_shop, online_cents
from parvis.market.reconciled import comparison_of
from parvis.market.tests.payments.conftest import BUYER, connect
from parvis.market.tests.test_place_order import deliver

STORIES = int(os.environ.get("PARVIS_STORIES", "10"))
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FIRST, LAST = date(2026, 11, 1), date(2026, 12, 31)

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.timeout(60 + 10 * STORIES)]


@pytest.fixture
def other_shop(other_merchant):
    return other_merchant.roles.get().organisation.shops.get()


@pytest.fixture
def shelf(shop, other_shop):
    """By the piece with a deposit, by weight, and what may be sent back; of two shops."""
    return [
        builders.make_product(shop, "Pain", 421, vat_bp=550),
        builders.make_product(shop, "Jus", 333, vat_bp=550, deposit_cents=50),
        builders.make_product(shop, "Comté", 2489, vat_bp=550, sold_by="weight", grams=250, tolerance_percent=10),
        builders.make_product(other_shop, "Atlas", 2995, vat_bp=550, category="books"),
        builders.make_product(other_shop, "Vase", 1717, vat_bp=2000, category="home"),
    ]


@pytest.fixture
def campaigns(town, at):
    """Vouchers of a fund's line, and of the town's budget."""
    fund = open_fund(town=town, name="Relance", about="", decision="Conseil", decided_on=FIRST, at=at)
    line = add_line(fund=fund, name="Bons", about="", cents=10_000_000, at=at)
    days = {"first_day": FIRST, "last_day": LAST, "single_use": False}
    return [
        VoucherCampaign.objects.create(town=town, line=line, name="Soutien", value_cents=1000, **days),
        VoucherCampaign.objects.create(town=town, line=None, name="Bienvenue", value_cents=537, **days),
    ]


class Story:
    """One order from the basket to whatever became of it."""

    def __init__(self, number, chance, town, shelf, at) -> None:
        self.chance, self.at = chance, at
        self.vouchers, self.key = [], f"story-{number}"
        self.town, self.shelf = town, shelf

    def order(self, campaigns, window):
        chance = self.chance
        goods = chance.sample(self.shelf, chance.randint(1, len(self.shelf)))
        by_bike = chance.random() < 0.5
        ways = {product.shop_id: product.shop.modalities for product in goods}
        chosen = {
            pk: kinds.get(kind="bike" if by_bike and chance.random() < 0.8 else "collect") for pk, kinds in ways.items()
        }
        for campaign in campaigns:
            if chance.random() < 0.4:
                self.vouchers += issue_vouchers(campaign=campaign, count=1, batch=uuid4(), at=self.at)
        placed = place_order(
            town=self.town,
            basket=builders.make_basket(self.town, *((product, chance.randint(1, 3)) for product in goods)),
            buyer=BUYER,
            chosen=chosen,
            window_id=window.pk if any(way.kind == "bike" for way in chosen.values()) else None,
            key=self.key,
            at=self.at,
            pay_online=True,
            vouchers=", ".join(str(voucher) for voucher in self.vouchers),
        )
        self.pk = placed.pk

    @property
    def parts(self):
        return list(Part.objects.filter(order=self.pk).order_by("pk"))

    @property
    def told(self):
        return Order.objects.with_story().select_related("town").get(pk=self.pk)

    def prepare(self, part):
        """Perhaps refused; else some is missing and what is weighed weighs something else."""
        chance, lines = self.chance, list(part.lines.all())
        if chance.random() < 0.2:
            refuse_part(part=part, reason="Plus rien", at=self.at)
            return
        kept = chance.choice(lines)
        by_piece = [line for line in lines if not line.by_weight]
        some = {line.pk: chance.randint(int(line == kept), line.quantity) for line in by_piece}
        weights = {
            line.pk: chance.randint(1, line.grams * line.quantity * (100 + line.tolerance_percent) // 100)
            for line in lines
            if line.by_weight
        }
        prepare_part(part=part, quantities=some, grams=weights, at=self.at)

    def send_back(self, part):
        """Some of what may be sent back is."""
        book = next((line for line in part.lines.all() if line.name == "Atlas" and line.billed_quantity), None)
        if book is None or self.chance.random() < 0.4:
            return
        for number in range(self.chance.randint(1, book.billed_quantity)):
            who = {"name": "C", "email": BUYER.email, "words": "", "key": f"{self.key}-{number}"}
            case = ask_withdrawal(part=Part.objects.get(pk=part.pk), quantities={book.pk: 1}, at=self.at, **who)
            refund_withdrawal(case=case, at=self.at)
            self.settle()

    def settle(self):
        self.at += MINUTE
        payments.settle_order(self.pk, at=self.at)

    def play(self, campaigns, window, hub, rider, provider) -> None:
        self.order(campaigns, window)
        payment = Payment.objects.get(order=self.pk)
        payments.advance(payment.pk, at=self.at)
        assert provider.pay(payment)["paid"]
        payment_looks.look(payment.pk, at=self.at)
        if self.chance.random() < 0.25:  # the shops are late: everything is taken before the authorisation ends
            payment_looks.look(payment.pk, at=self.at + 7 * DAY)
        for part in self.parts:
            self.prepare(part)
            if self.chance.random() < 0.5:
                self.settle()
        self.settle()
        for part in self.parts:
            if part.state == "ready" and part.kind == "collect":
                finish_part(part=part, at=self.at)
        order = self.told
        if any(part.state == "ready" for part in order.parts.all()):
            deliver(order, hub, rider, self.at)
        self.settle()
        for part in self.parts:
            if part.state == "done":
                self.send_back(part)
        self.settle()


@pytest.mark.parametrize("seed", range(STORIES))
def test_whatever_happened_the_money_adds_up(
    seed, town, shop, other_shop, shelf, campaigns, hub, window, rider, either, at
):
    accounts = {one.pk: connect(one, either, at).reference for one in (shop, other_shop)}
    chance = random.Random(seed)
    if chance.random() < 0.6:  # a commission, and a bike's fee that shops bear a part of
        commission, share = chance.choice((0, 250, 1000)), chance.choice((0, 200))
        FeeTerms.objects.create(town=town, starts_on=FIRST, commission_bp=commission, shops_cents=share)
    story = Story(seed, chance, town, shelf, at)
    story.play(campaigns, window, hub, rider, either)
    order, payment = story.told, Payment.objects.with_story().get(order=story.pk)
    assert all(part.state.is_over for part in order.parts.all())
    assert not [call for call in ProviderCall.objects.all() if call.is_open or call.given_up_at]

    books = ledger.balances(town)
    assert ledger.town_sum(town) == 0
    assert books.get(f"buyer:{order.code}", 0) == 0, "the buyer owes nothing and is owed nothing"
    assert payment.sums.captured - payment.sums.refunded == online_cents(order) == either.held()
    due = {accounts[part.shop_id]: due_to_shop(order, part) for part in order.parts.all()}
    sent = either.sent()
    assert {account: sent.get(account, 0) for account in due} == due, "each shop has what is its own"

    copy_movements(town, at=story.at + 30 * DAY)  # after everything that was dated later
    found = comparison_of(town)
    assert found.agrees, found.differences
    online = sum(cents for name, cents in books.items() if name.startswith("online:"))
    assert online == either.held() - sum(sent.values()) - (0 if either.name == "mollie" else books["costs:provider"])

    used = sum(part.voucher_cents for part in owed(order).parts)
    left = sum(Voucher.objects.values_list("left_cents", flat=True))
    assert used + left == sum(voucher.value_cents for voucher in story.vouchers), "what a voucher lost, a shop has sold"
    assert all(fund.agrees for fund in funds_of(town))
