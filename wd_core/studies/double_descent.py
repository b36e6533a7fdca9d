"""Double descent over the number of examples, and the ridge that does away with it, beside the theory.

y = ⟨x, β⟩ + ε with x ~ N(0, I) of d features, ‖β‖ = 1 and ε ~ N(0, σ²), as in Nakkiran et al. 2021
(arXiv:2003.01897), fig. 1. Theory: the limit of n, d → ∞ at γ = d/n in Hastie et al. 2022 (arXiv:1903.08560), theorem
1 (minimum norm) and theorem 5 (ridge). λ is that of ½ mean squared error + ½ λ‖w‖².
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

SIGMA = 0.5
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0, 2.5, 3.0)
"""n/d."""
Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Descent:
    """Squared errors on new examples, their noise σ² included; N numbers of examples, L λ, S seeds."""

    d: int
    n: np.ndarray
    lambdas: np.ndarray
    ridge: np.ndarray
    """(L, N, S)"""
    min_norm: np.ndarray
    """(N, S); NaN at n = d, where no mean exists, nor at d ± 1."""
    optimal: np.ndarray
    """(N, S) ridge at λ = γσ²."""


def descend(d: int, lambdas: Sequence[float], seeds: int, on_progress: Progress = lambda share: None) -> Descent:
    """Fits of every n, λ > 0 and seed. A seed's examples of a smaller n are the first of those of a larger one."""
    n = np.array([round(share * d) for share in SHARES])
    lambdas = np.asarray(lambdas, float)
    errors = np.full((len(lambdas) + 2, len(n), seeds), np.nan)
    for s in range(seeds):
        rng = np.random.default_rng(s)
        beta = rng.standard_normal(d)
        beta /= np.linalg.norm(beta)
        X = rng.standard_normal((n.max(), d))
        y = X @ beta + SIGMA * rng.standard_normal(n.max())
        for j, m in enumerate(n):
            errors[:, j, s] = risks(X[:m], y[:m], beta, np.array([*lambdas, 0.0, d / m * SIGMA**2]))
            on_progress((s + (j + 1) / len(n)) / seeds)
    min_norm = np.where((np.abs(n - d) < 2)[:, None], np.nan, errors[-2])
    return Descent(d, n, lambdas, errors[:-2], min_norm, errors[-1])


def risks(X: np.ndarray, y: np.ndarray, beta: np.ndarray, lambdas: np.ndarray) -> np.ndarray:
    """(L,) expected squared error on a new example of the ridge fits of X (n, d), y; λ = 0: the minimum norm one."""
    n, d = X.shape
    if n >= d:
        s, V = np.linalg.eigh(X.T @ X / n)
    else:
        s, U = np.linalg.eigh(X @ X.T / n)
        V = X.T @ U / np.sqrt(n * s)
    a = (V.T @ (X.T @ y / n)) / (s + lambdas[:, None])  # the fit's coordinates in V
    return beta @ beta - 2 * a @ (V.T @ beta) + (a**2).sum(1) + SIGMA**2


# -------------------------------------------------------------------- theory


def min_norm_theory(gamma: np.ndarray) -> np.ndarray:
    """Limit of the minimum norm fit's error; infinite at γ = 1."""
    gamma = np.asarray(gamma, float)
    with np.errstate(divide="ignore"):
        below = SIGMA**2 * gamma / (1 - gamma)
        above = 1 - 1 / gamma + SIGMA**2 / (gamma - 1)
    return np.where(gamma < 1, below, above) + SIGMA**2


def ridge_theory(gamma: np.ndarray, lam: np.ndarray) -> np.ndarray:
    """Limit of ridge's error, λ > 0. m: the Stieltjes transform of the Marchenko–Pastur law at −λ; slope: m′."""
    gamma, lam = np.asarray(gamma, float), np.asarray(lam, float)
    b = 1 - gamma + lam
    root = np.sqrt(b**2 + 4 * gamma * lam)
    m = (root - b) / (2 * gamma * lam)
    slope = (gamma * m**2 + m) / root
    return lam**2 * slope + SIGMA**2 * gamma * (m - lam * slope) + SIGMA**2


def optimal_lambda(gamma: np.ndarray) -> np.ndarray:
    """γσ²/‖β‖², the λ of least error (Hastie et al. 2022, corollary 6; Nakkiran et al. 2021, lemma 2)."""
    return np.asarray(gamma, float) * SIGMA**2
