"""A network on a visitor's own table: an `Experiment` whose data are given, not drawn."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from wd_core.datasets import Dataset, Split
from wd_core.experiment import Experiment, lambda_path
from wd_core.own_data.preparation import Prepared

LAMBDAS = lambda_path(1e-4, 1.0, 16)
SEEDS = (0, 1)
LARGEST_BATCH = 200


class OwnExperiment(Experiment):
    """The settings of `Experiment` on the rows of `prepared`, which every seed shares: seeds are first weights alone.

    Equal only to itself, so that nothing which is kept by experiment can be taken for another visitor's.
    """

    prepared: Prepared

    def __init__(self, prepared: Prepared, **settings: Any) -> None:
        object.__setattr__(self, "prepared", prepared)
        super().__init__(**settings)

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def replace(self, **changes: Any) -> OwnExperiment:
        return OwnExperiment(self.prepared, **{f.name: getattr(self, f.name) for f in fields(self)} | changes)

    def to_query(self) -> str:
        raise ValueError("dataset=own: no link can say it; allowed: the data sets of the Lab")

    @property
    def source(self) -> Dataset:
        """The table as a data set that cannot be drawn from."""
        p = self.prepared
        return Dataset(
            name="own", title="Your own data", description="A visitor's table.", source="a visitor's table",
            task="classification" if p.classes else "regression", feature_names=p.inputs, target_name=p.target,
            class_names=p.classes, default_noise=0.0, noise_meaning="none", synthetic=False, sample=_not_drawn,
            max_samples=len(p.y_train) + len(p.y_validation) + len(p.y_test),
        )  # fmt: skip

    def data(self, seed: int) -> Split:
        """The prepared rows, the same for every seed."""
        p = self.prepared
        return Split(
            X_train=p.X_train, y_train=p.y_train, X_validation=p.X_validation, y_validation=p.y_validation,
            X_test=p.X_test, y_test=p.y_test, raw_train=p.X_train, raw_validation=p.X_validation, raw_test=p.X_test,
            flipped=np.zeros(len(p.y_train), bool), clean_y_train=p.y_train, raw_names=p.inputs, input_names=p.inputs,
            features=("x1", "x2"),
        )  # fmt: skip


def _not_drawn(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    raise ValueError("dataset=own: its rows are given; allowed: the data sets of the Lab")


def own_experiment(
    prepared: Prepared, penalty: str, hidden: tuple[int, ...] = (16, 16), steps: int = 300
) -> OwnExperiment:
    """A network for these rows, of a size that trains in seconds; batches where there are many rows."""
    rows = len(prepared.y_train)
    return OwnExperiment(
        replace(prepared, pipeline=None),  # workers need the rows alone
        model="mlp",
        hidden=hidden,
        steps=steps,
        penalty=penalty,
        lambdas=LAMBDAS,
        seeds=SEEDS,
        batch_size=None if rows <= 2 * LARGEST_BATCH else LARGEST_BATCH,
    )
