"""Calibration: does a model that says 80 % turn out to be right in 80 % of such cases? And which classes it confuses.

A prediction's *confidence* is the probability of the class that it names. Predictions are put into bins of equal width
by confidence; the reliability diagram (DeGroot & Fienberg 1983) shows for each bin how often they were right. The
expected calibration error (Naeini, Cooper & Hauskrecht 2015; Guo et al. 2017, arXiv:1706.04599) is the mean distance
of the two, each bin weighted with its share of the predictions. It depends on the bins, and of few examples it is
never zero, even for a perfect model: `expected_if_calibrated` says how large it would then be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True, eq=False)
class Reliability:
    """By bin, (…, bins); NaN in an empty bin."""

    confidence: np.ndarray
    """Mean confidence of its predictions."""
    accuracy: np.ndarray
    """Share of them that were right."""
    share: np.ndarray
    """Of all predictions; 0 in an empty bin."""

    @property
    def error(self) -> np.ndarray:
        """(…): the expected calibration error; NaN where nothing is known."""
        gaps = np.where(self.share > 0, np.abs(self.confidence - self.accuracy), 0)
        return np.where(np.isnan(self.share).any(-1), np.nan, (self.share * gaps).sum(-1))

    @property
    def overconfidence(self) -> np.ndarray:
        """(…): mean confidence less accuracy; below zero: it is better than it says."""
        return np.nansum(self.share * (self.confidence - self.accuracy), axis=-1)


def confidence_of(p: np.ndarray) -> np.ndarray:
    """p (…, n, classes) → (…, n) the greatest probability."""
    return p.max(-1)


def bin_of(confidence: np.ndarray, bins: int = BINS) -> np.ndarray:
    """Which bin, from 0: (0, 1/bins], (1/bins, 2/bins], … A bin owns its upper end, as scikit-learn's do."""
    return np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], confidence)


def reliability(confidence: np.ndarray, right: np.ndarray, bins: int = BINS) -> Reliability:
    """confidence (…, n), right (…, n) of 0 and 1; leading axes stay. NaN confidence: nothing is known."""
    inside = bin_of(confidence, bins)[..., None] == np.arange(bins)  # (…, n, bins)
    count = inside.sum(-2)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (inside * confidence[..., None]).sum(-2) / count
        hit = (inside * np.asarray(right, float)[..., None]).sum(-2) / count
    unknown = np.isnan(confidence).any(-1)[..., None]
    share = np.where(unknown, np.nan, count / confidence.shape[-1])
    return Reliability(np.where(unknown, np.nan, mean), np.where(unknown, np.nan, hit), share)


def expected_if_calibrated(confidence: np.ndarray, seed: int = 0, draws: int = 30, bins: int = BINS) -> np.ndarray:
    """(…): mean expected calibration error if each prediction were right with just the probability that it says."""
    rng = np.random.default_rng(seed)
    chance = rng.random((draws, *confidence.shape[-1:]))  # the same for all runs
    return np.mean([reliability(confidence, one < confidence, bins).error for one in chance], axis=0)


def right_of(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    """p (L, S, n, classes), y (S, n) → (L, S, n) bool: the class named is the true one."""
    return p.argmax(-1) == y


def confusion(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    """p (L, S, n, classes), y (S, n) → (L, S, classes, classes) counts: row, the true class; column, the one named."""
    classes = p.shape[-1]
    named, truth = np.eye(classes)[p.argmax(-1)], np.eye(classes)[y]
    counts = np.einsum("snt,lsnc->lstc", truth, named)
    return np.where(np.isnan(p).any((-1, -2))[..., None, None], np.nan, counts)
