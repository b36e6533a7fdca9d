"""Worker processes: more than one core for a training, and a server that stays free while it runs.

Threads do not help: a training is thousands of NumPy calls of some microseconds, and two threads that pass Python's
lock to and fro between them are slower than one (measured: 0.18 s against 0.15 s). So parts of the work go to a few
plain Python processes that live as long as this one. They start in the background after the first work that is worth
it, and not at once, for on two cores their start would hold up the very first picture; work that takes long in any case
waits for them. Until they are ready, and where there can be no processes, the work is done in the calling process.

Fair shares: long work comes in pieces, and of all pieces that wait the one goes first whose call is due first, where a
call is due when it would have ended had it been alone. So the short overtakes the long, and nobody waits for ever.
Where pieces cannot be short they take all cores but never all processes: there is one more, for who comes meanwhile.
A process that gives no sign of life is frozen; it is ended like one that died, and another does its work.
"""

from __future__ import annotations

import atexit
import os
import pickle
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from wd_core import process
from wd_core.process import CANCEL, Worker

MOST = 16
"""Processes at most; each takes 100 MB."""
COUNT = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, MOST)
"""Pieces that work at a time: one for each core."""
WORTH = 0.02
"""Cost (see `Experiment.cost`) below which sending the work away takes longer than doing it: about 20 ms."""
LARGE = 0.8
"""Cost from which work waits for workers that are still starting: about a second."""
START_DELAY, START_PATIENCE = 1.0, 15.0
POLL_SECONDS = 0.05
PIECE_SECONDS, LONG_SECONDS, MOST_PIECES = 1.0, 2.0, 64
"""How long a piece of long work should take, and from when on it is a long piece."""
DIED = (
    "a worker process ended twice over this work; was there too little memory? Lower steps, hidden or lambdas, or try "
    "again"
)

Task = Callable[[Callable[[float], None]], Any]
"""Work that can be pickled; it is called with a function to report the share done, which may raise."""


class Died(RuntimeError, ValueError):
    """Work that ended its process twice. The message says what to lower, and pages show it as any ValueError's."""


@dataclass(eq=False)
class Piece:
    """One task of a call, and how far it is."""

    message: bytes
    call: Call
    share: float = 0.0
    result: Any = None
    deaths: int = 0


@dataclass(eq=False)
class Call:
    """One `run`: who waits for it polls it."""

    due: float
    long: bool
    pieces: list[Piece] = field(default_factory=list)
    waiting: list[Piece] = field(default_factory=list)
    left: int = 0
    error: BaseException | None = None
    over: bool = False
    """Nobody waits any more: it is done, failed or cancelled."""


_all: set[Worker] = set()
_calls: list[Call] = []
_working: set[Piece] = set()
_change = threading.Condition()  # guards all of these; notified when there may be something to do
_ready = threading.Event()
_hurry = threading.Event()
_hosts = 0
_epoch = 0  # of `start`; a host of an earlier one ends
_started = False


def start() -> None:
    """Start the processes in the background, once. Returns at once; see `available`."""
    global _started, _epoch
    with _change:
        if _started or process.is_worker or sys.platform == "emscripten":
            return
        _started, _epoch = True, _epoch + 1
        for _ in range(COUNT):
            _add_host()


def _add_host() -> None:
    """A thread that keeps one process at work."""
    global _hosts
    _hosts += 1
    threading.Thread(target=_host, args=(_epoch,), name="worker", daemon=True).start()


def _host(epoch: int) -> None:
    """Start a process, again and again if need be, and give it one piece after the other."""
    _hurry.wait(START_DELAY)
    while _epoch == epoch and _started:
        worker = _new_worker(epoch)
        if worker is not None and worker.read()[0] == "ready":
            with _change:
                worker.is_ready, worker.heard = True, float("inf")
                if sum(w.is_ready for w in _all) >= COUNT:
                    _ready.set()
            while (piece := _next(worker, epoch)) and _work(worker, piece):
                pass
        elif not _ready.is_set():  # no processes on this machine: do without
            epoch = -1
        else:
            time.sleep(1)
        if worker is not None:
            worker.stop()
            with _change:
                _all.discard(worker)


def _new_worker(epoch: int) -> Worker | None:
    """A worker that is starting, or None where there can be none."""
    with _change:
        if epoch != _epoch or not _started:  # `stop` was called
            return None
        try:
            worker = Worker()
        except (OSError, ValueError, ImportError):
            return None
        _all.add(worker)
        return worker


def _next(worker: Worker, epoch: int) -> Piece | None:
    """Wait for the piece that is `worker`'s to do; None if it should end. A long one never takes the last process."""
    with _change:
        while _epoch == epoch and _started:
            if worker.process.poll() is not None:  # it died while it was idle
                return None
            most = max(1, min(COUNT, sum(each.is_ready for each in _all) - 1))  # one more may still be starting
            full = sum(piece.call.long for piece in _working) >= most
            open_ones = [call for call in _calls if call.waiting and not (call.long and full)]
            if open_ones:
                piece = min(open_ones, key=lambda call: call.due).waiting.pop(0)
                _working.add(piece)
                return piece
            _change.wait()
    return None


def _work(worker: Worker, piece: Piece) -> bool:
    """Have the process do the piece; False if it died of it."""
    worker.hear(len(piece.message))
    worker.send(piece.message)
    cancelled, kind, content = False, "progress", 0.0
    while kind in ("progress", "alive"):
        if kind == "progress":
            piece.share = content
        if piece.call.over and not cancelled:  # it takes the worker at most 100 ms to drop what it does
            worker.send(CANCEL)
            cancelled = True
        if worker.connection.poll(POLL_SECONDS):
            kind, content = worker.read()
        elif worker.is_frozen:
            worker.process.kill()
    with _change:
        worker.heard = float("inf")
        _working.discard(piece)
        _finish(piece, kind, content)
        _change.notify_all()
    return kind != "died"


def _finish(piece: Piece, kind: str, content: Any) -> None:
    call = piece.call
    if kind == "died" and piece.deaths == 0:
        piece.deaths, piece.share = 1, 0.0
        call.waiting.append(piece)
        return
    if kind == "done":
        piece.share, piece.result = 1.0, content
    else:
        call.error = call.error or (Died(DIED) if kind == "died" else content)
    call.left -= 1


def available(cost: float, on_progress: Callable[[float], None] | None = None) -> bool:
    """Whether work of this `cost` should be given to the workers; starts them if it should and they are not there.

    Large work waits for them; meanwhile `on_progress(0)` is called every 50 ms, and may raise.
    """
    if cost < WORTH or process.is_worker:
        return False
    start()
    deadline = time.monotonic() + START_PATIENCE
    while cost > LARGE and _started and not _ready.is_set() and time.monotonic() < deadline:
        _hurry.set()
        _ready.wait(POLL_SECONDS)
        if on_progress is not None:
            on_progress(0.0)
    return _ready.is_set()


def wait_until_ready(seconds: float) -> bool:
    """Start the workers and wait for them at most `seconds`."""
    start()
    _hurry.set()
    return _ready.wait(seconds)


def pieces(cost: float) -> int:
    """Into how many pieces work of this `cost` is cut: one for each core, or so many that each takes a second."""
    rounds = max(1, min(round(cost / PIECE_SECONDS), MOST_PIECES) // COUNT)
    return rounds * COUNT


def run(tasks: list[Task], on_progress: Callable[[float], None] | None = None, cost: float = 0.0) -> list[Any]:
    """Results of `tasks`, in order; `cost` is that of all of them and decides who goes first.

    `on_progress(mean share done)` is called from this thread every 50 ms; what it raises cancels all tasks.
    A task whose process dies or freezes is tried once more, in another; then it raises `Died`.
    """
    call = Call(time.monotonic() + cost / COUNT, cost / len(tasks) > LONG_SECONDS, left=len(tasks))
    call.pieces = [Piece(pickle.dumps(task), call) for task in tasks]
    call.waiting = list(call.pieces)
    with _change:
        _calls.append(call)
        if call.long and _started and _hosts <= COUNT:
            _hurry.set()
            _add_host()
        _change.notify_all()
    next_report = time.monotonic() + POLL_SECONDS
    try:
        while call.left and call.error is None:
            with _change:
                if call.left and call.error is None:
                    _change.wait(POLL_SECONDS)
                frozen = [worker for worker in _all if worker.is_frozen]
            for worker in frozen:  # also those whose host is stuck in the middle of a message
                worker.process.kill()
            if not _ready.is_set():
                raise RuntimeError("the worker processes were stopped")
            if on_progress is not None and time.monotonic() >= next_report:
                on_progress(sum(piece.share for piece in call.pieces) / len(call.pieces))
                next_report = time.monotonic() + POLL_SECONDS
        if call.error is not None:
            raise call.error
        return [piece.result for piece in call.pieces]
    finally:
        with _change:
            call.over = True
            call.waiting.clear()
            _calls.remove(call)


@atexit.register
def stop() -> None:
    """End all worker processes; `start` begins anew."""
    global _started, _hosts
    with _change:
        _started, _hosts = False, 0
        _ready.clear()
        for worker in list(_all):
            worker.stop()
        _all.clear()
        _working.clear()
        _change.notify_all()


def _forget() -> None:
    """In a forked child: the workers are the parent's."""
    global _started, _hosts, _change, _ready
    _started, _hosts = False, 0
    _change, _ready = threading.Condition(), threading.Event()
    _all.clear()
    _calls.clear()
    _working.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
