"""Layers against PyTorch's, in float64: what they say and every gradient. Skipped where PyTorch is not installed."""

from __future__ import annotations

import numpy as np
import pytest

from wd_core.engine.layers import Batch, Block, Layer
from wd_core.engine.layers.attention import MeanFrame, SelfAttention
from wd_core.engine.layers.convolution import Convolution
from wd_core.engine.layers.pooling import AveragePool, GlobalPool, MaxPool
from wd_core.engine.layers.recurrent import Gated, Recurrent
from wd_core.engine.layers.sequences import LastFrame
from wd_core.engine.network import Network

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

N, T, D, WIDTH = 5, 7, 3, 12
IMAGE = (3, 7, 6)
LENGTHS = np.array([7, 3, 5, 1, 6])
CLOSE = {"rtol": 1e-10, "atol": 1e-12}


class Given(Layer):
    """An input that is a parameter: (…, *shape) with n last, a row of ones below where asked."""

    def __init__(self, shape: tuple[int, ...], ones: bool):
        self.shape, self.ones = shape, ones
        self.parameters = (Block("given", "x", (*shape, N)),)

    def bind(self, weights, gradient, examples, before) -> None:
        self.values, self.gradient = (a.reshape(*self.shape, -1) for a in (weights[0], gradient[0]))
        whole = (self.shape[0] + self.ones, *self.shape[1:], *self.values.shape[len(self.shape) :])
        self.sent, self.whole_delta = np.ones((1, *whole)), np.zeros((1, *whole))
        self.output, self.delta = self.sent[:, : self.shape[0]], self.whole_delta[:, : self.shape[0]]

    def forward(self, x, batch) -> np.ndarray:
        self.output[0] = self.values
        return self.sent

    def backward(self, out) -> None:
        self.gradient[...] = self.delta[0]


def compare(layers: list[Layer], x: np.ndarray, ones: bool, theirs, parameters: list) -> None:
    """Ours on x (…, n last) against `theirs(tensor)`, a tensor laid out as our output is; both with their gradients."""
    rng = np.random.default_rng(0)
    source = Given(x.shape[:-1], ones)
    source.parameters = (Block("given", "x", x.shape),)
    network = Network([source, *layers], (1,), N, np.float64)
    own = network.weights[0, x.size :]
    own[...] = np.concatenate([to_numpy(p).ravel() for p in parameters]) if parameters else []
    network.weights[0, : x.size] = x.ravel()
    there = (np.arange(T)[:, None] < LENGTHS).astype(float)
    network.forward(Batch(there[None], np.zeros(N)))
    ours = network.layers[-1].output[0].copy()

    tensor = torch.tensor(x, requires_grad=True)
    expected = theirs(tensor)
    np.testing.assert_allclose(ours, to_numpy(expected), **CLOSE)
    direction = rng.standard_normal(ours.shape)
    network.score_gradient[0] = direction
    network.backward()
    leaves = [tensor, *parameters]
    wanted = torch.autograd.grad(expected, leaves, torch.tensor(direction), allow_unused=True)
    flat = np.concatenate([to_numpy(g).ravel() for g in wanted])
    np.testing.assert_allclose(network.gradient[0], flat, **CLOSE)


def to_numpy(tensor) -> np.ndarray:
    return tensor.detach().numpy()


def weights(*shape: int):
    rng = np.random.default_rng([2, *shape])
    return torch.tensor(rng.standard_normal(shape), requires_grad=True)


def normal(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).standard_normal(shape)


# ---------------------------------------------------------------- images


@pytest.mark.parametrize("pool", [1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 3, 5])
def test_convolution_is_conv2d_and_then_avg_pool2d(kernel: int, pool: int) -> None:
    matrix = weights(4, IMAGE[0] * kernel**2 + 1)

    def theirs(x):
        kernels = matrix[:, :-1].reshape(4, IMAGE[0], kernel, kernel)
        z = functional.conv2d(x.permute(3, 0, 1, 2), kernels, matrix[:, -1], padding=kernel // 2)
        return functional.avg_pool2d(z, pool).permute(1, 2, 3, 0)

    compare([Convolution(IMAGE, 4, kernel=kernel, pool=pool)], normal(*IMAGE, N), False, theirs, [matrix])


@pytest.mark.parametrize(
    ("layer", "theirs"),
    [
        (AveragePool, lambda x: functional.avg_pool2d(x, 2).permute(1, 2, 3, 0)),
        (MaxPool, lambda x: functional.max_pool2d(x, 2).permute(1, 2, 3, 0)),
        (GlobalPool, lambda x: functional.adaptive_avg_pool2d(x, 1)[:, :, 0, 0].T),
    ],
)
def test_pooling_is_pytorchs(layer, theirs) -> None:
    compare([layer(IMAGE)], normal(*IMAGE, N), False, lambda x: theirs(x.permute(3, 0, 1, 2)), [])


# ---------------------------------------------------------------- sequences of unequal length


def last_states(module, own, x):
    """The last state of each sequence, as PyTorch has it for packed sequences, (units, n)."""
    packed = nn.utils.rnn.pack_padded_sequence(x.permute(2, 1, 0), torch.tensor(LENGTHS), True, enforce_sorted=False)
    return torch.func.functional_call(module, own, (packed,))[1][-1].T


@pytest.mark.parametrize("kind", ["tanh", "relu", "gru"])
@pytest.mark.parametrize("depth", [1, 2])
def test_recurrence_is_pytorchs_rnn_and_gru_on_packed_sequences(kind: str, depth: int) -> None:
    units, gates = 4, 3 if kind == "gru" else 1
    inner = [D] + [units] * (depth - 1)
    matrices = [m for d in inner for m in (weights(gates * units, d + 1), weights(gates * units, units))]
    if kind == "gru":
        module = nn.GRU(D, units, depth, batch_first=True, dtype=torch.float64)
        layers = [Gated(d, units, T) for d in inner]
    else:
        module = nn.RNN(D, units, depth, nonlinearity=kind, batch_first=True, dtype=torch.float64)
        layers = [Recurrent(d, units, T, kind) for d in inner]
    own = {}
    for i in range(depth):
        w, u = matrices[2 * i : 2 * i + 2]
        own |= {f"weight_ih_l{i}": w[:, :-1], f"bias_ih_l{i}": w[:, -1], f"weight_hh_l{i}": u}
        own[f"bias_hh_l{i}"] = torch.zeros(gates * units, dtype=torch.float64)
    compare([*layers, LastFrame(units, T)], normal(D, T, N), True, lambda x: last_states(module, own, x), matrices)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("heads", [1, 2, 4])
def test_attention_is_pytorchs_multi_head_attention_with_padding(heads: int, causal: bool) -> None:
    ask, mix = weights(3 * WIDTH, WIDTH + 1), weights(WIDTH, WIDTH + 1)
    module = nn.MultiheadAttention(WIDTH, heads, batch_first=True, dtype=torch.float64)
    own = {
        "in_proj_weight": ask[:, :-1], "in_proj_bias": ask[:, -1],
        "out_proj.weight": mix[:, :-1], "out_proj.bias": mix[:, -1],
    }  # fmt: skip
    missing = torch.tensor(np.arange(T) >= LENGTHS[:, None])
    ahead = torch.triu(torch.ones(T, T, dtype=torch.bool), 1) if causal else None

    def theirs(x):  # (width, n·T), the T of a sequence together
        x = x.reshape(WIDTH, N, T).permute(1, 2, 0)
        settings = {"key_padding_mask": missing, "attn_mask": ahead, "need_weights": False}
        out, _ = torch.func.functional_call(module, own, (x, x, x), settings)
        present = (~missing)[:, :, None].to(out)
        return ((out * present).sum(1) / present.sum(1)).T

    layer = SelfAttention(WIDTH, heads, T, causal=causal)
    compare([layer, MeanFrame(WIDTH, T)], normal(WIDTH, N * T), True, theirs, [ask, mix])
