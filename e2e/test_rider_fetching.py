"""The rider at shops, in a real browser without a network: what is read there is on the bike, what is not ready is not."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Town
from e2e.test_prepare import until
from e2e.test_rider_offline import EMPTY, in_server


@pytest.fixture
def world(port: int, var: Path) -> Any:
    assert port
    return in_server(var, "make_shops('issy')")


def heading(page: Page) -> Any:
    return page.get_by_role("heading", level=1)


def test_two_shops_in_a_basement(issy: Town, world: Any, var: Path) -> None:
    """The first shop hands over, after a wrong code and none at all; the second is not ready. Nothing doubles."""
    (code,), (_first, _second) = world["codes"]
    page = issy.open(language="en")
    page.context.add_cookies([{"name": "sessionid", "value": world["session"], "url": issy.base}])
    page.goto("/rider/")
    until(page, "async () => Boolean(await caches.match(location.pathname, { ignoreVary: true }))")
    page.context.set_offline(True)
    expect(heading(page)).to_have_text("Boutique 1")
    page.get_by_role("link", name="I am at the shop").click()
    page.get_by_role("button", name="I have it on the bike").click()
    expect(page.get_by_role("alert")).to_have_text("Scan or type the code of each bag.")
    check = page.get_by_label("Check a bag: scan or type its code")
    check.fill("ZZZZZ")
    check.press("Enter")
    expect(page.get_by_text("No bag of this round has the code “ZZZZZ”.")).to_be_visible()
    check.fill(code)
    check.press("Enter")
    expect(page.get_by_label("Codes of the bags")).to_have_value(code)
    page.get_by_role("button", name="I have it on the bike").click()
    expect(heading(page)).to_have_text("1 rue du Détour")
    page.get_by_role("link", name="I am at the door").click()
    page.get_by_role("button", name="Client 1", exact=True).click()
    expect(heading(page)).to_have_text("Boutique 2")
    page.get_by_role("link", name="I am at the shop").click()
    page.get_by_text("It is not ready").click()
    page.get_by_label("In your words").fill("The door was shut.")
    page.get_by_role("button", name="I ride on without it").click()
    expect(page.get_by_role("heading", name="Ride back to the hub")).to_be_visible()
    assert in_server(var, f"fetched('{world['round']}')") == [[], []]
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    until(page, EMPTY)
    written = in_server(var, f"fetched('{world['round']}')")
    assert written == [["loaded", "delivered", "departed", "delivered"], ["left_behind"]]
