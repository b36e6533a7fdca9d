"""From a table to the arrays that a model sees: split, choose, and fit on the training part alone.

scikit-learn's Pipeline does the work; the sentences in `Prepared.steps` are derived from what it has fitted.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from wd_core.linear.cross_validation import Fold
from wd_core.own_data.inputs import Inputs, fit_inputs, identifies, width
from wd_core.own_data.sentences import label, prose, rows_text, tell
from wd_core.own_data.table import MIN_ROWS, Column, Table

TASKS = ("regression", "classification")
MAX_CLASSES = 20
LEAST_OF_A_CLASS = 6
MAX_INPUTS = 300
SHARES = {"validation": 0.2, "test": 0.2}
TARGETS = ("target", "y", "label", "class", "outcome", "response", "species", "diagnosis", "price", "quality")
MAX_WORK = 1.5e6
"""Bound on rows × inputs × outputs to choose λ on; beyond, rows are drawn by lot."""
LEAST_KEPT = 5
"""Rows of a class, in training and validation together, that are kept in any case: one for each fold."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """Arrays as the model sees them, read-only; y is class numbers, or the target in training standard deviations."""

    X_train: np.ndarray
    y_train: np.ndarray
    X_validation: np.ndarray
    y_validation: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    inputs: tuple[str, ...]
    target: str
    classes: tuple[str, ...]  # none for regression
    unit: float  # what one of y is in the target's own unit; 1 for classes
    steps: tuple[str, ...]
    seed: int = 0
    target_unit: str = ""  # "days" or "hours" where the target is a date
    features: tuple[str, ...] = ()
    table: Table | None = None  # what folds are prepared from
    choice: np.ndarray | None = None  # the table's row numbers of X_choice
    fitted: Inputs | None = None

    def __post_init__(self) -> None:
        for f in fields(self):
            if isinstance(array := getattr(self, f.name), np.ndarray):
                array.setflags(write=False)

    @property
    def task(self) -> str:
        """As wd_core.linear.paths names it."""
        return {0: "regression", 2: "binary"}.get(len(self.classes), "multiclass")

    @property
    def outputs(self) -> int:
        """Scores of a linear model: one a class from three classes on."""
        return max(1, len(self.classes)) if self.task == "multiclass" else 1

    @property
    def pipeline(self) -> Any:
        """The fitted scikit-learn pipeline."""
        return self.fitted.pipeline

    @property
    def X_choice(self) -> np.ndarray:
        """Training and validation rows: what λ is chosen on."""
        return np.concatenate([self.X_train, self.X_validation])

    @property
    def y_choice(self) -> np.ndarray:
        return np.concatenate([self.y_train, self.y_validation])

    def prepare_fold(self, train: np.ndarray, held: np.ndarray) -> Fold:
        """A `cross_validation.Prepare` of numbers of `X_choice`'s rows.

        Medians, levels, which columns tell anything, means and standard deviations: all are learned anew from the
        fold's training rows. The target keeps its unit, so that a λ means the same in every fold.
        """
        inputs = fit_inputs(self.table, self.features, self.choice[train])
        X, X_held = (inputs.transform(self.table, self.choice[rows]) for rows in (train, held))
        y = self.y_choice
        return Fold(X, y[train], ((X_held, y[held]),))


def propose_target(table: Table) -> str:
    """A column with a target's usual name, else the last one that has values."""
    for name in table.names:
        if name.lower() in TARGETS:
            return name
    return next((name for name in reversed(table.names) if table.columns[name].distinct > 1), table.names[-1])


def propose_task(table: Table, target: str) -> str:
    """Classes for text and for a few different whole numbers; else regression."""
    column = table.columns[target]
    if not column.is_number:
        return "classification"
    values = column.numbers[~column.missing]
    few = column.distinct <= 2 or (column.distinct <= 10 and column.distinct <= len(values) / 10)
    return "classification" if len(values) and few and (values == values.round()).all() else "regression"


def is_identifier(table: Table, name: str) -> bool:
    """Whether a column numbers or names the rows: a model could only learn it by heart."""
    column = table.columns[name]
    return identifies(column, np.arange(table.rows))


def prepare(table: Table, target: str, features: tuple[str, ...], task: str, seed: int = 0) -> Prepared:
    """Split by `seed` (60, 20 and 20 %; each class by itself), fit on the training part, apply to all three."""
    _check_choice(table, target, features, task)
    steps: list[str] = []
    rows, y, classes = _target(table.columns[target], task, steps)
    of = np.full(table.rows, np.nan)  # by row number
    of[rows] = y
    rng = np.random.default_rng(seed)
    train, validation, test = _split(rows, of if classes else None, rng)
    steps.append(
        f"Seed {seed} put {len(train):,} rows into training, {len(validation):,} into validation and {len(test):,} "
        f"into test{', each class in proportion' if classes else ''}. The rest was learned from training rows."
    )
    inputs = width(table, features, train)
    if inputs > MAX_INPUTS:
        raise ValueError(
            f"inputs={inputs}: allowed: at most {MAX_INPUTS}, values of text counted. Choose fewer features"
        )
    train, validation = _bounded(train, validation, max(inputs, 1), of if classes else None, len(classes), rng, steps)
    fitted = fit_inputs(table, features, train)
    steps += tell(table, fitted, np.sort(np.concatenate([train, validation, test])), train)
    column, unit, mean = table.columns[target], 1.0, 0.0
    if not classes:
        unit, mean = float(of[train].std()), float(of[train].mean())
        if not unit > 0:
            raise ValueError(f"target={target}: constant in the training rows; allowed: a target that varies")
        steps.append(
            f"The target has training mean {prose(mean, column.unit)} and standard deviation "
            f"{prose(unit, column.unit)}; it was scaled by both."
        )
    arrays = {}
    for part, some in (("train", train), ("validation", validation), ("test", test)):
        arrays[f"X_{part}"] = fitted.transform(table, some)
        scaled = (of[some] - mean) / unit
        arrays[f"y_{part}"] = scaled.astype(np.int64) if classes else scaled
    return Prepared(
        **arrays, inputs=fitted.names, target=target, classes=classes, unit=unit, steps=tuple(steps),
        seed=seed, target_unit=column.unit, features=features, table=table.only(features),
        choice=np.concatenate([train, validation]), fitted=fitted,
    )  # fmt: skip


# -------------------------------------------------------------------- target and split


def _check_choice(table: Table, target: str, features: tuple[str, ...], task: str) -> None:
    if target not in table.columns:
        raise ValueError(f"target={target}: allowed: one of the table's columns")
    if task not in TASKS:
        raise ValueError(f"task={task}: allowed: {', '.join(TASKS)}")
    if not features or target in features or any(name not in table.columns for name in features):
        raise ValueError("features: allowed: one or more of the table's columns, the target not among them")
    column = table.columns[target]
    if column.missing.all():
        raise ValueError(f"target={target}: no row has a value; allowed: a column with values. Choose another target")
    if column.distinct == 1:
        what = f"the one value {column.values[~column.missing][0]}"
        raise ValueError(f"target={target}: every row has {what}; allowed: two or more. Choose another target")
    if task == "regression" and not column.is_number:
        raise ValueError(f"target={target}: text; allowed for regression: numbers. Choose classification")


def _target(column: Column, task: str, steps: list[str]) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Row numbers that have a target, their targets or class numbers, and the classes' names."""
    rows = np.flatnonzero(~column.missing)
    if dropped := len(column.missing) - len(rows):
        steps.append(
            f"{rows_text(dropped)} without a value of '{column.name}' left out: without the target nothing is learned."
        )
    values = column.values[rows]
    if task == "classification":
        levels, counts = np.unique(values, return_counts=True)
        if len(levels) > MAX_CLASSES:
            raise ValueError(
                f"target={column.name}: {len(levels)} different values; allowed: at most {MAX_CLASSES} classes. "
                f"Choose {'regression' if column.is_number else 'another target'}"
            )
        kept = counts >= LEAST_OF_A_CLASS
        if not kept.all():
            rare = ", ".join(f"“{label(level)}”" for level in levels[~kept][:3])
            steps.append(
                f"{rows_text(counts[~kept].sum())} of classes with fewer than {LEAST_OF_A_CLASS} ({rare}) left out."
            )
        if kept.sum() < 2:
            raise ValueError(
                f"target={column.name}: {kept.sum()} of {len(levels)} classes has {LEAST_OF_A_CLASS} rows or more; "
                "allowed: two or more such classes. Add rows or choose another target"
            )
        levels = levels[kept]
        some = np.isin(values, levels)
        rows, values = rows[some], np.searchsorted(levels, values[some])
        steps.append(f"'{column.name}' has {len(levels)} classes: {', '.join(map(label, levels))}.")
    if len(rows) < MIN_ROWS:
        raise ValueError(
            f"rows={len(rows)} with a target: allowed: at least {MIN_ROWS}. Add rows or choose another target"
        )
    if task == "classification":
        return rows, values.astype(float), tuple(label(level) for level in levels)
    return rows, values.astype(float), ()


def _split(rows: np.ndarray, of: np.ndarray | None, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Row numbers of training, validation and test, ascending; of every class at least one row in each part."""
    parts: list[list[np.ndarray]] = [[], [], []]
    for group in _groups(rows, of):
        shuffled = rng.permutation(group)
        a, b = (max(1, round(share * len(group))) for share in SHARES.values())
        for part, some in zip(parts, (shuffled[a + b :], shuffled[:a], shuffled[a : a + b]), strict=True):
            part.append(some)
    return tuple(np.sort(np.concatenate(part)) for part in parts)


def _groups(rows: np.ndarray, of: np.ndarray | None) -> list[np.ndarray]:
    """The rows of each class, of[row]; all of them where there are none."""
    return [rows] if of is None else [rows[of[rows] == k] for k in np.unique(of[rows])]


def _bounded(
    train: np.ndarray, validation: np.ndarray, inputs: int, of: np.ndarray | None, classes: int,
    rng: np.random.Generator, steps: list[str],
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """At most `MAX_WORK` of rows × inputs × outputs, rows drawn by lot, each class in proportion."""
    outputs = classes if classes > 2 else 1
    rows, most = len(train) + len(validation), int(MAX_WORK / (inputs * outputs))
    if rows <= most:
        return train, validation
    kept = []
    for part, least in ((train, LEAST_KEPT - 1), (validation, 1)):
        some = [
            rng.choice(group, min(len(group), max(least, round(len(group) * most / rows))), replace=False)
            for group in _groups(part, of)
        ]
        kept.append(np.sort(np.concatenate(some)))
    steps.append(
        f"With {inputs} inputs{f' and {classes} classes' if outputs > 1 else ''}, all {rows:,} rows would take "
        f"minutes: {len(kept[0]):,} rows of training and {len(kept[1]):,} of validation were drawn by lot"
        f"{', each class in proportion' if classes else ''}. All test rows are used."
    )
    return kept[0], kept[1]
