"""Garbage is collected in quiet moments, not after every run of a script while a class waits for its turn.

Streamlit would look through all objects after each run, 30 to 70 ms during which no other run goes on
(`runner.postScriptGC` in .streamlit/config.toml is off). Reference counts free most of what a run leaves; the cycles
that remain, sessions among them, wait for a quiet second, at most half a minute.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from functools import cache

QUIET_SECONDS, LATEST_SECONDS = 1.0, 30.0
LOOK_SECONDS = 0.1


@cache
def tidy() -> None:
    """Once, after the imports: what they made stays, and need not be looked at again; then tidy in the background."""
    gc.collect()
    gc.freeze()
    threading.Thread(target=Tidier().run, name="collect garbage", daemon=True).start()


class Tidier:
    """Decides when; the clock and what it sees can be replaced by a test."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        count: Callable[[], int] = lambda: gc.get_stats()[0]["collections"],
    ):
        """`count()` rises while something is made: Python's collections of young objects, one in 700 of them."""
        self._clock, self._count = clock, count
        self._seen = count()
        self._first = self._last = None  # when it rose since the last collection

    def due(self) -> bool:
        """Look; True if now is the moment to collect: there was work, and none for a second, or for half a minute."""
        now = self._clock()
        if (count := self._count()) != self._seen:
            self._seen, self._last = count, now
            self._first = now if self._first is None else self._first
        if self._first is None or (now - self._last < QUIET_SECONDS and now - self._first < LATEST_SECONDS):
            return False
        self._first = self._last = None
        return True

    def run(self) -> None:
        """For ever."""
        while True:
            time.sleep(LOOK_SECONDS)
            if self.due():
                gc.collect()
