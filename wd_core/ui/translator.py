"""The λ translator beside every λ: this λ, this model, these data as another tool wants them, and the code to take."""

from __future__ import annotations

import streamlit as st

from wd_core.experiment import Experiment
from wd_core.text import number_text
from wd_core.translate import TOOLS, Translation, data_csv, data_npz, setting_of, take_home, translate
from wd_core.view.picture import GLYPHS, LABELS
from wd_core.view.scene import Scene

LANGUAGES = {"glmnet": ("r", "experiment.R")}


def show(scene_or_experiment: Scene | Experiment, lam: float, key: str = "translator") -> None:
    """An expander with λ in each tool, why, and the whole experiment as code. One on a page for each `key`."""
    box = st.expander(
        "Take this λ home: scikit-learn, PyTorch, Keras, R", icon=":material/code:", key=key, on_change="rerun"
    )
    if not box.open:  # a release of the hand sends nothing that nobody looks at
        return
    with box:
        e, seed = _experiment_of(scene_or_experiment, key)
        tool = st.segmented_control(
            "Tool", TOOLS, default=TOOLS[0], key=f"{key} tool", required=True, label_visibility="collapsed",
            persist_state="session",
        )  # fmt: skip
        st.markdown(f"{GLYPHS[e.penalty]} {LABELS[e.penalty]}, **λ = {shown(lam)}** in the app, is in {tool}")
        translation = translate(setting_of(e, seed), lam)[TOOLS.index(tool)]
        says(translation)
        if translation.expression:
            home(e, lam, tool, seed, key)


def shown(lam: float) -> str:
    """λ as it can be typed, 0.01235, but for those that no one types: 1.00 × 10⁻⁵."""
    return f"{lam:.4g}" if 1e-3 <= lam < 1e4 or lam == 0 else number_text(lam)


def _experiment_of(given: Scene | Experiment, key: str) -> tuple[Experiment, int]:
    """The experiment, of two that are compared the one chosen, and the seed whose data are shown."""
    if isinstance(given, Experiment):
        return given, given.seeds[0]
    arms = given.arms
    if len(arms) == 1:
        return arms[0], given.shown
    side = st.segmented_control(
        "Side", [0, 1], default=0, key=f"{key} side", required=True, label_visibility="collapsed",
        format_func=lambda i: f"{GLYPHS[arms[i].penalty]} {LABELS[arms[i].penalty]}, {'left' if i == 0 else 'right'}",
    )  # fmt: skip
    return arms[side], given.shown


def says(translation: Translation) -> None:
    """The expression, whether it is the same, and why."""
    if translation.expression:
        st.code(translation.expression, "r" if translation.tool == "glmnet" else "python", wrap_lines=True)
    mark = ":green-badge[:material/check: the same]" if translation.exact else ":orange-badge[nearest]"
    if not translation.expression:
        mark = ":gray-badge[not there]"
    st.markdown(f"{mark} {translation.why}")


def home(e: Experiment, lam: float, tool: str, seed: int, key: str) -> None:
    """The whole experiment as code, and what it needs, to download."""
    try:
        code = take_home(e, lam, tool, seed)
    except ValueError as error:  # a model that no script knows; λ itself is translated all the same
        st.caption(f"No code: {error}.")
        return
    language, file_name = LANGUAGES.get(tool, ("python", "experiment.py"))
    with st.container(horizontal=True):
        st.download_button(
            f"Code: {file_name}", code, file_name, "text/plain", key=f"{key} code", icon=":material/download:",
            on_click="ignore",
        )  # fmt: skip
        if tool == "glmnet":
            st.download_button(
                "Its data: data.csv", lambda: data_csv(e, seed), "data.csv", "text/csv", key=f"{key} csv",
                icon=":material/table:", on_click="ignore",
            )  # fmt: skip
        else:
            st.download_button(
                "Its data: data.npz", lambda: data_npz(e, seed), "data.npz", "application/octet-stream",
                key=f"{key} npz", icon=":material/table:", on_click="ignore",
            )  # fmt: skip
    st.code(code, language, wrap_lines=True)
