"""What the town takes, on the agent's page and on the merchant's."""

from datetime import date, timedelta
from html import unescape

import pytest

from parvis.market.models import FeeTerms
from parvis.market.tests.test_fees import DAY, TAKEN, sell

PAGE = "/agent/fees/"
TYPED = {
    "verb": "fees",
    "fees-commission": "4,5",
    "fees-vat_bp": "2000",
    "fees-buyer_cents": "4,20",
    "fees-free_from_cents": "60",
    "fees-shops_cents": "2",
    "fees-cost_cents": "9",
    "fees-starts_on": "2026-12-15",
}


@pytest.fixture
def office(visit, agent, clock):
    browser = visit(agent)
    browser.cookies["language"] = "fr"
    return browser


def text(response):
    return " ".join(unescape(response.content.decode()).split())


def test_an_agent_decides(office, town, shop):
    assert office.get(PAGE).status_code == 200
    assert not FeeTerms.objects.exists(), "looking writes nothing"
    assert office.post(PAGE, TYPED).status_code == 302
    terms = FeeTerms.objects.get()
    assert (terms.commission_bp, terms.buyer_cents, terms.free_from_cents, terms.shops_cents) == (450, 420, 6000, 200)
    assert terms.starts_on == date(2026, 12, 15)
    page = text(office.get(PAGE))
    assert "4,5 %" in page
    office.post(f"{PAGE}{terms.pk}/call-off/")
    assert not FeeTerms.objects.exists()


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ({"fees-commission": "beaucoup"}, "fees-commission"),
        ({"fees-commission": "80"}, "fees-commission"),
        ({"fees-starts_on": "2026-11-27"}, "fees-starts_on"),
        ({"fees-starts_on": "demain"}, "fees-starts_on"),
        ({"fees-buyer_cents": "-3"}, "fees-buyer_cents"),
    ],
)
def test_nonsense_is_said_and_kept(office, shop, typed, name):
    response = office.post(PAGE, TYPED | typed)
    assert response.status_code == 422
    assert f'value="{typed[name]}"' in response.content.decode()
    assert not FeeTerms.objects.exists()


def test_one_shop(office, town, shop):
    FeeTerms.objects.create(town=town, starts_on=DAY, **TAKEN)
    typed = {"verb": "exception", "exception-shop": str(shop.pk), "exception-commission": "2"}
    assert office.post(PAGE, typed | {"exception-starts_on": "2026-11-26"}).status_code == 302
    assert shop.name in text(office.get(PAGE))
    assert office.post(PAGE, typed | {"exception-starts_on": "2026-11-26", "exception-shop": "x"}).status_code == 422


def test_not_for_others(visit, merchant, stranger, town, clock):
    terms = FeeTerms.objects.create(town=town, starts_on=DAY + timedelta(days=9), **TAKEN)
    for person in (merchant, stranger):
        assert visit(person).get(PAGE).status_code == 404
        assert visit(person).post(f"{PAGE}{terms.pk}/call-off/").status_code == 404
    assert FeeTerms.objects.exists()


def test_a_merchant_reads_it_before_and_on_each_order(visit, merchant, town, shop, product, at, clock):
    browser = visit(merchant)
    browser.cookies["language"] = "en"
    assert "The town takes no commission" in text(browser.get(f"/merchant/{shop.slug}/rules/"))
    part = sell(product, at)
    assert "You receive" not in text(browser.get(f"/merchant/{shop.slug}/orders/{part.pk}/"))
    FeeTerms.objects.create(town=town, starts_on=DAY, **TAKEN)
    FeeTerms.objects.create(town=town, starts_on=DAY + timedelta(days=30), **TAKEN | {"commission_bp": 700})
    page = text(browser.get(f"/merchant/{shop.slug}/rules/"))
    assert "The town takes 5% of the goods without VAT" in page
    assert "From Saturday 26 December 2026 on: The town takes 7%" in page
    part = sell(product, at, key="later")
    page = text(browser.get(f"/merchant/{shop.slug}/orders/{part.pk}/"))
    assert "You receive about €7.92" in page
    assert "5% of €7.96 of goods without VAT, and €0.08 of VAT" in page
