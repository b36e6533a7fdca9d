"""The page on grokking, its second part: norm and temperature, and what Omnigrok says of them."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from wd_core.studies import grokking as study
from wd_core.studies.evidence import Paired
from wd_core.studies.grokking import Grokking
from wd_core.text import lambda_text
from wd_core.ui.boards import away, result_of, show_board
from wd_core.ui.grokking import SEEDS, STEPS, Setting, choice, marks, of, spread, trained
from wd_core.ui.shared import Progress
from wd_core.view.board import Axis, Board, Curves, Lines, Readout, Series

FACTORS = np.geomspace(1 / 3, 3, 17)
SCALES = {"first weights × ½": 0.5, "as they are": 1.0, "× 2": 2.0, "× 4": 4.0}
SCALE_COLOURS = ("l1", "decoupled", "l2", "elastic")
TEMPERATURE_COST = 1.0
LOSSES = (1e-3, 1e2)
"""What is drawn of losses over the norm."""


def norm() -> None:
    """What a norm is to this network, and what Omnigrok says of it."""
    setting = Setting("square", 0.8, STEPS[0], choice("Seeds", SEEDS, 2, "grok_seeds", str))
    g = trained(setting)
    show_board("grokking-norm", setting, partial(_norm, g))
    st.caption(
        "Without biases all weights times α make the scores α³ times as large: no answer changes, only how sure it is, "
        "a temperature of 1/α³. So the lower picture takes the weights of this λ and step, seed 0, and multiplies "
        "them; the dot is where they are."
    )
    scales = {name: scale for name, scale in SCALES.items() if scale != 1}
    e = g.experiment.replace(seeds=g.experiment.seeds[: SEEDS[0]])
    found = result_of(
        ("grokking-starts", setting.steps), partial(study.starts, e, list(scales.values())),
        text=f"Training {len(scales)} other starts",
    )  # fmt: skip
    by_name = dict(zip(scales, found, strict=True)) | {"as they are": g.understood[:, : SEEDS[0]]}
    moments = {name: by_name[name] for name in SCALES}
    show_board("grokking-starts", setting, lambda progress: _starts(g, moments))
    st.markdown(f"**What the paper found.** {PAPER}\n\n**What is found here.** {_found(g, moments)}\n\n"
                f"**Where they differ.** {_differ(g)}")  # fmt: skip


PAPER = (
    "Liu, Michaud & Tegmark (Omnigrok, arXiv:2210.01117, October 2022): over the norm of the weights the training loss "
    "is an L and the test loss a U; what generalises lies in a zone of norms. Large first weights learn by heart, and "
    "understand when decay has brought them down to the zone, after a time of about 1/λ. Held at a small norm, a "
    "network learns both at once, without a delay."
)


def _norm(g: Grokking, progress: Progress) -> Board:
    train, held_out = away(
        partial(study.heated, g.experiment, g.weights, FACTORS), TEMPERATURE_COST, progress
    )  # (L, K, F)
    e, both = g.experiment, ("lambda", "step")
    now = g.norm[:, 0]
    x = now[..., None] * FACTORS
    middle = len(FACTORS) // 2
    dot = Series("now", held_out[..., [middle]], x=now[..., None], colour="ink", dots=True)
    delay = g.understood - g.learned
    return Board(
        [
            Axis("lambda", "λ", list(e.lambdas), start=5),
            Axis("step", "step", g.steps.tolist(), "linear", study.RECORDS - 1),
        ],
        [
            Curves(title="From learned to understood", y_label="steps", log=True, height=190,
                   series=[_least_to_most("measured", delay, "decoupled"), _inverse(delay, np.array(e.lambdas))]),
            Curves(title="The norm at the moment", y_label="‖w‖", height=190,
                   series=[_least_to_most("at the moment", g.norm_then, "decoupled"),
                           _least_to_most("before training", g.norm[..., 0], "none"),
                           _least_to_most("at the end", g.norm[..., -1], "l2")]),
            Lines(title="Loss of the same weights at another norm", over=both, log=(True, True), height=260,
                  x_label="‖αw‖", y_label="cross-entropy", range=LOSSES,
                  series=[Series("training", np.maximum(train, LOSSES[0]), x=x, colour="decoupled"),
                          Series("held out", np.maximum(held_out, LOSSES[0]), x=x, colour="decoupled", dash="test"),
                          dot]),
            Curves(title="Norm over the steps", axis="step", over=("lambda",), height=260, y_label="‖w‖",
                   series=[spread("norm", g.norm, "train")], marks=marks(g)),
        ],
        readouts=[
            Readout("held-out sums right", g.held_out.mean(1), both, "percent"),
            Readout("‖w‖", g.norm.mean(1), both),
            Readout("held-out loss, as they are", held_out[..., middle], both),
            Readout("least held-out loss over α", held_out.min(-1), both),
        ],
        sentences=[_norm_words(g, held_out, i) for i in range(len(e.lambdas))],
    )  # fmt: skip


def _least_to_most(name: str, values: np.ndarray, colour: str) -> Series:
    """Mean over seeds (L, S) with the least and the greatest; no place where a seed has none."""
    return Series(name, values.mean(1), values.min(1), values.max(1), colour=colour)


def _inverse(delay: np.ndarray, lambdas: np.ndarray) -> Series:
    """1/λ, through the geometric mean of what was measured."""
    mean, above = delay.mean(1), lambdas > 0
    known = above & np.isfinite(mean) & (mean > 0)
    y = np.full(len(lambdas), np.nan)
    if known.any():
        y[above] = np.exp(np.log(mean[known] * lambdas[known]).mean()) / lambdas[above]
    return Series("as 1/λ", y, colour="muted", dash="validation")


def _norm_words(g: Grokking, held_out: np.ndarray, i: int) -> str:
    first, last = g.norm[i, :, 0].mean(), g.norm[i, :, -1].mean()
    then = np.nanmean(g.norm_then[i]) if np.isfinite(g.norm_then[i]).any() else np.nan
    moment = f"{then:.1f} at the moment, " if np.isfinite(then) else "never at a moment, "
    return (
        f"λ = {lambda_text(g.experiment.lambdas[i])}: the norm is {first:.1f} before training, {moment}{last:.1f} at "
        f"the end. Multiplied then, the weights' held-out loss {_shape(held_out[i, -1])}."
    )


def _shape(losses: np.ndarray) -> str:
    """L or U: what a loss (F,) does along the factors."""
    best = int(losses.argmin())
    if losses[-1] <= losses[best] + 1e-6:
        return "falls as far as it is drawn, or to nothing: an L"
    if best == 0:
        return "rises from the least norm that is drawn"
    return f"is least at α = {FACTORS[best]:.2f} and rises on both sides: a U"


def _starts(g: Grokking, moments: dict[str, np.ndarray]) -> Board:
    e = g.experiment
    series = [
        _least_to_most(name, values, colour)
        for (name, values), colour in zip(moments.items(), SCALE_COLOURS, strict=True)
    ]
    words = []
    for i, lam in enumerate(e.lambdas):
        said = [f"{name} {_when(values[i])}" for name, values in moments.items()]
        words.append(f"λ = {lambda_text(lam)}, understood: {'; '.join(said)}.")
    return Board(
        [Axis("lambda", "λ", list(e.lambdas), start=5)],
        [Curves(title="The moment after larger and smaller first weights", y_label="step", log=True, width="full",
                height=200, series=series)],
        sentences=words,
    )  # fmt: skip


def _when(steps: np.ndarray) -> str:
    got = steps[np.isfinite(steps)]
    if not len(got):
        return "never"
    mean = f"at step {got.mean():,.0f}"
    return mean if len(got) == len(steps) else f"{mean} with {of(len(got), len(steps))}"


def _found(g: Grokking, moments: dict[str, np.ndarray]) -> str:
    e, lambdas = g.experiment, np.array(g.experiment.lambdas)
    slopes = Paired(study.slope(g.understood - g.learned, lambdas))
    got = np.isfinite(g.understood).all(1)
    said = []
    if np.isfinite(slopes.interval[0]):
        low, high = slopes.interval
        said.append(
            f"The steps from learned to understood go as λ to the power {_signed(slopes.mean)} "
            f"[{_signed(low)}, {_signed(high)}] ({len(e.seeds)} seeds, 95 % t interval)."
        )
    if got.any():
        first = g.norm[got, :, 0].mean()
        pairs = zip(g.norm_then[got].mean(1), lambdas[got], strict=True)
        norms = [f"{v:.1f} at λ = {lambda_text(lam)}" for v, lam in pairs]
        said.append(f"Before training the norm is {first:.1f}; at the moment {', '.join(norms)}.")
    mean = {name: _delay_over(values) for name, values in moments.items()}
    said.append(f"Of {len(lambdas)} λ so many bring the moment with every seed: "
                + ", ".join(f"{name}: {count}" for name, count in mean.items()) + ".")  # fmt: skip
    return " ".join(said)


def _delay_over(moments: np.ndarray) -> int:
    return int(np.isfinite(moments).all(1).sum())


def _differ(g: Grokking) -> str:
    lambdas = np.array(g.experiment.lambdas)
    slopes, said = Paired(study.slope(g.understood - g.learned, lambdas)), []
    low, high = slopes.interval
    if np.isfinite(low):
        among = "is among these powers" if low <= -1 <= high else "is not among these powers"
        said.append(f"The paper's −1 {among}.")
    got = np.isfinite(g.understood).all(1)
    if got.any():
        then, first = g.norm_then[got], g.norm[got, :, 0]
        up, down = (then > first).all(), (then < first).all()
        way = "risen" if up else "fallen" if down else "risen or fallen, by λ and seed,"
        ratio = then.mean(1).max() / then.mean(1).min()
        said.append(
            f"At the moment the norm has {way} from where it began; over these λ it differs by a factor "
            f"of {ratio:.1f} "
            "(one zone of norms would have a factor near 1)."
        )
    said.append(
        "The paper holds the norm fixed to draw its landscape and trains anew at each; here the same weights are "
        "multiplied, which moves no answer: what changes at the moment is their direction."
    )
    return " ".join(said)


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
