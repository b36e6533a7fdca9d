"""What the recurrent models have in common: layers that read a sequence, and scores from the last state."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from wd_core.engine.layers import Affine, Dropout, Layer
from wd_core.engine.layers.sequences import FrameDropout, FrameNoise, LastFrame
from wd_core.models.base import norms

if TYPE_CHECKING:
    from wd_core.experiment import Experiment

SEQUENCES = ("sequence", "tokens")


def frames_of(e: Experiment, inputs: tuple[int, ...]) -> tuple[int, int]:
    """How many numbers a frame has, and how many frames there are: a token is a one among zeros."""
    return (e.form.symbols or inputs[1]), inputs[0]


def readers(e: Experiment, inputs: tuple[int, ...], outputs: int, make: Callable[..., Layer]) -> list[Layer]:
    """A layer of `make(inputs, units, time, name, biases, symbols)` for each of `e.hidden`; normalisation, where asked,
    is of the last state, before the scores."""
    features, time = frames_of(e, inputs)
    chain: list[Layer] = [FrameNoise((features, time))]
    for i, (a, b) in enumerate(pairwise((features, *e.hidden)), start=1):
        if i > 1:
            chain.append(FrameDropout(a, time))
        symbols = e.form.symbols if i == 1 else 0
        chain.append(make(a, b, time, name=f"hidden {i}", biases=e.biases, symbols=symbols))
    last = e.hidden[-1]
    chain += [LastFrame(last, time), *norms(e, f"hidden {len(e.hidden)}", (last,)), Dropout((last,))]
    return [*chain, Affine(last, outputs, name="output", biases=e.biases)]
