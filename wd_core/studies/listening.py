"""What a recurrent network does while it listens: its state, what it would say, what its gradient remembers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from wd_core.engine.arrays import denormals_as_zeros, full_rows
from wd_core.engine.layers import Batch, Layer, arranger
from wd_core.engine.layers.recurrent import Reader
from wd_core.engine.network import Network
from wd_core.experiment import Experiment

SATURATED = 0.95
"""A state beyond ±this: tanh has less than a tenth of its slope left there."""
AT_ONCE = 8
"""Runs that are looked at together."""


def states(e: Experiment, weights: np.ndarray, X: np.ndarray) -> np.ndarray:
    """The first recurrent layer's state at each frame: weights (R, P), X (n, T, d) → (R, n, T, units); NaN after the
    end of an utterance."""
    there = ~np.isnan(X[:, None, :, 0])
    found = [np.where(there, np.moveaxis(_reader(network).output[..., : len(X)], -1, 1), np.nan)
             for network, _ in forwarded(e.layers, weights, X)]  # fmt: skip
    return np.concatenate(found).swapaxes(-1, -2)


def as_heard(e: Experiment, weights: np.ndarray, heard: np.ndarray) -> np.ndarray:
    """What the network would say after each frame, had the utterance ended there: weights (R, P), states (R, n, T,
    units) → probabilities (R, n, T, classes), NaN after the end. For one recurrent layer without normalisation."""
    if len(e.hidden) != 1 or e.norm != "none":
        raise ValueError(f"hidden={e.hidden}, norm={e.norm}: allowed: one layer, none")
    block, here = next((block, here) for block, here in e.blocks if block.layer == "output")
    output = weights[:, here].reshape(-1, *block.shape)[:, None]
    units = heard.shape[-1]
    scores = heard @ output[..., :units].swapaxes(-1, -2)
    if e.biases:
        scores = scores + output[..., None, :, -1]
    return e.target.loss.predict(scores.swapaxes(-1, -2)).swapaxes(-1, -2)


def gradients_back(e: Experiment, weights: np.ndarray, X: np.ndarray, y: np.ndarray, longest: int) -> np.ndarray:
    """How much the loss feels a frame, over how far before the end it was heard: (R, longest + 1).

    ‖∂loss/∂x‖ of the frame k before the last, over that of the last frame; the geometric mean over those of the
    utterances X (n, T, d), y (n,) that are so long. Source of the question: Bengio, Simard & Frasconi 1994.
    """
    length = (~np.isnan(X[..., 0])).sum(1)
    target = np.zeros((e.target.outputs, full_rows(len(X), weights.dtype)), weights.dtype)
    target[:, : len(X)] = e.target.encode(y, weights.dtype)
    found = []
    for network, batch in forwarded(e.layers, weights, X, train=True):
        e.target.loss.gradient(network.layers[-1].output, target, np.ones_like(batch.share), network.score_gradient)
        felt = np.zeros_like(batch.x)
        with denormals_as_zeros(), np.errstate(all="ignore"):
            for i, layer in reversed(list(enumerate(network.layers))):
                layer.backward(out=network.layers[i - 1].delta if i else felt[..., :-1, :, :])
        size = np.sqrt(np.square(felt[..., :-1, :, : len(X)].astype(float)).sum(-3))  # (r, T, n)
        found.append(_back_from_the_end(size, length, longest))
    return np.concatenate(found)


def _back_from_the_end(size: np.ndarray, length: np.ndarray, longest: int) -> np.ndarray:
    """size (r, T, n) of each frame → (r, longest + 1), relative to the last one; NaN where no utterance is so long, and
    0 where the gradient is."""
    everyone, back = np.arange(len(length)), np.arange(longest + 1)
    at = length - 1 - back[:, None]
    with np.errstate(all="ignore"):
        ratio = size[:, np.maximum(at, 0), everyone] / size[:, None, length - 1, everyone]
        logs = np.where(at >= 0, np.log(np.maximum(ratio, np.finfo(float).tiny)), np.nan)
        known = np.isfinite(logs)
        mean = np.where(known, logs, 0).sum(-1) / known.sum(-1)
    return np.exp(mean)


def saturated(heard: np.ndarray) -> np.ndarray:
    """states (R, n, T, units) → (R,): the share of the numbers in the state that lie beyond ±SATURATED."""
    known = np.isfinite(heard)
    return (np.abs(np.where(known, heard, 0)) > SATURATED).sum((1, 2, 3)) / np.maximum(1, known.sum((1, 2, 3)))


def spectral_radius(e: Experiment, weights: np.ndarray) -> np.ndarray:
    """weights (R, P) → (R,): the largest |eigenvalue| of the first recurrent weights; of a GRU those of its candidate
    state, c = tanh(… + r·Uh)."""
    block, here = next((block, here) for block, here in e.blocks if block.name == "recurrent")
    units = block.shape[1]
    square = np.nan_to_num(weights[:, here]).reshape(-1, *block.shape)[:, -units:]
    return np.abs(np.linalg.eigvals(square.astype(float))).max(-1)


def _reader(network: Network) -> Reader:
    return next(layer for layer in network.layers if isinstance(layer, Reader))


def forwarded(
    make_layers: Callable[[], list[Layer]], weights: np.ndarray, X: np.ndarray, train: bool = False
) -> Iterator[tuple[Network, Batch]]:
    """Networks of a few runs after the other, after X went through them; with `train` they can go back, and each run
    has an X of its own, so that it has a gradient."""
    columns = full_rows(len(X), weights.dtype)
    x = arranger(make_layers()).arrange(X, weights.dtype, columns)
    for start in range(0, len(weights), AT_ONCE):
        some = weights[start : start + AT_ONCE]
        network = Network(make_layers(), (len(some),), columns, weights.dtype, train=train)
        network.weights[...] = some
        own = np.repeat(x[None], len(some), 0) if train else x
        batch = Batch(own, np.full(columns, 1 / len(X), weights.dtype))
        with denormals_as_zeros(), np.errstate(all="ignore"):
            network.forward(batch)
        yield network, batch
