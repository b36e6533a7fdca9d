"""What a network makes of an image: its feature maps, and which pixels pull the score of a class up or down."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from wd_core.engine.arrays import denormals_as_zeros, full_rows
from wd_core.engine.layers import Batch, Layer, arranger
from wd_core.engine.network import Network
from wd_core.experiment import Experiment

ROUGH_LIMIT = 1e-12
"""Of a gradient's mean square, below which it has no pattern."""
RUNS_AT_ONCE = 64


def saliency(e: Experiment, weights: np.ndarray, X: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Gradient at the pixels of the score of `classes` (n,), less the mean of all scores: (R, n, *shape of an example).

    weights (R, P), X (n, …). The score, not the loss: where a network is sure and right the loss has no gradient left.
    Scores say nothing but their differences, hence less their mean. Source: Simonyan, Vedaldi & Zisserman 2013
    (arXiv:1312.6034).
    """
    outputs = e.target.outputs
    slope = (np.arange(outputs)[:, None] == np.asarray(classes)) - 1 / outputs
    return input_gradients(e.layers, weights, X, slope)


def input_gradients(
    make_layers: Callable[[], list[Layer]], weights: np.ndarray, X: np.ndarray, slope: np.ndarray
) -> np.ndarray:
    """∂(Σ slope·scores)/∂X for every run: weights (R, P), X (n, …), slope (outputs, n) → (R, n, …)."""
    found = []
    for start in range(0, len(weights), RUNS_AT_ONCE):
        network, batch = _forwarded(make_layers, weights[start : start + RUNS_AT_ONCE], X)
        network.score_gradient[...] = 0
        network.score_gradient[..., : len(X)] = slope
        pixels = np.zeros((*batch.x.shape[:-1], batch.x.shape[-1]), weights.dtype)
        first = pixels[..., :-1, :] if X.ndim == 2 else pixels  # plain features have a row of ones
        with denormals_as_zeros():
            network.backward(first)
        found.append(np.moveaxis(first[..., : len(X)], -1, 1))
    return np.concatenate(found)


def feature_maps(e: Experiment, weights: np.ndarray, X: np.ndarray, layer: str = "convolution 1") -> np.ndarray:
    """What the layer of this name says, after pooling and activation: (R, n, channels, height, width)."""
    found = []
    for start in range(0, len(weights), RUNS_AT_ONCE):
        network, _ = _forwarded(e.layers, weights[start : start + RUNS_AT_ONCE], X)
        output = next(its.output for its in network.layers if its.name == layer)
        found.append(np.moveaxis(output[..., : len(X)], -1, 1).copy())
    return np.concatenate(found)


def _forwarded(make_layers: Callable[[], list[Layer]], weights: np.ndarray, X: np.ndarray) -> tuple[Network, Batch]:
    """A network of these runs after X went through it; every run has an X of its own, so that it has a gradient."""
    runs, n, dtype = len(weights), len(X), weights.dtype
    columns = full_rows(n, dtype)
    network = Network(make_layers(), (runs,), columns, dtype)
    network.weights[...] = weights
    x = arranger(make_layers()).arrange(X, dtype, columns)
    batch = Batch(np.repeat(x[None], runs, 0), np.full(columns, 1 / n, dtype))
    with denormals_as_zeros(), np.errstate(all="ignore"):
        network.forward(batch)
    return network, batch


def roughness(pictures: np.ndarray) -> np.ndarray:
    """(…, height, width) → (…): mean squared difference of neighbours over twice the mean square; NaN of nothing.

    About 1 for independent pixels, near 0 for a smooth picture, above 1 where neighbours differ in sign. A picture's
    size does not change it.
    """
    size = np.square(pictures).mean((-2, -1))
    across, down = (np.square(np.diff(pictures, axis=axis)).mean((-2, -1)) for axis in (-1, -2))
    with np.errstate(all="ignore"):
        return np.where(size > ROUGH_LIMIT, (across + down) / (4 * size), np.nan)
