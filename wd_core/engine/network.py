"""A network of many runs: layers on one flat buffer."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from wd_core.engine.arrays import aligned_zeros
from wd_core.engine.draws import Draws
from wd_core.engine.layers import Batch, Layer, acting


class Network:
    """A chain of layers for `runs` runs on `examples` examples: all parameters of a run in one flat row.

    `weights` and `gradient` are (…runs, P); the layers see reshaped views of them, so that an optimiser step, a decay
    mask, a norm, a snapshot are single operations on one array.
    """

    def __init__(
        self,
        layers: list[Layer],
        runs: tuple[int, ...],
        examples: int,
        dtype: np.dtype | type,
        train: bool = True,
        draws: Draws | None = None,
    ):
        """Without `draws` the layers that act in training alone are left out; they have no parameters."""
        self.layers = acting(layers, draws)
        size = sum(layer.size for layer in self.layers)
        self.weights = aligned_zeros((*runs, size), dtype)
        self.gradient = aligned_zeros((*runs, size), dtype) if train else None
        start, before = 0, None
        for layer in self.layers:
            here = slice(start, start + layer.size)
            layer.bind(self.weights[..., here], self.gradient[..., here] if train else None, examples, before)
            start, before = start + layer.size, layer
        first = next((i for i, layer in enumerate(self.layers) if layer.size), 0)  # nothing before it learns
        self._backwards = list(pairwise([*reversed(self.layers[first:]), None]))

    def forward(self, batch: Batch) -> np.ndarray:
        """Scores (…runs, outputs, n)."""
        x = batch.x
        for layer in self.layers:
            x = layer.forward(x, batch)
        return self.layers[-1].output

    @property
    def score_gradient(self) -> np.ndarray:
        """Where the loss writes ∂J/∂scores before `backward`: (…runs, outputs, n)."""
        return self.layers[-1].delta

    def backward(self, to_inputs: np.ndarray | None = None) -> None:
        """From `score_gradient` to `gradient`, layer by layer. It uses up what the last `forward` left.

        With `to_inputs` (…runs, shape of an example, n) also to ∂J/∂x, where each run was given an x of its own.
        """
        for layer, before in self._backwards:
            layer.backward(out=before.delta if before else to_inputs)


def initial_weights(layers: list[Layer], rng: np.random.Generator) -> np.ndarray:
    """(P,): a run's parameters before training."""
    return np.concatenate([layer.initial(rng) for layer in layers])
