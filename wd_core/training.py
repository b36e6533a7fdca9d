"""Training: experiments become tables of runs, the tables are shared out to the workers, histories come back.

The update rule of weight decay is `engine.update.Update`, the training loop `engine.loop.train_table`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from wd_core import workers
from wd_core.engine.loop import Progress, quick, train_table
from wd_core.engine.penalties import make_penalty
from wd_core.engine.runs import Group, Row, Rule, Table
from wd_core.evaluation import decay_factors, evaluate
from wd_core.experiment import Experiment
from wd_core.history import History, joined

PROGRESS_SECONDS = 0.05


def train(experiment: Experiment, *, dtype: type = np.float32, on_progress: Progress | None = None) -> History:
    """Train all runs of `experiment`.

    `on_progress(share done)` is called from this thread at least every 100 ms; whatever it raises cancels the training
    and comes out here. The same experiment gives the same bits on the same machine, however it was shared out: the runs
    never meet.
    """
    share_out = workers.available(experiment.cost, on_progress)
    parts = cut(experiment, workers.COUNT if share_out else 1)
    if len(parts) == 1:
        return train_here(experiment, dtype, on_progress or (lambda share: None))
    tasks = [partial(train_part, part, dtype) for part in parts]
    return joined(experiment, workers.run(tasks, on_progress))


def train_here(e: Experiment, dtype: type, on_progress: Progress) -> History:
    """Train all runs in this process."""
    return joined(e, [train_part(Part(e, slice(None), slice(None)), dtype, on_progress)])


@dataclass(frozen=True)
class Part:
    """Some λ and some seeds of an experiment; what is recorded, and when, the whole experiment decides."""

    experiment: Experiment
    lambdas: slice
    seeds: slice


def cut(e: Experiment, count: int) -> list[Part]:
    """The experiment in at most `count` parts, along its λ or, where these are fewer, its seeds."""
    along_seeds = len(e.lambdas) < count and len(e.lambdas) < len(e.seeds)
    length = len(e.seeds if along_seeds else e.lambdas)
    edges = np.linspace(0, length, min(count, length) + 1).astype(int)
    pieces, whole = [slice(int(a), int(b)) for a, b in pairwise(edges)], slice(None)
    return [Part(e, whole, piece) if along_seeds else Part(e, piece, whole) for piece in pieces]


def train_part(part: Part, dtype: type, on_progress: Progress) -> tuple[slice, slice, dict[str, np.ndarray]]:
    """Which λ and seeds, and the arrays of a History that belong to their runs."""
    e = part.experiment
    lambdas, seeds = e.lambdas[part.lambdas], e.seeds[part.seeds]
    watch = Watch(on_progress)
    groups = [Group(e.data(seed).X_train, e.data(seed).y_train, seed) for seed in seeds]
    weights = train_table(table_of(e, groups, lambdas), e.record_at, dtype, watch)
    with quick():
        return part.lambdas, part.seeds, evaluate(e, lambdas, seeds, weights, partial(watch, 1.0))


def table_of(e: Experiment, groups: Sequence[Group], lambdas: Sequence[float]) -> Table:
    """Runs of `e`, on training rows of their own."""
    return Table(e.layers, e.target, groups, rows_of(e, lambdas, decay_factors(e)), e.steps, e.batch_size)


def rows_of(e: Experiment, lambdas: Sequence[float], factors: np.ndarray) -> list[Row]:
    """A row for each λ; `factors` (P,) is what it is multiplied with, 0 where nothing decays."""
    rule = Rule(e.optimizer, e.momentum, decay=e.decay, schedule=e.schedule)
    penalty = make_penalty(e.penalty, e.l1_ratio)
    return [Row(lam, e.lr, penalty, factors, rule) for lam in lambdas]


class Watch:
    """Calls `on_progress` now and then."""

    def __init__(self, on_progress: Callable[[float], None]):
        self.on_progress = on_progress
        self._next = time.monotonic() + PROGRESS_SECONDS

    def __call__(self, share: float) -> None:
        if (now := time.monotonic()) >= self._next:
            self.on_progress(share)
            self._next = now + PROGRESS_SECONDS
