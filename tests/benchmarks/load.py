"""A class at one small server: real sessions over websockets, as browsers open them.

    python -m tests.benchmarks load [--repeats N]

A client speaks Streamlit's protocol (its protobufs, subprotocol `streamlit`), keeps what the server may refer to later,
and sends what a browser sends: the query of its address, the widget it moved, the fragment that the widget is in. A
browser sends the untouched widgets too; the server has those. Loopback only, bounded in time and in number.

A *release* is the end of a drag: the view's position, one fragment run. A *change* is a noise that nobody has trained:
the whole page and a training. Latency ends with the server's "finished", the picture received.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from tests.benchmarks.view import machine, started_server

CLIENTS = (30, 60)
BETWEEN_RELEASES, BETWEEN_CHANGES = 2.0, 15.0
"""Seconds that a visitor looks at the picture on average."""
PATIENCE = 120.0
SESSIONS, AT_ONCE, SHOW_EVERY = 1_000, 4, 200
QUIET = 3.0
"""Seconds after which the server has collected its garbage."""
TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def main(repeats: int) -> None:
    """Print both tables."""
    print(f"Load: every {BETWEEN_RELEASES:g} s a release, every {BETWEEN_CHANGES:g} s a change, {machine()}\n")
    print("| clients | what | number | p50, ms | p95, ms | CPU a rerun, ms | server, MB | workers, MB |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|", flush=True)
    for clients in CLIENTS:
        with started_server() as server:
            asyncio.run(crowd(server.url, server.process.pid, clients, repeats))
    print(f"\n{SESSIONS:,} sessions, {AT_ONCE} at a time: connect, one run, disconnect\n")
    print("| sessions | server, MB | workers, MB | a session, ms |\n|---:|---:|---:|---:|", flush=True)
    with started_server() as server:
        asyncio.run(visits(server.url, server.process.pid))
    print(f"\nAt the end: {machine()}")


class Client:
    """One browser tab."""

    def __init__(self, socket):
        self._socket = socket
        self._ids: dict[str, str] = {}  # of widgets, by key
        self._fragments: dict[str, str] = {}  # that they are in, by key
        self._cached: set[str] = set()
        self._page = ""

    async def run(self, widget: str = "", fragment: bool = False, **value: object) -> float:
        """Ask for a run, with `widget` moved to a value of its protobuf; seconds to its end."""
        message = BackMsg()
        state = message.rerun_script
        state.page_script_hash = self._page
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

    async def release(self, rng: np.random.Generator) -> float:
        """Let go of λ somewhere."""
        position = {"lam": float(10 ** rng.uniform(-4, 0)), "step": int(rng.integers(300)), "reveal": False}
        return await self.run("live", fragment=True, json_value=json.dumps({"position": position}))

    async def change(self, rng: np.random.Generator) -> float:
        """Move the noise to where nobody was."""
        return await self.run("noise", double_array_value=[round(float(rng.uniform(0.05, 0.45)), 6)])


async def crowd(url: str, pid: int, clients: int, rounds: int) -> None:
    """`clients` come together; each releases `rounds` times, then changes a setting a third as often."""
    sockets = [await connect(_stream(url), subprotocols=["streamlit"], max_size=None) for _ in range(clients)]
    try:
        tabs = [Client(socket) for socket in sockets]
        await _row("come together", pid, tabs, 1, 0.0, lambda tab, _: tab.run())
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

    before = sum(map(_cpu, family(pid)))
    took = 1000 * np.concatenate(await asyncio.gather(*(visitor(i, tab) for i, tab in enumerate(tabs))))
    spent = 1000 * (sum(map(_cpu, family(pid))) - before) / len(took)
    middle, high = np.percentile(took, [50, 95])
    server, workers = megabytes(pid)
    numbers = " | ".join(f"{number:.0f}" for number in (middle, high, spent, server, workers))
    print(f"| {len(tabs)} | {what} | {len(took)} | {numbers} |", flush=True)


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
    """A process and its children, the workers (Linux)."""
    children = [int(n) for task in Path(f"/proc/{pid}/task").iterdir() for n in (task / "children").read_text().split()]
    return [pid, *children]


def megabytes(pid: int) -> tuple[float, float]:
    """Resident memory of the server and of its workers together."""
    first, *others = (_resident(one) for one in family(pid))
    return first, sum(others)


def _resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1000


def _cpu(pid: int) -> float:
    """Seconds of one core so far."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / TICK
