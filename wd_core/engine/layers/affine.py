"""The affine map of plain features: W·x + b."""

from __future__ import annotations

import numpy as np

from wd_core.engine.arrays import aligned_zeros
from wd_core.engine.layers.base import Batch, Block, Layer, room_for

FEW, MANY = 4, 128
"""Columns of W up to which, and examples from which, the gradient is a product with one vector for each column: a
product of matrices first packs all of `delta`, which takes longer than such products (18 µs against 36)."""


class Affine(Layer):
    """z = W·[x; 1] for every run; the last column of W is the bias. Without `biases` z = W·x.

    `gain` is the scale of the initial weights (of the activation that follows, see `Function.gain`); 0 starts at zero,
    which linear models can: they need no symmetry broken. Biases start at zero.
    """

    def __init__(self, inputs: int, outputs: int, *, name: str = "", gain: float = 1.0, biases: bool = True):
        self.inputs, self.outputs, self.name, self.gain, self.biases = inputs, outputs, name, gain, biases
        self.shape = (outputs,)
        self.parameters = (Block(name, "weights", (outputs, inputs + biases), bias_column=biases),)
        self.work = outputs * (inputs + biases)

    def initial(self, rng: np.random.Generator) -> np.ndarray:
        """Uniform, with the variance of Glorot & Bengio 2010."""
        weights = np.zeros(self.parameters[0].shape)
        if self.gain:
            spread = self.gain * (6 / (self.inputs + self.outputs)) ** 0.5
            weights[:, : self.inputs] = rng.uniform(-spread, spread, (self.outputs, self.inputs))
        return weights.ravel()

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        runs = weights.shape[:-1]
        self.weights = weights.reshape(*runs, *self.parameters[0].shape)
        self.sent, self.output = room_for(runs, self.shape, examples, weights.dtype)
        if gradient is None:
            return
        self.gradient = gradient.reshape(self.weights.shape)
        self._one_by_one = self.weights.shape[-1] <= FEW and examples >= MANY
        # ∂J/∂output lies in memory just as `output` does: NumPy walks faster through two arrays of equal strides.
        self.padded_delta, self.delta = room_for(runs, self.shape, examples, weights.dtype)
        self._row_and_zeros = aligned_zeros((*runs, 2, self.inputs), weights.dtype)

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        """x (…, inputs + 1, n), last row ones → (…runs, outputs + 1, n), last row ones."""
        self.x = x if self.biases else x[..., :-1, :]
        np.matmul(self.weights, self.x, out=self.output)
        return self.sent

    def backward(self, out: np.ndarray | None) -> None:
        if self._one_by_one:
            for j in range(self.x.shape[-2]):
                np.matmul(self.delta, self.x[..., j, :, None], out=self.gradient[..., j : j + 1])
        else:
            np.matmul(self.delta, self.x.swapaxes(-1, -2), out=self.gradient)
        if out is None:
            return
        weights = self.weights[..., : self.inputs]  # the constant input needs no gradient
        if self.outputs == 1:  # NumPy gives an outer product to BLAS, six times as fast, if a second term is added: 0
            self._row_and_zeros[..., :1, :] = weights
            np.matmul(self._row_and_zeros.swapaxes(-1, -2), self.padded_delta, out=out)
        else:
            np.matmul(weights.swapaxes(-1, -2), self.delta, out=out)
