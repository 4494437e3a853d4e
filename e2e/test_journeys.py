"""From one basket to the doorstep, each person in their own browser: without JavaScript, then with the keyboard."""

import re
from itertools import count

from playwright.sync_api import Page, expect

from e2e.conftest import DESK, PHONE, Town

_crates = count(61)  # boxes that the demonstration does not use


def fill_basket(page: Page) -> str:
    """Two things from the shop that the demonstration's merchant speaks for, one from another shop. The first shop."""
    page.goto("/shops/la-mie-du-parvis/")
    shop = page.locator("main h1").inner_text()
    page.locator("main form[action='/basket/add/'] button").first.click()
    page.goto("/shops/la-mie-du-parvis/")
    page.locator("main form[action='/basket/add/'] button").nth(1).click()
    page.goto("/shops/?way=bike")
    other = page.locator("main a[href^='/shops/']:not([href*='?']):not([href*='la-mie'])").first.get_attribute("href")
    page.goto(other or "")
    page.locator("main form[action='/basket/add/'] button").first.click()
    return shop


def order_by_bike(page: Page) -> str:
    """Through the checkout as a guest; the code of the order."""
    page.goto("/checkout/")
    for group in page.locator("fieldset:has(input[name^='way-'])").all():
        wanted = group.locator("input[value='bike']:not([disabled])")
        (wanted if wanted.count() else group.locator("input:not([disabled])")).first.check()
    times = page.locator("input[name='window']")
    times.first.check()
    page.get_by_label("Name").fill("Nour Essai")
    page.get_by_label("E-mail").fill("nour@example.org")
    page.locator("input[name='address']").fill("25 bis avenue Victor Cresson")
    page.locator(
        "form.checkout button[type='submit']:not([name]), form.checkout button:not([name]):not([type])"
    ).last.click()
    if "/checkout/" in page.url:  # without JavaScript the new sums are shown first, and confirmed
        if not page.locator("input[name='window']:checked").count():  # no bike can be at this door then: the next time
            page.locator("input[name='window']").first.check()
        page.locator(
            "form.checkout button[type='submit']:not([name]), form.checkout button:not([name]):not([type])"
        ).last.click()
    expect(page).to_have_url(re.compile(r"/orders/[A-Z0-9]{5}/\?key="))
    return re.search(r"/orders/([A-Z0-9]{5})/", page.url).group(1)


def prepare(issy: Town, code: str, *, javascript: bool) -> str:
    """The merchant accepts and fills the bag; the code on its label."""
    page = issy.open("merchant", javascript=javascript)
    page.goto("/merchant/la-mie-du-parvis/")
    page.get_by_role("link", name=re.compile(code)).first.click()
    page.get_by_role("button", name="The bag is ready").click()
    expect(page.locator("main")).to_contain_text(re.compile("ready|label", re.IGNORECASE))
    link = page.locator("a[href*='/label/']").first.get_attribute("href")
    page.goto(link or "")
    return re.search(r"\b[BCDFGHJKMNPQRTVWX346789]{5}\b", page.locator("body .code, body").first.inner_text()).group(0)


def test_without_javascript_from_basket_to_hub(issy: Town) -> None:
    resident = issy.open(javascript=False)
    fill_basket(resident)
    code = order_by_bike(resident)
    address = resident.url
    bag = prepare(issy, code, javascript=False)

    hub = issy.open("hub", javascript=False)
    hub.goto("/hub/?window=day")
    hub.get_by_label(re.compile("code", re.IGNORECASE)).first.fill(bag.lower())
    hub.get_by_role("button", name=re.compile("It is here")).first.click()
    expect(hub.locator("main")).to_contain_text(bag)
    hub.get_by_label(re.compile("code", re.IGNORECASE)).first.fill("ZZZZZ")
    hub.get_by_role("button", name=re.compile("It is here")).first.click()
    expect(hub.locator("main")).to_contain_text("ZZZZZ")

    resident.goto(address)
    expect(resident.locator("main")).to_contain_text(re.compile("hub|depot", re.IGNORECASE))


def test_a_stranger_sees_nothing_of_an_order(issy: Town) -> None:
    resident = issy.open("resident", javascript=False)
    resident.goto("/orders/")
    address = resident.locator("main a[href^='/orders/']").first.get_attribute("href")
    stranger = issy.open("stranger", javascript=False)
    assert stranger.goto(address or "").status == 404
    for path in ("/hub/", "/dispatch/", "/rider/", "/agent/", "/merchant/la-mie-du-parvis/"):
        assert stranger.goto(path).status == 404, path


def test_the_dispatcher_plans_and_publishes(issy: Town) -> None:
    page = issy.open("dispatch", viewport=DESK)
    page.goto("/dispatch/")
    page.get_by_role("button", name=re.compile("^(Plan|Plan again|Make the plan)", re.IGNORECASE)).first.click()
    publish = page.get_by_role("button", name=re.compile("Publish", re.IGNORECASE))
    expect(publish.first).to_be_visible(timeout=60_000)
    publish.first.click()
    expect(page.locator("main")).to_contain_text(re.compile("Published", re.IGNORECASE))


def test_the_rider_hands_over(issy: Town) -> None:
    for rider in ("rider", "rider2", "rider3", "rider4"):
        page = issy.open(rider, viewport=PHONE)
        page.goto("/rider/")
        door = page.locator("main a[href*='/rider/stops/']")
        if not door.count():
            continue
        page.goto(door.first.get_attribute("href") or "")
        hand = page.locator("form[data-queued] button[name='recipient']")
        if not hand.count():
            continue
        hand.first.click()
        expect(page.locator("main")).to_contain_text("Handed to")
        return
    raise AssertionError("no rider of the demonstration is at a door")


def test_with_the_keyboard_alone_a_resident_reaches_the_order(issy: Town) -> None:
    page = issy.open(viewport=DESK)
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_class(re.compile("skip"))
    page.goto("/shops/la-mie-du-parvis/")
    add = page.locator("main form[action='/basket/add/'] button").first
    tab_to(page, add)
    page.keyboard.press("Enter")
    expect(page.locator("#basket-link")).to_contain_text("1")
    tab_to(page, page.locator("#basket-link"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/basket/"))
    tab_to(page, page.locator("main a[href='/checkout/']").first)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/checkout/"))
    tab_to(page, page.locator("input[name='name']"))
    page.keyboard.type("Nour Clavier")
    expect(page.locator("input[name='name']")).to_have_value("Nour Clavier")


def tab_to(page: Page, target) -> None:
    """Press Tab until the element has the focus; never more than a page has stops."""
    for _press in range(200):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {target}")
