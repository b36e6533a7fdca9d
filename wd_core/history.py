"""History: what a training leaves, for every λ, seed and recorded step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wd_core.engine.layers import Block, Layer
from wd_core.engine.losses import Target
from wd_core.evaluation import PARTS, decay_mask, score_new
from wd_core.experiment import Experiment


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
        inputs = self.experiment.data(self.experiment.seeds[0]).X_train.shape[1:]
        if X.ndim == 0 or X.shape[1:] != inputs:
            sees = " × ".join(map(str, inputs))
            raise ValueError(f"X of shape {X.shape}: this model sees {sees} inputs; allowed: (n, {sees})")
        e, ends = self.experiment, self.weights[:, :, -1]
        scores = [score_new(e, e.data(seed).X_train, ends[:, s], X) for s, seed in enumerate(e.seeds)]
        return np.swapaxes(self.target.loss.predict(np.stack(scores, axis=1)), -1, -2)

    def __post_init__(self) -> None:
        for array in [*vars(self).values(), *(self.wrong or {}).values()]:
            if isinstance(array, np.ndarray):
                array.setflags(write=False)

    @property
    def stopped(self) -> np.ndarray:
        """(L, S) index on K of the least validation loss: what early stopping would have kept."""
        return np.where(np.isnan(self.validation_loss), np.inf, self.validation_loss).argmin(-1)

    @property
    def target(self) -> Target:
        """Loss and outputs."""
        return self.experiment.target

    def layers(self) -> list[Layer]:
        """Fresh layers of the experiment's model."""
        return self.experiment.layers()

    def blocks(self) -> tuple[tuple[Block, slice], ...]:
        """Every block of parameters, and where it lies in the last axis of `weights`."""
        return self.experiment.blocks

    @property
    def nbytes(self) -> int:
        """Memory that the arrays hold."""
        arrays = [a for a in vars(self).values() if isinstance(a, np.ndarray)]
        return sum(a.nbytes for a in arrays + list((self.wrong or {}).values()))


@dataclass(frozen=True, eq=False)
class Piece:
    """Some λ and some seeds of an experiment, and what `evaluation.evaluate` found of them."""

    lambdas: slice
    seeds: slice
    arrays: dict[str, np.ndarray]


def joined(e: Experiment, pieces: Sequence[Piece], record_at: Sequence[int]) -> History:
    """The history of `e`, recorded at these steps, from pieces that make it up."""
    found: dict[str, np.ndarray] = {}
    for piece in pieces:
        for name, array in piece.arrays.items():
            if len(pieces) == 1:
                found[name] = np.ascontiguousarray(array)
                continue
            if name not in found:
                found[name] = np.empty((len(e.lambdas), len(e.seeds), *array.shape[2:]), array.dtype)
            found[name][piece.lambdas, piece.seeds] = array
    wrong = {part: found.pop(f"{part}_wrong") for part in PARTS} if e.task != "regression" else None
    lambdas, seeds, steps = np.array(e.lambdas), np.array(e.seeds), np.array(record_at)
    return History(e, lambdas, seeds, steps, weight_mask=decay_mask(e), wrong=wrong, **found)
