"""Vouchers through the real actions: issued, used, given back, ended; and the races they must survive."""

import threading
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.utils import translation

from parvis.core.errors import Refusal
from parvis.core.models import OutboxMessage
from parvis.core.taps import Tap
from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import cancel_part, finish_part, place_order, prepare_part, refuse_part, return_part
from parvis.market.actions.funds import add_line, open_fund
from parvis.market.actions.settling import owed_to_shop, pay_shop
from parvis.market.actions.vouchers import (
    end_campaigns,
    end_vouchers,
    give_back_vouchers,
    issue_vouchers,
    withdraw_voucher,
)
from parvis.market.amounts_due import ordered, owed
from parvis.market.fund_figures import funds_of
from parvis.market.models import FundLine, Order, Voucher, VoucherCampaign, VoucherUse
from parvis.market.tests.test_place_order import BUYER, choose, deliver

FIRST, LAST = date(2026, 11, 1), date(2026, 12, 31)


@pytest.fixture
def line(town, at):
    fund = open_fund(town=town, name="Relance", about="", decision="Conseil", decided_on=FIRST, at=at)
    return add_line(fund=fund, name="Bons d'achat", about="", cents=100_000, at=at)


def campaign_of(town, line=None, **extra):
    values = {"name": "Dix euros", "value_cents": 1000, "first_day": FIRST, "last_day": LAST}
    return VoucherCampaign.objects.create(town=town, line=line, **(values | extra))


def issue(campaign, at, count=1, **extra):
    return issue_vouchers(campaign=campaign, count=count, batch=uuid4(), at=at, **extra)


@pytest.fixture
def other_shop(town, other_merchant):
    return other_merchant.roles.get().organisation.shops.get()


@pytest.fixture
def buy(town, product, other_shop, at):
    """``buy(code)`` orders bread for 42.00 and apples for 14.00, both to collect."""
    product.price_cents, product.stock = 2100, None
    product.save()
    apples = builders.make_product(other_shop, "Pommes", 700)
    count = iter(range(1000))

    def order(*codes, email=BUYER.email, when=at, quantity=2, apples_too=2, expected=None):
        lines = [(product, quantity), *([(apples, apples_too)] if apples_too else [])]
        chosen = choose(product.shop, "collect") | (choose(other_shop, "collect") if apples_too else {})
        buyer = type(BUYER)(name="Camille", email=email)
        return place_order(
            town=town, basket=builders.make_basket(town, *lines), buyer=buyer, chosen=chosen, window_id=None,
            key=f"k{next(count)}", at=when, expected_cents=expected, vouchers=", ".join(map(str, codes)),
        )  # fmt: skip

    return order


def told(order):
    return Order.objects.with_story().get(pk=order.pk)


def stages(line):
    line.refresh_from_db()
    return line.free_cents, line.promised_cents, line.due_cents, line.paid_cents


def test_from_the_fund_to_the_shop(town, line, buy, shop, other_shop, at):
    (voucher,) = issue(campaign_of(town, line), at)
    assert stages(line) == (99_000, 1000, 0, 0)
    order = buy(voucher, expected=4600)
    assert [part.voucher_cents for part in owed(told(order)).parts] == [750, 250]
    assert owed(told(order)).cents == ordered(told(order)).cents == 4600
    voucher.refresh_from_db()
    assert voucher.left_cents == 0
    for part in order.parts.all():
        prepare_part(part=part, quantities={}, at=at)
    assert stages(line) == (99_000, 0, 1000, 0)
    for part in order.parts.all():
        finish_part(part=part, at=at)
    books = ledger.balances(town)
    assert books[f"buyer:{order.code}"] == 0
    assert books[f"till:{shop.slug}"] == 4200 - 750
    assert owed_to_shop(shop) == {line.code: 750}
    assert -books[f"shop:{shop.slug}"] - books[f"vat:{shop.slug}"] == 4200, "the shop has sold, and owes VAT, in full"
    assert pay_shop(shop=shop, words="Virement 12", key="p1", at=at) == 750
    assert pay_shop(shop=shop, words="Virement 12", key="p1", at=at) == 750, "the same form twice"
    assert stages(line) == (99_000, 0, 250, 750)
    assert owed_to_shop(shop) == {}
    with pytest.raises(Refusal, match="Nothing is owed"):
        pay_shop(shop=shop, words="", key="p2", at=at)
    assert ledger.town_sum(town) == 0
    assert funds_of(town)[0].agrees


def test_a_refused_part_gives_its_share_back_and_all_of_it_when_nothing_is_left(town, line, buy, at):
    (voucher,) = issue(campaign_of(town, line, single_use=True, value_cents=9000), at)
    order = buy(voucher)
    voucher.refresh_from_db()
    assert voucher.left_cents == 0, "the rest of a voucher for one order lapses"
    bread, apples = order.parts.order_by("pk")
    refuse_part(part=apples, reason="Fermé", at=at)
    voucher.refresh_from_db()
    assert voucher.left_cents == 1400
    assert owed(told(order)).cents == 0
    give_back_vouchers(apples, at=at)
    cancel_part(part=bread, at=at)
    voucher.refresh_from_db()
    assert voucher.left_cents == 9000
    assert stages(line) == (91_000, 9000, 0, 0), "still promised to its holder"


def test_what_is_missing_gives_back_in_proportion(town, line, buy, at):
    (voucher,) = issue(campaign_of(town, line, single_use=False), at)
    order = buy(voucher, apples_too=0)
    part = order.parts.get()
    prepare_part(part=part, quantities={part.lines.get().pk: 1}, at=at)
    assert owed(told(order)).cents == 2100 - 500
    voucher.refresh_from_db()
    assert voucher.left_cents == 500
    assert stages(line) == (99_000, 500, 500, 0)
    finish_part(part=part, at=at)
    assert ledger.balances(town)[f"buyer:{order.code}"] == 0
    assert owed(told(buy(voucher, apples_too=0))).voucher_cents == 500, "the rest serves for another order"


def test_what_comes_back_on_the_bike_comes_back_to_the_voucher(town, hub, window, rider, shop, product, line, at):
    from parvis.delivery.actions import bring_back, fail_stop, leave_hub, pack, scan_bag_in
    from parvis.delivery.models import Plan, Round, Stop

    (voucher,) = issue(campaign_of(town, line), at)
    order = place_order(
        town=town, basket=builders.make_basket(town, (product, 2)), buyer=BUYER, chosen=choose(shop, "bike"),
        window_id=window.pk, key="k", at=at, vouchers=str(voucher),
    )  # fmt: skip
    assert owed(told(order)).cents == 390, "the voucher pays goods, not the bikes"
    part = order.parts.get()
    prepare_part(part=part, quantities={}, at=at)
    assert stages(line)[2] == 840
    for bag in order.delivery.bags.all():
        scan_bag_in(town=town, code=bag.code, at=at)
    pack(delivery=order.delivery, crate=7, at=at)
    plan = Plan.objects.create(town=town, hub=hub, day=at.date(), version=1, made_at=at, state="published")
    round_ = Round.objects.create(
        town=town, plan=plan, bike=hub.bikes.first(), rider=rider, number=1, departs_at=at, returns_at=at, metres=1,
        grams=1, millilitres=1,
    )  # fmt: skip
    stop = Stop.objects.create(town=town, round=round_, delivery=order.delivery, position=1, arrive_at=at, leave_at=at)
    leave_hub(round_=round_, at=at + timedelta(hours=1))
    fail_stop(stop=stop, at=at + timedelta(hours=2), reason="Personne", tap=Tap("f1"))
    bring_back(round_=round_, at=at + timedelta(hours=3))
    return_part(part=part, at=at + timedelta(hours=4))
    voucher.refresh_from_db()
    assert voucher.left_cents == 1000
    assert stages(line) == (99_000, 1000, 0, 0)
    assert set(ledger.balances(town, "buyer:").values()) == {0}
    assert ledger.town_sum(town) == 0


def test_the_rider_takes_what_the_voucher_leaves(town, hub, window, rider, shop, product, line, at):
    (voucher,) = issue(campaign_of(town, line, value_cents=300), at)
    order = place_order(
        town=town, basket=builders.make_basket(town, (product, 2)), buyer=BUYER, chosen=choose(shop, "bike"),
        window_id=window.pk, key="k", at=at, vouchers=str(voucher),
    )  # fmt: skip
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    deliver(order, hub, rider, at)
    assert ledger.balances(town)["till:town"] == 840 - 300 + 390
    assert ledger.balances(town)[f"buyer:{order.code}"] == 0


def test_each_refusal_is_one_sentence_and_writes_nothing(town, line, buy, other_shop, at):
    ten = campaign_of(town, line, minimum_cents=4000)
    apples = campaign_of(town, name="Pommes", minimum_cents=0)
    apples.shops.add(other_shop)
    (first, second), (fruit,) = issue(ten, at, 2), issue(apples, at)
    (mine,) = issue(campaign_of(town, name="Bienvenue"), at, count=0, emails=["Nour@example.org"])
    before = Order.objects.count()
    for codes, given, words in [
        (["ZZZZ-9999"], {}, "We do not know the voucher ZZZZ-9999."),
        ([first], {"quantity": 1, "apples_too": 0}, "serves from €40.00 in its shops: €19.00 more"),
        ([first, second], {}, "Only one voucher of “Dix euros”"),
        ([fruit], {"apples_too": 0}, "does not serve in the shops of this basket"),
        ([mine], {}, "is for one person alone"),
        ([first], {"when": at + timedelta(days=60)}, "ended on"),
        ([first], {"when": at - timedelta(days=60)}, "serves from"),
        (["A", "B", "C", "D", "E", "F"], {}, "At most 5 vouchers"),
        ([first], {"expected": 5600}, "The total has changed"),
    ]:
        with pytest.raises(Refusal) as refusal:
            buy(*codes, **given)
        assert words in str(refusal.value)
    assert Order.objects.count() == before
    assert not VoucherUse.objects.exists()
    buy(mine, email="nour@EXAMPLE.org")
    with pytest.raises(Refusal, match="is used up"):
        buy(mine, email="nour@example.org")


def test_two_vouchers_never_pay_more_than_the_goods(town, buy, at):
    (a,) = issue(campaign_of(town, value_cents=3000, single_use=False), at)
    (b,) = issue(campaign_of(town, name="Deux", value_cents=3000, single_use=False), at)
    order = buy(a, b)
    assert owed(told(order)).cents == 0
    b.refresh_from_db()
    assert b.left_cents == 400
    (c,) = issue(campaign_of(town, name="Trois", value_cents=9000), at)
    with pytest.raises(Refusal, match="already pay everything"):
        buy(c, b)


def test_a_stranger_towns_voucher_is_unknown(town, other_town, buy, at):
    (away,) = issue(campaign_of(other_town), at)
    with pytest.raises(Refusal, match="We do not know"):
        buy(away)


def test_issuing_is_once_and_never_beyond_the_line(town, line, at):
    campaign, batch = campaign_of(town, line), uuid4()
    made = issue_vouchers(campaign=campaign, count=3, batch=batch, at=at)
    assert {v.pk for v in issue_vouchers(campaign=campaign, count=3, batch=batch, at=at)} == {v.pk for v in made}
    assert stages(line) == (97_000, 3000, 0, 0)
    for count, words in [(98, "has only €970.00 free"), (0, "between 1 and"), (501, "between 1 and")]:
        with pytest.raises(Refusal, match=words):
            issue(campaign, at, count)
    issue(campaign, at, 0, emails=["a@example.org", "A@example.org ", ""])
    assert campaign.vouchers.exclude(email="").count() == 1
    mail = OutboxMessage.objects.get(key__startswith="voucher-issued:")
    assert str(campaign.vouchers.exclude(email="").get()) in mail.body
    with pytest.raises(Refusal, match=r"Already sent to: a@example\.org"):
        issue(campaign, at, 0, emails=["a@example.org"])


def test_after_the_last_day_what_is_left_is_free_again(town, line, buy, at):
    campaign = campaign_of(town, line)
    used, _left, lost = issue(campaign, at, 3)
    order = buy(used, apples_too=0)
    withdraw_voucher(voucher=lost, at=at)
    with pytest.raises(Refusal, match="Nothing is left"):
        withdraw_voucher(voucher=lost, at=at)
    assert end_vouchers(campaign=campaign, at=at) == 0, "not before its last day"
    over = at + timedelta(days=60)
    assert end_vouchers(campaign=campaign, at=over) == 1000
    assert stages(line) == (99_000, 1000, 0, 0)
    refuse_part(part=order.parts.get(), reason="Trop tard", at=over)
    end_campaigns(at=over + timedelta(days=1))
    assert end_vouchers(campaign=campaign, at=over + timedelta(days=2)) == 0
    assert stages(line) == (100_000, 0, 0, 0)
    with pytest.raises(Refusal, match="is over"):
        issue(campaign, over)


def test_the_database_refuses_more_than_there_is(town, line, buy, at):
    (voucher,) = issue(campaign_of(town, line), at)
    order = buy(voucher, apples_too=0)
    use = VoucherUse.objects.get(kind="used")
    again = {"town": town, "voucher": voucher, "order": order, "part": use.part, "kind": "used", "cents": 1, "at": at}
    with pytest.raises(IntegrityError, match="left_cents"), transaction.atomic():
        VoucherUse.objects.create(**again, key="more")
    with pytest.raises(IntegrityError, match="voucher_use_once"), transaction.atomic():
        VoucherUse.objects.create(**again, key=use.key)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        VoucherUse.objects.filter(pk=use.pk).update(cents=1)
    for entries in ({f"fund:{line.code}:free": 100_001, "x": -100_001}, {"fund:nowhere:free": -1, "x": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ledger.post(order=None, town=town, kind="promise", key="k", entries=entries, at=at)


@pytest.mark.django_db(transaction=True)
def test_one_voucher_in_many_hands_pays_once(town, line, buy, product, at):
    (voucher,) = issue(campaign_of(town, line), at)
    start, refused = threading.Barrier(8), []

    def run(_n):
        try:
            start.wait()
            with translation.override("en"):
                buy(voucher, apples_too=0)
        except Refusal as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connections.close_all()
    assert len(refused) == 7, refused
    assert all("is used up" in words for words in refused)
    assert VoucherUse.objects.filter(kind="used").count() == Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_line_is_never_promised_twice(town, line, at):
    """Eight agents issue 30 vouchers of 10.00 each at once from a line that can pay for 100."""
    campaigns = [campaign_of(town, line, name=f"C{n}") for n in range(8)]
    start, made = threading.Barrier(8), []

    def run(campaign):
        try:
            start.wait()
            made.extend(issue(campaign, at, 30))
        except Refusal:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(campaign,)) for campaign in campaigns]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connections.close_all()
    assert len(made) == Voucher.objects.count() == 90
    assert FundLine.objects.get().free_cents == 10_000
    assert ledger.town_sum(town) == 0
