"""The page on decay's companions: together, the rival, in disguise, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from wd_core.datasets import DATASETS
from wd_core.experiment import Experiment, lambda_path
from wd_core.history import History
from wd_core.studies import companions as study
from wd_core.studies.companions import Companion, Kept
from wd_core.studies.selection import best_lambda, interval, mean_and_error
from wd_core.training import train_all
from wd_core.ui.boards import BOUND, result_of, show_board
from wd_core.ui.disguise import disguise
from wd_core.ui.shared import Progress
from wd_core.view.board import Axis, Bars, Board, Curves, Series
from wd_core.view.scene import Scene

DATA = ("moons", "circles", "xor", "spirals", "blobs", "breast_cancer", "wine", "digits", "sine", "diabetes")
LAMBDAS = lambda_path(1e-4, 0.3, 10)
SEEDS = tuple(range(12))
LABELS = {"clean": "clean labels", "wrong": "20 % wrong labels"}
TARGETS = {"clean": "clean targets", "wrong": "20 % swapped targets"}


@dataclass(frozen=True)
class Setting:
    """What the visitor chose."""

    data: str

    @property
    def title(self) -> str:
        return DATASETS[self.data].title

    @property
    def labels(self) -> dict[str, str]:
        """Clean or not, by key of `study.WRONG_LABELS`."""
        return LABELS if DATASETS[self.data].n_classes else TARGETS

    @property
    def score(self) -> str:
        return "accuracy" if DATASETS[self.data].n_classes else "R²"

    def start(self, labels: str) -> Experiment:
        return study.starting_point(self.data, study.WRONG_LABELS[labels], LAMBDAS, SEEDS)

    def number(self, value: float) -> str:
        """A score as people write it."""
        return f"{100 * value:.1f} %" if self.score == "accuracy" else f"{value:.2f}"

    def difference(self, values: np.ndarray) -> str:
        """Mean and interval of differences in the score."""
        scale, digits, unit = (100, 1, " points") if self.score == "accuracy" else (1, 2, "")
        mean, low, high = (f"{round(scale * v, digits) + 0.0:+.{digits}f}".replace("-", "−") for v in interval(values))
        return f"{mean} [{low}, {high}]{unit}"


def data_control() -> Setting:
    """The data set; what the page's parts are about."""
    name = st.selectbox(
        "Data", DATA, key="companions_data", width=320, format_func=lambda n: DATASETS[n].title, **BOUND
    )
    return Setting(name)


def _results(setting: Setting) -> dict[str, dict[str, Companion]]:
    """All companions on clean and on wrong labels, made once for all visitors."""

    def make(progress: Progress) -> dict[str, dict[str, Companion]]:
        return {
            labels: study.companions(setting.start(labels), lambda s, i=i: progress((i + s) / len(setting.labels)))
            for i, labels in enumerate(setting.labels)
        }

    results = result_of(("companions", setting), make, text=f"Training {len(SEEDS)} seeds of every arm")
    hidden = setting.start("clean").model == "mlp"
    return {labels: {k: v for k, v in all_.items() if hidden or k != "batch norm"} for labels, all_ in results.items()}


# -------------------------------------------------------------------- together


def together() -> None:
    """What does a companion add to decay, beyond what it adds alone?"""
    setting = data_control()
    results = _results(setting)
    show_board("companions", setting, lambda progress: _together(setting, results))
    for labels, title in setting.labels.items():
        st.markdown(
            f"**{title.capitalize()}**: mean test {setting.score}, {len(SEEDS)} seeds. "
            "A number opens its first seed in the Lab."
        )
        st.container(key=f"wide-table-{labels}").markdown(_table(setting, results[labels]))
    if "batch norm" not in results["clean"]:
        st.caption("Batch norm is left out: this data set opens with a model that has no hidden layer to normalise.")
    st.caption(
        "Interaction: (both − companion) − (decay − none), paired by seed, with its 95 % t interval. At zero the two "
        "gains add up; below zero the two give less together: where each helps, they do part of the same work. λ is "
        "chosen for each arm and each seed by validation loss; the test part is looked at once, at that λ. L1: “both” "
        "is the elastic net, ρ = ½. Early stopping keeps the recorded step of least validation loss. Dropout 0.2, "
        "noise of standard deviation 0.2."
    )


def _together(setting: Setting, results: dict[str, dict[str, Companion]]) -> Board:
    names = list(results["clean"])
    panels = []
    for labels, title in setting.labels.items():
        found = results[labels]
        stacked = {what: np.stack([c.curves[what] for c in found.values()]) for what in ("decay", "with")}
        limit = float(np.nanmax(stacked["decay"].mean(-1)) * 1.2)
        series = [
            _band(label, stacked[what], colour)
            for what, label, colour in (("decay", "decay alone", "none"), ("with", "with the companion", "l2"))
        ]
        size = {"height": 190, "range": (0.0, limit)}
        panels.append(Curves(title=f"Validation loss, {title}", series=series, over=("companion",), **size))
    scale = 100 if setting.score == "accuracy" else 1
    unit = "points of accuracy" if scale == 100 else "R²"
    ends = {labels: np.array([interval(c.interaction) for c in found.values()]) * scale
            for labels, found in results.items()}  # fmt: skip
    reach = 1.05 * max(1e-3, *(float(np.nanmax(np.abs(e))) for e in ends.values()))
    panels += [
        Bars(title=f"Interaction, {title}", names=names, values=ends[labels][:, 0], low=ends[labels][:, 1],
             high=ends[labels][:, 2], y_label=unit, range=(-reach, reach), height=200)
        for labels, title in setting.labels.items()
    ]  # fmt: skip
    lambdas = Axis("lambda", "λ", list(LAMBDAS))
    return Board(
        [Axis("companion", "companion", names, "names", start=0), lambdas],
        panels,
        sentences=[_together_words(setting, {labels: found[name] for labels, found in results.items()}, name)
                   for name in names],
    )  # fmt: skip


def _band(name: str, values: np.ndarray, colour: str) -> Series:
    """Mean and one standard error over seeds, the last axis."""
    mean, error = mean_and_error(values, axis=-1)
    return Series(name, mean, mean - error, mean + error, colour=colour, dash="validation")


def _together_words(setting: Setting, found: Mapping[str, Companion], name: str) -> str:
    said = []
    for labels, title in setting.labels.items():
        _, low, high = interval(found[labels].interaction)
        what = "less than" if high < 0 else "more than" if low > 0 else "not to be told from"
        said.append(f"with {title} {what} their two gains added ({setting.difference(found[labels].interaction)})")
    return f"{name[0].upper()}{name[1:]} and decay together: {'; '.join(said)}."


def _table(setting: Setting, found: Mapping[str, Companion]) -> str:
    """Markdown: every arm's mean, as a link that opens it."""
    head = "| companion | none | decay | companion alone | both | interaction, 95 % |"
    lines = [head, "|---|---:|---:|---:|---:|---:|"]
    for name, c in found.items():
        cells = [f"[{setting.number(arm.score.mean())}]({link(arm)})" for arm in c.arms.values()]
        lines.append(f"| {name} | {' | '.join(cells)} | {setting.difference(c.interaction)} |")
    return "\n".join(lines)


def link(arm: Kept) -> str:
    """The Lab at the arm's settings, its first seed, and the λ and step that were kept for it."""
    e = arm.experiment
    return f"./?{Scene(e, at=float(arm.lam[0]), step=int(arm.step[0])).to_query()}"


# -------------------------------------------------------------------- the rival


def rival() -> None:
    """Early stopping against decay."""
    setting = data_control()
    results = _results(setting)
    show_board("early-stopping", setting, partial(_rival, setting, results))
    st.caption(
        "Early stopping keeps, for each run, the recorded step of least validation loss; the mark has the median of "
        "the seeds, the curves their mean. Gains in test "
        f"{setting.score} over λ = 0 at the last step, {len(SEEDS)} seeds, 95 % t intervals; λ chosen by "
        "validation."
    )


def _rival(setting: Setting, results: dict[str, dict[str, Companion]], progress: Progress) -> Board:
    (h,) = train_all([setting.start("wrong")], on_progress=progress)
    losses = {part: getattr(h, f"{part}_loss").mean(1) for part in ("train", "validation")}
    stopped = np.median(h.stopped, axis=1).round().astype(int)
    early = np.take_along_axis(h.validation_loss, h.stopped[..., None], -1)[..., 0]
    limit = float(np.nanmax(h.validation_loss[:, :, -1].mean(1)) * 1.2)
    scale = 100 if setting.score == "accuracy" else 1
    bars = []
    for labels, title in setting.labels.items():
        c = results[labels]["early stopping"]
        gains = [interval(arm.score - c.none.score) for arm in (c.decay, c.alone, c.both)]
        mean, low, high = (scale * np.array(g) for g in zip(*gains, strict=True))
        bars.append(Bars(title=f"Gain on the test part, {title}", names=["decay", "early stopping", "both"],
                         values=mean, low=low, high=high, y_label="points" if scale == 100 else "R²",
                         height=190))  # fmt: skip
    curves = [_band("last step", h.validation_loss[:, :, -1], "l2"), _band("stopped early", early, "decoupled")]
    return Board(
        [Axis("lambda", "λ", list(LAMBDAS), start=0),
         Axis("step", "step", h.steps.tolist(), "linear", len(h.steps) - 1)],
        [
            Curves(title=f"Validation loss, {setting.labels['wrong']}", series=curves, height=180, range=(0.0, limit),
                   marks=[("lowest", best_lambda(h.validation_loss[:, :, -1].mean(1)))]),
            Curves(title="Loss over steps at this λ", axis="step", over=("lambda",), height=180, range=(0.0, limit),
                   series=[Series(part, v, colour="l2", dash=part) for part, v in losses.items()],
                   marks=[("stops early", stopped)]),
            *bars,
        ],
        sentences=[_rival_words(setting, results)] * len(LAMBDAS),
    )  # fmt: skip


def _rival_words(setting: Setting, results: dict[str, dict[str, Companion]]) -> str:
    said = []
    for labels, title in setting.labels.items():
        c = results[labels]["early stopping"]
        _, low, high = interval(c.alone.score - c.decay.score)
        who = "early stopping wins" if low > 0 else "decay wins" if high < 0 else "neither can be called the winner"
        said.append(f"with {title} {who} (early stopping − decay: {setting.difference(c.alone.score - c.decay.score)})")
    return f"Against each other, {'; '.join(said)}."


# -------------------------------------------------------------------- layer by layer


def layers() -> None:
    """Decay in one layer at a time, and in the biases."""
    setting = data_control()
    labels = st.segmented_control(
        "Training data", list(setting.labels), default="wrong", format_func=setting.labels.get, key="layers_labels",
        required=True, **BOUND,
    )
    show_board("layers", (setting, labels), partial(_layers, setting, labels), "Training every arm")
    st.caption(
        "Each arm decays only what its name says. Norms are at the λ that you drag; gains in "
        f"test {setting.score} over λ = 0, {len(SEEDS)} seeds, 95 % t intervals, at the λ that validation chose for "
        "each arm."
    )


def _layers(setting: Setting, labels: str, progress: Progress) -> Board:
    histories = study.layer_by_layer(setting.start(labels), progress)
    names, gains = list(histories), study.gains(histories)
    curves = np.stack([h.validation_loss[:, :, -1] for h in histories.values()])
    norms = np.stack([_norms(h) for h in histories.values()])
    scale = 100 if setting.score == "accuracy" else 1
    mean, low, high = (scale * np.array(v) for v in zip(*(interval(g) for g in gains.values()), strict=True))
    some = next(iter(histories.values())).experiment.decayed_layers
    everywhere = np.repeat(curves[:1], len(names), 0)
    return Board(
        [Axis("place", "decay in", names, "names", start=0), Axis("lambda", "λ", list(LAMBDAS))],
        [
            Curves(title="Validation loss over λ", over=("place",), width="full", height=180,
                   series=[_band("all layers", everywhere, "none"), _band("this arm", curves, "l2")]),
            Bars(title="Gain on the test part", names=names, values=mean, low=low, high=high, height=220,
                 y_label="points" if scale == 100 else "R²"),
            Bars(title="Norm of each layer's weights", names=some, values=norms, over=("place", "lambda"), height=220,
                 colour="l2", y_label="‖w‖"),
        ],
        sentences=[_layer_words(setting, name, gains) for name in names],
    )  # fmt: skip


def _norms(h: History) -> np.ndarray:
    """(L, layers) mean over seeds of each layer's weight norm at the end."""
    found = {name: np.zeros(h.weights.shape[:2]) for name in h.experiment.decayed_layers}
    for block, here in h.blocks():
        if block.layer in found:
            w = h.weights[:, :, -1, here][..., block.mask("weight").ravel()]
            found[block.layer] += np.square(w.astype(float)).sum(-1)
    return np.stack([np.sqrt(squares).mean(1) for squares in found.values()], axis=-1)


def _layer_words(setting: Setting, name: str, gains: Mapping[str, np.ndarray]) -> str:
    gain = f"Decay in {name}: {setting.difference(gains[name])} over no decay"
    if name == "all layers":
        return f"{gain}."
    _, low, high = interval(gains[name] - gains["all layers"])
    against = "more than" if low > 0 else "less than" if high < 0 else "not to be told from"
    return f"{gain}, {against} decay in all layers ({setting.difference(gains[name] - gains['all layers'])})."


PARTS = {"Together": together, "The rival": rival, "In disguise": disguise, "Layer by layer": layers}
QUESTIONS = {
    "Together": "What does a companion add to decay, beyond what it adds alone?",
    "The rival": "Could you simply have stopped earlier?",
    "In disguise": "Which companions are L2 under another name?",
    "Layer by layer": "Which layer's decay matters, and do biases?",
}
