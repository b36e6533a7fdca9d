"""How columns become inputs: the scikit-learn pipeline, and what it did in sentences. For `preparation.prepare`."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from wd_core.own_data.table import Column, Table

MAX_LEVELS = 12
"""Levels of a text column that get an input each; the rarer ones share one."""
RARE = 0.01
"""Share of the training rows below which a level is rare."""
IDS = re.compile(r"(.*[_ .-])?(id|index|idx|nr|no|number|key|uuid|unnamed.*|column 1)\.?", re.IGNORECASE)
MOST_SAID = 6
"""Columns that get a sentence each; of more, one sentence says it all."""


def usable(table: Table, features: tuple[str, ...], train: np.ndarray, steps: list[str]) -> tuple[list[str], list[str]]:
    """The columns of numbers and those of text that can tell anything, judged by the training rows."""
    dropped: dict[str, list[str]] = {"empty": [], "constant": [], "id": []}
    numbers, texts = [], []
    for name in features:
        column = table.columns[name]
        present = train[~column.missing[train]]
        values = column.values[present]
        if not len(values):
            dropped["empty"].append(name)
        elif (values == values[0]).all():
            dropped["constant"].append(name)
        elif identifies(column, train):
            dropped["id"].append(name)
        else:
            (numbers if column.is_number else texts).append(name)
    reasons = {
        "empty": "no value at all in the training rows",
        "constant": "always the same value in the training rows",
        "id": "a name or number of its own for every row: learned by heart, it would tell nothing about new rows",
    }
    steps += [f"{_listed(names)} left out: {reasons[why]}." for why, names in dropped.items() if names]
    if not numbers and not texts:
        raise ValueError(
            "features: none of them tells anything; allowed: at least one that varies and is no identifier"
        )
    return numbers, texts


def identifies(column: Column, rows: np.ndarray) -> bool:
    rows = rows[~column.missing[rows]]
    values = column.values[rows]
    distinct = len(np.unique(values))
    if not column.is_number:
        return distinct > max(20, 0.5 * len(values))
    if distinct < len(values) or len(values) < 10 or (values != values.round()).any():
        return False
    counts = bool((values - rows == values[0] - rows[0]).all()) and values[0] - rows[0] in (0, 1)
    return counts or bool(IDS.fullmatch(column.name))


def make_pipeline(table: Table, numbers: list[str], texts: list[str], n: int) -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.feature_selection import VarianceThreshold
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    one_hot = OneHotEncoder(
        handle_unknown="infrequent_if_exist", min_frequency=_rare(n), max_categories=MAX_LEVELS, sparse_output=False,
        feature_name_combiner=_input_name,
    )  # fmt: skip
    blank = SimpleImputer(missing_values="", strategy="most_frequent")
    places = list(range(len(numbers) + len(texts)))
    columns = ColumnTransformer(
        [
            ("numbers", SimpleImputer(strategy="median"), places[: len(numbers)]),
            ("texts", Pipeline([("blank", blank), ("one_hot", one_hot)]), places[len(numbers) :]),
        ]
    )
    return Pipeline([("columns", columns), ("constant", VarianceThreshold()), ("scale", StandardScaler())])


def _input_name(name: str, level: str) -> str:
    return f"{name} = {level}"


def widths(table: Table, texts: list[str], train: np.ndarray) -> list[int]:
    """Inputs that the one-hot code of each text column takes, before it is made."""
    found = []
    for name in texts:
        values = table.columns[name].texts[train]
        frequent = int((np.unique(values[values != ""], return_counts=True)[1] >= _rare(len(train))).sum())
        found.append(min(MAX_LEVELS, frequent + 1))
    return found


def _rare(n: int) -> int:
    """Training rows below which a level is rare."""
    return max(2, int(np.ceil(RARE * n)))


def matrix(table: Table, names: list[str], rows: np.ndarray) -> np.ndarray:
    """(rows, names) of Python numbers and texts, as the pipeline reads them."""
    cells = np.empty((len(rows), len(names)), object)
    for j, name in enumerate(names):
        cells[:, j] = table.columns[name].values[rows]
    return cells


# -------------------------------------------------------------------- what was done, in sentences


def tell_fitted(
    table: Table, numbers: list[str], texts: list[str], rows: np.ndarray, pipeline: Any, steps: list[str]
) -> None:
    parts = pipeline["columns"].named_transformers_
    fills = dict(zip(numbers, parts["numbers"].statistics_, strict=True)) if numbers else {}
    said = []
    if texts:
        fills |= dict(zip(texts, parts["texts"]["blank"].statistics_, strict=True))
    for name, fill in fills.items():
        missing = int(table.columns[name].missing[rows].sum())
        if missing:
            kind = f"training median {fill:.4g}" if name in numbers else f"commonest training value “{fill}”"
            were = "was" if missing == 1 else "were"
            said.append(
                (missing, f"{missing:,} of {len(rows):,} values in '{name}' {were} missing: filled with the {kind}.")
            )
    if len(said) > MOST_SAID:
        total = sum(count for count, _ in said)
        rest = f"{total:,} values in {len(said)} columns were missing: filled with each column's training median"
        steps.append(f"{rest}{' or commonest value' if texts else ''}.")
    else:
        steps += [sentence for _, sentence in said]
    _tell_levels(texts, parts, steps)
    dropped = int((~pipeline["constant"].get_support()).sum())
    if dropped:
        steps.append(f"{dropped} {'input was' if dropped == 1 else 'inputs were'} constant after that and left out.")
    inputs = int(pipeline["constant"].get_support().sum())
    steps.append(
        f"{'The one input was' if inputs == 1 else f'All {inputs} inputs were'} standardised by the mean and standard "
        "deviation of the training rows, so that one λ means the same for each."
    )


def _tell_levels(texts: list[str], parts: Any, steps: list[str]) -> None:
    if not texts:
        return
    one_hot = parts["texts"]["one_hot"]
    rare = [0 if levels is None else len(levels) for levels in one_hot.infrequent_categories_]
    levels = [len(found) for found in one_hot.categories_]
    if len(texts) > MOST_SAID:
        width = sum(a - b + (b > 0) for a, b in zip(levels, rare, strict=True))
        steps.append(f"{len(texts)} columns of text became {width} inputs of 0 and 1; rare values share one a column.")
        return
    for name, count, few in zip(texts, levels, rare, strict=True):
        shared = f", and the {few} rare ones share one" if few else ""
        steps.append(
            f"'{name}' is text with {count} values in training: {count - few} got an input of 0 and 1{shared}."
        )


def rows_text(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:MOST_SAID])
    return shown + (f" and {len(names) - MOST_SAID} more columns" if len(names) > MOST_SAID else "")


def label(level: object) -> str:
    return f"{level:.12g}" if isinstance(level, float) else str(level)


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
