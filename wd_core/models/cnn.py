"""Convolutional network: 3 × 3 kernels, each layer halving the image; then a linear layer of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wd_core.engine.layers import ACTIVATIONS, Activation, Affine, Dropout, InputNoise, Layer
from wd_core.engine.layers.convolution import Convolution
from wd_core.engine.layers.pooling import Flatten
from wd_core.models.base import Model, norms

if TYPE_CHECKING:
    from wd_core.experiment import Experiment


def layers(experiment: Experiment, inputs: tuple[int, ...], outputs: int) -> list[Layer]:
    """`experiment.hidden` channels of each convolution, with 2 × 2 average pooling and then the activation.

    An image of one pixel in height or width is not pooled further.
    """
    e, image = experiment, inputs
    chain: list[Layer] = [InputNoise(image)]
    for i, channels in enumerate(e.hidden, start=1):
        name, pool = f"convolution {i}", 2 if min(image[1:]) > 1 else 1
        gain = ACTIVATIONS[e.activation].gain
        convolution = Convolution(image, channels, name=name, gain=gain, biases=e.biases, pool=pool)
        image = convolution.shape
        chain += [convolution, *norms(e, name, image), Activation(e.activation, image), Dropout(image)]
    flat = Flatten(image)
    return [*chain, flat, Affine(*flat.shape, outputs, name="output", biases=e.biases)]


MODEL = Model(
    "cnn", "Convolutional network", ("regression", "binary", "multiclass"), layers, order=40, takes=("image",)
)
