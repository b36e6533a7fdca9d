"""Three companions that are L2 in disguise, on linear regression, where closed forms say so.

Early stopping from zero is ridge with λ ≈ 1/(ηt) (Bishop 1995b; Ali, Kolter & Tibshirani 2019, arXiv:1810.10082);
noise on the inputs is ridge with λ = σ² (Bishop 1995a); dropout on the inputs is ridge with λⱼ = p/(1 − p) · mean xⱼ²
for each feature (Srivastava et al. 2014, §9.1; Wager, Wang & Liang 2013). The engine trains beside a closed form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wd_core.datasets import Split
from wd_core.experiment import Experiment
from wd_core.training import train_all

Progress = Callable[[float], None]
RECORDS = 48
"""Steps of a descent that are looked at, evenly on a log scale."""


def adaptive_ridge(X: np.ndarray, y: np.ndarray, strengths: np.ndarray) -> np.ndarray:
    """(d,) minimum of ½ mean squared error + ½ Σ λⱼ wⱼ² with a free intercept; `strengths` (d,) are the λⱼ."""
    x, t = X - X.mean(0), y - y.mean()
    return np.linalg.solve(x.T @ x / len(x) + np.diag(strengths), x.T @ t / len(x))


# -------------------------------------------------------------------- early stopping


@dataclass(frozen=True, eq=False)
class Stopping:
    """Gradient descent from zero; K steps, d directions of the data, from the largest variance to the least."""

    steps: np.ndarray
    variances: np.ndarray
    """(d,) eigenvalues s of XᵀX/n."""
    measured: np.ndarray
    """(K, d) share of the least squares solution that the training has reached in each direction."""
    descent: np.ndarray
    """(K, d) theory of the same."""
    ridge: np.ndarray
    """(K, d) s/(s + λ) at the matched λ."""
    lambdas: np.ndarray
    """(K,) (1 − μ)/(ηt); infinite at t = 0."""
    descent_risk: np.ndarray
    ridge_risk: np.ndarray
    """(K,) expected squared error of the fitted values, if least squares and its residuals were the truth."""


def descent_filter(variances: np.ndarray, lr: float, momentum: float, steps: np.ndarray) -> np.ndarray:
    """(K, d) share of each direction after so many steps of v ← μv + g, w ← w − ηv from zero.

    Without momentum 1 − (1 − ηs)ᵗ; with it the same linear recursion, step by step.
    """
    w, v = np.zeros(len(variances)), np.zeros(len(variances))
    found, wanted = np.zeros((len(steps), len(variances))), dict(zip(steps.tolist(), range(len(steps)), strict=True))
    for t in range(1, int(steps[-1]) + 1):
        v = momentum * v + variances * (w - 1)
        w = w - lr * v
        if t in wanted:
            found[wanted[t]] = w
    return found


def early_stopping(e: Experiment, on_progress: Progress = lambda share: None) -> Stopping:
    """`e`: linear regression by full-batch gradient descent without a penalty, one λ and one seed."""
    at = sorted({0, *np.geomspace(1, e.steps, RECORDS).round().astype(int).tolist()})
    (history,) = train_all([e], on_progress=on_progress, dtype=np.float64, record_at=at)
    data, steps = e.data(e.seeds[0]), history.steps
    x, t = data.X_train - data.X_train.mean(0), data.y_train - data.y_train.mean()
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    variances, exact = s**2 / len(x), (u.T @ t) / s
    momentum = e.momentum if e.optimizer == "momentum" else 0.0
    measured = history.weights[0, 0][:, history.weight_mask] @ vt.T / exact
    with np.errstate(divide="ignore"):
        lambdas = (1 - momentum) / (e.lr * steps)
    descent = descent_filter(variances, e.lr, momentum, steps)
    ridge = variances / (variances + lambdas[:, None])
    noise = np.square(t - u @ (s * exact)).sum() / (len(t) - len(s) - 1)

    def risk(share: np.ndarray) -> np.ndarray:
        return (variances * exact**2 * (1 - share) ** 2).sum(1) + noise / len(t) * (share**2).sum(1)

    return Stopping(steps, variances, measured, descent, ridge, lambdas, risk(descent), risk(ridge))


# -------------------------------------------------------------------- noise and dropout on the inputs


@dataclass(frozen=True, eq=False)
class Matched:
    """Linear regressions trained with a companion at V strengths, S seeds, d features; and the ridge each equals."""

    strengths: np.ndarray
    """(V,) σ, or p."""
    measured: np.ndarray
    """(V, S, d) mean weights over the last half of the training."""
    closed: np.ndarray
    """(V, S, d)"""
    features: tuple[str, ...]


def input_noise(e: Experiment, sigmas: Sequence[float], on_progress: Progress = lambda share: None) -> Matched:
    """Noise of each σ on the inputs against ridge with λ = σ²."""
    return _matched(e, "input_noise", sigmas, lambda data, sigma: np.full(data.X_train.shape[1], sigma**2), on_progress)


def input_dropout(e: Experiment, rates: Sequence[float], on_progress: Progress = lambda share: None) -> Matched:
    """Dropout at each rate p on the inputs against ridge with λⱼ = p/(1 − p) · mean xⱼ²."""
    return _matched(e, "dropout", rates, lambda data, p: p / (1 - p) * np.square(data.X_train).mean(0), on_progress)


def _matched(
    e: Experiment, field: str, values: Sequence[float], strengths: Callable[[Split, float], np.ndarray],
    on_progress: Progress,
) -> Matched:  # fmt: skip
    arms: list[Any] = [e.replace(**{field: float(value)}) for value in values]
    histories = train_all(arms, on_progress=on_progress)
    late = len(histories[0].steps) // 2
    measured = np.stack([h.weights[0, :, late:][..., h.weight_mask].mean(1) for h in histories])
    data = [e.data(seed) for seed in e.seeds]
    closed = [[adaptive_ridge(d.X_train, d.y_train, strengths(d, value)) for d in data] for value in values]
    return Matched(np.asarray(values, float), measured, np.array(closed), data[0].input_names)
