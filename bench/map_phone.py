"""How soon the map of a town stands on a phone: `.venv/bin/python bench/map_phone.py URL [RUNS]`.

A 360 px Chromium whose processor is slowed down four times and whose network is that of a phone with slow 4G
(1.6 Mbit/s, 150 ms), with ordinary 4G (9 Mbit/s, 70 ms), then neither. Says the median of the runs, with an empty cache
and with a filled one.
WebGL is drawn by the processor here, slowed down as well: a phone's own graphics are quicker.
A last line says how much work the page's main thread did before and after the first paint (milliseconds of processor,
not slowed down): on a machine that is busy with other things only this line can be compared.
"""

import json
import statistics
import sys
from itertools import product
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ARGUMENTS = ["--no-sandbox", "--headless", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-quic"]
NETWORKS: dict[str, dict[str, Any] | None] = {  # milliseconds, bytes a second
    "slow 4G": {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8},
    "4G": {"offline": False, "latency": 70, "downloadThroughput": 9e6 / 8, "uploadThroughput": 3e6 / 8},
    "as it is": None,
}
WATCH = """
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.drawnAt = entry.startTime; })
  .observe({ type: "paint", buffered: true });
new MutationObserver(() => {
  if (!window.listAt && document.querySelector("#map-rows li")) window.listAt = performance.now();
  if (!window.liveAt && document.querySelector("live-map[data-live]")) window.liveAt = performance.now();
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
TIMES = """({
  answer: performance.getEntriesByType("navigation")[0].responseEnd, paint: drawnAt, list: listAt, live: liveAt,
})"""


def one(page: Page, url: str, *, network: str, cold: bool) -> dict[str, float]:
    """Milliseconds from the click to: first paint (the drawn map is in it), the list read, the live map; kilobytes."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    if cold:
        session.send("Network.clearBrowserCache")
    if limits := NETWORKS[network]:
        session.send("Network.emulateNetworkConditions", limits)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(url, wait_until="commit")
    page.wait_for_selector("live-map[data-live]", timeout=120_000)
    page.wait_for_load_state("networkidle")
    times: dict[str, Any] = page.evaluate(TIMES)
    session.detach()
    return times | {"kilobytes": sum(received) / 1000, "requests": len(received)}


def median(browser: Browser, url: str, runs: int, *, network: str, cold: bool) -> dict[str, int]:
    """The median of ``runs``, each in a browser of its own."""
    found: list[dict[str, float]] = []
    for _run in range(runs):
        context = browser.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=2)
        context.add_init_script(WATCH)
        page = context.new_page()
        if not cold:
            one(page, url, network="as it is", cold=True)
        found.append(one(page, url, network=network, cold=cold))
        context.close()
    return {key: round(statistics.median(run[key] for run in found)) for key in found[0]}


def work(browser: Browser, url: str) -> dict[str, float]:
    """Processor time of the page's main thread up to the first paint, and from there to the live map."""
    timeline = ["devtools.timeline", "disabled-by-default-devtools.timeline"]
    browser.start_tracing(categories=[*timeline, "toplevel", "blink.user_timing", "loading"])
    page = browser.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=2).new_page()
    page.goto(url)
    page.wait_for_selector("live-map[data-live]", timeout=120_000)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    page.context.close()
    begun = next(e["ts"] for e in events if e["name"] == "navigationStart" and url in json.dumps(e.get("args", {})))
    paint = next(e for e in events if e["name"] == "firstPaint" and e["ts"] > begun)
    named = (e for e in events if e["name"] == "thread_name" and e["args"].get("name") == "CrRendererMain")
    main_thread = next((e["pid"], e["tid"]) for e in named if e["pid"] == paint["pid"])
    tasks = [e for e in events if e["name"] == "RunTask" and (e["pid"], e["tid"]) == main_thread]
    done = {True: 0.0, False: 0.0}
    for task in (task for task in tasks if task["ts"] >= begun):
        done[task["ts"] < paint["ts"]] += task.get("tdur", 0) / 1000
    return {"before_paint": round(done[True]), "after_paint": round(done[False])}


def main(url: str, runs: int = 5) -> None:
    """Print one line of JSON for each case."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for network, cold in product(NETWORKS, (True, False)):
            case = {"network": network, "cold": cold}
            print(json.dumps(case | median(browser, url, runs, network=network, cold=cold)), flush=True)
        print(json.dumps(work(browser, url)))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]))
