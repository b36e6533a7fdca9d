"""Optimisers: from a gradient to a direction, for every run at once.

Each works on (…runs, P) arrays in place. `direction(g)` returns what is subtracted from the weights after it was
multiplied by the learning rate. `reach` is how far a steady unit gradient moves each weight in a step in the long run,
in learning rates: the metric in which a *coupled* prox must shrink so that the objective's minimum stays the minimum.
"""

from __future__ import annotations

import numpy as np

from wd_core.arrays import aligned_zeros


class SGD:
    """Plain gradient descent: the direction is the gradient."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype | type, momentum: float = 0.9):
        self.reach: float | np.ndarray = 1.0

    def direction(self, g: np.ndarray) -> np.ndarray:
        return g


class Momentum:
    """v ← μ v + g, direction v (Polyak 1964, in PyTorch's form: no damping)."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype | type, momentum: float = 0.9):
        self.velocity = aligned_zeros(shape, dtype)
        self.momentum = momentum
        self.reach: float | np.ndarray = 1 / (1 - momentum)

    def direction(self, g: np.ndarray) -> np.ndarray:
        self.velocity *= self.momentum
        self.velocity += g
        return self.velocity


class Nesterov(Momentum):
    """v ← μ v + g, direction g + μ v (Sutskever et al. 2013, in PyTorch's form)."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype | type, momentum: float = 0.9):
        super().__init__(shape, dtype, momentum)
        self._ahead = aligned_zeros(shape, dtype)

    def direction(self, g: np.ndarray) -> np.ndarray:
        np.multiply(super().direction(g), self.momentum, out=self._ahead)
        self._ahead += g
        return self._ahead


class Adam:
    """Adam (Kingma & Ba 2015): β₁ = 0.9, β₂ = 0.999, ε = 1e-8; with decoupled decay it is AdamW."""

    beta1, beta2, epsilon = 0.9, 0.999, 1e-8

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype | type, momentum: float = 0.9):
        self.m, self.v = aligned_zeros(shape, dtype), aligned_zeros(shape, dtype)
        self.reach: float | np.ndarray = aligned_zeros(shape, dtype)
        self._direction = aligned_zeros(shape, dtype)
        self.t = 0

    def direction(self, g: np.ndarray) -> np.ndarray:
        self.t += 1
        scaled, reach = self._direction, self.reach
        self.m *= self.beta1
        self.m += np.multiply(g, 1 - self.beta1, out=scaled)
        self.v *= self.beta2
        np.multiply(g, g, out=scaled)
        scaled *= 1 - self.beta2
        self.v += scaled
        np.sqrt(self.v, out=reach)
        reach *= (1 - self.beta2**self.t) ** -0.5
        reach += self.epsilon
        np.reciprocal(reach, out=reach)  # 1 / (√v̂ + ε)
        np.multiply(self.m, reach, out=scaled)
        scaled *= 1 / (1 - self.beta1**self.t)
        return scaled


OPTIMIZERS = {"sgd": SGD, "momentum": Momentum, "nesterov": Nesterov, "adam": Adam}
Optimizer = SGD | Momentum | Nesterov | Adam
