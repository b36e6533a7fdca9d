"""Training: experiments become tables of runs, the tables are shared out to the workers, histories come back.

The update rule of weight decay is `engine.update.Update`, the training loop `engine.loop.train_table`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from wd_core import workers
from wd_core.engine.loop import Progress, quick, train_table
from wd_core.evaluation import evaluate
from wd_core.experiment import Experiment
from wd_core.history import History, Piece, joined
from wd_core.tables import COMFORTABLE, Part, cut, tables_of

PROGRESS_SECONDS = 0.05
MOST_REPEATED = 0.15
"""Share of a training's cost that may be added by cutting it: Python's calls, which each part makes anew."""


def train(experiment: Experiment, *, dtype: type = np.float32, on_progress: Progress | None = None) -> History:
    """Train all runs of `experiment`.

    `on_progress(share done)` is called from this thread at least every 100 ms; whatever it raises cancels the training
    and comes out here. The same experiment gives the same bits on the same machine, however it was shared out: the runs
    never meet.
    """
    return train_all([experiment], dtype=dtype, on_progress=on_progress)[0]


def train_all(
    experiments: Sequence[Experiment],
    *,
    dtype: type = np.float32,
    on_progress: Progress | None = None,
    record_at: Sequence[int] | None = None,
) -> list[History]:
    """Train many experiments, those that agree in shapes and steps in one table: each history has the bits of `train`.

    `on_progress` is as in `train`, of all of it. `record_at`, from 0 up, is what is recorded where a study needs less
    than each experiment's own.
    """
    wanted = list(dict.fromkeys(experiments))
    tables = tables_of(wanted, dtype)
    cost, runs = sum(e.cost for e in wanted), sum(table.runs for table in tables)
    away, parts = workers.available(cost, on_progress), []
    for table in tables:
        count = math.ceil(table.room(dtype) / COMFORTABLE)
        parts += cut(table, max(count, _pieces(table, cost * table.runs / runs)) if away else count)
    tasks = [partial(train_part, part, dtype, record_at) for part in parts]
    if away and (len(parts) > 1 or cost > workers.LARGE):
        return _histories(experiments, parts, workers.run(tasks, on_progress, cost), record_at)
    report = on_progress or (lambda share: None)
    found = [task(_share(report, parts, i)) for i, task in enumerate(tasks)]
    return _histories(experiments, parts, found, record_at)


def _pieces(table: Part, cost: float) -> int:
    """Into how many parts a table of this cost goes to the workers: few where each would repeat many calls."""
    few = MOST_REPEATED * cost / table.arms[0].experiment.overhead
    return max(workers.COUNT, min(workers.pieces(cost), int(few)))


def train_here(e: Experiment, dtype: type, on_progress: Progress) -> History:
    """Train all runs in this process, in one table."""
    (table,) = tables_of([e], dtype)
    return _histories([e], [table], [train_part(table, dtype, None, on_progress)], None)[0]


def train_part(
    part: Part, dtype: type, record_at: Sequence[int] | None, on_progress: Progress
) -> list[Piece]:
    """What a History needs of the runs of a part, for each of its experiments."""
    watch, own = Watch(on_progress), [tuple(record_at or arm.experiment.record_at) for arm in part.arms]
    steps = sorted({step for at in own for step in at})
    recorded = train_table(part.table(), steps, dtype, watch)
    pieces = []
    for arm, at in zip(part.arms, own, strict=True):
        e, (lambdas, seeds) = arm.experiment, arm.within(part.rows, part.groups)
        rows = slice(arm.row + lambdas.start - part.rows.start, arm.row + lambdas.stop - part.rows.start)
        groups = slice(arm.group + seeds.start - part.groups.start, arm.group + seeds.stop - part.groups.start)
        weights = recorded[rows, groups]
        if list(at) != steps:
            weights = weights[:, :, np.searchsorted(steps, at)]
        with quick():
            pieces.append(Piece(lambdas, seeds, evaluate(e, e.lambdas[lambdas], e.seeds[seeds], weights, watch.still)))
    return pieces


def _histories(
    experiments: Sequence[Experiment], parts: list[Part], found: list[list[Piece]], record_at: Sequence[int] | None
) -> list[History]:
    pieces: dict[Experiment, list[Piece]] = {}
    for part, its in zip(parts, found, strict=True):
        for arm, piece in zip(part.arms, its, strict=True):
            pieces.setdefault(arm.experiment, []).append(piece)
    histories = {e: joined(e, its, record_at or e.record_at) for e, its in pieces.items()}
    return [histories[e] for e in experiments]


def _share(on_progress: Progress, parts: list[Part], i: int) -> Progress:
    """Progress of part i as progress of all."""
    runs = [part.runs for part in parts]
    before, all_of_them = sum(runs[:i]), sum(runs)
    return lambda share: on_progress((before + share * runs[i]) / all_of_them)


class Watch:
    """Calls `on_progress` now and then."""

    def __init__(self, on_progress: Callable[[float], None]):
        self.on_progress = on_progress
        self._next = time.monotonic() + PROGRESS_SECONDS

    def __call__(self, share: float) -> None:
        if (now := time.monotonic()) >= self._next:
            self.on_progress(share)
            self._next = now + PROGRESS_SECONDS

    def still(self) -> None:
        """All but done."""
        self(1.0)
