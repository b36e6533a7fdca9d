"""Weight decay on a visitor's own table: the exact path, λ chosen by cross-validation, and the test error at it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from wd_core import workers
from wd_core.linear.cross_validation import Fold, fold_losses, make_folds
from wd_core.linear.paths import Path, default_lambdas, fit_path
from wd_core.linear.solvers import Progress
from wd_core.own_data.preparation import Prepared
from wd_core.studies.selection import best_lambda, mean_and_error, one_standard_error

LAMBDAS = 40
FOLDS = 5
RESAMPLES = 2000
MAX_WEIGHTS = 600
"""Bound on inputs × outputs of a classification: its Newton steps grow with the cube."""
L1_SHARES = {"l2": 0.0, "l1": 1.0, "elastic": 0.5}
_places = threading.Semaphore(2)
"""Studies in this process at a time; it holds back work, and holds no data."""
RULES = {"lowest": "lowest cross-validated loss", "one_se": "one standard error", "hand": "by hand"}


@dataclass(frozen=True, eq=False)
class Study:
    """A path on training and validation rows, and the loss of each of the folds at each λ."""

    prepared: Prepared
    penalty: str
    path: Path
    fold_losses: np.ndarray  # (folds, L)

    @cached_property
    def curve(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean over folds and its standard error (L,)."""
        return mean_and_error(self.fold_losses, axis=0)

    @cached_property
    def chosen(self) -> dict[str, int]:
        """By rule, the number of the λ it chooses."""
        mean, error = self.curve
        return {"lowest": best_lambda(mean), "one_se": one_standard_error(mean, error)}


@dataclass(frozen=True)
class Estimate:
    """A number with a 95 % interval."""

    name: str
    value: float
    low: float
    high: float


def study(prepared: Prepared, penalty: str, on_progress: Progress, seed: int = 0) -> Study:
    """Fit the path and cross-validate it, in worker processes where worth it. `on_progress` may raise: it cancels."""
    X, y, task, l1_ratio = prepared.X_choice, prepared.y_choice, prepared.task, L1_SHARES[penalty]
    if task != "regression" and X.shape[1] * prepared.outputs > MAX_WEIGHTS:
        raise ValueError(
            f"inputs × classes={X.shape[1]} × {prepared.outputs}: allowed for classification: at most {MAX_WEIGHTS} "
            "weights. Choose fewer features"
        )
    lambdas = default_lambdas(X, y, l1_ratio=l1_ratio, task=task, count=LAMBDAS)
    fit = {"l1_ratio": l1_ratio, "task": task}
    tasks = [partial(_path, X, y, lambdas, fit)]
    for fold in make_folds(prepared.prepare_fold, y, FOLDS, task, seed):
        on_progress(0.0)
        tasks.append(partial(_losses, fold, lambdas, fit))
    expected = cost(prepared, penalty)
    if workers.available(expected, on_progress):
        path, *losses = workers.run(tasks, on_progress, expected)
    else:
        path, *losses = _one_by_one(tasks, on_progress)
    return Study(prepared, penalty, path, np.array(losses))


def cost(prepared: Prepared, penalty: str) -> float:
    """About how long a study takes, in seconds of one core: measured on tables of 120 to 16,000 rows."""
    n, weights = len(prepared.y_choice), len(prepared.inputs) * prepared.outputs
    if not prepared.classes:
        seconds = 0.01 + 1e-8 * n * weights + 2e-9 * n * weights**2
    elif penalty == "l2":
        seconds = 0.1 + 2e-5 * n * prepared.outputs + 3e-9 * n * weights**2 + 2e-9 * weights**3
    else:
        seconds = 0.05 + 1.1e-5 * n * prepared.outputs + 3e-9 * n * weights**2 + 2e-8 * weights**3
    return (FOLDS + 1) * seconds


def _path(X: np.ndarray, y: np.ndarray, lambdas: np.ndarray, fit: dict[str, Any], on_progress: Progress) -> Path:
    return fit_path(X, y, lambdas, **fit, on_progress=on_progress)


def _losses(fold: Fold, lambdas: np.ndarray, fit: dict[str, Any], on_progress: Progress) -> np.ndarray:
    return fold_losses(fold, lambdas, **fit, on_progress=on_progress)[0]


def _one_by_one(tasks: list[workers.Task], on_progress: Progress) -> list[Any]:
    """In this process, which has other things to do: few at a time."""
    while not _places.acquire(timeout=workers.POLL_SECONDS):
        on_progress(0.0)
    try:
        found = []
        for i, task in enumerate(tasks):
            on_progress(i / len(tasks))
            found.append(task(lambda share, i=i: on_progress((i + share) / len(tasks))))
        return found
    finally:
        _places.release()


def errors_on_test(found: Study, index: int, seed: int = 0) -> list[Estimate]:
    """Errors on the test rows at λ number `index`, with bootstrap percentile intervals over those rows (Efron 1979)."""
    prepared, path = found.prepared, found.path
    predicted = path.predict(prepared.X_test)[index]
    if prepared.classes:
        return [_bootstrap("share of wrong classes", (predicted != prepared.y_test).astype(float), np.mean, seed)]
    squares = np.square((predicted - prepared.y_test) * prepared.unit)
    absolute = np.sqrt(squares)
    return [
        _bootstrap("root mean squared error", squares, lambda v, axis=-1: np.sqrt(v.mean(axis)), seed),
        _bootstrap("mean absolute error", absolute, np.mean, seed),
    ]


def baseline(prepared: Prepared) -> float:
    """The first of the test errors for always saying the training mean, or the commonest class."""
    if prepared.classes:
        return float((prepared.y_test != np.bincount(prepared.y_train).argmax()).mean())
    return float(np.sqrt(np.square((prepared.y_test - prepared.y_train.mean()) * prepared.unit).mean()))


def _bootstrap(name: str, values: np.ndarray, statistic: object, seed: int) -> Estimate:
    from scipy.stats import bootstrap

    value = float(statistic(values))
    if (values == values[0]).all():  # resampling equal values says nothing; of n right answers, the rule of three does
        high = min(1.0, 3 / len(values)) if values[0] == 0 and "share" in name else value
        return Estimate(name, value, value, high)
    draws = bootstrap(
        (values,), statistic, n_resamples=RESAMPLES, batch=200, method="percentile", vectorized=True,
        rng=np.random.default_rng(seed),
    )  # fmt: skip
    return Estimate(name, value, float(draws.confidence_interval.low), float(draws.confidence_interval.high))


def settings(found: Study) -> str:
    """What an export is of: all that was chosen for it but λ."""
    p = found.prepared
    parts = [
        f"target={p.target}", f"task={p.task}", f"features={len(p.features)}", f"inputs={len(p.inputs)}",
        f"penalty={found.penalty}", f"l1_ratio={L1_SHARES[found.penalty]:g}", f"folds={len(found.fold_losses)}",
        f"training={len(p.y_train)}", f"validation={len(p.y_validation)}", f"test={len(p.y_test)}",
    ]  # fmt: skip
    return " ".join(parts)


def coefficients(found: Study, index: int) -> dict[str, list]:
    """Columns of a table, a row for each weight, largest first without penalty: what λ did to each."""
    prepared, path = found.prepared, found.path
    free, held = path.coefficients[0], path.coefficients[index]  # (d, outputs)
    outputs = free.shape[1]
    columns: dict[str, list] = {"input": [], "class": [], "without penalty": [], "at this λ": [], "what λ did": []}
    for j, k in sorted(np.ndindex(*free.shape), key=lambda at: -abs(free[at])):
        columns["input"].append(prepared.inputs[j])
        columns["class"].append(prepared.classes[k if outputs > 1 else 1] if prepared.classes else "")
        columns["without penalty"].append(float(free[j, k]))
        columns["at this λ"].append(float(held[j, k]))
        columns["what λ did"].append(_fate(free[j, k], held[j, k]))
    if not prepared.classes:
        del columns["class"]
    return columns


def _fate(free: float, held: float) -> str:
    if held == 0:
        return "set to zero" if free else "zero in both"
    if free == 0:
        return "appeared"
    if np.sign(free) != np.sign(held):
        return "changed its sign"
    change = 100 * (abs(held) / abs(free) - 1)
    return "unchanged" if abs(change) < 0.5 else f"{'shrunk' if change < 0 else 'grown'} by {abs(change):.0f} %"
