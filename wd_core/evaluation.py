"""Evaluation: what recorded weights say of the data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from wd_core.engine import penalties
from wd_core.engine.arrays import denormals_as_zeros, full_rows
from wd_core.engine.layers import Activation, Batch, Layer, arranger
from wd_core.engine.losses import Target
from wd_core.engine.network import Network
from wd_core.engine.penalties import make_penalty
from wd_core.experiment import Experiment

EXPLODED = 1e4
"""A training loss this many times (1 + the initial loss) counts as diverged."""
PARTS = ("train", "validation", "test")
CHUNK_ELEMENTS = 1 << 17
"""Activations of a chunk of runs in their widest layer: half a MB in float32, which second-level caches hold; smaller
ones cost more of Python's time than they save of the memory's."""


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
    lambdas, _, records, size = weights.shape
    found: dict[str, list[np.ndarray]] = {}
    for s, seed in enumerate(seeds):
        check()
        split = e.data(seed)
        y = [getattr(split, f"y_{part}") for part in PARTS]
        ends = np.cumsum([len(its) for its in y])
        parts = {part: slice(end - len(its), end) for part, its, end in zip(PARTS, y, ends, strict=True)}
        x, labels = np.concatenate([getattr(split, f"X_{part}") for part in PARTS]), np.concatenate(y)
        training_part = np.where(np.arange(len(x)) < len(y[0]), 1 / len(y[0]), 0)
        judged: dict[str, list[np.ndarray]] = {}
        for scores in scored(e.layers, weights[:, s].reshape(-1, size), x, training_part):
            for name, values in _judged(e.target, scores, labels, parts).items():
                judged.setdefault(name, []).append(values)
        for name, values in judged.items():
            found.setdefault(name, []).append(np.concatenate(values).reshape(lambdas, records, *values[0].shape[1:]))
    return {name: np.stack(values, axis=1) for name, values in found.items()}


def _judged(target: Target, scores: np.ndarray, labels: np.ndarray, parts: dict[str, slice]) -> dict[str, np.ndarray]:
    """Scores (r, outputs, n) and labels (n,), part beside part → loss and score (r,) of each, and what is wrong
    (r, n)."""
    found = {}
    with np.errstate(all="ignore"):
        losses = target.loss.each(scores, target.encode(labels, scores.dtype))
        wrong = None if target.is_regression else target.wrong(scores, labels)
        for part, its in parts.items():
            found[f"{part}_loss"] = losses[:, its].mean(-1)
            if wrong is None:
                found[f"{part}_score"] = target.r_squared(scores[..., its], labels[its]).astype(scores.dtype)
            else:
                found[f"{part}_wrong"] = wrong[:, its]
                found[f"{part}_score"] = (1 - wrong[:, its].mean(-1)).astype(scores.dtype)
    return found


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
    """(P,) True where a parameter is decayed: weights are; biases and gains of normalisation where asked."""
    decayed = ("weight", *["bias"] * e.decay_biases, *["gain"] * e.decay_gains)
    return np.concatenate([sum(b.mask(role) for role in decayed).ravel() for b, _ in e.blocks]).astype(bool)


def decay_factors(e: Experiment) -> np.ndarray:
    """(P,) float64: what λ is multiplied with, 0 where nothing decays."""
    factors = dict(zip(e.decayed_layers, e.decay_layers, strict=False))
    return decay_mask(e) * np.concatenate([np.full(b.size, factors.get(b.layer, 1.0)) for b, _ in e.blocks])


def score_new(
    e: Experiment,
    X_train: np.ndarray,
    weights: np.ndarray,
    X: np.ndarray,
    then: Callable[[np.ndarray], np.ndarray] = np.copy,
) -> np.ndarray:
    """`score_runs` for rows X (n, …) and weights (R, P) that were trained on `X_train`, from which batch norm takes its
    statistics."""
    if not any(layer.uses_batch for layer in e.layers()):
        return score_runs(e.layers, weights, X, then)
    m = len(X_train)
    share = np.where(np.arange(m + len(X)) < m, 1 / m, 0)
    return score_runs(e.layers, weights, np.concatenate([X_train, X]), lambda scores: then(scores[..., m:]), share)


def score_runs(
    make_layers: Callable[[], list[Layer]],
    weights: np.ndarray,
    X: np.ndarray,
    then: Callable[[np.ndarray], np.ndarray] = np.copy,
    share: np.ndarray | None = None,
) -> np.ndarray:
    """weights (R, P), X (n, …) → then(scores (r, outputs, n)) of all runs, (R, …); `then` sees a few runs at a time.

    `share` (n,) is how much of batch norm's statistics each row is; by default all are equal.
    """
    return np.concatenate([then(scores) for scores in scored(make_layers, weights, X, share)])


def scored(
    make_layers: Callable[[], list[Layer]], weights: np.ndarray, X: np.ndarray, share: np.ndarray | None = None
) -> Iterator[np.ndarray]:
    """Scores (r, outputs, n) of a few runs after the other, to be used before the next are asked for."""
    for network in _forwarded(make_layers, weights, X, share):
        yield network.layers[-1].output[..., : len(X)]


def batch_norms(e: Experiment, X_train: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """weights (R, P) → (R, features, 2): slope and intercept that batch norm applies at evaluation to each of its
    features, layer after layer, by the statistics of `X_train`."""
    found = []
    for network in _forwarded(e.layers, weights, X_train):
        found.append(np.concatenate([layer.as_affine() for layer in network.layers if layer.uses_batch], axis=1))
    return np.concatenate(found)


def activities(e: Experiment, weights: np.ndarray, X: np.ndarray) -> list[np.ndarray]:
    """weights (R, P), X (n, …) as the model sees it → for each hidden layer of plain features what its units say,
    (R, units, n): the outputs of its activation. Batch norm takes its statistics from X."""
    found: list[list[np.ndarray]] = []
    for network in _forwarded(e.layers, weights, X):
        said = [layer.output for layer in network.layers if isinstance(layer, Activation) and len(layer.shape) == 1]
        found.append([output[..., : len(X)].copy() for output in said])
    return [np.concatenate(runs) for runs in zip(*found, strict=True)]


def _forwarded(
    make_layers: Callable[[], list[Layer]], weights: np.ndarray, X: np.ndarray, share: np.ndarray | None = None
) -> Iterator[Network]:
    """Networks of a few runs after the other, after X went through them."""
    n, dtype = len(X), weights.dtype
    columns = full_rows(n, dtype)
    x = arranger(make_layers()).arrange(X, dtype, columns)
    shares = np.zeros(columns, dtype)
    shares[:n] = 1 / max(1, n) if share is None else share
    batch, network = Batch(x, shares), None
    widest = max(math.prod(layer.shape) for layer in make_layers() if not layer.random)
    chunk = max(1, CHUNK_ELEMENTS // max(1, widest * n))
    for start in range(0, len(weights), chunk):
        some = weights[start : start + chunk]
        with denormals_as_zeros(), np.errstate(all="ignore"):
            if network is None or len(some) != len(network.weights):
                network = Network(make_layers(), (len(some),), columns, dtype, train=False)
            network.weights[...] = some
            network.forward(batch)
        yield network
