"""A lower price for some days: what may be crossed out, when it begins and ends, what buyers pay."""

from datetime import date, timedelta
from html import unescape

import pytest

from parvis.core.errors import Refusal
from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import ask_withdrawal, finish_part, prepare_part, refund_withdrawal
from parvis.market.actions.bulk import mark_of, reprice, repriced
from parvis.market.actions.products import change_product
from parvis.market.actions.reductions import end_reduction, plan_reduction, tend_reductions
from parvis.market.models import Document, PriceChange, Reduction
from parvis.market.reduced import lowest_price
from parvis.market.tests.test_fees import sell

DAY = date(2026, 11, 26)
WEEK = {"first_day": DAY, "last_day": DAY + timedelta(days=6)}


def text(response):
    return " ".join(unescape(response.content.decode()).split())


def price(product):
    product.refresh_from_db()
    return product.price_cents


def ended(product, cents, when):
    """The product cost so much until then: the machine's clock, which the trigger reads, is no test's."""
    PriceChange.objects.create(town_id=product.town_id, product=product, before_cents=cents, at=when)


def test_it_begins_at_once_and_ends_by_itself(product, at):
    reduction = plan_reduction(product=product, cents=350, at=at, **WEEK)
    assert price(product) == 350
    assert (reduction.prior_cents, reduction.full_cents, reduction.runs) == (420, 420, True)
    tend_reductions(at=at + timedelta(days=6, hours=13))  # 23:00 of the last day in the town
    assert price(product) == 350
    tend_reductions(at=at + timedelta(days=6, hours=14, minutes=1))
    assert price(product) == 420
    tend_reductions(at=at + timedelta(days=9))
    assert price(product) == 420


def test_it_begins_on_its_day(product, at):
    plan_reduction(
        product=product, cents=350, first_day=DAY + timedelta(days=1), last_day=DAY + timedelta(days=2), at=at
    )
    assert price(product) == 420
    tend_reductions(at=at + timedelta(hours=14, minutes=1))  # just after midnight in the town
    assert price(product) == 350


@pytest.mark.parametrize(("days_ago", "lowest"), [(10, 380), (29, 380), (31, 420)])
def test_the_prior_price_is_the_lowest_of_thirty_days(product, at, days_ago, lowest):
    ended(product, 380, at - timedelta(days=days_ago))
    assert lowest_price(product, at) == lowest
    with pytest.raises(Refusal, match="lowest price of the last 30 days"):
        plan_reduction(product=product, cents=lowest, at=at, **WEEK)
    assert plan_reduction(product=product, cents=lowest - 1, at=at, **WEEK).prior_cents == lowest


def test_every_way_of_changing_a_price_is_remembered(shop, product, at):
    change_product(product=product, changes={"price_cents": 500}, at=at)
    rows = repriced(shop, percent=10, rounding="1")
    reprice(shop=shop, percent=10, rounding="1", mark=mark_of(rows), at=at)
    change_product(product=product, changes={"name": "Pain"}, at=at)
    assert sorted(PriceChange.objects.values_list("before_cents", flat=True)) == [420, 500]


def test_a_reduction_after_a_reduction_crosses_out_the_lower_price(product, at):
    first = plan_reduction(product=product, cents=300, at=at, **WEEK)
    end_reduction(reduction=first, at=at)
    PriceChange.objects.update(at=at)
    assert price(product) == 420
    with pytest.raises(Refusal):
        plan_reduction(product=product, cents=350, at=at + timedelta(days=1), **WEEK)


def test_a_price_set_meanwhile_stays(product, at):
    reduction = plan_reduction(product=product, cents=350, at=at, **WEEK)
    change_product(product=product, changes={"price_cents": 390}, at=at)
    end_reduction(reduction=reduction, at=at)
    assert price(product) == 390


def test_cheaper_meanwhile_is_no_reduction(product, at):
    reduction = plan_reduction(
        product=product, cents=350, first_day=DAY + timedelta(days=1), last_day=DAY + timedelta(days=2), at=at
    )
    change_product(product=product, changes={"price_cents": 340}, at=at)
    tend_reductions(at=at + timedelta(days=1))
    reduction.refresh_from_db()
    assert (price(product), reduction.begun_at, reduction.ended_at) == (340, None, at + timedelta(days=1))


@pytest.mark.parametrize("days", [(DAY, DAY - timedelta(days=1)), (DAY - timedelta(days=9), DAY - timedelta(days=2))])
def test_days_in_disorder(product, at, days):
    with pytest.raises(Refusal):
        plan_reduction(product=product, cents=350, first_day=days[0], last_day=days[1], at=at)


def test_it_flows_through_the_money(town, shop, at):
    book = builders.make_product(shop, "Atlas", 3000, category="books", vat_bp=550)
    before = sell(book, at, key="before")
    plan_reduction(product=book, cents=2400, at=at, **WEEK)
    part = sell(book, at, key="after")
    prepare_part(part=part, quantities={}, at=at)
    finish_part(part=part, at=at)
    document = Document.objects.get()
    assert (document.gross_cents, document.vat_cents) == (4800, 250)
    assert document.content["lines"][0]["gross"] == 4800
    case = ask_withdrawal(
        part=part, quantities={part.lines.get().pk: 1}, name="C", email="c@example.org", words="", key="w", at=at
    )
    assert refund_withdrawal(case=case, at=at) == 2400
    assert ledger.town_sum(town) == 0
    assert before.lines.get().unit_price_cents == 3000, "orders placed before stay as they are"


def test_buyers_see_what_it_cost(visit, product, shop, at, clock):
    page = f"/shops/{shop.slug}/{product.slug}/"
    assert "<s>" not in text(visit().get(page))
    plan_reduction(product=product, cents=350, at=at, **WEEK)
    browser = visit()
    browser.cookies["language"] = "en"
    found = text(browser.get(page))
    assert "<s>€4.20</s>" in found
    assert "the lowest price of the 30 days before" in found
    for listed in ("/products/", f"/shops/{shop.slug}/"):
        assert "<s>€4.20</s>" in text(browser.get(listed))


def test_the_merchants_page(visit, merchant, other_merchant, stranger, shop, product, at, clock):
    url = f"/merchant/{shop.slug}/products/{product.pk}/reduction/"
    browser = visit(merchant)
    browser.cookies["language"] = "en"
    assert "€4.20" in text(browser.get(url))
    typed = {"cents": "3.50", "first_day": "2026-11-26", "last_day": "2026-12-02"}
    for wrong in ({"cents": "cheap"}, {"cents": "4.20"}, {"last_day": "2026-11-01"}, {"last_day": "x"}):
        response = browser.post(url, typed | wrong)
        assert response.status_code == 422
        assert f'value="{next(iter(wrong.values()))}"' in response.content.decode()
    assert not Reduction.objects.exists()
    assert browser.post(url, typed).status_code == 302
    reduction = Reduction.objects.get()
    for person in (other_merchant, stranger):
        assert visit(person).get(url).status_code == 404
        assert visit(person).post(f"{url}{reduction.pk}/end/").status_code == 404
    assert price(product) == 350
    assert "crossed out: €4.20" in text(browser.get(url))
    browser.post(f"{url}{reduction.pk}/end/")
    assert price(product) == 420
