"""The page on grokking: the recipe, live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import streamlit as st

from wd_core import workers
from wd_core.datasets.modular_addition import P
from wd_core.experiment import Experiment
from wd_core.studies import grokking as study
from wd_core.studies.grokking import Grokking
from wd_core.text import lambda_text
from wd_core.ui.boards import BOUND, is_made, result_of, show_board
from wd_core.view.board import Axis, Bars, Board, Curves, Heat, Lines, Readout, Series
from wd_core.view.scene import Scene

ACTIVATIONS = {"square": "squares", "relu": "ReLU"}
STEPS = (1000, 1500, 2000)
SHARES = (0.8, 0.7, 0.6, 0.5, 0.4)
SEEDS = (2, 5, 10)
AT_ONCE = 4.0
"""Seconds of one core up to which all seeds are trained before the first picture; beyond that one seed comes first."""
UNITS, WAVES = 32, 3
"""Hidden units on the map of frequencies: the strongest at the end; and those whose weights are drawn."""


@dataclass(frozen=True)
class Setting:
    """What the visitor chose."""

    activation: str
    train_share: float
    steps: int
    seeds: int

    @property
    def key(self) -> tuple[str, Setting]:
        """Of its trainings, which all visitors share."""
        return "grokking", self

    @property
    def experiment(self) -> Experiment:
        return study.recipe(self.activation, self.train_share, self.steps, range(self.seeds))


def trained(setting: Setting) -> Grokking:
    """The setting's trainings, made once for all visitors."""
    e = setting.experiment
    about = max(1, round(e.cost / workers.COUNT))
    text = f"Training {len(e.lambdas)} λ × {len(e.seeds)} seeds, {e.steps:,} steps: about {about} s"
    size = len(e.lambdas) * study.RECORDS * (4 * e.n_parameters + 40 * len(e.seeds))
    return result_of(setting.key, partial(study.grok, e), size, text)


# -------------------------------------------------------------------- live


def live() -> None:
    """The recipe, and what of it can be changed."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        activation = choice("Hidden units", list(ACTIVATIONS), "square", "grok_units", ACTIVATIONS.get)
        share = choice("Sums for training", SHARES, 0.8, "grok_share", _percent)
        steps = choice("Steps", STEPS, 1000, "grok_steps", "{:,}".format)
        seeds = choice("Seeds", SEEDS, 2, "grok_seeds", str)
    setting, slot = Setting(activation, share, steps, seeds), st.container()
    if not is_made(setting.key) and setting.experiment.cost > AT_ONCE:  # a picture of one seed while the others train
        first = replace(setting, seeds=1)
        with slot:
            g = trained(first)
        show_board("grokking", first, lambda progress: _live(g))
        with slot:
            trained(setting)
        st.rerun()
    g = trained(setting)
    show_board("grokking", setting, lambda progress: _live(g))
    e = g.experiment
    lab = Scene(e, at=1.0, step=e.steps).to_query()
    st.markdown(
        "Try it: drag λ, and the moment moves. Then take ReLU and 1,500 steps; then fewer sums for training. "
        f"[These trainings in the Lab](./?{lab})"
    )
    st.caption(
        f"{P * P} sums a + b mod {P}, {len(e.data(0).y_train)} of them for training; one-hot pair → 64 → {P}, no "
        "biases, cross-entropy, full batches, AdamW (lr 0.01, β₂ 0.98, decoupled λ). Held out: all other sums; "
        "nothing is chosen on them. Lines: means over seeds, bands: from the least to the greatest. Learned, "
        "understood: the first of 41 recorded steps at which nine in ten training sums, or held-out sums, are right. "
        "The lower panels are seed 0's. Power: the discrete Fourier transform of each unit's weights on both numbers; "
        f"frequency k makes k waves over the {P} numbers; the map shows the {UNITS} strongest units at the end, in "
        "the order of their frequency then. Sources: Power et al. 2022 (arXiv:2201.02177), who found it with a "
        "transformer, mod 97; Nanda et al. 2023 (arXiv:2301.05217), who found the waves; Gromov 2023 "
        "(arXiv:2301.02679), who wrote such a network down by hand: squares, each unit one wave."
    )


def choice(label: str, options: Sequence, default: object, key: str, text: object) -> object:
    """One of a few."""
    return st.segmented_control(
        label, options, default=default, format_func=text, key=key, required=True, **BOUND
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _live(g: Grokking) -> Board:
    embedded = study.embedding(g.experiment, g.weights)
    power = study.spectrum(embedded)  # (L, K, units, frequencies)
    total = power.sum(-2)
    there = [f"{k}" for k in range(power.shape[-1])]
    both = ("lambda", "step")
    return Board(
        [
            Axis("lambda", "λ", list(g.experiment.lambdas), start=5),
            Axis("step", "step", g.steps.tolist(), "linear", study.RECORDS // 2),
        ],
        [
            Curves(title="Share of sums right", axis="step", over=("lambda",), height=210,
                   range=(0.0, 1.0), series=_parts(g.train, g.held_out), marks=marks(g)),
            Curves(title="The moment", height=210, y_label="step", log=True, series=_moments(g),
                   note="no line where not every seed has one"),
            Curves(title="Loss", axis="step", over=("lambda",), width="third", height=190, log=True,
                   y_label="cross-entropy", series=_parts(g.train_loss, g.held_out_loss, floor=1e-4)),
            Curves(title="Norm of all weights", axis="step", over=("lambda",), width="third", height=190,
                   y_label="‖w‖", series=[spread("norm", g.norm, "train")]),
            Bars(title="Spectrum of the embedding", names=there, values=total / total.sum(-1, keepdims=True),
                 over=both, width="third", height=190, colour="decoupled", form="percent",
                 y_label="share of the power, by frequency"),
            _map(power, there),
            _waves(embedded, power),
        ],
        readouts=[
            Readout("training sums right", g.train.mean(1), both, "percent"),
            Readout("held-out sums right", g.held_out.mean(1), both, "percent"),
            Readout("‖w‖", g.norm.mean(1), both),
            Readout("power at the units' own frequency", study.concentration(power), both, "percent"),
        ],
        sentences=[_live_words(g, i) for i in range(len(g.experiment.lambdas))],
    )  # fmt: skip


def spread(name: str, values: np.ndarray, dash: str, floor: float = -np.inf) -> Series:
    """Mean over seeds, and from the least to the greatest: (L, S, K)."""
    values = np.maximum(values, floor)
    return Series(name, values.mean(1), values.min(1), values.max(1), colour="decoupled", dash=dash)


def _parts(train: np.ndarray, held_out: np.ndarray, floor: float = -np.inf) -> list[Series]:
    return [spread("training", train, "train", floor), spread("held out", held_out, "test", floor)]


def marks(g: Grokking) -> list[tuple[str, np.ndarray]]:
    """Places on the step axis of the later seed's moments; −1 where not every seed has one."""

    def place(moments: np.ndarray) -> np.ndarray:
        last = moments.max(1)  # NaN if any is
        return np.where(np.isnan(last), -1, np.searchsorted(g.steps, np.nan_to_num(last)))

    return [("learned", place(g.learned)), ("understood", place(g.understood))]


def _moments(g: Grokking) -> list[Series]:
    found = []
    for name, moments, dash in (("learned", g.learned, "train"), ("understood", g.understood, "test")):
        values = np.maximum(moments, 1.0)
        found.append(Series(name, values.mean(1), values.min(1), values.max(1), colour="decoupled", dash=dash))
    return found


def _map(power: np.ndarray, names: list[str]) -> Heat:
    """The strongest units' spectra, ordered by what becomes of them at the last step."""
    last = power[:, -1]
    strongest = np.argsort(-last.sum(-1), axis=-1)[:, :UNITS]
    order = np.take_along_axis(last, strongest[..., None], 1)
    rank = np.argsort(order.argmax(-1) - 0.5 * order.max(-1) / order.sum(-1), axis=-1)
    chosen = np.take_along_axis(strongest, rank, -1)[:, None, :, None]
    shown = np.take_along_axis(power, chosen, 2)
    return Heat(
        title="Each unit's frequencies", values=shown / shown.sum(-1, keepdims=True), over=("lambda", "step"),
        rows=[str(i + 1) for i in range(shown.shape[2])], columns=names, row_label="hidden unit",
        column_label="frequency", range=(0.0, 1.0), form="percent", height=270,
    )  # fmt: skip


def _waves(embedded: np.ndarray, power: np.ndarray) -> Lines:
    """What the strongest units at the end weigh each first number with."""
    strongest = np.argsort(-power[:, -1].sum(-1), axis=-1)[:, :WAVES]
    weights = np.take_along_axis(embedded[..., 0, :], strongest[:, None, :, None], 2)  # (L, K, WAVES, p)
    reach = float(np.nanmax(np.abs(weights)))
    return Lines(
        title="Weights of three units", x=np.arange(P, dtype=float), over=("lambda", "step"), height=270,
        x_label="the first number, a", y_label="weight", range=(-reach, reach),
        series=[
            Series(f"{name} unit", weights[:, :, i], colour=colour)
            for i, (name, colour) in enumerate([("strongest", "decoupled"), ("second", "l1"), ("third", "l2")])
        ],
    )  # fmt: skip


def _live_words(g: Grokking, i: int) -> str:
    learned, understood, count = g.learned[i], g.understood[i], len(g.experiment.seeds)
    start = f"λ = {lambda_text(g.experiment.lambdas[i])}: "
    start += f"nine in ten training sums are right {_from(learned)}" if np.isfinite(learned).all() else (
        f"{of(np.isfinite(learned).sum(), count)} learned the training sums")  # fmt: skip
    got = np.isfinite(understood)
    if not got.any():
        last = g.held_out[i, :, -1].mean()
        return f"{start}; of the held-out sums {_percent(last)} at the end, after {g.steps[-1]:,} steps: no moment."
    tail = f"nine in ten held-out sums {_from(understood[got])}"
    if not got.all():
        return f"{start}; {tail}, with {of(got.sum(), count)}; the rest not in {g.steps[-1]:,} steps."
    return f"{start}; {tail}."


def _from(steps: np.ndarray) -> str:
    low, high = int(steps.min()), int(steps.max())
    return f"from step {low:,} on" if low == high else f"from step {low:,} to {high:,} on, by seed"


def of(some: int, count: int) -> str:
    """2 of 5 seeds."""
    return f"{some} of {count} seeds"
