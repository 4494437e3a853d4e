"""A shop fills a bag on a telephone in its cellar: the network goes while it is written, and nothing is lost."""

import re

from playwright.sync_api import Page, expect

from e2e.conftest import Town

KEPT = "No network. What you wrote is kept on this phone"


def open_a_bag(page: Page) -> None:
    """The first order that waits to be prepared."""
    page.goto("/merchant/")
    page.locator("main a", has_text=re.compile(r"^Prepare")).first.click()
    expect(page.get_by_role("button", name="The bag is ready")).to_be_visible()


def test_the_network_goes_and_comes_back(issy: Town) -> None:
    page = issy.open("merchant")
    open_a_bag(page)
    address = page.url
    fewer = page.locator("quantity-stepper").first
    fewer.get_by_role("button", name="One less").click()
    left = fewer.locator("input").input_value()
    page.reload()  # a phone that is put away and taken out again
    expect(page.get_by_text("What you had written is here again.")).to_be_visible()
    assert page.locator("quantity-stepper input").first.input_value() == left
    more = page.locator("quantity-stepper").first.get_by_role("button", name="One more")
    more.click()
    page.context.set_offline(True)
    page.get_by_role("button", name="The bag is ready").click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    assert page.url == address
    page.context.set_offline(False)  # sent by itself: nobody taps again
    expect(page.get_by_role("heading", name="In the bag")).to_be_visible()
    page.goto(address)
    expect(page.get_by_role("button", name="The bag is ready")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('prepare:'))") == []


def test_the_answer_is_lost_and_it_counts_once(issy: Town) -> None:
    """The server has it, the phone does not know: it sends again and lands on the packed order."""
    page = issy.open("merchant")
    open_a_bag(page)
    sent = []

    def lose_the_first(route, request):
        sent.append(request.post_data)
        if len(sent) == 1:
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    page.route("**/ready/", lose_the_first)
    page.get_by_role("button", name="The bag is ready").click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.get_by_role("heading", name="In the bag")).to_be_visible()
    assert len(sent) == 2


def test_without_a_script_it_is_a_plain_form(issy: Town) -> None:
    page = issy.open("merchant", javascript=False)
    open_a_bag(page)
    page.get_by_role("button", name="The bag is ready").click()
    expect(page.get_by_role("heading", name="In the bag")).to_be_visible()
