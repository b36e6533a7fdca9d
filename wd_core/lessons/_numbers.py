"""What a lesson's checks say of histories: means over seeds at the last step, best λ, and their words."""

from __future__ import annotations

import numpy as np

from wd_core.history import History
from wd_core.studies.evidence import Paired
from wd_core.studies.selection import best_lambda, mean_and_error
from wd_core.text import number_text


def ends(h: History, what: str) -> np.ndarray:
    """(L, S) a loss or a score at the last step."""
    return getattr(h, what)[:, :, -1]


def end(h: History, what: str) -> np.ndarray:
    """(L,) the same, the mean over seeds."""
    return ends(h, what).mean(1)


def weights(h: History) -> np.ndarray:
    """(L, S, W) the decayed weights at the last step."""
    return h.weights[:, :, -1][..., h.weight_mask]


def norm(h: History) -> np.ndarray:
    """(L,) their norm, the mean over seeds."""
    return np.sqrt(np.square(weights(h)).sum(-1)).mean(1)


def zeros(h: History) -> np.ndarray:
    """(L,) how many of them are exactly zero, the mean over seeds."""
    return (weights(h) == 0).sum(-1).mean(1)


def best(h: History) -> int:
    """The λ of least mean validation loss."""
    return best_lambda(end(h, "validation_loss"))


def near(h: History) -> tuple[int, ...]:
    """The λ whose mean validation loss is within one standard error of the least."""
    mean, error = mean_and_error(ends(h, "validation_loss"), axis=1)
    at = best_lambda(mean)
    return tuple(np.flatnonzero(mean <= mean[at] + error[at]).tolist())


def notch(h: History, lam: float) -> int:
    """The λ of the path nearest to `lam`, in the logarithm."""
    logs = np.log(np.maximum(h.lambdas, 1e-12))
    return int(np.abs(logs - np.log(max(lam, 1e-12))).argmin())


def decided(differences: np.ndarray) -> int:
    """0 where the paired 95 % interval of a loss difference lies below zero, 1 above it, 2 where it holds zero."""
    low, high = Paired(differences).interval
    return 0 if high < 0 else 1 if low > 0 else 2


def said(differences: np.ndarray) -> str:
    """Mean and interval of paired differences."""
    found = Paired(differences)
    return f"{three(found.mean)} [{three(found.interval[0])}, {three(found.interval[1])}]"


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def three(value: float) -> str:
    return number_text(float(value))


def lam(h: History, i: int) -> str:
    """λ number `i` of the path, in words: λ = 0.072."""
    return f"λ = {number_text(float(h.lambdas[i]), 2)}"
