"""Choosing λ under the hand: boards whose plots are the λ slider. Strips of seeds are in `figures.choosing`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from wd_core.studies.choosing import Curves as Found
from wd_core.studies.choosing import Growth, Leakage
from wd_core.studies.selection import Flat, interval, mean_and_error, open_end
from wd_core.text import lambda_text
from wd_core.view.board import Axis, Board, Curves, Heat, Lines, Row, Rows, Series

LEAK_COLOURS = ("muted", "class 2", "class 3", "class 4")
"""By the share that leaked, none first."""
RULE_COLOURS = ("l1", "class 4", "muted", "class 6", "class 2", "class 3")
PALER = "the less colour, the better"


def lambda_axis(lambdas: np.ndarray) -> Axis:
    """The axis of all boards of the page."""
    return Axis("lambda", "λ", np.asarray(lambdas, float).tolist())


def u_board(
    found: Found, chosen: Mapping[str, np.ndarray], *, test: np.ndarray | None, loss_name: str, sentences: Sequence[str]
) -> Board:
    """Cross-validated loss with its error over λ; below it what each rule chooses, a dot a seed.

    `test` (S, L) is None while it is covered. A lowest at the end of the range says so.
    """
    colour, mean, error = found.experiment.penalty, np.nanmean(found.mean, 0), np.nanmean(found.error, 0)
    low, high = np.nanquantile(found.mean, [0.1, 0.9], axis=0)
    series = [
        Series("80 % of the seeds", np.full_like(mean, np.nan), low, high, colour="muted"),
        Series("cross-validated ± 1 SE over folds", mean, mean - error, mean + error, colour=colour, dash="cv"),
    ]
    if test is not None:
        series.append(Series("test", np.nanmean(test, 0), colour="class 4", dash="test"))
    least = int(np.nanargmin(mean))
    label = "lowest: range ends" if open_end(found.lambdas, mean) else "lowest"
    top = _loss_range([*(a for s in series for a in (s.y, s.low, s.high) if a is not None)])
    loss = Curves(
        title=f"{loss_name.capitalize()} on held-out rows", series=series, marks=[(label, least)], range=top[0],
        log=top[1], width="full", height=250, key="loss",
    )  # fmt: skip
    rows = []
    for (rule, indices), rule_colour in zip(chosen.items(), RULE_COLOURS, strict=False):
        places, counts = np.unique(indices[indices >= 0], return_counts=True)
        at = ", ".join(
            f"{lambda_text(found.lambdas[i])} for {c}" for i, c in zip(places, counts, strict=True)
        )  # fmt: skip
        rows.append(Row(rule, list(zip(places, counts, strict=True)), colour=rule_colour, said=f"{rule}: λ = {at}"))
    title = "What each rule chooses, a dot a seed"
    choices = Rows(  # names on the rows: then its λ axis stands under that of the curve
        title=title, rows=rows, width="full", height=52 + 26 * len(rows), key="choices", wide=False
    )  # fmt: skip
    return Board([lambda_axis(found.lambdas)], [loss, choices], sentences=sentences)


def flat_board(found: Found, ranges: Sequence[tuple[int, Flat]], sentences: Sequence[str]) -> Board:
    """For every seed the range of λ within one standard error of the least loss, as a bar, and the best λ in it."""
    best = dict(zip(found.experiment.seeds, found.chosen()["cross-validation"], strict=True))
    rows = []
    for seed, flat in ranges:
        said = f"seed {seed}: {lambda_text(flat.low)} to {lambda_text(flat.high)}"
        bar = (notch(found.lambdas, flat.low), notch(found.lambdas, flat.high))
        rows.append(
            Row(f"seed {seed}", [(best[seed], 1)], [bar], found.experiment.penalty, said)
        )  # fmt: skip
    title = "λ that cannot be told from the best (bar), and the best (dot)"
    panel = Rows(title=title, rows=rows, width="full", height=60 + 24 * len(rows), key="flat")
    return Board([lambda_axis(found.lambdas)], [panel], sentences=sentences)


def notch(lambdas: np.ndarray, lam: float) -> float:
    """Where λ > 0 stands on the axis, in notches: logarithmic between its neighbours."""
    above = np.flatnonzero(np.asarray(lambdas) > 0)
    return float(np.interp(np.log(lam), np.log(lambdas[above]), above))


def leak_board(found: Leakage, sentences: Sequence[str]) -> Board:
    """What one sees on a leaked test set beside the truth, by the share that leaked; and the gain of the chosen λ."""
    apparent, true = np.nanmean(found.apparent, 1), np.nanmean(found.true, 1)
    limits, log = _loss_range([apparent[:, 1:], true[:, 1:]])
    panels = []
    for losses, title, key in ((apparent, "What you see: the leaked test set", "seen"), (true, "The truth", "truth")):
        series = [
            Series(f"{100 * share:.0f} % leaked", row, colour=colour, dash="train" if share else "validation")
            for share, row, colour in zip(found.shares, losses, LEAK_COLOURS, strict=True)
        ]
        marks = [(f"least, {100 * found.shares[i]:.0f} %", int(np.nanargmin(losses[i]))) for i in (0, len(losses) - 1)]
        panels.append(
            Curves(title=title, series=series, marks=marks, range=limits, log=log, height=270, key=key)
        )  # fmt: skip
    gains = []
    looks = (("apparent", found.apparent, "class 4", "train"), ("true", found.true, "class 2", "validation"))
    for name, losses, colour, dash in looks:
        mean, low, high = np.array([interval(v) for v in found.gain(losses)]).T
        gains.append(Series(name, mean, low, high, colour=colour, dash=dash))
    panels.append(
        Lines(
            title="Gain of the chosen λ over λ = 0", x=100 * found.shares, series=gains, width="full", height=200,
            x_label="% of the test set in training", y_label="loss saved", key="gain",
        )
    )  # fmt: skip
    return Board([lambda_axis(found.lambdas)], panels, sentences=sentences)


def growth_board(found: Growth, penalty: str, sentences: Sequence[str]) -> Board:
    """True loss over λ for the number of examples where the hand is, and its distance from the least for all of them.

    The heat map is bare paper where the loss is least, in the light and in the dark: `PALER`.
    """
    mean, error = mean_and_error(found.test, axis=1)
    regrets = np.nanmean(found.test - np.nanmin(found.test, axis=2, keepdims=True), 1)
    top = max(float(np.nanquantile(regrets, 0.75)), 1e-12)
    limits, log = _loss_range([mean[:, 1:]])
    sizes = [str(n) for n in found.sizes]
    curve = Curves(
        title="Test loss ± 1 SE over seeds, at this number of examples", over=("examples",), range=limits, log=log,
        series=[Series("test", mean, mean - error, mean + error, colour=penalty)], width="full", height=220,
        marks=[("lowest", np.nanargmin(mean, 1)[:, None])], key="loss",
    )  # fmt: skip
    median = np.median(found.best(), axis=1)
    heat = Heat(
        title=f"Test loss above the least: {PALER}", values=regrets, rows=sizes, width="full", height=260,
        columns=[lambda_text(v) for v in found.lambdas], row_label="examples", column_label="λ",
        range=(0.0, top), control=("examples", "lambda"), key="growth", note="beyond the bar's end: that colour",
        overlays=[("median best λ", [(float(m), float(r)) for r, m in enumerate(median)])],
    )  # fmt: skip
    axes = [lambda_axis(found.lambdas), Axis("examples", "examples", sizes, "names", start=0)]
    return Board(axes, [curve, heat], sentences=sentences)


def _loss_range(drawn: Sequence[np.ndarray]) -> tuple[tuple[float, float], bool]:
    """Ends of an axis for these losses, and whether it is logarithmic: where the largest is 20 times the least."""
    values = np.concatenate([np.ravel(a) for a in drawn])
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if low > 0 and high > 20 * low:
        return (0.9 * low, 1.1 * high), True
    room = 0.05 * (high - low) or 0.5
    return (low - room, high + room), False
