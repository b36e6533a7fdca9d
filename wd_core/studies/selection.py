"""Choosing λ from validation losses over seeds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


def mean_and_error(losses: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean over runs and its standard error, sd / √n; the error of a single run is NaN: unknown, not zero."""
    n = losses.shape[axis]
    mean = losses.mean(axis)
    if n == 1:
        return mean, np.full_like(mean, np.nan)
    return mean, losses.std(axis, ddof=1) / np.sqrt(n)


def best_lambda(mean: np.ndarray) -> int:
    """Index of the least mean validation loss (L,); −1 where all are NaN. Of equals, the largest λ (the last)."""
    if np.isnan(mean).all():
        return -1
    return int(len(mean) - 1 - np.nanargmin(mean[::-1]))


def median_lambda(chosen: np.ndarray) -> float:
    """The median of the λ that seeds chose, always one of them: of two in the middle the larger."""
    return float(np.sort(chosen)[len(chosen) // 2])


def one_standard_error(mean: np.ndarray, error: np.ndarray) -> int:
    """Index of the largest λ whose mean loss (L,) is within one standard error of the least; −1 where that is unknown.

    λ ascends: the simplest model that cannot be told from the best. Source: Breiman et al. 1984; Hastie, Tibshirani &
    Friedman 2009, §7.10.
    """
    best = best_lambda(mean)
    if best < 0 or np.isnan(error[best]):
        return -1
    return int(np.flatnonzero(mean <= mean[best] + error[best])[-1])


def open_end(lambdas: np.ndarray, mean: np.ndarray) -> str:
    """The end of the path, "low" or "high", where the mean loss (L,) is least, so that it may fall on beyond; else "".

    λ = 0 is no such end; nor is any where all losses are within 2 %.
    """
    best = best_lambda(mean)
    if best < 0 or lambdas[best] == 0 or np.nanmax(mean) <= 1.02 * mean[best]:
        return ""
    if best == len(lambdas) - 1:
        return "high"
    return "low" if best == int(lambdas[0] == 0) else ""


@dataclass(frozen=True)
class Flat:
    """The λ around the best whose mean loss is within one standard error of the least."""

    low: float
    high: float
    open_low: bool
    """True where the range goes on below the smallest positive λ looked at, or down to λ = 0."""
    open_high: bool

    @property
    def decades(self) -> float:
        """log₁₀(high / low); where an end is open, at least so many."""
        return float(np.log10(self.high / self.low))


def flat_range(lambdas: np.ndarray, mean: np.ndarray, error: np.ndarray) -> Flat | None:
    """How flat the optimum is: lambdas (L,) ascending, mean and error (L,). None where the error is unknown.

    The loss is taken to be linear in log λ between neighbours; λ = 0 has no place on that axis and is left out, but
    says whether the range is open below.
    """
    best = best_lambda(mean)
    if best < 0 or np.isnan(error[best]) or not (lambdas > 0).any():
        return None
    limit, first = mean[best] + error[best], int(np.flatnonzero(lambdas > 0)[0])
    x, here = np.log10(np.maximum(lambdas, np.finfo(float).tiny)), max(best, first)
    low = high = here
    if not mean[here] <= limit:  # only λ = 0 is within
        return Flat(float(lambdas[first]), float(lambdas[first]), True, False)
    while low > first and mean[low - 1] <= limit:
        low -= 1
    while high < len(mean) - 1 and mean[high + 1] <= limit:
        high += 1

    def crossing(inside: int, outside: int) -> float:
        if not first <= outside < len(mean):
            return float(lambdas[inside])
        rise = mean[outside] - mean[inside]
        part = (limit - mean[inside]) / rise if np.isfinite(rise) else 0.0
        return float(10 ** (x[inside] + part * (x[outside] - x[inside])))

    return Flat(crossing(low, low - 1), crossing(high, high + 1), low == first, high == len(mean) - 1)


def regret(losses: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """(S,) what choosing λ number chosen[s] cost: its true loss minus the least over λ; losses (S, L), NaN allowed.

    A choice that diverged, or none (−1), costs NaN.
    """
    at = np.where(chosen >= 0, losses[np.arange(len(losses)), chosen], np.nan)
    return at - np.nanmin(losses, axis=1)


def interval(values: np.ndarray, log: bool = False) -> tuple[float, float, float]:
    """Mean of values (S,), one a seed, and the ends of its 95 % t interval; of the logarithms, and back, if `log`.

    For paired differences give the differences: the interval is then the one by which verdicts are reached, see
    `evidence.Paired`. Values that are not finite are left out; NaN ends where fewer than two are known.
    """
    from wd_core.studies.evidence import Paired  # here: SciPy's statistics take long, and the Lab's picture needs none

    paired = Paired(np.log(values) if log else values)
    found = (paired.mean, *paired.interval)
    return tuple(float(np.exp(v)) for v in found) if log else found  # type: ignore[return-value]
