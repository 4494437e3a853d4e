"""A dispatcher closes a street: drawn with a finger on a telephone, or by an address without JavaScript; and opens it."""

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import DESK, PHONE, Town


def corners(page: Page) -> str:
    return page.locator("input[name='corners']").input_value()


@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_an_area_is_drawn_and_opened_again(issy: Town, viewport: dict[str, int]) -> None:
    page = issy.open("dispatch", viewport=viewport)
    page.goto("/dispatch/streets/")
    expect(page.get_by_text("No corner yet")).to_be_visible()
    picture = page.locator("area-drawer svg").first
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box is not None
    for x, y in ((0.45, 0.45), (0.5, 0.45), (0.5, 0.5), (0.9, 0.9)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    expect(page.get_by_text("4 corners")).to_be_visible()
    page.get_by_role("button", name="Take the last corner back").click()
    expect(page.get_by_text("3 corners")).to_be_visible()
    assert corners(page).count("[") == 4
    page.get_by_label("What is happening there").fill("Christmas market")
    page.get_by_text("Only on some days, or at some hours").click()
    page.get_by_label("Saturday").check()
    page.get_by_label("Closed from").fill("06:00")
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_text("Give both hours, or none.").first).to_be_visible()
    expect(page.get_by_label("Saturday")).to_be_checked()
    page.locator("input[name='to_time']").fill("14:00")
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_text("ride around it from now on")).to_be_visible()
    expect(page.get_by_text("Saturday, 6:00–14:00")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("One closed street")
    page.get_by_role("button", name="Open again Christmas market").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No street is closed")


def test_what_was_drawn_is_kept_when_something_is_missing(issy: Town) -> None:
    page = issy.open("dispatch", viewport=DESK)
    page.goto("/dispatch/streets/")
    picture = page.locator("area-drawer svg").first
    box = picture.bounding_box()
    assert box is not None
    for x, y in ((0.45, 0.45), (0.5, 0.45), (0.5, 0.5)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    drawn = corners(page)
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_text("This field is required").first).to_be_visible()
    assert corners(page) == drawn
    expect(page.get_by_text("3 corners")).to_be_visible()


def test_an_address_does_without_javascript_and_with_the_keyboard_alone(issy: Town) -> None:
    page = issy.open("dispatch", viewport=PHONE, javascript=False)
    page.goto("/dispatch/streets/")
    page.get_by_label("What is happening there").focus()
    page.keyboard.type("Burst pipe")
    page.keyboard.press("Tab")
    page.keyboard.type("21 rue Minard")
    page.keyboard.press("Enter")
    expect(page.get_by_text("ride around it from now on")).to_be_visible()
    page.get_by_role("button", name="Open again Burst pipe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No street is closed")
