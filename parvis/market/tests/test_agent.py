"""The market's day for the town's agent: right numbers, who waits, no more queries with more orders."""

from datetime import timedelta
from html import unescape

import pytest

from parvis.core.geo import Point
from parvis.delivery.models import Plan, Round
from parvis.demo import builders
from parvis.market.actions import Buyer, accept_part, finish_part, place_order, prepare_part, refuse_part
from parvis.market.figures import day_figures, orders_of_week
from parvis.market.models import LedgerEntry, LedgerTransaction
from parvis.market.tests.test_place_order import deliver

BUYER = Buyer(name="Camille", email="c@example.org", address="12 rue X", point=Point(2.275, 48.825))


def text(response):
    return " ".join(unescape(response.content.decode()).split())


@pytest.fixture
def place(town, at):
    count = iter(range(1000))

    def order(*goods, kind="collect", window=None, ago=10):
        shops = {product.shop for product, _ in goods}
        return place_order(
            town=town,
            basket=builders.make_basket(town, *goods),
            buyer=BUYER,
            chosen={shop.pk: shop.modalities.get(kind=kind) for shop in shops},
            window_id=window.pk if window else None,
            key=f"k{next(count)}",
            at=at - timedelta(minutes=ago),
        )

    return order


@pytest.fixture
def apples(other_merchant):
    return builders.make_product(other_merchant.roles.get().organisation.shops.get(), "Pommes", 350, stock=0)


@pytest.fixture
def page(visit, agent, clock):
    client = visit(agent)
    client.cookies["language"] = "en"
    return lambda query="", **headers: client.get(f"/agent/{query}", headers=headers)


def test_a_day_is_counted(town, product, apples, place, hub, window, rider, at):
    type(apples).objects.filter(pk=apples.pk).update(stock=None)
    both = place((product, 1), (apples, 2), kind="bike", window=window, ago=100)
    for part in both.parts.all():
        accept_part(part=part, at=at - timedelta(minutes=80))
        prepare_part(part=part, quantities={}, at=at - timedelta(minutes=60))
    deliver(both, hub, rider, at)  # handed over at 14:00, promised for 17:00-19:00
    late = place((product, 3), ago=90).parts.get()
    accept_part(part=late, at=at - timedelta(minutes=50))
    prepare_part(part=late, quantities={late.lines.get().pk: 1}, at=at - timedelta(minutes=10))
    finish_part(part=late, at=at)
    refuse_part(part=place((product, 1)).parts.get(), reason="Fermé", at=at)
    place((product, 1), ago=45)
    found = day_figures(town, at.date(), at)
    assert (found.orders, found.answers.parts, found.baskets) == (4, 5, ((1, 3), (2, 1)))
    assert found.turnover == 420 + 700 + 420 + 420
    assert found.bike_fees == 390
    assert (found.answers.accepted, found.answers.refused, found.answers.reasons) == (3, 1, (("Fermé", 1),))
    assert found.answers.median_seconds == 20 * 60
    assert (found.due, found.prepared_late, found.items_missing) == (4, 1, 2)
    assert (found.bikes.promised, found.bikes.kept, found.bikes.late, found.bikes.failed) == (1, 1, 0, 0)
    assert found.bikes.metres == 1000
    assert (found.bikes.air.low, found.bikes.air.high) == (127, 268)
    assert found.check.ok
    assert found.check.sold_lines == 420 + 700 + 420
    assert found.check.paid == 420 + 700 + 420 + 390
    assert [(w.orders, w.shop) for w in found.waiting] == [(1, "Boulangerie du Parvis")]
    assert sum(n for _, n in found.by_hour) == 4
    assert orders_of_week(town, at.date())[-1] == (at.date(), 4)
    assert day_figures(town, at.date() - timedelta(days=1), at).orders == 0


def test_a_deposit_is_sold_but_is_no_turnover(town, shop, place, at):
    """Three bottles ordered, two given: the ledger has two deposits, and the day adds up."""
    juice = builders.make_product(shop, "Jus de pomme", 300, deposit_cents=40)
    part = place((juice, 3)).parts.get()
    prepare_part(part=part, quantities={part.lines.get().pk: 2}, at=at)
    found = day_figures(town, at.date(), at)
    assert found.turnover == 600
    assert found.check.sold_lines == found.check.sold_ledger == 680
    assert found.check.ok


def test_money_that_does_not_add_up_is_said(town, product, place, at, page):
    part = place((product, 1)).parts.get()
    prepare_part(part=part, quantities={}, at=at)
    movement = LedgerTransaction.objects.create(town=town, order=part.order, kind="sale", at=at, key="odd")
    for account, cents in (("shop:boulangerie-du-parvis", -5), (f"buyer:{part.order.code}", 5)):
        LedgerEntry.objects.create(town=town, transaction=movement, account=account, amount_cents=cents)
    assert not day_figures(town, at.date(), at).check.ok
    assert "The money does not add up" in text(page())


def test_the_page_says_who_waits_and_since_when(page, product, apples, place):
    place((product, 1), ago=29)
    assert "Nobody waits for an answer" in text(page())
    place((product, 1), ago=45)
    said = text(page())
    assert "1 shop has not answered" in said
    assert "1 order, since 9:15 (45 min)" in said
    assert 'href="tel:0123456789"' in said
    assert "Sold out now" in said
    assert "Pommes" in said


def test_other_days_and_nonsense(page, product, place):
    place((product, 1), ago=60 * 24)
    assert "Today, Thursday 26 November" in text(page())
    assert "Wednesday 25 November" in text(page("?day=2026-11-25"))
    for nonsense in ("demain", "2026-02-31", "9999-12-31", "0001-01-01"):
        assert page(f"?day={nonsense}").status_code == 200


def test_the_csv(page, product, place, at):
    part = place((product, 1)).parts.get()
    refuse_part(part=part, reason="=1+1", at=at)
    lines = page("?as=csv").content.decode("utf-8-sig").split("\r\n")
    assert "orders;Orders;1" in lines
    assert "refused_because;'=1+1;1" in lines


def test_the_estimate_names_its_assumption(page, town, hub, at):
    assert "An estimate" not in text(page())
    plan = Plan.objects.create(town=town, hub=hub, day=at.date(), version=1, made_at=at, state="published")
    times = {"departs_at": at, "returns_at": at}
    load = {"metres": 12_000, "grams": 1, "millilitres": 1}
    Round.objects.create(town=town, plan=plan, bike=hub.bikes.get(), number=1, **times, **load)
    said = text(page())
    assert "12 km" in said
    assert "1.5 kg to 3.2 kg" in said
    assert "An estimate" in said
    assert "say how it is reckoned" in said


def test_only_the_agent_of_this_town(visit, merchant, citizen, dispatcher, stranger, shop, clock):
    for wrong in (merchant, citizen, dispatcher, stranger):
        assert visit(wrong).get("/agent/").status_code == 404
    assert "/accounts/login/" in visit().get("/agent/")["Location"]


def test_queries_do_not_grow_with_orders(page, product, place, django_assert_max_num_queries):
    place((product, 1))
    page()
    for _ in range(6):
        place((product, 1), ago=50)
    with django_assert_max_num_queries(36):
        page()
