"""Rows that are given, not drawn: what an experiment's data come from in the place of a data set's name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wd_core.datasets._split import Split
from wd_core.datasets.base import Dataset


@dataclass(frozen=True, kw_only=True, eq=False)
class Given(Dataset):
    """A data set whose rows stand in `split`, the same for every seed: a seed is that of first weights alone.

    Equal only to itself, so that nothing which is kept by experiment can be taken for another visitor's.
    """

    split: Split

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __str__(self) -> str:
        return self.name


def given(
    X_train: np.ndarray, y_train: np.ndarray, X_validation: np.ndarray, y_validation: np.ndarray,
    X_test: np.ndarray, y_test: np.ndarray, *, name: str, title: str, input_names: tuple[str, ...],
    target_name: str, class_names: tuple[str, ...], image: tuple[int, ...] = (),
) -> Given:  # fmt: skip
    """A source of these rows, or images (n, *image), as the model sees them. No class names: regression."""
    raw = [X.reshape(len(X), -1) for X in (X_train, X_validation, X_test)]
    split = Split(
        X_train=X_train, y_train=y_train, X_validation=X_validation, y_validation=y_validation, X_test=X_test,
        y_test=y_test, raw_train=raw[0], raw_validation=raw[1], raw_test=raw[2],
        flipped=np.zeros(len(y_train), bool), clean_y_train=y_train, raw_names=input_names, input_names=input_names,
        features=("x1", "x2"),
    )  # fmt: skip
    return Given(
        name=name, title=title, description=title, source=title, order=0, split=split, sample=_not_drawn,
        task="classification" if class_names else "regression", feature_names=input_names, target_name=target_name,
        class_names=class_names, image=image, default_noise=0.0, noise_meaning="none", synthetic=False,
        max_samples=len(y_train) + len(y_validation) + len(y_test),
    )  # fmt: skip


def _not_drawn(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    raise ValueError("dataset: its rows are given; allowed: the data sets of the Lab")
