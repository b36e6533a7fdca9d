"""What several claims share: openings with L2, as networks, judged on many rows; companions; links that open a page."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from wd_core.claims._claim import Progress, Setting, lab
from wd_core.datasets import DATASETS
from wd_core.experiment import Experiment, lambda_path
from wd_core.history import History
from wd_core.studies.companions import WRONG_LABELS, Companion, companions, starting_point
from wd_core.training import train_all

CLASSIFICATION = ("moons", "circles", "iris", "wine", "breast_cancer", "digits")
PATH = lambda_path(1e-4, 1.0, 9)
"""λ = 0 and two a decade from 10⁻⁴ to 1."""
ARTICLE_LAMBDAS = (1e-3, 1e-2, 1e-1)
"""S2's tables have these."""
LABELS = {"clean labels": WRONG_LABELS["clean"], "20 % wrong labels": WRONG_LABELS["wrong"]}
JUDGES = 9
"""Rows that validate and test, for each one that trains, where there are so many."""


def page(name: str, control: str, dataset: str) -> str:
    """A `Trial.link` to the page `name`, whose `control` chooses the data set by its title."""
    return f"{name}?{control}={quote(DATASETS[dataset].title)}"


def start(s: Setting) -> Experiment:
    """The data set's opening with L2 and its own share of wrong labels."""
    return starting_point(s.dataset, None, s.lambdas, s.seeds)


def opening(s: Setting, labels: str = "clean labels") -> Experiment:
    """The data set's opening with L2 and these labels."""
    return starting_point(s.dataset, LABELS[labels], s.lambdas, s.seeds)


def network(s: Setting, labels: str = "clean labels") -> Experiment:
    """`opening` as a network."""
    return _as_network(opening(s, labels))


def _as_network(e: Experiment) -> Experiment:
    """`e` where it is a network, else with one hidden layer of 16."""
    return e if e.model == "mlp" else e.replace(model="mlp", hidden=(16,), lr=0.02)


def ends(experiments: list[Experiment], on_progress: Progress) -> list[History]:
    """Trained together; only the first and the last step are recorded. All have the same number of steps."""
    return train_all(experiments, on_progress=on_progress, record_at=(0, experiments[0].steps))


def well_judged(e: Experiment) -> Experiment:
    """`e` with as many rows to train on, and `JUDGES` times as many that validate and test, or all that there are: the
    thirty rows of an opening's test part say little about one run."""
    n_train = len(e.data(e.seeds[0]).y_train)
    n = min((1 + JUDGES) * n_train, DATASETS[e.dataset].max_samples or 5000)
    return e.replace(n_samples=max(n, e.n_samples), train_share=n_train / max(n, e.n_samples))


def together(s: Setting, names: Sequence[str], on_progress: Progress) -> tuple[dict[str, Companion], str]:
    """The four arms of these companions as a network that is well judged; and a link to the first one with decay, in
    the Lab."""
    found = companions(_as_network(well_judged(start(s))), on_progress, names)
    first = found[names[0]].both
    return found, lab(first.experiment, first.lam[0], int(first.step[0]))
