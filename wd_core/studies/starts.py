"""Trainings that start with larger or smaller weights than a model's own initialisation gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from wd_core import workers
from wd_core.engine.loop import train_table
from wd_core.evaluation import evaluate
from wd_core.experiment import Experiment
from wd_core.history import History, Piece, joined
from wd_core.tables import tables_of

Progress = Callable[[float], None]


def scaled_start(e: Experiment, scale: float, record_at: Sequence[int], on_progress: Progress) -> History:
    """`train` of `e`, where all first parameters are multiplied with `scale`; recorded at these steps, from 0 up."""
    (part,) = tables_of([e], np.float32)
    table = part.table()
    table = replace(table, rows=[replace(row, scale=scale) for row in table.rows])
    recorded = train_table(table, record_at, np.float32, on_progress)
    arrays = evaluate(e, e.lambdas, e.seeds, recorded, lambda: on_progress(1.0))
    return joined(e, [Piece(slice(0, len(e.lambdas)), slice(0, len(e.seeds)), arrays)], record_at)


def scaled_starts(
    e: Experiment, scales: Sequence[float], record_at: Sequence[int], on_progress: Progress = lambda share: None
) -> list[History]:
    """`scaled_start` of each, shared out to the workers."""
    tasks = [partial(scaled_start, e, scale, record_at) for scale in scales]
    if workers.available(e.cost * len(scales), on_progress):
        return workers.run(tasks, on_progress, e.cost * len(scales))
    return [task(lambda s, i=i: on_progress((i + s) / len(tasks))) for i, task in enumerate(tasks)]
