"""Penalties: mathematical objects with a value, a gradient, a prox and a λ_max.

λ₁ ‖w‖₁ + ½ λ₂ ‖w‖², with λ₁ = λ·ρ and λ₂ = λ·(1 − ρ); ρ is 1 for L1, 0 for L2, and `l1_ratio` for the elastic net
(Zou & Hastie 2005). `l1` and `l2` below are the λ₁ and λ₂ of every parameter of every run: zero where nothing decays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PENALTIES = ("none", "l1", "l2", "elastic")


@dataclass(frozen=True)
class Penalty:
    """λ₁ = λ·`l1_share`, λ₂ = λ·`l2_share`."""

    l1_share: float
    l2_share: float

    def strengths(self, lambdas: np.ndarray, factors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """λ (…runs) and factors on it (P,), 0 where nothing decays → λ₁ and λ₂ of every parameter, (…runs, P)."""
        per_parameter = lambdas[..., None] * factors.astype(lambdas.dtype)
        return per_parameter * self.l1_share, per_parameter * self.l2_share

    def lambda_max(self, x: np.ndarray, y: np.ndarray) -> float:
        """Smallest λ at which every weight of a linear model with intercept is exactly zero under L1.

        x (n, d), y (n,) or (n, outputs): the largest |gradient| of the mean half squared error or cross-entropy at
        w = 0 with the intercept at its optimum (the mean), divided by ρ. Infinite for ρ = 0: L2 never reaches zero.
        Source: Friedman, Hastie & Tibshirani 2010, §2.5.
        """
        gradient = np.abs(x.T @ (y - y.mean(0))).max() / len(x)
        return float(gradient / self.l1_share) if self.l1_share else np.inf


def make_penalty(name: str, l1_ratio: float = 0.5) -> Penalty:
    """The penalty called `name`, one of PENALTIES."""
    l1_share = {"none": 0.0, "l1": 1.0, "l2": 0.0, "elastic": l1_ratio}[name]
    l2_share = {"none": 0.0, "l1": 0.0, "l2": 1.0, "elastic": 1 - l1_ratio}[name]
    return Penalty(l1_share, l2_share)


def value(w: np.ndarray, l1: np.ndarray, l2: np.ndarray) -> np.ndarray:
    """(…) λ₁ ‖w‖₁ + ½ λ₂ ‖w‖², of w (…, P)."""
    return (l1 * np.abs(w)).sum(-1) + 0.5 * (l2 * np.square(w)).sum(-1)


def soft_threshold(w: np.ndarray, threshold: np.ndarray, out: np.ndarray, scratch: np.ndarray) -> None:
    """out = sign(w)·max(|w| − threshold, 0): the prox of threshold·|w|, which sets small weights exactly to zero.

    Source: Parikh & Boyd 2014, §6.5.2. Written as w − clip(w, −threshold, threshold): two passes, exact zeros.
    """
    np.negative(threshold, out=scratch)
    np.maximum(w, scratch, out=scratch)
    np.minimum(scratch, threshold, out=scratch)
    np.subtract(w, scratch, out=out)
