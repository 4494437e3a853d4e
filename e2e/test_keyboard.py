"""With the keys alone: every tab is reached, journeys end, and what has the focus is seen."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.conftest import DESK, PHONE, Town
from e2e.keys import here, tab_to

TABS = "nav.tabs-nav"


def reached(page: Page, most: int = 80) -> list[str]:
    """The tabs that the Tab key comes to, in order, each of which stands whole on the screen while it has the focus."""
    found = []
    for _press in range(most):
        page.keyboard.press("Tab")
        now = here(page)
        if now["main"]:
            break
        if now["tab"]:
            found.append(now["text"] if now["seen"] and now["whole"] else f"unseen: {now['text']}")
    return found


@pytest.mark.parametrize("viewport", [PHONE, DESK])
@pytest.mark.parametrize("javascript", [True, False])
def test_every_tab_of_an_agent_is_reached_and_seen(issy: Town, viewport: dict[str, int], javascript: bool) -> None:
    page = issy.open("agent", viewport=viewport, javascript=javascript)
    page.goto("/agent/")
    if viewport is PHONE:
        summary = page.locator(f"{TABS} summary")
        expect(summary).to_contain_text("Market")
        summary.focus()
        page.keyboard.press("Enter")
    labels = [" ".join(label.split()) for label in page.locator(f"{TABS} .tabs a").all_inner_texts()]
    assert reached(page) == labels
    assert len(labels) == 15
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("language", ["fr", "nl"])
@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize(
    ("person", "path"),
    [("resident", "/"), ("merchant", "/merchant/"), ("hub", "/hub/"), ("dispatch", "/dispatch/"), ("agent", "/agent/")],
)
def test_every_way_through_the_town_is_reached_and_seen_on_a_phone(
    issy: Town, person: str, path: str, javascript: bool, language: str
) -> None:
    page = issy.open(person, language=language, javascript=javascript)
    page.goto(path)
    page.locator(".nav summary").focus()
    page.keyboard.press("Enter")
    ways = page.locator(".nav__box > ul a")
    expect(ways.last).to_be_visible()
    for way in ways.all():
        page.keyboard.press("Tab")
        now = here(page)
        assert now["href"] == way.get_attribute("href")
        assert now["seen"]
        assert now["whole"]
    expect(page.locator(".nav__box > ul a[aria-current=page]")).to_have_count(1)
    for row in page.locator(".nav ul").all():
        assert row.evaluate("row => row.scrollWidth <= row.clientWidth"), "nothing to be scrolled sideways"
    if javascript:
        page.keyboard.press("Escape")
        expect(ways.last).not_to_be_visible()
        expect(page.locator(".nav summary")).to_be_focused()


@pytest.mark.parametrize(
    ("swapped", "text"),
    [
        ("<div id='part'><h1>Done</h1></div>", "Done"),
        ("<div id='part'><h1>Done</h1><p id='row'><a href='/'>Its row</a></p></div>", "Its row"),
        ("<div id='part'><h1>Done</h1><p id='row'><button id='go'>Again</button></p></div>", "Again"),
    ],
)
def test_who_pressed_a_button_that_goes_away_goes_on_nearby(issy: Town, swapped: str, text: str) -> None:
    page = issy.open()
    page.goto("/about/")

    def answer(route: Route) -> None:
        route.fulfill(body=swapped, content_type="text/html")

    page.route("**/swapped/", answer)
    page.evaluate(
        """() => {
            const main = document.querySelector("main");
            main.innerHTML = "<div id='part'><p id='row'><button id='go' hx-get='/swapped/' hx-target='#part'"
                + " hx-swap='outerHTML'>Go</button></p></div>";
            htmx.process(main);
            document.getElementById("go").focus();
        }"""
    )
    page.keyboard.press("Enter")
    expect(page.locator("#part h1")).to_be_visible()
    expect(page.locator(":focus")).to_have_text(text)


@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_a_buyer_chooses_a_time_and_orders(issy: Town, viewport: dict[str, int]) -> None:
    page = issy.open(viewport=viewport)
    page.goto("/shops/la-mie-du-parvis/")
    tab_to(page, lambda now: now["text"].startswith("Add"))
    page.keyboard.press("Enter")
    expect(page.locator("#basket-link")).to_contain_text("1")
    page.goto("/checkout/")
    tab_to(page, lambda now: now["name"].startswith("way-"))
    for _way in range(4):
        if here(page)["value"] == "bike":
            break
        page.keyboard.press("ArrowDown")
    chosen = tab_to(page, lambda now: now["name"] == "window")["value"]
    page.keyboard.press("ArrowDown")
    assert here(page)["value"] != chosen
    for name, typed in (("name", "Nour Clavier"), ("email", "nour@example.org"), ("phone", "06 12 34 56 78")):
        tab_to(page, lambda now, name=name: now["name"] == name)
        page.keyboard.type(typed)
    tab_to(page, lambda now: now["name"] == "address")
    page.keyboard.type("25 bis avenue Victor Cresson")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    with page.expect_response(re.compile("/checkout/")):  # the times are asked again for this door
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
    expect(page.locator("input[name='window']:checked")).to_have_count(1)
    tab_to(page, lambda now: now["text"] == "Place the order")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/orders/[A-Z0-9]{5}/\?key="))
    expect(page.locator("main h1")).to_contain_text("By bike")


@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_a_dispatcher_moves_a_stop_and_publishes(issy: Town, viewport: dict[str, int]) -> None:
    page = issy.open("dispatch", viewport=viewport)
    day = a_day_to_plan(page)
    tab_to(page, lambda now: now["text"].startswith("Plan"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Publish")).to_be_visible(timeout=60_000)
    page.goto(day)
    code = tab_to(page, lambda now: now["text"].startswith("Later"))["text"].split()[-1]
    with page.expect_response(re.compile("/dispatch/")):
        page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_contain_text(code)
    expect(page.locator(":focus")).to_be_in_viewport()
    page.goto(day)
    tab_to(page, lambda now: now["text"] == "Publish")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Published")


def a_day_to_plan(page: Page) -> str:
    """The address of the first day ahead with a round that may change, found by planning it."""
    page.goto("/dispatch/")
    for _day in range(7):
        page.goto(page.locator("main .pills a").last.get_attribute("href") or "")
        plan = page.get_by_role("button", name=re.compile("^Plan "))
        if not plan.count():
            continue
        address = page.url
        plan.click()
        expect(page.get_by_role("button", name="Publish")).to_be_visible(timeout=60_000)
        if page.get_by_role("button", name=re.compile("^Later ")).count():
            return address
    raise AssertionError("no day ahead has two stops on one round")
