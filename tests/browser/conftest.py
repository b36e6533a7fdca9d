"""The app in a real Chromium: servers to ask, pages to open, and no console error left unseen."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.browser.lab_page import LabPage

ROOT = Path(__file__).resolve().parents[2]
APP = os.environ.get("WDL_APP", "app.py")
ARTIFACTS = Path(__file__).with_name("artifacts")
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
# Opened at /method, Streamlit first looks for its server below /method, and then below /.
HARMLESS = re.compile(r":\d+/[^/]+/_stcore/(health|host-config)$")
FAILED = pytest.StashKey[bool]()
LOGS = pytest.StashKey[list[Path]]()


def pytest_itemcollected(item):
    item.add_marker("browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.failed:
        item.stash[FAILED] = True
        logs = [*item.session.stash.get(LOGS, []), *item.stash.get(LOGS, [])]
        report.sections += [("Streamlit log", log.read_text(errors="replace")[-4000:]) for log in logs]
    return report


class Server:
    """`streamlit run` on a free port, with none of this shell's or this user's settings."""

    def __init__(self, home: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url, self.log = f"http://localhost:{port}", home / "server.log"
        flags = [f"--server.port={port}", "--server.headless=true", "--server.fileWatcherType=none"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", APP, *flags],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _wait(self, seconds: float = 60):
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        pytest.fail(f"The server did not start:\n{self.log.read_text(errors='replace')}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="session")
def server(request, tmp_path_factory, chromium):
    """The address of a server that all tests share."""
    server = Server(tmp_path_factory.mktemp("server"))
    request.session.stash.setdefault(LOGS, []).append(server.log)
    yield server.url
    server.stop()


@pytest.fixture
def cold_server(request, tmp_path_factory, chromium):
    """cold_server() → the address of a fresh server, which nobody has visited yet."""
    servers = []

    def start() -> str:
        servers.append(Server(tmp_path_factory.mktemp("cold")))
        request.node.stash.setdefault(LOGS, []).append(servers[-1].log)
        return servers[-1].url

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path. Without one the tests are skipped, but under CI they fail."""
    found = find_chromium()
    if not found:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("no Chromium: install Debian's chromium, or set WDL_CHROMIUM")
    return found


def find_chromium() -> str | None:
    chosen = os.environ.get("WDL_CHROMIUM")
    names = [chosen] if chosen else ["/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"]
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def browser(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(request, browser, cold_server):  # cold_server, so that it stops after the pages close
    """open_page(width=1280, height=720, dark=False, **context) → a page; its complaints fail the test."""
    pages, complaints = [], []

    def on_console(message):
        url = message.location.get("url", "")
        if message.type == "error" and not HARMLESS.search(url):
            complaints.append(f"console: {message.text} ({url})")

    def on_request(asked):
        if not re.match(r"(https?|wss?)://localhost[:/]|data:|blob:", asked.url):
            complaints.append(f"asked another host: {asked.url}")

    def open_page(width: int = 1280, height: int = 720, dark: bool = False, **context) -> Page:
        page = browser.new_page(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", **context
        )
        page.on("console", on_console)
        page.on("pageerror", lambda error: complaints.append(f"uncaught: {error}"))
        page.on("request", on_request)
        pages.append(page)
        return page

    yield open_page
    for number, page in enumerate(pages):
        if complaints or request.node.stash.get(FAILED, False):
            name = re.sub(r"\W+", "-", request.node.name).strip("-")
            page.screenshot(path=ARTIFACTS / f"{name}-{number}.png")
        page.close()
    if complaints:
        pytest.fail("\n".join(complaints))


@pytest.fixture
def page(open_page):
    return open_page()


@pytest.fixture(scope="session")
def visit():
    """visit(page, url): go there and wait until the script has run."""

    def visit(page: Page, url: str) -> Page:
        page.goto(url)
        page.locator("h1").first.wait_for()
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=120_000)
        return page

    return visit


@pytest.fixture
def open_lab(server, open_page):
    """open_lab(query="", url=…, **as open_page) → the Lab with its picture painted."""

    def open_lab(query: str = "", url: str = server, **context) -> LabPage:
        lab = LabPage(open_page(**context))
        lab.page.goto(f"{url}/?{query}")
        lab.wait()
        return lab

    return open_lab
