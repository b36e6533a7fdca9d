"""Fits for choosing λ: many small trainings, each judged on rows it has not seen (or, leaked, has).

A `Job` is one set of training rows, fitted for all λ of an experiment: a fold, a refit, a leaked or a smaller sample.
Linear models come from exact paths; for an MLP folds are just more runs of one batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from wd_core import workers
from wd_core.datasets import DATASETS
from wd_core.engine.loop import train_table
from wd_core.engine.penalties import make_penalty
from wd_core.engine.runs import Group, Table
from wd_core.evaluation import score_new
from wd_core.experiment import Experiment, lambda_path
from wd_core.linear.cross_validation import Fold, Rows, as_it_is, by_rows, fold_losses, make_folds, standardised
from wd_core.linear.paths import default_lambdas
from wd_core.models import MODELS
from wd_core.tables import rows_of
from wd_core.training import Watch

Progress = Callable[[float], None]
FRESH = 4000
"""Examples in the fresh sample that stands for the truth of synthetic data."""
LAMBDAS = 24
RUNS_AT_ONCE = 400
COST_OF_A_LOGISTIC_FIT, COST_OF_A_LINEAR_FIT = 1e7, 1e5
"""In units of `Experiment.cost`, a λ each."""


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


def lambda_grid(e: Experiment) -> tuple[float, ...]:
    """λ = 0 and `LAMBDAS` more, the same for all seeds: for linear models where the first seed's path happens."""
    if not MODELS[e.model].linear:
        return lambda_path(1e-5, 1.0, LAMBDAS)
    X, y = e.data(e.seeds[0]).X_train, e.data(e.seeds[0]).y_train
    path = default_lambdas(X, y, l1_ratio=l1_ratio_of(e), task=e.task, count=3)
    low = path[1] * (10 if l1_ratio_of(e) else 1)
    return lambda_path(10 ** np.floor(np.log10(low)), 10 ** np.ceil(np.log10(path[-1])), LAMBDAS)


def l1_ratio_of(e: Experiment) -> float:
    """ρ: 1 for L1, 0 for L2."""
    return make_penalty(e.penalty, e.l1_ratio).l1_share


def fit_losses(e: Experiment, jobs: Sequence[Job], on_progress: Progress) -> list[np.ndarray]:
    """For every job the data losses (sets judged, L) at all λ of `e`, NaN where the run diverged.

    `on_progress(share)` is called at least every 100 ms; what it raises cancels the work and comes out here.
    """
    groups = _groups(e, jobs)
    tasks = [partial(_losses, e, [jobs[i] for i in group]) for group in groups]
    if workers.available(cost := _cost(e, jobs), on_progress):
        found = workers.run(tasks, on_progress, cost)
    else:
        found = [task(_part(on_progress, i, len(tasks))) for i, task in enumerate(tasks)]
    losses: list[np.ndarray] = [np.empty(0)] * len(jobs)
    for group, results in zip(groups, found, strict=True):
        for i, result in zip(group, results, strict=True):
            losses[i] = np.where(np.isfinite(result), result, np.nan)
    return losses


def _groups(e: Experiment, jobs: Sequence[Job]) -> list[list[int]]:
    """Numbers of the jobs that are done together: of about the same size, and not too many."""
    most = max(1, RUNS_AT_ONCE // len(e.lambdas))
    groups: list[list[int]] = []
    for i in sorted(range(len(jobs)), key=lambda i: len(jobs[i].y_train)):
        if not groups or len(groups[-1]) == most or len(jobs[i].y_train) > 1.15 * len(jobs[groups[-1][0]].y_train):
            groups.append([])
        groups[-1].append(i)
    return groups


def _cost(e: Experiment, jobs: Sequence[Job]) -> float:
    if not MODELS[e.model].linear:
        return float(sum(len(j.y_train) for j in jobs)) * len(e.lambdas) * e.steps * e.n_parameters
    each = COST_OF_A_LINEAR_FIT if e.task == "regression" else COST_OF_A_LOGISTIC_FIT
    return each * len(jobs) * len(e.lambdas)


def _part(on_progress: Progress, i: int, count: int) -> Progress:
    return lambda share: on_progress((i + share) / count)


def _losses(e: Experiment, jobs: list[Job], on_progress: Progress) -> list[np.ndarray]:
    """`fit_losses` of one group, in this process."""
    return (_linear_losses if MODELS[e.model].linear else _network_losses)(e, jobs, on_progress)


def _linear_losses(e: Experiment, jobs: list[Job], on_progress: Progress) -> list[np.ndarray]:
    found = []
    for i, job in enumerate(jobs):
        report = _part(on_progress, i, len(jobs))
        found.append(fold_losses(job, np.array(e.lambdas), l1_ratio=l1_ratio_of(e), task=e.task, on_progress=report))
        report(1.0)
    return found


def _network_losses(e: Experiment, jobs: list[Job], on_progress: Progress) -> list[np.ndarray]:
    groups = [Group(job.X_train, job.y_train, job.seed) for job in jobs]
    table = Table(e.layers, e.target, groups, rows_of(e, e.lambdas), e.steps, e.batch_size)
    weights = train_table(table, (0, e.steps), np.float32, Watch(on_progress))[:, :, -1]
    target, found = e.target, []
    for i, job in enumerate(jobs):
        losses = []
        for X, y in job.judged:
            truth = target.encode(y, np.float32)
            losses.append(score_new(e, job.X_train, weights[:, i], X, partial(target.loss.value, y=truth)))
            on_progress(1.0)
        found.append(np.array(losses, np.float64))
    return found
