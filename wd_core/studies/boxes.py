"""Boxes: of many windows' scores those that stand alone, which digits they find, precision over recall.

All windows have one size, so a box is its upper left corner. Boxes are kept greedily by score, and each digit is found
once, as in the PASCAL VOC challenge (Everingham et al. 2010, doi:10.1007/s11263-009-0275-4).
"""

from __future__ import annotations

import numpy as np

OVERLAP = 0.3
"""Intersection over union beyond which the lower of two boxes is dropped."""
FOUND = 0.5
"""Intersection over union from which a box has found a digit."""


def shared(a: np.ndarray, b: np.ndarray, side: int) -> np.ndarray:
    """Corners a (…, n, 2), b (…, m, 2) → (…, n, m) intersection over union of squares of this side."""
    gap = np.abs(a[..., :, None, :] - b[..., None, :, :])
    area = np.maximum(0, side - gap).prod(-1)
    return area / (2 * side**2 - area)


def standing(scores: np.ndarray, corners: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray]:
    """scores (R, A) of the windows at corners (A, 2) → (R, M) windows and their scores, highest first.

    The highest stays, what overlaps it by more than OVERLAP goes, and so on. −1 and −inf where a row has fewer.
    """
    left = scores.astype(float).copy()
    near = shared(corners, corners, side) > OVERLAP
    rows, found, kept = np.arange(len(left)), [], []
    while np.isfinite(left).any():
        best = left.argmax(1)
        score = left[rows, best]
        found.append(np.where(np.isfinite(score), best, -1))
        kept.append(score)
        left[near[best]] = -np.inf
    return np.stack(found, 1), np.stack(kept, 1)


def hits(found: np.ndarray, corners: np.ndarray, places: np.ndarray, side: int) -> np.ndarray:
    """Whether each box found (R, M), highest first, finds a digit of places (R, D, 2) that none before it found."""
    boxes = corners[found]
    match = (shared(boxes, places, side) >= FOUND) & (found >= 0)[..., None]
    free, result = np.ones(places.shape[:2], bool), np.zeros(found.shape, bool)
    for m in range(found.shape[1]):
        now = match[:, m] & free
        result[:, m] = now.any(1)
        first = now & (now.cumsum(1) == 1)
        free &= ~first
    return result


def precision_recall(scores: np.ndarray, hit: np.ndarray, total: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Boxes' scores (n,) and hits (n,), and how many digits there are → thresholds, precision, recall (m,).

    One for each different score, from the highest down: equal scores come together or not at all.
    """
    order = np.argsort(-scores, kind="stable")
    scores, hit = scores[order], hit[order]
    last = np.append(scores[1:] != scores[:-1], True)[: len(scores)]
    right, every = np.cumsum(hit)[last], np.arange(1, len(scores) + 1)[last]
    return scores[last], right / every, right / total


def average_precision(scores: np.ndarray, hit: np.ndarray, total: int) -> float:
    """Σ (R_n − R_{n−1})·P_n: the area under precision over recall, as steps; what no box finds counts as missed."""
    _, precision, recall = precision_recall(scores, hit, total)
    return float((np.diff(recall, prepend=0) * precision).sum())
