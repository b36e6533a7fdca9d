"""Evaluation: what recorded weights say of the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from wd_core.engine import penalties
from wd_core.engine.arrays import denormals_as_zeros, full_rows
from wd_core.engine.layers import Batch, Layer, places
from wd_core.engine.network import Network
from wd_core.engine.penalties import make_penalty
from wd_core.experiment import Experiment

EXPLODED = 1e4
"""A training loss this many times (1 + the initial loss) counts as diverged."""
PARTS = ("train", "validation", "test")
CHUNK_ELEMENTS = 1 << 16
"""Activations of a chunk of runs: 256 KB in float32, so that a forward pass stays in second-level cache."""


def evaluate(
    e: Experiment, lambdas: Sequence[float], seeds: Sequence[int], weights: np.ndarray, check: Callable[[], None]
) -> dict[str, np.ndarray]:
    """Recorded `weights` (L, S, K, P) of some runs of `e` → the arrays of a History that belong to a run, by name.

    From the step on at which a run diverged, its weights and numbers become NaN. What is misclassified, (L, S, K, n)
    bool, has names such as "test_wrong", for classes only. `check` is called now and then and may raise.
    """
    found = _losses_and_scores(e, seeds, weights, check)
    alive = _alive(found["train_loss"])
    for name, values in found.items():
        if not name.endswith("wrong"):
            values[~alive] = np.nan
    weights[~alive] = np.nan
    found["diverged"] = ~alive[:, :, -1]
    found["penalty"] = _penalty(e, lambdas, weights)
    found["weights"] = weights
    return found


def _losses_and_scores(
    e: Experiment, seeds: Sequence[int], weights: np.ndarray, check: Callable[[], None]
) -> dict[str, np.ndarray]:
    """By part of the data: loss and score (L, S, K), and for classes what is wrong (L, S, K, n)."""
    target = e.target
    lambdas, _, records, size = weights.shape
    found: dict[str, list] = {}
    with np.errstate(all="ignore"):
        for s, seed in enumerate(seeds):
            check()
            split = e.data(seed)
            labels = [getattr(split, f"y_{part}") for part in PARTS]
            x = np.concatenate([getattr(split, f"X_{part}") for part in PARTS])
            scores = score_runs(e.layers, weights[:, s].reshape(-1, size), x)
            cuts = np.cumsum([len(y) for y in labels])[:-1]
            for part, its_scores, y in zip(PARTS, np.split(scores, cuts, axis=-1), labels, strict=True):
                loss = target.loss.value(its_scores, target.encode(y, weights.dtype))
                found.setdefault(f"{part}_loss", []).append(loss)
                found.setdefault(f"{part}_score", []).append(target.score(its_scores, y).astype(weights.dtype))
                if e.task != "regression":
                    found.setdefault(f"{part}_wrong", []).append(target.wrong(its_scores, y))
    return {
        name: np.stack([v.reshape(lambdas, records, *v.shape[1:]) for v in values], axis=1)
        for name, values in found.items()
    }


def _alive(train_loss: np.ndarray) -> np.ndarray:
    """(L, S, K) bool: the run has not diverged up to here."""
    limit = EXPLODED * (1 + train_loss[:, :, :1])
    sound = np.isfinite(train_loss) & ~(train_loss > limit)
    return np.logical_and.accumulate(sound, axis=2)


def _penalty(e: Experiment, lambdas: Sequence[float], weights: np.ndarray) -> np.ndarray:
    values = np.array(lambdas, weights.dtype)[:, None, None]
    l1, l2 = make_penalty(e.penalty, e.l1_ratio).strengths(values, decay_factors(e))
    return penalties.value(weights, l1, l2)


def decay_mask(e: Experiment) -> np.ndarray:
    """(P,) True where a parameter can decay: weights can, biases cannot."""
    return np.concatenate([block.mask("weight").ravel() for block, _ in places(e.layers())])


def decay_factors(e: Experiment) -> np.ndarray:
    """(P,) float64: what λ is multiplied with, 0 where nothing decays."""
    return decay_mask(e).astype(float)


def score_runs(
    make_layers: Callable[[], list[Layer]],
    weights: np.ndarray,
    X: np.ndarray,
    then: Callable[[np.ndarray], np.ndarray] = np.copy,
) -> np.ndarray:
    """weights (R, P), X (n, …) → then(scores (r, outputs, n)) of all runs, (R, …); `then` sees a few runs at a time."""
    n, dtype = len(X), weights.dtype
    x = make_layers()[0].arrange(X, dtype, full_rows(n, dtype))
    widest = max(int(np.prod(shape)) for shape in [X.shape[1:], *(layer.shape for layer in make_layers())])
    batch = Batch(x, np.full(x.shape[-1], 1 / max(1, n), dtype))
    chunk = max(1, CHUNK_ELEMENTS // max(1, widest * n))
    done, network = [], None
    with denormals_as_zeros(), np.errstate(all="ignore"):
        for start in range(0, len(weights), chunk):
            some = weights[start : start + chunk]
            if network is None or len(some) != len(network.weights):
                network = Network(make_layers(), (len(some),), x.shape[-1], dtype, train=False)
            network.weights[...] = some
            done.append(then(network.forward(batch)[..., :n]))
    return np.concatenate(done)
