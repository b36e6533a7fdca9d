"""How much decay is worth as data grow scarce, at a λ that validation chose; and how far λ may be off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wd_core.evaluation import score_new
from wd_core.experiment import Experiment
from wd_core.linear.paths import fit_path
from wd_core.models import MODELS
from wd_core.studies.choosing import each_class_first, sizes_of
from wd_core.studies.fits import Job, Progress, as_given, l1_ratio_of, make_job, material
from wd_core.studies.selection import best_lambda
from wd_core.training import train_all

SIZES = 4


@dataclass(frozen=True, eq=False)
class Scarcity:
    """By the number of training examples; N sizes, S seeds, L λ, the first of them 0."""

    sizes: np.ndarray
    lambdas: np.ndarray
    validation: np.ndarray
    """(N, S, L) loss, by which λ is chosen"""
    test: np.ndarray
    """(N, S, L) accuracy, or R²: a loss without decay may be as large as one likes where classes are separable"""

    @property
    def chosen(self) -> np.ndarray:
        """(N, S) number of the λ with the least validation loss, of those above 0."""
        return 1 + np.apply_along_axis(best_lambda, 2, self.validation[:, :, 1:])

    @property
    def gain(self) -> np.ndarray:
        """(N, S) by how much the chosen λ raises the test score, against λ = 0."""
        return np.take_along_axis(self.test, self.chosen[..., None], 2)[..., 0] - self.test[:, :, 0]


def scarce(e: Experiment, on_progress: Progress = lambda share: None) -> Scarcity:
    """Train on the first rows of a seed, few and many: `SIZES` numbers, even in log n. Validation and test part stay as
    large as they are, so that a choice on few data is no worse judged than one on many."""
    grown, sizes = sizes_of(e)
    sizes = np.unique(np.geomspace(sizes[0], sizes[-1], SIZES).round().astype(int))
    jobs = []
    for seed in e.seeds:
        d = grown.data(seed)
        order = each_class_first(d.y_train, e.task)
        judged = [(d.X_validation, d.y_validation), (d.X_test, d.y_test)]
        jobs += [make_job(e, (d.X_train[order[:n]], d.y_train[order[:n]]), judged, seed) for n in sizes]
    found = np.array((_linear if MODELS[e.model].linear else _network)(e, jobs, on_progress), float)
    validation, test = np.moveaxis(found.reshape(len(e.seeds), len(sizes), 2, -1), (2, 1), (0, 1))
    return Scarcity(sizes, np.array(e.lambdas), validation, test)


def _linear(e: Experiment, jobs: Sequence[Job], on_progress: Progress) -> list[tuple[np.ndarray, np.ndarray]]:
    """Of each job validation loss and test score (L,)."""
    found = []
    for i, job in enumerate(jobs):
        path = fit_path(job.X_train, job.y_train, np.array(e.lambdas), l1_ratio=l1_ratio_of(e), task=e.task)
        found.append((path.loss(*job.judged[0]), path.score(*job.judged[1])))
        on_progress((i + 1) / len(jobs))
    return found


def _network(e: Experiment, jobs: Sequence[Job], on_progress: Progress) -> list[tuple[np.ndarray, np.ndarray]]:
    histories = train_all([as_given(e, job) for job in jobs], on_progress=on_progress, record_at=(0, e.steps))
    return [(h.validation_loss[:, 0, -1], h.test_score[:, 0, -1]) for h in histories]


# -------------------------------------------------------------------- how far λ may be off

POINT = 0.01
"""One point of accuracy, or of R²."""


def decades_within(lambdas: np.ndarray, scores: np.ndarray, tolerance: float = POINT) -> float:
    """Decades of λ around the best score that lie within `tolerance` of it.

    lambdas (L,) ascend from above 0; scores (L,) are taken to be linear in log λ between neighbours. Where an end of
    the path is within, at least so many.
    """
    best, x = int(np.nanargmax(scores)), np.log10(lambdas)
    limit = scores[best] - tolerance

    def end(step: int) -> float:
        i = best
        while 0 <= i + step < len(scores) and scores[i + step] >= limit:
            i += step
        j = i + step
        if not 0 <= j < len(scores) or not np.isfinite(scores[j]):
            return float(x[i])
        return float(x[i] + (x[j] - x[i]) * (scores[i] - limit) / (scores[i] - scores[j]))

    return end(1) - end(-1)


def score_curves(e: Experiment, on_progress: Progress = lambda share: None) -> np.ndarray:
    """(S, L) accuracy or R² over λ on what stands for the truth: a large fresh sample, or all rows not in training."""
    rows = [material(e, seed) for seed in e.seeds]
    if MODELS[e.model].linear:
        found = []
        for i, m in enumerate(rows):
            job = make_job(e, m.train, [m.test], e.seeds[i])
            path = fit_path(job.X_train, job.y_train, np.array(e.lambdas), l1_ratio=l1_ratio_of(e), task=e.task)
            found.append(path.score(*job.judged[0]))
            on_progress((i + 1) / len(rows))
        return np.array(found)
    (h,) = train_all([e], on_progress=on_progress, record_at=(0, e.steps))
    return np.array([
        e.target.score(score_new(e, m.train[0], h.weights[:, s, -1], m.test[0].astype(np.float32)), m.test[1])
        for s, m in enumerate(rows)
    ])  # fmt: skip
