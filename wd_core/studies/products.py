"""L2 on the factors of a product: a nuclear norm of a matrix UVᵀ, an L1 norm of a vector u ⊙ v.

½‖U‖² + ½‖V‖² is at least ‖UVᵀ‖*, and equal to it at the best U and V of a product (Srebro, Rennie & Jaakkola 2004;
Kobayashi et al. 2024, arXiv:2410.23819, for decay in attention); likewise ½‖u‖² + ½‖v‖² and ‖u ⊙ v‖₁ (Ziyin & Wang
2023, arXiv:2210.01212). Plain gradient descent, for all λ at once; seeds differ in where they start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import Lasso

from wd_core.experiment import Experiment

SINGULAR = (3.0, 2.0, 1.4, 0.8, 0.4, 0.1)
ROWS, COLUMNS = 8, 6
RECORDS = 41
VECTOR_STEPS, VECTOR_LR = 40_000, 0.2
Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Factors:
    """Singular values of UVᵀ after plain descent on ½‖UVᵀ − D‖² + ½λ(‖U‖² + ‖V‖²)."""

    lambdas: np.ndarray
    steps: np.ndarray
    measured: np.ndarray
    """(L, K, S, r) from the greatest; K recorded steps."""

    @property
    def theory(self) -> np.ndarray:
        """(L, r): max(d − λ, 0), where the nuclear norm's proximal step ends."""
        return np.maximum(np.array(SINGULAR) - self.lambdas[:, None], 0)


def target(seed: int = 0) -> np.ndarray:
    """(8, 6) D with the singular values `SINGULAR` and random directions."""
    rng = np.random.default_rng(seed)
    left, right = (np.linalg.qr(rng.standard_normal((size, COLUMNS)))[0] for size in (ROWS, COLUMNS))
    return (left * np.array(SINGULAR)) @ right.T


def factors(lambdas: Sequence[float], seeds: int, on_progress: Progress = lambda share: None,
            steps: int = 2000, lr: float = 0.1) -> Factors:  # fmt: skip
    """Descents from small random U (8, 6) and V (6, 6)."""
    D, lam = target(), np.asarray(lambdas, float)[:, None, None, None]
    starts = [np.random.default_rng([1, s]).normal(0, 0.3, (ROWS + COLUMNS, COLUMNS)) for s in range(seeds)]
    both = np.broadcast_to(np.stack(starts), (len(lambdas), seeds, ROWS + COLUMNS, COLUMNS))
    U, V = both[:, :, :ROWS].copy(), both[:, :, ROWS:].copy()
    found, at = [], np.unique([0, *np.geomspace(1, steps, RECORDS).round().astype(int)])  # most of it happens early
    for t in range(steps + 1):
        if t in at:
            found.append(np.linalg.svd(U @ V.swapaxes(-1, -2), compute_uv=False))
            on_progress(t / steps)
        error = U @ V.swapaxes(-1, -2) - D
        U, V = U - lr * (error @ V + lam * U), V - lr * (error.swapaxes(-1, -2) @ U + lam * V)
    return Factors(np.asarray(lambdas, float), at, np.stack(found, 1))


# -------------------------------------------------------------------- u ⊙ v


@dataclass(frozen=True, eq=False)
class Selection:
    """Diabetes: w = u ⊙ v of a linear regression with L2 on u and v, and the lasso of the same λ."""

    lambdas: np.ndarray
    names: tuple[str, ...]
    n: int
    """Examples for training."""
    measured: np.ndarray
    """(L, S, d)"""
    lasso: np.ndarray
    """(L, d) scikit-learn's."""
    ridge: np.ndarray
    """(L, d) what L2 on w itself gives, exactly."""


def selection(lambdas: Sequence[float], seeds: int, on_progress: Progress = lambda share: None,
              steps: int = VECTOR_STEPS, lr: float = VECTOR_LR) -> Selection:  # fmt: skip
    """Descents on ½ mean (y − X(u ⊙ v))² + ½λ(‖u‖² + ‖v‖²), X and y standardised; λ > 0."""
    e = Experiment(dataset="diabetes", n_samples=442, model="linear", seeds=(0,))
    data, lam = e.data(0), np.asarray(lambdas, float)
    X, y = data.X_train - data.X_train.mean(0), data.y_train - data.y_train.mean()
    gram, moments, d = X.T @ X / len(X), X.T @ y / len(X), X.shape[1]
    starts = np.stack([np.random.default_rng([2, s]).normal(0, 0.3, (2, d)) for s in range(seeds)])
    u, v = (np.tile(starts[:, i], (len(lam), 1, 1)) for i in (0, 1))
    for t in range(steps):
        slope = (u * v) @ gram - moments
        u, v = u - lr * (slope * v + lam[:, None, None] * u), v - lr * (slope * u + lam[:, None, None] * v)
        if t % 500 == 0:
            on_progress(t / steps)
    lasso = [Lasso(alpha=a, tol=1e-10, max_iter=100_000).fit(X, y).coef_ for a in lam]
    ridge = [np.linalg.solve(gram + a * np.eye(d), moments) for a in lam]
    return Selection(lam, tuple(e.source.feature_names), len(X), u * v, np.stack(lasso), np.stack(ridge))
