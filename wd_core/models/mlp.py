"""Multilayer perceptron: hidden layers of one activation, then a linear layer of scores."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from wd_core.engine.layers import ACTIVATIONS, Activation, Affine, Layer
from wd_core.models.base import Model

if TYPE_CHECKING:
    from wd_core.experiment import Experiment


def layers(experiment: Experiment, inputs: tuple[int, ...], outputs: int) -> list[Layer]:
    """`experiment.hidden` layers with `experiment.activation`, then the scores."""
    widths, function = (math.prod(inputs), *experiment.hidden), experiment.activation
    chain: list[Layer] = []
    for i, (a, b) in enumerate(pairwise(widths), start=1):
        chain.append(Affine(a, b, name=f"hidden {i}", gain=ACTIVATIONS[function].gain))
        chain.append(Activation(function, (b,)))
    return [*chain, Affine(widths[-1], outputs, name="output")]


MODEL = Model("mlp", "Neural network (MLP)", ("regression", "binary", "multiclass"), layers, order=0)
