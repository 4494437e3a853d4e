"""News from a shop's phone to a resident's screen, and out of it by the town's agent."""

import json
import re
import time
from io import BytesIO

from PIL import Image
from playwright.sync_api import Page, expect

from e2e.conftest import DESK, PHONE, Town
from parvis.core.tests.push_service import Browser


def photograph() -> dict[str, object]:
    """What a phone's camera hands over."""
    out = BytesIO()
    Image.new("RGB", (3000, 2250), "#c98a3c").save(out, "JPEG")
    return {"name": "IMG_0412.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def count_taps(page: Page) -> list[str]:
    """Each tap on the page from now on."""
    taps: list[str] = []
    page.expose_function("tapped", lambda what: taps.append(what))
    page.add_init_script("addEventListener('click', (e) => window.tapped(e.target.tagName), true)")
    return taps


def test_from_a_shops_phone_to_the_town_and_back(issy: Town) -> None:
    words = f"Un pain de seigle tout chaud à {time.time_ns() % 10**9} heures"
    merchant = issy.open("merchant", viewport=PHONE)
    taps = count_taps(merchant)
    merchant.goto("/my-news/")
    started = time.monotonic()
    merchant.get_by_role("textbox", name="What is new").fill(words)
    expect(merchant.locator(".letters")).to_contain_text(f"{500 - len(words)} ")
    merchant.get_by_label(re.compile("^Picture")).set_input_files(files=[photograph()])
    publish = merchant.get_by_role("button", name="Publish")
    box = publish.bounding_box()
    assert box, "the button is there"
    publish.click()
    expect(merchant.locator("#messages")).to_contain_text("Everybody can read it now")
    assert time.monotonic() - started < 20
    assert len(taps) <= 3, taps
    assert merchant.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    resident = issy.open("resident", viewport=PHONE)
    resident.goto("/news/")
    post = resident.locator(".post", has_text=words)
    expect(post.locator("img")).to_be_visible()
    post.get_by_role("link", name=words).click()
    expect(resident.locator("main img")).to_have_js_property("complete", True)
    assert resident.locator("main img").evaluate("image => image.naturalWidth") == 800
    address = resident.url
    resident.get_by_role("button", name=re.compile("^Follow")).click()
    expect(resident.locator("#messages")).to_contain_text("You follow")
    resident.goto("/news/following/")
    expect(resident.locator("main")).to_contain_text("La Mie du Parvis")
    resident.get_by_role("button", name=re.compile("Stop La Mie")).click()
    expect(resident.locator("main")).not_to_contain_text("La Mie du Parvis")

    agent = issy.open("agent", viewport=DESK)
    agent.goto("/agent/news/")
    row = agent.locator(".queue__post", has_text=words)
    row.get_by_label("Or say why not").fill("Le pain de ce jour est déjà vendu.")
    row.get_by_role("button", name=re.compile("^Withdraw")).click()
    expect(agent.locator("#messages")).to_contain_text("It is withdrawn")
    assert resident.goto(address).status == 404

    merchant.goto("/my-news/")
    expect(merchant.locator("main")).to_contain_text("Le pain de ce jour est déjà vendu.")


def test_without_javascript_a_shop_writes_and_a_resident_reads(issy: Town) -> None:
    words = f"Sans script {time.time_ns() % 10**9}"
    merchant = issy.open("merchant", javascript=False)
    merchant.goto("/my-news/")
    merchant.get_by_role("textbox", name="What is new").fill(words)
    merchant.get_by_role("button", name="Publish").click()
    resident = issy.open(javascript=False)
    resident.goto("/news/")
    expect(resident.locator("main")).to_contain_text(words)
    merchant.get_by_role("link", name=f"Withdraw {words}").click()
    merchant.get_by_role("button", name="Withdraw").click()
    resident.reload()
    expect(resident.locator("main")).not_to_contain_text(words)


FAKE = """
window.asked = 0;
const fake = {{ endpoint: "https://push.example.org/{name}", toJSON: () => ({subscription}), unsubscribe: async () => {{ known = null; }} }};
let known = null;
PushManager.prototype.subscribe = async (options) => {{
  window.asked += 1;
  window.key = new Uint8Array(options.applicationServerKey).length;
  return (known = fake);
}};
PushManager.prototype.getSubscription = async () => known;
"""


def test_notices_are_asked_for_by_a_tap_alone(issy: Town) -> None:
    """The push service is played (there is none on this machine); the worker, the page and our server are real."""
    subscription = Browser("https://push.example.org", f"e2e-{time.time_ns()}").as_json()
    page = issy.open()
    name = str(subscription["endpoint"]).rpartition("/")[2]
    page.add_init_script(FAKE.format(name=name, subscription=json.dumps(subscription)))
    page.goto("/news/")
    button = page.get_by_role("button", name="Tell me on this device")
    expect(button).to_be_visible()
    assert page.evaluate("window.asked") == 0
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    button.click()
    expect(page.locator("[data-said]")).to_contain_text("tells you when there is something new")
    assert page.evaluate("[window.asked, window.key]") == [1, 65]
    scope = page.evaluate("navigator.serviceWorker.getRegistration('/').then((one) => one.scope)")
    assert scope.endswith("/")
    page.get_by_role("button", name="Be quiet on this device").click()
    expect(page.locator("[data-said]")).to_contain_text("quiet again")
    expect(button).to_be_visible()
