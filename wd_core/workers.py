"""Worker processes: more than one core for a training, and a server that stays free while it runs.

Threads do not help: a training is thousands of NumPy calls of some microseconds, and two threads that pass Python's
lock to and fro between them are slower than one (measured: 0.18 s against 0.15 s). So parts of the work go to a few
plain Python processes that live as long as this one. They start in the background when the first work comes that is
worth it; until they are ready, and on a machine with one core, the work is done in the calling process.
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
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe, wait
from typing import Any

COUNT = 2
WORTH = 1e8
"""Cost (see `Experiment.cost`) below which sending the work away takes longer than doing it: about 20 ms."""
POLL_SECONDS = 0.05
CANCEL = b"cancel"

Task = Callable[[Callable[[float], None]], Any]
"""Work that can be pickled; it is called with a function to report the share done, which may raise."""


class Cancelled(Exception):
    """Nobody waits for this work any more."""


class Worker:
    """One process, and the pipe to it."""

    def __init__(self) -> None:
        self.connection, theirs = Pipe()
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"from wd_core.workers import serve; serve({theirs.fileno()})"],
            pass_fds=[theirs.fileno()],
            env=environment,
            stdin=subprocess.DEVNULL,
        )
        theirs.close()

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
        self.connection.close()
        self.process.kill()
        self.process.wait()


_idle: queue.Queue[Worker] = queue.Queue()
_all: list[Worker] = []
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
    for worker in [Worker() for _ in range(COUNT)]:
        if worker.read()[0] == "died":
            worker.stop()
            return
        _all.append(worker)
        _idle.put(worker)


def available(cost: float) -> bool:
    """Whether work of this `cost` should be given to the workers; starts them if it should and they are not there."""
    if cost < WORTH or _is_worker:
        return False
    start()
    return len(_all) == COUNT


def wait_until_ready(seconds: float) -> bool:
    """Start the workers and wait for them at most `seconds`."""
    start()
    deadline = time.monotonic() + seconds
    while len(_all) < COUNT and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return len(_all) == COUNT


def run(tasks: list[Task], on_progress: Callable[[float], None] | None = None) -> list[Any]:
    """Results of `tasks`, in order; each waits its turn for an idle worker.

    `on_progress(mean share done)` is called from this thread every 50 ms; what it raises cancels all tasks.
    """
    waiting = list(range(len(tasks)))
    running: dict[Connection, tuple[Worker, int]] = {}
    shares, results = [0.0] * len(tasks), [None] * len(tasks)
    next_report = time.monotonic() + POLL_SECONDS
    try:
        while waiting or running:
            while waiting and (worker := _take(wait_for=0 if running else POLL_SECONDS)):
                worker.send(pickle.dumps(tasks[waiting[0]]))
                running[worker.connection] = (worker, waiting.pop(0))
            for connection in wait(list(running), POLL_SECONDS):
                worker, i = running[connection]
                kind, content = worker.read()
                if kind == "progress":
                    shares[i] = content
                    continue
                del running[connection]
                _idle.put(worker if kind != "died" else _replacement(worker))
                if kind == "failed":
                    raise content
                if kind == "died":
                    raise RuntimeError("a worker process ended; was there too little memory? Lower steps, hidden or lambdas")
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


def _abandon(workers: list[Worker]) -> None:
    """Have them drop what they do, which takes them at most 100 ms, and be idle again."""
    for worker in workers:
        worker.send(CANCEL)
    for worker in workers:
        while (kind := worker.read()[0]) == "progress":
            pass
        _idle.put(worker if kind != "died" else _replacement(worker))


def _replacement(worker: Worker) -> Worker:
    worker.stop()
    fresh = Worker()
    fresh.read()
    _all[_all.index(worker)] = fresh
    return fresh


@atexit.register
def stop() -> None:
    """End all worker processes."""
    for worker in _all:
        worker.stop()
    _all.clear()


def serve(file_descriptor: int) -> None:
    """The worker's side: tasks in, results out, until the pipe closes."""
    global _is_worker
    _is_worker = True
    import sklearn.model_selection  # noqa: F401 -- what the first task would otherwise wait for

    import wd_core  # noqa: F401

    connection = Connection(file_descriptor)
    connection.send(("ready", None))

    def report(share: float) -> None:
        while connection.poll():
            if connection.recv_bytes() == CANCEL:
                raise Cancelled
        connection.send(("progress", share))

    while True:
        try:
            message = connection.recv_bytes()
        except EOFError:
            return
        if message == CANCEL:  # it came when the task had just ended
            continue
        try:
            answer = ("done", pickle.loads(message)(report))
        except Exception as error:
            answer = ("failed", error)
        connection.send(answer)
