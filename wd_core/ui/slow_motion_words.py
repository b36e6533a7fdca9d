"""What a stage of an update did to one weight, in a sentence."""

from __future__ import annotations

import numpy as np

from wd_core.experiment import Experiment
from wd_core.studies.slow_motion import STAGES, SlowMotion
from wd_core.text import number_text

TINY = 1e-12
"""What is smaller than this is rounding."""
NEAR = 0.1
"""Two pulls are all but balanced where they differ by less than this share of the larger."""


def sentence(s: SlowMotion, k: int, stage: str, j: int) -> str:
    """Of weight j at step k + 1."""
    return _WORDS[stage](s, k, j)


def signed(value: float) -> str:
    """+0.0123, −0.0123, 0."""
    return "0" if abs(value) < TINY else ("+" if value > 0 else "") + number_text(value)


def way(start: float, move: float) -> str:
    """Where a move takes a weight, as seen from zero."""
    if start * move >= 0:
        return "away from zero"
    return "towards zero" if abs(move) <= abs(start) else "through zero"


def _weight(s: SlowMotion, k: int, j: int) -> str:
    w, loss, decay = (float(a[k, j]) for a in (s.start, s.loss_pull, s.decay_pull))
    said = f"Before step {k + 1}, {s.names[j]} is {number_text(w)}."
    if w == 0 and s.end[k, j] == 0:
        t = number_text(s.threshold[k, j])
        return f"{said} It stays zero: the loss's pull, {signed(loss)}, is not above the threshold {t}."
    said += f" In this step the loss pulls it by {signed(loss)}, decay by {signed(decay)}: "
    if abs(decay) < TINY:
        return said + "the loss has it to itself."
    if loss * decay >= 0:
        return said + "both the same way."
    if abs(loss + decay) < NEAR * max(abs(loss), abs(decay)):
        return said + "all but balanced, it hardly moves."
    return said + f"{'the loss' if abs(loss) > abs(decay) else 'decay'} is stronger."


def _gradient(s: SlowMotion, k: int, j: int) -> str:
    w, g, move = (float(a) for a in (s.start[k, j], s.gradient[k, j], s.moves[k, 1, j]))
    if abs(g) < TINY:
        return "The loss's gradient is zero here: the loss does not pull at this weight."
    return f"The loss's gradient is {signed(g)}: downhill, −η·g = {signed(move)}, is {way(w, move)}."


def _added(s: SlowMotion, k: int, j: int) -> str:
    added, move, e = float(s.added[k, j]), float(s.moves[k, 2, j]), s.experiment
    said = f"Decay adds λ·w = {signed(added)} to the gradient: another {signed(move)}, {way(s.start[k, j], move)}"
    if e.optimizer == "sgd":
        return f"{said}. That is {_pace(e)}."
    return f"{said}. It goes through the optimiser with the rest."


def _optimizer(s: SlowMotion, k: int, j: int) -> str:
    asked, made = float(s.moves[k, 1:3, j].sum()), float(s.moves[k, 1:4, j].sum())
    becomes = f"the move of {signed(asked)} becomes {signed(made)}"
    match s.experiment.optimizer:
        case "sgd":
            return f"SGD takes the gradient as it is: the move stays {signed(made)}."
        case "momentum" if k == 0:
            return f"Momentum has no earlier step to remember: the move stays {signed(made)}."
        case "momentum":
            return f"Momentum adds 0.9 of its last direction: {becomes}."
    if abs(asked) < TINY:
        return f"Adam still remembers earlier gradients: {becomes}."
    return f"Adam divides its mean gradient by the gradient's usual size at this weight: {becomes}."


def _beside(s: SlowMotion, k: int, j: int) -> str:
    move = signed(float(s.moves[k, 4, j]))
    return f"Beside the optimiser, whatever the gradient, decay moves it by {move}: {_pace(s.experiment)}."


def _prox(s: SlowMotion, k: int, j: int) -> str:
    e, t = s.experiment, float(s.threshold[k, j])
    before = float(s.start[k, j] + s.moves[k, 1:5, j].sum())
    over = {"sgd": "", "momentum": "/(1 − μ)", "adam": "/(√v̂ + ε)"}[e.optimizer] if e.decay == "coupled" else ""
    limit = f"the threshold η·λ{over} = {number_text(t)}"
    if s.end[k, j] == 0:
        return f"|w| = {number_text(abs(before))} is not above {limit}: the weight is exactly zero."
    left = number_text(float(s.end[k, j]))
    return f"{limit[0].upper()}{limit[1:]} is taken off |w| = {number_text(abs(before))}: {left} is left."


def _pace(e: Experiment) -> str:
    """The share of a weight that decay takes at each step, where nothing changes it on the way, and its half-life."""
    share = e.lr * e.lambdas[0]
    steps = number_text(float(-np.log(2) / np.log1p(-share)), 2)
    return f"η·λ = {100 * share:.2g} % of the weight; decay alone would halve it in {steps} steps"


_WORDS = dict(zip(STAGES, (_weight, _gradient, _added, _optimizer, _beside, _prox), strict=True))
