"""A real server with the demonstration towns, and a real browser. Nothing is mocked.

The server runs on its own folder and port; set ``PARVIS_E2E_URL`` to look at a running one instead.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from urllib.request import urlopen

import pytest
import segno
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
ARGUMENTS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A journey may take minutes; a page may not."""
    for item in items:
        item.add_marker(pytest.mark.timeout(600))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's folder, where its mails lie; that of a running server is ``PARVIS_VAR``."""
    if os.environ.get("PARVIS_E2E_URL"):
        return Path(os.environ.get("PARVIS_VAR", ROOT / "var"))
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="session")
def port(var: Path) -> Iterator[int]:
    """The port of a server with the demonstration towns, started as ``make run`` starts it."""
    if running := os.environ.get("PARVIS_E2E_URL"):
        yield int(running.rstrip("/").rpartition(":")[2])
        return
    with serving(var) as number:
        yield number
    shutil.rmtree(var, ignore_errors=True)


@contextmanager
def serving(folder: Path, settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[int]:
    """A server with the demonstration towns in its own folder, and with these settings; its port."""
    number = _free_port()
    environment = os.environ | {"PARVIS_VAR": str(folder), "PORT": str(number)} | settings
    environment.pop("DATABASE_URL", None)
    log = (folder / "serve.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "parvis", "serve", "--demo", "--port", str(number)],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_for(number, server, folder / "serve.log")
        yield number
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def _wait_for(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _attempt in range(1800):
        if server.poll() is not None:
            raise RuntimeError(f"the server ended: {log.read_text()[-2000:]}")
        try:
            if urlopen(f"http://127.0.0.1:{port}/ready/", timeout=1).status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the server did not answer: {log.read_text()[-2000:]}")


def chromium_path() -> str:
    """Where the machine's browser is."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("The journeys need Chromium: apt-get install chromium")
    return path


@pytest.fixture(scope="session")
def stage() -> Iterator[Playwright]:
    """What starts browsers: there may be one at a time."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(stage: Playwright) -> Iterator[Browser]:
    """Debian's Chromium with an empty profile."""
    browser = stage.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
    yield browser
    browser.close()


class Town:
    """Browsers at one town's host."""

    def __init__(self, browser: Browser, port: int, slug: str = "issy") -> None:
        self.browser, self.base = browser, f"http://{slug}.localhost:{port}"
        self.contexts: list[BrowserContext] = []

    def open(
        self,
        person: str = "",
        *,
        viewport: dict[str, int] = PHONE,
        javascript: bool = True,
        language: str = "en",
        scheme: str = "light",
    ) -> Page:
        """A new browser, entered as ``person`` (the first part of a demonstration account's mail) or nobody."""
        context = self.browser.new_context(
            base_url=self.base,
            viewport=viewport,
            java_script_enabled=javascript,
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": "language", "value": language, "url": self.base}])
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error on {page.url}: {error}"))
        if person:
            page.goto("/demo/")
            page.locator("li", has_text=f"{person}@").get_by_role("button").first.click()
            page.wait_for_load_state()
        return page

    def close(self) -> None:
        """Close every browser that was opened."""
        for context in self.contexts:
            context.close()


@pytest.fixture
def issy(chromium: Browser, port: int) -> Iterator[Town]:
    """The first demonstration town."""
    town = Town(chromium, port)
    yield town
    town.close()


@pytest.fixture
def looking_at(stage: Playwright, chromium: Browser, tmp_path: Path, issy: Town) -> Iterator[object]:
    """``looking_at(code)``: a browser whose camera sees a label with this code."""
    opened: list[Browser] = []

    def see(code: str) -> Town:
        film = tmp_path / f"{code}.mjpeg"
        film.write_bytes(_film(code))
        browser = stage.chromium.launch(
            executable_path=chromium_path(),
            args=[
                *ARGUMENTS,
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={film}",
            ],
        )
        opened.append(browser)
        return Town(browser, int(issy.base.rpartition(":")[2]))

    yield see
    for browser in opened:
        browser.close()


def _film(code: str) -> bytes:
    """Pictures of a label in somebody's hand: paper on a grey table, a little aslant."""
    drawn = BytesIO()
    segno.make(code, error="m", micro=False).save(drawn, kind="png", scale=9, border=4)
    label = Image.open(drawn).convert("RGB")
    frames = BytesIO()
    for turn in (0, 2, 4, 2):
        table = Image.new("RGB", (640, 480), (120, 120, 116))
        held = label.rotate(turn, expand=True, fillcolor=(120, 120, 116))
        table.paste(held, ((640 - held.width) // 2, (480 - held.height) // 2))
        table.save(frames, "JPEG", quality=80)
    return frames.getvalue()
