"""The page on one update in slow motion: a board of stage × step × weight, and a sentence for each of its places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from wd_core.studies.slow_motion import STAGES, STEPS, SlowMotion, example, slow_motion
from wd_core.text import number_text
from wd_core.ui.boards import BOUND, show_board
from wd_core.ui.slow_motion_words import sentence
from wd_core.view.board import Axis, Bars, Board, Curves, Panel, Readout, Series, Words
from wd_core.view.scene import Scene

PENALTIES = {"l2": "L2", "l1": "L1"}
DECAYS = {name: name for name in ("coupled", "decoupled")}
OPTIMIZERS = {"sgd": "SGD", "momentum": "momentum", "adam": "Adam"}
LAMBDAS = ("0.01", "0.03", "0.1", "0.3")
PANEL = {"height": 210}


@dataclass(frozen=True)
class Setting:
    """What the visitor chose."""

    penalty: str
    decay: str
    optimizer: str
    lam: str

    def run(self, lam: float | None = None) -> SlowMotion:
        return slow_motion(example(self.penalty, self.decay, self.optimizer, float(self.lam) if lam is None else lam))


def controls() -> Setting:
    """Penalty, form of decay, optimiser and λ; all four in the address."""

    def choice(label: str, options: dict[str, str], default: str) -> str:
        key = f"update_{label.lower() if label != 'λ' else 'lambda'}"
        return st.segmented_control(
            label, list(options), default=default, key=key, required=True, format_func=options.get, **BOUND
        )

    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        penalty = choice("Penalty", PENALTIES, "l2")
        decay = choice("Decay", DECAYS, "coupled")
        optimizer = choice("Optimiser", OPTIMIZERS, "sgd")
        lam = choice("λ", {text: text for text in LAMBDAS}, "0.1")
    return Setting(penalty, decay, optimizer, lam)


def show() -> None:
    """The whole page below its title."""
    setting = controls()
    show_board("update", setting, lambda progress: board(setting))
    e = example(setting.penalty, setting.decay, setting.optimizer, float(setting.lam))
    lab = Scene(e.replace(lambdas=tuple(map(float, LAMBDAS))), at=float(setting.lam)).to_query()
    st.caption(
        f"A network of 2 inputs, 3 hidden units and 1 output on one batch, {e.examples_per_step} examples of two "
        f"moons, the same in each of {STEPS} steps; learning rate η = {e.lr:g}. x₁h₂ is the weight from input x₁ to "
        "hidden unit h₂. All nine weights are shown; the four biases do not decay. Every number is of the app's own "
        "update as it ran, in double precision: the moves add up to the step. Coupled decay is part of the objective, "
        "decoupled decay stands beside the optimiser; L1 acts by its prox in both, coupled in the optimiser's own "
        "metric. “Gradient” is what plain gradient descent on the loss would do, −η·g; “optimiser” is how the "
        "optimiser's move differs from plain descent on the gradient that it is given. Pulls: the optimiser's memory "
        "is a sum over gradients, so decay's part of it can be told from the loss's; only Adam's division is common to "
        f"both. [The same network in the Lab](./?{lab})"
    )


def board(setting: Setting) -> Board:
    """Everything that the hand reaches, for one setting."""
    s, plain = setting.run(), setting.run(0.0)
    parts = [STAGES[i] for i in s.stages]
    stages = [part.split()[0] for part in parts]  # decay acts in the gradient or beside: one word
    return Board(
        [
            Axis("stage", "stage", stages, "names", start=1),
            Axis("step", "step", list(range(1, STEPS + 1)), "linear", start=0),
            Axis("weight", "weight", s.names, "names", start=6),
        ],
        [
            Words(
                items=[[(sentence(s, k, stage, j), False)] for k in range(STEPS) for stage in parts
                       for j in range(len(s.names))],
                over=("step", "stage", "weight"), width="full", key="said",
            ),
            *_bars(s, stages), *_curves(s, plain),
        ],
        readouts=_readouts(s),
        sentences=conclusion(s),
    )  # fmt: skip


def _bars(s: SlowMotion, stages: list[str]) -> list[Panel]:
    """All weights after the stage; the moves of one, those of the stages so far."""
    places, began = s.places, np.repeat(s.start[:, None], len(stages), 1)
    short = [name.replace(" → ", "") for name in s.names]
    moves = s.moves[:, s.stages[1:]].swapaxes(1, 2)[:, None]  # (K, 1, W, moves)
    done = np.tri(len(stages), len(stages) - 1, -1, dtype=bool)[:, None]  # (stages, 1, moves)
    shown = np.where(done, moves, np.nan)
    total = (places - s.start[:, None])[..., None]
    return [
        Bars(title="All weights after this stage", names=short, values=places, over=("step", "stage"),
             low=np.minimum(began, places), high=np.maximum(began, places), **PANEL,
             note="lines: from where the step began"),
        Bars(title="Moves of this weight, so far", names=[*stages[1:], "in all"],
             values=np.concatenate([shown, total], axis=-1), over=("step", "stage", "weight"), **PANEL),
    ]  # fmt: skip


def _curves(s: SlowMotion, plain: SlowMotion) -> list[Panel]:
    """The weight over steps, with the threshold of L1; and who pulls it."""
    colour = s.experiment.penalty
    lines = [Series("this weight", s.start.T, colour=colour), Series("at λ = 0", plain.start.T, colour="none",
                                                                     dash="validation")]  # fmt: skip
    if colour == "l1":
        lines += [Series("threshold", s.threshold.T, colour="muted", dash="test"),
                  Series("", -s.threshold.T, colour="muted", dash="test")]  # fmt: skip
    pulls = [
        Series("loss", s.loss_pull.T, colour="ink", dash="validation"), Series("decay", s.decay_pull.T, colour=colour),
        Series("the step", (s.end - s.start).T, colour="muted", dash="test"),
    ]  # fmt: skip
    return [
        Curves(title="The weight before each step", axis="step", series=lines, over=("weight",), **PANEL),
        Curves(title="Who pulls it, each step", axis="step", series=pulls, over=("weight",), **PANEL,
               note="above zero: upwards"),
    ]  # fmt: skip


def _readouts(s: SlowMotion) -> list[Readout]:
    over = ("step", "weight")
    last = {
        "l2": Readout("half-life at this pull, steps", s.half_life, over),
        "l1": Readout("threshold", s.threshold, over),
    }[s.experiment.penalty]
    return [
        Readout("weight before", s.start, over), Readout("weight after", s.end, over),
        Readout("loss's pull", s.loss_pull, over), Readout("decay's pull", s.decay_pull, over), last,
    ]  # fmt: skip


def conclusion(s: SlowMotion) -> str:
    """What this form of decay did in all steps."""
    e, zeros = s.experiment, int((s.end[-1] == 0).sum())
    left = f"{zeros or 'none'} of {len(s.names)} weights {'are' if zeros > 1 else 'is'} exactly zero"
    size = f"their norm went from {_norm(s.start[0])} to {_norm(s.end[-1])}"
    who = f"{OPTIMIZERS[e.optimizer]}, {PENALTIES[e.penalty]} {e.decay}, λ = {e.lambdas[0]:g}"
    return f"{who}: after {STEPS} steps {left}; {size}."


def _norm(w: np.ndarray) -> str:
    return number_text(float(np.linalg.norm(w)), 2)
