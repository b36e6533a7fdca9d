"""The page on detection: a detector of digits, λ and the threshold under the hand; then over many seeds."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from wd_core.studies import detection as study
from wd_core.studies.boxes import FOUND, OVERLAP, precision_recall
from wd_core.studies.detection import LAMBDAS, TEST_SCENES, THRESHOLD, WINDOWS, Measured, Shown
from wd_core.studies.evidence import Paired
from wd_core.studies.scenes import DIGITS_PER_SCENE, SIDE
from wd_core.studies.selection import best_lambda, median_lambda
from wd_core.text import lambda_text
from wd_core.ui.boards import BOUND, band, show_board
from wd_core.ui.measured import ARM_NAMES, SEEDS, by_column, interval_text, when_asked
from wd_core.ui.shared import Progress
from wd_core.view.board import Axis, Bars, Board, Curves, Lines, Panel, Readout, Scene, Series

LABELS = {"wrong": "20 % wrong labels", "true": "true labels"}
THRESHOLDS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999)
RECALLS = np.linspace(0, 1, 41)


def show() -> None:
    """The whole page below its title."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        labels = st.segmented_control(
            "Labels of the training windows", list(LABELS), default="wrong", format_func=LABELS.get,
            key="detection_labels", required=True, **BOUND,
        )  # fmt: skip
        seed = st.selectbox("Seed", SEEDS, key="detection_seed", width=120, **BOUND)
    show_board("detection", (labels, seed), partial(seen_board, labels, seed), "Training one seed")
    st.caption(
        f"A CNN as on the page on images learns from {WINDOWS['train']} windows of {SIDE} × {SIDE} pixels, half of "
        f"them with a digit, {LABELS[labels]}; then it looks at every second window of a scene, both ways. Real "
        "digits, real clutter: scikit-learn's digits on its two photographs, the livelier pieces of them. A box "
        f"that overlaps a higher one (intersection over union beyond {OVERLAP:g}) is dropped; one has found a digit if "
        f"that share is at least {FOUND:g}, and each digit is found once: of two boxes at one digit, one is a false "
        "alarm. All here is of the validation part. A seed deals the photographs' strips "
        "and the digits to training, validation and test, and no part sees another's: some deals are much easier than "
        "others. The curve of precision shows at each recall the best precision at that recall or beyond."
    )
    st.header("Over many seeds", anchor=False)
    cost = study.SECONDS_PER_SEED * len(SEEDS)
    make = partial(study.measure, labels, SEEDS)
    if (m := when_asked("detection", labels, make, cost, len(SEEDS) * len(LAMBDAS), at_once=True)) is not None:
        over_seeds(labels, m)


def over_seeds(labels: str, m: Measured) -> None:
    """What was measured."""
    st.markdown(verdict(m))
    middle = median_lambda(m.lam["decay"])
    show_board("detection-measured", (labels, SEEDS), lambda progress: measured_board(m), at=middle)
    st.container(key="wide-table-detection").markdown(table(m))
    st.caption(
        f"Test part: {WINDOWS['test']} windows, and {TEST_SCENES} scenes of {DIGITS_PER_SCENE} digits, for each seed. "
        "λ is chosen for each seed by the loss on validation windows, no scene helps to choose it; differences are "
        "paired by seed, with 95 % t intervals. False alarms and digits found: boxes of probability "
        f"{THRESHOLD:g} and more. Average precision: the area under precision over recall, all scenes of a seed "
        "together. Stopped early: the recorded step of least loss on validation windows, at λ = 0; both: λ and step "
        "chosen together."
    )


# -------------------------------------------------------------------- under the hand


def seen_board(labels: str, seed: int, progress: Progress) -> Board:
    """One seed's detector at every λ and threshold, over the scenes that are shown."""
    s = study.look(seed, labels, progress)
    n, total = len(s.scenes.pictures), s.found.total
    precision = s.found.average_precision()
    right, alarms = (np.stack(a, -1) for a in zip(*(s.found.at(t) for t in THRESHOLDS), strict=True))
    with np.errstate(all="ignore"):
        exact = np.where(right + alarms, right / (right + alarms), np.nan)
    accuracy, loss = s.history.validation_score[:, 0, -1], s.history.validation_loss[:, 0, -1]
    third = {"width": "third", "height": 190}
    both = (Series("accuracy, windows", accuracy, colour="none"),
            Series("average precision, scenes", precision, colour="l2"))  # fmt: skip
    low = min(0.5, float(precision.min()))
    over = ("lambda", "threshold")
    curve = np.repeat(precision_curves(s)[:, None], len(THRESHOLDS), 1)
    panels: list[Panel] = [
        Curves(title="Windows and scenes over λ", series=both, range=(low, 1.0), **third),
        Curves(title="Boxes over the threshold", axis="threshold", over=("lambda",), range=(0.0, 1.0), **third,
               series=[Series("precision", exact, colour="l2"),
                       Series("digits found", right / total, colour="none", dash="validation")]),
        Lines(title="Precision over recall", x=RECALLS, over=over, x_label="recall", y_label="precision",
              range=(0.0, 1.0), range_x=(0.0, 1.0), **third,
              series=[Series("every threshold", curve, colour="l2"),
                      Series("this one", exact[..., None], x=right[..., None] / total, colour="ink", dots=True)]),
        *_pictures(s),
        Curves(title="False alarms per scene at this threshold", over=("threshold",), height=150,
               series=[Series("", (alarms / n).T, colour="l2")]),
        Curves(title="Loss on validation windows", series=[Series("", loss, colour="none", dash="validation")],
               height=150, marks=[("lowest", best_lambda(loss))]),
    ]  # fmt: skip
    return Board(
        [Axis("lambda", "λ", list(LAMBDAS), start=0),
         Axis("threshold", "threshold", list(THRESHOLDS), "log", start=THRESHOLDS.index(0.5)),
         Axis("scene", "scene", [str(i + 1) for i in range(n)], "names", start=0)],
        panels,
        readouts=[
            Readout("accuracy, windows", accuracy, ("lambda",), "percent"),
            Readout("average precision", precision, ("lambda",), "percent"),
            Readout(f"digits found, of {total}", right.astype(float), over, "count"),
            Readout("false alarms per scene", alarms / n, over),
        ],
        sentences=[
            f"At λ = {lambda_text(lam)} the CNN is right on {100 * accuracy[i]:.1f} % of {WINDOWS['validation']} "
            f"windows, and its average precision in {n} scenes is {100 * precision[i]:.0f} %. Drag λ, then the "
            "threshold, and look at another scene."
            for i, lam in enumerate(LAMBDAS)
        ],
    )  # fmt: skip


def _pictures(s: Shown) -> list[Scene]:
    """How sure the detector is in each window, and its boxes."""
    size = len(LAMBDAS), len(s.scenes.pictures)
    pictures = np.broadcast_to(s.scenes.pictures, (*size, *s.scenes.pictures.shape[1:]))
    truth = np.broadcast_to(s.scenes.places, (*size, *s.scenes.places.shape[1:]))
    box = s.found.box
    corners = np.where(box[..., None] >= 0, study.CORNERS.reshape(-1, 2)[box], -1)
    shared = {"values": pictures, "truth": truth, "over": ("lambda", "scene"), "side": SIDE, "height": 300}
    return [
        Scene(title="How sure of a digit, window by window", shares=study.probability(s.scores), step=study.STRIDE,
              note="the more colour, the surer", **shared),
        Scene(title="Boxes above the threshold", boxes=corners, scores=s.found.probability,
              right=s.found.hit, threshold="threshold", **shared),
    ]  # fmt: skip


def precision_curves(s: Shown) -> np.ndarray:
    """(L, recalls) the best precision at each recall or beyond; NaN beyond the last digit found."""
    found = np.full((len(LAMBDAS), len(RECALLS)), np.nan)
    for i in range(len(LAMBDAS)):
        there = s.found.box[i] >= 0
        _, precision, recall = precision_recall(s.found.score[i][there], s.found.hit[i][there], s.found.total)
        best = np.maximum.accumulate(precision[::-1])[::-1]
        at = np.searchsorted(recall, RECALLS - 1e-9)
        found[i, at < len(recall)] = best[at[at < len(recall)]]
    return found


# -------------------------------------------------------------------- over seeds


def gain_text(values: np.ndarray) -> str:
    """Mean and interval of differences of shares (S,), in points."""
    return f"{interval_text(Paired(100 * values), 'score')} points"


def winner(values: np.ndarray) -> str:
    """Which is better, decay or early stopping, that differ by `values` (S,), as far as the interval tells."""
    low, high = Paired(values).interval
    ahead = "decay is ahead" if low > 0 else "early stopping is ahead"
    return ahead if low > 0 or high < 0 else "neither can be called the winner"


def verdict(m: Measured) -> str:
    """What decay gained on windows and in scenes, over λ = 0 and over early stopping, as the intervals say."""
    windows, scenes = Paired(m.gain("accuracy", "decay")), Paired(m.gain("precision", "decay"))
    more = m.gain("precision", "decay") - m.gain("accuracy", "decay")
    low, high = Paired(more).interval
    which = "moves more" if low > 0 else "moves less" if high < 0 else "cannot be told to move more"
    parts = [
        f"On windows, accuracy {_moved(windows)} ({gain_text(windows.differences)}); in scenes, average precision "
        f"{_moved(scenes)} ({gain_text(scenes.differences)}): average precision {which} than accuracy "
        f"({gain_text(more)}).",
        f"At probability {THRESHOLD:g}, decay changes the false alarms per scene by "
        f"{interval_text(Paired(-m.gain('alarms', 'decay')), 'score')} and the digits found by "
        f"{gain_text(m.gain('recall', 'decay'))}.",
    ]
    against = {"average precision": m.gain("precision", "decay", "early"),
               "accuracy": m.gain("accuracy", "decay", "early")}  # fmt: skip
    rival = [f"in {name} {winner(g)} ({gain_text(g)})" for name, g in against.items()]
    loss = Paired(m.gain("loss", "decay"))
    if loss.verdict == "holds" and windows.verdict != "holds" and scenes.verdict != "holds":
        parts.append(
            f"On windows its loss falls ({interval_text(loss, 'loss')}, above zero is better): as far as these seeds "
            "can tell, decay helps how sure the detector is and not what it gets right."
        )
    return f"**Decay against none.** {' '.join(parts)} **Against early stopping**, {'; '.join(rival)}."


def _moved(p: Paired) -> str:
    low, high = p.interval
    return "rises" if low > 0 else "falls" if high < 0 else "cannot be told to move"


def measured_board(m: Measured) -> Board:
    """Curves over λ and gains, over all seeds."""
    scenes, windows = m.average_precision, m.window_accuracy
    low = min(0.5, float(scenes.mean(1).min()))
    arms = ("decay", "early", "both")
    third = {"width": "third", "height": 210}
    bars = []
    for what, title, scale, unit in (
        ("accuracy", "Gain in accuracy on windows", 100, "points"),
        ("precision", "Gain in average precision", 100, "points"),
        ("alarms", "Fall of the false alarms per scene", 1, ""),
    ):  # fmt: skip
        every = [Paired(scale * m.gain(what, arm)) for arm in arms]
        mean, least, most = (np.array(v) for v in zip(*((p.mean, *p.interval) for p in every), strict=True))
        bars.append(Bars(title=title, names=[ARM_NAMES[arm] for arm in arms], values=mean, low=least, high=most,
                         y_label=unit, **third))  # fmt: skip
    reach = max(abs(float(v)) for b in bars[:2] for v in (*b.low, *b.high))
    bars[:2] = [Bars(**{**vars(b), "range": (-reach, reach)}) for b in bars[:2]]
    loss = m.validation_loss
    panels: list[Panel] = [
        Curves(title="Windows and scenes", range=(low, 1.0), **third,
               series=[band("accuracy, windows", windows, "none", dash="test"),
                       band("average precision, scenes", scenes, "l2", dash="test")]),
        Curves(title="Loss on validation windows, over seeds", series=[band("", loss, "none")], **third,
               range=(0.0, float(loss.mean(1).max() * 1.1)), marks=[("lowest", best_lambda(loss.mean(1)))]),
        Curves(title=f"False alarms per scene, at {THRESHOLD:g}", **third,
               series=[band("", m.alarms, "l2", dash="test")]),
    ]  # fmt: skip
    sentences = [
        f"At λ = {lambda_text(lam)}, means over {len(loss[i])} seeds: accuracy on windows "
        f"{100 * windows[i].mean():.1f} %, average precision in scenes {100 * scenes[i].mean():.1f} %, "
        f"{m.alarms[i].mean():.2f} false alarms per scene, {100 * m.recall[i].mean():.0f} % of the digits found."
        for i, lam in enumerate(LAMBDAS)
    ]
    return Board([Axis("lambda", "λ", list(LAMBDAS))], [*panels, *bars], sentences=sentences)


def table(m: Measured) -> str:
    """Markdown: every arm's means on the test part, a column each, for a phone."""
    mean = {name: {what: float(values.mean()) for what, values in arm.items()} for name, arm in m.arms.items()}
    rows = {
        "λ, median": lambda name: lambda_text(median_lambda(m.lam[name])),
        "accuracy, windows": lambda name: f"{100 * mean[name]['accuracy']:.1f} %",
        "loss, windows": lambda name: f"{mean[name]['loss']:.3f}",
        "average precision": lambda name: f"{100 * mean[name]['precision']:.1f} %",
        "false alarms a scene": lambda name: f"{mean[name]['alarms']:.2f}",
        "digits found": lambda name: f"{100 * mean[name]['recall']:.0f} %",
    }
    return by_column("arm", {name: ARM_NAMES[name] for name in mean}, rows)
