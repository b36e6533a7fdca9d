"""Convolution of images, with average pooling in the same step."""

from __future__ import annotations

import math

import numpy as np

from wd_core.engine.arrays import aligned_zeros
from wd_core.engine.layers.base import Batch, Block, Layer

CACHE = 1 << 17
"""Elements of the columns that are worked on at a time: 512 KB in float32, so that they stay in second-level cache."""


class Convolution(Layer):
    """z = W ∗ x + b with a k × k kernel and zeros around, as large as x; then the mean of each `pool` × `pool` pixels.

    Images are (channels, height, width, n), parameters (outputs, channels·k² + 1), the bias in the last column. What is
    left over at the lower and right edge when pooling is dropped (as PyTorch's AvgPool2d does).

    Convolution is linear, so the mean is taken of x before it instead of z after it: `spread` is x averaged over each
    window of pool × pixels, and a column of W's product is a strided slice of that. A quarter of the work for pool = 2.
    """

    def __init__(
        self,
        image: tuple[int, int, int],
        outputs: int,
        *,
        name: str = "",
        gain: float = 1.0,
        biases: bool = True,
        kernel: int = 3,
        pool: int = 1,
    ):
        self.channels, self.height, self.width = image
        self.outputs, self.name, self.gain, self.biases, self.kernel, self.pool = (
            outputs, name, gain, biases, kernel, pool,
        )  # fmt: skip
        self.shape = (outputs, self.height // pool, self.width // pool)
        self.fan_in = self.channels * kernel**2
        self.parameters = (Block(name, "weights", (outputs, self.fan_in + biases), bias_column=biases),)
        self.work = math.prod(self.shape) * (self.fan_in + biases)

    def initial(self, rng: np.random.Generator) -> np.ndarray:
        """Uniform, with the variance of Glorot & Bengio 2010; biases zero."""
        weights = np.zeros(self.parameters[0].shape)
        limit = self.gain * (6 / (self.fan_in + self.outputs * self.kernel**2)) ** 0.5
        weights[:, : self.fan_in] = rng.uniform(-limit, limit, (self.outputs, self.fan_in))
        return weights.ravel()

    def arrange(self, X: np.ndarray, dtype: np.dtype | type, columns: int) -> np.ndarray:
        """(n, channels, height, width) → (channels, height, width, columns), zero from n on."""
        x = aligned_zeros((*X.shape[1:], columns), dtype)
        x[..., : len(X)] = np.moveaxis(X, 0, -1)
        return x

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        runs = weights.shape[:-1]
        self.weights = weights.reshape(*runs, *self.parameters[0].shape)
        self.output = aligned_zeros((*runs, *self.shape, examples), weights.dtype)
        if gradient is not None:
            self.gradient = gradient.reshape(self.weights.shape)
            self.delta = aligned_zeros(self.output.shape, weights.dtype)
        kernel, (_, height, width), n = self.kernel, self.shape, examples
        pixels = height * width * n
        every = math.prod(runs)
        self._at_once = some = min(every, max(1, CACHE // ((self.fan_in + 1) * pixels)))
        wide = self.height + kernel - 1, self.width + kernel - 1
        spread = wide[0] - self.pool + 1, wide[1] - self.pool + 1
        self._padded = aligned_zeros((some, self.channels, *wide, n), weights.dtype)
        self._half = aligned_zeros((some, self.channels, spread[0], wide[1], n), weights.dtype)
        self._spread = aligned_zeros((some, self.channels, *spread, n), weights.dtype)
        self._columns = aligned_zeros((some, self.fan_in + self.biases, pixels), weights.dtype)
        self._columns[:, self.fan_in :] = self.pool**2
        self._patches = self._columns[:, : self.fan_in].reshape(
            some, self.channels, kernel, kernel, height, width, n
        )  # fmt: skip

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        """x (…, channels, height, width, n) → (…runs, outputs, height // pool, width // pool, n)."""
        self.x = x.reshape(-1, *x.shape[-4:])
        output, weights = self._by_input(self.output), self._weights()
        for some in self._chunks():
            np.matmul(weights[some], self._columns_of(self.x[some])[:, None], out=output[some])
        return self.output

    def backward(self, out: np.ndarray | None) -> None:
        delta, weights = self._by_input(self.delta), self._weights()
        gradient = self.gradient.reshape(weights.shape)
        dx = None if out is None else out.reshape(self.x.shape)
        for some in self._chunks():
            columns = self._columns_of(self.x[some])
            np.matmul(delta[some], columns[:, None].swapaxes(-1, -2), out=gradient[some])
            if dx is not None:  # then every run has an x of its own
                transposed = weights[some, 0, :, : self.fan_in].swapaxes(-1, -2)
                np.matmul(transposed, delta[some, 0], out=columns[:, : self.fan_in])
                self._spread_back(dx[some])
        if self.pool > 1:
            gradient *= 1 / self.pool**2

    def _by_input(self, z: np.ndarray) -> np.ndarray:
        """(…runs, outputs, height, width, n) → (inputs, rows that share one, outputs, pixels)."""
        return z.reshape(len(self.x), -1, self.outputs, math.prod(z.shape[-3:]))

    def _weights(self) -> np.ndarray:
        """(inputs, rows, outputs, fan_in + 1), divided by the pixels of a mean; so the column of ones is not."""
        weights = self.weights.reshape(len(self.x), -1, *self.weights.shape[-2:])
        return weights / self.pool**2 if self.pool > 1 else weights

    def _chunks(self) -> list[slice]:
        return [slice(i, min(i + self._at_once, len(self.x))) for i in range(0, len(self.x), self._at_once)]

    def _columns_of(self, x: np.ndarray) -> np.ndarray:
        """x (some, channels, height, width, n) → (some, fan_in + 1, pixels): what each weight is multiplied with."""
        some, top = len(x), self.kernel // 2
        padded, half, spread = self._padded[:some], self._half[:some], self._spread[:some]
        if self.pool == 1:
            spread = padded
        padded[:, :, top : top + self.height, top : top + self.width] = x
        if self.pool > 1:
            _sum_of_neighbours(padded, half, self.pool, axis=2)
            _sum_of_neighbours(half, spread, self.pool, axis=3)
        patches = self._patches[:some]
        for i, j, rows, columns in self._shifts():
            patches[:, :, i, j] = spread[:, :, rows, columns]
        return self._columns[:some]

    def _spread_back(self, dx: np.ndarray) -> None:
        """From ∂J/∂columns, which `_columns` holds, to dx (some, channels, height, width, n)."""
        some, top = len(dx), self.kernel // 2
        padded, half, spread = self._padded[:some], self._half[:some], self._spread[:some]
        if self.pool == 1:
            spread = padded
        patches = self._patches[:some]
        spread[...] = 0
        for i, j, rows, columns in self._shifts():
            spread[:, :, rows, columns] += patches[:, :, i, j]
        inner = slice(top, top + self.height), slice(top, top + self.width)
        if self.pool > 1:
            _sum_back(spread, half, self.pool, axis=3)
            _sum_back(half, padded, self.pool, axis=2)
        dx[...] = padded[:, :, *inner]
        padded[...] = 0  # its margin is the zeros around the images

    def _shifts(self) -> list[tuple[int, int, slice, slice]]:
        """Each place in the kernel, and the pixels of `spread` that meet its weight."""
        (_, height, width), pool = self.shape, self.pool
        return [
            (i, j, slice(i, i + pool * (height - 1) + 1, pool), slice(j, j + pool * (width - 1) + 1, pool))
            for i in range(self.kernel)
            for j in range(self.kernel)
        ]


def _along(axis: int, start: int, stop: int) -> tuple[slice, ...]:
    return (*(slice(None),) * axis, slice(start, stop))


def _sum_of_neighbours(x: np.ndarray, out: np.ndarray, count: int, axis: int) -> None:
    """out[i] = x[i] + … + x[i + count − 1] along the axis."""
    length = out.shape[axis]
    np.add(x[_along(axis, 0, length)], x[_along(axis, 1, length + 1)], out=out)
    for k in range(2, count):
        out += x[_along(axis, k, length + k)]


def _sum_back(delta: np.ndarray, out: np.ndarray, count: int, axis: int) -> None:
    """The transpose of `_sum_of_neighbours`: out[j] = Σ delta[i] over the sums i in which j stood."""
    length = delta.shape[axis]
    out[_along(axis, 0, length)] = delta
    out[_along(axis, length, out.shape[axis])] = 0
    for k in range(1, count):
        out[_along(axis, k, length + k)] += delta
