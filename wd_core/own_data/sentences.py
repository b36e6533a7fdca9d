"""What was done to a table, in sentences, and numbers as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wd_core.own_data.inputs import Inputs
from wd_core.own_data.levels import Level
from wd_core.own_data.table import Table
from wd_core.text import number_text

if TYPE_CHECKING:
    from wd_core.own_data.study import Study

MOST_SAID = 6
"""Columns that get a sentence each; of more, one sentence says it all."""
APART = 0.1
"""Change of a weight from λ = 0 to the least λ, relative to the largest weight there, that is told."""
REASONS = {
    "empty": "no value at all in the training rows",
    "constant": "always the same value in the training rows",
    "id": "fewer than two rows a value: learned by heart, it would tell nothing about new rows",
}


def prose(value: float, unit: str = "") -> str:
    """A number as people write it: 1962, 12,345, 70.3, −0.25, 1.20 × 10⁻⁵; with its unit behind."""
    size = abs(value)
    if size and not 1e-3 <= size < 1e15:
        text = number_text(value)
    elif size >= 1000:
        text = f"{value:,.0f}" if size >= 10_000 else f"{value:.0f}"
    else:
        text = f"{value:.4g}"
    return text.replace("-", "−") + (f" {unit}" if unit else "")


def label(level: object) -> str:
    """A class or a value as it stood in the table."""
    if not isinstance(level, float):
        return str(level)
    return f"{level:.0f}" if level == round(level) and abs(level) < 1e15 else f"{level:.12g}"


def rows_text(count: int) -> str:
    """1 row, 2,000 rows."""
    return f"{count:,} row{'' if count == 1 else 's'}"


def tell(table: Table, inputs: Inputs, rows: np.ndarray, train: np.ndarray) -> list[str]:
    """What `inputs`, learned from the `train` rows, does to all `rows`."""
    left_out = [f"{_listed(names)} left out: {REASONS[why]}." for why, names in inputs.left_out.items() if names]
    return [
        *left_out,
        *_gaps(table, inputs, rows),
        *_levels(inputs, len(train)),
        *_unseen(table, inputs, rows),
        *_ending(inputs),
    ]


def apart(found: Study) -> str:
    """Why the weights at λ = 0 do not join those of the path; "" where they do."""
    prepared, path = found.prepared, found.path
    free, least = path.coefficients[0], path.coefficients[1]
    if np.abs(free - least).max() <= APART * np.abs(least).max():
        return ""
    X, y = prepared.X_choice, prepared.y_choice
    if prepared.classes and (path.predict(X)[0] == y).all():
        why = (
            "a linear model separates these classes, so that without a penalty larger weights are always better, "
            "without end; drawn is where the fit was stopped."
        )
    elif np.linalg.matrix_rank(X - X.mean(0)) < X.shape[1]:
        why = (
            "some inputs follow from others, so that without a penalty many weights fit equally well; drawn are the "
            "smallest of them, and L1 prefers others."
            if path.l1_ratio
            else "some inputs follow from others, nearly or quite, and then the least penalty moves the weights far."
        )
    elif path.l1_ratio and path.coefficients.shape[2] > 1:
        why = (
            "adding the same number to an input's weights in all classes changes no prediction. Without a penalty "
            "those are drawn that add up to 0; L1 prefers those whose sizes add up to less."
        )
    else:
        why = "the data determine the weights weakly, so that the least λ here is felt already."
    return f"The dots at λ = 0 do not join the lines: {why}"


def _gaps(table: Table, inputs: Inputs, rows: np.ndarray) -> list[str]:
    said = []
    for name, median in inputs.medians.items():
        if missing := int(table.columns[name].missing[rows].sum()):
            filled = f"filled with the training median {prose(median, table.columns[name].unit)}"
            were = "was" if missing == 1 else "were"
            said.append((missing, f"{missing:,} of {len(rows):,} values in '{name}' {were} missing: {filled}."))
    if len(said) <= MOST_SAID:
        return [sentence for _, sentence in said]
    total = sum(count for count, _ in said)
    return [f"{total:,} values in {len(said)} columns were missing: filled with each column's training median."]


def _levels(inputs: Inputs, n: int) -> list[str]:
    levels = inputs.levels
    if len(levels) <= MOST_SAID:
        return [_level(name, level, n) for name, level in levels.items()]
    width = sum(len(level.names) for level in levels.values())
    gaps = "; missing values have an input of their own" if any(level.missing for level in levels.values()) else ""
    return [
        f"{len(levels)} columns of text became {width} inputs of 0 and 1. Each column's commonest value is its "
        f"reference, for which all of them are 0; its rare values share one{gaps}."
    ]


def _level(name: str, level: Level, n: int) -> str:
    got = []
    if level.own:
        one = len(level.own) == 1
        got.append(f"one for “{level.own[0]}”" if one else f"one for each of {len(level.own)} other values")
    if level.rare:
        rare = "1 rare value" if len(level.rare) == 1 else f"{len(level.rare)} rare values together"
        got.append(f"one for {rare} (“other”)")
    if level.missing:
        got.append(f"one for the {level.missing:,} of {n:,} training rows without a value (“missing”)")
    values = f"{level.count} value{'' if level.count == 1 else 's'}"
    return (
        f"'{name}' is text with {values} in training. “{level.reference}”, the commonest, is the reference: its inputs "
        f"of 0 and 1 are all 0. They are {_and(got)}."
    )


def _unseen(table: Table, inputs: Inputs, rows: np.ndarray) -> list[str]:
    said = []
    for name, level in inputs.levels.items():
        new = [value for value in table.columns[name].texts[rows] if level.unseen(value)]
        if new:
            shown = ", ".join(f"“{value}”" if value else "no value" for value in list(dict.fromkeys(new))[:3])
            taken = "a rare value" if level.rare else f"the reference “{level.reference}”"
            said.append(f"'{name}' has values that no training row has ({shown}): each counts as {taken}.")
    return said[:MOST_SAID]


def _ending(inputs: Inputs) -> list[str]:
    said, count = [], len(inputs.names)
    if inputs.constant:
        were = "input was" if inputs.constant == 1 else "inputs were"
        said.append(f"{inputs.constant} {were} constant after that and left out.")
    of = "The one input was" if count == 1 else f"All {count} inputs were"
    said.append(
        f"{of} standardised by the mean and standard deviation of the training rows, so that one λ means the same for "
        "each."
    )
    return said


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:MOST_SAID])
    return shown + (f" and {len(names) - MOST_SAID} more columns" if len(names) > MOST_SAID else "")
