"""Coefficient paths of one data set under L2, L1 and the elastic net, with their errors: what the page shows.

Every fit learns from the training part alone; its folds are cut from it. See `linear` for the objective.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wd_core.datasets import DATASETS, DEFAULT_FEATURES, make_split
from wd_core.datasets.sparse import SUPPORT
from wd_core.experiment import Experiment
from wd_core.linear.cross_validation import as_it_is, by_rows, cross_validate, standardised
from wd_core.linear.paths import Path, bootstrap_stability, correlated_copies, fit_path
from wd_core.models.base import task_of
from wd_core.studies.selection import best_lambda, mean_and_error, one_standard_error, open_end

DATA = ("diabetes", "breast_cancer", "wine", "sparse")
PENALTIES = ("l2", "l1", "elastic")
LOWEST, HIGHEST, EACH = -3.0, 1.5, 8
"""Ends of the range of log₁₀ λ, the same for all data so that neither the axis nor the cursor moves with them; and how
many λ a decade has."""
MOST_DECADES = 3
"""By which either end can be moved out."""


def lambda_range(further_down: int = 0, further_up: int = 0) -> np.ndarray:
    """λ = 0 and, ascending, the λ of the range with so many decades more at its ends."""
    low, high = LOWEST - further_down, HIGHEST + further_up
    lambdas = np.concatenate([[0.0], 10 ** np.linspace(low, high, round(EACH * (high - low)) + 1)])
    lambdas.setflags(write=False)
    return lambdas


LAMBDAS = lambda_range()
COPIED = {"diabetes": 2, "breast_cancer": 20, "wine": 6, "sparse": SUPPORT[0]}
"""The feature to copy, unless another is chosen: one that every penalty wants."""
N_SAMPLES = {"sparse": 160}
TRAIN_SHARE = 0.6


@dataclass(frozen=True)
class Settings:
    """What decides a study; hashable."""

    dataset: str = "diabetes"
    column: int = 2
    copies: int = 0
    correlation: float = 0.95
    l1_ratio: float = 0.5
    folds: int = 5
    seed: int = 0
    further_down: int = 0
    further_up: int = 0
    """Decades of λ beyond the usual range."""

    @property
    def lambdas(self) -> np.ndarray:
        return lambda_range(self.further_down, self.further_up)


@dataclass(frozen=True, eq=False)
class Data:
    """Standardised arrays, with the correlated copies in place, and the names of their columns."""

    X: dict[str, np.ndarray]  # train, validation, test
    y: dict[str, np.ndarray]
    names: tuple[str, ...]  # d
    task: str
    group: tuple[int, ...]  # columns of the copied feature and its copies; empty without copies
    support: tuple[int, ...] | None  # columns that matter, where it is known


@dataclass(frozen=True, eq=False)
class Arm:
    """One penalty's path and its mean data losses."""

    path: Path
    losses: dict[str, np.ndarray]  # train, validation, test: (L,)
    fold_losses: np.ndarray  # (folds, L): each fold's loss, by the fit that has not seen it

    @property
    def cv(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean over folds (L,) and its standard error."""
        return mean_and_error(self.fold_losses, axis=0)

    @property
    def lowest(self) -> int:
        """Number of the λ with the least cross-validated loss."""
        return best_lambda(self.cv[0])

    @property
    def one_se(self) -> int:
        """Number of the λ that the one-standard-error rule takes; −1 where that is unknown."""
        return one_standard_error(*self.cv)

    @property
    def open_end(self) -> str:
        """ "high" or "low" where the least may lie beyond the range, else ""; beyond weights of zero nothing lies."""
        end, path = open_end(self.path.lambdas, self.cv[0]), self.path
        return "" if end == "high" and path.zeros[-1] == path.coefficients[0].size else end


@dataclass(frozen=True, eq=False)
class Study:
    """What `make_study` found."""

    settings: Settings
    data: Data
    arms: dict[str, Arm]  # by penalty

    @property
    def nbytes(self) -> int:
        return sum(a.path.coefficients.nbytes + a.fold_losses.nbytes for a in self.arms.values()) + sum(
            X.nbytes for X in self.data.X.values()
        )


def ratio_of(penalty: str, settings: Settings) -> float:
    """ρ of `penalty`."""
    return {"l2": 0.0, "l1": 1.0, "elastic": settings.l1_ratio}[penalty]


def make_data(settings: Settings) -> Data:
    """The three parts; copies are made in each by itself, so that in each the correlation is as asked."""
    dataset = DATASETS[settings.dataset]
    n = N_SAMPLES.get(settings.dataset) or dataset.max_samples
    split = make_split(settings.dataset, n, dataset.default_noise, 0.0, 0, TRAIN_SHARE, DEFAULT_FEATURES, settings.seed)
    names, d = list(split.input_names), len(split.input_names)
    X, y = {}, {}
    for number, part in enumerate(("train", "validation", "test")):
        rng = np.random.default_rng([settings.seed, 100 + number])
        X[part], y[part] = getattr(split, f"X_{part}"), getattr(split, f"y_{part}")
        if settings.copies:
            X[part] = correlated_copies(X[part], settings.column, settings.copies, settings.correlation, rng)
    names += [f"copy {k + 1} of {names[settings.column]}" for k in range(settings.copies)]
    group = (settings.column, *range(d, d + settings.copies)) if settings.copies else ()
    support = SUPPORT if settings.dataset == "sparse" else None
    return Data(X, y, tuple(names), task_of(dataset.n_classes), group, support)


def make_study(settings: Settings, on_progress: Callable[[float], None] = lambda share: None) -> Study:
    """Fit everything: for each penalty the path, and the same path without each of the folds."""
    data, arms = make_data(settings), {}
    X, y = data.X["train"], data.y["train"]
    prepare = by_rows(X, y, as_it_is if DATASETS[settings.dataset].synthetic else standardised)
    parts = len(PENALTIES) * (settings.folds + 1)
    for i, penalty in enumerate(PENALTIES):
        first, ratio = i * (settings.folds + 1), ratio_of(penalty, settings)
        path = fit_path(
            X, y, settings.lambdas, l1_ratio=ratio, task=data.task,
            on_progress=lambda share, first=first: on_progress((first + share) / parts),
        )  # fmt: skip
        losses = {part: path.loss(data.X[part], data.y[part]) for part in data.X}
        folds = cross_validate(
            prepare, y, settings.lambdas, k=settings.folds, seed=settings.seed, l1_ratio=ratio, task=data.task,
            on_progress=lambda share, first=first: on_progress((first + 1 + share * settings.folds) / parts),
        )  # fmt: skip
        arms[penalty] = Arm(path, losses, folds)
    return Study(settings, data, arms)


def stability(study: Study, penalty: str, draws: int, on_progress: Callable[[float], None]) -> np.ndarray:
    """Share (L, d) of bootstrap draws from the training part in which each feature has a nonzero weight."""
    settings, data = study.settings, study.data
    return bootstrap_stability(
        data.X["train"], data.y["train"], settings.lambdas, l1_ratio=ratio_of(penalty, settings), task=data.task,
        draws=draws, seed=settings.seed, on_progress=on_progress,
    )[0]  # fmt: skip


def experiment_of(settings: Settings, penalty: str, lam: float) -> Experiment:
    """The same data (without copies), penalty and λ as an experiment, for other tools' code."""
    dataset = DATASETS[settings.dataset]
    return Experiment(
        dataset=dataset.name, n_samples=N_SAMPLES.get(dataset.name) or dataset.max_samples, noise=dataset.default_noise,
        train_share=TRAIN_SHARE, model={0: "linear", 2: "logistic"}.get(dataset.n_classes, "softmax"), penalty=penalty,
        l1_ratio=settings.l1_ratio, lambdas=(lam,), seeds=(settings.seed,),
    )  # fmt: skip


def largest(study: Study, output: int, count: int) -> list[int]:
    """The `count` features with the largest weights anywhere on the three paths (λ > 0), largest first."""
    tops = [np.abs(arm.path.coefficients[1:, :, output]).max(0) for arm in study.arms.values()]
    return np.argsort(-np.sum(tops, axis=0), kind="stable")[:count].tolist()


@dataclass(frozen=True)
class Grouping:
    """How a penalty divides the weight among a feature and its copies, at one λ."""

    weights: tuple[float, ...]
    nonzero: int
    spread: float  # largest minus smallest weight
    total: float


def grouping(study: Study, penalty: str, index: int, output: int) -> Grouping:
    """Measured at λ number `index` for the scores of class `output`."""
    weights = study.arms[penalty].path.coefficients[index, list(study.data.group), output]
    return Grouping(tuple(weights.tolist()), int((weights != 0).sum()), float(np.ptp(weights)), float(weights.sum()))


def support_found(study: Study, penalty: str, index: int) -> tuple[int, int]:
    """At λ number `index`: how many features of the true support have a nonzero weight, and how many others."""
    selected = (study.arms[penalty].path.coefficients[index] != 0).any(-1)
    true = np.isin(np.arange(len(selected)), study.data.support or ())
    return int((selected & true).sum()), int((selected & ~true).sum())
