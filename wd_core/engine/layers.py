"""Layers of many runs at once: forward beside backward.

A layer is written for its two trailing axes, (features, examples); whatever stands before them counts runs and
broadcasts. Examples come last because then every element-wise operation and every matrix product walks along long
contiguous rows. Activations carry one more feature that is always 1, so that the bias is simply the last column of
the weights: one matrix product does forward, one does the whole gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from wd_core.engine.arrays import aligned_zeros


@dataclass(frozen=True)
class Activation:
    """f in place, and its derivative written in terms of a = f(z), because z is overwritten by a."""

    forward: Callable[[np.ndarray], None]
    times_slope: Callable[[np.ndarray, np.ndarray], None]
    """(delta, a): delta *= f'(z); `a`, which nobody needs any more, may be overwritten."""
    gain: float
    """Scale of the initial weights that keeps the size of activations from layer to layer (Glorot & Bengio 2010;
    He et al. 2015)."""


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


ACTIVATIONS: dict[str, Activation] = {
    "tanh": Activation(_tanh, _tanh_slope, gain=1.0),
    "relu": Activation(_relu, _relu_slope, gain=2.0**0.5),
    "leaky_relu": Activation(_leaky_relu, _leaky_relu_slope, gain=(2 / (1 + LEAK**2)) ** 0.5),
    "sigmoid": Activation(_sigmoid, _sigmoid_slope, gain=1.0),
    "identity": Activation(_identity, _identity_slope, gain=1.0),
}


class Dense:
    """a = f(W·[x; 1]) for every run; the last column of W is the bias.

    `initial` is "glorot" (hidden layers) or "zeros" (linear models, which need no symmetry broken).
    """

    def __init__(
        self, inputs: int, outputs: int, activation: str = "identity", *, name: str = "", initial: str = "glorot"
    ):
        self.inputs, self.outputs, self.name, self.initial = inputs, outputs, name, initial
        self.activation = ACTIVATIONS[activation]
        self.shape = (outputs, inputs + 1)
        self.size = outputs * (inputs + 1)

    def decayed(self) -> np.ndarray:
        """(outputs, inputs + 1) bool: weights decay, biases never do."""
        mask = np.ones(self.shape, bool)
        mask[:, -1] = False
        return mask

    def initial_weights(self, rng: np.random.Generator) -> np.ndarray:
        """(outputs, inputs + 1): one run's weights before training; biases start at zero."""
        weights = np.zeros(self.shape)
        if self.initial == "glorot":
            spread = self.activation.gain * (6 / (self.inputs + self.outputs)) ** 0.5
            weights[:, :-1] = rng.uniform(-spread, spread, (self.outputs, self.inputs))
        return weights

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int) -> None:
        """Take views of this layer's slice of the flat buffers, (…runs, size), and allocate room for `examples`.

        Without a `gradient` there is no backward.
        """
        runs = weights.shape[:-1]
        self.weights = weights.reshape(*runs, *self.shape)
        self.padded = aligned_zeros((*runs, self.outputs + 1, examples), weights.dtype)
        self.padded[..., -1, :] = 1
        self.output = self.padded[..., :-1, :]
        if gradient is None:
            return
        self.gradient = gradient.reshape(*runs, *self.shape)
        # ∂J/∂output lies in memory just as `output` does: NumPy takes half the time for two arrays of equal strides.
        self.padded_delta = aligned_zeros(self.padded.shape, weights.dtype)
        self.delta = self.padded_delta[..., :-1, :]
        self._row_and_zeros = aligned_zeros((*runs, 2, self.inputs), weights.dtype)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x (…, inputs + 1, n), last row ones → (…runs, outputs + 1, n), last row ones."""
        self.x = x
        np.matmul(self.weights, x, out=self.output)
        self.activation.forward(self.output)
        return self.padded

    def backward(self, out: np.ndarray | None) -> None:
        """From `delta` = ∂J/∂a to `gradient`, and ∂J/∂x to `out` unless None. Overwrites `delta` and `output`."""
        self.activation.times_slope(self.delta, self.output)
        np.matmul(self.delta, self.x.swapaxes(-1, -2), out=self.gradient)
        if out is None:
            return
        weights = self.weights[..., :-1]  # the constant input needs no gradient
        if self.outputs == 1:  # NumPy gives an outer product to BLAS, six times as fast, if a second term is added: 0
            self._row_and_zeros[..., :1, :] = weights
            np.matmul(self._row_and_zeros.swapaxes(-1, -2), self.padded_delta, out=out)
        else:
            np.matmul(weights.swapaxes(-1, -2), self.delta, out=out)


class Network:
    """A chain of layers for `runs` runs on `examples` examples: all parameters of a run in one flat row.

    `weights` and `gradient` are (…runs, P); the layers see reshaped views of them, so that an optimiser step, a decay
    mask, a norm, a snapshot are single operations on one array.
    """

    def __init__(self, layers: list[Dense], runs: tuple[int, ...], examples: int, dtype: np.dtype | type, train=True):
        self.layers = layers
        size = sum(layer.size for layer in layers)
        self.weights = aligned_zeros((*runs, size), dtype)
        self.gradient = aligned_zeros((*runs, size), dtype) if train else None
        start = 0
        for layer in layers:
            here = slice(start, start + layer.size)
            layer.bind(self.weights[..., here], self.gradient[..., here] if train else None, examples)
            start += layer.size

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x (…, inputs + 1, n) → scores (…runs, outputs, n)."""
        for layer in self.layers:
            x = layer.forward(x)
        return self.layers[-1].output

    @property
    def score_gradient(self) -> np.ndarray:
        """Where the loss writes ∂J/∂scores before `backward`: (…runs, outputs, n)."""
        return self.layers[-1].delta

    def backward(self) -> None:
        """From `score_gradient` to `gradient`, layer by layer. It uses up the activations of the last `forward`."""
        for before, layer in reversed(list(pairwise([None, *self.layers]))):
            layer.backward(out=before.delta if before else None)
