"""How columns become inputs: which are used, and the scikit-learn pipeline. All of it is learned from given rows.

`preparation.prepare` learns it from the training rows, each fold of a cross-validation anew from its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from wd_core.own_data.levels import Level, find_levels
from wd_core.own_data.table import Column, Table

IDS = re.compile(r"(.*[_ .-])?(id|index|idx|nr|no|number|key|uuid|unnamed.*|column 1)\.?", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Inputs:
    """A fitted preparation: table rows in, inputs out."""

    numbers: tuple[str, ...]
    texts: tuple[str, ...]
    left_out: dict[str, list[str]]
    """Columns that tell nothing, by reason: empty, constant, id."""
    pipeline: Any
    names: tuple[str, ...]

    def transform(self, table: Table, rows: np.ndarray) -> np.ndarray:
        """(rows, inputs) float64."""
        return np.asarray(self.pipeline.transform(_cells(table, self.numbers + self.texts, rows)), np.float64)

    @property
    def medians(self) -> dict[str, float]:
        """What fills the gaps of each column of numbers."""
        return dict(zip(self.numbers, self._part("numbers").statistics_, strict=True)) if self.numbers else {}

    @property
    def levels(self) -> dict[str, Level]:
        """What each column of text was found to be."""
        return dict(zip(self.texts, self._part("texts").levels_, strict=True)) if self.texts else {}

    @property
    def constant(self) -> int:
        """How many inputs were the same in all rows that it was fitted on, and left out."""
        return int((~self.pipeline["constant"].get_support()).sum())

    def _part(self, name: str) -> Any:
        return self.pipeline["columns"].named_transformers_[name]


def fit_inputs(table: Table, features: tuple[str, ...], rows: np.ndarray) -> Inputs:
    """Learn from `rows` of the table alone: columns to use, medians, levels, means and standard deviations."""
    numbers, texts, left_out = usable(table, features, rows)
    if not numbers and not texts:
        raise ValueError(
            "features: none of them tells anything; allowed: at least one that varies and is no identifier"
        )
    pipeline = _pipeline(len(numbers), len(texts)).fit(_cells(table, numbers + texts, rows))
    shown = [_with_unit(table.columns[name]) for name in numbers] + list(texts)
    names = [name.split("__", 1)[1] for name in pipeline[:-1].get_feature_names_out(shown)]
    return Inputs(numbers, texts, left_out, pipeline, unique(names))


def usable(
    table: Table, features: tuple[str, ...], rows: np.ndarray
) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, list[str]]]:
    """The columns of numbers and those of text that can tell anything, and those that cannot, by reason."""
    left_out: dict[str, list[str]] = {"empty": [], "constant": [], "id": []}
    numbers, texts = [], []
    for name in features:
        column = table.columns[name]
        missing = column.missing[rows]
        values = column.values[rows[~missing]]
        gaps_tell = not column.is_number and missing.any()  # "yes" or nothing: the gap is a level
        if not len(values):
            left_out["empty"].append(name)
        elif (values == values[0]).all() and not gaps_tell:
            left_out["constant"].append(name)
        elif identifies(column, rows):
            left_out["id"].append(name)
        else:
            (numbers if column.is_number else texts).append(name)
    return tuple(numbers), tuple(texts), left_out


def identifies(column: Column, rows: np.ndarray) -> bool:
    """Whether a column numbers or names these rows: a model could only learn it by heart."""
    rows = rows[~column.missing[rows]]
    values = column.values[rows]
    distinct = len(np.unique(values))
    if not column.is_number:
        return distinct > max(20, 0.5 * len(values))
    if column.unit or distinct < len(values) or len(values) < 10 or (values != values.round()).any():
        return False
    counts = bool((values - rows == values[0] - rows[0]).all()) and values[0] - rows[0] in (0, 1)
    return counts or bool(IDS.fullmatch(column.name))


def width(table: Table, features: tuple[str, ...], rows: np.ndarray) -> int:
    """How many inputs `fit_inputs` would make, before it does."""
    numbers, texts, _ = usable(table, features, rows)
    return len(numbers) + sum(len(find_levels(table.columns[name].texts[rows]).names) for name in texts)


def _pipeline(numbers: int, texts: int) -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.feature_selection import VarianceThreshold
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    from wd_core.own_data.coding import ReferenceCoding

    places = list(range(numbers + texts))
    columns = ColumnTransformer(
        [
            ("numbers", SimpleImputer(strategy="median"), places[:numbers]),
            ("texts", ReferenceCoding(), places[numbers:]),
        ]
    )
    return Pipeline([("columns", columns), ("constant", VarianceThreshold()), ("scale", StandardScaler())])


def _with_unit(column: Column) -> str:
    return f"{column.name} ({column.unit})" if column.unit else column.name


def _cells(table: Table, names: tuple[str, ...], rows: np.ndarray) -> np.ndarray:
    """(rows, names) of Python numbers and texts, as the pipeline reads them."""
    cells = np.empty((len(rows), len(names)), object)
    for j, name in enumerate(names):
        cells[:, j] = table.columns[name].values[rows]
    return cells


def unique(names: list[str]) -> tuple[str, ...]:
    """`names`, with a number behind those that stand before."""
    found: dict[str, None] = {}
    for name in names:
        k, other = 1, name
        while other in found:
            k += 1
            other = f"{name} ({k})"
        found[other] = None
    return tuple(found)
