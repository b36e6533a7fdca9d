"""Recurrent layers: a state that reads a sequence frame by frame.

States are (…runs, units, T, n), and lie in memory frame by frame, so that a step of time works on one piece: a GRU
takes three quarters of the time. Sequences end at different times, and the state runs on: what it does after the end
reaches no output and gets no gradient (`LastFrame`, and a layer above that is looked at the same way).
"""

from __future__ import annotations

import numpy as np

from wd_core.engine.arrays import aligned_zeros
from wd_core.engine.layers.activation import ACTIVATIONS
from wd_core.engine.layers.base import Batch, Block, Layer
from wd_core.engine.layers.sequences import arrange_sequences

MEMORY = 0.9
"""Largest singular value of the first recurrent weights: a state neither explodes nor is forgotten at once."""


class Reader(Layer):
    """What both kinds have in common: `gates` × units numbers come in at each frame, from x and from the state before.

    Parameters: "inputs" (gates·units, inputs + 1), the bias in the last column, then "recurrent" (gates·units, units).
    """

    gates = 1

    def __init__(self, inputs: int, units: int, time: int, *, name: str = "", biases: bool = True, symbols: int = 0):
        self.inputs, self.units, self.time, self.name, self.symbols = inputs, units, time, name, symbols
        self.biases = biases
        self.shape = (units, time)
        rows = self.gates * units
        self.parameters = (
            Block(name, "inputs", (rows, inputs + biases), bias_column=biases),
            Block(name, "recurrent", (rows, units)),
        )
        self.work, self.rounds = time * self.size, time

    @property
    def elements(self) -> int:
        return self.time * self.gates * self.units

    def initial(self, rng: np.random.Generator) -> np.ndarray:
        """Inputs uniform as Glorot & Bengio 2010; recurrent orthogonal × MEMORY (Saxe et al. 2014), gate by gate."""
        inputs = np.zeros(self.parameters[0].shape)
        limit = (6 / (self.inputs + self.units)) ** 0.5
        inputs[:, : self.inputs] = rng.uniform(-limit, limit, (self.gates * self.units, self.inputs))
        squares = [orthogonal(self.units, rng) * MEMORY for _ in range(self.gates)]
        return np.concatenate([inputs.ravel(), *(square.ravel() for square in squares)])

    def arrange(self, X: np.ndarray, dtype: np.dtype | type, columns: int) -> np.ndarray:
        return arrange_sequences(X, dtype, columns, self.symbols)

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        runs, dtype, frames = weights.shape[:-1], weights.dtype, (self.time, examples)
        cut = self.parameters[0].size
        self.w, self.u = (
            part.reshape(*runs, *block.shape)
            for part, block in zip((weights[..., :cut], weights[..., cut:]), self.parameters, strict=True)
        )
        self.sent = _frame_by_frame((*runs, self.units + 1, *frames), dtype)
        self.sent[..., -1, :, :] = 1
        self.output = self.sent[..., :-1, :, :]
        if gradient is not None:
            self.dw, self.du = gradient[..., :cut].reshape(self.w.shape), gradient[..., cut:].reshape(self.u.shape)
            # It lies in memory as `sent` does: its last row is never used.
            self.delta = _frame_by_frame(self.sent.shape, dtype)[..., :-1, :, :]

    def _read(self, x: np.ndarray, w: np.ndarray, out: np.ndarray) -> None:
        """W·[x; 1] for all frames; W may be some rows of it."""
        x = x if self.biases else x[..., :-1, :, :]
        self.x = x[(None,) * (out.ndim - x.ndim)]  # as many axes of runs
        np.matmul(w, _frames(self.x), out=_frames(out))

    def _read_back(self, delta: np.ndarray, gradient: np.ndarray) -> None:
        """From ∂J/∂(W·[x; 1]), (…, rows, T, n), to the gradient of these rows of W."""
        _summed_products(delta, self.x, gradient)

    def _remember_back(self, delta: np.ndarray, gradient: np.ndarray) -> None:
        """From ∂J/∂(U·h_{t−1}), (…, rows, T, n), to the gradient of these rows of U."""
        _summed_products(delta[..., 1:, :], self.output[..., :-1, :], gradient)


class Recurrent(Reader):
    """h_t = f(W·[x_t; 1] + U·h_{t−1}), h_0 = 0 (Elman 1990)."""

    def __init__(self, inputs: int, units: int, time: int, activation: str, **settings: object):
        super().__init__(inputs, units, time, **settings)
        self.function = ACTIVATIONS[activation]

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        super().bind(weights, gradient, examples, before)
        self._scratch = aligned_zeros((*weights.shape[:-1], self.units, examples), weights.dtype)
        self._of_slope = np.zeros_like(self.output) if self.function.keeps_input else self.output

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        h = self.output
        self._read(x, self.w, h)
        for t in range(self.time):
            now = h[..., t, :]
            if t:
                now += np.matmul(self.u, h[..., t - 1, :], out=self._scratch)
            if self.function.keeps_input:
                self._of_slope[..., t, :] = now
            self.function.forward(now)
        return self.sent

    def backward(self, out: np.ndarray | None) -> None:
        delta, transposed = self.delta, self.u.swapaxes(-1, -2)
        for t in reversed(range(self.time)):
            now = delta[..., t, :]
            if t + 1 < self.time:
                now += np.matmul(transposed, delta[..., t + 1, :], out=self._scratch)
            np.copyto(self._scratch, self._of_slope[..., t, :])  # the slope uses up what it is given
            self.function.times_slope(now, self._scratch)
        self._remember_back(delta, self.du)
        self._read_back(delta, self.dw)
        if out is not None:
            np.matmul(self.w[..., : self.inputs].swapaxes(-1, -2), _frames(delta), out=_frames(out))


class Gated(Reader):
    """A gated recurrent unit (Cho et al. 2014), in the form of PyTorch and cuDNN: the reset gate acts on U·h.

    [r; z; c] come in as W·[x_t; 1] and [r′; z′; c′] as U·h_{t−1}, in this order:
    r = σ(r + r′), z = σ(z + z′), c = tanh(c + r·c′), h_t = c + z·(h_{t−1} − c). Only the inputs have a bias.

    In memory all frames of c, r, z and c′ stand below one another: backwards they make room, in place, for the
    gradients, and the first three are then those of what came in from x, the last three of what came from the state.
    """

    gates = 3

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        super().bind(weights, gradient, examples, before)
        runs, dtype, units = weights.shape[:-1], weights.dtype, self.units
        self._all = _frame_by_frame((*runs, 4 * units, self.time, examples), dtype)
        self._gates = self._all[..., units : 3 * units, :, :]
        self._parts = [self._all[..., i * units : (i + 1) * units, :, :] for i in range(4)]
        self._step = aligned_zeros((*runs, 2 * units, examples), dtype)
        self._scratch = [aligned_zeros((*runs, units, examples), dtype) for _ in range(2)]

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        cut, h, step, half = 2 * self.units, self.output, self._step, self._scratch[0]
        w, u = self.w.copy(), self.u.copy()
        for gates in (w[..., :cut, :], u[..., :cut, :]):
            gates *= 0.5  # σ(2a) = ½ + ½ tanh(a)
        self._read(x, w[..., :cut, :], self._gates)
        self._read(x, w[..., cut:, :], self._parts[0])
        for t in range(self.time):
            gates, (c, r, z, kept) = self._gates[..., t, :], (part[..., t, :] for part in self._parts)
            now, before = h[..., t, :], h[..., t - 1, :]
            if t:
                gates += np.matmul(u[..., :cut, :], before, out=step)
                np.matmul(u[..., cut:, :], before, out=kept)
            else:
                kept[...] = 0  # h_0 = 0
            np.tanh(gates, out=gates)
            gates *= 0.5
            gates += 0.5
            c += np.multiply(r, kept, out=half)
            np.tanh(c, out=c)
            np.subtract(before if t else 0, c, out=now)
            now *= z
            now += c
        return self.sent

    def backward(self, out: np.ndarray | None) -> None:
        units, h, delta, (half, other) = self.units, self.output, self.delta, self._scratch
        transposed = self.u.swapaxes(-1, -2)
        for t in reversed(range(self.time)):
            (c, r, z, kept), dh = (part[..., t, :] for part in self._parts), delta[..., t, :]
            np.subtract(h[..., t - 1, :] if t else 0, c, out=other)
            through = np.multiply(dh, z, out=half)  # past c, straight to the state before
            dh -= through  # ∂J/∂c
            other *= through
            np.subtract(1, z, out=z)
            z *= other
            np.square(c, out=c)
            np.subtract(1, c, out=c)
            c *= dh
            np.subtract(1, r, out=other)
            other *= kept
            np.multiply(c, r, out=kept)
            np.multiply(kept, other, out=r)
            if t:
                earlier = delta[..., t - 1, :]
                earlier += through
                earlier += np.matmul(transposed, self._all[..., units:, t, :], out=other)
        self._remember_back(self._all[..., units:, :, :], self.du)
        cut, (c, gates) = 2 * units, (self._parts[0], self._gates)
        self._read_back(gates, self.dw[..., :cut, :])
        self._read_back(c, self.dw[..., cut:, :])
        if out is not None:
            w = self.w[..., : self.inputs].swapaxes(-1, -2)
            np.matmul(w[..., :cut], _frames(gates), out=_frames(out))
            frames = _frames(out)
            frames += np.matmul(w[..., cut:], _frames(c))


def orthogonal(size: int, rng: np.random.Generator) -> np.ndarray:
    """(size, size): a random rotation or reflection, uniform (Mezzadri 2007)."""
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    return q * np.sign(np.diag(r))


def _frame_by_frame(shape: tuple[int, ...], dtype: np.dtype | type) -> np.ndarray:
    """Zeros (…, features, T, n) of which the frames lie in memory one after the other."""
    return np.moveaxis(aligned_zeros((shape[-2], *shape[:-2], shape[-1]), dtype), 0, -2)


def _frames(a: np.ndarray) -> np.ndarray:
    """(…, features, T, n) → (T, …, features, n), a view."""
    return np.moveaxis(a, -2, 0)


def _summed_products(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    """out = Σ a_t·b_tᵀ over the frames of a (…, rows, T, n) and b (…, columns, T, n)."""
    np.matmul(_frames(a), _frames(b).swapaxes(-1, -2)).sum(0, out=out)
