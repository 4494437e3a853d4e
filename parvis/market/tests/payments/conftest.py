"""A town that is paid online, its provider on loopback, and a buyer with a card."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
import requests
import stripe

from parvis.core.geo import Point
from parvis.demo import builders
from parvis.market.actions import Buyer, accounts, payment_looks, payments, place_order
from parvis.market.models import MerchantAccount, Order, Payment, Shop
from parvis.towns.models import Town

BUYER = Buyer(name="Camille Martin", email="camille@example.org", address="12 rue X", point=Point(2.275, 48.825))
HOOK = "whsec_of_issy"


class Double:
    """Stripe's process, and what only a test may do with it; ``MollieDouble`` has the same verbs."""

    name = "stripe"
    module = "stripe_double"
    settings: Any = None

    def __init__(self, base: str) -> None:
        self.base = base

    def tell(self, path: str, data: Any = None, method: str = "POST") -> Any:
        answer = requests.request(method, f"{self.base}/_config/{path}", json=data, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def pay(self, payment: Payment, number: str = "4242424242424242") -> dict:
        """The buyer fills the hosted page."""
        payment = Payment.objects.get(pk=payment.pk)
        return self.tell(f"pay/{payment.session}", {"number": number})

    def give_key(self, town: Town) -> None:
        """The town is paid online from now on."""
        self.settings.STRIPE_KEYS |= {town.slug: "sk_test_12345"}
        self.settings.STRIPE_HOOK_SECRETS |= {town.slug: HOOK}

    def approve(self, account: MerchantAccount) -> None:
        """The merchant fills the provider's page, and the provider says yes."""
        self.tell(f"approve/{account.reference}")

    def clock(self, at: Any) -> None:
        """What time it is at the provider."""

    def faults(self, *kinds: str) -> None:
        self.tell("faults", list(kinds))

    @property
    def everything(self) -> dict:
        return self.tell("everything", method="GET")

    def held(self) -> int:
        """What the provider holds of the buyers' money: taken, and not given back."""
        found = self.everything
        return sum(i["amount_received"] for i in found["intents"]) - sum(r["amount"] for r in found["refunds"])

    def sent(self) -> dict[str, int]:
        """What each account has got."""
        got: dict[str, int] = {}
        for transfer in self.everything["transfers"].values():
            got[transfer["destination"]] = (
                got.get(transfer["destination"], 0) + transfer["amount"] - transfer["reversed"]
            )
        return got

    def done(self) -> tuple[Any, ...]:
        """The payments' states, and how often money moved: what must not happen twice."""
        found = self.everything
        back = sum(transfer["reversed"] for transfer in found["transfers"].values())
        states = sorted(intent["status"] for intent in found["intents"])
        return *states, len(found["refunds"]), len(found["transfers"]), back

    def dispute(self, payment: Payment, cents: int) -> None:
        """The buyer's bank takes so much back."""
        self.tell("dispute", {"charge": payment.charge, "amount": cents})

    def message(self, payment: Payment, number: int, kind: str) -> dict[str, Any]:
        """A web hook as the provider sends it: body, content type, headers."""
        about = {"id": payment.session, "object": "checkout.session", "payment_intent": payment.reference or None}
        if payment.reference and kind.startswith("payment_intent"):
            about = {"id": payment.reference, "object": "payment_intent"}
        body = json.dumps({"id": f"evt_{payment.pk}_{number}", "type": kind, "data": {"object": about}})
        return self.signed(body, HOOK)

    def signed(self, body: str, secret: str) -> dict[str, Any]:
        header = stripe.WebhookSignature.generate_signature_header(body, secret, timestamp=int(time.time()))
        return {"data": body, "content_type": "application/json", "headers": {"stripe-signature": header}}

    def forged(self, payment: Payment) -> dict[str, Any]:
        """What somebody sends who is not the provider."""
        return self.signed(self.message(payment, 0, "checkout.session.completed")["data"], "whsec_forged")

    forged_answer = 400


class MollieDouble(Double):
    """Mollie's process."""

    name = "mollie"
    module = "mollie_double"

    def pay(self, payment: Payment, number: str = "good") -> dict:
        payment = Payment.objects.get(pk=payment.pk)
        return self.tell(f"pay/{payment.session}", {"good": number == "good"})

    def give_key(self, town: Town) -> None:
        self.settings.MOLLIE_KEYS |= {town.slug: "access_12345"}
        self.settings.MOLLIE_PROFILES |= {town.slug: "pfl_12345"}
        self.settings.MOLLIE_APPS |= {town.slug: "app_12345"}

    def approve(self, account: MerchantAccount) -> None:
        organisation = account.organisation
        self.tell("join", {"name": organisation.name, "number": organisation.registration_number, "ready": True})

    def clock(self, at: Any) -> None:
        self.tell("clock", {"now": at.isoformat()})

    def held(self) -> int:
        found = self.everything
        taken = sum(cents_of(capture) for capture in found["captures"] if capture["status"] == "succeeded")
        return taken - sum(cents_of(refund) for refund in found["refunds"])

    def sent(self) -> dict[str, int]:
        got: dict[str, int] = {}
        for route in self.everything["routes"]:
            to = route["destination"]["organizationId"]
            got[to] = got.get(to, 0) + cents_of(route)
        for refund in self.everything["refunds"]:
            for back in refund.get("routingReversals", []):
                got[back["source"]["organizationId"]] -= cents_of(back)
        return got

    def done(self) -> tuple[Any, ...]:
        found = self.everything
        states = sorted(payment["status"] for payment in found["payments"])
        return *states, len(found["captures"]), len(found["refunds"]), len(found["routes"])

    def dispute(self, payment: Payment, cents: int) -> None:
        self.tell("chargeback", {"payment": payment.reference, "amount": cents})

    def message(self, payment: Payment, number: int, kind: str) -> dict[str, Any]:
        return {"data": f"id={payment.session}", "content_type": "application/x-www-form-urlencoded"}

    def forged(self, payment: Payment) -> dict[str, Any]:
        return {"data": "id=tr_somebodyelse", "content_type": "application/x-www-form-urlencoded"}

    forged_answer = 204  # told nothing


def cents_of(row: dict) -> int:
    return int(Decimal(row["amount"]["value"]) * 100)


def running(kind: type[Double]) -> Iterator[Double]:
    """The double's process, for all tests of a run."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", f"parvis.market.tests.payments.{kind.module}", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    double = kind(f"http://127.0.0.1:{port}")
    for _attempt in range(600):
        try:
            double.tell("reset")
            break
        except OSError:
            assert process.poll() is None, "the double has stopped"
            time.sleep(0.1)
    yield double
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="session")
def double_process() -> Iterator[Double]:
    yield from running(Double)


@pytest.fixture(scope="session")
def mollie_process() -> Iterator[Double]:
    yield from running(MollieDouble)


@pytest.fixture
def provider(double_process: Double, settings: Any) -> Double:
    settings.STRIPE_KEYS = {"issy": "sk_test_12345"}
    settings.STRIPE_HOOK_SECRETS = {"issy": HOOK}
    settings.STRIPE_URL = double_process.base
    double_process.settings = settings
    double_process.tell("reset")
    return double_process


@pytest.fixture
def mollie(mollie_process: Double, settings: Any, at: Any) -> Double:
    """The town is paid through Mollie, and through nobody else."""
    settings.STRIPE_KEYS, settings.MOLLIE_KEYS = {}, {"issy": "access_12345"}
    settings.MOLLIE_PROFILES, settings.MOLLIE_APPS = {"issy": "pfl_12345"}, {"issy": "app_12345"}
    settings.MOLLIE_URL = mollie_process.base
    mollie_process.settings = settings
    mollie_process.tell("reset")
    mollie_process.clock(at)
    return mollie_process


@pytest.fixture(params=["provider", "mollie"])
def either(request: Any) -> Double:
    """The same with each of the two providers."""
    return request.getfixturevalue(request.param)


NUMBERS = count(500_000_001)


def connect(shop: Shop, provider: Double, at: Any) -> MerchantAccount:
    """The shop's organisation fills its account, and the provider says yes."""
    organisation = shop.organisation
    organisation.registration_number = organisation.registration_number or f"{next(NUMBERS)}00012"
    organisation.save()
    account = accounts.open_account(shop=shop, at=at)
    provider.approve(account)
    return accounts.look_at_account(account, at=at)


@pytest.fixture
def account(shop: Shop, provider: Double, at: Any) -> MerchantAccount:
    return connect(shop, provider, at)


@pytest.fixture
def other_shop(other_merchant: Any, provider: Double, at: Any) -> Shop:
    shop = other_merchant.roles.get().organisation.shops.get()
    connect(shop, provider, at)
    return shop


@pytest.fixture
def online(town: Any, account: Any, at: Any) -> Any:
    """``online(product, …)`` places an order of two of each that is to be paid online."""
    numbers = iter(range(1000))

    def place(*wanted: Any, window: Any = None, kind: str = "", at: Any = at) -> Order:
        kind = kind or ("bike" if window else "collect")
        return place_order(
            town=town,
            basket=builders.make_basket(town, *((product, 2) for product in wanted)),
            buyer=BUYER,
            chosen={product.shop_id: product.shop.modalities.get(kind=kind) for product in wanted},
            window_id=window.pk if window else None,
            key=f"online-{next(numbers)}",
            at=at,
            pay_online=True,
        )

    return place


@pytest.fixture
def paid(online: Any, provider: Double, at: Any) -> Any:
    """The same, and the buyer has paid a minute later."""

    def place(*wanted: Any, **how: Any) -> Order:
        order = online(*wanted, **how)
        payment = order.payments.get()
        payments.advance(payment.pk, at=at)
        assert provider.pay(payment)["paid"]
        payment_looks.look(payment.pk, at=at + timedelta(minutes=1))
        return order

    return place
