"""How sparse is what a network makes of its inputs? Three measures, none of which implies another.

Exact zeros among weights are `inference.zero_share`. Here: how many units speak at all, and how many count.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from wd_core.evaluation import activities
from wd_core.history import History
from wd_core.studies.predictions import inputs_of

SILENT = 1e-6
"""Of the network's largest activity: what counts as silence. ReLU's is exactly zero."""


def active_share(h: History, part: str) -> np.ndarray:
    """(L, S): of all hidden units and examples of a part, the share of pairs in which the unit is not silent; all
    layers together. Source: the activation sparsity of Glorot, Bordes & Bengio 2011, §3.2."""
    found = [_speaking(np.concatenate(layers, axis=1)) for _, layers in _by_seed(h, part)]
    return np.where(h.diverged, np.nan, np.stack(found, axis=1))


def effective_units(h: History, part: str) -> np.ndarray:
    """(L, S): how many hidden units count, summed over layers: the participation ratio of v, the variance of a unit's
    activity over the examples times the squared norm of its outgoing weights."""
    matrices = [(block, here) for block, here in h.blocks() if block.mask("weight").any()]
    found = []
    for weights, layers in _by_seed(h, part):
        total = np.zeros(len(weights))
        for units, (block, here) in zip(layers, matrices[1:], strict=True):
            outgoing = weights[:, here].reshape(-1, *block.shape)[..., : units.shape[1]]
            total += participation_ratio(units.var(-1) * np.square(outgoing).sum(-2))
        found.append(total)
    return np.where(h.diverged, np.nan, np.stack(found, axis=1))


def participation_ratio(v: np.ndarray) -> np.ndarray:
    """v (…, units) ≥ 0 → (…): (Σ v)² / Σ v², the effective number of them: all of them where they are equal, 1 where
    one alone is above zero, 0 where none is."""
    top = v.max(-1, keepdims=True)
    v = v / np.where(top > 0, top, 1)
    return v.sum(-1) ** 2 / np.where(top[..., 0] > 0, np.square(v).sum(-1), 1)


def _by_seed(h: History, part: str) -> Iterator[tuple[np.ndarray, list[np.ndarray]]]:
    """For each seed weights (L, P) and what the units of each hidden layer say, (L, units, n)."""
    e, weights = h.experiment, np.nan_to_num(h.weights[:, :, -1])
    if e.model != "mlp":
        raise ValueError(f"model={e.model}: allowed: mlp, whose hidden units are plain features")
    for s, seed in enumerate(e.seeds):
        yield weights[:, s], activities(e, weights[:, s], inputs_of(h, part)(seed))


def _speaking(units: np.ndarray) -> np.ndarray:
    """units (L, all, n) → (L,)."""
    size = np.abs(units)
    loudest = np.maximum(size.max((1, 2), keepdims=True), np.finfo(units.dtype).tiny)
    return (size > SILENT * loudest).mean((1, 2))
