"""A page gone through with the keys alone: what has the focus, whether it is seen, and the Tab key until something has it."""

from collections.abc import Callable

from playwright.sync_api import Page

HERE = """() => {
    const here = document.activeElement, box = here.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const label = here.closest("label");
    return {
        name: here.name || "", value: here.value || "", href: here.getAttribute("href") || "",
        text: (here.innerText || here.textContent || "").replace(/\\s+/g, " ").trim(), tab: here.matches(".tabs a"),
        main: Boolean(here.closest("main")), map: Boolean(here.closest("svg")),
        whole: box.left >= 0 && box.right <= innerWidth,
        seen: Boolean(top && (here.contains(top) || top.contains(here) || label?.contains(top))),
    };
}"""


def here(page: Page) -> dict:
    """What has the focus: its name, value, href and text, and whether it is seen."""
    found: dict = page.evaluate(HERE)
    return found


def tab_to(page: Page, wanted: Callable[[dict], bool]) -> dict:
    """Press Tab until ``wanted`` has the focus; what is passed in the page's main part is never covered.

    Pins of a map may lie on one another: two doors of one house.
    """
    for _press in range(200):
        page.keyboard.press("Tab")
        now = here(page)
        for _moment in range(10):  # a page that is still being drawn moves under the focus
            if now["seen"] or not now["main"] or now["map"]:
                break
            page.wait_for_timeout(100)
            now = here(page)
        else:
            raise AssertionError(f"covered: {now}")
        if wanted(now):
            return now
    raise AssertionError(f"the keyboard does not reach it on {page.url}")
