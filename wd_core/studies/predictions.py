"""What the trained models of a History say of a part of their data: scores, probabilities, choices; and differences
between λ, paired by seed.

Every model is the one at the last step. A run that diverged says nothing: NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from wd_core.evaluation import score_new
from wd_core.history import History

PARTS = ("validation", "test")
"""What one may be asked about: λ is chosen on the first, the second is covered until then."""
ROOM = 1 << 21
"""Numbers of examples that are looked at together."""
Inputs = Callable[[int], np.ndarray]
"""Seed → examples (n, …) as the model sees them."""


def labels_of(h: History, part: str) -> np.ndarray:
    """(S, n): the labels, or values, of a part."""
    return np.stack([getattr(h.experiment.data(seed), f"y_{part}") for seed in h.experiment.seeds])


def inputs_of(h: History, part: str) -> Inputs:
    """The part's own examples."""
    return lambda seed: getattr(h.experiment.data(seed), f"X_{part}")


def scores_of(h: History, inputs: Inputs, weights: np.ndarray | None = None) -> np.ndarray:
    """(L, S, outputs, n): raw scores of each seed's examples; of `weights` (L, S, P) if these are not the trained."""
    e, weights = h.experiment, h.weights[:, :, -1] if weights is None else weights
    found = [score_new(e, e.data(seed).X_train, weights[:, s], inputs(seed)) for s, seed in enumerate(e.seeds)]
    scores = np.stack(found, axis=1)
    scores[h.diverged] = np.nan
    return scores


def probabilities(h: History, part: str) -> np.ndarray:
    """(L, S, n, classes): of two classes with one score too, both. ValueError for regression, which has none."""
    if h.target.is_regression:
        raise ValueError(f"dataset={h.experiment.dataset}: values have no probabilities; allowed: data with classes")
    p = np.swapaxes(h.target.loss.predict(scores_of(h, inputs_of(h, part))), -1, -2)
    return np.concatenate([1 - p, p], axis=-1) if p.shape[-1] == 1 else p


def accuracy(h: History, scores: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(L, S): accuracy or R² of raw scores (L, S, outputs, n) with y (S, n)."""
    found = np.stack([h.target.score(scores[:, s], y[s]) for s in range(len(y))], axis=1)
    return np.where(h.diverged, np.nan, found)


def chosen(h: History) -> np.ndarray:
    """(S,): index of the λ of least validation loss at the last step, for each seed."""
    loss = h.validation_loss[:, :, -1]
    return np.where(np.isfinite(loss), loss, np.inf).argmin(0)


def at_chosen(values: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """values (L, S, …) → (S, …): each seed's at its own λ."""
    return values[chosen, np.arange(len(chosen))]


def moved_scores(
    h: History, part: str, moves: Sequence[Callable[[int], np.ndarray]], weights: np.ndarray | None = None
) -> np.ndarray:
    """(moves, L, S): accuracy or R² on the part's examples as each of `moves` gives them, seed by seed."""
    y, found = labels_of(h, part), []
    at_once = max(1, ROOM // moves[0](h.experiment.seeds[0]).size)
    for start in range(0, len(moves), at_once):
        some = moves[start : start + at_once]
        scores = scores_of(h, lambda seed, some=some: np.concatenate([move(seed) for move in some]), weights)
        found += [accuracy(h, its, y) for its in np.split(scores, len(some), axis=-1)]
    return np.stack(found)
