"""Forms of weight decay: the same penalty, at three places of a step.

    into_gradient   before the optimiser: the penalty is part of the objective
    beside          next to the optimiser's step, past its momentum and metric
    prox            after the step: L1's soft threshold, which makes exact zeros

`l1` and `l2` are λ₁ and λ₂ of every parameter, (R, P), zero where nothing decays; w and g are (…, R, P), changed in
place. `now` is the step: its learning rate, its schedule and its multiple of λ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wd_core.engine.arrays import aligned_zeros
from wd_core.engine.optimizers import Optimizer
from wd_core.engine.penalties import soft_threshold


@dataclass(slots=True)
class Now:
    """What a step multiplies with: a number, or (R, 1) where rows differ."""

    lr: float | np.ndarray
    schedule: float
    """lr as a multiple of the experiment's."""
    strength: float
    """λ as a multiple of the experiment's."""


class Decay:
    """No decay: nothing happens at any of the three places."""

    def __init__(self, l1: np.ndarray, l2: np.ndarray, scratch: np.ndarray):
        self.l1, self.l2, self._scratch = l1, l2, scratch
        self.has_l1, self.has_l2 = bool(l1.any()), bool(l2.any())
        self._threshold = aligned_zeros(scratch.shape, scratch.dtype) if self.has_l1 else None

    def into_gradient(self, w: np.ndarray, g: np.ndarray, now: Now) -> None:
        """What is added to the gradient."""

    def beside(self, w: np.ndarray, direction: np.ndarray, now: Now) -> None:
        """What is subtracted from the weights beside the optimiser's `direction`."""

    def prox(self, w: np.ndarray, optimizer: Optimizer, now: Now) -> None:
        """What happens to the weights after the step."""

    def _times(self, *factors: np.ndarray | float) -> np.ndarray:
        """Product of the factors, the first an array, without a new array."""
        product = np.multiply(factors[0], factors[1], out=self._scratch)
        for factor in factors[2:]:
            if isinstance(factor, np.ndarray) or factor != 1:
                product *= factor
        return product

    def _shrink(self, w: np.ndarray, step: np.ndarray | float, strength: float) -> None:
        np.multiply(self.l1, step, out=self._threshold)
        if strength != 1:
            self._threshold *= strength
        soft_threshold(w, self._threshold, out=w, scratch=self._scratch)


class Coupled(Decay):
    """In the objective: L2's gradient goes through the optimiser, L1 by the prox in its metric."""

    def into_gradient(self, w: np.ndarray, g: np.ndarray, now: Now) -> None:
        if self.has_l2:
            g += self._times(self.l2, w, now.strength)

    def prox(self, w: np.ndarray, optimizer: Optimizer, now: Now) -> None:
        if self.has_l1:  # in the optimiser's own metric the minimum is a fixed point (Yun, Lozano & Yang 2021)
            self._shrink(w, self._times(optimizer.reach, now.lr), now.strength)


class Subgradient(Coupled):
    """In the objective, with L1's subgradient λ·sign(w) instead of the prox: no exact zeros."""

    def into_gradient(self, w: np.ndarray, g: np.ndarray, now: Now) -> None:
        super().into_gradient(w, g, now)
        if self.has_l1:
            g += self._times(self.l1, np.sign(w), now.strength)

    def prox(self, w: np.ndarray, optimizer: Optimizer, now: Now) -> None:
        pass


class Decoupled(Decay):
    """Beside the step: w ← w − lr·λ·w (AdamW as PyTorch has it), L1 by a prox of lr·λ."""

    def pace(self, now: Now) -> float | np.ndarray:
        """What a step multiplies λ with."""
        return now.lr

    def beside(self, w: np.ndarray, direction: np.ndarray, now: Now) -> None:
        if self.has_l2:
            w -= self._times(self.l2, w, self.pace(now), now.strength)

    def prox(self, w: np.ndarray, optimizer: Optimizer, now: Now) -> None:
        if self.has_l1:
            self._shrink(w, self.pace(now), now.strength)


class PaperDecoupled(Decoupled):
    """Beside the step, without the learning rate: w ← w − λ·w (Loshchilov & Hutter 2019)."""

    def pace(self, now: Now) -> float:
        return now.schedule


class Cautious(Decoupled):
    """Beside the step, only where update and weight agree in sign, u·w ≥ 0 (Chen et al. 2025, arXiv:2510.12402).

    There decay helps the step on its way to zero; elsewhere it would fight the loss. So a minimum of the loss alone
    stays where it is. Both λ·w and L1's prox act under this condition, of the weight before the step.
    """

    def beside(self, w: np.ndarray, direction: np.ndarray, now: Now) -> None:
        self._agree = np.multiply(direction, w, out=self._scratch) >= 0
        if self.has_l2:
            w -= self._times(self.l2, w, self.pace(now), now.strength, self._agree)

    def prox(self, w: np.ndarray, optimizer: Optimizer, now: Now) -> None:
        if self.has_l1:
            self._shrink(w, self._times(self._agree, self.pace(now)), now.strength)


DECAYS: dict[str, type[Decay]] = {
    "coupled": Coupled,
    "decoupled": Decoupled,
    "decoupled_paper": PaperDecoupled,
    "cautious": Cautious,
    "subgradient": Subgradient,
}
