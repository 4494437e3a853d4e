"""A town that is paid online, its provider on loopback, and a buyer with a card."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from parvis.core.geo import Point
from parvis.demo import builders
from parvis.market.actions import Buyer, accounts, payment_looks, payments, place_order
from parvis.market.models import MerchantAccount, Order, Payment, Shop
from parvis.towns.models import Town

BUYER = Buyer(name="Camille Martin", email="camille@example.org", address="12 rue X", point=Point(2.275, 48.825))
HOOK = "whsec_of_issy"


class Double:
    """The provider's process, and what only a test may do with it."""

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


@pytest.fixture(scope="session")
def double_process() -> Iterator[Double]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "parvis.market.tests.payments.stripe_double", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    double = Double(f"http://127.0.0.1:{port}")
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


@pytest.fixture
def provider(double_process: Double, settings: Any) -> Double:
    settings.STRIPE_KEYS = {"issy": "sk_test_12345"}
    settings.STRIPE_HOOK_SECRETS = {"issy": HOOK}
    settings.STRIPE_URL = double_process.base
    double_process.settings = settings
    double_process.tell("reset")
    return double_process


def connect(shop: Shop, provider: Double, at: Any) -> MerchantAccount:
    """The shop's organisation fills its account, and the provider says yes."""
    account = accounts.open_account(shop=shop, at=at)
    provider.tell(f"approve/{account.reference}")
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
    count = iter(range(1000))

    def place(*wanted: Any, window: Any = None, kind: str = "", at: Any = at) -> Order:
        kind = kind or ("bike" if window else "collect")
        return place_order(
            town=town,
            basket=builders.make_basket(town, *((product, 2) for product in wanted)),
            buyer=BUYER,
            chosen={product.shop_id: product.shop.modalities.get(kind=kind) for product in wanted},
            window_id=window.pk if window else None,
            key=f"online-{next(count)}",
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
