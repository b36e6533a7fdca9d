"""Choosing λ from validation losses over seeds."""

from __future__ import annotations

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


def one_standard_error(mean: np.ndarray, error: np.ndarray) -> int:
    """Index of the largest λ whose mean loss (L,) is within one standard error of the least; −1 where that is unknown.

    λ ascends: the simplest model that cannot be told from the best. Source: Breiman et al. 1984; Hastie, Tibshirani &
    Friedman 2009, §7.10.
    """
    best = best_lambda(mean)
    if best < 0 or np.isnan(error[best]):
        return -1
    return int(np.flatnonzero(mean <= mean[best] + error[best])[-1])
