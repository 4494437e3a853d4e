"""From "is this your shop?" to right hours and a picture, on a telephone: taps and typed boxes are counted and timed.

The town hall's call to the shop is the agent's own browser; its time is not the merchant's.
"""

from playwright.sync_api import Page, expect

from e2e.conftest import Town
from e2e.test_merchant_entry import MOST_SECONDS, Hand, photograph

PLACE = "/places/clinique-veterinaire-mairie-d-issy/"


def the_agent_calls(issy: Town) -> str:
    """The agent opens the request, calls the shop, and reads out the code that the page shows once."""
    page = issy.open("agent", viewport={"width": 1280, "height": 900})
    page.goto("/agent/directory/claims/")
    page.get_by_role("link", name="Clinique vétérinaire Mairie d’Issy").first.click()
    page.get_by_role("button", name="Call the shop").click()
    return page.locator(".said-code").inner_text()


def set_hours(page: Page, hand: Hand) -> None:
    """Monday's hours, copied to the days below; closed on Sunday."""
    monday = page.get_by_role("group", name="Monday")
    hand.fill(monday.get_by_label("Opens at").first, "09:00")
    hand.fill(monday.get_by_label("Closes at").first, "19:00")
    hand.tap(monday.get_by_role("button", name="Copy to the days below"))
    hand.tap(page.get_by_role("group", name="Sunday").get_by_label("Closed"))
    hand.tap(page.get_by_role("button", name="Save the hours"))
    expect(page.get_by_role("status").first).to_contain_text("Your opening hours are saved")


def test_an_entry_is_claimed_and_right_in_a_minute(issy: Town) -> None:
    page = issy.open("resident")
    page.goto(PLACE)
    hand = Hand(page)
    hand.tap(page.get_by_role("link", name="Is this your shop?"))
    hand.tap(page.get_by_label("By a call of the town hall"))
    hand.tap(page.get_by_role("button", name="Ask for the entry"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    claim = page.url

    waiting = hand.seconds_of_the_pages
    code = the_agent_calls(issy)
    waiting = hand.seconds_of_the_pages - waiting

    page.goto(claim)
    hand.fill(page.locator("input[name=code]"), code)
    hand.tap(page.get_by_role("button", name="Check the code"))
    hand.tap(page.get_by_role("link", name="Check your hours now"))
    hand.tap(page.get_by_role("link", name="Opening hours"))
    set_hours(page, hand)
    page.goto(f"{PLACE}edit/")
    hand.tap(page.get_by_role("link", name="Picture"))
    hand.choose(page.get_by_label("A new picture"), photograph())
    hand.tap(page.get_by_role("button", name="Save the picture"))
    expect(page.get_by_role("status").first).to_contain_text("Everybody sees it now")

    pages = hand.seconds_of_the_pages - waiting
    print(f"\n{hand.taps} taps, {hand.boxes} boxes typed: {hand.seconds_of_a_person:.0f} s of a person, "
          f"{pages:.1f} s of pages and script")  # fmt: skip
    assert hand.seconds_of_a_person + pages < MOST_SECONDS

    anybody = issy.open()
    anybody.goto(PLACE)
    expect(anybody.locator(".hours")).to_contain_text("19:00")
    expect(anybody.locator("main")).to_contain_text("Last checked today by the shop")
    expect(anybody.get_by_role("link", name="Is this your shop?")).to_have_count(0)
