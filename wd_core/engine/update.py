"""The update rule: gradient, decay and optimiser meet here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wd_core.engine.arrays import aligned_zeros
from wd_core.engine.decay import DECAYS, Decay, Now
from wd_core.engine.optimizers import OPTIMIZERS
from wd_core.engine.runs import Row
from wd_core.engine.schedules import SCHEDULES, decay_strength


class Update:
    """One step of rows that follow one rule: `w` and `g` are their (…, R, P) weights and gradient, changed in place."""

    def __init__(self, rows: Sequence[Row], w: np.ndarray, g: np.ndarray, steps: int):
        self.w, self.g, self.rule, self.steps = w, g, rows[0].rule, steps
        self.lr = _one_or_column([row.lr for row in rows])
        l1, l2 = (np.stack(each) for each in zip(*(row.strengths(w.dtype) for row in rows), strict=True))
        self.scratch = aligned_zeros(w.shape, w.dtype)
        self.decay, self.none = DECAYS[self.rule.decay](l1, l2, self.scratch), Decay(l1, l2, self.scratch)
        self.optimizer = OPTIMIZERS[self.rule.optimizer](w.shape, w.dtype, self.rule.momentum, self.rule.beta2)
        same = self.rule.schedule == "constant" and not self.rule.lambda_warmup and self.rule.decay_span == (0, 1)
        self._always = self.at(1) if same else None

    def __call__(self, step: int) -> None:
        """Take `step`, of 1…`steps`."""
        w, g, now = self.w, self.g, self._always or self.at(step)
        decay = self.decay if now.strength else self.none

        decay.into_gradient(w, g, now)
        direction = self.optimizer.direction(g)
        decay.beside(w, direction, now)
        w -= np.multiply(direction, now.lr, out=self.scratch)
        decay.prox(w, self.optimizer, now)

    def at(self, step: int) -> Now:
        """Learning rate and strength of λ at this step."""
        passed = (step - 1) / self.steps
        schedule = SCHEDULES[self.rule.schedule](passed)
        lr = self.lr * schedule
        lr = lr.astype(self.w.dtype) if isinstance(lr, np.ndarray) else lr
        return Now(lr, schedule, decay_strength(passed, self.rule.lambda_warmup, self.rule.decay_span))


def _one_or_column(values: list[float]) -> float | np.ndarray:
    """The number that all are, or (R, 1) float64."""
    return values[0] if len(set(values)) == 1 else np.array(values)[:, None]
