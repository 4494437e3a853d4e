"""Search with the keyboard on a telephone and at a desk, nothing sticking out; and without JavaScript."""

import pytest
from playwright.sync_api import expect

from e2e.conftest import DESK, PHONE, Town


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_suggestions_with_the_keyboard(issy: Town, size: dict[str, int]) -> None:
    page = issy.open(viewport=size)
    page.goto("/")
    box = page.get_by_role("combobox", name="Search")
    box.press_sequentially("boulangri", delay=40)
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_count(1)
    assert chosen.get_attribute("id") == box.get_attribute("aria-activedescendant")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
    box.press("Escape")
    expect(options.first).to_be_hidden()
    expect(box).to_have_value("boulangri")
    box.press("ArrowUp")
    box.press("Enter")  # the last one: everything for these words
    expect(page.get_by_role("heading", level=1)).to_contain_text("boulangerie")


def test_without_javascript_the_form_is_sent(issy: Town) -> None:
    page = issy.open(javascript=False)
    page.goto("/")
    box = page.get_by_role("searchbox")
    box.fill("boulangrie")
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("boulangerie")
    page.get_by_role("link", name="exactly").click()
    expect(page.locator("main")).to_contain_text("boulangerie")
