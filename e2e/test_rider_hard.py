"""A rider's shift when everything goes wrong but the network alone: a browser that dies before the tap, double taps, two
pages, a clock that is set back, a broken server, a session that ends, a full telephone. No event is lost, none is doubled,
and none lands at another door.
"""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright, expect

from e2e.conftest import Town
from e2e.network import Network
from e2e.test_prepare import until
from e2e.test_rider_offline import COLOURS, EMPTY, Phone, in_server, network, photo, world

__all__ = ["network", "world"]  # fixtures

KEPT = "async () => Boolean(await caches.match(location.origin + '/rider/', { ignoreVary: true }))"
DRAFTS = """async () => {
  const { Store } = await import('/static/core/js/store.js');
  const rows = await new Store(`private:${document.body.dataset.whose}`, 'drafts', 'code').all();
  return rows.flatMap(({ forms }) => forms.flatMap(([, values]) => values.map(([, value]) => value.name ?? value)));
}"""
WAITING = """async () => {
  const { queue } = await import('/static/core/js/queue.js');
  return (await queue.waiting(document.body.dataset.whose)).map(({ url, values }) =>
    [url, values.reduce((sum, [, value]) => sum + (value.size ?? value.length), 0)]);
}"""


# what a browser says when the disk is full; Chromium cannot be given a small one
FULL = """() => {
  IDBObjectStore.prototype.put = () => { throw new DOMException("no room", "QuotaExceededError"); };
  Storage.prototype.setItem = () => { throw new DOMException("no room", "QuotaExceededError"); };
}"""


@pytest.fixture
def phone(stage: Playwright, network: Network, world: Any, tmp_path: Path) -> Iterator[Phone]:
    """A telephone with the round open on it and kept there; its clock is right."""
    one = Phone(stage, network, tmp_path / "profile")
    one.shift = 0
    one.start("/rider/offline.html")
    one.enter(world["session"])
    one.page.goto("/rider/")
    until(one.page, KEPT)
    one.put_away()  # the profile is written: who has come in stays in, though the browser dies
    one.start()
    expect(heading(one.page)).to_have_text("1 rue de la Cave")
    yield one
    one.put_away()


@pytest.fixture
def events(world: Any, var: Path) -> Callable[[], list[tuple[int, str, str]]]:
    """What the server knows of the round's doors: door, kind, who took it."""
    return lambda: [
        (one["door"], one["kind"], one["recipient"]) for one in in_server(var, f"told('{world['round']}')")["events"]
    ]


def heading(page: Page) -> Any:
    return page.get_by_role("heading", level=1)


def at_the_door(page: Page, number: int) -> None:
    expect(heading(page)).to_have_text(f"{number} rue de la Cave")
    page.get_by_role("link", name="I am at the door").click()
    expect(page.get_by_role("heading", name="Who took it?")).to_be_visible()


def hand(page: Page, number: int) -> None:
    """Handed over to whom it is for; the page has gone on."""
    at_the_door(page, number)
    page.get_by_role("button", name=f"Client {number}", exact=True).click()
    expect(heading(page)).not_to_have_text(f"{number} rue de la Cave")


def send(page: Page) -> None:
    """The network is back: until nothing waits."""
    for _try in range(60):
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.wait_for_timeout(400)
        if page.evaluate(EMPTY):
            return
    pytest.fail(f"something still waits: {page.evaluate(WAITING)}, {page.get_by_role('main').inner_text()[:800]}")


def test_what_was_chosen_survives_a_browser_that_dies(phone: Phone, world: Any, var: Path) -> None:
    """A photo and a name before the tap; then a reason and words. They come back where they were, and go when used."""
    page = phone.page
    phone.cut(True)
    at_the_door(page, 1)
    page.get_by_label("Who took it").fill("Léa, 2e étage")
    page.get_by_label("A photo of where it stands").set_input_files(photo("blue"))
    until(page, "() => document.querySelector('input[type=file]').files[0].name === 'door.jpg'")
    until(page, f"async () => (await ({DRAFTS})()).includes('door.jpg')")
    phone.kill()

    page = phone.start()  # still without a network, and at the same door
    expect(page.get_by_text("What you had chosen here is back. Nothing is sent yet.")).to_be_visible()
    expect(heading(page)).to_have_text("1 rue de la Cave")
    expect(page.get_by_label("Who took it")).to_have_value("Léa, 2e étage")
    assert page.evaluate("document.querySelector('input[type=file]').files[0].name") == "door.jpg"
    assert page.evaluate(WAITING) == [], "nothing was tapped for the rider"
    page.get_by_role("button", name="Hand over", exact=True).click()
    expect(heading(page)).to_have_text("2 rue de la Cave")
    until(page, f"async () => (await ({DRAFTS})()).length === 0")

    at_the_door(page, 2)
    page.get_by_text("It did not work").click()
    page.get_by_label("Another reason").check()
    page.get_by_label("In your words").fill("A dog")
    until(page, f"async () => (await ({DRAFTS})()).includes('A dog')")
    page.get_by_role("link", name="Where next").click()
    expect(page.get_by_role("link", name="I am at the door")).to_be_visible()
    phone.kill()

    page = phone.start("/rider/#")
    expect(page.get_by_label("In your words")).to_have_value("A dog")
    expect(page.get_by_label("Another reason")).to_be_checked()
    phone.cut(False)
    send(page)
    page.get_by_role("button", name="It rides back to the hub").click()
    expect(heading(page)).to_have_text("3 rue de la Cave")
    until(page, f"async () => (await ({DRAFTS})()).length === 0")
    send(page)
    first, second = in_server(var, f"told('{world['round']}')")["events"]
    assert (first["door"], first["kind"], first["recipient"]) == (1, "delivered", "Léa, 2e étage")
    assert first["colour"] == pytest.approx(COLOURS["blue"], abs=12)
    assert (second["door"], second["kind"]) == (2, "failed")


def test_what_was_chosen_leaves_with_the_shift_and_the_person(phone: Phone, world: Any, var: Path) -> None:
    page = phone.page
    at_the_door(page, 1)
    page.get_by_label("Who took it").fill("Léa")
    until(page, f"async () => (await ({DRAFTS})()).includes('Léa')")
    page.get_by_role("link", name="Where next").click()
    back = page.get_by_role("button", name="I am back at the hub")
    back.click()
    back.click()
    expect(heading(page)).to_have_text("Your day is done")
    until(page, f"async () => (await ({DRAFTS})()).length === 0")
    sessions = in_server(var, f"sign_out('{world['session']}')")
    phone.enter(sessions["other"])
    page.goto("/rider/")
    until(
        page,
        "async () => !(await indexedDB.databases()).some((one) => one.name.startsWith('private:') && one.name !== `private:${document.body.dataset.whose}`)",
    )


def test_a_cold_hand_taps_twice(phone: Phone, events: Any, world: Any, var: Path) -> None:
    """Each button is hit three times within a moment: no tap lands on what comes after it, on the last door neither."""
    page = phone.page
    phone.cut(True)
    for number in range(1, 9):
        at_the_door(page, number)
        button = page.get_by_role("button", name=f"Client {number}", exact=True)
        button.click(click_count=3)
    expect(heading(page)).to_have_text("Ride back to the hub")
    phone.cut(False)
    send(page)
    expect(page.get_by_text("This could not be used")).to_be_hidden()
    assert events() == [(number, "delivered", f"Client {number}") for number in range(1, 9)]
    assert in_server(var, f"told('{world['round']}')")["back"] is None


def test_two_pages_of_one_rider(phone: Phone, events: Any) -> None:
    """What is tapped on one page is known on the other at once, with and without a network."""
    page = phone.page
    other = phone.context.new_page()
    other.goto("/rider/")
    for number, cut in ((1, False), (2, True)):
        phone.cut(cut)
        at_the_door(page, number)
        at_the_door(other, number)
        other.get_by_role("button", name=f"Client {number}", exact=True).click()
        expect(heading(other)).to_have_text(f"{number + 1} rue de la Cave")
        expect(heading(page)).to_have_text(f"{number + 1} rue de la Cave")
    phone.cut(False)
    send(page)
    for one in (page, other):
        expect(one.get_by_text("This could not be used")).to_be_hidden()
    assert events() == [(1, "delivered", "Client 1"), (2, "delivered", "Client 2")]


def test_a_clock_that_is_set_back(phone: Phone, world: Any, var: Path) -> None:
    """Without a network the clock is set back by fifty minutes; then once more while the browser is closed."""
    page = phone.page
    phone.cut(True)
    true: list[float] = []

    def tap(number: int) -> None:
        at_the_door(page, number)
        true.append(float(page.evaluate("Date.now()")) / 1000 - phone.shift)
        page.get_by_role("button", name=f"Client {number}", exact=True).click()
        expect(heading(page)).not_to_have_text(f"{number} rue de la Cave")

    tap(1)
    phone.shift = -3000
    page.evaluate("globalThis.phoneShift = -3e6; globalThis.phoneSet = -3e6;")
    tap(2)
    tap(3)
    phone.kill()
    phone.shift = -5000
    page = phone.start()
    tap(4)
    phone.cut(False)
    send(page)
    written = [one["at"] for one in in_server(var, f"told('{world['round']}')")["events"]]
    assert written[:3] == pytest.approx(true[:3], abs=3)
    assert written[3] == pytest.approx(true[3], abs=60), "as long as no page was open nobody could measure"
    assert written == sorted(written)


def test_a_broken_server(phone: Phone, network: Network, events: Any) -> None:
    """502 and 500 for taps and pages, then no answer at all: the shift goes on, and the page says what is the matter."""
    page = phone.page
    network.broken = b"502 Bad Gateway"
    page.goto("/rider/")
    expect(page.get_by_text("The server cannot answer just now: this page is as it was at")).to_be_visible()
    hand(page, 1)
    waits = page.get_by_text("the server cannot take it just now. It is tried again by itself.")
    expect(waits).to_be_visible()
    page.goto("/rider/")
    expect(heading(page)).to_have_text("2 rue de la Cave")
    expect(waits).to_be_visible()  # one sentence says what is the matter
    network.broken = b"500 Internal Server Error"
    hand(page, 2)
    page.go_back()
    expect(heading(page)).to_have_text("3 rue de la Cave")
    network.broken = b"429 Too Many Requests"
    page.reload()
    expect(heading(page)).to_have_text("3 rue de la Cave")
    network.broken = b""
    send(page)
    network.slow = 3
    hand(page, 3)
    page.go_back()  # while it is being sent
    page.go_forward()
    expect(heading(page)).to_have_text("4 rue de la Cave")
    network.slow = 24  # longer than the page waits for an answer; the server hears of it all the same
    hand(page, 4)
    page.wait_for_timeout(22_000)
    network.slow = 0
    hand(page, 5)
    send(page)
    page.wait_for_timeout(4_000)
    expect(page.get_by_text("This could not be used")).to_be_hidden()
    assert sorted(events()) == [(number, "delivered", f"Client {number}") for number in range(1, 6)]


def test_a_newer_release_in_the_middle(phone: Phone, network: Network) -> None:
    """A page of it is kept with its own files; where one of them cannot be had, the page of before stays."""
    page = phone.page
    name = page.locator("script[src*='rider-shift.']").get_attribute("src")
    assert name
    for release, kept in ((name.replace(".js", "000.js"), False), ("/static/delivery/js/rider-shift.js", True)):
        network.swap = (name.encode(), release.encode())
        page.wait_for_timeout(10_500)  # the page asks for news of the plan no sooner
        with page.expect_response(lambda answer: answer.url.endswith("/rider/")):
            page.evaluate("window.dispatchEvent(new Event('online'))")
        page.wait_for_timeout(1_500)
        phone.kill()
        network.cut = True
        page = phone.start()
        assert (page.locator("script[src*='rider-shift']").get_attribute("src") == release) is kept
        at_the_door(page, 1)  # its scripts are there
        page.get_by_role("link", name="Where next").click()
        phone.cut(False)


def test_the_session_ends_in_the_middle(phone: Phone, world: Any, var: Path, events: Any) -> None:
    """Nothing is sent for somebody else; who signs in again sends it."""
    page = phone.page
    sessions = in_server(var, f"sign_out('{world['session']}')")
    hand(page, 1)
    expect(page.get_by_text("Kept on this phone: you are no longer signed in.")).to_be_visible()
    expect(page.get_by_role("link", name="Sign in again, so that it is sent")).to_be_visible()
    hand(page, 2)
    phone.enter(sessions["other"])
    page.goto("/rider/")
    expect(
        page.get_by_text("Kept on this phone for somebody else: 2. It is sent when they sign in here.")
    ).to_be_visible()
    assert events() == []
    phone.enter(sessions["same"])
    page.goto("/rider/")
    send(page)
    expect(heading(page)).to_have_text("3 rue de la Cave")
    assert events() == [(1, "delivered", "Client 1"), (2, "delivered", "Client 2")]


def test_a_full_telephone(phone: Phone, events: Any) -> None:
    """No room for a single tap: it stays with the page, which says so, and is sent all the same."""
    page = phone.page
    phone.cut(True)
    hand(page, 1)
    page.evaluate(FULL)
    at_the_door(page, 2)
    page.get_by_label("A photo of where it stands").set_input_files(photo("red"))
    page.get_by_role("button", name="Hand over", exact=True).click()
    expect(heading(page)).to_have_text("3 rue de la Cave")
    expect(page.get_by_text("This phone is full. Leave this page open until everything is sent.")).to_be_visible()
    hand(page, 3)
    assert len(page.evaluate(WAITING)) == 3
    phone.cut(False)
    send(page)
    expect(page.get_by_text("This phone is full.")).to_be_hidden()
    assert events() == [(1, "delivered", "Client 1"), (2, "delivered", ""), (3, "delivered", "Client 3")]


def test_a_photo_of_twelve_megabytes(phone: Phone, world: Any, var: Path) -> None:
    """Tapped at once, before it is made small: it waits as a small one, at its own door. What is no picture is said now."""
    page = phone.page
    phone.cut(True)
    at_the_door(page, 1)
    choose = page.get_by_label("A photo of where it stands")
    choose.set_input_files({"name": "list.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    page.get_by_role("button", name="Hand over", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="We cannot read this file as a picture.")).to_be_visible()
    out = io.BytesIO()
    Image.frombytes("RGB", (2800, 2100), os.urandom(2800 * 2100 * 3)).save(out, "JPEG", quality=94, subsampling=0)
    assert 12_000_000 < len(out.getvalue()) < 15_000_000
    choose.set_input_files({"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()})
    page.get_by_role("button", name="Hand over", exact=True).click()
    expect(heading(page)).to_have_text("2 rue de la Cave")
    ((url, size),) = page.evaluate(WAITING)
    assert world["stops"][0] in url
    assert size < 4_000_000
    phone.cut(False)
    send(page)
    (event,) = in_server(var, f"told('{world['round']}')")["events"]
    assert (event["door"], event["colour"] is not None) == (1, True)


def test_the_camera_reads_a_label_without_a_network(issy: Town, world: Any, looking_at: Any) -> None:
    page = issy.open()
    page.context.add_cookies([{"name": "sessionid", "value": world["session"], "url": issy.base}])
    page.goto("/rider/")
    read = "JSON.parse(document.querySelector('#shift').textContent).rounds[0].stops.map((s) => s.bags[0])"
    code = page.evaluate(read)[0]
    camera = looking_at(code).open()
    camera.context.add_cookies([{"name": "sessionid", "value": world["session"], "url": issy.base}])
    camera.goto("/rider/")
    until(camera, KEPT)
    camera.context.set_offline(True)
    camera.reload()  # nothing of the reader of codes is in the page's own memory
    at_the_door(camera, 1)
    camera.get_by_role("button", name="Camera").click()
    expect(camera.locator(".camera__said")).to_contain_text(f"{code} belongs here.", timeout=20_000)
