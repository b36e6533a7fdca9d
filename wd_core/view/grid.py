"""What a model says on a grid of the plane, for every λ and step: where the browser cannot evaluate it itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from wd_core import workers
from wd_core.datasets import Split
from wd_core.evaluation import score_new
from wd_core.experiment import Experiment
from wd_core.history import History
from wd_core.view.packing import differences
from wd_core.view.planes import Plane

GRID = 56
"""Points a side: between them the browser interpolates scores, which are smooth where probabilities are steps."""
CURVE_POINTS = 160
SURE = 20.0
"""Scores of two classes are cut here: beyond it a probability is 0 or 1 in single precision."""
TOP = 65535


@dataclass(frozen=True)
class Look:
    """Where a model is looked at."""

    experiment: Experiment
    X_train: np.ndarray
    X: np.ndarray


def grid_of(history: History, weights: np.ndarray, split: Split, plane: Plane) -> tuple[dict, dict[str, np.ndarray]]:
    """Header entry and arrays for one side's `weights` (L, K, P).

    "curve" (L, K, CURVE_POINTS) float32 for one input. Else "grid", differences of 16-bit numbers (L, K, GRID, GRID):
    scores from `low` to `high`, or with more than two classes the lead of the most probable one, which is in "top".
    """
    e = history.experiment
    points = plane.grid(CURVE_POINTS)[:CURVE_POINTS] if plane.y_is_target else plane.grid(GRID)
    what = Look(e, split.X_train, split.to_model(points))
    lead, runs = weights.shape[:2], weights.reshape(-1, weights.shape[-1])
    if workers.available(5e-11 * runs.size * len(points)):
        tasks = [partial(_look, what, some) for some in np.array_split(runs, workers.COUNT)]
        said = np.concatenate(workers.run(tasks))
    else:
        said = _look(what, runs)
    if plane.y_is_target:
        return {}, {"curve": said[:, 0].reshape(*lead, CURVE_POINTS).astype(np.float32)}
    said = np.moveaxis(said, 1, 0).reshape(-1, *lead, GRID, GRID)
    arrays = {"top": said[1].astype(np.uint8)} if len(said) > 1 else {}
    if e.task == "regression":  # runs that explode must not flatten the others
        middle, reach = split.y_train.mean(), 4 * np.ptp(split.y_train)
        said = np.clip(said, middle - reach, middle + reach)
    found = said[0][np.isfinite(said[0])]
    low, high = (float(found.min()), float(found.max())) if found.size else (0.0, 1.0)
    numbers = np.nan_to_num(np.rint((said[0] - low) * (TOP / ((high - low) or 1.0))), nan=TOP // 2)
    arrays["grid"] = differences(numbers.astype(np.int32), (2, 3))
    return {"low": low, "high": high, "size": GRID}, arrays


def _look(what: Look, runs: np.ndarray, report: Callable[[float], None] | None = None) -> np.ndarray:
    """runs (R, P) → (R, 1, n) scores, or (R, 2, n): lead and number of the most probable class."""
    e, target = what.experiment, what.experiment.target
    if e.task == "regression":
        then = np.copy
    elif target.outputs == 1:
        then = lambda z: np.clip(z, -SURE, SURE)  # noqa: E731
    elif e.task == "binary":  # softmax over two classes is logistic in their difference
        then = lambda z: np.clip(z[:, 1:] - z[:, :1], -SURE, SURE)  # noqa: E731
    else:
        then = _winner
    return score_new(e, what.X_train, runs, what.X, then)


def _winner(scores: np.ndarray) -> np.ndarray:
    """(r, classes, n) scores → (r, 2, n): the most probable class's lead over the second, and which it is.

    One walk over the classes keeps the best two and Σ e^score; NumPy's argmax and partition along the middle axis take
    ten times as long.
    """
    best, second = scores[:, 0].copy(), np.full_like(scores[:, 0], -np.inf)
    top = np.zeros_like(best)
    for c in range(1, scores.shape[1]):
        z = scores[:, c]
        np.maximum(second, np.minimum(best, z), out=second)
        top[z > best] = c
        np.maximum(best, z, out=best)
    total = np.exp(scores - best[:, None]).sum(1)
    return np.stack([(1 - np.exp(second - best)) / total, top], axis=1)
