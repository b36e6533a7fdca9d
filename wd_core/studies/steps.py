"""What single steps of gradient descent do: how large a rate bears them, how fast they follow the data, how far they
turn a layer. All of it is read off weights before and after a step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from wd_core.evaluation import decay_factors
from wd_core.experiment import Experiment
from wd_core.history import History
from wd_core.training import train_all

Progress = Callable[[float], None]


def pairs(first: int, last: int, count: int) -> list[int]:
    """0, and `count` steps from `first` to `last` − 1, each with the step after it."""
    starts = np.unique(np.linspace(first, last - 1, count).round().astype(int))
    return sorted({0, *starts.tolist(), *(starts + 1).tolist()})


def before_and_after(h: History) -> tuple[np.ndarray, np.ndarray]:
    """Numbers on K of recorded steps that follow one another: before, after."""
    before = np.flatnonzero(np.diff(h.steps) == 1)
    return before, before + 1


# -------------------------------------------------------------------- how large a learning rate it bears

RECORDED = (0, 1, 2, 3, 4, 6, 8, 11, 15, 20, 27, 36, 48, 64, 80, 100)
ROUNDING = 1e-6
"""Of the first objective: how far sums in float32 may be off."""


def largest_stable(
    e: Experiment, rates: Sequence[float], on_progress: Progress = lambda share: None
) -> tuple[np.ndarray, list[History]]:
    """(L, S) the largest of `rates`, which rise, up to which every one is stable: the last where all are, NaN where the
    first is not. And the trainings.

    Stable: the objective, loss and penalty, never rises from one of `RECORDED` steps to the next.
    """
    arms = [e.replace(optimizer="sgd", schedule="constant", batch_size=None, steps=RECORDED[-1], lr=float(lr))
            for lr in rates]  # fmt: skip
    histories = train_all(arms, on_progress=on_progress, record_at=RECORDED)
    in_a_row = np.logical_and.accumulate([never_rises(h) for h in histories], axis=0).sum(0)
    return np.where(in_a_row > 0, np.asarray(rates, float)[np.maximum(in_a_row - 1, 0)], np.nan), histories


def never_rises(h: History) -> np.ndarray:
    """(L, S) bool: the objective falls or stays from each record to the next, but for rounding. A run that diverged
    does not."""
    objective = h.train_loss.astype(float) + h.penalty
    with np.errstate(invalid="ignore"):
        return (np.diff(objective, axis=-1) <= ROUNDING * objective[:, :, :1]).all(-1)


# -------------------------------------------------------------------- how fast it follows the data


def followed(h: History) -> np.ndarray:
    """(L, S) the share of the learning rate with which the weights follow the data's gradient, over all recorded pairs
    of steps of gradient descent with L2 in the objective, a constant rate and no momentum.

    Such a step is Δw = −η (g + λw), so that g = −Δw/η − λw; the share is −⟨Δw, g⟩/(η ‖g‖²) = 1 + λ⟨w, g⟩/‖g‖², sums
    over steps above and below the line. Decayed weights alone count.
    """
    e = h.experiment
    if e.optimizer != "sgd" or e.schedule != "constant" or e.penalty != "l2" or e.decay != "coupled":
        raise ValueError(f"optimizer={e.optimizer}: allowed: sgd at a constant rate, with coupled L2")
    before, after = before_and_after(h)
    factors = decay_factors(e)
    w = h.weights[:, :, before][..., h.weight_mask].astype(float)
    step = h.weights[:, :, after][..., h.weight_mask] - w
    gradient = -step / e.lr - h.lambdas[:, None, None, None] * factors[h.weight_mask] * w
    with np.errstate(divide="ignore", invalid="ignore"):
        return -(step * gradient).sum((-1, -2)) / (e.lr * np.square(gradient).sum((-1, -2)))


# -------------------------------------------------------------------- how far it turns a layer


def angles(h: History) -> tuple[np.ndarray, np.ndarray]:
    """Steps (N,) and radians (L, S, N) that the weights of a normalised layer turn in the step after each of them, the
    mean over such layers."""
    before, after = before_and_after(h)
    normed = {block.layer for block, _ in h.blocks() if block.role == "gain"}
    if not normed:
        raise ValueError(f"norm={h.experiment.norm}: allowed: a normalisation, for angles to mean something")
    turned = []
    for block, place in h.blocks():
        mask = block.mask("weight").ravel()
        if block.layer in normed and mask.any():
            w = h.weights[..., place][..., mask].astype(float)
            with np.errstate(invalid="ignore", divide="ignore"):
                w /= np.linalg.norm(w, axis=-1, keepdims=True)
            apart = np.linalg.norm(w[:, :, after] - w[:, :, before], axis=-1)
            turned.append(2 * np.arcsin(np.minimum(1, apart / 2)))
    return h.steps[before], np.mean(turned, axis=0)
