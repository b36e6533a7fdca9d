"""Simple recurrent network (Elman 1990): a state that reads a sequence; scores from what it is at the end."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wd_core.engine.layers import Layer
from wd_core.engine.layers.recurrent import Recurrent
from wd_core.models._reading import SEQUENCES, readers
from wd_core.models.base import Model

if TYPE_CHECKING:
    from wd_core.experiment import Experiment


def layers(experiment: Experiment, inputs: tuple[int, ...], outputs: int) -> list[Layer]:
    """`experiment.hidden` units of each layer that reads the one before; its activation is the recurrence's."""
    return readers(experiment, inputs, outputs, partial(Recurrent, activation=experiment.activation))


MODEL = Model(
    "rnn", "Recurrent network", ("regression", "binary", "multiclass"), layers, order=50, takes=SEQUENCES
)
