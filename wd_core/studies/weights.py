"""What decay does to the weights of linear models, exactly solved: how complex they are, how even, how steady.

Every number compares λ = 0 with the λ that has the least loss on the validation part, of the same rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wd_core.linear.paths import Path, bootstrap_coefficients, fit_path
from wd_core.studies.paths import COPIED, Data, Settings, make_data, ratio_of
from wd_core.studies.selection import best_lambda

Progress = Callable[[float], None]
LAMBDAS = np.geomspace(1e-4, 10, 16)
"""To choose from; 0 is the other arm."""
CORRELATION = 0.95
DRAWS = 25


@dataclass(frozen=True, eq=False)
class Chosen:
    """A path of two: λ = 0, then the λ that validation chose."""

    data: Data
    path: Path

    @property
    def lam(self) -> float:
        return float(self.path.lambdas[1])


def choose(data: Data, penalty: str = "l2") -> Chosen:
    """Fit the training part at every λ of `LAMBDAS`; the validation part chooses one."""
    ratio = ratio_of(penalty, Settings())
    X, y = data.X["train"], data.y["train"]
    path = fit_path(X, y, LAMBDAS, l1_ratio=ratio, task=data.task)
    best = LAMBDAS[best_lambda(path.loss(data.X["validation"], data.y["validation"]))]
    return Chosen(data, fit_path(X, y, np.array([0.0, best]), l1_ratio=ratio, task=data.task))


def data_of(dataset: str, seed: int, copies: int = 0) -> Data:
    """The page's data; `copies` of one feature that matters behind them, of correlation `CORRELATION`."""
    return make_data(Settings(dataset, COPIED[dataset], copies, CORRELATION, seed=seed))


# -------------------------------------------------------------------- complexity


def sensitivity(path: Path, X: np.ndarray, of: str = "probabilities") -> np.ndarray:
    """(L,) mean over rows of X (n, d) of the Jacobian's Frobenius norm: how far a small step of the inputs moves the
    scores or the "probabilities"; regression's values are both. Where a model is sure of itself probabilities are flat,
    however steep its scores."""
    W = path.coefficients
    if of == "scores" or path.task == "regression":
        return np.linalg.norm(W, axis=(1, 2))
    p = path.target.loss.predict(path.scores(X).swapaxes(1, 2)).swapaxes(1, 2)  # (L, n, outputs)
    if path.task == "binary":
        return (p * (1 - p))[..., 0].mean(1) * np.linalg.norm(W, axis=(1, 2))
    jacobian = p[..., None] * (W.swapaxes(1, 2)[:, None] - (p @ W.swapaxes(1, 2))[:, :, None])
    return np.linalg.norm(jacobian, axis=(2, 3)).mean(1)


def complexity(chosen: Chosen) -> dict[str, np.ndarray]:
    """What complexity may mean, (2,) each: at λ = 0 and at the chosen λ."""
    path, X = chosen.path, chosen.data.X["test"]
    return {
        "effective degrees of freedom": path.df,
        "Jacobian norm of the scores": sensitivity(path, X, "scores"),
        "Jacobian norm of the probabilities": sensitivity(path, X),
        "parameters that are not zero": (path.coefficients != 0).sum((1, 2)).astype(float),
    }


# -------------------------------------------------------------------- evenness


def dominance(w: np.ndarray, axis: int = -1) -> np.ndarray:
    """The largest weight over the mean one, in size: 1 where all are equal, their number where one has it all; NaN
    where all are 0."""
    size = np.abs(w)
    with np.errstate(invalid="ignore"):
        return size.max(axis) / size.mean(axis)


def unevenness(a: np.ndarray, b: np.ndarray) -> float:
    """Σ|a − b| / Σ(|a| + |b|) over outputs: 0 where a feature and its copy share alike, 1 where one has it all (or both
    pull against each other); NaN where both are 0."""
    whole = (np.abs(a) + np.abs(b)).sum()
    return float(np.abs(a - b).sum() / whole) if whole else np.nan


# -------------------------------------------------------------------- steadiness


def steadiness(chosen: Chosen, seed: int) -> dict[str, np.ndarray]:
    """Coefficients over bootstrap samples of the training part, (2,) each: at λ = 0 and at the chosen λ.

    The standard deviation (mean over coefficients); that over the mean's size (the median coefficient's); and how far
    the draws agree on signs: |share above 0 − share below 0|, mean over coefficients.
    """
    data, path = chosen.data, chosen.path
    w = bootstrap_coefficients(
        data.X["train"], data.y["train"], path.lambdas, l1_ratio=path.l1_ratio, task=data.task, draws=DRAWS, seed=seed
    ).reshape(DRAWS, 2, -1)
    sd, mean = w.std(0, ddof=1), np.abs(w.mean(0))
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.median(sd / mean, axis=-1)
    return {
        "standard deviation": sd.mean(-1),
        "relative to the coefficient": relative,
        "agreement on signs": np.abs(np.sign(w).mean(0)).mean(-1),
    }
