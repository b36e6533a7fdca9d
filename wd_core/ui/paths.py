"""The page of coefficient paths: settings into a study, the study under one λ cursor."""

from __future__ import annotations

import numpy as np
import streamlit as st

from wd_core.datasets import DATASETS
from wd_core.figures import paths as figures
from wd_core.figures import style
from wd_core.studies import paths as path_study
from wd_core.studies.paths import LAMBDAS, PENALTIES, Grouping, Settings, Study
from wd_core.ui import translator
from wd_core.ui.export import csv_button
from wd_core.ui.shared import Shelf, progress_in

DRAWS = 50
NAMED = 5
LOSS_NAMES = {"regression": "half squared error", "binary": "cross-entropy", "multiclass": "cross-entropy"}
LAMBDA_TEXTS = {style.lambda_text(v): i for i, v in enumerate(LAMBDAS)}
FIRST_LAMBDA = style.lambda_text(LAMBDAS[np.argmin(np.abs(LAMBDAS - 0.1))])
BOUND = {"bind": "query-params", "persist_state": "session"}
STYLE = """<style>
/* The cursor stays in reach of everything that follows it. */
[data-testid="stLayoutWrapper"]:has(> .st-key-lambda_cursor) { position: sticky; top: 3.25rem; z-index: 9;
                                                              backdrop-filter: blur(16px); }
</style>"""

_studies = Shelf(room=60_000_000, at_once=2)
_stabilities = Shelf(room=20_000_000, at_once=2)


def study_of(settings: Settings) -> Study:
    """The study, made once for all visitors, with a progress bar where one waits for it."""
    slot = st.container(key="progress").empty()
    study = _studies.get(
        settings, lambda report: path_study.make_study(settings, report), lambda s: s.nbytes,
        progress_in(slot, "Fitting"),
    )
    slot.empty()
    return study


@st.fragment
def show(study: Study, output: int, chosen: tuple[int, ...], reveal: bool) -> None:
    """The cursor, the three penalties, the sentences and the stability at it: moving it fits nothing anew."""
    st.html(STYLE)
    with st.container(key="lambda_cursor"):
        text = st.select_slider("λ", list(LAMBDA_TEXTS), FIRST_LAMBDA, key="lam", **BOUND)
    index = LAMBDA_TEXTS[text]
    image = st.session_state.get("image", "PNG").lower()
    for column, penalty in zip(st.columns(3, gap="small"), PENALTIES, strict=True):
        with column:
            _arm(study, penalty, index, output, chosen, reveal, image)
    if study.data.group:
        st.markdown(grouping_text(study, index, output))
    _below(study, index, output, reveal)
    _translator(study, float(LAMBDAS[index]))
    _stability(study, index, image)


def _arm(
    study: Study, penalty: str, index: int, output: int, chosen: tuple[int, ...], reveal: bool, image: str
) -> None:
    arm, data = study.arms[penalty], study.data
    weights = arm.path.coefficients[:, :, output]
    named = list(
        dict.fromkeys([*data.group, *chosen, *(data.support or ()), *path_study.largest(study, output, NAMED)])
    )
    named = named[: max(NAMED, len(data.group) + len(chosen))]
    figure = figures.path_figure(
        LAMBDAS, title=arm_title(penalty, study.settings), penalty=penalty, weights=weights, names=data.names,
        named=named, strong=data.group or data.support or (), zeros=arm.path.zeros,
        n_weights=arm.path.coefficients[0].size, df=arm.path.df, losses=shown_losses(study, penalty, reveal),
        cv=arm.cv, loss_name=LOSS_NAMES[data.task], index=index, limits=limits(study, output),
    )  # fmt: skip
    words = at(study, penalty, index, reveal)
    alt = f"{style.ARM_NAMES[penalty]}: weights, exact zeros, degrees of freedom and errors over λ. {words}"
    st.plotly_chart(figure, key=f"paths {penalty}", config=style.config(f"paths-{penalty}", image), alt=alt)
    st.caption(words)


def arm_title(penalty: str, settings: Settings) -> str:
    """With its glyph, and for the elastic net its ρ."""
    more = f", ρ = {settings.l1_ratio:g}" if penalty == "elastic" else ""
    glyph = f'<span style="color: {style.ARM_COLOURS[penalty]}">{style.GLYPHS[penalty]}</span>'
    return f"{glyph} <b>{style.ARM_NAMES[penalty]}</b>{more}"


def shown_losses(study: Study, penalty: str, reveal: bool) -> dict[str, np.ndarray]:
    """Losses to draw: the test part's only after it is revealed."""
    return {name: v for name, v in study.arms[penalty].losses.items() if reveal or name != "test"}


def limits(study: Study, output: int) -> figures.Limits:
    """Axes that stand still: the same for all penalties and every place of the cursor.

    λ = 0 may leave them: without a penalty, the weights of separable classes have no bound.
    """
    arms = study.arms.values()
    w = np.concatenate([a.path.coefficients[1:, :, output] for a in arms])
    room = 0.06 * (np.ptp(w) or 1.0)
    losses = np.concatenate([v[1:] for a in arms for v in (*a.losses.values(), a.cv[0] + a.cv[1])])
    top = min(losses.max(), 1.6 * max(a.losses["train"][-1] for a in arms))
    least, rise = losses.min(), 0.08 * (top - losses.min())
    return figures.Limits(
        (w.min() - room, w.max() + room), max(a.path.df.max() for a in arms), (max(least - rise, 0), top + rise)
    )


def at(study: Study, penalty: str, index: int, reveal: bool) -> str:
    """What the penalty does at the cursor, in numbers."""
    arm, three = study.arms[penalty], style.number_text
    mean, error = (v[index] for v in arm.cv)
    losses = " · ".join(
        f"{figures.LOSS_NAMES[name]} {three(v[index])}" for name, v in shown_losses(study, penalty, reveal).items()
    )
    found = ""
    if study.data.support:
        true, false = path_study.support_found(study, penalty, index)
        found = f" Selected: {true} of the {len(study.data.support)} features that matter, and {false} others."
    return (
        f"λ = {style.lambda_text(LAMBDAS[index])}: {arm.path.zeros[index]} of {arm.path.coefficients[0].size} weights "
        f"exactly zero, {three(arm.path.df[index])} degrees of freedom. {LOSS_NAMES[study.data.task].capitalize()}: "
        f"{losses} · cross-validation {three(mean)} ± {three(error, 2)}.{found}"
    )


def grouping_text(study: Study, index: int, output: int) -> str:
    """One sentence a penalty on how it divides the weight among the copied feature and its copies: from the fits."""
    name, lam = study.data.names[study.data.group[0]], style.lambda_text(LAMBDAS[index])
    lines = [f"**{name.capitalize()} and its copies, at λ = {lam}**"]
    for penalty in PENALTIES:
        group = path_study.grouping(study, penalty, index, output)
        lines.append(f"- {style.GLYPHS[penalty]} {style.ARM_NAMES[penalty]} {divided(group)}")
    return "\n".join(lines)


def divided(group: Grouping) -> str:
    """How the weight is divided, in words that follow from the numbers."""
    three, size = style.number_text, len(group.weights)
    listed = ", ".join(three(w, 2) for w in group.weights)
    if group.nonzero == 0:
        return f"sets all {size} to exactly zero."
    spread = f"spread (largest − smallest) {three(group.spread, 2)}, sum {three(group.total, 2)}"
    kept = (
        f"keeps {'one' if group.nonzero == 1 else group.nonzero} of {size}"
        if group.nonzero < size
        else f"keeps all {size}"
    )
    return f"{kept}: {listed}; {spread}."


def _below(study: Study, index: int, output: int, reveal: bool) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        csv_button("Numbers (CSV)", lambda: study_columns(study, output, reveal), f"paths-{study.settings.dataset}.csv")
        st.segmented_control(
            "The camera on a figure saves", ["PNG", "SVG"], default="PNG", key="image", required=True,
            label_visibility="collapsed", help="What the camera on each figure saves.", **BOUND,
        )  # fmt: skip
    with st.expander("Every weight at this λ"):
        table = {"feature": study.data.names}
        for penalty in PENALTIES:
            label = f"{style.GLYPHS[penalty]} {style.ARM_NAMES[penalty]}"
            table[label] = [style.number_text(w) for w in study.arms[penalty].path.coefficients[index, :, output]]
        st.dataframe(table, hide_index=True, key="weights")


def study_columns(study: Study, output: int, reveal: bool) -> dict[str, np.ndarray]:
    """A row for each λ: for each penalty its weights, zeros, degrees of freedom and errors."""
    columns: dict[str, np.ndarray] = {"lambda": LAMBDAS}
    for penalty, arm in study.arms.items():
        columns |= {f"{penalty} exact zeros": arm.path.zeros, f"{penalty} degrees of freedom": arm.path.df}
        columns |= {f"{penalty} {k} loss": v for k, v in shown_losses(study, penalty, reveal).items()}
        columns |= {f"{penalty} cv loss": arm.cv[0], f"{penalty} cv standard error": arm.cv[1]}
        columns |= {
            f"{penalty} weight of {n}": w
            for n, w in zip(study.data.names, arm.path.coefficients[:, :, output].T, strict=True)
        }
    return columns


def _translator(study: Study, lam: float) -> None:
    """λ for other tools, and the code, for one of the three penalties."""
    penalty = st.segmented_control(
        "Penalty to take home", PENALTIES, default="l1", key="take", required=True, label_visibility="collapsed",
        format_func=lambda p: f"{style.GLYPHS[p]} {style.ARM_NAMES[p]}", persist_state="session",
    )  # fmt: skip
    if study.data.group:
        st.caption("The code below is for the data without the copies.")
    translator.show(path_study.experiment_of(study.settings, penalty, lam), lam, key="paths translator")


def _stability(study: Study, index: int, image: str) -> None:
    st.header("Would other data have selected the same?", anchor=False)
    st.caption(
        f"{DRAWS} bootstrap draws from the training part, a path for each: how often has a feature a nonzero weight at "
        "the cursor's λ? L2 is left out, for it selects nothing."
    )
    if not st.toggle("Draw bootstrap samples", key="stability", help="Turn it off to stop.", **BOUND):
        return
    slot, shares = st.empty(), {}
    for penalty in ("l1", "elastic"):
        shares[penalty] = _stabilities.get(
            (study.settings, penalty),
            lambda report, penalty=penalty: path_study.stability(study, penalty, DRAWS, report),
            lambda a: a.nbytes, progress_in(slot, f"Drawing, {style.ARM_NAMES[penalty]}"),
        )  # fmt: skip
    slot.empty()
    title = f"Selected in this share, λ = {style.lambda_text(LAMBDAS[index])}"
    at_cursor = {penalty: share[index] for penalty, share in shares.items()}
    figure = figures.stability_figure(at_cursor, study.data.names, study.data.support, title)
    st.plotly_chart(figure, key="stability figure", config=style.config("stability", image), alt=title)
    csv_button(
        "Shares (CSV)",
        {"feature": study.data.names, **{f"{k} share": v for k, v in at_cursor.items()}},
        "stability.csv",
    )


def dataset_title(name: str) -> str:
    """For the control."""
    return DATASETS[name].title
