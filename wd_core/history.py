"""History: what a training leaves, for every λ, seed and recorded step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from wd_core.engine import penalties
from wd_core.engine.arrays import denormals_as_zeros, full_rows, with_ones
from wd_core.engine.layers import Dense, Network
from wd_core.engine.losses import Target
from wd_core.experiment import Experiment
from wd_core.models import MODELS

EXPLODED = 1e4
"""A training loss this many times (1 + the initial loss) counts as diverged."""
PARTS = ("train", "validation", "test")


@dataclass(frozen=True, eq=False)
class History:
    """Results of one `Experiment`; L lambdas, S seeds, K recorded steps, P parameters of one run. Arrays are read-only.

    Losses are data losses, without the penalty. From the step at which a run diverged on, its values are NaN.
    """

    experiment: Experiment
    lambdas: np.ndarray
    """(L,)"""
    seeds: np.ndarray
    """(S,)"""
    steps: np.ndarray
    """(K,) optimiser steps after which the rest was recorded, from 0."""
    diverged: np.ndarray
    """(L, S) bool"""
    train_loss: np.ndarray
    validation_loss: np.ndarray
    test_loss: np.ndarray
    """(L, S, K) mean data loss"""
    train_score: np.ndarray
    validation_score: np.ndarray
    test_score: np.ndarray
    """(L, S, K) accuracy, or R² for regression"""
    penalty: np.ndarray
    """(L, S, K) λ₁ ‖w‖₁ + ½ λ₂ ‖w‖²"""
    weights: np.ndarray
    """(L, S, K, P) all parameters; layer after layer a row-major (outputs, inputs + 1) matrix, the bias last"""
    weight_mask: np.ndarray
    """(P,) True where decayed"""
    wrong: dict[str, np.ndarray] | None
    """By part, (L, S, K, n) bool: misclassified; None for regression"""

    def predict(self, X: np.ndarray) -> np.ndarray:
        """X (n, d), as the model sees it → (L, S, n, outputs) at the last step: probabilities, or regression's values.

        A binary model with one score gives one output, the probability of class 1.
        """
        X = np.asarray(X, self.weights.dtype)
        inputs = self.layers()[0].inputs
        if X.ndim != 2 or X.shape[1] != inputs:
            raise ValueError(f"X of shape {X.shape}: this model sees {inputs} inputs; allowed: (n, {inputs})")
        lead = self.weights.shape[:2]
        scores = score_runs(self.layers, self.weights[:, :, -1].reshape(-1, self.weights.shape[-1]), X)
        return np.moveaxis(self.target.loss.predict(scores), 1, 2).reshape(*lead, len(X), self.target.outputs)

    def __post_init__(self) -> None:
        for array in [*vars(self).values(), *(self.wrong or {}).values()]:
            if isinstance(array, np.ndarray):
                array.setflags(write=False)

    @property
    def target(self) -> Target:
        """Loss and outputs."""
        return target_of(self.experiment)

    def layers(self) -> list[Dense]:
        """Fresh layers of the experiment's model."""
        return layers_of(self.experiment)

    @property
    def nbytes(self) -> int:
        """Memory that the arrays hold."""
        arrays = [a for a in vars(self).values() if isinstance(a, np.ndarray)]
        return sum(a.nbytes for a in arrays + list((self.wrong or {}).values()))


def target_of(e: Experiment) -> Target:
    """Loss and outputs of the experiment's model on its data."""
    return MODELS[e.model].target(e.source.n_classes)


def layers_of(e: Experiment) -> list[Dense]:
    """Fresh layers of the experiment's model, in order."""
    return MODELS[e.model].layers(e, e.data(e.seeds[0]).X_train.shape[1], target_of(e).outputs)


def make_history(e: Experiment, weights: np.ndarray, check: Callable[[], None]) -> History:
    """Losses and scores of recorded `weights` (L, S, K, P); `check` is called now and then and may raise."""
    found = _evaluate(e, weights, check)
    alive = _alive(found["train_loss"])
    for name in found:
        if not name.endswith("wrong"):
            found[name][~alive] = np.nan
    weights[~alive] = np.nan
    mask = decay_mask(layers_of(e))
    wrong = {part: found.pop(f"{part}_wrong") for part in PARTS} if e.task != "regression" else None
    return History(
        experiment=e,
        lambdas=np.array(e.lambdas),
        seeds=np.array(e.seeds),
        steps=np.array(e.record_at),
        diverged=~alive[:, :, -1],
        penalty=_penalty(e, weights, mask),
        weights=weights,
        weight_mask=mask,
        wrong=wrong,
        **found,
    )


def join(e: Experiment, parts: list[History]) -> History:
    """The history of `e` from those of its λ, cut in order."""
    if len(parts) == 1:
        return parts[0]
    whole = {name: getattr(parts[0], name) for name in ("seeds", "steps", "weight_mask")}
    for f in fields(History):
        if f.name not in whole and f.name not in ("experiment", "wrong"):
            whole[f.name] = np.concatenate([getattr(part, f.name) for part in parts])
    wrong = parts[0].wrong and {part: np.concatenate([h.wrong[part] for h in parts]) for part in PARTS}
    return History(experiment=e, wrong=wrong, **whole)


def _evaluate(e: Experiment, weights: np.ndarray, check: Callable) -> dict[str, np.ndarray]:
    """Loss and score (L, S, K), and for classes what is misclassified (L, S, K, n), by part of the data."""
    target = target_of(e)
    lambdas, _, records, size = weights.shape
    found: dict[str, list] = {}
    with np.errstate(all="ignore"):
        for s, seed in enumerate(e.seeds):
            check()
            split = e.data(seed)
            runs = weights[:, s].reshape(-1, size)
            labels = [getattr(split, f"y_{part}") for part in PARTS]
            x = np.concatenate([getattr(split, f"X_{part}") for part in PARTS])
            scores = score_runs(lambda: layers_of(e), runs, x)
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


def _penalty(e: Experiment, weights: np.ndarray, mask: np.ndarray) -> np.ndarray:
    lambdas = np.array(e.lambdas, weights.dtype)[:, None, None]
    l1, l2 = penalties.make_penalty(e.penalty, e.l1_ratio).strengths(lambdas, mask)
    return penalties.value(weights, l1, l2)


def decay_mask(layers: list[Dense]) -> np.ndarray:
    """(P,) True where a parameter is decayed: weights are, biases are not."""
    return np.concatenate([layer.decayed().ravel() for layer in layers])


CHUNK_ELEMENTS = 1 << 16
"""Activations of a chunk of runs: 256 KB in float32, so that a forward pass stays in second-level cache."""


def score_runs(
    make_layers: Callable[[], list[Dense]],
    weights: np.ndarray,
    X: np.ndarray,
    then: Callable[[np.ndarray], np.ndarray] = np.copy,
) -> np.ndarray:
    """weights (R, P), X (n, d) → then(scores (r, outputs, n)) of all runs, (R, …); `then` sees a few runs at a time."""
    widest = max(max(layer.outputs, layer.inputs) for layer in make_layers())
    n = len(X)
    x = with_ones(X, weights.dtype, full_rows(n, weights.dtype))
    chunk = max(1, CHUNK_ELEMENTS // max(1, widest * n))
    done, network = [], None
    with denormals_as_zeros(), np.errstate(all="ignore"):
        for start in range(0, len(weights), chunk):
            some = weights[start : start + chunk]
            if network is None or len(some) != len(network.weights):
                network = Network(make_layers(), (len(some),), x.shape[-1], weights.dtype, train=False)
            network.weights[...] = some
            done.append(then(network.forward(x)[..., :n]))
    return np.concatenate(done)
