"""Multilayer perceptron: hidden layers of one activation, then a linear layer of scores."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from wd_core.engine.layers import ACTIVATIONS, Activation, Affine, Dropout, InputNoise, Layer
from wd_core.models.base import Model, norms

if TYPE_CHECKING:
    from wd_core.experiment import Experiment


def layers(experiment: Experiment, inputs: tuple[int, ...], outputs: int) -> list[Layer]:
    """`experiment.hidden` layers with `experiment.activation`, then the scores."""
    e, widths = experiment, (math.prod(inputs), *experiment.hidden)
    chain: list[Layer] = [InputNoise(widths[:1])]
    for i, (a, b) in enumerate(pairwise(widths), start=1):
        name = f"hidden {i}"
        chain.append(Affine(a, b, name=name, gain=ACTIVATIONS[e.activation].gain, biases=e.biases))
        chain += [*norms(e, name, (b,)), Activation(e.activation, (b,)), Dropout((b,))]
    return [*chain, Affine(widths[-1], outputs, name="output", biases=e.biases)]


MODEL = Model("mlp", "Neural network (MLP)", ("regression", "binary", "multiclass"), layers, order=0)
