"""Gated recurrent network (Cho et al. 2014): gates decide what the state keeps of a sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wd_core.engine.layers import Layer
from wd_core.engine.layers.recurrent import Gated
from wd_core.models._reading import SEQUENCES, readers
from wd_core.models.base import Model

if TYPE_CHECKING:
    from wd_core.experiment import Experiment


def layers(experiment: Experiment, inputs: tuple[int, ...], outputs: int) -> list[Layer]:
    """`experiment.hidden` units of each layer that reads the one before. Its functions are fixed: σ of gates, tanh."""
    return readers(experiment, inputs, outputs, Gated)


MODEL = Model(
    "gru", "Gated recurrent network (GRU)", ("regression", "binary", "multiclass"), layers, order=60, takes=SEQUENCES
)
