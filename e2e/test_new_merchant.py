"""A new merchant in 15 minutes, on a telephone: from two boxes to an open shop, with the agent's call between.

Taps and typed boxes of the merchant and of the agent are counted apart, and timed as people take them. The count of
record stands in ``docs/merchant-minute.md``.
"""

import email
import re
import time
from email.message import Message
from pathlib import Path

from playwright.sync_api import Page, expect

from e2e.conftest import Town
from e2e.test_merchant_entry import Hand

ENTRY = "/places/cordonnerie-du-passage/"
SHOP = "cordonnerie-du-passage"
MAIL = "jo.cordonnier@example.org"
MOST_SECONDS = 15 * 60
MOST_BOXES, MOST_TAPS = 4, 14  # of the merchant, until residents see the shop


def link_in_the_mail(var: Path) -> str:
    """The path of the link that the invitation brings, as soon as the worker has handed the mail over."""
    for _attempt in range(240):
        for file in sorted((var / "mail").glob("*"), key=lambda path: path.stat().st_mtime, reverse=True):
            for message in _messages(file):
                body = message.get_payload(decode=True)
                text = body.decode() if isinstance(body, bytes) else ""
                if message["To"] == MAIL and (found := re.search(r"/join/invitation/[\w-]+/", text)):
                    return found[0]
        time.sleep(0.5)
    raise AssertionError("the invitation did not leave")


def _messages(file: Path) -> list[Message]:
    """The mails of a file, one under the other with a line of dashes between them."""
    return [email.message_from_string(part.lstrip("\n")) for part in file.read_text().split("-" * 79)]


def the_agent_says_yes(issy: Town) -> Hand:
    """The agent takes the call, reads the entry, types where the invitation goes."""
    page = issy.open("agent", viewport={"width": 1280, "height": 900})
    hand = Hand(page)
    page.goto("/agent/callbacks/")
    hand.tap(page.get_by_role("link", name="Cordonnerie du Passage"))
    hand.tap(page.get_by_role("button", name="I call now"))
    hand.tap(page.get_by_role("link", name="Yes, the shop takes part"))
    hand.fill(page.get_by_label("E-mail of the person who runs the shop"), MAIL)
    hand.fill(page.get_by_label("Name of that person"), "Jo Martel")
    hand.tap(page.get_by_role("button", name="Make the shop and invite"))
    expect(page.get_by_role("status").first).to_contain_text("the invitation is on its way")
    hand.tap(page.locator("li.item", has_text="Who runs the shop").get_by_role("button", name="Done"))
    return hand


def the_agent_opens(issy: Town) -> Hand:
    """Everything is done: one press."""
    page = issy.open("agent", viewport={"width": 1280, "height": 900})
    hand = Hand(page)
    page.goto(f"/agent/callbacks/shops/{SHOP}/")
    hand.tap(page.get_by_role("button", name="Open the shop now"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("is open")
    return hand


def ask_to_join(page: Page, hand: Hand) -> None:
    """From the entry: its name stands there already, the telephone is the only box."""
    hand.tap(page.get_by_role("main").get_by_role("link", name="Sell on the market"))
    expect(page.get_by_label("Name of your shop")).to_have_value("Cordonnerie du Passage")
    hand.fill(page.get_by_label("Your telephone number or e-mail"), "01 99 00 12 60")
    hand.tap(page.get_by_role("button", name="Call me back"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("you are on the list")


def first_hour(page: Page, hand: Hand) -> None:
    """One question after the other."""
    hand.tap(page.get_by_role("button", name="Begin"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("opens in 5 steps")
    hand.tap(page.get_by_role("main").get_by_role("link", name="When are you open?").first)
    hand.tap(page.get_by_role("button", name="Yes, that is right"))
    hand.tap(page.get_by_role("button", name="That is how we serve"))
    hand.tap(page.get_by_role("link", name="Write down the first one"))
    hand.fill(page.get_by_label("Name").first, "Ressemelage")
    hand.fill(page.get_by_label("Price, VAT included").first, "28")
    hand.tap(page.get_by_role("button", name="Save", exact=True))
    hand.tap(page.get_by_role("link", name="Opening", exact=True))
    hand.tap(page.get_by_role("main").get_by_role("link", name="Where may we pay you?").first)
    hand.fill(page.get_by_label("IBAN"), "FR14 2004 1010 0505 0001 3M02 606")
    hand.tap(page.get_by_role("button", name="Keep this account"))
    hand.tap(page.get_by_role("button", name="I agree"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your part is done")


def test_a_new_merchant_from_two_boxes_to_an_open_shop(issy: Town, var: Path) -> None:
    page = issy.open()
    page.goto(ENTRY)
    asking = Hand(page)
    ask_to_join(page, asking)
    asking_pages = asking.seconds_of_the_pages

    agent = the_agent_says_yes(issy)
    agent_pages = agent.seconds_of_the_pages

    phone = issy.open()
    phone.goto(link_in_the_mail(var))
    hour = Hand(phone)
    first_hour(phone, hour)
    hour_pages = hour.seconds_of_the_pages
    press = the_agent_opens(issy)

    taps, boxes = asking.taps + hour.taps, asking.boxes + hour.boxes
    person = asking.seconds_of_a_person + hour.seconds_of_a_person
    pages = asking_pages + hour_pages
    print(f"\nmerchant: {boxes} boxes, {taps} taps: {person:.0f} s of a person, {pages:.1f} s of pages and script; "
          f"agent: {agent.boxes} boxes, {agent.taps + press.taps} taps, "
          f"{agent.seconds_of_a_person + press.seconds_of_a_person:.0f} s of a person, {agent_pages:.1f} s")  # fmt: skip
    assert boxes <= MOST_BOXES
    assert taps <= MOST_TAPS
    assert person + pages < MOST_SECONDS

    anybody = issy.open()
    anybody.goto(f"/shops/{SHOP}/")
    expect(anybody.get_by_role("main")).to_contain_text("Ressemelage")
    late = issy.open()
    late.goto(link_in_the_mail(var))
    expect(late.get_by_role("heading", level=1)).to_contain_text("holds no more")
