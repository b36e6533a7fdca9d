"""Cross-validation of linear models, the only one here: everything that is learned is learned inside the fold.

A `Prepare` makes of row numbers the arrays that a model sees: what it learns from data (means, medians, levels), it
learns from the rows to train on. Before that the rows are as nobody has looked at them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from wd_core.linear.paths import fit_path
from wd_core.linear.solvers import Progress

Rows = tuple[np.ndarray, np.ndarray]
"""X (n, d) and y (n,)."""


@dataclass(frozen=True, eq=False)
class Fold:
    """Rows to train on, and sets of rows whose loss is wanted, all as the model sees them."""

    X_train: np.ndarray
    y_train: np.ndarray
    judged: tuple[Rows, ...]


Prepare = Callable[[np.ndarray, np.ndarray], Fold]
"""From the numbers of the rows to train on and of the rows held out."""


def standardised(train: Rows, *judged: Rows) -> Fold:
    """Columns of mean 0 and variance 1 in the rows of `train`; the others are scaled likewise. Constant ones are 0."""
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(train[0])
    return Fold(scaler.transform(train[0]), train[1], tuple((scaler.transform(X), y) for X, y in judged))


def as_it_is(train: Rows, *judged: Rows) -> Fold:
    """Nothing is learned from the rows."""
    return Fold(*train, judged)


def by_rows(X: np.ndarray, y: np.ndarray, learn: Callable[..., Fold] = standardised) -> Prepare:
    """The hook for arrays: `learn` gets the two parts of X (n, d) and y (n,)."""
    return lambda train, held: learn((X[train], y[train]), (X[held], y[held]))


def fold_rows(y: np.ndarray, k: int, task: str, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """k pairs of row numbers: those to train on, and those held out; shuffled, classes in proportion."""
    from sklearn.model_selection import KFold, StratifiedKFold

    rarest = len(y) if task == "regression" else int(np.bincount(y).min())
    if not 2 <= k <= rarest:
        of_what = "rows" if task == "regression" else "rows of the rarest class"
        raise ValueError(f"folds={k}: allowed: 2 to {rarest}, the {of_what} in training; take more examples")
    kind = KFold if task == "regression" else StratifiedKFold
    return list(kind(k, shuffle=True, random_state=seed).split(np.zeros(len(y)), y))


def make_folds(prepare: Prepare, y: np.ndarray, k: int, task: str, seed: int) -> Iterator[Fold]:
    """The k folds of the rows that y (n,) belongs to, prepared one after the other."""
    return (prepare(train, held) for train, held in fold_rows(y, k, task, seed))


def fold_losses(
    fold: Fold, lambdas: np.ndarray, *, l1_ratio: float, task: str, on_progress: Progress = lambda share: None
) -> np.ndarray:
    """(sets judged, L) data losses under the path that the fold's training rows give."""
    X, y = fold.X_train, fold.y_train
    path = fit_path(X, y, lambdas, l1_ratio=l1_ratio, task=task, on_progress=on_progress)
    return np.array([path.loss(*rows) for rows in fold.judged])


def cross_validate(
    prepare: Prepare, y: np.ndarray, lambdas: np.ndarray, *, k: int, seed: int, l1_ratio: float, task: str,
    on_progress: Progress = lambda share: None,
) -> np.ndarray:  # fmt: skip
    """(k, L) loss on each held-out fold of the n rows whose targets are y (n,). `on_progress` may raise: it cancels."""
    found = []
    for i, fold in enumerate(make_folds(prepare, y, k, task, seed)):
        report = lambda share, i=i: on_progress((i + share) / k)  # noqa: E731
        found.append(fold_losses(fold, lambdas, l1_ratio=l1_ratio, task=task, on_progress=report)[0])
        report(1.0)
    return np.array(found)
