"""A shop fills its bags on a telephone in its cellar: the network goes, the page is closed, and nothing is lost or doubled."""

import re
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, Route, expect

from e2e.conftest import Town

KEPT = "No network. What you wrote is kept on this phone"
WAITS = "Kept on this phone: it is sent as soon as there is a network."
READY = "The bag is ready"


def order(issy: Town) -> str:
    """A guest orders two loaves to collect; the code of the order."""
    page = issy.open(javascript=False)
    for _loaf in range(2):
        page.goto("/shops/la-mie-du-parvis/")
        page.locator("main form[action='/basket/add/'] button").first.click()
    page.goto("/checkout/")
    page.locator("input[name^='way-'][value='collect']").first.check()
    page.get_by_label("Name").fill("Nour Essai")
    page.get_by_label("E-mail").fill("nour@example.org")
    place = "form.checkout button[type='submit']:not([name]), form.checkout button:not([name]):not([type])"
    page.locator(place).last.click()
    if "/checkout/" in page.url:  # without JavaScript the new sums are shown first, and confirmed
        page.locator(place).last.click()
    expect(page).to_have_url(re.compile(r"/orders/[A-Z0-9]{5}/\?key="))
    return page.url.partition("/orders/")[2][:5]


def open_a_bag(issy: Town, *, javascript: bool = True) -> Page:
    """The merchant's page of an order that waits to be prepared."""
    code = order(issy)
    page = issy.open("merchant", javascript=javascript)
    page.goto("/merchant/la-mie-du-parvis/")
    page.get_by_role("link", name=re.compile(code)).first.click()
    expect(page.get_by_role("button", name=READY)).to_be_visible()
    return page


def until(page: Page, script: str, arg: Any = None) -> None:
    """Wait until a script that must wait itself says yes."""
    for _attempt in range(300):
        if page.evaluate(script, arg):
            return
        page.wait_for_timeout(150)
    pytest.fail(f"never: {script}")


def wait_until_kept(page: Page) -> None:
    """Until the worker holds this page and its files."""
    until(
        page,
        """async () => {
          const answer = await caches.match(location.href, { ignoreVary: true });
          const files = await caches.open("files");
          return Boolean(answer) && (await files.keys()).some((one) => one.url.includes("/prepare."));
        }""",
    )


def count_posts(page: Page) -> list[str]:
    """The answers of the server to every tap of this browser, also of pages to come."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/ready/"):
            sent.append(request.post_data or "")

    page.context.on("requestfinished", note)
    return sent


def kept_here(page: Page) -> Any:
    """What this browser still holds of taps and of what was typed."""
    return page.evaluate(
        """async () => {
          const taps = await new Promise((done) => {
            const request = indexedDB.open("parvis", 1);
            request.onsuccess = () => {
              request.result.transaction("taps").objectStore("taps").getAll().onsuccess = (event) => done(event.target.result);
            };
          });
          return [taps.length, Object.keys(localStorage).filter((key) => key.startsWith("prepare:")).length];
        }"""
    )


def test_the_network_goes_and_the_page_is_closed(issy: Town) -> None:
    page = open_a_bag(issy)
    wait_until_kept(page)
    address, sent = page.url, count_posts(page)
    fewer = page.locator("quantity-stepper").first
    fewer.get_by_role("button", name="One less").click()
    left = fewer.locator("input").input_value()
    context = page.context
    context.set_offline(True)
    page.get_by_role("button", name=READY).click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    expect(page.get_by_text(WAITS)).to_be_visible()
    assert page.url == address
    page.close()  # the phone is put away

    page = context.new_page()
    page.goto(address)  # opened again, still without a network
    expect(page.get_by_text("No network: this page is as it was at")).to_be_visible()
    expect(page.get_by_text(KEPT)).to_be_visible()
    assert page.locator("quantity-stepper input").first.input_value() == left
    page.close()

    context.set_offline(False)
    page = context.new_page()
    page.goto("/merchant/")  # any page of the shop sends what waits: nobody taps again
    until(
        page,
        "async () => (await (await import('/static/core/js/queue.js')).queue.waiting(document.body.dataset.whose)).length === 0",
    )
    page.goto(address)
    expect(page.get_by_role("heading", name="In the bag")).to_be_visible()
    expect(page.get_by_role("button", name=READY)).to_have_count(0)
    assert len(sent) == 1
    assert kept_here(page) == [0, 0]


def test_the_network_comes_back_while_the_page_is_open(issy: Town) -> None:
    page = open_a_bag(issy)
    wait_until_kept(page)
    sent = count_posts(page)
    page.context.set_offline(True)
    page.get_by_role("button", name=READY).click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="In the bag")).to_be_visible()
    expect(page.get_by_text(re.compile("is ready. The buyer is told"))).to_be_visible()
    assert len(sent) == 1


def test_the_answer_is_lost_and_it_counts_once(issy: Town) -> None:
    """The server has it, the phone does not know: it sends the same tap again and lands on the packed order."""
    page = open_a_bag(issy)
    sent = []

    def lose_the_first(route: Route, request: Request) -> None:
        sent.append(key_of(request.post_data or ""))
        if len(sent) == 1:
            assert sent_by_hand(request, page) == 302
            route.abort()
        else:
            route.continue_()

    page.route("**/ready/", lose_the_first)
    page.get_by_role("button", name=READY).click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.get_by_role("heading", name="In the bag")).to_be_visible()
    expect(page.get_by_text("was packed before")).to_have_count(0)
    assert len(sent) == 2
    assert sent[0] == sent[1] != ""


def sent_by_hand(request: Request, page: Page) -> int:
    """Send a browser's request without letting it hear the answer; the answer's status."""
    address = urlsplit(request.url)
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies(request.url))
    headers = {name: value for name, value in request.headers.items() if name not in {"host", "cookie"}}
    headers |= {"host": address.netloc, "cookie": cookies}
    with closing(HTTPConnection("127.0.0.1", address.port or 80, timeout=20)) as connection:
        connection.request("POST", address.path, request.post_data_buffer, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status


def key_of(body: str) -> str:
    """The key of a tap, as it was sent."""
    found = re.search(r'name="key"\s+([0-9a-f-]{36})', body)
    return found.group(1) if found else ""


def test_an_order_never_opened_and_an_answer_tapped_on_the_board(issy: Town) -> None:
    """The board was seen: its orders open too, and what is tapped there waits as well."""
    order(issy)
    page = issy.open("merchant")
    page.goto("/merchant/")
    link = page.locator("a[data-keep]").first
    address = page.evaluate("(link) => link.href", link.element_handle())
    until(page, "async (url) => Boolean(await caches.match(url, { ignoreVary: true }))", arg=address)
    page.context.set_offline(True)
    page.goto(address)
    expect(page.get_by_role("button", name=READY)).to_be_visible()
    page.goto("/merchant/")
    expect(page.get_by_text("No network: this page is as it was at")).to_be_visible()
    page.goto("/merchant/no-such-shop/")
    expect(page.get_by_role("heading", name="No network")).to_be_visible()


def test_signing_out_takes_the_pages_along(issy: Town) -> None:
    page = open_a_bag(issy)
    wait_until_kept(page)
    names: Callable[[], Any] = lambda: page.evaluate(  # noqa: E731
        "async () => (await caches.keys()).filter((name) => name.startsWith('private:'))"
    )
    assert len(names()) == 1
    page.goto("/accounts/logout/")
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    until(page, "async () => !(await caches.keys()).some((name) => name.startsWith('private:'))")
    page.context.set_offline(True)
    page.goto("/merchant/")
    expect(page.get_by_role("heading", name="No network")).to_be_visible()


def test_without_a_script_it_is_a_plain_form(issy: Town) -> None:
    page = open_a_bag(issy, javascript=False)
    page.get_by_role("button", name=READY).click()
    expect(page.get_by_role("heading", name="In the bag")).to_be_visible()
