"""Sequences of unequal length: how they are arranged, and what is read off them at the end.

x is (…, features + 1, T, n): under the features of a frame stands a 1, so that a bias is a weight like any other; after
the end of a sequence all of it is 0. So the last row of what the network was given says where there is something, to
every layer. What a layer makes of frames that are not there is nobody's business: nothing looks at them.
"""

from __future__ import annotations

import numpy as np

from wd_core.engine.arrays import aligned_zeros
from wd_core.engine.layers.base import Batch, Layer, room_for
from wd_core.engine.layers.dropout import Dropout, InputNoise


def arrange_sequences(X: np.ndarray, dtype: np.dtype | type, columns: int, symbols: int = 0) -> np.ndarray:
    """(n, T, d) with NaN after the end, or tokens (n, T) from 1 to `symbols` with 0 → (d or symbols, + 1, T, columns).

    Columns from n on are sequences without any frame.
    """
    there = X > 0 if symbols else ~np.isnan(X[..., 0])
    frames = X[..., None] == np.arange(1, symbols + 1) if symbols else np.nan_to_num(X, nan=0.0)
    out = aligned_zeros((frames.shape[2] + 1, frames.shape[1], columns), dtype)
    out[:-1, :, : len(X)] = frames.transpose(2, 1, 0)
    out[-1, :, : len(X)] = there.T
    return out


def presence(batch: Batch) -> np.ndarray:
    """(…, T, n): 1 where a sequence has a frame, 0 after its end."""
    return batch.x[..., -1, :, :]


class _OneOfFrames(Layer):
    """From the frames of each sequence to plain features, (…, features + 1, n)."""

    def __init__(self, features: int, time: int):
        self.features, self.time = features, time
        self.shape = (features,)

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        self.sent, self.output = room_for(weights.shape[:-1], self.shape, examples, weights.dtype)
        if gradient is not None:
            self.delta = room_for(weights.shape[:-1], self.shape, examples, weights.dtype)[1]


class LastFrame(_OneOfFrames):
    """The features (…, features + 1, n) of each sequence's last frame; of one without frames the first."""

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        last = np.maximum(np.count_nonzero(presence(batch), axis=-2) - 1, 0)
        self.last = last[..., None, None, :]  # (…, 1, 1, n)
        frames = x[..., :-1, :, :]
        axes = frames.ndim - self.last.ndim
        self.output[...] = np.take_along_axis(frames, self.last[(None,) * axes], axis=-2)[..., 0, :]
        return self.sent

    def backward(self, out: np.ndarray | None) -> None:
        if out is not None:
            out[...] = 0
            axes = out.ndim - self.last.ndim
            np.put_along_axis(out, self.last[(None,) * axes], self.delta[..., None, :], axis=-2)


class EveryFrame(Layer):
    """All frames side by side, (…, features + 1, T, n) → (…, features + 1, T·n), frame after frame, so that what comes
    behind scores every frame."""

    def __init__(self, features: int, time: int):
        self.features, self.shape = features, (features, time)

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        runs, size = weights.shape[:-1], self.shape[1] * examples
        self.sent, self.output = room_for(runs, (self.features,), size, weights.dtype)
        self._frames = self.output.reshape(before.output.shape)
        if gradient is not None:
            self.delta = room_for(runs, (self.features,), size, weights.dtype)[1]

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        self._frames[...] = x[..., :-1, :, :]
        return self.sent

    def backward(self, out: np.ndarray | None) -> None:
        if out is not None:
            out[...] = self.delta.reshape(out.shape)


class FrameNoise(InputNoise):
    """Noise on the frames that are there; the row below them stays what it is."""

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        noise = batch.draws.noise(self.shape) * presence(batch)[..., None, :, :]
        return x + np.concatenate([noise, np.zeros_like(noise[..., :1, :, :])], axis=-3)


class FrameDropout(Dropout):
    """A unit that is left out is so for the whole of a sequence (Gal & Ghahramani 2016, arXiv:1512.05287).

    x is (…, features + 1, T, n), or where frames stand `side_by_side` (…, features + 1, n·T), T together.
    """

    def __init__(self, features: int, time: int, *, side_by_side: bool = False):
        super().__init__((features,))
        self.time, self.side_by_side = time, side_by_side

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        frames = (examples, self.time) if self.side_by_side else (self.time, examples)
        room = aligned_zeros((*weights.shape[:-1], self.shape[0] + 1, *frames), weights.dtype)
        room[..., -1, :, :] = 1
        self._by_frame = room[..., :-1, :, :]
        self.sent = room.reshape(*room.shape[:-2], -1) if self.side_by_side else room
        self.output = self.sent[..., :-1, :] if self.side_by_side else self._by_frame
        if hasattr(before, "delta"):
            self.delta = before.delta

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        mask = batch.draws.mask(self.shape)
        self.mask = mask[..., None] if self.side_by_side else mask[..., None, :]
        x = x[..., :-1, :] if self.side_by_side else x[..., :-1, :, :]
        np.multiply(x.reshape(self._by_frame.shape), self.mask, out=self._by_frame)
        return self.sent

    def backward(self, out: np.ndarray | None) -> None:
        if out is not None:
            shape = self._by_frame.shape
            np.multiply(self.delta.reshape(shape), self.mask, out=out.reshape(shape))
