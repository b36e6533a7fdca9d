"""Cost at inference: parameters that are exactly zero, magnitude pruning, multiply-adds and bytes before and after.

A parameter that is zero saves a multiply-add and its place only for a program that skips it; `Bytes` says what the
usual formats need. A whole unit without links saves on any machine.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from wd_core.engine.layers import Layer
from wd_core.experiment import Experiment
from wd_core.history import History
from wd_core.studies.predictions import accuracy, inputs_of, labels_of, scores_of

KEPT = (0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.55, 0.75, 1.0)
TOLERANCE = 0.01
"""Of score: what pruning may cost. One point of accuracy."""


def weight_places(e: Experiment) -> np.ndarray:
    """(P,) bool: parameters that are weights; biases and gains of normalisation are not."""
    return np.concatenate([block.mask("weight").ravel() for block, _ in e.blocks])


def zero_share(h: History) -> np.ndarray:
    """(L, S): share of the weights that are exactly zero at the last step."""
    zero = (h.weights[:, :, -1][..., weight_places(h.experiment)] == 0).mean(-1)
    return np.where(h.diverged, np.nan, zero)


# -------------------------------------------------------------------- pruning


def pruned(weights: np.ndarray, places: np.ndarray, share: float) -> np.ndarray:
    """weights (…, P) with all but the `share` of largest |w| among `places` (P,) set to zero, all layers together.

    Source: Han, Pool, Tran & Dally 2015 (arXiv:1506.02626), without the training that they do after it.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share={share}: allowed: 0 to 1")
    found, size = weights.copy(), np.abs(weights[..., places])
    rank = np.argsort(np.argsort(-size, axis=-1, kind="stable"), axis=-1, kind="stable")
    found[..., places] = np.where(rank < round(share * size.shape[-1]), weights[..., places], 0)
    return found


def pruned_scores(h: History, part: str, kept: Iterable[float] = KEPT) -> np.ndarray:
    """(kept, L, S): accuracy or R² after pruning to each share."""
    places, weights, y = weight_places(h.experiment), np.nan_to_num(h.weights[:, :, -1]), labels_of(h, part)
    inputs = inputs_of(h, part)
    return np.stack([accuracy(h, scores_of(h, inputs, pruned(weights, places, share)), y) for share in kept])


def least_kept(scores: np.ndarray, kept: Iterable[float] = KEPT, tolerance: float = TOLERANCE) -> np.ndarray:
    """scores (kept, …) of ascending shares, the last one 1 → (…): the smallest share from which on no score is more
    than `tolerance` below that of the whole model; NaN where that is not known."""
    fine = scores >= scores[-1] - tolerance
    on = np.logical_and.accumulate(fine[::-1], axis=0)[::-1]
    return np.where(np.isnan(scores[-1]), np.nan, np.asarray(list(kept))[on.argmax(0)])


def quantised(e: Experiment, weights: np.ndarray, bits: int) -> np.ndarray:
    """weights (…, P) as whole numbers of so many bits times one scale for each array of parameters, symmetric.

    Source: Jacob et al. 2018 (arXiv:1712.05877); weights alone, after training.
    """
    found, top = np.empty_like(weights), 2 ** (bits - 1) - 1
    for _, here in e.blocks:
        w = weights[..., here]
        scale = np.maximum(np.abs(w).max(-1, keepdims=True), np.finfo(w.dtype).tiny) / top
        found[..., here] = np.rint(w / scale) * scale
    return found


# -------------------------------------------------------------------- multiply-adds and bytes


def uses(e: Experiment) -> tuple[np.ndarray, int]:
    """(P,) how often an example's forward pass multiplies with each weight or bias, and multiply-adds beside those.

    A kernel's weight is used at every pixel, a recurrent one at every frame. Norms and the products of attention use
    no weights that pruning could remove.
    """
    counts, beside = [], 0
    for layer in _leaves(layer for layer in e.layers() if not layer.random):
        weighted = any(block.mask("weight").any() for block in layer.parameters)
        times = int(np.prod(layer.shape[1:], dtype=int)) if weighted else 0
        counts.append(np.full(layer.size, times))
        beside += layer.work - times * layer.size
    return np.concatenate(counts), beside


def _leaves(layers: Iterable[Layer]) -> Iterable[Layer]:
    for layer in layers:
        if layer.layers:
            yield from _leaves(layer for layer in layer.layers if not layer.random)
        else:
            yield layer


def multiply_adds(e: Experiment, weights: np.ndarray | None = None) -> np.ndarray:
    """(…): of an example's forward pass by a program that skips zeros in weights (…, P); None: of all parameters."""
    times, beside = uses(e)
    return np.asarray(times.sum() + beside) if weights is None else (weights != 0) @ times + beside


@dataclass(frozen=True, eq=False)
class Bytes:
    """What the parameters take in four formats, (…) each."""

    dense: float
    """float32: 4 bytes each, zero or not."""
    dense8: float
    """Whole numbers of 8 bits, and a scale of 4 bytes for each array."""
    sparse: np.ndarray
    """float32 of those that are not zero and their columns in 2 bytes, row starts in 4 (compressed sparse rows)."""
    sparse8: np.ndarray
    """The same with 8 bits each and the scales."""

    def as_dict(self) -> dict[str, np.ndarray]:
        return {"float32": np.asarray(self.dense), "8 bits": np.asarray(self.dense8),
                "float32, sparse": self.sparse, "8 bits, sparse": self.sparse8}  # fmt: skip


def bytes_of(e: Experiment, weights: np.ndarray) -> Bytes:
    """weights (…, P); rows are the units of a layer."""
    blocks = [block for block, _ in e.blocks]
    starts = 4 * sum(block.shape[0] + 1 for block in blocks)
    there, size, scales = (weights != 0).sum(-1), weights.shape[-1], 4 * len(blocks)
    return Bytes(4.0 * size, float(size + scales), 6.0 * there + starts, 3.0 * there + starts + scales)


def units_without_links(e: Experiment, weights: np.ndarray) -> np.ndarray:
    """(…): hidden units of an MLP that nothing reaches or that reach nothing, so that they can be left out whole.

    What a unit without incoming links says is a constant, which the next layer's biases can take over. ValueError for
    other models.
    """
    if e.model != "mlp":
        raise ValueError(f"model={e.model}: allowed: mlp")
    matrices = [weights[..., here].reshape(*weights.shape[:-1], *block.shape)[..., : block.shape[-1] - e.biases]
                for block, here in e.blocks if block.mask("weight").any()]  # fmt: skip
    lost = np.zeros(weights.shape[:-1], int)
    for before, after in pairwise(matrices):
        lost += ((before == 0).all(-1) | (after == 0).all(-2)).sum(-1)
    return lost
