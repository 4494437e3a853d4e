"""What we ask of Stripe, held against the request types that Stripe publishes in its own package."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from parvis.market.clients import Asked, stripe
from parvis.market.tests.payments.stripe_schema import REQUESTS, check

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ASKED = Asked(
    key="open:1",
    payment="0190",
    order="AB2CD",
    title="Order AB2CD, Issy",
    cents=1234,
    currency="EUR",
    language="nl",
    back_url="https://issy.example.org/orders/AB2CD/?key=x",
    news_url="https://issy.example.org/payments/stripe/",
    closes_at=NOW + timedelta(hours=1),
)
SENT = {
    "session": stripe.page_request(ASKED),
    "expire": {},
    "capture": stripe.capture_request(1234),
    "cancel": {},
    "refund": stripe.refund_request("refund:1", "pi_1", 5),
    "transfer": stripe.transfer_request("payout:1", "acct_1", 700, "EUR", "AB2CD", "ch_1"),
    "reversal": stripe.reversal_request("payout:2", 700),
    "account": stripe.account_request("Boulangerie", "shop@example.org", "FR"),
    "link": stripe.link_request("acct_1", "https://issy.example.org/merchant/x/money/"),
    "movements": stripe.movements_request(NOW),
}


def test_every_request_has_its_published_type():
    assert set(SENT) == set(REQUESTS)


@pytest.mark.parametrize("name", SENT)
def test_stripe_knows_everything_that_we_send(name):
    assert check(name, SENT[name]) == SENT[name]
    with pytest.raises(ValidationError, match="Extra inputs"):
        check(name, SENT[name] | {"made_up": 1})


@pytest.mark.parametrize(
    ("name", "spoilt"),
    [
        ("session", {"mode": "donation"}),
        ("session", {"locale": "tlh"}),
        ("session", {"expires_at": "soon"}),
        ("session", {"line_items": [{"price_data": {"unit_amount": 1, "product_data": {"name": "x"}}}]}),
        ("session", {"payment_intent_data": {"capture_method": "later"}}),
        ("refund", {"amount": "5"}),
        ("transfer", {"destination": None}),
        ("link", {"account": 7}),
    ],
)
def test_the_types_refuse_what_is_wrong(name, spoilt):
    with pytest.raises(ValidationError):
        check(name, SENT[name] | spoilt)


def test_nothing_personal_leaves_with_the_page():
    text = str(SENT["session"])
    assert "camille" not in text.lower()
    assert "customer" not in text
