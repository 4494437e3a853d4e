"""A merchant keeps an entry right from a telephone, in a minute: taps and typed boxes are counted, and timed.

The count of record stands in ``docs/merchant-minute.md``.
"""

import re
import time
from io import BytesIO

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Town

PLACE = "/places/la-mie-du-parvis/"
MOST_SECONDS = 60
TAP, TYPED = 1.1, 2.0  # what people take for one tap, and for one box filled by thumb (KLM: 1.1 s a tap, 0.28 s a key)


class Hand:
    """A thumb that is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.boxes = page, 0, 0
        self.started = time.monotonic()

    def tap(self, target: Locator) -> None:
        self.taps += 1
        target.scroll_into_view_if_needed()
        target.click()

    def fill(self, target: Locator, text: str) -> None:
        self.boxes += 1
        target.fill(text)

    def choose(self, target: Locator, picture: bytes) -> None:
        """The camera's own page: the field, the shutter, and its "use it"."""
        self.taps += 3
        target.set_input_files({"name": "front.jpg", "mimeType": "image/jpeg", "buffer": picture})

    @property
    def seconds_of_a_person(self) -> float:
        return self.taps * TAP + self.boxes * TYPED

    @property
    def seconds_of_the_pages(self) -> float:
        return time.monotonic() - self.started


def photograph() -> bytes:
    out = BytesIO()
    Image.effect_mandelbrot((2000, 1500), (-2, -1, 1, 1), 40).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def test_an_entry_is_kept_right_in_a_minute(issy: Town) -> None:
    """Hours of two days by one copy, "closed this Monday", a picture; then the public page, as anybody sees it."""
    page = issy.open("merchant")  # already signed in, on a 360 x 740 screen
    hand = Hand(page)
    page.goto(f"{PLACE}edit/")

    hand.tap(page.get_by_role("link", name="Opening hours"))
    friday = page.get_by_role("group", name="Friday")
    hand.fill(friday.get_by_label("Closes at").first, "20:30")
    hand.tap(friday.get_by_role("button", name="Copy to the days below"))
    saturday = page.get_by_role("group", name="Saturday")
    expect(saturday.get_by_label("Closes at").first).to_have_value("20:30")
    sunday = page.get_by_role("group", name="Sunday")
    hand.tap(sunday.get_by_label("Closed"))
    hand.tap(page.get_by_role("button", name="Save the hours"))
    expect(page.get_by_role("status").first).to_contain_text("Your opening hours are saved")

    hand.tap(page.get_by_role("link", name="Days that are not as usual"))
    closing = page.locator(".days-ahead button").last
    day = closing.inner_text()
    hand.tap(closing)
    expect(page.get_by_role("status").first).to_contain_text("Everybody sees that you are closed")

    page.goto(f"{PLACE}edit/")
    hand.tap(page.get_by_role("link", name="Picture"))
    hand.choose(page.get_by_label("A new picture"), photograph())
    hand.tap(page.get_by_role("button", name="Save the picture"))
    expect(page.get_by_role("status").first).to_contain_text("Everybody sees it now")

    print(f"\n{hand.taps} taps, {hand.boxes} boxes typed: {hand.seconds_of_a_person:.0f} s of a person, "
          f"{hand.seconds_of_the_pages:.1f} s of pages and script")  # fmt: skip
    assert hand.seconds_of_a_person + hand.seconds_of_the_pages < MOST_SECONDS

    anybody = issy.open()
    anybody.goto(PLACE)
    expect(anybody.locator(".hours")).to_contain_text("20:30")
    expect(anybody.locator("main")).to_contain_text("Last checked today by the shop")
    expect(anybody.locator("main")).to_contain_text("Closed on")
    assert day.startswith("Closed")
    picture = anybody.locator(".place__picture img")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100


def test_the_editor_with_the_keyboard_alone(issy: Town) -> None:
    """Tab and Enter reach every box; typing a time opens a closed day; the copy says that it copied."""
    page = issy.open("merchant")
    page.goto(f"{PLACE}edit/")
    tab_to(page, page.get_by_role("link", name="Opening hours"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Opening hours")).to_be_visible()
    tuesday = page.get_by_role("group", name="Tuesday")
    closed = tuesday.get_by_label("Closed")
    tab_to(page, closed)
    page.keyboard.press("Space")
    expect(closed).to_be_checked()
    expect(tuesday.get_by_label("Opens at")).to_be_hidden()
    page.keyboard.press("Space")
    expect(tuesday.get_by_label("Opens at")).to_be_visible()
    copy = tuesday.get_by_role("button", name="Copy to the days below")
    tab_to(page, copy)
    page.keyboard.press("Enter")
    expect(page.locator("form [role=status]")).to_contain_text("Copied, not saved yet")
    save = page.get_by_role("button", name="Save the hours")
    tab_to(page, save)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What the entry says")).to_be_attached()
    tab_to(page, page.get_by_role("link", name="What has changed"))
    page.keyboard.press("Enter")
    undo = page.get_by_role("button", name=re.compile("^Undo")).first
    tab_to(page, undo)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("The change is undone")


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus; each stop on the way shows where one is."""
    for _step in range(120):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    raise AssertionError(f"never reached: {target}")


def test_the_editor_without_javascript(issy: Town) -> None:
    """Copying and adding a season go through the server; nothing is saved until it is saved."""
    page = issy.open("merchant", javascript=False)
    page.goto(f"{PLACE}edit/hours/")
    friday = page.get_by_role("group", name="Friday")
    friday.get_by_label("Closes at").first.fill("19:15")
    friday.get_by_role("button", name="Copy to the days below").click()
    expect(page.get_by_role("group", name="Saturday").get_by_label("Closes at").first).to_have_value("19:15")
    expect(page.locator("form [role=status]")).to_contain_text("not saved yet")
    page.get_by_role("button", name="Add a season").click()
    expect(page.get_by_role("heading", name="Season 1")).to_be_visible()
    expect(page.get_by_role("group", name="Saturday").first.get_by_label("Closes at").first).to_have_value("19:15")
