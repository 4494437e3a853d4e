"""A shop that may not be ready asks, its buyer answers with one tap, and then calls: without JavaScript, on a phone."""

from playwright.sync_api import Page, expect

from e2e.conftest import PHONE, Town


def asked(page: Page) -> str:
    """The shop asks about an order of the resident's that is not packed yet; its code."""
    page.goto("/merchant/")
    mine = page.locator("main a[href*='/orders/']").filter(has_text="Camille Martin")
    for address in [link.get_attribute("href") or "" for link in mine.all()]:
        page.goto(address)
        if page.get_by_role("button", name="Ask for another time").count():
            page.get_by_label("Why?").fill("Le four est en panne")
            page.get_by_role("button", name="Ask for another time").click()
            if page.get_by_text("You asked Camille Martin for another time").count():
                return page.locator("h1 .code").inner_text()
    raise AssertionError("no order of the demonstration can be asked about")


def test_a_shop_asks_the_buyer_answers_and_then_calls(issy: Town) -> None:
    code = asked(issy.open("merchant", viewport=PHONE, javascript=False))
    buyer = issy.open("resident", viewport=PHONE, javascript=False)
    buyer.goto(f"/orders/{code}/")
    panel = buyer.get_by_role("region", name="May it come at another time?")
    expect(panel).to_contain_text("Le four est en panne")
    expect(panel).to_contain_text("Until you answer, it stays as promised")
    panel.locator("button[name='window']").first.click()
    expect(buyer.locator("#messages")).to_contain_text("The time is changed. The shops are told.")

    hub = issy.open("hub", viewport=PHONE, javascript=False)
    hub.goto("/hub/deliveries/")
    hub.get_by_role("link", name="A buyer calls").click()
    hub.get_by_label("Code of the order, name or telephone").fill(code.lower())
    hub.get_by_role("button", name="Find the order").click()
    hub.get_by_role("link", name=f"{code} · Camille Martin").click()
    before = hub.locator("main .lead").inner_text()
    hub.locator("input[name='window']").last.check()
    hub.get_by_role("button", name="Change the time").click()
    expect(hub.locator("#messages")).to_contain_text("The time is changed. The buyer and the shops are told.")
    assert hub.locator("main .lead").inner_text() != before
