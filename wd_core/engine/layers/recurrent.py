"""Recurrent layers: a state that reads a sequence frame by frame.

States are (…runs, units, T, n): what comes in is one product over all frames, and so is the gradient of the weights; a
step of time is a strided view of the same arrays. Sequences end at different times, and the state runs on: what it does
after the end reaches no output and gets no gradient (`LastFrame`, and a layer above that is looked at the same way).
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
        self.work = time * self.size

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
        self.sent = aligned_zeros((*runs, self.units + 1, *frames), dtype)
        self.sent[..., -1, :, :] = 1
        self.output = self.sent[..., :-1, :, :]
        if gradient is not None:
            self.dw, self.du = gradient[..., :cut].reshape(self.w.shape), gradient[..., cut:].reshape(self.u.shape)
            # It lies in memory as `sent` does: its last row is never used.
            self.delta = aligned_zeros(self.sent.shape, dtype)[..., :-1, :, :]

    def _read(self, x: np.ndarray, out: np.ndarray) -> None:
        """W·[x; 1] for all frames at once."""
        self.x = _flat(x if self.biases else x[..., :-1, :, :])
        np.matmul(self.w, self.x, out=_flat(out))

    def _read_back(self, delta: np.ndarray, out: np.ndarray | None) -> None:
        """From ∂J/∂(W·[x; 1]) to the gradient of W, and to ∂J/∂x."""
        delta = _flat(delta)
        np.matmul(delta, self.x.swapaxes(-1, -2), out=self.dw)
        if out is not None:
            np.matmul(self.w[..., : self.inputs].swapaxes(-1, -2), delta, out=_flat(out))

    def _remember_back(self, delta: np.ndarray, gradient: np.ndarray) -> None:
        """From ∂J/∂(U·h_{t−1}), (…, rows, T, n), to the gradient of these rows of U."""
        np.matmul(_flat(delta[..., 1:, :]), _flat(self.output[..., :-1, :]).swapaxes(-1, -2), out=gradient)


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
        self._read(x, h)
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
        self._read_back(delta, out)


class Gated(Reader):
    """A gated recurrent unit (Cho et al. 2014), in the form of PyTorch and cuDNN: the reset gate acts on U·h.

    [r; z; c] come in as W·[x_t; 1] and [r′; z′; c′] as U·h_{t−1}, in this order:
    r = σ(r + r′), z = σ(z + z′), c = tanh(c + r·c′), h_t = c + z·(h_{t−1} − c). Only the inputs have a bias.
    """

    gates = 3

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        super().bind(weights, gradient, examples, before)
        runs, dtype, units = weights.shape[:-1], weights.dtype, self.units
        self._in = aligned_zeros((*runs, 3 * units, self.time, examples), dtype)
        self._kept = aligned_zeros((*runs, units, self.time, examples), dtype)  # c′, which r multiplies
        self._step = aligned_zeros((*runs, 3 * units, examples), dtype)
        self._scratch = aligned_zeros((*runs, 2, units, examples), dtype)

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        units, h, step = self.units, self.output, self._step
        half = self._scratch[..., 0, :, :]
        sigmoid = ACTIVATIONS["sigmoid"].forward
        self._read(x, self._in)
        self._kept[..., 0, :] = 0  # h_0 = 0
        for t in range(self.time):
            gates, c = self._in[..., : 2 * units, t, :], self._in[..., 2 * units :, t, :]
            r, z = gates[..., :units, :], gates[..., units:, :]
            now = h[..., t, :]
            if t:
                np.matmul(self.u, h[..., t - 1, :], out=step)
                gates += step[..., : 2 * units, :]
                np.copyto(self._kept[..., t, :], step[..., 2 * units :, :])
            sigmoid(gates)
            if t:
                c += np.multiply(r, step[..., 2 * units :, :], out=half)
            np.tanh(c, out=c)
            if t:
                np.subtract(h[..., t - 1, :], c, out=now)
                now *= z
                now += c
            else:
                np.multiply(z, c, out=now)
                np.subtract(c, now, out=now)
        return self.sent

    def backward(self, out: np.ndarray | None) -> None:
        """In place: r, z and c make room for ∂J/∂ of what came in from x, c′ for ∂J/∂c′."""
        units, h, delta, step = self.units, self.output, self.delta, self._step
        transposed, (half, other) = self.u.swapaxes(-1, -2), np.moveaxis(self._scratch, -3, 0)
        for t in reversed(range(self.time)):
            into = self._in[..., t, :]
            r, z, c = into[..., :units, :], into[..., units : 2 * units, :], into[..., 2 * units :, :]
            kept, dh = self._kept[..., t, :], delta[..., t, :]
            before = h[..., t - 1, :] if t else 0.0
            np.subtract(1, z, out=half)
            np.multiply(dh, half, out=half)  # ∂J/∂c
            dh *= z  # to the state before
            np.subtract(before, c, out=other)
            other *= half  # dh·(1 − z)·(h − c); times z it is dh·(h − c)·z·(1 − z)
            np.multiply(other, z, out=z)
            np.square(c, out=c)
            np.subtract(1, c, out=c)
            c *= half  # ∂J/∂ of what tanh saw
            np.multiply(c, r, out=half)  # ∂J/∂c′
            kept *= c
            np.subtract(1, r, out=other)
            kept *= other
            r *= kept  # c·c′·r·(1 − r)
            np.copyto(kept, half)
            if t:
                np.copyto(step[..., : 2 * units, :], into[..., : 2 * units, :])
                np.copyto(step[..., 2 * units :, :], half)
                back = np.matmul(transposed, step, out=half)
                back += dh
                delta[..., t - 1, :] += back
        self._remember_back(self._in[..., : 2 * units, :, :], self.du[..., : 2 * units, :])
        self._remember_back(self._kept, self.du[..., 2 * units :, :])
        self._read_back(self._in, out)


def orthogonal(size: int, rng: np.random.Generator) -> np.ndarray:
    """(size, size): a random rotation or reflection, uniform (Mezzadri 2007)."""
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    return q * np.sign(np.diag(r))


def _flat(frames: np.ndarray) -> np.ndarray:
    """(…, features, T, n) → (…, features, T·n)."""
    return frames.reshape(*frames.shape[:-2], -1)
