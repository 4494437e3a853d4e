"""A shift in basements: no network for ninety minutes, the browser killed twice, a clock that is three minutes wrong, and
answers that are lost on the way back. Nothing is lost, nothing is doubled, every photo stays at its own door.
"""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Error, Page, Playwright, expect

from e2e.conftest import ARGUMENTS, PHONE, ROOT, chromium_path
from e2e.network import Network
from e2e.test_prepare import until

AHEAD = 3 * 60  # by so many seconds the phone's clock is wrong
SHIFT = 90 * 60
COLOURS = {"red": (200, 30, 30), "blue": (30, 30, 200), "green": (30, 160, 30), "yellow": (220, 200, 20)}
CLOCK = """(() => {
  const Real = globalThis.Date;
  if (Real.shifted) return;
  globalThis.Date = class extends Real {
    static shifted = true;
    constructor(...values) { values.length ? super(...values) : super(Real.now() + globalThis.phoneShift); }
    static now() { return Real.now() + globalThis.phoneShift; }
  };
  // time that passes is seen by both clocks; a clock that is set (phoneSet) by one
  const [real, start] = [performance.now.bind(performance), globalThis.phoneShift];
  globalThis.phoneSet = 0;
  performance.now = () => real() + globalThis.phoneShift - start - globalThis.phoneSet;
})();"""
EMPTY = """async () => (await (await import('/static/core/js/queue.js')).queue.waiting(document.body.dataset.whose)).length === 0"""


def in_server(var: Path, words: str, world: str = "rider_world") -> Any:
    """What a line of Python says inside of the server's settings, with the names of a world."""
    code = f"from e2e.{world} import *; say({words})"
    environment = os.environ | {"PARVIS_VAR": str(var)}
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


def photo(colour: str) -> dict[str, Any]:
    """A telephone's photo: large, and all of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (2400, 1800), COLOURS[colour]).save(out, "JPEG")
    return {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


class Phone:
    """A browser with a profile of its own, which can be killed, and a clock of its own."""

    def __init__(self, stage: Playwright, network: Network, profile: Path) -> None:
        self.stage, self.network, self.profile = stage, network, profile
        self.base = f"http://issy.localhost:{network.port}"
        self.shift = AHEAD
        self.context: BrowserContext

    def start(self, path: str = "/rider/") -> Page:
        """Switch it on and open a page."""
        self.context = self.stage.chromium.launch_persistent_context(
            self.profile,
            executable_path=chromium_path(),
            args=ARGUMENTS,
            base_url=self.base,
            viewport=PHONE,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(15_000)
        self.context.add_init_script(f"globalThis.phoneShift = {self.shift * 1000};")
        self.context.add_init_script(CLOCK)
        self.context.set_offline(self.network.cut)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        self.page.goto(path)
        return self.page

    def enter(self, session: str) -> None:
        """Signed in, in English, and kept by the profile."""
        values = {"sessionid": session, "language": "en"}
        self.context.add_cookies(
            [{"name": k, "value": v, "url": self.base, "expires": 4_000_000_000} for k, v in values.items()]
        )

    def put_away(self) -> None:
        """Closed as it should be: the profile is written."""
        self.context.close()

    def kill(self) -> None:
        """The process ends without a word, as when the battery is empty."""
        mark = f"--user-data-dir={self.profile}".encode()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (process / "cmdline").read_bytes().split(b"\0"):
                    os.kill(int(process.name), signal.SIGKILL)
        with suppress(Error):
            self.context.close()

    def cut(self, yes: bool) -> None:
        """No network, or a network again."""
        self.network.cut = yes
        self.context.set_offline(yes)

    def at(self, minute: float) -> None:
        """So many minutes of the shift have passed on the phone's clock; its error stays."""
        self.shift = round(AHEAD - SHIFT + 60 * minute)
        self.page.evaluate("(shift) => { globalThis.phoneShift = shift; }", self.shift * 1000)

    def moment(self) -> float:
        """The true time of what is tapped now, in seconds: the phone's clock without its error."""
        return float(self.page.evaluate("Date.now()")) / 1000 - AHEAD

    def door(self, number: int) -> None:
        """At the next door, which must be this one."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(f"{number} rue de la Cave")
        self.page.get_by_role("link", name="I am at the door").click()
        expect(self.page.get_by_role("heading", name="Who took it?")).to_be_visible()
        expect(self.page.get_by_text(f"Code {number}{number}{number}A, étage {number}")).to_be_visible()

    def hand(self, number: int, *, name: str = "", colour: str = "", neighbour: bool = False) -> float:
        """Hand over: to whom it is for, or with a name or a photo."""
        self.door(number)
        if name:
            self.page.get_by_label("Who took it").fill(name)
        if neighbour:
            self.page.get_by_label("A neighbour took it").check()
        if colour:
            self.page.get_by_label("A photo of where it stands").set_input_files(photo(colour))
            until(self.page, "() => document.querySelector('input[type=file]').files[0].name === 'door.jpg'")
        moment = self.moment()
        button = "Hand over" if name or colour else f"Client {number}"
        self.page.get_by_role("button", name=button, exact=True).click()
        # the page goes on once the tap is kept, and not before: whoever has seen this has lost nothing
        expect(self.page.get_by_role("heading", level=1)).not_to_have_text(f"{number} rue de la Cave")
        return moment

    def fail(self, number: int, reason: str, button: str) -> float:
        """It did not work, and what follows."""
        self.door(number)
        self.page.get_by_text("It did not work").click()
        self.page.get_by_label(reason).check()
        moment = self.moment()
        self.page.get_by_role("button", name=button).click()
        expect(self.page.get_by_role("link", name="I am at the door")).to_be_visible()
        return moment


@pytest.fixture
def network(port: int) -> Iterator[Network]:
    between = Network(port)
    yield between
    between.close()


@pytest.fixture
def world(port: int, var: Path) -> Any:
    """The rider's round; the server runs by then."""
    assert port
    return in_server(var, "make('issy')")


def test_ninety_minutes_without_a_network(
    stage: Playwright, network: Network, world: Any, var: Path, tmp_path: Path
) -> None:
    phone = Phone(stage, network, tmp_path / "profile")
    page = phone.start("/rider/offline.html")
    phone.enter(world["session"])
    page.goto("/rider/")
    until(page, "async () => Boolean(await caches.match(location.href, { ignoreVary: true }))")
    until(
        page, "async () => (await (await caches.open('files')).keys()).some((one) => one.url.includes('/rider-shift.'))"
    )
    # from here the story plays in the past: this phone has not seen the present
    page.evaluate("() => { localStorage.removeItem('parvis:clock:seen'); Storage.prototype.setItem = () => {}; }")
    phone.put_away()
    before = network.written
    network.cut, phone.shift = True, AHEAD - SHIFT
    page = phone.start()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 rue de la Cave")

    # what really happened, door by door: kind, true moment, what proves it
    truth: list[tuple[int, str, float, Any]] = []
    phone.at(5)
    truth.append((1, "delivered", phone.hand(1), "Client 1"))
    phone.at(12)
    truth.append((2, "delivered", phone.hand(2, colour="red"), "red"))
    phone.at(20)
    truth.append((3, "failed", phone.fail(3, "Nobody at home", "It rides back to the hub"), ""))
    phone.kill()

    page = phone.start()  # still without a network
    phone.at(33)
    expect(page.get_by_text("No network: this page is as it was at")).to_be_visible()
    expect(page.get_by_text("3 things are sent")).to_be_visible()
    truth.append((4, "tried", phone.fail(4, "Nobody at home", "I come by again on this round"), ""))
    phone.at(41)
    truth.append((5, "delivered", phone.hand(5, name="Léa, 2e étage", colour="blue", neighbour=True), "blue"))
    phone.at(50)
    truth.append((6, "delivered", phone.hand(6), "Client 6"))
    phone.kill()

    page = phone.start()
    phone.at(60)
    expect(page.get_by_text("6 things are sent")).to_be_visible()
    truth.append((7, "delivered", phone.hand(7, colour="green"), "green"))
    phone.at(70)
    truth.append((8, "failed", phone.fail(8, "The goods are damaged", "It rides back to the hub"), ""))
    phone.at(75)
    truth.append((4, "tried", phone.fail(4, "Nobody at home", "I come by again on this round"), ""))
    phone.at(80)
    truth.append((4, "delivered", phone.hand(4, colour="yellow"), "yellow"))
    phone.at(89)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ride back to the hub")
    back = phone.moment()
    page.get_by_role("button", name="I am back at the hub").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your day is done")
    assert network.written == before, "nothing has left the phone"

    phone.at(90)
    network.lose = 3  # the server hears these; the phone does not hear that it did
    phone.cut(False)
    for _try in range(60):
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.wait_for_timeout(400)
        if page.evaluate(EMPTY):
            break
    assert page.evaluate(EMPTY)
    expect(page.get_by_text("Everything is sent.")).to_be_visible()
    assert network.written - before == len(truth) + 1 + 3, "three were sent twice"

    told = in_server(var, f"told('{world['round']}')")
    assert [(one["door"], one["kind"]) for one in told["events"]] == [(door, kind) for door, kind, _at, _proof in truth]
    for one, (door, kind, moment, proof) in zip(told["events"], truth, strict=True):
        assert one["at"] == pytest.approx(moment, abs=3), (door, kind)
        if proof in COLOURS:
            assert one["colour"] == pytest.approx(COLOURS[proof], abs=12), door
        else:
            assert (one["colour"], one["recipient"]) == (None, proof)
    assert told["back"] == pytest.approx(back, abs=3)
    assert [one["neighbour"] for one in told["events"] if one["door"] == 5] == [True]
    handed = {door for door, kind, _at, _proof in truth if kind == "delivered"}
    assert told["bags"] == [[door, "delivered" if door in handed else "returned"] for door in range(1, 9)]
    latest = max(one["heard"] - one["at"] for one in told["events"])
    assert latest > 80 * 60, "the first was tapped long before the server heard of it"
    phone.put_away()
