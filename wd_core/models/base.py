"""What a model is: for which tasks, with which loss, out of which layers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from wd_core.engine.layers import NORMS, Affine, Dropout, InputNoise, Layer
from wd_core.engine.losses import HalfSquaredError, Logistic, SoftmaxCrossEntropy, Target

if TYPE_CHECKING:
    from wd_core.datasets import Dataset
    from wd_core.experiment import Experiment

Task = Literal["regression", "binary", "multiclass"]


@dataclass(frozen=True)
class Model:
    """One kind of model.

    `layers(experiment, inputs, outputs)` returns fresh layers that turn examples of the shape `inputs`, as the data set
    gives them, into scores (outputs, n).
    """

    name: str
    title: str
    tasks: tuple[Task, ...]
    layers: Callable[[Experiment, tuple[int, ...], int], list[Layer]]
    order: int = 99
    linear: bool = False
    """True where the scores are linear in the inputs: no hidden layers, a convex objective."""
    score_per_class: bool = False
    """True where even two classes get a score each (softmax) instead of one logistic score."""
    takes: tuple[str, ...] = ("rows",)
    """The forms of an example that it can see, see `datasets`: rows, image, sequence, tokens."""
    depth: int | None = None
    """How many numbers `hidden` has; None: as many as one likes."""

    def fits(self, source: Dataset) -> bool:
        """Whether it does the task of this data set, and can see its examples."""
        return task_of(source.n_classes) in self.tasks and any(view.kind in self.takes for _, view in source.views())

    def target(self, n_classes: int) -> Target:
        """How labels meet scores: regression for 0 classes, one logistic score for 2, else one a class."""
        if n_classes == 0:
            return Target(HalfSquaredError(), outputs=1)
        if n_classes == 2 and not self.score_per_class:
            return Target(Logistic(), outputs=1)
        return Target(SoftmaxCrossEntropy(), outputs=n_classes)


def task_of(n_classes: int) -> Task:
    """The task that a data set with so many classes (0: regression) poses."""
    return "regression" if n_classes == 0 else "binary" if n_classes == 2 else "multiclass"


def single_layer(experiment: Experiment, inputs: tuple[int, ...], outputs: int) -> list[Layer]:
    """A linear model: one layer, started at zero (its objective is convex). Dropout acts on its inputs."""
    flat = (math.prod(inputs),)
    return [InputNoise(flat), Dropout(flat), Affine(*flat, outputs, name="output", gain=0, biases=experiment.biases)]


def norms(experiment: Experiment, name: str, shape: tuple[int, ...]) -> list[Layer]:
    """The experiment's normalisation of the output, of this shape, of the layer called `name`; [] for none."""
    kind = NORMS[experiment.norm]
    return [] if kind is None else [kind(shape, name=name, biases=experiment.biases)]
