"""A bike is loaded in a browser: by typed codes, by a scanner that poses as a keyboard, by the camera, without JavaScript."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import DESK, PHONE, Town
from e2e.test_rider_offline import in_server

CODE = re.compile(r"\b[BCDFGHJKMNPQRTVWX346789]{5}\b")


@pytest.fixture
def address(var: Path, port: int) -> str:
    """The address of a bike that has not left: the demonstration has none late in the evening, so it is made."""
    return f"/hub/rounds/{in_server(var, 'make_waiting("issy")')['round']}/load/"


def figures(page: Page) -> tuple[int, int, int]:
    """Expected, on the bike, missing."""
    numbers = [int(text) for text in page.locator(".figures--big dd:last-child").all_inner_texts()]
    return numbers[0], numbers[1], numbers[2]


def codes_here(page: Page) -> list[str]:
    """Codes of the bags that are not on the bike yet."""
    rows = page.locator(".loadrow:has(.loadrow__do button[name='code']) .loadrow__box a.code")
    return rows.all_inner_texts()


def test_a_bike_is_loaded_by_typed_codes_without_javascript(issy: Town, address: str) -> None:
    page = issy.open("hub", viewport=PHONE, javascript=False)
    page.goto(address)
    expected, on, missing = figures(page)
    assert (on, missing) == (0, expected)
    code = codes_here(page)[0]
    page.get_by_label("Bag, crate or delivery").fill(code.lower())
    page.get_by_role("button", name="On the bike", exact=True).first.click()
    expect(page.locator("#messages")).to_contain_text(code)
    assert figures(page)[1] == 1
    page.get_by_label("Bag, crate or delivery").fill("QQQQQ")
    page.get_by_role("button", name="On the bike", exact=True).first.click()
    expect(page.locator("#said")).to_contain_text("No bag has the code")


def test_a_keyboard_scanner_is_heard_wherever_the_focus_is(issy: Town, address: str) -> None:
    page = issy.open("hub", viewport=DESK)
    page.goto(address)
    first, second = codes_here(page)[:2]
    page.locator("main h1").click()
    page.locator("body").press("Tab")
    page.keyboard.type(first, delay=5)
    page.keyboard.press("Enter")
    page.keyboard.type(second[:3], delay=5)  # the next label, before the answer is here
    expect(page.locator("#said")).to_contain_text(first)
    expect(page.get_by_label("Bag, crate or delivery")).to_have_value(second[:3])
    page.keyboard.type(second[3:], delay=5)
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text(second)
    assert page.url.endswith(address), "one bag after another, without leaving the page"
    expect(page.locator(".figures--big")).to_contain_text("2")
    page.get_by_label("Bag, crate or delivery").focus()
    page.keyboard.type("ZZZ", delay=5)
    page.keyboard.press("Enter")
    expect(page.locator("#said .said--warn")).to_be_visible()


def test_the_camera_reads_the_label(issy: Town, address: str, looking_at) -> None:  # type: ignore[no-untyped-def]
    page = issy.open("hub", viewport=PHONE)
    page.goto(address)
    code = codes_here(page)[0]
    camera = looking_at(code).open("hub", viewport=PHONE)
    camera.goto(address)
    camera.get_by_role("button", name="Camera").click()
    said = camera.locator(".camera__said")
    expect(said).to_contain_text(code, timeout=20_000)
    expect(said).to_have_class(re.compile("said--(go|wait)"))
    camera.get_by_role("button", name="Close").click()
    assert figures(camera)[1] == 1


def test_leaving_without_something_asks_why(issy: Town, address: str) -> None:
    page = issy.open("hub", viewport=PHONE, javascript=False)
    page.goto(address)
    whole = page.locator(".loadrow:not(:has(.loadrow__wait)) button[name='code']")
    assert whole.count(), "no door of the round that waits has all its bags here"
    assert page.locator(".loadrow").count() > 1, "the round that waits has one door only"
    whole.first.click()
    page.get_by_role("button", name="The bike leaves without them").click()
    page.get_by_role("button", name="Leave without them").click()
    expect(page.get_by_role("button", name="Leave without them")).to_be_visible()  # the browser asks for the reason
    page.get_by_label("The bag cannot be found").check()
    page.get_by_role("link", name="Go back").click()
    expect(page).to_have_url(re.compile("/load/$"))
