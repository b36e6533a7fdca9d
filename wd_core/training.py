"""Training: experiments become tables of runs, the tables are shared out to the workers, histories come back.

The update rule of weight decay is `engine.update.Update`, the training loop `engine.loop.train_table`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from wd_core import workers
from wd_core.engine.loop import Progress, quick, train_table
from wd_core.evaluation import evaluate
from wd_core.experiment import Experiment
from wd_core.history import History, Piece, joined
from wd_core.tables import Part, cut, tables_of

PROGRESS_SECONDS = 0.05


def train(experiment: Experiment, *, dtype: type = np.float32, on_progress: Progress | None = None) -> History:
    """Train all runs of `experiment`.

    `on_progress(share done)` is called from this thread at least every 100 ms; whatever it raises cancels the training
    and comes out here. The same experiment gives the same bits on the same machine, however it was shared out: the runs
    never meet.
    """
    return train_all([experiment], dtype=dtype, on_progress=on_progress)[0]


def train_all(
    experiments: Sequence[Experiment], *, dtype: type = np.float32, on_progress: Progress | None = None
) -> list[History]:
    """Train many experiments, those that agree in shapes and steps in one table: each history has the bits of `train`.

    `on_progress` is as in `train`, of all of it.
    """
    wanted = list(dict.fromkeys(experiments))
    tables = tables_of(wanted, dtype)
    cost = sum(e.cost for e in wanted)
    if workers.available(cost, on_progress):
        runs = sum(table.runs for table in tables)
        parts = [part for table in tables for part in cut(table, workers.pieces(cost * table.runs / runs))]
        if len(parts) > 1:
            tasks = [partial(train_part, part, dtype) for part in parts]
            return _histories(experiments, parts, workers.run(tasks, on_progress, cost))
    report = on_progress or (lambda share: None)
    found = [train_part(table, dtype, _share(report, tables, i)) for i, table in enumerate(tables)]
    return _histories(experiments, tables, found)


def train_here(e: Experiment, dtype: type, on_progress: Progress) -> History:
    """Train all runs in this process."""
    tables = tables_of([e], dtype)
    return _histories([e], tables, [train_part(tables[0], dtype, on_progress)])[0]


def train_part(part: Part, dtype: type, on_progress: Progress) -> list[Piece]:
    """What a History needs of the runs of a part, for each of its experiments."""
    watch, record_at = Watch(on_progress), part.record_at
    recorded = train_table(part.table(), record_at, dtype, watch)
    pieces = []
    for arm in part.arms:
        lambdas, seeds = arm.within(part.rows, part.groups)
        rows = slice(arm.row + lambdas.start - part.rows.start, arm.row + lambdas.stop - part.rows.start)
        groups = slice(arm.group + seeds.start - part.groups.start, arm.group + seeds.stop - part.groups.start)
        weights = recorded[rows, groups]
        if (e := arm.experiment).record_at != tuple(record_at):
            weights = weights[:, :, np.searchsorted(record_at, e.record_at)]
        with quick():
            pieces.append(Piece(lambdas, seeds, evaluate(e, e.lambdas[lambdas], e.seeds[seeds], weights, watch.still)))
    return pieces


def _histories(experiments: Sequence[Experiment], parts: list[Part], found: list[list[Piece]]) -> list[History]:
    pieces: dict[Experiment, list[Piece]] = {}
    for part, its in zip(parts, found, strict=True):
        for arm, piece in zip(part.arms, its, strict=True):
            pieces.setdefault(arm.experiment, []).append(piece)
    histories = {e: joined(e, its) for e, its in pieces.items()}
    return [histories[e] for e in experiments]


def _share(on_progress: Progress, tables: list[Part], i: int) -> Progress:
    """Progress of table i as progress of all."""
    runs = [table.runs for table in tables]
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
