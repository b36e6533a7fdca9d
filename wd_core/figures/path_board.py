"""The page of paths as a board: a column a penalty, all of it under one λ, which one drags on any plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from wd_core.datasets import DATASETS
from wd_core.figures import style
from wd_core.studies.paths import PENALTIES, Arm, Study
from wd_core.view.board import Axis, Board, Curves, Panel, Series, Words

LOSS_NAMES = {"train": "training", "validation": "validation", "test": "test", "cv": "cross-validation"}
TALL, MIDDLE, LOW = 232, 200, 96
"""Heights of the plots: weights and errors stand on a projector's first screen."""
HUES = tuple(f"class {k}" for k in range(2, 10))
"""Colours of named lines; the first two classes' mean negative and positive everywhere."""
END = "range ends"


def path_board(
    study: Study,
    output: int,
    named: Sequence[int],
    *,
    reveal: bool,
    loss_name: str,
    sentences: Sequence[str],
    words: Mapping[str, Sequence[Sequence[str]]],
) -> Board:
    """A column for each penalty: weights of class `output`, errors, `words` at λ, exact zeros and degrees of freedom.

    `named` features have a colour and their name on the line. Axes are the same in all columns and stand still.
    `words` has for each penalty (or "copies", across all columns) one list of short texts a λ; `sentences` one a λ.
    """
    lambdas = study.settings.lambdas
    titles = {penalty: arm_title(study, penalty) for penalty in PENALTIES}
    panels: list[Panel] = []
    for penalty in PENALTIES:
        series, span = weight_series(study, penalty, output, named), weight_limits(study, output)
        panels.append(
            _curves(penalty, titles[penalty], series, TALL, "weights", range=span, y_label=weight_name(study, output))
        )
    span = loss_limits(study)
    for penalty in PENALTIES:
        series = error_series(study.arms[penalty], penalty, reveal)
        marks = least_marks(study.arms[penalty])
        panels.append(_curves(penalty, loss_name.capitalize(), series, MIDDLE, "errors", range=span, marks=marks))
    for penalty in PENALTIES:
        items = [[(text, False) for text in place] for place in words[penalty]]
        panels.append(Words(items=items, over=("lambda",), width="third", key=f"words {penalty}", group=penalty))
    if "copies" in words:
        items = [[(text, False) for text in place] for place in words["copies"]]
        name = study.data.names[study.data.group[0]]
        panels.append(Words(title=f"{name} and its copies", items=items, over=("lambda",), width="full", key="copies"))
    most, size = max(arm.path.df.max() for arm in study.arms.values()), study.arms["l2"].path.coefficients[0].size
    for title, top in ((f"Exact zeros, of {size}", size), ("Effective degrees of freedom", most)):
        for penalty in PENALTIES:
            path = study.arms[penalty].path
            values = path.zeros if top == size and title.startswith("Exact") else path.df
            series = [Series("", values.astype(float), colour=penalty)]
            key = "zeros" if title.startswith("Exact") else "df"
            panels.append(_curves(penalty, title, series, LOW, key, range=(0, 1.05 * top)))
    axis = Axis("lambda", "λ", lambdas.tolist())
    return Board([axis], panels, sentences=sentences, groups=titles)


def weight_name(study: Study, output: int) -> str:
    """The axis of the weights: with several classes, of which class's score."""
    names = DATASETS[study.settings.dataset].class_names
    return f"weight in the score of {names[output]}" if len(names) > 2 else "weight"


def arm_title(study: Study, penalty: str) -> str:
    """With its glyph, and for the elastic net its ρ."""
    more = f", ρ = {study.settings.l1_ratio:g}" if penalty == "elastic" else ""
    return f"{style.GLYPHS[penalty]} {style.ARM_NAMES[penalty]}{more}"


def weight_series(study: Study, penalty: str, output: int, named: Sequence[int]) -> list[Series]:
    """A line for each weight, those with a name last, so that they lie on top."""
    weights, data = study.arms[penalty].path.coefficients[:, :, output].copy(), study.data
    low, high = weight_limits(study, output)
    weights[0][(weights[0] < low) | (weights[0] > high)] = np.nan  # λ = 0 has no bound, and no place on this axis
    strong = data.group or data.support or ()
    series = []
    for j in sorted(range(len(data.names)), key=lambda j: (j in named, j in strong)):
        colour = HUES[named.index(j) % len(HUES)] if j in named else "muted"
        width = 3.0 if j in strong else 2.0 if j in named else 0.8
        name = data.names[j] if j in named else ""
        series.append(Series(name, weights[:, j], colour=colour, on_line=True, weight=width))
    return series


def weight_limits(study: Study, output: int) -> tuple[float, float]:
    """The same for all penalties; λ = 0 may leave them, where the weights of separable classes have no bound."""
    w = np.concatenate([arm.path.coefficients[1:, :, output] for arm in study.arms.values()])
    room = 0.06 * (np.ptp(w) or 1.0)
    return float(w.min() - room), float(w.max() + room)


def error_series(arm: Arm, penalty: str, reveal: bool) -> list[Series]:
    """Training, validation and, once revealed, test; cross-validation with its standard error."""
    mean, error = arm.cv
    shown = [name for name in arm.losses if reveal or name != "test"]
    series = [Series("CV ± 1 SE", mean, mean - error, mean + error, colour=penalty, dash="cv")]
    return series + [Series(LOSS_NAMES[name], arm.losses[name], colour=penalty, dash=name) for name in shown]


def loss_limits(study: Study) -> tuple[float, float]:
    """The same for all penalties, and whether or not the test error is revealed."""
    arms = study.arms.values()
    losses = np.concatenate([v[1:] for a in arms for v in (*a.losses.values(), a.cv[0] + a.cv[1])])
    top = min(float(losses.max()), 1.6 * float(max(a.losses["train"][-1] for a in arms)))
    least, rise = float(losses.min()), 0.08 * (top - float(losses.min()))
    return max(least - rise, 0.0), top + rise


def least_marks(arm: Arm) -> list[tuple[str, int]]:
    """Where cross-validation is lowest, and the one-standard-error choice; a lowest at the end of the range says so."""
    at = arm.lowest
    label = f"lowest: {END}" if arm.open_end else "lowest"
    return [(label, at)] + ([("1 SE", arm.one_se)] if arm.one_se not in (-1, at) else [])


def _curves(penalty: str, title: str, series: Sequence[Series], height: int, key: str, **more: object) -> Curves:
    return Curves(
        title=title, series=series, width="third", height=height, key=f"{key} {penalty}", group=penalty, **more
    )  # fmt: skip
