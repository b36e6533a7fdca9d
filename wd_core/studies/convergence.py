"""Convergence with decay and without: iterations to the own optimum and to one data loss, and what an iteration takes.

"Converges faster" has two readings that need not agree. The objective with decay is another function, with its minimum
nearer to the first weights and more curvature around it; the data loss is what one trains for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from wd_core.engine.loop import train_table
from wd_core.experiment import Experiment
from wd_core.history import History
from wd_core.tables import tables_of
from wd_core.training import train_all

Progress = Callable[[float], None]
NEAR = 0.01
"""Within 1 %: of the way from the first objective down to the least one."""
FAR = 0.9
"""The data loss to reach: nine tenths of the way from the first one to the lowest that the run with decay reaches."""
RECORDS = 160


def passes(steps: np.ndarray, values: np.ndarray, target: np.ndarray) -> np.ndarray:
    """(…) the step, between records by linear interpolation, at which `values` (…, K) first come down to `target` (…);
    NaN where they never do. `steps` (K,) ascend."""
    below = values <= target[..., None]
    k = below.argmax(-1)
    after, before = (np.take_along_axis(values, np.maximum(k - d, 0)[..., None], -1)[..., 0] for d in (0, 1))
    fall = np.where(before > after, before - after, 1.0)
    share = np.clip((before - target) / fall, 0, 1)
    start = steps[np.maximum(k - 1, 0)]
    return np.where(below.any(-1), start + share * (steps[k] - start), np.nan)


@dataclass(frozen=True, eq=False)
class Iterations:
    """Of each seed, without decay and with it at the λ that validation chose; (S,) each."""

    lam: np.ndarray
    own: tuple[np.ndarray, np.ndarray]
    """To within `NEAR` of the own objective's least value."""
    data: tuple[np.ndarray, np.ndarray]
    """To the same data loss, see `FAR`."""


def iterations(h: History) -> Iterations:
    """λ number 0 is 0; of the others the validation loss at the end chooses. The least objective is that of the whole
    training, so it should be long."""
    if h.lambdas[0] != 0 or len(h.lambdas) < 2:
        raise ValueError(f"lambdas={h.lambdas[0]:g}, …: allowed: 0 first, then those to choose from")
    at_end = np.where(np.isfinite(h.validation_loss[1:, :, -1]), h.validation_loss[1:, :, -1], np.inf)
    chosen, seeds = 1 + at_end.argmin(0), np.arange(len(h.seeds))
    objective = h.train_loss.astype(float) + h.penalty
    own, reached = [], []
    lowest = np.nanmin(h.train_loss[chosen, seeds], axis=-1)
    for i in (np.zeros_like(chosen), chosen):
        J, loss = objective[i, seeds], h.train_loss[i, seeds].astype(float)
        least = np.nanmin(J, axis=-1)
        own.append(passes(h.steps, J, least + NEAR * (J[:, 0] - least)))
        reached.append(passes(h.steps, loss, loss[:, 0] - FAR * (loss[:, 0] - lowest)))
    return Iterations(h.lambdas[chosen], (own[0], own[1]), (reached[0], reached[1]))


def converge(arms: Mapping[str, Experiment], on_progress: Progress = lambda share: None) -> dict[str, Iterations]:
    """Train all arms, of the same number of steps, and count their iterations."""
    steps = {e.steps for e in arms.values()}
    if len(steps) != 1:
        raise ValueError(f"steps={sorted(steps)}: allowed: the same for all arms")
    last = steps.pop()
    record = [0, *np.unique(np.geomspace(1, last, RECORDS).round().astype(int)).tolist()]
    histories = train_all(list(arms.values()), on_progress=on_progress, record_at=record)
    return {name: iterations(h) for name, h in zip(arms, histories, strict=True)}


# -------------------------------------------------------------------- what an iteration takes


def seconds_per_step(
    arms: Mapping[str, Experiment], seeds: tuple[int, ...], steps: int, repeats: int = 3,
    on_progress: Progress = lambda share: None, clock: Callable[[], float] = time.process_time,
) -> dict[str, np.ndarray]:  # fmt: skip
    """(S,) processor seconds of a step of each arm, training alone, in this process on one core.

    Interleaved: a repeat trains all arms one after the other, forwards and backwards in turn; the least of the repeats
    counts, for whatever disturbs a measurement makes it longer.
    """
    found = {name: np.full((len(seeds), repeats), np.nan) for name in arms}
    for s, seed in enumerate(seeds):
        parts = {name: tables_of([e.replace(seeds=(seed,), steps=steps)], np.float32)[0] for name, e in arms.items()}
        for repeat in range(repeats):
            for name in list(parts)[:: 1 if (s + repeat) % 2 else -1]:
                start = clock()
                train_table(parts[name].table(), [0, steps], np.float32, lambda share: None)
                found[name][s, repeat] = (clock() - start) / steps
                on_progress((s + (repeat + 1) / repeats) / len(seeds))
    return {name: each.min(1) for name, each in found.items()}
