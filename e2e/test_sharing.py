"""Two towns and their bikes, each person in a browser of their own: proposed, signed, ordered, planned, paid for."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import DESK, PHONE, Town
from e2e.test_rider_offline import in_server


class Two:
    """The towns and their people."""

    def __init__(self, chromium: Browser, port: int, world: dict[str, Any]) -> None:
        self.world = world
        self.towns = {name: Town(chromium, port, slug) for name, slug in world["slugs"].items()}

    def open(self, where: str, person: str = "", **view: Any) -> Page:
        """A browser at one of the towns."""
        town = self.towns[where]
        page = town.open(language="en", **view)
        if person:
            cookie = {"name": "sessionid", "value": self.world["sessions"][person], "url": town.base}
            page.context.add_cookies([cookie])
        return page

    def name(self, where: str) -> str:
        """What a town is called."""
        return self.world["names"][where]


@pytest.fixture
def two(chromium: Browser, port: int, var: Path) -> Iterator[Two]:
    found = Two(chromium, port, in_server(var, "make()", "sharing_world"))
    yield found
    for town in found.towns.values():
        town.close()


def propose(two: Two) -> str:
    """The host's agent writes the terms; the address of the agreement, the same in both towns."""
    page = two.open("host", "host_agent", viewport=PHONE, javascript=False)
    page.goto("/agent/sharing/")
    page.get_by_role("link", name=re.compile("^Propose")).click()
    page.get_by_role("button", name="Sign and send").click()
    expect(page.get_by_role("alert")).to_contain_text("Write the text of the agreement, or add it as a PDF.")
    page.get_by_label("Which town").fill(two.world["slugs"]["guest"])
    page.get_by_label("Title or reference").fill("Convention des deux rives")
    page.get_by_label("Voted on").fill("2026-01-15")
    page.get_by_label("Text of the agreement").fill("Les vélos de la rive haute roulent aussi pour la rive basse.")
    page.get_by_label("Halle du Parvis").check()
    page.get_by_label("by the doors served for each town").check()
    page.get_by_role("button", name="Sign and send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Convention des deux rives")
    expect(page.locator("main")).to_contain_text(f"waits for {two.name('guest')}")
    expect(page.get_by_role("button", name="Sign for our town")).to_have_count(0)
    return page.url.partition("/agent/")[2]


def sign(two: Two, address: str) -> None:
    """An agent of the guest does; its residents and a third town see nothing of it."""
    for where, person in (("guest", "guest_resident"), ("third", "third_agent"), ("guest", "guest_merchant")):
        assert two.open(where, person).goto(f"/agent/{address}").status == 404, person
    page = two.open("guest", "guest_agent", viewport=PHONE)
    page.goto("/agent/sharing/")
    page.get_by_role("link", name="Convention des deux rives").click()
    expect(page.locator("main")).to_contain_text(f"{two.name('host')} lets its bikes ride for {two.name('guest')} too")
    page.get_by_role("button", name="Sign for our town").click()
    expect(page.locator("main")).to_contain_text("in force")


def checkout(two: Two) -> Page:
    """Somebody of the guest with bread in the basket, before the page that asks when."""
    page = two.open("guest", "guest_resident", viewport=PHONE, javascript=False)
    page.goto("/shops/fournil-den-bas/")
    page.locator("main form[action='/basket/add/'] button").first.click()
    page.goto("/checkout/")
    return page


def order(two: Two) -> tuple[str, str]:
    """The buyer is offered a time of the host's bikes; the code of the order, and its page."""
    page = checkout(two)
    page.locator("input[name^='way-'][value='bike']").check()
    times = page.locator("input[name='window']")
    expect(times).to_have_count(1)
    times.check()
    expect(page.locator("main")).to_contain_text(f"bikes of a neighbouring town ({two.name('host')}) may bring it")
    page.get_by_label("Name").fill("Rosa Basse")
    page.get_by_label("E-mail").fill("rosa@example.org")
    page.locator("input[name='address']").fill("12 rue de la Gare")
    send = "form.checkout button[type='submit']:not([name]), form.checkout button:not([name]):not([type])"
    page.locator(send).last.click()
    if "/checkout/" in page.url:  # without JavaScript the new sums are shown first, and confirmed
        page.locator(send).last.click()
    expect(page).to_have_url(re.compile(r"/orders/[A-Z0-9]{5}/$"))
    return re.search(r"/orders/([A-Z0-9]{5})/", page.url)[1], page.url


def prepare(two: Two, code: str) -> None:
    """Its shop fills the bag and reads where it goes; the hub of the host takes it in."""
    shop = two.open("guest", "guest_merchant", viewport=PHONE, javascript=False)
    shop.goto("/merchant/")
    shop.get_by_role("link", name=re.compile(code)).first.click()
    shop.get_by_role("button", name="The bag is ready").click()
    expect(shop.locator("main")).to_contain_text("Halle du Parvis")
    shop.goto(shop.locator("a[href*='/label/']").first.get_attribute("href") or "")
    bag = re.search(r"\b[BCDFGHJKMNPQRTVWX346789]{5}\b", shop.locator("body .code, body").first.inner_text())[0]
    hub = two.open("host", "host_hub", viewport=PHONE, javascript=False)
    hub.goto("/hub/?window=day&day=tomorrow")
    hub.get_by_label(re.compile("code", re.IGNORECASE)).first.fill(bag)
    hub.get_by_role("button", name=re.compile("It is here")).first.click()
    expect(hub.locator("main")).to_contain_text(bag)


def plan(two: Two) -> None:
    """The dispatcher of the host sees for whom it is, and puts it on a bike."""
    assert two.open("host", "guest_merchant").goto("/dispatch/").status == 404
    page = two.open("host", "host_dispatcher", viewport=DESK)
    page.goto("/dispatch/")
    page.get_by_role("navigation", name="Day").get_by_role("link").last.click()
    page.get_by_role("button", name=re.compile("^(Plan|Make the plan)", re.IGNORECASE)).first.click()
    publish = page.get_by_role("button", name=re.compile("Publish", re.IGNORECASE)).first
    expect(publish).to_be_visible(timeout=60_000)
    publish.click()
    expect(page.locator("main")).to_contain_text("12 rue de la Gare")
    page.goto(page.locator("main a[href*='/dispatch/deliveries/']").first.get_attribute("href") or "")
    expect(page.locator("main")).to_contain_text(f"Ordered in {two.name('guest')}, which shares our bikes.")


def test_two_towns_share_their_bikes(two: Two, var: Path) -> None:
    expect(checkout(two).locator("input[name='window']")).to_have_count(0)  # nothing is shared yet
    address = propose(two)
    expect(checkout(two).locator("input[name='window']")).to_have_count(0)  # nor before both have signed
    sign(two, address)
    code, mine = order(two)
    prepare(two, code)
    plan(two)
    assert two.open("third").goto(mine.replace(two.world["slugs"]["guest"], two.world["slugs"]["third"])).status == 404
    assert two.open("guest", "guest_agent").goto(mine).status == 404, "an order is its buyer's"
    buyer = two.open("guest", "guest_resident", javascript=False)
    buyer.goto(mine)
    buyer.goto(buyer.locator("main a[href*='/follow/']").first.get_attribute("href") or "")
    expect(buyer.locator("main")).to_contain_text(f"A bike of a neighbouring town brings it: {two.name('host')}.")

    month = in_server(var, f"ride('{two.world['slugs']['host']}')", "sharing_world")
    said = []
    for where, person in (("guest", "guest_agent"), ("host", "host_agent")):
        page = two.open(where, person, viewport=PHONE)
        page.goto(f"/agent/{address}")
        page.locator(f"a[href$='{month}/']").click()
        said.append(page.get_by_role("heading", level=1).inner_text())
        expect(page.locator("main")).to_contain_text(two.name("guest"))
    assert said[0] == said[1], "both towns read the same"
    cents = re.search(r"bears €?([\d.,]+)", said[0])
    assert cents
    assert float(cents[1].replace(",", "")) > 0
    assert two.open("third", "third_agent").goto(f"/agent/{address}{month}/").status == 404


PAGES = ("list", "agreement", "month", "new", "ask")
STOPS = """() => [...document.querySelectorAll('main a[href], main button, main input, main select, main textarea, main summary')]
  .filter(e => !e.disabled && e.type !== 'hidden' && e.checkVisibility() && e.tabIndex >= 0)
  .filter((e, at, all) => e.type !== 'radio' || all.findIndex(o => o.name === e.name) === at)
  .map(e => e.type === 'radio' ? e.name : e.outerHTML)"""
HERE = """() => {
  const e = document.activeElement;
  if (!e.closest('main')) return null;
  // the calendar button inside of a date has a ring of the browser's own, and takes the focus from the field
  const drawn = !e.matches(':focus') || [e, e.closest('label'), e.closest('.row'), e.parentElement].filter(Boolean).some(one => {
    const style = getComputedStyle(one);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  });
  const box = e.getBoundingClientRect();
  const seen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return [e.type === 'radio' ? e.name : e.outerHTML, drawn, seen];
}"""


@pytest.mark.parametrize("page_of", PAGES)
def test_with_the_keyboard_alone(issy: Town, page_of: str) -> None:
    """Everything is reached by Tab, in the order in which it is read, and the focus can be seen each time."""
    page = issy.open("agent", viewport=PHONE)
    page.goto({"new": "/agent/sharing/new/", "ask": "/agent/sharing/ask/"}.get(page_of, "/agent/sharing/"))
    if page_of in ("agreement", "month"):
        page.locator("main ul.rows a").first.press("Enter")
        page.wait_for_url(re.compile("/sharing/[^/]{36}/$"))
    if page_of == "month":
        page.locator("#months ~ ul a").first.press("Enter")
        page.wait_for_url(re.compile(r"/\d{4}-\d{1,2}/$"))
    wanted, reached = page.evaluate(STOPS), []
    page.locator("main").evaluate("main => { main.tabIndex = -1; main.focus(); main.removeAttribute('tabindex'); }")
    for _press in range(120):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is None:
            break
        stop, drawn, seen = here
        assert drawn, f"where the focus is cannot be seen: {stop}"
        assert seen, f"the focus is outside of the screen: {stop}"
        if stop not in reached:  # a date has several parts, each with its Tab
            reached.append(stop)
    assert reached == list(dict.fromkeys(wanted))
