"""What several claims share: openings judged on many rows, companions, links that open a page on a data set."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from wd_core.claims._claim import Progress, Setting, lab
from wd_core.datasets import DATASETS
from wd_core.experiment import Experiment
from wd_core.studies.companions import Companion, companions, starting_point

JUDGES = 9
"""Rows that validate and test, for each one that trains, where there are so many."""


def page(name: str, control: str, dataset: str) -> str:
    """A `Trial.link` to the page `name`, whose `control` chooses the data set by its title."""
    return f"{name}?{control}={quote(DATASETS[dataset].title)}"


def start(s: Setting) -> Experiment:
    """The data set's opening with L2 and its own share of wrong labels."""
    return starting_point(s.dataset, None, s.lambdas, s.seeds)


def well_judged(e: Experiment) -> Experiment:
    """`e` with as many rows to train on, and `JUDGES` times as many that validate and test, or all that there are: the
    thirty rows of an opening's test part say little about one run."""
    n_train = len(e.data(e.seeds[0]).y_train)
    n = min((1 + JUDGES) * n_train, DATASETS[e.dataset].max_samples or 5000)
    return e.replace(n_samples=max(n, e.n_samples), train_share=n_train / max(n, e.n_samples))


def together(s: Setting, names: Sequence[str], on_progress: Progress) -> tuple[dict[str, Companion], str]:
    """The four arms of these companions, well judged, with a network (one hidden layer of 16 where the data set opens
    without); and a link to the first one with decay, in the Lab."""
    e = well_judged(start(s))
    e = e if e.model == "mlp" else e.replace(model="mlp", hidden=(16,), lr=0.02)
    found = companions(e, on_progress, names)
    first = found[names[0]].both
    return found, lab(first.experiment, first.lam[0], int(first.step[0]))
