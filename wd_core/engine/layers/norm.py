"""Normalisation, between an affine map and its activation: γ·(z − mean)/√(variance + ε) + β.

Batch norm at evaluation takes mean and variance from the whole training part, anew for whatever weights are looked at
("precise" statistics: Wu & Johnson 2021, arXiv:2105.07576), and keeps no running averages. So weights alone still say
everything: a picture, a prediction, a reloaded result agree, and the statistics never lag behind the weights.
"""

from __future__ import annotations

import math

import numpy as np

from wd_core.engine.layers.base import Batch, Block, Layer, room_for

EPSILON = 1e-5


class _Norm(Layer):
    """What both have in common. The first axis of the shape counts features (channels), each with a gain γ and, with
    `biases`, a shift β. `name` is that of the layer whose output is normalised: they share a factor of
    `decay_layers`."""

    def __init__(self, shape: tuple[int, ...], *, name: str = "", biases: bool = True):
        self.shape, self.name, self.biases = shape, name, biases
        self.features = shape[0]
        gain = Block(name, "gain", (self.features,), role="gain")
        shift = Block(name, "shift", (self.features,), role="bias")
        self.parameters = (gain, shift) if biases else (gain,)
        self.work = 4 * math.prod(shape)

    @property
    def elements(self) -> int:
        return self.work

    def initial(self, rng: np.random.Generator) -> np.ndarray:
        """γ = 1, β = 0."""
        return np.concatenate([np.ones(self.features), np.zeros(self.size - self.features)])

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        runs = weights.shape[:-1]
        lift = (*runs, self.features, *(1,) * len(self.shape))
        self.gain, self.shift = (half.reshape(lift) for half in self._halves(weights)) if self.biases else (
            weights.reshape(lift), None)  # fmt: skip
        self.standard = before.output  # z becomes (z − mean)/σ where it lies: nobody needs z again
        self.sent, self.output = room_for(runs, self.shape, examples, weights.dtype)
        self._scratch = np.empty_like(self.output)
        if gradient is None:
            return
        self.gradients = self._halves(gradient) if self.biases else (gradient, None)
        self.delta = room_for(runs, self.shape, examples, weights.dtype)[1]

    def _halves(self, flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return flat[..., : self.features], flat[..., self.features :]

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        z = self.standard
        self._middle = self._mean(z, batch)
        z -= self._middle
        self._one_over = 1 / np.sqrt(self._mean(np.square(z, out=self._scratch), batch) + z.dtype.type(EPSILON))
        z *= self._one_over
        np.multiply(z, self.gain, out=self.output)
        if self.biases:
            self.output += self.shift
        self._batch = batch
        return self.sent

    def backward(self, out: np.ndarray | None) -> None:
        """∂J/∂z = (d − share·(Σd + ẑ·Σ d·ẑ))/σ with d = γ·∂J/∂output, the sums over what shares a mean."""
        others = tuple(range(-len(self.shape), 0))  # all but runs and features
        along = np.multiply(self.delta, self.standard, out=self._scratch)
        np.sum(along, axis=others, out=self.gradients[0])
        if self.biases:
            np.sum(self.delta, axis=others, out=self.gradients[1])
        if out is None:
            return
        d, z = self.delta, self.standard
        d *= self.gain
        total, slope = self._total(d), self._total(np.multiply(d, z, out=self._scratch))
        np.multiply(z, slope, out=z)
        z += total
        z *= self._share(self._batch)
        np.subtract(d, z, out=out)
        out *= self._one_over


class BatchNorm(_Norm):
    """Mean and variance of a feature over the batch, a run by itself (Ioffe & Szegedy 2015), weighted by each
    example's share of the loss: what only fills up a row counts nothing, and at evaluation, where the training part
    alone has a share, all examples are measured by its statistics."""

    uses_batch = True

    def as_affine(self) -> np.ndarray:
        """(…runs, features, 2): slope and intercept by which the last `forward` took z to the output."""
        slope = self.gain * self._one_over
        intercept = (self.shift if self.biases else 0) - slope * self._middle
        return np.stack([slope, intercept], axis=-1).reshape(*slope.shape[: -len(self.shape) - 1], self.features, 2)

    def _share(self, batch: Batch) -> np.ndarray:
        share = batch.share / math.prod(self.shape[1:])
        if share.ndim == 1:
            return share
        return share.reshape(*share.shape[:2], *(1,) * len(self.shape), share.shape[-1])

    def _mean(self, values: np.ndarray, batch: Batch) -> np.ndarray:
        return self._total(values * self._share(batch))

    def _total(self, values: np.ndarray) -> np.ndarray:
        return values.sum(axis=tuple(range(-len(self.shape), 0)), keepdims=True)


class LayerNorm(_Norm):
    """Mean and variance over the features of one example (Ba, Kiros & Hinton 2016), at each place of an image or
    sequence by itself."""

    def _share(self, batch: Batch) -> float:
        return 1 / self.features

    def _mean(self, values: np.ndarray, batch: Batch) -> np.ndarray:
        return values.mean(axis=-len(self.shape) - 1, keepdims=True)

    def _total(self, values: np.ndarray) -> np.ndarray:
        return values.sum(axis=-len(self.shape) - 1, keepdims=True)


NORMS: dict[str, type[_Norm] | None] = {"none": None, "batch": BatchNorm, "layer": LayerNorm}
