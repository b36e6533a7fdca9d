"""The page on choosing λ: its controls, its results (made once for all visitors), and its sections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from wd_core.datasets import DATASETS
from wd_core.experiment import Experiment
from wd_core.figures import style
from wd_core.models import MODELS
from wd_core.models.base import task_of
from wd_core.studies import choosing
from wd_core.studies.choosing import Curves
from wd_core.studies.evidence import Paired
from wd_core.studies.fits import lambda_grid
from wd_core.studies.selection import interval
from wd_core.text import number_text
from wd_core.ui.board import board_view
from wd_core.ui.controls import PENALTY_NAMES
from wd_core.ui.paths import lambda_from, nearest
from wd_core.ui.shared import Progress, Shelf, waiting
from wd_core.view.board import Board

BOUND = {"bind": "query-params", "persist_state": "session"}
PENALTIES = {name: text for name, text in PENALTY_NAMES.items() if name != "none"}
MODEL_NAMES = {"linear": "linear", "mlp": "neural network"}
LOSS_NAMES = {"regression": "half squared error", "binary": "cross-entropy", "multiclass": "cross-entropy"}

STAND_IN, OTHER_SEEDS = "sparse", 1000
QUICK_WEIGHTS = 120
"""Of a linear model whose nested cross-validation takes seconds."""
MOST_WEIGHTS = 640
MOST_DECADES = 3
CHOICES = [
    name for name, d in DATASETS.items()
    if d.kind == "rows" and d.n_features * max(d.n_classes, 1) <= MOST_WEIGHTS and not d.points
]  # fmt: skip
"""Tables of rows whose linear paths take no more than minutes."""

_shelf = Shelf(room=100_000_000, at_once=2)


@dataclass(frozen=True)
class Setting:
    """What the page is about, small enough to be a key."""

    experiment: Experiment
    folds: int

    @property
    def loss_name(self) -> str:
        return LOSS_NAMES[self.experiment.task]


def controls() -> Setting:
    """Draw the controls; ValueError where their values do not fit together."""
    with st.sidebar:
        data = st.selectbox(
            "Data", CHOICES, CHOICES.index("sparse"), key="cv_data",
            format_func=lambda name: DATASETS[name].title, **BOUND,
        )  # fmt: skip
        dataset = DATASETS[data]
        n = st.slider("Examples", 40, 1000, 120, 20, key="cv_n", help="Half of them are for training.", **BOUND)
        if dataset.max_samples and n > dataset.max_samples:
            st.caption(f"All {dataset.max_samples} that there are.")
        extra = st.slider("Extra features of pure noise", 0, 30, 0, key="cv_extra", **BOUND)
        kind = st.segmented_control(
            "Model", MODEL_NAMES, default="linear", format_func=MODEL_NAMES.get, key="cv_model", required=True, **BOUND
        )
        penalty = st.segmented_control(
            "Penalty", PENALTIES, default="l1", format_func=PENALTIES.get, key="cv_penalty", required=True, **BOUND
        )
        ratio = 0.5
        if penalty == "elastic":
            ratio = st.slider("Share of L1, ρ", 0.05, 0.95, 0.5, 0.05, key="cv_ratio", **BOUND)
        k = st.slider("Folds, k", 2, 10, 5, key="cv_k", **BOUND)
        seeds = st.slider(
            "Seeds", 3, 20, 10, key="cv_seeds", help="Each draws its own data, folds and first weights.", **BOUND
        )
        down = st.slider("More decades of λ, at its lower end", 0, MOST_DECADES, 0, key="cv_down", **BOUND)
        up = st.slider("More decades of λ, at its upper end", 0, MOST_DECADES, 0, key="cv_up", **BOUND)
        st.caption(dataset.description)
    task = task_of(dataset.n_classes)
    model = next(name for name, m in MODELS.items() if task in m.tasks and m.linear == (kind == "linear"))
    e = Experiment(
        dataset=data, n_samples=n, noise=None, noise_features=extra, model=model, penalty=penalty, l1_ratio=ratio,
        lr=0.03, steps=200, lambdas=(0.0,), seeds=tuple(range(seeds)),
    )  # fmt: skip
    return Setting(e.replace(lambdas=lambda_grid(e, down, up)), k)


def curves_of(setting: Setting) -> Curves:
    """The cross-validation of `setting`, with a progress bar where one waits for it."""
    with waiting(st.container(key="progress").empty(), "Fitting") as progress:
        return _shelf.get(
            ("curves", setting),
            lambda report: choosing.cross_validate(setting.experiment, setting.folds, report),
            _bytes_of,
            progress,
        )


def _bytes_of(result: Any) -> int:
    return 1000 + result.nbytes


def board_at(board: Board, key: str) -> int:
    """Mount a board at the page's λ; the number of the λ where the hand let go. All boards of the page share it."""
    lambdas = np.asarray(board.axes[0].values, float)
    state = st.session_state
    at = state.get("cv_lambda")
    if at is None:
        at = state["cv_lambda"] = float(lambdas[len(lambdas) // 2])
    place = board_view(replace(board, position={"lambda": at}).pack(), key=f"board {key}")
    state["cv_lambda"] = lam = lambda_from(place.get("lambda", at))
    return nearest(lambdas, lam)


def begin(entered: bool) -> None:
    """On entering the page λ is the link's, or where it was."""
    if entered and "at" in st.query_params:
        st.session_state["cv_lambda"] = lambda_from(st.query_params["at"])


def first_lambda(curves: Curves) -> None:
    """Where nobody has chosen a λ yet, the hand is where the curve is lowest."""
    if st.session_state.get("cv_lambda") is None:
        st.session_state["cv_lambda"] = float(curves.lambdas[np.nanargmin(np.nanmean(curves.mean, 0))])


def demonstration(setting: Setting, reveal: bool) -> tuple[Setting, str]:
    """What a demonstration that looks at the truth is shown on, at once, and a sentence that says so.

    Synthetic data are drawn anew for it; real ones have no more rows than yours, so that before you reveal their test
    set, and where your settings would take minutes, another population stands in.
    """
    e, source = setting.experiment, DATASETS[setting.experiment.dataset]
    slow = not MODELS[e.model].linear or source.n_features * max(source.n_classes, 1) > QUICK_WEIGHTS
    title = DATASETS[STAND_IN].title
    if not slow and reveal:
        return setting, "Shown on your settings."
    if not slow and source.synthetic:
        seeds = tuple(seed + OTHER_SEEDS for seed in e.seeds)
        own = Setting(e.replace(seeds=seeds), setting.folds)
        return own, "Shown on other draws of your data: your own test set stays covered."
    stand_in = Experiment(
        dataset=STAND_IN, n_samples=120, model="linear", penalty=e.penalty, l1_ratio=e.l1_ratio, lambdas=(0.0,),
        seeds=tuple(range(len(e.seeds))),
    )  # fmt: skip
    why = "your settings would take minutes" if slow else "your own test set stays covered"
    stand_in = stand_in.replace(lambdas=lambda_grid(stand_in))
    return Setting(stand_in, setting.folds), f"Shown on {title}, with a linear model: {why}."


def made(setting: Setting, name: str, make: Callable[[Progress], Any]) -> Any:
    """What `make` makes of `setting`, once for all visitors, with a progress bar where one waits for it."""
    with waiting(st.empty(), "Fitting") as progress:
        return _shelf.get((name, setting), make, _bytes_of, progress)


def chart(figure: Any, name: str, alt: str) -> None:
    """A figure that can be saved as a picture and says in words what it shows."""
    st.plotly_chart(figure, width="stretch", key=f"chart {name}", config=style.config(f"choosing-{name}"), alt=alt)


def said(values: np.ndarray) -> str:
    """Mean and 95 % interval over seeds: 0.012 [0.004, 0.020]."""
    mean, low, high = interval(np.asarray(values, float))
    three = number_text
    return f"{three(mean)} [{three(low)}, {three(high)}]"


def compared(values: np.ndarray, more: str, less: str, same: str) -> str:
    """The verdict that the 95 % t interval of differences, paired by seed, allows, in one of three wordings."""
    return {"holds": more, "fails": less}.get(Paired(values).verdict, same)
