"""Layers that act in training alone: dropout, and noise on the inputs."""

from __future__ import annotations

import numpy as np

from wd_core.engine.draws import Draws
from wd_core.engine.layers.base import Batch, Layer, room_for


class Dropout(Layer):
    """Each unit is left out with the row's rate, the others are scaled up (Srivastava et al. 2014, inverted)."""

    random = True

    def __init__(self, shape: tuple[int, ...]):
        self.shape = shape

    def wanted(self, draws: Draws) -> bool:
        return bool(draws.dropout.any())

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        self.sent, self.output = room_for(weights.shape[:-1], self.shape, examples, weights.dtype)
        if hasattr(before, "delta"):  # else nothing before it learns
            self.delta = before.delta

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        self.mask = batch.draws.mask(self.shape)
        np.multiply(x[..., :-1, :] if len(self.shape) == 1 else x, self.mask, out=self.output)
        return self.sent

    def backward(self, out: np.ndarray | None) -> None:
        if out is not None:
            np.multiply(self.delta, self.mask, out=out)


class InputNoise(Layer):
    """x + ε, with fresh ε ~ N(0, σ²) of the row's σ at each step (Bishop 1995). It stands first in a network."""

    random = True

    def __init__(self, shape: tuple[int, ...]):
        self.shape = shape

    def wanted(self, draws: Draws) -> bool:
        return bool(draws.input_noise.any())

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        """No room: what it says is as large as what its rows differ in, a row for all where they do not."""

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        noise = batch.draws.noise(self.shape)
        if len(self.shape) == 1:
            noise = np.concatenate([noise, np.zeros_like(noise[..., :1, :])], axis=-2)  # the ones stay ones
        return x + noise

    def backward(self, out: np.ndarray | None) -> None:
        """Nothing stands before it."""
