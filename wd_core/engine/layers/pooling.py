"""Pooling of images (channels, height, width, n)."""

from __future__ import annotations

import math

import numpy as np

from wd_core.engine.arrays import aligned_zeros
from wd_core.engine.layers.base import Batch, Layer, room_for


class Pool(Layer):
    """One number for each `size` × `size` pixels. What is left over at the lower and right edge is dropped."""

    def __init__(self, image: tuple[int, int, int], size: int = 2):
        channels, height, width = image
        self.size_of_window, self.shape = size, (channels, height // size, width // size)

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        self.output = aligned_zeros((*weights.shape[:-1], *self.shape, examples), weights.dtype)
        if gradient is not None:
            self.delta = aligned_zeros(self.output.shape, weights.dtype)

    def _windows(self, x: np.ndarray) -> list[np.ndarray]:
        """The first pixel of every window, the second of every window, …: views like `output`."""
        size, (_, height, width) = self.size_of_window, self.shape
        return [
            x[..., i : height * size : size, j : width * size : size, :] for i in range(size) for j in range(size)
        ]  # fmt: skip


class AveragePool(Pool):
    """The mean of each window."""

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        first, *others = self._windows(x)
        self.output[...] = first
        for pixels in others:
            self.output += pixels
        self.output *= 1 / self.size_of_window**2
        return self.output

    def backward(self, out: np.ndarray | None) -> None:
        if out is None:
            return
        out[...] = 0
        self.delta *= 1 / self.size_of_window**2
        for pixels in self._windows(out):
            pixels[...] = self.delta


class MaxPool(Pool):
    """The largest of each window; of equal ones the first counts (as in PyTorch)."""

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        self.x = x
        first, *others = self._windows(x)
        self.output[...] = first
        for pixels in others:
            np.maximum(self.output, pixels, out=self.output)
        return self.output

    def backward(self, out: np.ndarray | None) -> None:
        if out is None:
            return
        out[...] = 0
        free = np.ones(self.output.shape, bool)
        for pixels, gradient in zip(self._windows(self.x), self._windows(out), strict=True):
            largest = (pixels == self.output) & free
            free &= ~largest
            np.multiply(self.delta, largest, out=gradient)


class GlobalPool(Layer):
    """The mean of each channel, as plain features (channels + 1, n)."""

    def __init__(self, image: tuple[int, int, int]):
        self.image, self.shape = image, image[:1]

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        self.sent, self.output = room_for(weights.shape[:-1], self.shape, examples, weights.dtype)
        if gradient is not None:
            self.delta = room_for(weights.shape[:-1], self.shape, examples, weights.dtype)[1]

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        np.mean(x, axis=(-3, -2), out=self.output)
        return self.sent

    def backward(self, out: np.ndarray | None) -> None:
        if out is not None:
            out[...] = self.delta[..., None, None, :]
            out *= 1 / math.prod(self.image[1:])


class Flatten(Layer):
    """Any shape as plain features, with their row of ones."""

    def __init__(self, shape: tuple[int, ...]):
        self.shape = (math.prod(shape),)

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        self.sent, self.output = room_for(weights.shape[:-1], self.shape, examples, weights.dtype)
        if gradient is not None:
            self.delta = room_for(weights.shape[:-1], self.shape, examples, weights.dtype)[1]

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        self.output[...] = x.reshape(self.output.shape)
        return self.sent

    def backward(self, out: np.ndarray | None) -> None:
        if out is not None:
            out[...] = self.delta.reshape(out.shape)
