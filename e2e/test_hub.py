"""A bike is loaded in a browser: by typed codes, by a scanner that poses as a keyboard, by the camera, without JavaScript."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import segno
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect

from e2e.conftest import ARGUMENTS, DESK, PHONE, Town, chromium_path

CODE = re.compile(r"\b[BCDFGHJKMNPQRTVWX346789]{5}\b")


def a_round_to_load(page: Page) -> str:
    """The address of a bike that has not left; the demonstration's day has one, or its dispatcher plans it."""
    for day in ("", "?day=tomorrow"):
        page.goto(f"/hub/rounds/{day}")
        links = page.locator("main a[href$='/load/']")
        for index in range(links.count()):
            address = links.nth(index).get_attribute("href") or ""
            page.goto(address)
            if page.locator(".loadrow__do button").count():
                return address
            page.goto(f"/hub/rounds/{day}")
    pytest.fail("no round of the demonstration waits to be loaded")


def figures(page: Page) -> tuple[int, int, int]:
    """Expected, on the bike, missing."""
    numbers = [int(text) for text in page.locator(".figures--big dd:last-child").all_inner_texts()]
    return numbers[0], numbers[1], numbers[2]


def codes_here(page: Page) -> list[str]:
    """Codes of the bags that are not on the bike yet."""
    rows = page.locator(".loadrow:has(.loadrow__do button[name='code']) .loadrow__box a.code")
    return rows.all_inner_texts()


def all_off(page: Page, address: str) -> None:
    """Whatever another journey put on the bike comes off."""
    page.goto(address)
    while page.locator("button[name='delivery']").count():
        page.locator("button[name='delivery']").first.click()
        page.goto(address)


def test_a_bike_is_loaded_by_typed_codes_without_javascript(issy: Town) -> None:
    page = issy.open("hub", viewport=PHONE, javascript=False)
    address = a_round_to_load(page)
    all_off(page, address)
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
    all_off(page, address)


def test_a_keyboard_scanner_is_heard_wherever_the_focus_is(issy: Town) -> None:
    page = issy.open("hub", viewport=DESK)
    address = a_round_to_load(page)
    all_off(page, address)
    first, second = codes_here(page)[:2]
    page.locator("main h1").click()
    page.locator("body").press("Tab")
    for code in (first, second):
        page.keyboard.type(code, delay=5)
        page.keyboard.press("Enter")
        expect(page.locator("#said")).to_contain_text(code)
    assert page.url.endswith(address), "one bag after another, without leaving the page"
    expect(page.locator(".figures--big")).to_contain_text("2")
    page.get_by_label("Bag, crate or delivery").focus()
    page.keyboard.type("ZZZ", delay=5)
    page.keyboard.press("Enter")
    expect(page.locator("#said .said--warn")).to_be_visible()
    all_off(page, address)


@pytest.fixture
def looking_at(stage: Playwright, chromium: Browser, tmp_path: Path, issy: Town) -> Iterator[object]:
    """``looking_at(code)``: a browser whose camera sees a label with this code."""
    opened: list[Browser] = []

    def see(code: str) -> Town:
        film = tmp_path / f"{code}.mjpeg"
        film.write_bytes(_film(code))
        browser = stage.chromium.launch(
            executable_path=chromium_path(),
            args=[
                *ARGUMENTS,
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={film}",
            ],
        )
        opened.append(browser)
        return Town(browser, int(issy.base.rpartition(":")[2]))

    yield see
    for browser in opened:
        browser.close()


def _film(code: str) -> bytes:
    """Pictures of a label in somebody's hand: paper on a grey table, a little aslant."""
    drawn = BytesIO()
    segno.make(code, error="m", micro=False).save(drawn, kind="png", scale=9, border=4)
    label = Image.open(drawn).convert("RGB")
    frames = BytesIO()
    for turn in (0, 2, 4, 2):
        table = Image.new("RGB", (640, 480), (120, 120, 116))
        held = label.rotate(turn, expand=True, fillcolor=(120, 120, 116))
        table.paste(held, ((640 - held.width) // 2, (480 - held.height) // 2))
        table.save(frames, "JPEG", quality=80)
    return frames.getvalue()


def test_the_camera_reads_the_label(issy: Town, looking_at) -> None:  # type: ignore[no-untyped-def]
    page = issy.open("hub", viewport=PHONE)
    address = a_round_to_load(page)
    all_off(page, address)
    code = codes_here(page)[0]
    camera = looking_at(code).open("hub", viewport=PHONE)
    camera.goto(address)
    camera.get_by_role("button", name="Camera").click()
    said = camera.locator(".camera__said")
    expect(said).to_contain_text(code, timeout=20_000)
    expect(said).to_have_class(re.compile("said--(go|wait)"))
    camera.get_by_role("button", name="Close").click()
    assert figures(camera)[1] == 1
    all_off(page, address)


def test_leaving_without_something_asks_why(issy: Town) -> None:
    page = issy.open("hub", viewport=PHONE, javascript=False)
    address = a_round_to_load(page)
    all_off(page, address)
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
    all_off(page, address)
