"""Activations: element-wise functions, in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wd_core.engine.layers.base import Batch, Layer, room_for


@dataclass(frozen=True)
class Function:
    """f in place, and its derivative in terms of a = f(z), because z is overwritten by a; or of z, where it must be."""

    forward: Callable[[np.ndarray], None]
    times_slope: Callable[[np.ndarray, np.ndarray], None]
    """(delta, a or z): delta *= f'(z); the other, which nobody needs any more, may be overwritten."""
    gain: float
    """Scale of the initial weights that keeps the size of activations from layer to layer (Glorot & Bengio 2010;
    He et al. 2015)."""
    keeps_input: bool = False
    """True where the derivative needs z."""


def _tanh(z: np.ndarray) -> None:
    np.tanh(z, out=z)


def _tanh_slope(delta: np.ndarray, a: np.ndarray) -> None:
    np.square(a, out=a)
    np.subtract(1, a, out=a)  # 1 − a²
    delta *= a


def _sigmoid(z: np.ndarray) -> None:
    z *= 0.5  # σ(z) = ½ + ½ tanh(z/2): never overflows
    np.tanh(z, out=z)
    z *= 0.5
    z += 0.5


def _sigmoid_slope(delta: np.ndarray, a: np.ndarray) -> None:
    delta *= a  # a·(1 − a)
    np.subtract(1, a, out=a)
    delta *= a


def _relu(z: np.ndarray) -> None:
    np.maximum(z, 0, out=z)


def _relu_slope(delta: np.ndarray, a: np.ndarray) -> None:
    np.greater(a, 0, out=a)
    delta *= a


LEAK = 0.01


def _leaky_relu(z: np.ndarray) -> None:
    np.maximum(z, LEAK * z, out=z)


def _leaky_relu_slope(delta: np.ndarray, a: np.ndarray) -> None:
    np.greater(a, 0, out=a)
    a *= 1 - LEAK
    a += LEAK
    delta *= a


def _identity(z: np.ndarray) -> None:
    pass


def _identity_slope(delta: np.ndarray, a: np.ndarray) -> None:
    pass


def _square(z: np.ndarray) -> None:
    np.square(z, out=z)


def _square_slope(delta: np.ndarray, z: np.ndarray) -> None:
    delta *= z
    delta *= 2


ACTIVATIONS: dict[str, Function] = {
    "tanh": Function(_tanh, _tanh_slope, gain=1.0),
    "relu": Function(_relu, _relu_slope, gain=2.0**0.5),
    "leaky_relu": Function(_leaky_relu, _leaky_relu_slope, gain=(2 / (1 + LEAK**2)) ** 0.5),
    "sigmoid": Function(_sigmoid, _sigmoid_slope, gain=1.0),
    "square": Function(_square, _square_slope, gain=1.0, keeps_input=True),
    "identity": Function(_identity, _identity_slope, gain=1.0),
}


class Activation(Layer):
    """a = f(z), in place on what the layer before says, which must not need that again."""

    def __init__(self, function: str, shape: tuple[int, ...]):
        self.function, self.shape = ACTIVATIONS[function], shape

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        self.output = before.output
        self._of_slope = self.output
        if gradient is not None:
            self.delta = before.delta
            if self.function.keeps_input:  # in memory just as `output` lies, see `Affine.bind`
                self._of_slope = room_for(weights.shape[:-1], self.shape, examples, weights.dtype)[1]

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        if self._of_slope is not self.output:
            self._of_slope[...] = self.output
        self.function.forward(self.output)
        return x

    def backward(self, out: np.ndarray | None) -> None:
        self.function.times_slope(self.delta, self._of_slope)
