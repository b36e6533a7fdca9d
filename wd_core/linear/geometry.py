"""The geometry of weight decay with two weights, exactly: contours, balls, paths; and the same with one weight.

The data give a quadratic loss, the penalty λ₁‖w‖₁ + ½λ₂‖w‖² with λ₁ = λρ, λ₂ = λ(1 − ρ) is added (ρ = 1: L1, 0: L2):

    J(w) = ½ (w − w*)ᵀ H (w − w*) + λ₁ ‖w‖₁ + ½ λ₂ ‖w‖²

H = XᵀX/n is what the data say about the two weights, w* is what they want without a penalty: mean half squared error of
a linear model is this J up to a constant. Pictures after Tibshirani 1996, fig. 2, and Hastie, Tibshirani & Friedman
2009, §3.4.3.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from wd_core.engine.penalties import soft_threshold

SIGNS = np.array(list(itertools.product((-1.0, 1.0), repeat=2)))


def least_condition(correlation: float) -> float:
    """The condition number that two features of this correlation have at least: (1 + |r|) / (1 − |r|), equal scales."""
    r = abs(correlation)
    return (1 + r) / (1 - r)


def hessian(correlation: float, condition: float) -> np.ndarray:
    """(2, 2) H of two features with this correlation and condition number, and mean variance 1.

    A condition number above the least that the correlation allows means features of unequal scale: the first varies
    more. One below it is raised to it. From trace H = 2 and det H = 4κ/(1 + κ)² = v₁v₂(1 − r²).

    Raises ValueError for a correlation outside (−1, 1) or a condition number below 1.
    """
    if not -1 < correlation < 1:
        raise ValueError(f"correlation={correlation}: allowed: more than -1 and less than 1")
    if not condition >= 1:
        raise ValueError(f"condition={condition}: allowed: at least 1")
    kappa = max(condition, least_condition(correlation))
    product = 4 * kappa / (1 + kappa) ** 2 / (1 - correlation**2)
    apart = np.sqrt(max(0.0, 1 - product)) if condition > least_condition(correlation) else 0.0
    variances = np.array([1 + apart, 1 - apart])
    off = correlation * np.sqrt(variances.prod())
    return np.array([[variances[0], off], [off, variances[1]]])


def loss(w: np.ndarray, H: np.ndarray, optimum: np.ndarray) -> np.ndarray:
    """(…) ½ (w − w*)ᵀ H (w − w*) of w (…, 2): how much worse than w* the data find w."""
    away = w - optimum
    return 0.5 * np.einsum("...i,ij,...j->...", away, H, away)


def size(w: np.ndarray, l1_ratio: float) -> np.ndarray:
    """(…) ρ‖w‖₁ + ½(1 − ρ)‖w‖² of w (…, 2): the penalty at λ = 1. Its level set through w is the ball that touches."""
    return l1_ratio * np.abs(w).sum(-1) + 0.5 * (1 - l1_ratio) * np.square(w).sum(-1)


def solution_path(H: np.ndarray, optimum: np.ndarray, lambdas: np.ndarray, l1_ratio: float) -> np.ndarray:
    """(L, 2) minimisers of J for every λ of `lambdas` (L,), in closed form; zeros are exact.

    With b = Hw* and A = H + λ₂I the optimum has Aw + λ₁s = b, s the sign of w, or anything in [−1, 1] where w is 0
    (the KKT conditions; Zou & Hastie 2005, Tibshirani & Taylor 2011). Two weights leave three cases, in this order:

    - both zero, if no |bᵢ| exceeds λ₁;
    - one weight alone, wᵢ = soft(bᵢ, λ₁)/Aᵢᵢ, if the pull on the other, |bⱼ − Aⱼᵢwᵢ|, does not exceed λ₁;
    - both: w = A⁻¹(b − λ₁s) for that one of the four s which w then has as its signs.
    """
    lambdas = np.asarray(lambdas, float)
    l1, l2 = lambdas * l1_ratio, lambdas * (1 - l1_ratio)
    b = H @ optimum
    diagonal = np.diag(H) + l2[:, None]
    alone = _soft(np.broadcast_to(b, diagonal.shape), np.repeat(l1[:, None], 2, 1)) / diagonal
    pull_on_other = np.abs(b[::-1] - H[0, 1] * alone)
    held = (pull_on_other <= l1[:, None]) & (alone != 0)

    pulls = b - l1[:, None, None] * SIGNS
    determinant = diagonal.prod(-1)[:, None] - H[0, 1] ** 2
    swapped = diagonal[:, None, ::-1]
    both = (swapped * pulls - H[0, 1] * pulls[..., ::-1]) / determinant[..., None]
    agrees = (both * SIGNS).min(-1).argmax(-1)
    w = both[np.arange(len(lambdas)), agrees]

    for i in (0, 1):
        w[held[:, i], i] = alone[held[:, i], i]
        w[held[:, i], 1 - i] = 0
    w[np.abs(b).max() <= l1] = 0
    w[lambdas == 0] = optimum
    return w


@dataclass(frozen=True)
class Event:
    """At `lam` the weight number `weight` becomes exactly zero, or leaves zero again (`zero` False)."""

    lam: float
    weight: int
    zero: bool


def zero_events(H: np.ndarray, optimum: np.ndarray, lambdas: np.ndarray, l1_ratio: float) -> list[Event]:
    """Where along ascending `lambdas` a weight enters or leaves exact zero, by bisection to machine precision."""
    if l1_ratio == 0:
        return []
    zero = solution_path(H, optimum, lambdas, l1_ratio) == 0
    found = []
    for k, i in zip(*np.nonzero(zero[1:] != zero[:-1]), strict=True):
        low, high = lambdas[k], lambdas[k + 1]
        for _ in range(60):
            middle = 0.5 * (low + high)
            same = (solution_path(H, optimum, np.array([middle]), l1_ratio)[0, i] == 0) == zero[k, i]
            low, high = (middle, high) if same else (low, middle)
        found.append(Event(float(high), int(i), bool(zero[k + 1, i])))
    return sorted(found, key=lambda event: event.lam)


# One weight alone: ½h(v − a)² + λ₁|v| + ½λ₂v², a the value that the data want, h how much they care.


def objective(v: np.ndarray, a: float, lam: float, l1_ratio: float, h: float = 1.0) -> np.ndarray:
    """½h(v − a)² + λρ|v| + ½λ(1 − ρ)v²; the negative logarithm of the posterior density up to a constant."""
    return 0.5 * h * (v - a) ** 2 + lam * (l1_ratio * np.abs(v) + 0.5 * (1 - l1_ratio) * np.square(v))


def minimiser(a: np.ndarray, lam: np.ndarray, l1_ratio: float, h: float = 1.0) -> np.ndarray:
    """Where `objective` is least: soft(ha, λ₁)/(h + λ₂). L1 subtracts and cuts off at zero, L2 divides by 1 + λ/h.

    Source: Donoho & Johnstone 1994 (soft threshold); Hastie, Tibshirani & Friedman 2009, table 3.4 (both).
    """
    a, lam = np.broadcast_arrays(np.asarray(a, float), np.asarray(lam, float))
    return _soft(h * a, lam * l1_ratio) / (h + lam * (1 - l1_ratio))


def force(v: np.ndarray, lam: float, l1_ratio: float) -> np.ndarray:
    """−λ₁ sign(v) − λ₂v: the penalty's push on v, always toward zero. L1's does not weaken near zero, L2's vanishes."""
    return -lam * (l1_ratio * np.sign(v) + (1 - l1_ratio) * v)


def log_prior(v: np.ndarray, lam: float, l1_ratio: float) -> np.ndarray:
    """Logarithm of the density whose negative is the penalty, for λ > 0: Laplace for ρ = 1, Gaussian for ρ = 0.

    Laplace has scale 1/λ, the Gaussian variance 1/λ, in units in which the likelihood is exp(−loss): for n examples
    with noise of variance σ² both are wider by the factor σ²/n. The minimiser of J is then the posterior's mode (MAP).
    Source: Tibshirani 1996, §5; Hoerl & Kennard 1970, §6. Raises ValueError for other ρ.
    """
    if l1_ratio == 1:
        return np.log(lam / 2) - lam * np.abs(v)
    if l1_ratio == 0:
        return 0.5 * np.log(lam / (2 * np.pi)) - 0.5 * lam * np.square(v)
    raise ValueError(f"l1_ratio={l1_ratio}: allowed: 0 (Gaussian) or 1 (Laplace)")


def _soft(w: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    """penalties.soft_threshold as a function."""
    out = np.empty(w.shape)
    soft_threshold(w, threshold, out=out, scratch=np.empty(w.shape))
    return out
