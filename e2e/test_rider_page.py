"""The rider's page as a person meets it: refusals and new plans are told, a keyboard is enough, a glove hits the buttons."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from e2e.conftest import Town
from e2e.test_axe import OPTIONS, described
from e2e.test_prepare import until
from e2e.test_rider_offline import EMPTY, in_server

TARGETS = "main :is(.button, input:not([type=hidden]), summary, .check):visible"
VIEWS = [("en", "light"), ("nl", "dark"), ("fr", "dark")]


@pytest.fixture
def world(port: int, var: Path) -> Any:
    assert port
    return in_server(var, "make('issy')")


@pytest.fixture
def rider(issy: Town, world: Any) -> Iterator[Any]:
    """``rider(language, scheme)``: a telephone with the round open on it."""

    def open_(language: str = "en", scheme: str = "light") -> Page:
        page = issy.open(language=language, scheme=scheme)
        page.context.add_cookies([{"name": "sessionid", "value": world["session"], "url": issy.base}])
        page.goto("/rider/")
        until(page, "async () => Boolean(await caches.match(location.pathname, { ignoreVary: true }))")
        return page

    return open_


def heading(page: Page) -> Any:
    return page.get_by_role("heading", level=1)


def test_refusals_and_a_new_plan_are_told(rider: Any, world: Any, var: Path) -> None:
    page = rider()
    page.context.set_offline(True)
    for number in (1, 2, 3):
        expect(heading(page)).to_have_text(f"{number} rue de la Cave")
        page.get_by_role("link", name="I am at the door").click()
        page.get_by_role("button", name=f"Client {number}", exact=True).click()
    expect(heading(page)).to_have_text("4 rue de la Cave")
    changed = in_server(var, f"change('{world['round']}')")
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    told = page.get_by_role("region", name="This could not be used")
    expect(told.get_by_role("listitem")).to_have_count(2)
    expect(told).to_contain_text(
        re.compile(f"2 rue de la Cave · Handed over at .* {changed['code']} was already handed")
    )
    expect(told).to_contain_text("It is no longer on your round. Ask the dispatcher.")
    plan = page.get_by_role("region", name="The plan has changed")
    expect(plan).to_contain_text(f"No longer on your round: {changed['street']}.")
    plan.get_by_role("button", name="I have read it").click()
    expect(plan).to_be_hidden()
    page.reload()
    expect(heading(page)).to_have_text("4 rue de la Cave")
    expect(page.get_by_role("region", name="The plan has changed")).to_be_hidden()
    told.get_by_role("button", name="Try again").last.click()
    expect(told.get_by_role("listitem")).to_have_count(2)  # it is still no longer there
    for left in (1, 0):
        told.get_by_role("button", name="I have read it").first.click()
        expect(told.get_by_role("listitem")).to_have_count(left)
    until(page, EMPTY)
    assert [one["door"] for one in in_server(var, f"told('{world['round']}')")["events"]] == [1, 2]


def test_a_keyboard_is_enough(rider: Any) -> None:
    page = rider()

    def tab_to(name: str) -> None:
        for _step in range(60):
            page.keyboard.press("Tab")
            here = page.evaluate("(document.activeElement.innerText || document.activeElement.name || '').trim()")
            if here == name:
                return
        pytest.fail(f"never: {name}")

    tab_to("I am at the door")
    page.keyboard.press("Enter")
    expect(heading(page)).to_be_focused()  # whoever listens hears where they are
    tab_to("Client 1")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("2 rue de la Cave")
    tab_to("I am at the door")
    page.keyboard.press("Enter")
    page.go_back()
    expect(heading(page)).to_have_text("2 rue de la Cave")
    expect(page.get_by_role("link", name="I am at the door")).to_be_visible()


def test_which_door_a_bag_is_for_without_a_network(rider: Any) -> None:
    page = rider()
    bags = page.evaluate(
        "JSON.parse(document.querySelector('#shift').textContent).rounds[0].stops.map((s) => s.bags[0])"
    )
    page.context.set_offline(True)
    page.get_by_role("link", name="I am at the door").click()
    field = page.get_by_label("Check a bag: scan or type its code")
    field.fill(bags[2].lower())
    field.press("Enter")
    expect(page.get_by_text(f"{bags[2]} is for door 3, 3 rue de la Cave.")).to_be_visible()
    page.keyboard.type(f"https://issy.example/b/{bags[0]}", delay=5)  # a scanner that poses as a keyboard
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{bags[0]} belongs here.")).to_be_visible()
    field.fill("nix")
    field.press("Enter")
    expect(page.get_by_text("No bag of this round has the code “NIX”.")).to_be_visible()


def test_a_tap_without_proof_is_not_kept(rider: Any) -> None:
    page = rider()
    page.get_by_role("link", name="I am at the door").click()
    page.get_by_role("button", name="Hand over", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="Write who received it, or take a photo.")).to_be_visible()
    page.get_by_text("It did not work").click()
    page.get_by_label("Another reason").check()
    page.get_by_role("button", name="It rides back to the hub").click()
    expect(page.get_by_label("In your words")).to_be_focused()
    until(page, EMPTY)
    page.get_by_role("link", name="Where next").click()
    page.get_by_role("button", name="I am back at the hub").click()
    expect(page.get_by_text("Some doors have no result yet.")).to_be_visible()
    until(page, EMPTY)


def test_read_aloud_one_turn_after_the_other(rider: Any) -> None:
    page = rider()
    page.evaluate("() => { window.said = []; speechSynthesis.speak = (one) => said.push([one.lang, one.text]); }")
    turns = page.locator("[data-now] .turns li").all_inner_texts()
    page.get_by_role("button", name="Read aloud").click()
    page.get_by_role("button", name="Once more").click()
    assert page.evaluate("said") == [["en", turns[0]]] * 2


@pytest.mark.parametrize(("language", "scheme"), VIEWS)
def test_large_targets_and_nothing_in_the_way(rider: Any, language: str, scheme: str) -> None:
    page = rider(language, scheme)
    for step in ("way", "sun", "door"):
        if step == "sun":
            page.locator("sun-switch button").click()
        if step == "door":
            page.locator("[data-now] .thumb a").click()
            page.locator("main summary").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        small = [
            (target.inner_text(), box)
            for target in page.locator(TARGETS).all()
            if (box := target.bounding_box()) and box["height"] < 56 and not _inside_a_larger(target)
        ]
        assert small == [], step
        results = Axe().run(page, options=OPTIONS)
        assert not results.response["violations"], described(results.response["violations"])


def _inside_a_larger(target: Any) -> bool:
    """A radio in its label: the label is what is hit."""
    return bool(target.evaluate("(one) => Boolean(one.parentElement.closest('label, .check')?.offsetHeight >= 56)"))


SEEN = """(chosen) => {
  const [svg, one] = ['[data-round]:not([hidden]) svg.map', chosen].map((name) => document.querySelector(name));
  const [map, box] = [svg, one].map((drawn) => drawn.getBoundingClientRect());
  return box.width + box.height > 20 && box.left >= map.left && box.right <= map.right && box.top >= map.top && box.bottom <= map.bottom;
}"""


def test_the_map_shows_the_way_to_the_next_door_and_where_one_is_without_a_network(
    rider: Any, issy: Town, world: Any
) -> None:
    page = rider()
    ahead = page.locator(".map__route[data-here]")
    page.context.grant_permissions(["geolocation"], origin=issy.base)
    page.context.set_offline(True)
    page.reload()
    expect(ahead).to_have_attribute("data-name", f"way {world['stops'][0]}")
    assert page.evaluate(SEEN, ".map__route[data-here]"), "the whole way, and nothing of it outside"
    page.get_by_role("link", name="I am at the door").click()
    page.get_by_role("button", name="Client 1", exact=True).click()
    expect(heading(page)).to_have_text("2 rue de la Cave")
    expect(ahead).to_have_attribute("data-name", f"way {world['stops'][1]}")
    assert page.evaluate(SEEN, ".map__route[data-here]")
    lon, lat = page.evaluate(
        "document.querySelector('[data-round]:not([hidden]) svg.map').dataset.middle.split(' ').map(Number)"
    )
    page.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 12})
    button = page.get_by_role("button", name="Where I am on the map")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The blue point is you, to about 20 m. Nobody else sees it.")).to_be_visible()
    assert page.locator(".map__marker--me").get_attribute("transform").startswith("translate(0 0)")
    page.context.set_geolocation({"longitude": 0, "latitude": 0, "accuracy": 12})
    expect(page.get_by_text("You are not on this map.")).to_be_visible()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    page.context.clear_permissions()
    page.context.grant_permissions([], origin=issy.base)
    button.click()
    expect(page.get_by_text("This telephone does not tell its position")).to_be_visible()
