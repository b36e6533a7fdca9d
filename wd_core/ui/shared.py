"""What all visitors share: each result is made once, kept while there is room, and few are made at a time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from importlib import import_module
from typing import Any

from wd_core import Experiment, train_all
from wd_core.evaluation import PARTS
from wd_core.history import History
from wd_core.view.picture import make_picture
from wd_core.view.scene import Scene

Progress = Callable[[float], None]
POLL_SECONDS = 0.05
QUIET_SECONDS = 0.4
"""Work that is over sooner shows no progress bar: it would only flicker."""
TURN_SECONDS = 2.0
"""Work of which nothing is done after so long waits for others'."""


def progress_in(slot: Any, text: str | None = None) -> Progress:
    """A progress bar in `slot`, an `st.empty`, that appears only where the wait is felt, and says how long it will be.

    Each call also lets a newer run of the script take over.
    """
    start, begun = time.monotonic(), None

    def progress(share: float) -> None:
        nonlocal begun
        now = time.monotonic()
        waited = now - start
        if share > 0 and begun is None:  # its turn has come, or another visitor's work is seen, somewhere in the middle
            begun = now, share
        if waited < QUIET_SECONDS:
            slot.empty()
        elif share == 0 and waited > TURN_SECONDS:
            slot.progress(0.0, "Waiting for its turn: others' work is under way.")
        else:
            left = time_left(now - begun[0], share - begun[1], 1 - share) if begun else ""
            slot.progress(min(share, 1.0), text and text + left)

    return progress


@contextmanager
def waiting(slot: Any, text: str | None = None) -> Iterator[Progress]:
    """`progress_in` for some work; when that is over, done or failed, there is no bar any more."""
    try:
        yield progress_in(slot, text)
    finally:
        slot.empty()


def time_left(seconds: float, done: float, left: float) -> str:
    """How long the share `left` takes if `done` took so many seconds, to say after a name; "" while that is a guess."""
    if seconds < TURN_SECONDS or done <= 0 or left <= 0:
        return ""
    rest = seconds * left / done
    return f", about {rest / 60:.0f} min left" if rest > 90 else f", about {max(1, round(rest))} s left"


IMPORT_AFTER = 1.0
"""Seconds; by then the first visitor's picture is on its way."""


@cache
def import_the_rest() -> None:
    """Once, after the first picture, in the background: what other data sets need, and it took long to import."""
    later = threading.Timer(IMPORT_AFTER, import_module, ["sklearn.datasets"])
    later.daemon = True
    later.start()


class Shelf:
    """Results by key. Who asks first makes it; who asks meanwhile waits; if the maker gives up, the next takes over.

    At most `at_once` are being made, None: as many as are asked for; beyond `room` bytes the least recently used go.
    """

    def __init__(self, room: int, at_once: int | None) -> None:
        self._room = room
        self._results: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._shares: dict[Hashable, float] = {}
        self._lock = threading.Lock()
        self._places = None if at_once is None else threading.Semaphore(at_once)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._results

    def get(
        self, key: Hashable, make: Callable[[Progress], Any], size: Callable[[Any], int], progress: Progress
    ) -> Any:
        """The result for `key`. `progress(share)` is called every 50–100 ms; what it raises cancels only this wait."""
        while True:
            with self._lock:
                if key in self._results:
                    self._results.move_to_end(key)
                    return self._results[key][0]
                mine = key not in self._shares
                if mine:
                    self._shares[key] = 0.0
            if mine:
                return self._make(key, make, size, progress)
            progress(self._shares.get(key, 1.0))
            time.sleep(POLL_SECONDS)

    def _make(self, key: Hashable, make: Callable, size: Callable, progress: Progress) -> Any:
        def report(share: float) -> None:
            self._shares[key] = share
            progress(share)

        try:
            while self._places and not self._places.acquire(timeout=POLL_SECONDS):
                report(0.0)
            try:
                result = make(report)
            finally:
                if self._places:
                    self._places.release()
            with self._lock:
                self._results[key] = (result, size(result))
                while sum(s for _, s in self._results.values()) > self._room and len(self._results) > 1:
                    self._results.popitem(last=False)
            return result
        finally:
            with self._lock:
                del self._shares[key]


# Trainings wait for each other in `workers`, which lets the short go first; here the long would hold every place.
_histories = Shelf(room=600_000_000, at_once=None)
_pictures = Shelf(room=300_000_000, at_once=None)


def histories_of(scene: Scene, progress: Progress) -> list[History]:
    """The scene's arms, trained; what nobody has trained yet is trained together, in one table."""
    arms = scene.arms
    fresh: dict[Experiment, History] = {}

    def make_history(arm: Experiment, share: Progress) -> History:
        if arm not in fresh:
            missing = [other for other in arms if other == arm or other not in _histories]
            fresh.update(zip(missing, train_all(missing, on_progress=share), strict=True))
        return fresh[arm]

    return [_histories.get(arm, partial(make_history, arm), _bytes_of, progress) for arm in arms]


def picture_of(scene: Scene, progress: Progress, covered: bool = False) -> bytes:
    """The packed picture of `scene`, wherever its cursor is, without the test part where it is `covered`. Trains what
    nobody has trained yet."""
    parts = tuple(part for part in PARTS if not (covered and part == "test"))

    def make(report: Progress) -> bytes:
        histories = histories_of(scene, partial(_part_of, report, 0.9))
        report(0.95)
        return make_picture(histories, scene.shown, scene.plane, parts)

    return _pictures.get((scene.drawn, covered), make, len, progress)


def has_picture(scene: Scene, covered: bool = False) -> bool:
    """Whether `picture_of` returns at once."""
    return (scene.drawn, covered) in _pictures


def _part_of(report: Progress, width: float, share: float) -> None:
    report(width * share)


def _bytes_of(history: History) -> int:
    return history.nbytes
