"""Companions that are L2 under another name: a part of the companions' page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import streamlit as st

from wd_core.experiment import Experiment
from wd_core.studies import equivalence
from wd_core.ui.boards import BOUND, away, show_board
from wd_core.ui.shared import Progress
from wd_core.view.board import Axis, Bars, Board, Curves, Lines, Readout, Series

SIGMAS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
RATES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7)
LINEAR = {"model": "linear", "penalty": "none", "lambdas": (0.0,), "optimizer": "momentum", "lr": 0.05}
MOMENTA = {"0": {"optimizer": "sgd"}, "0.9": {}}
DISGUISES = ("Early stopping", "Noise on the inputs", "Dropout on the inputs")


NOTES = dict(
    zip(
        DISGUISES,
        (
            "Gradient descent from zero on the diabetes data, η = 0.05, no penalty. In a direction of the data with "
            "variance s, t steps reach the share 1 − (1 − ηs)ᵗ of least squares (with momentum, the same recursion "
            "with it), ridge the share s/(s + λ); matched at λ = (1 − μ)/(ηt), which wants more steps than "
            "1/(1 − μ). Risk: as if least squares and its residuals were the truth. Sources: Bishop 1995; Ali, Kolter "
            "& Tibshirani 2019 (arXiv:1810.10082).",
            "Fresh Gaussian noise at each of 4,000 steps on the diabetes data, four seeds, the mean weights of the "
            "second half; against ridge with λ = σ², solved exactly. Source: Bishop 1995.",
            "Each input dropped at rate p at each of 3,000 steps, the rest divided by 1 − p; a plane with squares and "
            "products as inputs, so that they differ in size; against ridge with λⱼ = p/(1 − p) · mean xⱼ², solved "
            "exactly. Sources: Srivastava et al. 2014, §9.1; Wager, Wang & Liang 2013.",
        ),
        strict=True,
    )
)


def disguise() -> None:
    """Companions that are L2 under another name, on linear regression."""
    which = st.segmented_control("Companion", DISGUISES, default=DISGUISES[0], key="disguise", required=True, **BOUND)
    what, make = None, {DISGUISES[1]: _noise, DISGUISES[2]: _dropout}.get(which)
    if make is None:
        what = st.segmented_control(
            "Momentum μ", list(MOMENTA), default="0", key="disguise_momentum", required=True, **BOUND
        )
        make = partial(_stopping, MOMENTA[what])
    show_board(f"disguise-{DISGUISES.index(which)}", what, make, "Training")
    st.caption(NOTES[which])


def _stopping(change: Mapping[str, object], progress: Progress) -> Board:
    e = Experiment(dataset="diabetes", n_samples=442, steps=3000, seeds=(0,), **LINEAR | change)
    s = away(partial(equivalence.early_stopping, e), e.cost, progress)
    at = slice(1, None)
    theory = Series("gradient descent, theory", s.descent[at], colour="decoupled")
    measured = Series("gradient descent, measured", s.measured[at], colour="decoupled", dots=True)
    ridge = Series("ridge at λ = (1 − μ)/(ηt)", s.ridge[at], colour="l2", dash="validation")
    risks = [Series("stopped here", s.descent_risk[at], colour="decoupled"),
             Series("ridge", s.ridge_risk[at], colour="l2", dash="validation")]  # fmt: skip
    return Board(
        [Axis("step", "step", s.steps[at].tolist(), "log", start=int(s.descent_risk[at].argmin()))],
        [
            Curves(title="Risk over the step at which one stops", axis="step", series=risks, log=True, width="full",
                   height=180, y_label="expected squared error",
                   marks=[("least", int(s.descent_risk[at].argmin())),
                          ("ridge's least", int(s.ridge_risk[at].argmin()))]),
            Lines(title="How much of least squares each direction has", x=s.variances, over=("step",), width="full",
                  series=[theory, ridge, measured], log=(True, False), height=260,
                  range=(0.0, max(1.2, float(s.measured.max()))),
                  x_label="variance of the data in this direction, s", y_label="share"),
        ],
        readouts=[Readout("matched λ", s.lambdas[at], ("step",))],
        sentences=[_stopping_words(s, k) for k in range(1, len(s.steps))],
    )  # fmt: skip


def _stopping_words(s: equivalence.Stopping, k: int) -> str:
    t, descent, ridge = s.steps[k], 100 * s.descent[k], 100 * s.ridge[k]
    return (
        f"After {t:,} step{'s' if t > 1 else ''}: the largest direction has {descent[0]:.0f} % of least squares by "
        f"descent, {ridge[0]:.0f} % by ridge; the least {descent[-1]:.0f} % and {ridge[-1]:.0f} %. "
        f"Risk: {s.descent_risk[k]:.4f} and {s.ridge_risk[k]:.4f}."
    )


def _noise(progress: Progress) -> Board:
    e = Experiment(dataset="diabetes", n_samples=442, steps=4000, schedule="cosine", seeds=(0, 1, 2, 3), **LINEAR)
    m = away(partial(equivalence.input_noise, e, SIGMAS), len(SIGMAS) * e.cost, progress)
    return _matched(m, "σ", "noise, σ", "ridge with λ = σ²", {"λ = σ²": m.strengths**2})


def _dropout(progress: Progress) -> Board:
    features = ("x1", "x2", "x1^2", "x1*x2", "sin(x1)")
    e = Experiment(dataset="plane", n_samples=200, features=features, steps=3000, schedule="cosine",
                   seeds=(0, 1, 2, 3), **LINEAR | {"optimizer": "sgd"})  # fmt: skip
    m = away(partial(equivalence.input_dropout, e, RATES), len(RATES) * e.cost, progress)
    ratio = m.strengths / (1 - m.strengths)
    return _matched(m, "p", "dropout, p", "adaptive ridge", {"p/(1 − p)": ratio})


def _matched(m: equivalence.Matched, symbol: str, axis: str, name: str, numbers: Mapping[str, np.ndarray]) -> Board:
    measured, closed = m.measured.mean(1), m.closed.mean(1)
    reach = float(np.abs([measured, closed]).max()) * 1.05
    gap = np.abs(m.measured - m.closed).max((1, 2))
    norms = [Series(name, np.linalg.norm(m.closed, axis=-1).mean(1), colour="l2"),
             Series("trained", np.linalg.norm(m.measured, axis=-1).mean(1), colour="decoupled", dots=True)]  # fmt: skip
    return Board(
        [Axis("strength", axis, m.strengths.tolist(), "linear", start=3)],
        [
            Curves(title=f"Norm of the weights over {symbol}", axis="strength", series=norms, y_label="‖w‖",
                   width="full", height=180),
            Bars(title="Trained with the companion", names=m.features, values=measured, over=("strength",),
                 range=(-reach, reach), height=220),
            Bars(title=f"{name[0].upper()}{name[1:]}, solved exactly", names=m.features, values=closed,
                 over=("strength",), range=(-reach, reach), height=220),
        ],
        readouts=[Readout(label, values, ("strength",)) for label, values in numbers.items()]
        + [Readout("largest difference between the two", gap, ("strength",))],
        sentences=[
            f"{symbol} = {v:g}: trained and solved weights differ by at most {g:.4f}; the largest weight is {w:.2f}."
            for v, g, w in zip(m.strengths, gap, np.abs(m.closed).max((1, 2)), strict=True)
        ],
    )  # fmt: skip
