"""Fits for choosing λ: many small trainings, each judged on rows it has not seen (or, leaked, has).

A `Job` is one set of training rows, fitted for all λ of an experiment: a fold, a refit, a leaked or a smaller sample.
Linear models come from exact paths; for an MLP folds are just more groups of one table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from wd_core import workers
from wd_core.datasets import DATASETS, Given, given
from wd_core.engine.penalties import make_penalty
from wd_core.experiment import Experiment, lambda_path
from wd_core.linear.cross_validation import Fold, Rows, as_it_is, by_rows, fold_losses, make_folds, standardised
from wd_core.linear.paths import default_lambdas
from wd_core.models import MODELS
from wd_core.training import train_all

Progress = Callable[[float], None]
FRESH = 4000
"""Examples in the fresh sample that stands for the truth of synthetic data."""
LAMBDAS = 24
COST_OF_A_LOGISTIC_FIT, COST_OF_A_LINEAR_FIT = 2e-3, 2e-5
"""In seconds, a λ each."""


@dataclass(frozen=True, eq=False)
class Material:
    """The rows of one seed. λ is chosen on `train` alone."""

    train: Rows
    test: Rows
    """The truth: for synthetic data a large fresh sample, for real data all rows that are not in `train`."""
    seen: Rows
    """The part that plays the test set when it leaks into training."""
    unseen: Rows
    """Rows that never leak: the fresh sample, or real data's validation part."""


def material(e: Experiment, seed: int) -> Material:
    """The rows of `seed`; labels are corrupted in `train` only, as `Experiment.label_noise` says."""
    split, dataset = e.data(seed), DATASETS[e.dataset]
    seen, validation = (split.X_test, split.y_test), (split.X_validation, split.y_validation)
    if dataset.synthetic:
        rng = np.random.default_rng([seed, 103])
        X, y = dataset.draw(FRESH, e.noise, rng)
        raw = np.hstack([X, rng.standard_normal((FRESH, e.noise_features))])
        test = unseen = (split.to_model(raw), y)
    else:
        test, unseen = joined(validation, seen), validation
    return Material((split.X_train, split.y_train), test, seen, unseen)


def joined(*rows: Rows) -> Rows:
    """These rows below one another."""
    return np.concatenate([X for X, _ in rows]), np.concatenate([y for _, y in rows])


@dataclass(frozen=True, eq=False)
class Job(Fold):
    """A fold, or any other rows to train on for all λ. `seed` is that of the first weights."""

    seed: int


def make_job(e: Experiment, train: Rows, judged: Sequence[Rows], seed: int) -> Job:
    """A job; real features are standardised by its own training rows alone, so that nothing leaks between folds."""
    fold = learned(e)(train, *judged)
    return Job(fold.X_train, fold.y_train, fold.judged, seed)


def fold_jobs(e: Experiment, rows: Rows, k: int, seed: int, cut_seed: int) -> list[Job]:
    """A job for each of the k folds that `cut_seed` cuts from these rows."""
    folds = make_folds(by_rows(*rows, learned(e)), rows[1], k, e.task, cut_seed)
    return [Job(fold.X_train, fold.y_train, fold.judged, seed) for fold in folds]


def learned(e: Experiment) -> Callable[..., Fold]:
    """What is learned of the inputs of `e` before a model sees them: nothing where they are drawn as it sees them."""
    return as_it_is if DATASETS[e.dataset].synthetic else standardised


def lambda_grid(e: Experiment, further_down: int = 0, further_up: int = 0) -> tuple[float, ...]:
    """λ = 0 and `LAMBDAS` more, the same for all seeds: for linear models where the first seed's path happens.

    Either end can be moved out by decades; the λ between the ends stay as close to each other.
    """
    low, high = 1e-5, 1.0
    if MODELS[e.model].linear:
        X, y = e.data(e.seeds[0]).X_train, e.data(e.seeds[0]).y_train
        path = default_lambdas(X, y, l1_ratio=l1_ratio_of(e), task=e.task, count=3)
        low, high = 10 ** np.floor(np.log10(path[1] * (10 if l1_ratio_of(e) else 1))), 10 ** np.ceil(np.log10(path[-1]))
    decades = np.log10(high / low)
    count = round(LAMBDAS * (decades + further_down + further_up) / decades)
    return lambda_path(low * 10.0**-further_down, high * 10.0**further_up, count)


def l1_ratio_of(e: Experiment) -> float:
    """ρ: 1 for L1, 0 for L2."""
    return make_penalty(e.penalty, e.l1_ratio).l1_share


def fit_losses(e: Experiment, jobs: Sequence[Job], on_progress: Progress) -> list[np.ndarray]:
    """For every job the data losses (sets judged, L) at all λ of `e`, NaN where the run diverged.

    `on_progress(share)` is called at least every 100 ms; what it raises cancels the work and comes out here.
    """
    return (_linear_losses if MODELS[e.model].linear else _network_losses)(e, jobs, on_progress)


def _linear_losses(e: Experiment, jobs: Sequence[Job], on_progress: Progress) -> list[np.ndarray]:
    each = COST_OF_A_LINEAR_FIT if e.task == "regression" else COST_OF_A_LOGISTIC_FIT
    tasks, cost = [partial(_path_losses, e, job) for job in jobs], each * len(jobs) * len(e.lambdas)
    if workers.available(cost, on_progress):
        found = workers.run(tasks, on_progress, cost)
    else:
        found = [task(_part(on_progress, i, len(tasks))) for i, task in enumerate(tasks)]
    return [np.where(np.isfinite(losses), losses, np.nan) for losses in found]


def _part(on_progress: Progress, i: int, count: int) -> Progress:
    return lambda share: on_progress((i + share) / count)


def _path_losses(e: Experiment, job: Job, on_progress: Progress) -> np.ndarray:
    losses = fold_losses(job, np.array(e.lambdas), l1_ratio=l1_ratio_of(e), task=e.task, on_progress=on_progress)
    on_progress(1.0)
    return losses


def _network_losses(e: Experiment, jobs: Sequence[Job], on_progress: Progress) -> list[np.ndarray]:
    folds = [as_given(e, job) for job in jobs]
    histories = train_all(folds, on_progress=on_progress, record_at=(0, e.steps))
    return [
        np.array([loss[:, 0, -1] for loss in (h.validation_loss, h.test_loss)[: len(job.judged)]], np.float64)
        for job, h in zip(jobs, histories, strict=True)
    ]


def as_given(e: Experiment, job: Job) -> Experiment:
    """`e` on the rows of a job: its judged sets are the validation and the test part."""
    return e.replace(dataset=_given(e, job), seeds=(job.seed,))


def _given(e: Experiment, job: Job) -> Given:
    first, *others = job.judged
    if len(others) > 1:
        raise ValueError(f"judged: {len(job.judged)} sets of rows; allowed: 1 or 2")
    source = e.source
    names = tuple(f"x{i + 1}" for i in range(job.X_train.shape[1]))
    return given(
        job.X_train, job.y_train, *first, *(others[0] if others else (row[:1] for row in first)),
        name="fold", title="Rows of a fold", input_names=names, target_name=source.target_name,
        class_names=source.class_names,
    )  # fmt: skip
