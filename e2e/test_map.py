"""The live map in a real browser: what a resident does, what a keyboard does, what another site may do with it."""

import http.server
import re
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from e2e.conftest import ARGUMENTS, DESK, PHONE, Town, chromium_path

# WebGL drawn by the processor: no screen and no graphics card are needed.
GRAPHICS = [*(a for a in ARGUMENTS if a != "--disable-gpu"), "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
LIVE = "live-map[data-live]"
SAID = "#map-said"
expect.set_options(timeout=20_000)  # a map drawn by a processor that others use as well


@pytest.fixture(scope="module")
def painter(stage: Playwright) -> Iterator[Browser]:
    """A browser that draws maps."""
    browser = stage.chromium.launch(executable_path=chromium_path(), args=GRAPHICS)
    yield browser
    browser.close()


@pytest.fixture
def issy_drawn(painter: Browser, port: int) -> Iterator[Town]:
    """The first demonstration town, in a browser that draws maps."""
    town = Town(painter, port)
    yield town
    town.close()


@pytest.fixture
def heard() -> dict[str, list[str]]:
    """What the pages opened with ``listen`` asked for and complained about."""
    return {"hosts": [], "complaints": []}


def listen(page: Page, heard: dict[str, list[str]]) -> Page:
    page.on("request", lambda request: heard["hosts"].append(re.sub(r"^\w+://([^/]+)/.*", r"\1", request.url)))
    page.on(
        "console", lambda said: heard["complaints"].append(said.text) if said.type in {"error", "warning"} else None
    )
    return page


def count(page: Page) -> int:
    return int(re.findall(r"\d+", page.locator(SAID).inner_text())[0])


def slugs(page: Page) -> list[str]:
    return page.locator("#map-rows [data-slug]").evaluate_all("rows => rows.map((row) => row.dataset.slug)")


def test_a_resident_looks_around(issy_drawn: Town, heard: dict[str, list[str]]) -> None:
    page = listen(issy_drawn.open(), heard)
    page.goto("/map/")
    expect(page.locator(LIVE)).to_be_visible()
    expect(page.locator(".townmap__canvas canvas")).to_be_visible()
    expect(page.locator(".townmap__drawn")).to_be_hidden()
    whole = count(page)
    assert page.url.endswith("/map/")
    page.get_by_role("button", name="Closer").click()
    page.wait_for_url(re.compile(r"at="))
    expect(page.locator(SAID)).to_contain_text("in this part of the map")
    assert 0 < count(page) < whole
    page.locator(".pills a[data-key=shops]").click()
    page.wait_for_url(re.compile(r"group=shops"))
    expect(page.locator(".pills a[data-key=shops]")).to_have_attribute("aria-current", "true")
    page.get_by_text("More choices").click()
    with page.expect_response(re.compile(r"kind=bakery.*bbox=")):
        page.get_by_label("Kind", exact=True).select_option("bakery")
    page.wait_for_url(re.compile(r"kind=bakery"))
    expect(page.locator("#map-rows .row__text").first).to_contain_text("Bakery")
    kept, places = page.url, slugs(page)
    page.reload()
    expect(page.locator(LIVE)).to_be_visible()
    expect(page.locator("#map-rows [data-slug]")).to_have_count(len(places))
    assert page.url == kept
    assert slugs(page) == places
    page.go_back()  # the filter, not the movement
    expect(page.get_by_label("Kind", exact=True)).to_have_value("")
    own = {host for host in heard["hosts"] if host}
    assert own == {issy_drawn.base.removeprefix("http://")}, own
    assert heard["complaints"] == []


def test_the_same_address_shows_the_same_places_without_a_script(issy_drawn: Town) -> None:
    plain = issy_drawn.open(javascript=False)
    plain.goto("/map/?group=shops")
    spot = plain.locator("#map-rows li").first.evaluate("row => `${row.dataset.lat},${row.dataset.lon}`")
    address = f"/map/?group=shops&at={spot},15"
    plain.goto(address)
    live = issy_drawn.open(viewport=DESK)
    live.goto(address)
    expect(live.locator(LIVE)).to_be_visible()
    live.wait_for_load_state("networkidle")
    both = sorted({*slugs(plain)} & {*slugs(live)})
    assert both
    assert [slug for slug in slugs(plain) if slug in both] == [slug for slug in slugs(live) if slug in both]
    plain.get_by_role("link", name="Closer", exact=True).click()
    assert "%2C16" in plain.url


def test_a_keyboard_goes_from_list_to_place_and_moves_the_map(issy_drawn: Town) -> None:
    page = issy_drawn.open(viewport=DESK)
    page.goto("/map/")
    expect(page.locator(LIVE)).to_be_visible()
    page.get_by_role("link", name="Skip the map, go to the list").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "map-list"
    page.keyboard.press("Tab")
    first = page.locator("#map-rows li").first
    expect(first).to_have_class(re.compile("picked"))
    page.locator(".maplibregl-canvas").focus()
    page.keyboard.press("+")
    page.wait_for_url(re.compile(r"at="))
    before = page.url
    page.keyboard.press("ArrowRight")
    page.wait_for_function("before => location.href !== before", arg=before)
    page.locator("#map-rows a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/places/"))
    page.go_back()
    page.wait_for_url(re.compile(r"/map/\?at="))


def test_a_pin_opens_its_card(issy_drawn: Town) -> None:
    page = issy_drawn.open()
    slug = "borne-de-recharge-28-rue-bara"  # nothing else stands within a finger of it
    page.goto(f"/map/?place={slug}")
    expect(page.locator(LIVE)).to_be_visible()
    card = page.locator(".townmap__card")
    expect(card).to_be_visible()
    card.get_by_role("button", name="Close").click()
    expect(card).to_be_hidden()
    box = page.locator(".maplibregl-canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(card.get_by_role("link")).to_have_attribute("href", f"/places/{slug}/")


def test_without_webgl_the_drawn_map_stays(issy: Town) -> None:
    page = issy.open()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto("/map/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("town-map svg.map")).to_be_visible()
    assert page.locator(LIVE).count() == 0
    page.get_by_label("Open now").check()
    page.get_by_role("button", name="Show on the map").click()
    page.wait_for_url(re.compile(r"open=on"))


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Another site, on another host and port: its folder and its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_line_to_copy_works_on_another_site(
    issy_drawn: Town, elsewhere: tuple[Path, str], heard: dict[str, list[str]]
) -> None:
    page = issy_drawn.open(viewport=DESK)
    page.goto("/map/?group=shops")
    page.get_by_text("Put this map on your site").click()
    line = page.get_by_label("The line to copy").input_value()
    page.get_by_role("button", name="Copy the line").click()
    expect(page.get_by_text("The line is copied.")).to_be_visible()
    folder, address = elsewhere
    (folder / "index.html").write_text(
        f"<!doctype html><link rel=icon href='data:,'><title>Our town</title><h1>Our shops</h1>{line}"
    )
    context = issy_drawn.browser.new_context(viewport=PHONE, locale="en")
    visitor = listen(context.new_page(), heard)
    visitor.goto(f"{address}/index.html")
    frame = visitor.frame_locator("iframe")
    expect(frame.locator(LIVE)).to_be_visible(timeout=20_000)
    expect(frame.locator(".pills a[data-key=shops]")).to_have_attribute("aria-current", "true")
    frame.locator(".pills a[data-key=outdoors]").click()
    expect(frame.locator(".pills a[data-key=outdoors]")).to_have_attribute("aria-current", "true")
    expect(frame.locator("#map-rows .row__text").first).to_contain_text(re.compile("Park|Playground|Sport"))
    assert context.cookies() == []
    assert heard["complaints"] == []
    frame.locator("#map-rows a").first.click()
    visitor.wait_for_url(re.compile(r"issy\.localhost.*/places/"))
    context.close()
