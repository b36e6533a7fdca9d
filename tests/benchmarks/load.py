"""A class at one small server: real sessions over websockets, as browsers open them.

    python -m tests.benchmarks load [--repeats N]

A client speaks Streamlit's protocol (its protobufs, subprotocol `streamlit`), keeps what the server may refer to later,
and sends what a browser sends: the query of its address, the widget it moved, the fragment that the widget is in. A
browser sends the untouched widgets too; the server has those. Loopback only, bounded in time and in number.

*Cold*: the server has just started, nobody was there, and all open one teacher's link at the same moment. Thirty
browsers on this very machine mostly wait for each other; *files and all* is what browsers elsewhere wait for the
server: the files that Chromium asks for, over six connections, then the picture. A *release* is the end of a drag: the
view's position, one fragment run. A *change* is a noise that nobody has trained: the whole page and a training. Latency
ends with the server's "finished", the picture received.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from playwright.async_api import Page, async_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from tests.benchmarks.view import FIRST_PICTURE, SCREEN, machine, started_server
from tests.browser.conftest import CHROMIUM_FLAGS, find_chromium
from wd_core.view.classroom import Classroom, link

CLIENTS = (30, 60)
BROWSERS, CONNECTIONS = (1, 30), 6
TEACHER = Classroom(keep=("decay", "data"), cover=True, say="Where does the boundary begin to wriggle?")
LINK = link("", "dataset=circles&noise=0.2&label_noise=0.2&lambdas=0.0001~1.0~24&against=l1&at=0.01", TEACHER)
"""Two penalties of settings that nobody has trained."""
BETWEEN_RELEASES, BETWEEN_CHANGES = 2.0, 15.0
"""Seconds that a visitor looks at the picture on average."""
PATIENCE = 120.0
SESSIONS, AT_ONCE, SHOW_EVERY = 1_000, 4, 200
QUIET = 3.0
"""Seconds after which the server has collected its garbage."""
TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def main(repeats: int) -> None:
    """Print the tables."""
    print(f"Load: every {BETWEEN_RELEASES:g} s a release, every {BETWEEN_CHANGES:g} s a change, {machine()}\n")
    print("| clients | what | number | p50, ms | p95, ms | last, ms | CPU a rerun, ms | server, MB | workers, MB |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    for clients in CLIENTS:
        with started_server() as server:
            asyncio.run(crowd(server.url, server.process.pid, clients, repeats))
    print("\nOne teacher's link, cold, all at once: to the first paint in Chromium, and to the last byte elsewhere\n")
    print("| how many | of what | p50, s | last, s | CPU of the server, s |\n|---:|---|---:|---:|---:|", flush=True)
    files: list[str] = []
    for count in BROWSERS:
        with started_server() as server:
            files = asyncio.run(browsers(server.url, server.process.pid, count))
    for clients in CLIENTS:
        with started_server() as server:
            asyncio.run(files_and_all(server.url, server.process.pid, clients, files))
    print(f"\n{SESSIONS:,} sessions, {AT_ONCE} at a time: connect, one run, disconnect\n")
    print("| sessions | server, MB | workers, MB | a session, ms |\n|---:|---:|---:|---:|", flush=True)
    with started_server() as server:
        asyncio.run(visits(server.url, server.process.pid))
    print(f"\nAt the end: {machine()}")


class Client:
    """One browser tab."""

    def __init__(self, socket, query: str = ""):
        self._socket, self._query = socket, query
        self._ids: dict[str, str] = {}  # of widgets, by key
        self._fragments: dict[str, str] = {}  # that they are in, by key
        self._cached: set[str] = set()
        self._page = ""

    async def run(self, widget: str = "", fragment: bool = False, **value: object) -> float:
        """Ask for a run, with `widget` moved to a value of its protobuf; seconds to its end."""
        message = BackMsg()
        state = message.rerun_script
        state.page_script_hash, state.query_string = self._page, self._query
        state.cached_message_hashes.extend(self._cached)
        if widget:
            moved = state.widget_states.widgets.add(id=self._ids[widget])
            for name, content in value.items():
                if name == "double_array_value":
                    moved.double_array_value.data.extend(content)
                else:
                    setattr(moved, name, content)
            state.fragment_id = self._fragments[widget] if fragment else ""
        start = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            while not self._took(ForwardMsg.FromString(await self._socket.recv())):
                pass
        return time.perf_counter() - start

    def _took(self, message: ForwardMsg) -> bool:
        """Note what a browser would; True at the end of the run."""
        if message.metadata.cacheable:
            self._cached.add(message.hash)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._page = message.new_session.page_script_hash
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            found = getattr(getattr(element, element.WhichOneof("type")), "id", "")
            if found.startswith("$$ID-"):
                key = found.split("-", 2)[2]
                self._ids[key], self._fragments[key] = found, message.delta.fragment_id
        return kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN

    async def open(self) -> float:
        """Open the Lab; the picture must have come."""
        took = await self.run()
        if "live" not in self._ids:
            raise ValueError(f"{self._query}: allowed: a link that shows the live view")
        return took

    async def release(self, rng: np.random.Generator) -> float:
        """Let go of λ somewhere."""
        position = {"lam": float(10 ** rng.uniform(-4, 0)), "step": int(rng.integers(300)), "reveal": False}
        return await self.run("live", fragment=True, json_value=json.dumps({"position": position}))

    async def change(self, rng: np.random.Generator) -> float:
        """Move the noise to where nobody was."""
        return await self.run("noise", double_array_value=[round(float(rng.uniform(0.05, 0.45)), 6)])


async def crowd(url: str, pid: int, clients: int, rounds: int) -> None:
    """`clients` open one link; each releases `rounds` times, then changes a setting a third as often."""
    sockets = [await connect(_stream(url), subprotocols=["streamlit"], max_size=None) for _ in range(clients)]
    try:
        tabs = [Client(socket, LINK.lstrip("?")) for socket in sockets]
        await _row("a teacher's link, cold", pid, tabs, 1, 0.0, lambda tab, _: tab.open())
        await asyncio.sleep(QUIET)
        await _row("a release", pid, tabs, rounds, BETWEEN_RELEASES, Client.release)
        await _row("a change of setting", pid, tabs, max(1, rounds // 3), BETWEEN_CHANGES, Client.change)
    finally:
        await asyncio.gather(*(socket.close() for socket in sockets))


async def _row(
    what: str, pid: int, tabs: list[Client], rounds: int, pause: float,
    act: Callable[[Client, np.random.Generator], Awaitable[float]],
) -> None:  # fmt: skip
    async def visitor(i: int, tab: Client) -> list[float]:
        rng, took = np.random.default_rng([rounds, i]), []
        for _ in range(rounds):
            await asyncio.sleep(rng.uniform(0, 2 * pause))
            took.append(await act(tab, rng))
        return took

    before = _spent(pid)
    took = 1000 * np.concatenate(await asyncio.gather(*(visitor(i, tab) for i, tab in enumerate(tabs))))
    spent = 1000 * (_spent(pid) - before) / len(took)
    middle, high, last = np.percentile(took, [50, 95, 100])
    server, workers = megabytes(pid)
    numbers = " | ".join(f"{number:.0f}" for number in (middle, high, last, spent, server, workers))
    print(f"| {len(tabs)} | {what} | {len(took)} | {numbers} |", flush=True)


async def browsers(url: str, pid: int, count: int) -> list[str]:
    """`count` browsers on this very machine, each with a profile and a cache of its own, open the link together; the
    paths of the files that the first of them asked for."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        contexts = [await browser.new_context(viewport=SCREEN) for _ in range(count)]
        pages = [await context.new_page() for context in contexts]
        asked: list[str] = []
        pages[0].on("requestfinished", lambda request: asked.append(request.url.removeprefix(url)))

        async def visit(page: Page) -> float:
            await page.add_init_script(f"({FIRST_PICTURE})()")
            await page.goto(url + "/" + LINK, wait_until="commit")
            await page.wait_for_function("window.firstPicture", timeout=1000 * PATIENCE)
            return await page.evaluate("window.firstPicture") / 1000

        await _together("Chromium", pid, [visit(page) for page in pages])
        await browser.close()
        return [path for path in dict.fromkeys(asked) if path.startswith("/")]


async def files_and_all(url: str, pid: int, count: int, files: list[str]) -> None:
    """`count` visitors from elsewhere: the page, its files, then a session and the picture."""

    async def visit() -> float:
        start = time.perf_counter()
        page, *others = files
        await _fetch(url, [page])
        await asyncio.gather(*(_fetch(url, others[i::CONNECTIONS]) for i in range(CONNECTIONS)))
        async with connect(_stream(url), subprotocols=["streamlit"], max_size=None) as socket:
            await Client(socket, LINK.lstrip("?")).open()
        return time.perf_counter() - start

    await _together(f"files and all ({len(files)} files)", pid, [visit() for _ in range(count)])


async def _together(what: str, pid: int, visits: list[Awaitable[float]]) -> None:
    before = _spent(pid)
    took = await asyncio.gather(*visits)
    numbers = " | ".join(f"{number:.1f}" for number in (np.median(took), max(took), _spent(pid) - before))
    print(f"| {len(took)} | {what} | {numbers} |", flush=True)


async def _fetch(url: str, paths: list[str]) -> None:
    """Ask for these over one connection, one after the other, as a browser does."""
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    for path in paths:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        if not head.startswith("http/1.1 200"):
            raise ValueError(f"{path}: {head.splitlines()[0]}")
        await reader.readexactly(int(head.partition("content-length: ")[2].split()[0]))
    writer.close()


async def visits(url: str, pid: int) -> None:
    """Many sessions, few at a time; what stays of them in memory."""

    async def visit() -> None:
        async with connect(_stream(url), subprotocols=["streamlit"], max_size=None) as socket:
            await Client(socket).run()

    for done in range(0, SESSIONS + 1, SHOW_EVERY):
        start, batch = time.perf_counter(), SHOW_EVERY if done else 1
        for _ in range(0, batch, AT_ONCE):
            await asyncio.gather(*(visit() for _ in range(AT_ONCE)))
        each = 1000 * (time.perf_counter() - start) / batch
        await asyncio.sleep(QUIET)
        server, workers = megabytes(pid)
        print(f"| {done} | {server:.0f} | {workers:.0f} | {each:.0f} |", flush=True)


def _stream(url: str) -> str:
    return url.replace("http", "ws", 1) + "/_stcore/stream"


def family(pid: int) -> list[int]:
    """A process and its descendants (Linux); a server's are its workers."""
    children = []
    with suppress(OSError):  # threads and processes come and go
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                children += map(int, (task / "children").read_text().split())
    return [pid, *(one for child in children for one in family(child))]


def megabytes(pid: int) -> tuple[float, float]:
    """Resident memory of the server and of its workers together."""
    first, *others = (_resident(one) for one in family(pid))
    return first, sum(others)


def _resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1000


def _spent(pid: int) -> float:
    """Seconds of one core so far, of a process and its descendants."""
    return sum(map(_cpu, family(pid)))


def _cpu(pid: int) -> float:
    """Seconds of one core so far; 0 of a process that has gone."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(after_name[11]) + int(after_name[12])) / TICK
