"""A table of runs: groups × rows.

A *group* is the training rows that its runs share, and the seed of their streams of random numbers: first weights and
batches. A *row* is what runs differ in: λ, learning rate, penalty, and the rule by which they are updated. Runs of
one group are paired: whatever is drawn is drawn once and the same for all its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from wd_core.engine.layers import Layer
from wd_core.engine.losses import Target
from wd_core.engine.penalties import Penalty


@dataclass(frozen=True)
class Rule:
    """How runs are updated, in words: rows of one rule that stand together are updated together."""

    optimizer: str = "adam"
    momentum: float = 0.9
    beta2: float = 0.999
    decay: str = "coupled"
    schedule: str = "constant"
    lambda_warmup: float = 0.0
    decay_span: tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True, eq=False)
class Row:
    """The settings of one row of the table."""

    lam: float
    lr: float
    penalty: Penalty
    factors: np.ndarray
    """(P,) on λ: 0 where nothing decays."""
    rule: Rule = Rule()
    dropout: float = 0.0
    input_noise: float = 0.0
    scale: float = 1.0
    """On all first parameters."""

    def strengths(self, dtype: np.dtype | type) -> tuple[np.ndarray, np.ndarray]:
        """λ₁ and λ₂ of every parameter, (P,)."""
        return self.penalty.strengths(np.asarray(self.lam, dtype), self.factors)


@dataclass(frozen=True, eq=False)
class Group:
    """What a group trains on: X (n, …), y (n,)."""

    X: np.ndarray
    y: np.ndarray
    seed: int


@dataclass(frozen=True, eq=False)
class Table:
    """All that a training needs to know. Groups of unequal size need full batches."""

    layers: Callable[[], list[Layer]]
    """Fresh layers, the same for all runs."""
    target: Target
    groups: Sequence[Group]
    rows: Sequence[Row]
    steps: int
    batch_size: int | None = None

    def slices(self) -> list[slice]:
        """Rows that stand together and are updated together."""
        found, start = [], 0
        for _, same in groupby(self.rows, lambda row: (row.rule, row.penalty.l1_share > 0, row.penalty.l2_share > 0)):
            stop = start + sum(1 for _ in same)
            found.append(slice(start, stop))
            start = stop
        return found
