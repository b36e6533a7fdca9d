"""A detour: what goes in is added to what comes out."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from wd_core.engine.layers.base import Batch, Layer, room_for


class Residual(Layer):
    """y = x + f(x), f a chain of layers whose output has the shape of x (He et al. 2016).

    They get a copy of x, so that they may work in place. Its parameters are theirs, one behind the other.
    """

    def __init__(self, layers: list[Layer]):
        self.layers = layers
        self.shape = layers[-1].shape
        self.parameters = tuple(block for layer in layers for block in layer.parameters)
        self.work = sum(layer.work for layer in layers)
        self.rounds = sum(layer.rounds for layer in layers)
        self.run_by_run = sum(layer.run_by_run for layer in layers)
        self.small_products = sum(layer.small_products for layer in layers)

    @property
    def elements(self) -> int:
        return math.prod(self.shape) + sum(layer.elements for layer in self.layers if not layer.random)

    def initial(self, rng: np.random.Generator) -> np.ndarray:
        return np.concatenate([layer.initial(rng) for layer in self.layers])

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        self.x, self.copy = before.output, Layer()
        self._sent_copy, self.copy.output = self._room(weights.dtype)
        self.sent, self.output = self._room(weights.dtype)
        start, previous = 0, self.copy
        for layer in self.layers:
            here = slice(start, start + layer.size)
            layer.bind(weights[..., here], None if gradient is None else gradient[..., here], examples, previous)
            start, previous = start + layer.size, layer
        if gradient is not None:
            self.copy.delta, self.delta = before.delta, self._room(weights.dtype)[1]

    def _room(self, dtype: np.dtype | type) -> tuple[np.ndarray, np.ndarray]:
        """Room like x: with the row of ones below plain features, and without."""
        axes = 4 if len(self.shape) == 3 else 2  # images; features of examples, or of frames side by side
        return room_for(self.x.shape[:-axes], self.x.shape[-axes:-1], self.x.shape[-1], dtype)

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        np.copyto(self.copy.output, self.x)
        x = self._sent_copy
        for layer in self.layers:
            x = layer.forward(x, batch)
        np.add(self.x, self.layers[-1].output, out=self.output)
        return self.sent

    def backward(self, out: np.ndarray | None) -> None:
        np.copyto(self.layers[-1].delta, self.delta)
        for layer, before in pairwise([*reversed(self.layers), self.copy]):
            layer.backward(before.delta)
        out += self.delta
