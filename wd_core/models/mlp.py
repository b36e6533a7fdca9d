"""Multilayer perceptron: hidden layers of one activation, then a linear layer of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wd_core.engine.layers import Dense
from wd_core.models.base import Model

if TYPE_CHECKING:
    from wd_core.experiment import Experiment


def layers(experiment: Experiment, inputs: int, outputs: int) -> list[Dense]:
    """`experiment.hidden` layers with `experiment.activation`, then the scores."""
    widths = (inputs, *experiment.hidden)
    hidden = [
        Dense(a, b, experiment.activation, name=f"hidden {i}")
        for i, (a, b) in enumerate(zip(widths, experiment.hidden, strict=False), start=1)
    ]
    return [*hidden, Dense(widths[-1], outputs, name="output")]


MODEL = Model("mlp", "Neural network (MLP)", ("regression", "binary", "multiclass"), layers, order=0)
