"""No accessibility violation that a machine can find: every page, French and Dutch, light and dark, 360 and 1280."""

import os
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from e2e.conftest import DESK, PHONE, Town
from e2e.pages import PAGES, Look

OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# Each language in each theme, each width in each language and in each theme: every pair of these is looked at in four
# views of the eight. The other four, with PARVIS_E2E_ALL set, before a release: every page eight times takes a quarter of
# an hour.
VIEWS = [
    (language, scheme, viewport)
    for language in ("fr", "nl")
    for scheme in ("light", "dark")
    for viewport in (PHONE, DESK)
    if os.environ.get("PARVIS_E2E_ALL") or ((language == "nl") + (scheme == "dark") + (viewport is DESK)) % 2 == 0
]


@pytest.fixture(scope="session")
def inspected() -> Axe:
    return Axe()


def go(page: Page, look: Look) -> bool:
    """Open the page of a line of the table. False where today's life has no such page (no open stop late at night)."""
    _opened(page, look.path)
    for selector in look.follow:
        link = page.locator(selector).first
        if not link.count():
            return False
        _opened(page, link.get_attribute("href") or "")
    return True


def _opened(page: Page, path: str) -> None:
    """A page that says in fine letters that something broke is no page."""
    answer = page.goto(path)
    assert answer is None or answer.status < 500, f"{path}: {answer.status}"


def described(violations: list[dict[str, Any]]) -> str:
    """What is wrong, where, in a few lines."""
    return "\n".join(
        f"{v['id']}: {v['help']} {[node['target'] for node in v['nodes']][:4]} {v['nodes'][0].get('failureSummary', '')}"
        for v in violations
    )


@pytest.mark.parametrize("person", sorted({look.person for look in PAGES}), ids=lambda person: person or "anybody")
@pytest.mark.parametrize(("language", "scheme", "viewport"), VIEWS, ids=lambda value: str(value)[:14])
def test_no_violation(
    issy: Town, inspected: Axe, person: str, language: str, scheme: str, viewport: dict[str, int]
) -> None:
    page = issy.open(person, viewport=viewport, language=language, scheme=scheme)
    wrong, unseen = [], []
    for look in [look for look in PAGES if look.person == person]:
        if not go(page, look):
            unseen.append(look.name)
            continue
        if found := inspected.run(page, options=OPTIONS).response["violations"]:
            wrong.append(f"{look.name} ({page.url})\n{described(found)}")
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
            wrong.append(f"{look.name} ({page.url}) is wider than the screen")
    assert not wrong, "\n\n".join(wrong)
    assert len(unseen) <= 2, f"not seen today: {unseen}"


def test_pictures_of_every_page(issy: Town, request: pytest.FixtureRequest) -> None:
    """With ``PARVIS_PICTURES`` set to a folder: a picture of every page, to be looked at by people."""
    folder = os.environ.get("PARVIS_PICTURES")
    if not folder:
        pytest.skip("set PARVIS_PICTURES to a folder to get pictures of every page")
    for name, viewport in (("360", PHONE), ("1280", DESK)):
        for person in {look.person for look in PAGES}:
            page = issy.open(person, viewport=viewport, language="fr")
            for look in [look for look in PAGES if look.person == person]:
                if not go(page, look):
                    print("not seen today:", look.name)
                    continue
                page.screenshot(path=Path(folder) / f"{look.name.replace(' ', '-')}-{name}.png", full_page=True)
