"""How the Lab feels in a real Chromium: from the hand to the paint, from a new data set to its picture, from cold.

    python -m tests.benchmarks view [--repeats N]

A server and a browser of its own. Drag to paint: from the time stamp of a real mouse event to the end of the frame that
drew what it asked for. A change of data: from the click to the picture, each data set once, so that nothing is cached.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM_FLAGS, Server, find_chromium

QUERY = "n_samples=120&label_noise=0.15&lr=0.03&lambdas=0.0001~1.0~24&seeds=0~4"
DATA_SETS = ("Two circles", "Exclusive or", "Separable classes", "Three blobs", "Noisy sine", "Iris")
WATCH = """
() => {
  const find = (node) => { for (const e of node.querySelectorAll("*")) {
    const root = e.shadowRoot?.querySelector(".wdl"); if (root) return root; } };
  const root = find(document);
  window.latencies = []; window.frames = [];
  let asked = null;
  for (const plot of root.querySelectorAll('[data-testid="lambda-plot"], [data-testid="epoch-plot"]')) {
    plot.addEventListener("pointermove", (event) => { asked ??= event.timeStamp; });
  }
  new MutationObserver(() => {
    if (asked === null) return;
    const since = asked, channel = new MessageChannel();
    asked = null;
    channel.port1.onmessage = () => { const now = performance.now(); latencies.push(now - since); frames.push(now); };
    channel.port2.postMessage(0);
  }).observe(root, { attributes: true, attributeFilter: ["data-paints"] });
}
"""


def main(repeats: int) -> None:
    """Print the table."""
    rows: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        server = Server(Path(home))
        try:
            rows += loading(browser, server.url, repeats)
            for arms, query in (("one side", QUERY), ("two sides", f"{QUERY}&against=l1")):
                rows += dragging(browser, f"{server.url}/?{query}", arms, repeats)
            rows += changing(browser, f"{server.url}/?{QUERY}")
        finally:
            server.stop()
            browser.close()
    print("\n| the view, in Chromium | measured | target |\n|---|---:|---:|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def opened(browser: Browser, url: str) -> tuple[Page, dict[str, list[int]]]:
    """A page of its own with the picture on it, and the sizes of the messages that it sends and gets from now on."""
    sizes: dict[str, list[int]] = {"sent": [], "received": []}
    page = browser.new_page(viewport={"width": 1280, "height": 720})

    def listen(socket) -> None:
        socket.on("framesent", lambda data: sizes["sent"].append(len(data)))
        socket.on("framereceived", lambda data: sizes["received"].append(len(data)))

    page.on("websocket", listen)
    page.goto(url)
    page.get_by_test_id("boundary-0").wait_for(timeout=60_000)
    return page, sizes


def loading(browser: Browser, url: str, repeats: int) -> list[tuple[str, str, str]]:
    """Page load to first picture: on a server that nobody has visited, then with a new visitor each time."""
    seconds, received = [], 0
    for _ in range(1 + max(2, repeats // 2)):
        start = time.perf_counter()
        page, sizes = opened(browser, url)
        seconds.append(time.perf_counter() - start)
        received = sum(sizes["received"])
        page.context.close() if page.context.pages == [page] else page.close()
    return [
        ("cold server to first picture", f"{seconds[0]:.2f} s", "reported"),
        ("new visitor to first picture, median", f"{statistics.median(seconds[1:]):.2f} s", "reported"),
        ("messages of a page load", f"{received / 1e6:.1f} MB", "reported"),
    ]


def dragging(browser: Browser, url: str, arms: str, repeats: int) -> list[tuple[str, str, str]]:
    """Both scrubbers: latency, frames a second, and what the server hears of it."""
    page, sizes = opened(browser, url)
    page.wait_for_timeout(1500)
    page.evaluate(WATCH)
    rows = []
    for name in ("lambda", "epoch"):
        page.evaluate("latencies.length = frames.length = 0")
        box = page.get_by_test_id(f"{name}-plot").bounding_box()
        left, y, width = box["x"] + 60, box["y"] + box["height"] / 2, box["width"] - 120
        page.mouse.move(left, y)
        page.mouse.down()
        page.wait_for_timeout(500)
        sizes["sent"].clear()
        sizes["received"].clear()
        for sweep in range(max(2, repeats // 2)):
            for i in range(100):
                page.mouse.move(left + width * (i if sweep % 2 == 0 else 99 - i) / 99, y)
        page.wait_for_timeout(300)
        messages = len(sizes["sent"]) + len(sizes["received"])
        page.mouse.up()
        page.wait_for_timeout(2000)
        latencies, frames = sorted(page.evaluate("latencies")), page.evaluate("frames")
        p95 = latencies[int(0.95 * (len(latencies) - 1))]
        rate = 1000 / statistics.median(b - a for a, b in pairwise(frames))
        what = f"{'λ' if name == 'lambda' else 'epoch'}, {arms}"
        paint = f"{statistics.median(latencies):.0f} / {p95:.0f} ms"
        release = f"{sum(sizes['sent'])} / {sum(sizes['received'])} bytes"
        rows += [
            (f"drag to paint, {what}: median / p95", paint, "p95 ≤ 33 ms"),
            (f"frames a second, {what}", f"{rate:.0f}", "reported"),
            (f"messages while dragging, {what}", f"{messages}", "0"),
            (f"a release, {what}: sent / received", release, "about 1 KB"),
        ]
    page.close()
    return rows


def changing(browser: Browser, url: str) -> list[tuple[str, str, str]]:
    """From the choice of another data set to its picture."""
    page, _ = opened(browser, url)
    page.wait_for_timeout(1500)
    seconds = []
    for title in DATA_SETS:
        page.get_by_role("combobox", name="Data").first.click()
        before = page.url
        option = page.get_by_role("option", name=title)
        option.wait_for()
        start = time.perf_counter()
        option.click()
        page.wait_for_function("before => location.href !== before", arg=before, polling=20, timeout=60_000)
        seconds.append(time.perf_counter() - start)
        page.wait_for_timeout(700)
    page.close()
    measured = f"{statistics.median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})"
    return [("a change of data set to the new picture: median (least to most)", measured, "≤ 1 s")]
