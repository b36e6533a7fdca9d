"""What a history says of its training: sizes of weights, effective learning rates, stability's edge, and collapse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wd_core.engine.arrays import full_rows
from wd_core.engine.layers import Batch, arranger
from wd_core.engine.network import Network
from wd_core.engine.schedules import SCHEDULES
from wd_core.evaluation import PARTS, decay_factors, score_new
from wd_core.experiment import Experiment
from wd_core.history import History

CONSTANT = 1e-3
"""Predictions whose spread over the data is below this share of that of the targets (of 1, for probabilities) are
one constant."""


def layer_norms(h: History) -> dict[str, np.ndarray]:
    """‖w‖ (L, S, K) of each layer's weights, by the layer's name: no biases, no gains."""
    squares: dict[str, np.ndarray] = {}
    for block, place in h.blocks():
        if (mask := block.mask("weight").ravel()).any():
            these = np.square(h.weights[..., place][..., mask], dtype=np.float64).sum(-1)
            squares[block.layer] = squares.get(block.layer, 0) + these
    return {name: np.sqrt(each) for name, each in squares.items()}


def effective_rate(optimizer: str, lr: float | np.ndarray, norm: np.ndarray) -> np.ndarray:
    """lr/‖w‖², with Adam lr/‖w‖: the learning rate at which normalised weights of length 1 would turn as fast.

    What they say is the same at any length, and their gradient is as 1/‖w‖; Adam's steps do not grow with the gradient
    (van Laarhoven 2017).
    """
    return lr / norm ** (1 if optimizer == "adam" else 2)


def effective_rates(h: History) -> dict[str, np.ndarray]:
    """`effective_rate` (L, S, K) of each layer that is normalised, at its recorded steps' learning rates; {} for a
    network without normalisation."""
    e, normed = h.experiment, {block.layer for block, _ in h.blocks() if block.role == "gain"}
    rates = e.lr * np.array([SCHEDULES[e.schedule](min(step, e.steps - 1) / e.steps) for step in h.steps])
    with np.errstate(divide="ignore"):
        norms = {name: norm for name, norm in layer_norms(h).items() if name in normed}
        return {name: effective_rate(e.optimizer, rates, norm) for name, norm in norms.items()}


def collapsed(h: History) -> np.ndarray:
    """(L, S) bool: at the end the run says the same of every example, though that with the least λ does not: λ has
    killed the signal. A run that diverged has not collapsed."""
    e, ends = h.experiment, h.weights[:, :, -1]
    constant = np.zeros(ends.shape[:2], bool)
    for s, seed in enumerate(e.seeds):
        split = e.data(seed)
        X = np.concatenate([getattr(split, f"X_{part}") for part in PARTS])
        said = h.target.loss.predict(score_new(e, split.X_train, ends[:, s], X))
        whole = np.ptp(split.y_train) if e.task == "regression" else 1.0
        constant[:, s] = np.ptp(said, axis=-1).max(-1) < CONSTANT * whole
    return constant & ~constant[np.argmin(h.lambdas)] & ~h.diverged


@dataclass(frozen=True)
class Edge:
    """Where a step of decay, or of decay and loss together, goes as far beyond the minimum as it stood before it."""

    product: float
    """What is compared, `formula` in numbers."""
    limit: float
    formula: str

    @property
    def is_passed(self) -> bool:
        """At or past the edge."""
        return self.product >= self.limit


def stability_edge(e: Experiment, lam: float, curvature: float = 0.0) -> Edge | None:
    """The edge for λ; `curvature` is the loss's largest, see `largest_curvature`. None where there is none such.

    On the quadratic ½ h w² each update multiplies w by a number that must stay below 1 in size: 1 − lr·λ beside the
    step, 1 − λ in the paper's form, 1 − lr·(h + λ) for plain gradient descent, and for heavy ball with momentum μ (and
    λ in the objective) lr·(h + λ) < 2(1 + μ); for Nesterov's form 2(1 + μ)/(1 + 2μ). Adam's steps do not grow with the
    gradient, so coupled Adam has none.
    """
    share = {"l2": 1.0, "elastic": 1 - e.l1_ratio}.get(e.penalty, 0.0) if e.decay_span[0] < e.decay_span[1] else 0.0
    l2 = lam * share * float(decay_factors(e).max(initial=0.0))
    if e.decay in ("decoupled", "cautious"):
        return Edge(e.lr * l2, 2.0, "lr·λ")
    if e.decay == "decoupled_paper":
        return Edge(l2, 2.0, "λ")
    if e.optimizer == "adam":
        return None
    mu = 0.0 if e.optimizer == "sgd" else e.momentum
    limit = 2 * (1 + mu) / (1 + 2 * mu) if e.optimizer == "nesterov" else 2 * (1 + mu)
    return Edge(e.lr * (curvature + l2), limit, "lr·(curvature + λ)")


def largest_curvature(e: Experiment, seed: int, weights: np.ndarray, iterations: int = 60) -> np.ndarray:
    """(R,) largest eigenvalue of the Hessian of the mean training loss, without penalty, at weights (R, P).

    By power iteration on (g(w + εv) − g(w − εv))/2ε, in float64, all runs at once. Where the eigenvalue largest in size
    is negative, a second pass shifts the spectrum.
    """
    gradient = _Gradient(e, seed, len(weights))
    w = weights.astype(np.float64)
    first = _power(gradient, w, np.zeros(len(w)), iterations)
    if (first >= 0).all():
        return first
    shift = np.maximum(-first, 0)
    return np.where(first >= 0, first, _power(gradient, w, shift, iterations) - shift)


def _power(gradient: _Gradient, w: np.ndarray, shift: np.ndarray, iterations: int) -> np.ndarray:
    """(R,): the eigenvalue of Hessian + shift that is largest in size."""
    v = np.random.default_rng(0).standard_normal(w.shape)
    value = np.zeros(len(w))
    for _ in range(iterations):
        v /= np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-300)
        step = 1e-5 * (1 + np.linalg.norm(w, axis=-1, keepdims=True) / np.sqrt(w.shape[-1]))
        turned = (gradient(w + step * v) - gradient(w - step * v)) / (2 * step) + shift[:, None] * v
        value = (v * turned).sum(-1)  # Rayleigh quotient
        v = turned
    return value


class _Gradient:
    """The gradient of the mean training loss of many runs of one seed, without dropout and noise."""

    def __init__(self, e: Experiment, seed: int, runs: int):
        split = e.data(seed)
        n = len(split.y_train)
        columns = full_rows(n, np.float64)
        share = np.where(np.arange(columns) < n, 1 / n, 0)
        y = np.zeros((e.target.outputs, columns))
        y[:, :n] = e.target.encode(split.y_train, np.float64)
        self.batch = Batch(arranger(e.layers()).arrange(split.X_train, np.float64, columns), share, y)
        self.network, self.loss = Network(e.layers(), (runs,), columns, np.float64), e.target.loss

    def __call__(self, w: np.ndarray) -> np.ndarray:
        """w (R, P) → (R, P)."""
        net = self.network
        net.weights[...] = w
        self.loss.gradient(net.forward(self.batch), self.batch.y, self.batch.share, out=net.score_gradient)
        net.backward()
        return net.gradient.copy()
