"""Self-attention, and what stands before and behind it.

Features of all frames of all examples stand side by side, (…, d + 1, n·T), the T of one example together: so an affine
map, an activation, a norm treat a frame as an example, and attention alone knows which belong to one sequence.
"""

from __future__ import annotations

import numpy as np

from wd_core.engine.arrays import aligned_zeros
from wd_core.engine.layers.affine import Affine
from wd_core.engine.layers.base import Batch, Block, Layer, room_for
from wd_core.engine.layers.sequences import _OneOfFrames, arrange_sequences, presence


class Embedding(Layer):
    """A frame or a token (…, inputs + 1, T, n) → W·[x; 1] plus its place in the sequence, (…, width + 1, n·T).

    A token is a column of zeros and a one, so that W has a column for each symbol. Places are the fixed sines and
    cosines of Vaswani et al. 2017, §3.5.
    """

    def __init__(self, inputs: int, width: int, time: int, *, name: str = "", biases: bool = True, symbols: int = 0):
        self.affine = Affine(inputs, width, name=name, biases=biases)
        self.inputs, self.width, self.time, self.name, self.symbols = inputs, width, time, name, symbols
        self.parameters, self.work, self.shape = self.affine.parameters, time * self.affine.work, (width, time)

    def initial(self, rng: np.random.Generator) -> np.ndarray:
        """Normal, so that features begin with variance 1; biases zero."""
        weights = np.zeros(self.parameters[0].shape)
        active = 1 if self.symbols else self.inputs
        weights[:, : self.inputs] = rng.standard_normal((self.width, self.inputs)) / active**0.5
        return weights.ravel()

    def arrange(self, X: np.ndarray, dtype: np.dtype | type, columns: int) -> np.ndarray:
        return arrange_sequences(X, dtype, columns, self.symbols)

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        self.affine.bind(weights, gradient, examples * self.time, before)
        self.output = self.affine.output
        if gradient is not None:
            self.delta = self.affine.delta
        self._frames = self.output.reshape(*self.output.shape[:-1], examples, self.time)
        self._places = positions(self.width, self.time).astype(weights.dtype)

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        side_by_side = np.ascontiguousarray(x.swapaxes(-1, -2))
        sent = self.affine.forward(side_by_side.reshape(*x.shape[:-2], -1), batch)
        self._frames += self._places
        return sent

    def backward(self, out: np.ndarray | None) -> None:
        if out is None:  # as in training: what it reads comes from the data
            self.affine.backward(None)
            return
        side_by_side = np.empty((*out.shape[:-2], out.shape[-1], out.shape[-2]), out.dtype)  # (…, inputs, n, T)
        self.affine.backward(side_by_side.reshape(*out.shape[:-2], -1))
        out[...] = side_by_side.swapaxes(-1, -2)


def positions(width: int, time: int) -> np.ndarray:
    """(width, 1, time): sin and cos of t / 10000^(2i/width), one below the other."""
    angles = np.arange(time) / 10_000 ** (2 * np.arange((width + 1) // 2)[:, None] / width)
    return np.stack([np.sin(angles), np.cos(angles)], axis=1).reshape(-1, 1, time)[:width]


class FrameByFrame(Layer):
    """A layer of plain features, applied to every frame alike."""

    def __init__(self, layer: Layer, time: int):
        self.layer, self.time = layer, time
        self.name, self.parameters, self.work = layer.name, layer.parameters, time * layer.work
        self.shape = (*layer.shape, time)

    @property
    def elements(self) -> int:
        return self.time * self.layer.elements

    def initial(self, rng: np.random.Generator) -> np.ndarray:
        return self.layer.initial(rng)

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        self.layer.bind(weights, gradient, examples * self.time, before)
        self.output = self.layer.output
        if gradient is not None:
            self.delta = self.layer.delta

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        return self.layer.forward(x, batch)

    def backward(self, out: np.ndarray | None) -> None:
        self.layer.backward(out)


class SelfAttention(Layer):
    """Every frame asks all frames of its sequence; `causal`: only itself and those before it (Vaswani et al. 2017).

    Of each head, with queries q, keys k and values v: o_t = Σ_s e_st·v_s / Σ_s e_st, e_st = exp(k_s·q_t / √(d/heads)).
    Parameters: "queries, keys, values" (3·width, width + 1), then "mix" (width, width + 1), biases in the last columns.
    """

    LARGEST = 60.0
    """Scores up to this size go into exp as they are: neither the sums nor their parts leave float32's range."""

    def __init__(
        self, width: int, heads: int, time: int, *, name: str = "", causal: bool = False, biases: bool = True
    ):
        if width % heads:
            raise ValueError(f"heads={heads}: allowed: a divisor of the width, {width}")
        self.width, self.heads, self.time, self.name, self.causal = width, heads, time, name, causal
        self.shape = (width, time)
        self.ask, self.mix = Affine(width, 3 * width, biases=biases), Affine(width, width, biases=biases)
        self.parameters = tuple(
            Block(name, what, part.parameters[0].shape, bias_column=biases)
            for what, part in (("queries, keys, values", self.ask), ("mix", self.mix))
        )
        self.work = time * (self.ask.work + self.mix.work + 2 * width * time)
        self.run_by_run, self.small_products = 1, 2 * heads

    @property
    def elements(self) -> int:
        return self.heads * self.time**2  # shares

    def initial(self, rng: np.random.Generator) -> np.ndarray:
        return np.concatenate([self.ask.initial(rng), self.mix.initial(rng)])

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        self.runs, dtype, cut, n = weights.shape[:-1], weights.dtype, self.ask.size, examples * self.time
        for part, here in ((self.ask, slice(None, cut)), (self.mix, slice(cut, None))):
            part.bind(weights[..., here], None if gradient is None else gradient[..., here], n, before)
        self.output = self.mix.output
        heads, rows, frames = self.heads, self.width // self.heads, (examples, self.time)
        self._sent_heard, self._heard = room_for(self.runs, (self.width,), n, dtype)
        self._sums = aligned_zeros((*self.runs, heads, *frames), dtype)
        self._shares = aligned_zeros((*self.runs, heads, *frames, self.time), dtype)  # e_st, (…, n, s, t)
        self._values = aligned_zeros((heads, rows + 1, *frames), dtype)
        self._above = aligned_zeros((heads, rows + 1, *frames), dtype)
        self._split_in_heads = (3, heads, rows, *frames)
        if gradient is not None:
            self.delta = self.mix.delta
            self._heard_delta = aligned_zeros((*self.runs, self.width, n), dtype)
            self._scores_delta = aligned_zeros(self._shares.shape[-4:], dtype)

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        self.ask.forward(x, batch)
        there = presence(batch).swapaxes(-1, -2).copy()
        there[..., 0] = 1  # an example that only fills up a row: it must divide by something
        self._there = np.broadcast_to(there, (*self.runs, *there.shape[-2:]))
        for run in np.ndindex(self.runs):
            self._attend(run)
        return self.mix.forward(self._sent_heard, batch)

    def _attend(self, run: tuple[int, ...]) -> None:
        """One run: with a row of ones under the values, the sums that they are divided by come along."""
        q, k, values = self._queries_keys_values(run)
        shares, above = self._shares[run], self._above
        q *= (self.heads / self.width) ** 0.5
        np.matmul(_transposed(k), _matrices(q), out=shares)
        if not -self.LARGEST < shares.min() <= shares.max() < self.LARGEST:
            self._shift(shares, self._there[run])
        np.exp(shares, out=shares)
        if self.causal:
            shares *= np.triu(np.ones((self.time, self.time), shares.dtype))
        np.matmul(_matrices(values), shares, out=_matrices(above))
        heard = self._heard[run].reshape(q.shape)
        np.copyto(self._sums[run], above[:, -1])
        np.divide(above[:, :-1], above[:, -1:], out=heard)

    def _queries_keys_values(self, run: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(heads, rows, n, T) each; values with a row of ones below them, and 0 where there is no frame."""
        q, k, v = self.ask.output[run].reshape(self._split_in_heads)
        np.multiply(v, self._there[run], out=self._values[:, :-1])
        self._values[:, -1] = self._there[run]
        return q, k, self._values

    def _shift(self, scores: np.ndarray, there: np.ndarray) -> None:
        """Subtract the largest of the scores that count for a query: it changes no share. Those that do not are −∞."""
        counts = np.broadcast_to(there[:, :, None] > 0, scores.shape[1:])
        if self.causal:
            counts = counts & np.triu(np.ones((self.time, self.time), bool))
        scores[:, ~counts] = -np.inf
        scores -= scores.max(axis=-2, keepdims=True)

    @property
    def attention(self) -> np.ndarray:
        """(…runs, heads, n, t, s) after `forward`: what share of all that frame t hears is frame s; 0 after the end."""
        shares = self._shares * self._there[..., None, :, :, None] / self._sums[..., None, :]
        return shares.swapaxes(-1, -2)

    def backward(self, out: np.ndarray | None) -> None:
        self.mix.backward(self._heard_delta)
        for run in np.ndindex(self.runs):
            self._attend_back(run)
        self.ask.backward(out)

    def _attend_back(self, run: tuple[int, ...]) -> None:
        q, k, values = self._queries_keys_values(run)
        shares, above, scores_delta = self._shares[run], self._above, self._scores_delta
        dq, dk, dv = self.ask.delta[run].reshape(self._split_in_heads)
        delta, heard = (a.reshape(q.shape) for a in (self._heard_delta[run], self._heard[run]))
        np.divide(delta, self._sums[run][:, None], out=above[:, :-1])
        heard *= above[:, :-1]
        np.negative(heard.sum(axis=1), out=above[:, -1])
        np.matmul(_matrices(above[:, :-1]), shares.swapaxes(-1, -2), out=_matrices(dv))
        dv *= self._there[run]
        np.matmul(_transposed(values), _matrices(above), out=scores_delta)
        scores_delta *= shares
        np.matmul(_matrices(q), scores_delta.swapaxes(-1, -2), out=_matrices(dk))
        np.matmul(_matrices(k), scores_delta, out=_matrices(dq))
        dq *= (self.heads / self.width) ** 0.5


def _matrices(a: np.ndarray) -> np.ndarray:
    """(heads, rows, n, T) → (heads, n, rows, T), a view."""
    return a.swapaxes(-2, -3)


def _transposed(a: np.ndarray) -> np.ndarray:
    """(heads, rows, n, T) → (heads, n, T, rows), a view."""
    return a.transpose(0, 2, 3, 1)


class MeanFrame(_OneOfFrames):
    """The mean of each sequence's frames, (…, features + 1, n·T) → (…, features + 1, n)."""

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        there = presence(batch).swapaxes(-1, -2)
        self.share = (there / np.maximum(there.sum(axis=-1, keepdims=True), 1))[..., None, :, :]  # (…, 1, n, T)
        frames = x[..., :-1, :].reshape(*self.output.shape, self.time)
        np.einsum("...t,...t->...", frames, self.share, out=self.output)
        return self.sent

    def backward(self, out: np.ndarray | None) -> None:
        if out is not None:
            np.multiply(self.delta[..., None], self.share, out=out.reshape(*self.delta.shape, self.time))
