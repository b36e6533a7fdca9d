"""Decay's critical period: the same training with decay throughout, in one half of the steps alone, and never.

Golatkar, Achille & Soatto 2019 (arXiv:1905.13277). All arms of a seed share data, split, first weights and batches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from wd_core.engine.schedules import SCHEDULES
from wd_core.experiment import Experiment
from wd_core.studies.companions import Kept, kept, starting_point
from wd_core.training import train_all

SPANS = {"throughout": (0.0, 1.0), "first half": (0.0, 0.5), "second half": (0.5, 1.0)}
Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Periods:
    """One data set under one schedule; arms by name."""

    experiment: Experiment
    scores: dict[str, np.ndarray]
    """Test scores at the last step, (L, S), for each of `SPANS`."""
    chosen: dict[str, Kept]
    """At the λ of least validation loss, for each of `SPANS` and for "never": λ = 0."""

    def less(self, arm: str, other: str) -> np.ndarray:
        """(S,) differences in the test score, λ chosen for each arm and seed on validation data."""
        return self.chosen[arm].score - self.chosen[other].score


def setting(dataset: str, schedule: str, lambdas: Sequence[float], seeds: Sequence[int]) -> Experiment:
    """The data set's opening with 20 % wrong labels (of a classification), trained as the paper trains: SGD with
    momentum on batches; λ = 0 first."""
    opening = Experiment.from_query(f"dataset={dataset}")
    noise = None if opening.task == "regression" else 0.2
    e = starting_point(dataset, noise, lambdas, seeds)
    return e.replace(optimizer="momentum", momentum=0.9, lr=0.2, batch_size=20, schedule=schedule, decay_span=(0, 1))


def periods(experiments: Sequence[Experiment], on_progress: Progress = lambda share: None) -> list[Periods]:
    """Each experiment's arms, all trained together."""
    arms = [e.replace(decay_span=span) for e in experiments for span in SPANS.values()]
    histories = train_all(arms, on_progress=on_progress)
    found = []
    for i, e in enumerate(experiments):
        its = dict(zip(SPANS, histories[i * len(SPANS) :], strict=False))
        chosen = {name: kept(h) for name, h in its.items()}
        chosen["never"] = kept(its["throughout"], decay=False)
        found.append(Periods(e, {name: h.test_score[:, :, -1] for name, h in its.items()}, chosen))
    return found


def share_of_first_half(schedule: str) -> float:
    """Of the sum of the learning rate over the steps, by which coupled decay pulls under SGD."""
    rate = np.array([SCHEDULES[schedule](share) for share in np.arange(1000) / 1000])
    return float(rate[:500].sum() / rate.sum())
