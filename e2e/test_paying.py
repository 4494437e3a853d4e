"""An order paid online, in the browsers of a merchant, a buyer and an agent: the provider is ``localstripe`` on loopback.

A server of its own, because a demonstration has no provider: nothing there waits for a payment.
"""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import requests
import stripe
from playwright.sync_api import Browser, Page, Route, expect

from e2e.conftest import DESK, PHONE, Town, _free_port, serving
from e2e.keys import here, tab_to

HOOK = "whsec_of_issy"
PROVIDER = "^http://localhost/pay/cs_"
SHOP = "/merchant/la-mie-du-parvis/money/"


class Provider:
    """The double, and the buyer's and the merchant's side of it."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"

    def tell(self, path: str, data: object = None) -> dict:
        answer = requests.post(f"{self.base}/_config/{path}", json=data, timeout=20)
        answer.raise_for_status()
        return answer.json()

    @property
    def everything(self) -> dict:
        return requests.get(f"{self.base}/_config/everything", timeout=20).json()

    def stand_in(self, page: Page) -> None:
        """Its pages, which the double only gives addresses of."""

        def show(route: Route) -> None:
            route.fulfill(body="<h1>The provider's page</h1>", content_type="text/html")

        page.context.route(re.compile(r"^http://localhost/"), show)


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    port = _free_port()
    command = [sys.executable, "-m", "parvis.market.tests.payments.stripe_double", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    provider = Provider(port)
    for _attempt in range(600):
        try:
            provider.tell("reset")
            break
        except OSError:
            assert process.poll() is None, "the double has stopped"
            time.sleep(0.1)
    yield provider
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="module")
def paid_town(chromium: Browser, provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Issy with a key of the provider."""
    settings = {
        "PARVIS_STRIPE_KEYS": "issy=sk_test_12345",
        "PARVIS_STRIPE_HOOK_SECRETS": f"issy={HOOK}",
        "PARVIS_STRIPE_URL": provider.base,
    }
    with serving(tmp_path_factory.mktemp("paid"), settings) as port:
        town = Town(chromium, port)
        yield town
        town.close()


def tell_the_town(town: Town, session: str) -> None:
    """The provider's web hook, signed."""
    body = f'{{"id": "evt_{session}", "type": "checkout.session.completed", "data": {{"object": '
    body += f'{{"id": "{session}", "object": "checkout.session"}}}}}}'
    header = stripe.WebhookSignature.generate_signature_header(body, HOOK, timestamp=int(time.time()))
    address = urlsplit(town.base)
    answer = requests.post(
        f"http://127.0.0.1:{address.port}/payments/stripe/",
        body,
        headers={"host": address.netloc, "stripe-signature": header, "content-type": "application/json"},
        timeout=20,
    )
    assert answer.status_code == 204


@pytest.fixture(scope="module")
def selling_town(paid_town: Town, provider: Provider) -> Town:
    """The same, where a shop has joined: the provider has checked who its merchant is."""
    page = paid_town.open("merchant")
    provider.stand_in(page)
    page.goto(SHOP)
    page.get_by_role("button", name="Be paid online").click()
    expect(page).to_have_url(re.compile("^http://localhost/who/acct_"))
    provider.tell(f"approve/{page.url.rpartition('/')[2]}")
    page.goto(SHOP)
    page.get_by_role("button", name="Go on with it").click()
    expect(page.locator("main")).to_contain_text("Paid by buyers, not yet handed on")
    return paid_town


def press(page: Page, wanted: Callable[[dict], bool], leads_to: str) -> None:
    """Tab to it, then Enter; it leads to an address that begins like this."""
    tab_to(page, wanted)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(leads_to))
    page.wait_for_load_state()


def choose(page: Page, value: str) -> None:
    """Of the radio buttons of which one has the focus, the one of this value, by the arrow keys."""
    for _step in range(8):
        if here(page)["value"] == value:
            break
        page.keyboard.press("ArrowDown")
    if not page.evaluate("document.activeElement.checked"):
        page.keyboard.press("Space")
    assert page.evaluate("[document.activeElement.value, document.activeElement.checked]") == [value, True]


def doors_of(page: Page) -> list[str]:
    """The addresses of our page that leads to the provider's, as they are asked for."""
    doors: list[str] = []
    page.on("request", lambda request: doors.append(request.url) if "/pay/?key=" in request.url else None)
    return doors


def order(page: Page) -> str:
    """Something to collect, paid online: the buyer ends on the provider's page. The address of the order."""
    doors = doors_of(page)
    page.goto("/shops/la-mie-du-parvis/")
    page.locator("main form[action='/basket/add/'] button").first.click()
    page.goto("/checkout/")
    page.locator("input[name^='way-'][value='collect']:not([disabled])").first.check()
    page.get_by_label("Name").fill("Nour Essai")
    page.get_by_label("E-mail").fill("nour@example.org")
    page.locator("input[name='pay'][value='online']").check()
    send = "form.checkout button[type='submit']:not([name]), form.checkout button:not([name]):not([type])"
    page.locator(send).last.click()
    if "/checkout/" in page.url:  # without JavaScript the new sums are shown first, and confirmed
        page.locator(send).last.click()
    expect(page).to_have_url(re.compile(PROVIDER))
    return doors[-1].replace("/pay/?", "/?")


def until(page: Page, address: str, words: str) -> None:
    """The worker answers the web hook within a moment."""
    for _attempt in range(60):
        page.goto(address)
        if words in page.locator("main").inner_text():
            return
        time.sleep(0.5)
    expect(page.locator("main")).to_contain_text(words)


def test_from_the_basket_to_the_merchants_account(selling_town: Town, provider: Provider) -> None:
    buyer = selling_town.open(javascript=False)
    provider.stand_in(buyer)
    mine = order(buyer)
    session = buyer.url.rpartition("/")[2]
    buyer.goto(mine)
    expect(buyer.locator("main")).to_contain_text("Not paid yet. Your goods are kept until")
    shop = selling_town.open("merchant")
    code = re.search(r"/orders/([A-Z0-9]{5})/", mine)[1]
    shop.goto("/merchant/la-mie-du-parvis/")
    expect(shop.locator("main")).not_to_contain_text(code)
    assert provider.tell(f"pay/{session}", {})["paid"]
    tell_the_town(selling_town, session)
    until(buyer, mine, "Your card is good for it")
    shop.goto("/merchant/la-mie-du-parvis/")
    shop.get_by_role("link", name=re.compile(code)).first.click()
    shop.get_by_role("button", name="The bag is ready").click()
    expect(shop.locator("main")).to_contain_text(re.compile("ready|label", re.IGNORECASE))


@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_a_buyer_pays_with_the_keyboard_alone(selling_town: Town, provider: Provider, viewport: dict[str, int]) -> None:
    page = selling_town.open(viewport=viewport)
    provider.stand_in(page)
    doors = doors_of(page)
    page.goto("/shops/la-mie-du-parvis/")
    tab_to(page, lambda now: now["text"].startswith("Add"))
    page.keyboard.press("Enter")
    expect(page.locator("#basket-link")).to_contain_text("1")
    press(page, lambda now: now["href"] == "/basket/", "/basket/$")
    press(page, lambda now: now["href"] == "/checkout/", "/checkout/$")
    tab_to(page, lambda now: now["name"].startswith("way-"))
    choose(page, "collect")
    tab_to(page, lambda now: now["name"] == "name")
    page.keyboard.type("Nour Clavier")
    tab_to(page, lambda now: now["name"] == "pay")
    choose(page, "online")
    tab_to(page, lambda now: now["text"] == "Place the order")
    page.keyboard.press("Enter")
    expect(page.locator("error-summary .summary")).to_be_focused()
    tab_to(page, lambda now: now["href"].startswith("#id_email"))
    page.keyboard.press("Enter")
    expect(page.locator("#id_email")).to_be_focused()
    page.keyboard.type("nour@example.org")
    expect(page.locator("input[name='pay'][value='online']")).to_be_checked()
    press(page, lambda now: now["text"] == "Place the order", PROVIDER)
    page.goto(doors[-1].replace("/pay/?", "/?"))  # who thought better of it comes back to the order
    expect(page.locator("main")).to_contain_text("Not paid yet. Your goods are kept until")
    press(page, lambda now: now["text"].startswith("Pay €"), PROVIDER)
    session = page.url.rpartition("/")[2]
    provider.tell(f"pay/{session}", {})
    tell_the_town(selling_town, session)
    until(page, doors[-1].replace("/pay/?", "/?"), "Your card is good for it")
    press(page, lambda now: now["text"].startswith("Look again"), "/orders/")
    expect(page.locator("main")).to_contain_text("Your card is good for it")


def test_the_agent_sees_where_the_money_is(paid_town: Town) -> None:
    agent = paid_town.open("agent", viewport=DESK)
    agent.goto("/agent/reconciliation/")
    agent.get_by_role("button", name="Compare now").click()
    expect(agent.locator("main")).to_contain_text("Where the money is")
