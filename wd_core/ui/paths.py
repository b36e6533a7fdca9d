"""The page of coefficient paths: settings into a study, the study under one λ cursor."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import streamlit as st

from wd_core.datasets import DATASETS
from wd_core.figures import path_board as boards
from wd_core.figures import paths as figures
from wd_core.figures import style
from wd_core.studies import paths as path_study
from wd_core.studies.paths import PENALTIES, Grouping, Settings, Study
from wd_core.text import lambda_text, number_text
from wd_core.ui import translator
from wd_core.ui.board import board_view
from wd_core.ui.export import csv_button
from wd_core.ui.shared import Shelf, waiting
from wd_core.view.board import Board

DRAWS = 50
NAMED = 5
LOSS_NAMES = {"regression": "half squared error", "binary": "cross-entropy", "multiclass": "cross-entropy"}
FIRST_LAMBDA = 0.1
BOUND = {"bind": "query-params", "persist_state": "session"}
_studies = Shelf(room=60_000_000, at_once=2)
_stabilities = Shelf(room=20_000_000, at_once=2)


def study_of(settings: Settings) -> Study:
    """The study, made once for all visitors, with a progress bar where one waits for it."""
    with waiting(st.container(key="progress").empty(), "Fitting") as progress:
        return _studies.get(
            settings, lambda report: path_study.make_study(settings, report), lambda s: s.nbytes, progress
        )


@st.fragment
def show(study: Study, output: int, chosen: tuple[int, ...], reveal: bool) -> None:
    """The board, and what is below it at the λ where the hand let go: moving λ fits nothing anew."""
    lambdas, state = study.settings.lambdas, st.session_state
    board = replace(board_of(study, output, chosen, reveal), position={"lambda": state["paths_at"]})
    state["paths_at"] = lambda_from(board_view(board.pack(), key="paths").get("lambda", state["paths_at"]))
    index = nearest(lambdas, state["paths_at"])
    image = st.session_state.get("image", "PNG").lower()
    _below(study, index, output, reveal)
    _translator(study, float(lambdas[index]))
    _stability(study, index, image)


def lambda_from(value: object) -> float:
    """A λ from outside, from the address or the browser; `FIRST_LAMBDA` where that is none."""
    try:
        lam = float(str(value))
    except ValueError:
        return FIRST_LAMBDA
    return lam if 0 <= lam < np.inf else FIRST_LAMBDA


def nearest(lambdas: np.ndarray, lam: float) -> int:
    """Number of the λ nearest to `lam`, on the logarithmic axis; λ = 0 is only itself."""
    return 1 + int(np.argmin(np.abs(np.log(lambdas[1:] / lam)))) if lam else 0


@lru_cache(maxsize=8)
def board_of(study: Study, output: int, chosen: tuple[int, ...], reveal: bool) -> Board:
    """The board; `chosen` features have names on their lines, and as many of the largest as there is room for."""
    data, every = study.data, range(len(study.settings.lambdas))
    wanted = [*data.group, *chosen, *(data.support or ()), *path_study.largest(study, output, NAMED)]
    named = list(dict.fromkeys(wanted))[: max(NAMED, len(data.group) + len(chosen))]
    words = {penalty: [at(study, penalty, i, reveal) for i in every] for penalty in PENALTIES}
    if data.group:
        words["copies"] = [grouping_lines(study, i, output) for i in every]
    return boards.path_board(
        study, output, named, reveal=reveal, loss_name=LOSS_NAMES[data.task],
        sentences=[sentence(study, i) for i in every], words=words,
    )  # fmt: skip


def sentence(study: Study, index: int) -> str:
    """What one sees at λ number `index`, and what to try."""
    lam, arms = study.settings.lambdas[index], study.arms
    if index == 0:
        return "λ = 0: no penalty, so all three are one fit. Drag λ up: L2 shrinks the weights together, L1 drops them."
    if open_ends := [f"{style.ARM_NAMES[p]}’s" for p in PENALTIES if arms[p].lowest == index and arms[p].open_end]:
        where = " and ".join(open_ends)
        return f"λ = {lambda_text(lam)}: {where} error is lowest where the range ends. Give λ more decades."
    here = [style.ARM_NAMES[p] for p in PENALTIES if arms[p].lowest == index]
    zeros = {p: int(arms[p].path.zeros[index]) for p in PENALTIES}
    size = arms["l1"].path.coefficients[0].size
    text = f"λ = {lambda_text(lam)}: L1 has {zeros['l1']} of {size} weights at exactly zero, the elastic net "
    text += f"{zeros['elastic']}, L2 {zeros['l2'] or 'none'}."
    if here:
        return f"{text} Cross-validation is lowest here for {' and '.join(here)}."
    ways = {np.sign(arms[p].lowest - index) for p in PENALTIES}
    if ways == {1}:
        return f"{text} All three cross-validation errors are lowest further up."
    return f"{text} All three are lowest further down." if ways == {-1} else f"{text} Where do the errors turn?"


def shown_losses(study: Study, penalty: str, reveal: bool) -> dict[str, np.ndarray]:
    """Losses to show: the test part's only after it is revealed."""
    return {name: v for name, v in study.arms[penalty].losses.items() if reveal or name != "test"}


def at(study: Study, penalty: str, index: int, reveal: bool) -> list[str]:
    """What the penalty does at λ number `index`, in numbers, a short text each."""
    arm, three = study.arms[penalty], number_text
    mean, error = (v[index] for v in arm.cv)
    texts = [f"{arm.path.zeros[index]} of {arm.path.coefficients[0].size} exactly zero"]
    texts += [f"{three(arm.path.df[index])} degrees of freedom"]
    texts += [f"{boards.LOSS_NAMES[k]} {three(v[index])}" for k, v in shown_losses(study, penalty, reveal).items()]
    texts += [f"cross-validation {three(mean)} ± {three(error, 2)}"]
    if study.data.support:
        true, false = path_study.support_found(study, penalty, index)
        texts.append(f"selected: {true} of the {len(study.data.support)} features that matter, {false} others")
    return texts


def grouping_lines(study: Study, index: int, output: int) -> list[str]:
    """A sentence a penalty on how it divides the weight among the copied feature and its copies: from the fits."""
    return [
        f"{style.GLYPHS[p]} {style.ARM_NAMES[p]} {divided(path_study.grouping(study, p, index, output))}"
        for p in PENALTIES
    ]


def divided(group: Grouping) -> str:
    """How the weight is divided, in words that follow from the numbers."""
    three, size = number_text, len(group.weights)
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
            table[label] = [number_text(w) for w in study.arms[penalty].path.coefficients[index, :, output]]
        st.dataframe(table, hide_index=True, key="weights")


def study_columns(study: Study, output: int, reveal: bool) -> dict[str, np.ndarray]:
    """A row for each λ: for each penalty its weights, zeros, degrees of freedom and errors."""
    columns: dict[str, np.ndarray] = {"lambda": study.settings.lambdas}
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
        with waiting(slot, f"Drawing, {style.ARM_NAMES[penalty]}") as progress:
            shares[penalty] = _stabilities.get(
                (study.settings, penalty),
                lambda report, penalty=penalty: path_study.stability(study, penalty, DRAWS, report),
                lambda a: a.nbytes, progress,
            )  # fmt: skip
    title = f"Selected in this share, λ = {lambda_text(study.settings.lambdas[index])}"
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
