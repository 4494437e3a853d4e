"""A buyer follows the bike: the interval, the neighbour, another time and one tap, without JavaScript."""

from playwright.sync_api import Page, expect

from e2e.conftest import PHONE, Town


def follow(page: Page, wanted: str) -> str:
    """The address at which an order of the resident's is followed and shows ``wanted``."""
    page.goto("/orders/")
    orders = [link.get_attribute("href") or "" for link in page.locator("main a[href^='/orders/']").all()]
    for order in orders:
        page.goto(order)
        link = page.locator("main a[href*='/follow/']")
        if link.count():
            page.goto(link.first.get_attribute("href") or "")
            if page.locator(wanted).count():
                return page.url
    raise AssertionError(f"no order of the demonstration shows {wanted}")


def test_leave_it_with_the_neighbour_and_look_at_other_times(issy: Town) -> None:
    page = issy.open("resident", viewport=PHONE, javascript=False)
    address = follow(page, "input[name='who']")
    page.get_by_label("Leave it with the neighbour").check()
    page.get_by_label("Which neighbour, which door").fill("Mme Roux, 2e")
    page.get_by_role("button", name="Tell the rider").click()
    expect(page.locator("#messages")).to_contain_text("The rider will read it at your door.")
    page.goto(address)
    expect(page.get_by_label("Which neighbour, which door")).to_have_value("Mme Roux, 2e")
    page.goto(follow(page, "main a[href*='/change/']"))
    page.get_by_role("link", name="Choose another time").click()
    expect(page.locator("h1")).to_contain_text("When may the bike come instead?")
    page.get_by_role("link", name="Keep it").click()


def test_how_it_went_in_one_tap(issy: Town) -> None:
    page = issy.open("resident", viewport=PHONE, javascript=False)
    follow(page, "button[name='score']")
    page.get_by_role("button", name="Good", exact=True).click()
    expect(page.locator("#rate")).to_contain_text("Thank you. You may still change your mind.")
    page.get_by_label("A few words, if you like").fill("À l'heure")
    page.get_by_role("button", name="Send these words").click()
    expect(page.get_by_label("A few words, if you like")).to_have_value("À l'heure")
    page.get_by_role("button", name="Very good").click()
    expect(page.locator("button[aria-pressed='true']")).to_contain_text("Very good")
    assert page.get_by_label("A few words, if you like").input_value() == "À l'heure"
