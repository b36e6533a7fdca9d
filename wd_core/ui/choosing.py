"""The page on choosing λ: its controls, its results (made once for all visitors), and its sections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
from wd_core.studies.fits import lambda_grid
from wd_core.studies.selection import interval
from wd_core.ui.controls import PENALTY_NAMES
from wd_core.ui.shared import Progress, Shelf, progress_in

BOUND = {"bind": "query-params", "persist_state": "session"}
PENALTIES = {name: text for name, text in PENALTY_NAMES.items() if name != "none"}
MODEL_NAMES = {"linear": "linear", "mlp": "neural network"}
LOSS_NAMES = {"regression": "half squared error", "binary": "cross-entropy", "multiclass": "cross-entropy"}

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
            "Data", list(DATASETS), list(DATASETS).index("sparse"), key="cv_data",
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
        st.caption(dataset.description)
    task = task_of(dataset.n_classes)
    model = next(name for name, m in MODELS.items() if task in m.tasks and m.linear == (kind == "linear"))
    e = Experiment(
        dataset=data, n_samples=n, noise=None, noise_features=extra, model=model, penalty=penalty, l1_ratio=ratio,
        lr=0.03, steps=200, lambdas=(0.0,), seeds=tuple(range(seeds)),
    )  # fmt: skip
    return Setting(e.replace(lambdas=lambda_grid(e)), k)


def curves_of(setting: Setting) -> Curves:
    """The cross-validation of `setting`, with a progress bar where one waits for it."""
    slot = st.container(key="progress").empty()
    curves = _shelf.get(
        ("curves", setting),
        lambda report: choosing.cross_validate(setting.experiment, setting.folds, report),
        _bytes_of,
        progress_in(slot, "Fitting"),
    )
    slot.empty()
    return curves


def on_demand(setting: Setting, name: str, label: str, make: Callable[[Progress], Any]) -> Any:
    """What `make` makes, once the visitor has asked for it by a button; None before. It can be stopped."""
    key = (name, setting)
    wanted = st.session_state.setdefault("cv_wanted", set())
    if key not in wanted:
        st.button(
            label, key=f"start {name}", type="primary", icon=":material/play_arrow:", on_click=wanted.add, args=(key,)
        )
        return None
    slot = st.empty()
    with slot.container():
        bar = st.empty()
        st.button("Stop", key=f"stop {name}", icon=":material/stop:", on_click=wanted.discard, args=(key,))
    result = _shelf.get(key, make, _bytes_of, progress_in(bar, "Fitting"))
    slot.empty()
    return result


def _bytes_of(result: Any) -> int:
    return 1000 + result.nbytes


def cursor(curves: Curves) -> int:
    """The λ cursor: the number of a λ. It stands first where cross-validation most often puts it."""
    lambdas = curves.lambdas
    first = int(np.median(curves.chosen()["cross-validation"]))
    options = list(range(len(lambdas)))
    return st.select_slider(
        "λ", options, first, key="cv_at", format_func=lambda i: style.lambda_text(lambdas[i]), bind="query-params"
    )


def chart(figure: Any, name: str, alt: str) -> None:
    """A figure that can be saved as a picture and says in words what it shows."""
    st.plotly_chart(figure, width="stretch", key=f"chart {name}", config=style.config(f"choosing-{name}"), alt=alt)


def said(values: np.ndarray) -> str:
    """Mean and 95 % interval over seeds: 0.012 [0.004, 0.020]."""
    mean, low, high = interval(np.asarray(values, float))
    three = style.number_text
    return f"{three(mean)} [{three(low)}, {three(high)}]"


def compared(values: np.ndarray, more: str, less: str, same: str) -> str:
    """The verdict that the 95 % interval of paired differences allows, in one of three wordings."""
    _, low, high = interval(np.asarray(values, float))
    return more if low > 0 else less if high < 0 else same
