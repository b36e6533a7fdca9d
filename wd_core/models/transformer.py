"""Transformer of one block (Vaswani et al. 2017): every frame or letter attends to all others; their mean is scored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wd_core.engine.layers import ACTIVATIONS, Activation, Affine, Layer, LayerNorm
from wd_core.engine.layers.attention import Embedding, FrameByFrame, MeanFrame, SelfAttention
from wd_core.engine.layers.dropout import Dropout
from wd_core.engine.layers.residual import Residual
from wd_core.engine.layers.sequences import FrameDropout, FrameNoise
from wd_core.models._reading import SEQUENCES, frames_of
from wd_core.models.base import Model, norms

if TYPE_CHECKING:
    from wd_core.experiment import Experiment

MOST_HEADS = 4


def layers(experiment: Experiment, inputs: tuple[int, ...], outputs: int) -> list[Layer]:
    """`experiment.hidden` is the width and the units of the block's MLP, whose activation is the experiment's.

    One pre-norm block (Xiong et al. 2020): attention, then the MLP, each added to what it read. The block has layer
    norms of its own; the experiment's normalisation is of the mean over frames, before the scores.
    """
    e = experiment
    if len(e.hidden) != MODEL.depth:
        said = ",".join(map(str, e.hidden))
        raise ValueError(f"hidden={said}: allowed for a transformer: two, its width and the units of its MLP")
    (width, units), symbols = e.hidden, e.form.symbols
    features, time = frames_of(e, inputs)
    heads = max(heads for heads in range(1, MOST_HEADS + 1) if width % heads == 0)

    def norm(name: str) -> Layer:
        return FrameByFrame(LayerNorm((width,), name=name, biases=e.biases), time)

    def affine(a: int, b: int, name: str, gain: float = 1.0) -> Layer:
        return FrameByFrame(Affine(a, b, name=name, gain=gain, biases=e.biases), time)

    attend = SelfAttention(width, heads, time, name="attention", biases=e.biases)
    think = [
        affine(width, units, "MLP 1", ACTIVATIONS[e.activation].gain),
        FrameByFrame(Activation(e.activation, (units,)), time),
        FrameDropout(units, time, side_by_side=True),
        affine(units, width, "MLP 2"),
    ]
    return [
        FrameNoise((features, time)),
        Embedding(features, width, time, name="embedding", biases=e.biases and not symbols, symbols=symbols),
        Residual([norm("attention"), attend]),
        Residual([norm("MLP 1"), *think]),
        MeanFrame(width, time),
        *norms(e, "MLP 2", (width,)),
        Dropout((width,)),
        Affine(width, outputs, name="output", biases=e.biases),
    ]


MODEL = Model(
    "transformer", "Transformer", ("regression", "binary", "multiclass"), layers, order=70, takes=SEQUENCES, depth=2
)
