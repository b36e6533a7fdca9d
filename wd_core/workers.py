"""Worker processes: more than one core for a training, and a server that stays free while it runs.

Threads do not help: a training is thousands of NumPy calls of some microseconds, and two threads that pass Python's
lock to and fro between them are slower than one (measured: 0.18 s against 0.15 s). So parts of the work go to a few
plain Python processes that live as long as this one. They start in the background after the first work that is worth
it, and not at once, for on two cores their start would hold up the very first picture; work that takes long in any case
waits for them. Until they are ready, and on a machine with one core, the work is done in the calling process.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any

COUNT = 2
WORTH = 1e8
"""Cost (see `Experiment.cost`) below which sending the work away takes longer than doing it: about 20 ms."""
LARGE = 4e9
"""Cost from which work waits for workers that are still starting: about a second."""
START_DELAY, START_PATIENCE = 1.0, 15.0
POLL_SECONDS = 0.05
CANCEL = b"cancel"
DIED = "a worker process ended; was there too little memory? Lower steps, hidden or lambdas"

Task = Callable[[Callable[[float], None]], Any]
"""Work that can be pickled; it is called with a function to report the share done, which may raise."""


class Cancelled(Exception):
    """Nobody waits for this work any more."""


class Worker:
    """One process, and the pipe to it. Its first message is ("ready", None)."""

    def __init__(self) -> None:
        self.connection, theirs = Pipe()
        here = str(Path(__file__).parents[1])  # may be on sys.path only as "", the folder that was the current one
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, [here, *sys.path])),
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-c", f"from wd_core.workers import serve; serve({theirs.fileno()})"],
                pass_fds=[theirs.fileno()],
                env=environment,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C in a terminal is the parent's affair
            )

    def send(self, message: bytes) -> None:
        """Send it; a dead process shows itself when its answer is read."""
        with contextlib.suppress(OSError):
            self.connection.send_bytes(message)

    def read(self) -> tuple[str, Any]:
        """("progress", share), ("done", result), ("failed", exception) or, from a dead process, ("died", None)."""
        try:
            return self.connection.recv()
        except (EOFError, OSError):
            return "died", None

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()


_idle: queue.Queue[Worker] = queue.Queue()
_all: set[Worker] = set()
_ready = threading.Event()
_hurry = threading.Event()
_lock = threading.Lock()
_started = False
_is_worker = False


def start() -> None:
    """Start the processes in the background, once. Returns at once; see `available`."""
    global _started
    with _lock:
        if _started or _is_worker or (os.cpu_count() or 1) < 2:
            return
        _started = True
    threading.Thread(target=_start, name="start workers", daemon=True).start()


def _start() -> None:
    _hurry.wait(START_DELAY)
    workers = [_new_worker() for _ in range(COUNT)]
    if all(worker is not None and worker.read()[0] == "ready" for worker in workers):
        for worker in workers:
            _idle.put(worker)
        _ready.set()
    else:  # no processes on this machine: do without
        _end(worker for worker in workers if worker is not None)


def _new_worker() -> Worker | None:
    """A worker that is starting, or None where there can be none."""
    with _lock:
        if not _started:  # `stop` was called
            return None
        try:
            worker = Worker()
        except (OSError, ValueError):
            return None
        _all.add(worker)
        return worker


def _end(workers: Iterable[Worker]) -> None:
    for worker in workers:
        worker.stop()
        _all.discard(worker)


def available(cost: float, on_progress: Callable[[float], None] | None = None) -> bool:
    """Whether work of this `cost` should be given to the workers; starts them if it should and they are not there.

    Large work waits for them; meanwhile `on_progress(0)` is called every 50 ms, and may raise.
    """
    if cost < WORTH or _is_worker:
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


def run(tasks: list[Task], on_progress: Callable[[float], None] | None = None) -> list[Any]:
    """Results of `tasks`, in order; each waits its turn for an idle worker.

    `on_progress(mean share done)` is called from this thread every 50 ms; what it raises cancels all tasks.
    A task whose process dies is tried once more, in another.
    """
    messages = [pickle.dumps(task) for task in tasks]
    waiting = list(range(len(tasks)))
    running: dict[Connection, tuple[Worker, int]] = {}
    shares, results, deaths = [0.0] * len(tasks), [None] * len(tasks), [0] * len(tasks)
    next_report = time.monotonic() + POLL_SECONDS
    try:
        while waiting or running:
            if not _ready.is_set():
                raise RuntimeError("the worker processes were stopped")
            while waiting and (worker := _take(wait_for=0 if running else POLL_SECONDS)):
                running[worker.connection] = (worker, waiting[0])
                worker.send(messages[waiting.pop(0)])
            for connection in wait(list(running), POLL_SECONDS) if running else []:
                worker, i = running[connection]
                kind, content = worker.read()
                if kind == "progress":
                    shares[i] = content
                    continue
                del running[connection]
                _give_back(worker, kind)
                if kind == "failed":
                    raise content
                if kind == "died":
                    deaths[i] += 1
                    if deaths[i] > 1:
                        raise RuntimeError(DIED)
                    waiting.append(i)
                else:
                    shares[i], results[i] = 1.0, content
            if on_progress is not None and time.monotonic() >= next_report:
                on_progress(sum(shares) / len(shares))
                next_report = time.monotonic() + POLL_SECONDS
        return results
    finally:
        _abandon([worker for worker, _ in running.values()])


def _take(wait_for: float) -> Worker | None:
    try:
        return _idle.get(block=wait_for > 0, timeout=wait_for or None)
    except queue.Empty:
        return None


def _give_back(worker: Worker, kind: str) -> None:
    """The worker, whose last message was of this `kind`, is idle again; for a dead one another is started."""
    if kind != "died":
        _idle.put(worker)
        return
    _end([worker])
    threading.Thread(target=_replace, name="replace a worker", daemon=True).start()


def _replace() -> None:
    """Start a worker, again and again if need be: somebody may wait for it."""
    while _started:
        fresh = _new_worker()
        if fresh is not None and fresh.read()[0] == "ready":
            _idle.put(fresh)
            return
        if fresh is not None:
            _end([fresh])
        time.sleep(1)


def _abandon(workers: list[Worker]) -> None:
    """Have them drop what they do, which takes them at most 100 ms, and be idle again."""
    for worker in workers:
        worker.send(CANCEL)
    for worker in workers:
        while (kind := worker.read()[0]) == "progress":
            pass
        _give_back(worker, kind)


@atexit.register
def stop() -> None:
    """End all worker processes; `start` begins anew."""
    global _started
    with _lock:
        _started = False
        _ready.clear()
        while _take(wait_for=0):
            pass
        _end(list(_all))


def _forget() -> None:
    """In a forked child: the workers are the parent's."""
    global _started, _idle, _lock, _ready
    _started, _idle, _lock, _ready = False, queue.Queue(), threading.Lock(), threading.Event()
    _all.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def serve(file_descriptor: int) -> None:
    """The worker's side: tasks in, results out, until the pipe closes."""
    global _is_worker
    _is_worker = True
    import sklearn.model_selection  # noqa: F401 -- what the first task would otherwise wait for

    import wd_core  # noqa: F401

    connection = Connection(file_descriptor)

    def report(share: float) -> None:
        while connection.poll():
            if connection.recv_bytes() == CANCEL:
                raise Cancelled
        connection.send(("progress", share))

    with contextlib.suppress(EOFError, OSError):  # the parent has gone
        connection.send(("ready", None))
        while True:
            message = connection.recv_bytes()
            if message != CANCEL:  # else it came when the task had just ended
                connection.send_bytes(_answer(message, report))


def _answer(message: bytes, report: Callable[[float], None]) -> bytes:
    """What the task has to say, pickled."""
    try:
        return pickle.dumps(("done", pickle.loads(message)(report)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        with contextlib.suppress(Exception):  # some exceptions cannot be pickled, some cannot be unpickled
            answer = pickle.dumps(("failed", error))
            pickle.loads(answer)
            return answer
        return pickle.dumps(("failed", RuntimeError(f"{type(error).__name__}: {error}")))
