"""The page beyond accuracy: data and model, one seed first and then all; the boards are in beyond_boards.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from wd_core.datasets import DATASETS
from wd_core.experiment import Experiment
from wd_core.history import History
from wd_core.models import MODELS
from wd_core.studies import beyond as study
from wd_core.ui import beyond_boards as boards
from wd_core.ui import beyond_cost
from wd_core.ui.beyond_boards import View
from wd_core.ui.boards import BOUND, is_made, result_of, show_board
from wd_core.ui.classroom import reveal_toggle
from wd_core.view.scene import Scene

DATA = [name for name, dataset in DATASETS.items() if not dataset.points]
SEEDS = tuple(range(12))
AT_ONCE = 4.0
"""Seconds of one core up to which all seeds are trained before the first picture; beyond that one seed comes first."""
HOW = {"mean": "every mean moves", "spread": "everything spreads"}


@dataclass(frozen=True)
class Setting:
    """What the visitor chose."""

    data: str
    model: str
    reveal: bool

    @property
    def part(self) -> str:
        return "test" if self.reveal else "validation"

    def start(self, penalty: str, seeds: tuple[int, ...] = SEEDS) -> Experiment:
        return study.start(self.data, self.model, seeds, penalty)


def controls() -> Setting:
    """Data set, a model that fits it, and whether the test part is seen."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        data = st.selectbox(
            "Data", DATA, DATA.index("digits"), key="beyond_data", width=280,
            format_func=lambda n: DATASETS[n].title, **BOUND,
        )  # fmt: skip
        fitting = [name for name, model in MODELS.items() if model.fits(DATASETS[data])]
        if st.session_state.get("beyond_model") not in (None, *fitting):
            del st.session_state["beyond_model"]  # that of the data set before
        own = Experiment.from_query(f"dataset={data}").model
        model = st.selectbox(
            "Model", fitting, fitting.index(own), key="beyond_model", width=280,
            format_func=lambda n: MODELS[n].title, **BOUND,
        )  # fmt: skip
        reveal = reveal_toggle(
            "Reveal test", "beyond_test", "Look at the validation part first: a test set is new only once.", **BOUND
        )
    return Setting(data, model, reveal)


def show(part: str) -> None:
    """A part of the page below its question."""
    setting = controls()
    p = PARTS[part]
    if p.classes and not DATASETS[setting.data].n_classes:
        st.info(
            f"{DATASETS[setting.data].title} asks for a value. {p.unasked} Choose data with classes.",
            icon=":material/info:",
        )
        return
    options = p.options(setting)
    slot = st.container()
    seeds = _seeds(setting, p.penalties)
    views = {name: View(_history(setting, name, seeds, slot), setting.part) for name in p.penalties}
    show_board(f"beyond-{part.lower()}", (setting, part, seeds, options), partial(p.board, _one(views), *options))
    _below(setting, p, views, options)
    if seeds != SEEDS:
        for name in p.penalties:
            _history(setting, name, SEEDS, slot)
        st.rerun()


def _one(views: dict[str, View]) -> View | dict[str, View]:
    return views if len(views) > 1 else next(iter(views.values()))


def _seeds(setting: Setting, penalties: tuple[str, ...]) -> tuple[int, ...]:
    """All, where they are there or soon will be; else the first."""
    known = all(is_made(_key(setting, name, SEEDS)) for name in penalties)
    soon = sum(setting.start(name).cost for name in penalties) <= AT_ONCE
    return SEEDS if known or soon else SEEDS[:1]


def _key(setting: Setting, penalty: str, seeds: tuple[int, ...]) -> tuple:
    return "beyond", setting.data, setting.model, penalty, seeds


def _history(setting: Setting, penalty: str, seeds: tuple[int, ...], slot) -> History:
    """Trained once for all visitors."""
    e = setting.start(penalty, seeds)
    text = f"{penalty.upper()}, {len(seeds)} seed{'s' * (len(seeds) > 1)}: about {max(1, round(e.cost / 2))} s"
    with slot:
        return result_of(
            _key(setting, penalty, seeds), lambda p: study.train_ends([e], p)[0], 3 * 4 * len(e.lambdas) * len(seeds)
            * e.n_parameters, text,
        )  # fmt: skip


def _below(setting: Setting, p: Part, views: dict[str, View], options: tuple) -> None:
    """What was measured on the test part, if it is revealed; how; and the way into the Lab."""
    if setting.reveal:
        said = result_of(
            ("beyond words", setting, p.question, tuple(v.h.seeds.size for v in views.values()), options),
            lambda _: p.measured(_one(views), *options),
        )
        st.markdown(
            "**At the λ that each seed's validation loss chose, on the test part**, against λ = 0, with 95 % intervals "
            f"of the paired differences ({views['l2'].h.seeds.size} seeds):\n\n" + "\n".join(f"- {s}." for s in said)
        )
        if p.table:
            st.container(key="wide-table-beyond").markdown(p.table(views))
    else:
        st.markdown(
            "You see the **validation part**, on which λ is chosen too. Decide which λ you would take, then reveal the "
            "test part: it says what that choice was worth."
        )
    if p.after:
        st.markdown(p.after(views["l2"]))
    e = views["l2"].h.experiment
    lab = Scene(e.replace(seeds=e.seeds[:5]), at=e.lambdas[max(views["l2"].best, 0)]).to_query()
    st.caption(
        f"{DATASETS[setting.data].title}, {MODELS[setting.model].title}: {len(e.data(0).y_train)} training examples"
        f"{f', {100 * e.label_noise:.0f} % of their labels wrong' if e.label_noise else ''}, "
        f"{len(e.data(0).y_test)} test examples, {e.steps} steps, {len(views['l2'].h.seeds)} seeds; bands are 95 % t "
        f"intervals over seeds. {p.note} [Open in the Lab](./?{lab})."
    )


@dataclass(frozen=True)
class Part:
    """A question: what makes its board and says what was measured."""

    question: str
    board: Callable
    measured: Callable
    note: str
    penalties: tuple[str, ...] = ("l2",)
    classes: bool = False
    """True where only data with classes have an answer."""
    unasked: str = ""
    options: Callable[[Setting], tuple] = lambda setting: ()
    table: Callable | None = None
    after: Callable | None = None


def _how(setting: Setting) -> tuple[str, ...]:
    if DATASETS[setting.data].kind == "tokens":
        return ("mean",)
    how = st.segmented_control(
        "How it moves", list(HOW), default="mean", format_func=HOW.get, key="beyond_how", required=True, **BOUND
    )
    return (how,)


PARTS = {
    "Calibration": Part(
        "Can you believe its probabilities?", boards.calibration, boards.calibration_measured,
        "Expected calibration error: the mean distance of confidence (the probability of the class that it names) and "
        "the share that is right, in ten bins of equal width, each weighted with its predictions (Naeini et al. 2015; "
        "Guo et al. 2017, arXiv:1706.04599). Of few examples it is above zero even for a perfect model: the grey curve "
        "says by how much, for labels drawn from the model's own probabilities. The diagram pools all seeds.",
        classes=True, unasked="A value has no probability to be calibrated.",
    ),
    "Robustness": Part(
        "What do small disturbances do?", boards.robustness, boards.robustness_measured,
        "Noise is Gaussian, in standard deviations of each feature, of pictures of all pixels together; in words each "
        "letter becomes another one with the probability said. Pictures are also moved by one pixel, in all four "
        "directions, background coming in. All λ of a seed see the same disturbances. Jacobian: the mean Frobenius "
        "norm over at most 100 examples; of the probabilities it falls too where a model is too sure of itself to move "
        "(Novak et al. 2018, arXiv:1802.08760). What lies beyond an axis is drawn at its end.",
    ),
    "Drift": Part(
        "What if the world moves on?", boards.drift, boards.drift_measured,
        "The same examples, further away at each step: every feature's mean moves up or down, as the seed says (of "
        "pictures: the light changes), or all distances from the middle grow; in words more and more letters of the "
        "alphabet are written as another one. The model is not trained again. Such covariate shift is one kind of "
        "drift among several (Quiñonero-Candela et al. 2009). What lies beyond an axis is drawn at its end.",
        options=_how,
    ),
    "Mistakes": Part(
        "Which classes does it confuse?", boards.mistakes, boards.mistakes_measured,
        "Rows are the true classes, and add up to 100 %; all seeds together. Intervals are not corrected for looking "
        "at several classes: were ten all alike, one of them would be called certain by chance in 40 % of the cases.",
        classes=True, unasked="There are no classes to confuse.",
    ),
    "Cost": Part(
        "Is it cheaper to run?", beyond_cost.cost, beyond_cost.cost_measured,
        "Pruning keeps the weights of largest size, all layers together, and trains no further (Han et al. 2015, "
        "arXiv:1506.02626). “Enough”: the smallest share from which on the score stays within 0.01 of the whole "
        "model's. Multiply-adds are counted for a program that skips zeros; a usual dense one does all of them. Sparse "
        "bytes: values, column numbers of two bytes, row starts. Quantised weights: one scale for each "
        "array, symmetric (Jacob et al. 2018, arXiv:1712.05877). L1 is proximal. What lies beyond an axis is "
        "drawn at its end.",
        penalties=("l2", "l1"), table=beyond_cost.cost_table, after=beyond_cost.device_words,
    ),
}  # fmt: skip
