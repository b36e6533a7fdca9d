"""Optimisers: from a gradient to a direction, for every run at once.

Each works on (…runs, P) arrays in place. `direction(g)` returns what is subtracted from the weights after it was
multiplied by the learning rate. `reach` is how far a steady unit gradient moves each weight in a step in the long run,
in learning rates: the metric in which a *coupled* prox must shrink so that the objective's minimum stays the minimum.
"""

from __future__ import annotations

import numpy as np

from wd_core.engine.arrays import aligned_zeros


class SGD:
    """Plain gradient descent: the direction is the gradient."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype | type, momentum: float = 0.9, beta2: float = 0.999):
        self.reach: float | np.ndarray = 1.0

    def direction(self, g: np.ndarray) -> np.ndarray:
        return g


class Momentum:
    """v ← μ v + g, direction v (Polyak 1964, in PyTorch's form: no damping)."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype | type, momentum: float = 0.9, beta2: float = 0.999):
        self.velocity = aligned_zeros(shape, dtype)
        self.momentum = momentum
        self.reach: float | np.ndarray = 1 / (1 - momentum)

    def direction(self, g: np.ndarray) -> np.ndarray:
        self.velocity *= self.momentum
        self.velocity += g
        return self.velocity


class Nesterov(Momentum):
    """v ← μ v + g, direction g + μ v (Sutskever et al. 2013, in PyTorch's form)."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype | type, momentum: float = 0.9, beta2: float = 0.999):
        super().__init__(shape, dtype, momentum, beta2)
        self._ahead = aligned_zeros(shape, dtype)

    def direction(self, g: np.ndarray) -> np.ndarray:
        np.multiply(super().direction(g), self.momentum, out=self._ahead)
        self._ahead += g
        return self._ahead


class Adam:
    """Adam (Kingma & Ba 2015): β₁ = 0.9, ε = 1e-8; with decoupled decay it is AdamW.

    `m` and `v` are the paper's, divided by 1 − β₁ and 1 − β₂, and so are numerator and denominator below: the numbers
    that the paper multiplies them with meet in `scale`, a pass over memory less for each.
    """

    beta1, beta2, epsilon = 0.9, 0.999, 1e-8

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype | type, momentum: float = 0.9, beta2: float = 0.999):
        self.m, self.v = aligned_zeros(shape, dtype), aligned_zeros(shape, dtype)
        self._direction, self._root = aligned_zeros(shape, dtype), aligned_zeros(shape, dtype)
        self.beta2, self.t = beta2, 0

    def direction(self, g: np.ndarray) -> np.ndarray:
        self.t += 1
        self.m *= self.beta1
        self.m += g
        self.v *= self.beta2
        self.v += np.square(g, out=self._direction)
        m_scale = (1 - self.beta1) / (1 - self.beta1**self.t)  # m̂ = m_scale·m
        v_scale = (1 - self.beta2) / (1 - self.beta2**self.t)
        self._root_scale = v_scale**0.5
        np.sqrt(self.v, out=self._root)
        self._root += self.epsilon / self._root_scale  # √v̂ + ε = root_scale·root
        np.divide(self.m, self._root, out=self._direction)
        self._direction *= m_scale / self._root_scale
        return self._direction

    @property
    def reach(self) -> np.ndarray:
        """1 / (√v̂ + ε)"""
        return np.divide(1 / self._root_scale, self._root, out=self._direction)


OPTIMIZERS = {"sgd": SGD, "momentum": Momentum, "nesterov": Nesterov, "adam": Adam}
Optimizer = SGD | Momentum | Nesterov | Adam
