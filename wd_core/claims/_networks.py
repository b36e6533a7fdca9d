"""What several claims run: a data set's own opening with L2, and the λ that validation chooses."""

from __future__ import annotations

from wd_core.claims._claim import Progress, Setting
from wd_core.experiment import Experiment, lambda_path
from wd_core.history import History
from wd_core.studies.companions import WRONG_LABELS, starting_point
from wd_core.training import train_all

CLASSIFICATION = ("moons", "circles", "iris", "wine", "breast_cancer", "digits")
PATH = lambda_path(1e-4, 1.0, 9)
"""λ = 0 and two a decade from 10⁻⁴ to 1."""
ARTICLE_LAMBDAS = (1e-3, 1e-2, 1e-1)
"""S2's tables have these."""
LABELS = {"clean labels": WRONG_LABELS["clean"], "20 % wrong labels": WRONG_LABELS["wrong"]}


def opening(s: Setting, labels: str = "clean labels") -> Experiment:
    """The data set's own opening, whatever its model, with L2 in the objective."""
    return starting_point(s.dataset, LABELS[labels], s.lambdas, s.seeds)


def ends(experiments: list[Experiment], on_progress: Progress) -> list[History]:
    """Trained together; only the first and the last step are recorded. All have the same number of steps."""
    return train_all(experiments, on_progress=on_progress, record_at=(0, experiments[0].steps))


def network(s: Setting, labels: str = "clean labels") -> Experiment:
    """The same with a network: the opening's own, or one hidden layer of 16 where it opens without."""
    e = opening(s, labels)
    return e if e.model == "mlp" else e.replace(model="mlp", hidden=(16,), lr=0.02)
