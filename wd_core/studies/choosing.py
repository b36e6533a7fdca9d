"""Choosing λ, and what it is worth: cross-validation, nested cross-validation, leakage, sample size.

S seeds, k folds, L values of λ. λ is chosen on a seed's training rows alone; the test loss is looked at only to judge
the choice. Losses are data losses, without the penalty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wd_core.datasets import DATASETS
from wd_core.experiment import Experiment
from wd_core.linear.cross_validation import Rows, fold_rows
from wd_core.linear.paths import fit_path, information_criteria
from wd_core.models import MODELS
from wd_core.studies.fits import Material, Progress, fit_losses, fold_jobs, joined, l1_ratio_of, make_job, material
from wd_core.studies.selection import Flat, best_lambda, flat_range, mean_and_error, one_standard_error, regret

RULES = ("cross-validation", "one standard error", "hold-out", "AIC", "BIC")
LEAKED = (0.0, 0.25, 0.5, 0.9)
"""Shares of the test set that are copied into training."""
SMALLEST, LARGEST, SIZES = 20, 640, 6


@dataclass(frozen=True, eq=False)
class Curves:
    """Losses over λ by fold and seed, and what λ each rule takes from them."""

    experiment: Experiment
    lambdas: np.ndarray
    """(L,) ascending"""
    cv: np.ndarray
    """(S, k, L) loss on each held-out fold"""
    test: np.ndarray
    """(S, L) true loss after a refit on all training rows"""
    criteria: dict[str, np.ndarray]
    """AIC and BIC, (S, L) each, per training row; empty where they are not defined"""

    @property
    def mean(self) -> np.ndarray:
        """(S, L) cross-validated loss: the mean over folds."""
        return self.cv.mean(1)

    @property
    def error(self) -> np.ndarray:
        """(S, L) its standard error over folds, sd / √k (Breiman et al. 1984)."""
        return mean_and_error(self.cv, axis=1)[1]

    def chosen(self) -> dict[str, np.ndarray]:
        """By rule, the number (S,) of the λ that each seed chooses; −1 for none. Hold-out is the first fold alone."""
        pairs = list(zip(self.mean, self.error, strict=True))
        found = {
            "cross-validation": [best_lambda(mean) for mean, _ in pairs],
            "one standard error": [one_standard_error(mean, error) for mean, error in pairs],
            "hold-out": [best_lambda(losses) for losses in self.cv[:, 0]],
        }
        found |= {name: [best_lambda(v) for v in values] for name, values in self.criteria.items()}
        return {name: np.array(indices) for name, indices in found.items()}

    def regrets(self) -> dict[str, np.ndarray]:
        """By rule, (S,): true loss of the chosen λ minus the least over λ. The oracle's own regret is 0."""
        return {name: regret(self.test, index) for name, index in self.chosen().items()}

    def flat(self) -> list[Flat | None]:
        """By seed, the λ that cannot be told from the best."""
        return [flat_range(self.lambdas, m, s) for m, s in zip(self.mean, self.error, strict=True)]

    @property
    def nbytes(self) -> int:
        return self.cv.nbytes + self.test.nbytes + sum(v.nbytes for v in self.criteria.values())


def cross_validate(e: Experiment, k: int, on_progress: Progress) -> Curves:
    """k-fold cross-validation for every seed of `e`: data, folds and first weights are the seed's own."""
    jobs, criteria = [], {}
    for seed in e.seeds:
        rows = material(e, seed)
        jobs += fold_jobs(e, rows.train, k, seed, seed)
        jobs.append(make_job(e, rows.train, [rows.test], seed))
        for name, values in _criteria(e, jobs[-1].X_train, jobs[-1].y_train).items():
            criteria.setdefault(name, []).append(values)
    losses = np.array([found[0] for found in fit_losses(e, jobs, on_progress)]).reshape(len(e.seeds), k + 1, -1)
    return Curves(
        e, np.array(e.lambdas), losses[:, :k], losses[:, k], {name: np.array(v) for name, v in criteria.items()}
    )


def _take(rows: Rows, which: np.ndarray) -> Rows:
    return rows[0][which], rows[1][which]


def _criteria(e: Experiment, X: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    """AIC and BIC by λ, divided by n; {} unless a linear regression with more rows than features."""
    if not MODELS[e.model].linear or e.task != "regression" or len(X) <= X.shape[1] + 1:
        return {}
    path = fit_path(X, y, np.array(e.lambdas), l1_ratio=l1_ratio_of(e), task=e.task)
    aic, bic = information_criteria(path, X, y)
    return {"AIC": aic / len(y), "BIC": bic / len(y)}


@dataclass(frozen=True, eq=False)
class Nested:
    """What a choice by cross-validation says of itself; (S,) each."""

    naive: np.ndarray
    """the cross-validated loss of the λ that it chose: the least of many, so too low on average"""
    nested: np.ndarray
    """the loss on outer folds that had no say in the choice of λ"""
    truth: np.ndarray
    """the true loss of the chosen λ after a refit on all training rows"""

    nbytes = 0


def nested_cross_validation(curves: Curves, on_progress: Progress) -> Nested:
    """For each outer fold λ is chosen by k inner folds of the rest. Source: Stone 1974; Varma & Simon 2006."""
    e, k = curves.experiment, curves.cv.shape[1]
    jobs = []
    for seed in e.seeds:
        rows = material(e, seed).train
        for outer, (train, _) in enumerate(fold_rows(rows[1], k, e.task, seed)):
            jobs += fold_jobs(e, _take(rows, train), k, seed, inner_seed(seed, outer))
    losses = np.array([found[0] for found in fit_losses(e, jobs, on_progress)])
    inner = losses.reshape(len(e.seeds), k, k, -1).mean(2)  # (S, outer, L)
    best = np.apply_along_axis(best_lambda, 2, inner)
    outer_losses = np.take_along_axis(curves.cv, best[..., None], 2)[..., 0]
    chosen, each = curves.chosen()["cross-validation"], np.arange(len(e.seeds))
    return Nested(curves.mean[each, chosen], outer_losses.mean(1), curves.test[each, chosen])


def inner_seed(seed: int, outer: int) -> int:
    """The seed of the inner folds of this outer fold."""
    return (1000 * (seed + 1) + outer) % 2**32


@dataclass(frozen=True, eq=False)
class Leakage:
    """Losses when a share of the test set was copied into training; A shares."""

    shares: np.ndarray
    """(A,)"""
    lambdas: np.ndarray
    """(L,)"""
    apparent: np.ndarray
    """(A, S, L) on the whole test set, leaked rows included"""
    true: np.ndarray
    """(A, S, L) on rows that never leak"""
    chosen: np.ndarray
    """(S,) number of the λ that cross-validation chose without a leak"""

    @property
    def nbytes(self) -> int:
        return self.apparent.nbytes + self.true.nbytes

    def gain(self, losses: np.ndarray) -> np.ndarray:
        """(A, S): by how much the chosen λ is better than λ = 0 by these losses (A, S, L)."""
        each = np.arange(len(self.chosen))
        return losses[:, :, 0] - losses[:, each, self.chosen]


def leaked_rows(rows: Material, share: float, seed: int) -> Rows:
    """The training rows and, behind them, copies of this share of the test set; a larger share adds to a smaller."""
    order = np.random.default_rng([seed, 104]).permutation(len(rows.seen[1]))
    return joined(rows.train, _take(rows.seen, order[: round(share * len(order))]))


def leak(curves: Curves, on_progress: Progress) -> Leakage:
    """Train with leaks of every share in LEAKED; the λ judged is the one chosen without."""
    e = curves.experiment
    rows = {seed: material(e, seed) for seed in e.seeds}
    jobs = [
        make_job(e, leaked_rows(rows[seed], share, seed), [rows[seed].seen, rows[seed].unseen], seed)
        for share in LEAKED
        for seed in e.seeds
    ]
    losses = np.array(fit_losses(e, jobs, on_progress)).reshape(len(LEAKED), len(e.seeds), 2, -1)
    chosen = curves.chosen()["cross-validation"]
    return Leakage(np.array(LEAKED), curves.lambdas, losses[:, :, 0], losses[:, :, 1], chosen)


@dataclass(frozen=True, eq=False)
class Growth:
    """True losses over λ and the number of training examples; N sizes."""

    sizes: np.ndarray
    """(N,)"""
    lambdas: np.ndarray
    """(L,)"""
    test: np.ndarray
    """(N, S, L)"""

    @property
    def nbytes(self) -> int:
        return self.test.nbytes

    def best(self) -> np.ndarray:
        """(N, S) number of the truly best λ."""
        return np.apply_along_axis(best_lambda, 2, self.test)


def sizes_of(e: Experiment) -> tuple[Experiment, np.ndarray]:
    """`e` with enough rows, and the numbers of training examples to try: even in log n, up to what there is."""
    wanted = min(5000, round(LARGEST / e.train_share))
    grown = e.replace(n_samples=min(wanted, DATASETS[e.dataset].max_samples or wanted))
    most = min(LARGEST, len(grown.data(e.seeds[0]).y_train))
    return grown, np.unique(np.geomspace(min(SMALLEST, most), most, SIZES).round().astype(int))


def grow(e: Experiment, on_progress: Progress) -> Growth:
    """Train on the first n of a seed's rows, for several n; a larger sample contains the smaller."""
    grown, sizes = sizes_of(e)
    jobs = []
    for seed in e.seeds:
        rows = material(grown, seed)
        order = each_class_first(rows.train[1], e.task)
        jobs += [make_job(e, _take(rows.train, order[:n]), [rows.test], seed) for n in sizes]
    losses = np.array([found[0] for found in fit_losses(e, jobs, on_progress)])
    return Growth(sizes, np.array(e.lambdas), losses.reshape(len(e.seeds), len(sizes), -1).swapaxes(0, 1))


def each_class_first(y: np.ndarray, task: str) -> np.ndarray:
    """Row numbers (n,), in order but for one of each class at the front."""
    if task == "regression":
        return np.arange(len(y))
    first = np.unique(y, return_index=True)[1]
    return np.concatenate([first, np.delete(np.arange(len(y)), first)])
