"""Boards beyond accuracy: calibration, disturbed examples, drift, mistakes. Arrays → Board and sentences; no Streamlit.

Bands and intervals are 95 % t intervals over seeds; every difference is paired by seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wd_core.history import History
from wd_core.studies import calibration as cal
from wd_core.studies import robustness as rob
from wd_core.studies.evidence import Paired, mean_interval
from wd_core.studies.predictions import at_chosen, chosen, labels_of, probabilities
from wd_core.studies.selection import best_lambda
from wd_core.text import lambda_text, number_text
from wd_core.view.board import Axis, Bars, Board, Curves, Heat, Lines, Readout, Series

Progress = Callable[[float], None]
FLATTEST = 3000
"""The steepest slope over the least that is drawn: a model that says the same of everything has none, and log 0 has no
place."""
TYPICAL = 0.5
"""Noise that sentences speak of, in standard deviations; for words the nearest share of letters."""


@dataclass(frozen=True)
class View:
    """A training and the part of the data that is looked at."""

    h: History
    part: str

    @property
    def lambdas(self) -> list[float]:
        return self.h.lambdas.tolist()

    @property
    def score(self) -> str:
        return "R²" if self.h.target.is_regression else "accuracy"

    @property
    def words(self) -> bool:
        return self.h.experiment.source.kind == "tokens"

    @cached_property
    def best(self) -> int:
        return best_lambda(self.h.validation_loss[:, :, -1].mean(1))

    @property
    def axis(self) -> Axis:
        return Axis("lambda", "λ", self.lambdas, start=max(self.best, 0))

    @property
    def marks(self) -> list[tuple[str, int]]:
        return [("least validation loss", self.best)]

    def paired(self, values: np.ndarray) -> Paired:
        """Of values (L, S): at the λ that validation chose for each seed, less λ = 0."""
        return Paired(at_chosen(values, chosen(self.h)) - values[0])

    def score_text(self, value: float) -> str:
        return number_text(value, 2) if self.h.target.is_regression else f"{100 * value:.1f} %"

    def difference(self, paired: Paired) -> str:
        """Of scores."""
        return difference(paired) if self.h.target.is_regression else difference(paired, 100, " points", 1)


def difference(paired: Paired, scale: float = 1, unit: str = "", digits: int = 3) -> str:
    """Mean and interval; of one seed the difference alone."""
    mean, low, high = (
        f"{round(scale * v, digits) + 0.0:+.{digits}f}".replace("-", "−") for v in (paired.mean, *paired.interval)
    )
    return f"{mean}{unit} (one seed)" if len(paired.known) < 2 else f"{mean} [{low}, {high}]{unit}"


def told(paired: Paired, up: str, down: str, same: str = "not to be told from λ = 0") -> str:
    """What the interval says: wholly above zero, wholly below, or neither."""
    low, high = paired.interval
    return up if low > 0 else down if high < 0 else same


def band(name: str, values: np.ndarray, colour: str = "l2", dash: str = "train") -> Series:
    """values (…, S) → mean over seeds and its interval; no band for one seed."""
    mean, low, high = mean_interval(values)
    ends = {} if np.isnan(low).all() else {"low": low, "high": high}
    return Series(name, mean, colour=colour, dash=dash, **ends)


def by(values: np.ndarray, axis: int) -> np.ndarray:
    """(amounts, L, S) → (L, amounts, S) or as it is: what a series over the other axis needs."""
    return np.moveaxis(values, axis, -2)


def gains(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """values (…, L, S) → mean and interval (…, L) of the differences to λ = 0, paired."""
    return mean_interval(values - values[..., :1, :])


def reach(mean: np.ndarray, high: np.ndarray) -> tuple[float, float]:
    """A range for gains: as far down as up, so that a λ at which all is lost does not flatten the others."""
    best = np.where(np.isnan(high), mean, high)
    top = 1.1 * max(0.02, float(np.nanmax(best)) if np.isfinite(best).any() else 0.0)
    return -top, top


def span_of(values: np.ndarray) -> tuple[float, float]:
    """A range for scores: from the least to the greatest mean; R² may be far below zero."""
    mean = mean_interval(values)[0]
    return float(max(np.nanmin(mean), -1.0)), float(min(np.nanmax(mean) + 0.02, 1.0))


# -------------------------------------------------------------------- calibration


def calibration(view: View, report: Progress) -> Board:
    """Reliability at the λ under the hand, and the expected calibration error over λ."""
    h, y = view.h, labels_of(view.h, view.part)
    p = probabilities(h, view.part)
    confidence, right = cal.confidence_of(p), cal.right_of(p, y)
    report(0.3)
    each = cal.reliability(confidence, right)
    pooled = cal.reliability(confidence.reshape(len(p), -1), right.reshape(len(p), -1))
    floor = cal.expected_if_calibrated(confidence)
    report(0.8)
    low, high = np.arange(cal.BINS) / cal.BINS, np.arange(1, cal.BINS + 1) / cal.BINS
    bins = [f"{100 * a:.0f}–{100 * b:.0f} %" for a, b in zip(low, high, strict=True)]
    first = int(np.flatnonzero(np.nansum(pooled.share, 0) > 0)[0])
    still = np.broadcast_to(pooled.accuracy[:1], pooled.accuracy.shape)
    still_x = np.broadcast_to(pooled.confidence[:1], still.shape)
    losses = [band("validation", h.validation_loss[:, :, -1], dash="validation")]
    losses += [band("test", h.test_loss[:, :, -1], dash="test")] * (view.part == "test")
    top = float(np.nanmax([np.nanmean(h.validation_loss[0, :, -1]), np.log(h.target.outputs + 1)])) * 1.3
    return Board(
        [view.axis],
        [
            Curves(title="Expected calibration error over λ", height=200, marks=view.marks,
                   series=[band(f"measured, {view.part} part", each.error, dash=view.part),
                           band("of a calibrated model", floor, "muted")]),
            Curves(title="Loss over λ", height=200, series=losses, marks=view.marks, range=(0.0, top)),
            Lines(title="Reliability at this λ", over=("lambda",), height=280, range=(0.0, 1.0), range_x=(0.0, 1.0),
                  x_label="confidence", y_label="share that is right", reference=[(0, 0), (1, 1)],
                  reference_name="calibrated",
                  series=[Series("λ = 0", still, colour="muted", dash="validation", x=still_x),
                          Series("this λ", pooled.accuracy, x=pooled.confidence),
                          Series("", pooled.accuracy, x=pooled.confidence, dots=True)]),
            Bars(title="How sure it is", over=("lambda",), height=280, names=bins[first:], colour="l2", form="percent",
                 values=pooled.share[:, first:], y_label="share of the predictions"),
        ],
        [
            Readout("expected calibration error", mean_interval(each.error)[0], ("lambda",)),
            Readout("mean confidence", mean_interval(confidence.mean(-1))[0], ("lambda",), "percent"),
            Readout(f"accuracy, {view.part}", mean_interval(right_or_nan(p, right))[0], ("lambda",), "percent"),
        ],
        sentences=[_calibration_words(view, each, i) for i in range(len(h.lambdas))],
    )  # fmt: skip


def right_or_nan(p: np.ndarray, right: np.ndarray) -> np.ndarray:
    """(L, S): accuracy; NaN of a run that diverged."""
    return np.where(np.isnan(p).any((-1, -2)), np.nan, right.mean(-1))


def _calibration_words(view: View, r: cal.Reliability, i: int) -> str:
    over = Paired(r.overconfidence[i])
    sure = told(over, "surer than it is right", "less sure than it is right", "about as sure as it is right")
    said = f"At λ = {lambda_text(view.lambdas[i])} the model is {sure}: confidence less accuracy "
    said += f"{difference(over, 100, ' points', 1)}."
    if i:
        change = Paired(r.error[i] - r.error[0])
        what = told(change, "larger than at λ = 0", "smaller than at λ = 0")
        said += f" Its calibration error is {what} ({difference(change)})."
    return said


def calibration_measured(view: View) -> list[str]:
    """At the chosen λ, on the part."""
    p, y = probabilities(view.h, view.part), labels_of(view.h, view.part)
    right = cal.right_of(p, y)
    error, hits = view.paired(cal.reliability(cal.confidence_of(p), right).error), view.paired(right_or_nan(p, right))
    loss = view.paired(view.h.test_loss[:, :, -1])
    return [
        f"expected calibration error {told(error, 'larger than', 'smaller than', 'not to be told from that')} at "
        f"λ = 0: {difference(error)}",
        f"accuracy {told(hits, 'higher', 'lower', 'not to be told from that at λ = 0')}: {view.difference(hits)}",
        f"loss {told(loss, 'higher', 'lower', 'not to be told from that at λ = 0')}: {difference(loss)}",
    ]


# -------------------------------------------------------------------- robustness


def robustness(view: View, report: Progress) -> Board:
    """Scores under noise and shift, and the mean norm of the Jacobian."""
    h, e = view.h, view.h.experiment
    amounts = rob.noise_amounts(e)
    under = rob.noise_scores(h, view.part)
    report(0.4)
    shift = rob.shift_scores(h, view.part) if rob.is_picture(e) else None
    report(0.6)
    norms = {of: rob.jacobian_norm(h, view.part, of) for of in ("scores", "probabilities")}
    if h.target.is_regression:
        norms = {"scores": norms["scores"]}
    report(0.95)
    clean = np.broadcast_to(under[:1], under.shape)
    over_lambda = [band("undisturbed", clean, "muted", view.part), band("under noise", under, dash=view.part)]
    stack, names = [clean, under], ["undisturbed", "under noise"]
    if shift is not None:
        moved = np.broadcast_to(shift, under.shape)
        over_lambda.append(band("moved by one pixel", moved, "l1", view.part))
        stack, names = [*stack, moved], [*names, "moved by one pixel"]
    mean, low, high = (np.moveaxis(v, 0, -1) for v in gains(np.stack(stack)))  # (amounts, L, names)
    ends = {} if np.isnan(low).all() else {"low": low, "high": high}
    at_zero = np.broadcast_to(by(under, 0)[:1], by(under, 0).shape)
    span = span_of(np.stack(stack))
    unit = "share of the letters" if view.words else "standard deviations"
    steepest = max(1e-9, *(float(np.nanmax(mean_interval(v)[0])) for v in norms.values()))
    colours = {"scores": "l2", "probabilities": "decoupled"}
    label = {"scores": "of the predictions" if h.target.is_regression else "of the scores",
             "probabilities": "of the probabilities"}  # fmt: skip
    return Board(
        [view.axis, Axis("noise", f"noise, {unit}", list(amounts), "linear", amounts.index(_typical(view)))],
        [
            Curves(title=f"{view.score.capitalize()} over λ, {view.part} part", over=("noise",), height=220,
                   series=over_lambda, marks=view.marks, range=span),
            Curves(title="Over the noise", axis="noise", over=("lambda",), height=220, range=span,
                   series=[band("λ = 0", at_zero, "muted", "validation"), band("this λ", by(under, 0))]),
            Curves(title="How far the output moves with the input", log=True, height=220, y_label="mean ‖∂f/∂x‖",
                   series=[band(label[of], v, colours[of]) for of, v in norms.items()], marks=view.marks,
                   range=(steepest / FLATTEST, 1.3 * steepest)),
            Bars(title="Gain over λ = 0", over=("noise", "lambda"), names=names, values=mean, height=220, **ends,
                 range=reach(mean, high),
                 form="three" if h.target.is_regression else "percent", y_label=view.score),
        ],
        sentences=[_robust_words(view, under, norms["scores"], i) for i in range(len(h.lambdas))],
    )  # fmt: skip


def _typical(view: View) -> float:
    amounts = rob.noise_amounts(view.h.experiment)
    return 0.2 if view.words else min(amounts, key=lambda a: abs(a - TYPICAL))


def _noise_text(view: View) -> str:
    return "one letter in five replaced" if view.words else f"noise of {_typical(view):g} standard deviations"


def _robust_words(view: View, under: np.ndarray, norms: np.ndarray, i: int) -> str:
    noisy = under[rob.noise_amounts(view.h.experiment).index(_typical(view))]
    said = f"At λ = {lambda_text(view.lambdas[i])}, {_noise_text(view)}: {view.score} "
    said += f"{view.score_text(np.nanmean(noisy[i]))}, undisturbed {view.score_text(np.nanmean(under[0, i]))}."
    if i:
        change, factor = Paired(noisy[i] - noisy[0]), _ratio(norms[i], norms[0])
        what = told(change, "more than at λ = 0", "less than at λ = 0")
        said += f" Under noise that is {what} ({view.difference(change)}). The output moves {factor} as far with the "
        said += "input as at λ = 0."
    return said


def _ratio(above: np.ndarray, below: np.ndarray) -> str:
    """Geometric mean of the ratios and its interval."""
    with np.errstate(all="ignore"):
        logs = Paired(np.log(np.maximum(above, 1e-12)) - np.log(np.maximum(below, 1e-12)))
    mean, low, high = (number_text(float(np.exp(v)), 2) for v in (logs.mean, *logs.interval))
    return f"{mean} times" if len(logs.known) < 2 else f"{mean} [{low}, {high}] times"


def robustness_measured(view: View) -> list[str]:
    """At the chosen λ, on the part."""
    h, e = view.h, view.h.experiment
    clean, noisy = rob.noise_scores(h, view.part, (0.0, _typical(view)))
    arms = {_noise_text(view): noisy} | ({"moved by one pixel": rob.shift_scores(h, view.part)} if rob.is_picture(e)
                                         else {})  # fmt: skip
    said = []
    for name, values in arms.items():
        under, lost = view.paired(values), view.paired(clean - values)
        said.append(
            f"{name}: {view.score} {told(under, 'higher than', 'lower than', 'not to be told from that')} at λ = 0, "
            f"{view.difference(under)}; what is lost of the undisturbed {view.score} "
            f"{told(lost, 'grows', 'falls', 'is not to be told from before')}, {view.difference(lost)}"
        )
    norms = rob.jacobian_norm(h, view.part)
    said.append(f"the output moves {_ratio(at_chosen(norms, chosen(h)), norms[0])} as far with the input")
    return said


# -------------------------------------------------------------------- drift


def drift(view: View, how: str, report: Progress) -> Board:
    """Scores along a stream that moves away."""
    h, amounts = view.h, rob.drift_amounts(view.h.experiment)
    along = rob.drift_scores(h, view.part, how)
    report(0.9)
    whole = along.mean(0)  # (L, S): over the whole stream
    first, everywhere = np.broadcast_to(along[:1], along.shape), np.broadcast_to(whole, along.shape)
    mean, low, high = (np.moveaxis(v, 0, -1) for v in gains(np.stack([first, along, everywhere])))
    ends = {} if np.isnan(low).all() else {"low": low, "high": high}
    over_steps, span = by(along, 0), span_of(along)
    at_zero = np.broadcast_to(over_steps[:1], over_steps.shape)
    unit = "share of the alphabet" if view.words else "standard deviations"
    return Board(
        [view.axis, Axis("step", f"moved by, {unit}", list(amounts), "linear", 2)],
        [
            Curves(title=f"{view.score.capitalize()} along the stream", axis="step", over=("lambda",), height=220,
                   range=span, series=[band("λ = 0", at_zero, "muted", "validation"), band("this λ", over_steps)]),
            Curves(title="At this step, over λ", over=("step",), height=220, range=span, marks=view.marks,
                   series=[band("before it moved", first, "muted", view.part),
                           band("at this step", along, dash=view.part)]),
            Curves(title="Mean over the whole stream", height=200, marks=view.marks,
                   series=[band(f"{view.score}, {view.part} part", whole, dash=view.part)]),
            Bars(title="Gain over λ = 0", over=("step", "lambda"), values=mean, range=reach(mean, high),
                 names=["before it moved", "this step", "whole stream"], height=200, **ends, y_label=view.score,
                 form="three" if h.target.is_regression else "percent"),
        ],
        sentences=[_drift_words(view, along, whole, i) for i in range(len(h.lambdas))],
    )  # fmt: skip


def _drift_words(view: View, along: np.ndarray, whole: np.ndarray, i: int) -> str:
    start, end = (view.score_text(np.nanmean(along[k, i])) for k in (0, -1))
    said = f"At λ = {lambda_text(view.lambdas[i])} {view.score} goes from {start} to {end} along the stream."
    if i:
        change = Paired(whole[i] - whole[0])
        what = told(change, "higher than at λ = 0", "lower than at λ = 0")
        said += f" Its mean over the stream is {what} ({view.difference(change)})."
    return said


def drift_measured(view: View, how: str) -> list[str]:
    """At the chosen λ, on the part."""
    along = rob.drift_scores(view.h, view.part, how)
    clean, whole, lost = (view.paired(v) for v in (along[0], along.mean(0), along[0] - along.mean(0)))
    return [
        f"before the stream moves, {view.score} {told(clean, 'higher', 'lower', 'not to be told from that at λ = 0')}: "
        f"{view.difference(clean)}",
        f"mean over the stream {told(whole, 'higher', 'lower', 'not to be told from that at λ = 0')}: "
        f"{view.difference(whole)}",
        f"what drift takes away {told(lost, 'grows', 'shrinks', 'is not to be told from that at λ = 0')}: "
        f"{view.difference(lost)}",
    ]


# -------------------------------------------------------------------- mistakes


def mistakes(view: View, report: Progress) -> Board:
    """Confusion matrix at the λ under the hand, beside λ = 0; and what each class gained."""
    names = view.h.experiment.source.class_names
    shares = _confusion(view)
    report(0.9)
    pooled = np.nanmean(shares, axis=1)  # (L, C, C)
    recall = np.moveaxis(np.diagonal(shares, axis1=-2, axis2=-1), -1, 0)  # (C, L, S)
    mean, low, high = (np.moveaxis(v, 0, -1) for v in gains(recall))
    ends = {} if np.isnan(low).all() else {"low": low, "high": high}
    say = {"rows": names, "columns": names, "row_label": "true class", "column_label": "said", "form": "percent",
           "range": (0.0, 1.0), "numbers": True, "height": 320}  # fmt: skip
    return Board(
        [view.axis],
        [
            Heat(title="This λ", values=pooled, over=("lambda",), **say),
            Heat(title="λ = 0", values=pooled[0], **say),
            Bars(title="Gain of each class over λ = 0", over=("lambda",), names=names, values=mean, **ends,
                 range=reach(mean, high), width="full", height=200, form="percent", y_label="share recognised"),
        ],
        sentences=[_mistake_words(view, pooled, recall, i) for i in range(len(view.lambdas))],
    )  # fmt: skip


def _confusion(view: View) -> np.ndarray:
    """(L, S, C, C): shares of each true class."""
    counts = cal.confusion(probabilities(view.h, view.part), labels_of(view.h, view.part))
    with np.errstate(invalid="ignore", divide="ignore"):
        return counts / counts.sum(-1, keepdims=True)


def _mistake_words(view: View, pooled: np.ndarray, recall: np.ndarray, i: int) -> str:
    names, off = view.h.experiment.source.class_names, pooled[i] * (1 - np.eye(len(pooled[i])))
    if not np.isfinite(off).any():
        return f"At λ = {lambda_text(view.lambdas[i])} every run diverged."
    t, c = np.unravel_index(np.nanargmax(off), off.shape)
    said = f"At λ = {lambda_text(view.lambdas[i])} the most frequent mistake is {names[t]}, called {names[c]} in "
    said += f"{100 * off[t, c]:.0f} % of its cases (λ = 0: {100 * pooled[0, t, c]:.0f} %)."
    if not np.nanmax(off):
        said = f"At λ = {lambda_text(view.lambdas[i])} it makes no mistake."
    if i:
        changes = [Paired(v[i] - v[0]) for v in recall]
        up = [n for n, p in zip(names, changes, strict=True) if p.interval[0] > 0]
        down = [n for n, p in zip(names, changes, strict=True) if p.interval[1] < 0]
        said += f" Better than at λ = 0: {', '.join(up) or 'no class for certain'}; worse: "
        said += f"{', '.join(down) or 'no class for certain'}."
    return said


def mistakes_measured(view: View) -> list[str]:
    """At the chosen λ, on the part."""
    recall, names = np.diagonal(_confusion(view), axis1=-2, axis2=-1), view.h.experiment.source.class_names
    each = {name: view.paired(recall[..., k]) for k, name in enumerate(names)}
    worst = view.paired(recall.min(-1))
    return [
        f"the worst class's share recognised {told(worst, 'higher', 'lower', 'not to be told from that at λ = 0')}: "
        f"{view.difference(worst)}",
        "certainly better: " + (", ".join(n for n, p in each.items() if p.interval[0] > 0) or "no class"),
        "certainly worse: " + (", ".join(n for n, p in each.items() if p.interval[1] < 0) or "no class"),
    ]
