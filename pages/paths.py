"""Paths on real data: every weight over λ under L2, L1 and the elastic net, one cursor across all of it."""

import streamlit as st

from wd_core.datasets import DATASETS
from wd_core.studies.paths import COPIED, DATA, MOST_DECADES, Settings
from wd_core.ui import paths
from wd_core.ui.classroom import reveal_toggle
from wd_core.ui.page import enter, unseen_title

BOUND = {"bind": "query-params", "persist_state": "session"}

if enter("paths"):
    st.session_state["paths_at"] = paths.lambda_from(st.query_params.get("at", st.session_state.get("paths_at")))
unseen_title("Paths on real data")

with st.sidebar:
    name = st.selectbox("Data", DATA, format_func=paths.dataset_title, key="data", **BOUND)
    dataset, state = DATASETS[name], st.session_state
    st.caption(dataset.description)
    output = 0
    if dataset.n_classes > 2:
        label = st.selectbox("Class whose weights are drawn", dataset.class_names, key="class", **BOUND)
        output = dataset.class_names.index(label)
    ratio = st.slider("⬟ Share of L1 in the elastic net, ρ", 0.1, 0.9, 0.5, 0.1, key="rho", **BOUND)
    folds = st.select_slider("Folds", [3, 5, 10], 5, key="folds", **BOUND)
    copies = st.slider(
        "Copies of one feature", 0, 3, 0, key="copies",
        help="Adds near-copies of a feature to the data, to see how each penalty treats a group.", **BOUND,
    )  # fmt: skip
    column, correlation = 0, 1.0
    if copies:
        feature = st.selectbox(
            "The feature", dataset.feature_names, COPIED[name], key=f"copied {name}", persist_state="session"
        )
        column = dataset.feature_names.index(feature)
        correlation = st.slider("Their correlation with it", 0.5, 1.0, 0.95, 0.01, key="correlation_of_copies", **BOUND)
    reveal = reveal_toggle("Reveal the test error", "reveal_test", "Once you have chosen your λ.", **BOUND)

    down = st.slider("More decades of λ, at its lower end", 0, MOST_DECADES, 0, key="further_down", **BOUND)
    up = st.slider("More decades of λ, at its upper end", 0, MOST_DECADES, 0, key="further_up", **BOUND)

study = paths.study_of(Settings(name, column, copies, correlation, ratio, folds, 0, down, up))
chosen = tuple(
    study.data.names.index(n)
    for n in st.sidebar.multiselect("Name these lines", study.data.names, key=f"named {name}", persist_state="session")
    if n in study.data.names
)
paths.show(study, output, chosen, reveal)
