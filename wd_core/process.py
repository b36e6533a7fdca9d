"""One worker process: how it is started and spoken to, and what it does.

It is plain Python that reads pickled tasks from a pipe and answers with ("progress", share), ("alive", None), then
("done", result) or ("failed", exception). This last message is announced by ("coming", sizes) and comes in parts: its
arrays go through the pipe as they lie in memory, without a copy in between (pickle's protocol 5).
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CANCEL = b"cancel"
ALIVE_SECONDS, SILENT_SECONDS = 0.25, 3.0
"""How often a process that works gives a sign of life, and after how long without one it counts as frozen."""
STARVED_SECONDS = 60.0
"""The same for one that is silent because others have all cores, or because what it does lets no thread speak."""
START_SECONDS = 60.0
"""After how long without its first message a process counts as frozen: its imports take a second, on a busy machine
ten."""
SLOWEST_PIPE = 2e7
"""Bytes a second: what a message may take."""

is_worker = False
"""True in a worker process."""


class Cancelled(Exception):
    """Nobody waits for this work any more."""


class Worker:
    """One process, and the pipe to it. Its first message is ("ready", None)."""

    def __init__(self) -> None:
        from multiprocessing.connection import Pipe  # here: where there are no processes there is no such module

        self.is_ready = False
        self.heard = time.monotonic() + START_SECONDS - SILENT_SECONDS
        """When it last gave a sign of life, or should have at the latest; inf while it has nothing to do."""
        self.connection, theirs = Pipe()
        here = str(Path(__file__).parents[1])  # may be on sys.path only as "", the folder that was the current one
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, [here, *sys.path])),
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-c", f"from wd_core.process import serve; serve({theirs.fileno()})"],
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
        """Its next message, or from a dead process ("died", None)."""
        try:
            kind, content = self.connection.recv()
            if kind == "coming":
                self.hear(sum(content))
                parts = [bytearray(size) for size in content]
                for part in parts:
                    self.connection.recv_bytes_into(part)
                kind, content = pickle.loads(parts[0], buffers=parts[1:])
        except (EOFError, OSError):
            return "died", None
        self.hear()
        return kind, content

    def hear(self, size: int = 0) -> None:
        """It has just given a sign of life; before the next, `size` bytes go through the pipe."""
        self.heard = time.monotonic() + size / SLOWEST_PIPE

    @property
    def is_frozen(self) -> bool:
        """It works, and has been silent too long."""
        silent = time.monotonic() - self.heard
        return silent > SILENT_SECONDS and (silent > STARVED_SECONDS or not self._would_run())

    def _would_run(self) -> bool:
        """Whether one of its threads runs, or would if it had a core; False where nobody can tell (Linux can)."""
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{self.process.pid}/task").iterdir():
                if (thread / "stat").read_text().rpartition(")")[2].split()[0] == "R":
                    return True
        return False

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()


def serve(file_descriptor: int) -> None:
    """The worker's side: tasks in, results out, until the pipe closes."""
    global is_worker
    is_worker = True
    from multiprocessing.connection import Connection

    import sklearn.model_selection  # noqa: F401 -- what the first task would otherwise wait for

    connection, one_at_a_time, busy = Connection(file_descriptor), threading.Lock(), threading.Event()

    def say(*messages: Any) -> None:
        with one_at_a_time:
            for message in messages:
                connection.send_bytes(message)

    def report(share: float) -> None:
        while connection.poll():
            if connection.recv_bytes() == CANCEL:
                raise Cancelled
        say(pickle.dumps(("progress", share)))

    def beat() -> None:
        with contextlib.suppress(OSError):
            while busy.wait():
                say(pickle.dumps(("alive", None)))
                time.sleep(ALIVE_SECONDS)

    threading.Thread(target=beat, daemon=True).start()

    with contextlib.suppress(EOFError, OSError):  # the parent has gone
        say(pickle.dumps(("ready", None)))
        while True:
            message = connection.recv_bytes()
            if message != CANCEL:  # else it came when the task had just ended
                busy.set()
                answer = _answer(message, report)
                busy.clear()
                say(pickle.dumps(("coming", [len(part) for part in answer])), *answer)
                del answer  # not kept until there is more to do


def _answer(message: bytes, report: Callable[[float], None]) -> list[bytes | memoryview]:
    """What the task has to say, pickled, and after it the arrays in it as they lie in memory."""
    arrays: list[pickle.PickleBuffer] = []
    try:
        answer = pickle.dumps(("done", pickle.loads(message)(report)), 5, buffer_callback=arrays.append)
        return [answer, *(array.raw() for array in arrays)]
    except Exception as error:
        with contextlib.suppress(Exception):  # some exceptions cannot be pickled, some cannot be unpickled
            answer = pickle.dumps(("failed", error))
            pickle.loads(answer)
            return [answer]
        return [pickle.dumps(("failed", RuntimeError(f"{type(error).__name__}: {error}")))]
