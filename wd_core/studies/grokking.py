"""Grokking: a network learns a table by heart, and much later what is behind it (Power et al. 2022, arXiv:2201.02177).

Addition mod 23 with one hidden layer of squares, which Gromov 2023 (arXiv:2301.02679) solved by hand: every hidden unit
is a wave over the numbers, cos(2πk·a/p + φ). So the discrete Fourier transform of the embedding, the first layer's
weights, shows whether a unit has become one (Nanda et al. 2023, arXiv:2301.05217).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from wd_core.datasets.modular_addition import P
from wd_core.evaluation import score_runs
from wd_core.experiment import Experiment, recorded_steps
from wd_core.history import History
from wd_core.studies.starts import scaled_starts
from wd_core.training import train_all

Progress = Callable[[float], None]

LAMBDAS = (0.0, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 4.0)
RECORDS = 41
UNDERSTOOD = 0.9
"""The share of held-out sums from which on the table counts as understood; and of training sums, as learned."""
DEGREE = {"square": 3, "relu": 2}
"""All weights times α: scores times α to this power, for one hidden layer without biases."""


def recipe(
    activation: str = "square", train_share: float = 0.8, steps: int = 1000, seeds: Sequence[int] = (0,),
    lambdas: Sequence[float] = LAMBDAS,
) -> Experiment:  # fmt: skip
    """One hidden layer of 64 without biases, AdamW with lr 0.01 and β₂ = 0.98, full batches."""
    return Experiment.from_query("dataset=modular_addition").replace(
        activation=activation, train_share=train_share, steps=steps, seeds=tuple(seeds), lambdas=tuple(lambdas)
    )


@dataclass(frozen=True, eq=False)
class Grokking:
    """L λ, S seeds, K recorded steps. Held out: all sums that are not for training; no λ is chosen on them."""

    experiment: Experiment
    steps: np.ndarray
    """(K,)"""
    train: np.ndarray
    held_out: np.ndarray
    """(L, S, K) accuracy"""
    train_loss: np.ndarray
    held_out_loss: np.ndarray
    """(L, S, K) cross-entropy"""
    norm: np.ndarray
    """(L, S, K) of all weights"""
    weights: np.ndarray
    """(L, K, P) of the first seed"""

    @property
    def learned(self) -> np.ndarray:
        """(L, S) first recorded step with nine in ten training sums right; NaN: never."""
        return moment(self.train, self.steps)

    @property
    def understood(self) -> np.ndarray:
        """(L, S) first recorded step with nine in ten held-out sums right; NaN: never."""
        return moment(self.held_out, self.steps)

    @property
    def norm_then(self) -> np.ndarray:
        """(L, S) norm at the step of `understood`; NaN: never."""
        at = (self.held_out >= UNDERSTOOD).argmax(-1)
        norm = np.take_along_axis(self.norm, at[..., None], -1)[..., 0]
        return np.where(np.isfinite(self.understood), norm, np.nan)


def moment(accuracy: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """(…, K) → (…) the first of the steps at which accuracy is at least UNDERSTOOD; NaN where it never is."""
    there = accuracy >= UNDERSTOOD
    return np.where(there.any(-1), steps[there.argmax(-1)], np.nan)


def grok(e: Experiment, on_progress: Progress = lambda share: None) -> Grokking:
    """Train all λ and seeds of `e`."""
    (h,) = train_all([e], on_progress=on_progress, record_at=recorded_steps(e.steps, RECORDS))
    return seen(h)


def seen(h: History) -> Grokking:
    """What the study needs of a history."""
    sizes = np.array([[len(d.y_validation), len(d.y_test)] for d in map(h.experiment.data, h.experiment.seeds)])
    share = (sizes / sizes.sum(1, keepdims=True)).T[:, :, None]  # (2, S, 1)

    def held_out(what: str) -> np.ndarray:
        parts = np.stack([getattr(h, f"validation_{what}"), getattr(h, f"test_{what}")], axis=1)
        return (parts * share).sum(1)  # (L, 2, S, K)

    norm = np.sqrt(np.square(h.weights, dtype=float).sum(-1))
    return Grokking(
        h.experiment, h.steps, h.train_score, held_out("score"), h.train_loss, held_out("loss"), norm, h.weights[:, 0]
    )


# -------------------------------------------------------------------- the circuit


def embedding(e: Experiment, weights: np.ndarray) -> np.ndarray:
    """Parameters (…, P) → the first layer's weights (…, units, 2, p): of each unit, on the first number and on the
    second."""
    block, here = e.blocks[0]
    first = weights[..., here].reshape(*weights.shape[:-1], *block.shape)[..., : 2 * P]
    return first.reshape(*first.shape[:-1], 2, P)


def spectrum(embedded: np.ndarray) -> np.ndarray:
    """(…, 2, p) → (…, p // 2 + 1): power at the frequencies 0, 1, … of both numbers' weights together, in shares of
    what the weights' squares sum to (Parseval; p is odd). Frequency k: k full waves over the p numbers."""
    squares = np.square(np.abs(np.fft.rfft(embedded, axis=-1))).sum(-2)
    squares[..., 1:] *= 2  # of k and p − k
    return squares / embedded.shape[-1]


def concentration(power: np.ndarray) -> np.ndarray:
    """Units' spectra (…, units, frequencies) → (…): the share of all power that lies at its unit's strongest frequency.
    1: every unit is one wave."""
    return power.max(-1).sum(-1) / power.sum((-1, -2))


# -------------------------------------------------------------------- norm and temperature


def temperature(e: Experiment, weights: np.ndarray, factors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Loss of training and of held-out sums, (…, F) each, when all weights (…, P) of the first seed are multiplied.

    The network is homogeneous: factor α makes the scores α³ times as large (α² with ReLU), a temperature of 1/α³, and
    moves no decision. Liu et al. 2023 (Omnigrok, arXiv:2210.01117) look at losses over the norm like this.
    """
    data = e.data(e.seeds[0])
    x = np.concatenate([data.X_train, data.X_validation, data.X_test])
    y = np.concatenate([data.y_train, data.y_validation, data.y_test])
    heat, cut = np.asarray(factors, float) ** DEGREE[e.activation], len(data.y_train)

    def losses(scores: np.ndarray) -> np.ndarray:
        """(r, outputs, n) → (r, F, 2)"""
        below = scores - scores.max(1, keepdims=True)
        right = np.take_along_axis(below, y[None, None], 1)[:, 0]
        found = np.empty((len(scores), len(heat), 2))
        for i, by in enumerate(heat):
            each = np.log(np.exp(by * below).sum(1)) - by * right
            found[:, i] = np.stack([each[:, :cut].mean(1), each[:, cut:].mean(1)], axis=-1)
        return found

    found = score_runs(e.layers, weights.reshape(-1, weights.shape[-1]), x, losses)
    found = found.reshape(*weights.shape[:-1], len(heat), 2)
    return found[..., 0], found[..., 1]


def heated(
    e: Experiment, weights: np.ndarray, factors: np.ndarray, on_progress: Progress = lambda share: None
) -> tuple[np.ndarray, np.ndarray]:
    """`temperature` of weights (L, K, P), (L, K, F) each, one λ after the other."""
    found = []
    for i, its in enumerate(weights):
        found.append(temperature(e, its, factors))
        on_progress((i + 1) / len(weights))
    train, held_out = (np.stack(part) for part in zip(*found, strict=True))
    return train, held_out


def starts(e: Experiment, scales: Sequence[float], on_progress: Progress = lambda share: None) -> np.ndarray:
    """(scales, L, S) `Grokking.understood` where all first weights are multiplied with a scale."""
    at = recorded_steps(e.steps, RECORDS)
    found = [seen(h).understood for h in scaled_starts(e, scales, at, on_progress)]
    return np.stack(found)


def slope(delay: np.ndarray, lambdas: np.ndarray) -> np.ndarray:
    """(S,) of log delay (L, S) over log λ, by least squares over those λ > 0 at which the seed has a delay; NaN with
    fewer than three. −1: the delay goes as 1/λ, as Liu et al. 2023 expect."""
    found = np.full(delay.shape[1], np.nan)
    for s, its in enumerate(delay.T):
        known = np.isfinite(its) & (its > 0) & (lambdas > 0)
        if known.sum() >= 3:
            found[s] = np.polyfit(np.log(lambdas[known]), np.log(its[known]), 1)[0]
    return found
