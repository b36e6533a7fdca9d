"""How the Lab feels: from the hand to the paint, from a setting to its picture, from an address to the first picture.

    python -m tests.benchmarks view [--repeats N]

A fresh server, a real Chromium, real mouse events. A latency runs from the browser's own time stamp of the input to the
end of the frame that shows its consequence; only frames that show something new count.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM_FLAGS, Server, find_chromium
from tests.browser.lab_page import LabPage
from tests.browser.site import SLIDERS
from wd_core.datasets import DATASETS
from wd_core.training import train_all
from wd_core.ui.controls import DEFAULT
from wd_core.view.picture import make_picture
from wd_core.view.scene import Scene

SCREEN = {"width": 1280, "height": 720}
CHANGES = ("circles", "spirals", "blobs", "sine", "bumps", "iris", "breast_cancer", "digits")
ARMS = (("one penalty", ""), ("two penalties", "&against=l1"))
SWEEPS = 12

AFTER_PAINT = """
const afterPaint = act => {
  const channel = new MessageChannel();
  channel.port1.onmessage = act;
  channel.port2.postMessage(0);
};
"""
# The view's first paint, in milliseconds since the address was entered.
FIRST_PICTURE = f"""() => {{
  {AFTER_PAINT}
  const painted = node => [...node.querySelectorAll("*")].some(
    e => e.shadowRoot?.querySelector("[data-testid=lab-view]:not([data-paints='0'])"));
  const look = () => painted(document)
    ? afterPaint(() => {{ window.firstPicture = performance.now(); }})
    : requestAnimationFrame(look);
  look();
}}"""
# From a move of the pointer to the end of the frame that it changed; and the times of these frames.
WATCH_DRAG = f"""root => {{
  {AFTER_PAINT}
  window.latencies = [];
  window.frames = [];
  let moved = null, seen = "";
  root.addEventListener("pointermove", event => {{ moved ??= event.timeStamp; }}, true);
  new MutationObserver(() => {{
    const since = moved, shown = [...root.querySelectorAll("input[type=range]")].map(range => range.value).join();
    moved = null;
    if (since === null || shown === seen) return;
    seen = shown;
    afterPaint(() => {{
      window.frames.push(performance.now());
      window.latencies.push(performance.now() - since);
    }});
  }}).observe(root, {{ attributes: true, attributeFilter: ["data-paints"] }});
}}"""
# From a move of the pointer, after which the hand rests, to the end of the frame that is as fine as the screen.
WATCH_SHARP = f"""root => {{
  {AFTER_PAINT}
  window.sharpTook = [];
  let moved = null;
  root.addEventListener("pointermove", event => {{ moved = event.timeStamp; }}, true);
  const look = () => {{
    const since = moved;
    if (since === null || root.dataset.sharp !== "true") return;
    moved = null;
    afterPaint(() => window.sharpTook.push(performance.now() - since));
  }};
  new MutationObserver(look).observe(root, {{ attributes: true, attributeFilter: ["data-sharp", "data-paints"] }});
}}"""
# From the last click to the first frame after the address names the new data set.
WATCH_CHANGE = f"""root => {{
  {AFTER_PAINT}
  window.awaited = null;
  let clicked = 0;
  document.addEventListener("click", event => {{ clicked = event.timeStamp; }}, true);
  new MutationObserver(() => {{
    if (!window.awaited || new URLSearchParams(location.search).get("dataset") !== window.awaited) return;
    window.awaited = null;
    afterPaint(() => {{ window.changeTook = performance.now() - clicked; }});
  }}).observe(root, {{ attributes: true, attributeFilter: ["data-paints"] }});
}}"""


AT_REST = 2000
"""Milliseconds after which a first visit has no more to do: what other pages need is imported, the view is sharp."""


def main(repeats: int) -> None:
    """Print the table."""
    rounds = max(1, repeats // 3)
    print(f"View: Chromium {SCREEN['width']} × {SCREEN['height']}, {rounds} rounds, {machine()}\n")
    print("| what | measured | target |\n|---|---:|---:|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        loads(browser, rounds)
        with started_server() as server:
            url = server.url
            drags(browser, url)
            sharpness(browser, url)
            messages(browser, url)
            changes(browser, url, rounds)
            for name, plot in SLIDERS.items():
                board(browser, url, name, plot)
        browser.close()
    print(f"\nAt the end: {machine()}")


def row(what: str, measured: str, target: str = "") -> None:
    print(f"| {what} | {measured} | {target} |", flush=True)


def machine() -> str:
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


@contextmanager
def started_server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as home:
        server = Server(Path(home))
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def opened(browser: Browser, url: str) -> Iterator[LabPage]:
    """The Lab in a context of its own, ready."""
    with browser.new_context(viewport=SCREEN) as context:
        lab = LabPage(context.new_page())
        lab.page.goto(url)
        lab.wait()
        yield lab


# ---------------------------------------------------------------- what is measured


def loads(browser: Browser, rounds: int) -> None:
    """From the address to the first picture: a fresh server and browser, then the same again when both have come to
    rest."""
    cold, warm, sizes = [], [], []
    for _ in range(rounds):
        with started_server() as server, browser.new_context(viewport=SCREEN) as context:
            page = context.new_page()
            page.add_init_script(f"({FIRST_PICTURE})()")
            wire = Wire(page)
            cold.append(_first_picture(page, server.url))
            sizes.append((wire.files, sum(wire.received), max(wire.received)))
            for _ in range(3):
                page.wait_for_timeout(AT_REST)
                warm.append(_first_picture(page, server.url))
    files, told, message = np.median(sizes, axis=0)
    picture = len(make_picture(train_all(list(DEFAULT.arms)), DEFAULT.shown, DEFAULT.plane))
    row("cold load: fresh server, fresh browser, to the first picture", f"{np.median(cold):.1f} s", "≤ 3 s")
    row("warm load", f"{np.median(warm):.1f} s", "≤ 1 s")
    row("cold load, on the wire", f"{(files + told) / 1e6:.1f} MB", "3.0 MB and the picture")
    row("of it the picture", f"{picture / 1e6:.2f} MB", "≤ 0.7 MB")
    row("its message, with the view's own code", f"{message / 1e6:.2f} MB")


def _first_picture(page: Page, url: str) -> float:
    page.goto(url)
    seconds = page.wait_for_function("window.firstPicture", timeout=120_000).json_value() / 1000
    LabPage(page).wait()
    return seconds


def drags(browser: Browser, url: str) -> None:
    """From the move of the mouse to the end of the paint, both scrubbers, one penalty and two."""
    for name, against in ARMS:
        with opened(browser, f"{url}/?{DEFAULT.to_query()}{against}") as lab:
            lab.view.evaluate(WATCH_DRAG)
            for plot, title in (("lambda", "λ"), ("epoch", "epoch")):
                latencies, frames = _sweep(lab, plot)
                middle, high = np.percentile(latencies, [50, 95])
                row(
                    f"drag {title}, {name}: to the paint, median / p95 of {len(latencies)}",
                    f"{middle:.0f} / {high:.0f} ms",
                    "p95 ≤ 33 ms",
                )
                row(f"drag {title}, {name}: new pictures per second", f"{1000 / np.median(np.diff(frames)):.0f}")


def _sweep(lab: LabPage, plot: str) -> tuple[list[float], list[float]]:
    found = _led_over(lab.page, lab.part(f"{plot}-plot"), 24)
    lab.wait()
    return found


def _led_over(page: Page, plot: Locator, notches: int) -> tuple[list[float], list[float]]:
    """Latencies and frames while the mouse is led over the plot and back, about a notch at a time."""
    box = plot.bounding_box()
    left, width, y = box["x"] + 50, box["width"] - 80, box["y"] + box["height"] / 2
    page.evaluate("window.latencies.length = window.frames.length = 0")
    page.mouse.move(left, y)
    page.mouse.down()
    for sweep in range(SWEEPS * 24 // notches):
        for i in range(1, notches + 1):
            share = i / notches if sweep % 2 == 0 else 1 - i / notches
            page.mouse.move(left + share * width, y)
    page.mouse.up()
    return page.evaluate("[window.latencies, window.frames]")


def board(browser: Browser, url: str, name: str, plot: int) -> None:
    """A page on networks whose settings nobody has trained: its first picture, and λ under the mouse."""
    with browser.new_context(viewport=SCREEN) as context:
        page = context.new_page()
        wire, start = Wire(page), time.perf_counter()
        page.goto(f"{url}/{name}?{name}_measured=false")
        view = page.locator(".wdl").first
        expect(view).not_to_have_attribute("data-paints", "0", timeout=120_000)
        row(f"{name}: from the address to the first picture", f"{time.perf_counter() - start:.1f} s", "≤ 5 s")
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=120_000)
        page.wait_for_timeout(AT_REST)
        view.evaluate(WATCH_DRAG)
        scrubber = view.locator(".wdl-cursor").nth(plot)
        scrubber.scroll_into_view_if_needed()
        notches = int(view.get_by_test_id("lambda-range").get_attribute("max"))
        latencies, _ = _led_over(page, scrubber, notches)
        middle, high = np.percentile(latencies, [50, 95])
        what = f"{name}: drag λ to the paint, median / p95 of {len(latencies)}"
        row(what, f"{middle:.0f} / {high:.0f} ms", "p95 ≤ 33 ms")
        row(f"{name}: its largest message", f"{max(wire.received) / 1e6:.2f} MB", "about 0.5 MB")


def sharpness(browser: Browser, url: str) -> None:
    """From the last move of a hand that rests to the picture as fine as the screen."""
    for name, against in ARMS:
        with opened(browser, f"{url}/?{DEFAULT.to_query()}{against}") as lab:
            lab.view.evaluate(WATCH_SHARP)
            box = lab.part("lambda-plot").bounding_box()
            y = box["y"] + box["height"] / 2
            lab.page.mouse.move(box["x"] + 60, y)
            lab.page.mouse.down()
            for i in range(24):
                lab.page.mouse.move(box["x"] + 60 + (i % 12) * (box["width"] - 120) / 12, y)
                lab.page.wait_for_timeout(400)
            lab.page.mouse.up()
            took = lab.page.evaluate("window.sharpTook")
            middle, high = np.percentile(took, [50, 95])
            what = f"rest, {name}: to full sharpness, median / p95 of {len(took)}"
            row(what, f"{middle:.0f} / {high:.0f} ms", "≤ 150 ms")


def messages(browser: Browser, url: str) -> None:
    """What a drag and a release send."""
    with browser.new_context(viewport=SCREEN) as context:
        lab = LabPage(context.new_page())
        wire = Wire(lab.page)
        lab.page.goto(url)
        lab.wait()
        lab.quiet(wire.received)
        wire.clear()
        lab.drag("lambda", 0.2, 0.9, 0.4, 0.7, release=False)
        row("messages during a drag", f"{len(wire.sent) + len(wire.received)}", "0")
        lab.release()
        lab.quiet(wire.received)
        sent, received = sum(wire.sent) / 1e3, sum(wire.received) / 1e3
        row("a release, sent / received", f"{sent:.1f} / {received:.1f} kB", "about 1 kB")


def changes(browser: Browser, url: str, rounds: int) -> None:
    """From the click on another data set to its picture; nobody has trained it before."""
    rates = iter(np.linspace(0.0201, 0.0299, 2 * rounds).round(6))
    for name, against in ARMS:
        seconds = []
        for _ in range(rounds):
            query = DEFAULT.to_query().replace("lr=0.03", f"lr={next(rates)}")
            with opened(browser, f"{url}/?{query}{against}") as lab:
                lab.view.evaluate(WATCH_CHANGE)
                seconds += [_change(lab, dataset) for dataset in CHANGES]
        python = [_python_takes(dataset, against) for dataset in CHANGES]
        row(
            f"another data set, {name}: to its picture, median / slowest of {len(seconds)}",
            f"{np.median(seconds):.2f} / {max(seconds):.2f} s",
            f"median ≤ {0.9 if against else 0.6} s",
        )
        row(f"of it Python in one process, median of {len(python)}", f"{np.median(python):.2f} s")


def _python_takes(dataset: str, against: str) -> float:
    """Seconds of training and packing what a click on `dataset` asks for."""
    scene = Scene.from_query(f"dataset={dataset}{against}")
    start = time.perf_counter()
    make_picture(train_all(list(scene.arms)), scene.shown, scene.plane)
    return time.perf_counter() - start


def _change(lab: LabPage, dataset: str) -> float:
    lab.page.evaluate("name => { window.changeTook = 0; window.awaited = name; }", dataset)
    lab.choose("Data", DATASETS[dataset].title)
    seconds = lab.page.wait_for_function("window.changeTook", timeout=60_000).json_value() / 1000
    lab.wait()
    time.sleep(0.3)  # a hand rests too
    return seconds


class Wire:
    """Bytes that go to and come from the server while a page is open."""

    def __init__(self, page: Page):
        self.files, self.sent, self.received = 0, [], []
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", self._loaded)
        page.on("websocket", self._connected)

    def _loaded(self, event: dict) -> None:
        self.files += int(event["encodedDataLength"])

    def _connected(self, socket) -> None:
        socket.on("framesent", lambda frame: self.sent.append(len(frame)))
        socket.on("framereceived", lambda frame: self.received.append(len(frame)))

    def clear(self) -> None:
        self.files = 0
        self.sent.clear()
        self.received.clear()
