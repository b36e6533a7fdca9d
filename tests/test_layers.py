"""Every layer alone: its gradients by difference quotients, runs that never meet, padding that never leaks."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field

import numpy as np
import pytest

from wd_core.engine import layers as package
from wd_core.engine.layers import ACTIVATIONS, Activation, Affine, Batch, BatchNorm, Block, Layer, LayerNorm
from wd_core.engine.layers.attention import Embedding, FrameByFrame, MeanFrame, SelfAttention
from wd_core.engine.layers.convolution import Convolution
from wd_core.engine.layers.pooling import AveragePool, Flatten, GlobalPool, MaxPool
from wd_core.engine.layers.recurrent import Gated, Recurrent
from wd_core.engine.layers.residual import Residual
from wd_core.engine.layers.sequences import EveryFrame, LastFrame, arrange_sequences
from wd_core.engine.network import Network

RUNS = 2, 3
N, T = 7, 5
IMAGE, FEATURES = (2, 7, 6), 3
H = 1e-6  # of the difference quotient
TOLERANCE = 1e-6


class Source(Layer):
    """What goes into the layer under test, as parameters: so its gradient is checked with the others."""

    def __init__(self, shape: tuple[int, ...], ones: bool):
        self.shape, self.ones = shape, ones

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        self.values, self.gradient = (a.reshape(*a.shape[:-1], *self.shape, -1) for a in (weights, gradient))
        rows = self.shape[0] + self.ones
        self.whole, whole_delta = (np.ones((*weights.shape[:-1], rows, *self.shape[1:], examples)) for _ in range(2))
        inner = (..., slice(self.shape[0]), *(slice(None) for _ in self.shape))
        self.output, self.delta = self.whole[inner], whole_delta[inner]

    def initial(self, rng: np.random.Generator) -> np.ndarray:
        return rng.standard_normal(self.size)

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        self.output[...] = self.values
        return self.whole

    def backward(self, out: np.ndarray | None) -> None:
        self.gradient[...] = self.delta


@dataclass
class Case:
    """A layer, or a chain that ends in it, and the shape of what goes in."""

    layers: Callable[[], list[Layer]]
    inputs: tuple[int, ...]
    ones: bool = True
    columns: int = 1
    """Examples of `inputs` for each example: T where frames stand side by side."""
    network: Network = field(init=False)

    def build(self, runs: tuple[int, ...] = RUNS) -> Case:
        """A fresh network with random weights."""
        self, rng = copy(self), np.random.default_rng(1)
        source = Source(self.inputs, self.ones)
        source.parameters = (Block("source", "x", (*self.inputs, N * self.columns)),)
        if self.columns > 1:
            source = FrameByFrame(source, self.columns)
        self.network = Network([source, *self.layers()], runs, N, np.float64)
        self.network.weights[...] = rng.standard_normal(self.network.weights.shape)
        self.batch = Batch(presence_rows(), np.full(N, 1 / N))
        self.weights = self.network.weights.copy()
        self.project = rng.standard_normal(self.network.layers[-1].output.shape)
        return self

    def value(self, weights: np.ndarray) -> np.ndarray:
        """(…runs): Σ c·output for fixed c, a scalar whose gradient has all of the backward pass in it."""
        self.network.weights[...] = weights
        product = self.network.forward(self.batch) * self.project
        return product.sum(axis=tuple(range(len(RUNS), product.ndim)))

    def gradient(self) -> np.ndarray:
        self.value(self.weights)
        self.network.score_gradient[...] = self.project
        self.network.backward()
        return self.network.gradient.copy()

    def error(self, gradient: np.ndarray) -> np.ndarray:
        """(…runs): how far gradient·u is from the slope along a random u, of the length of the gradient."""
        u = np.random.default_rng(2).standard_normal(gradient.shape)
        slope = (self.value(self.weights + H * u) - self.value(self.weights - H * u)) / (2 * H)
        return np.abs((gradient * u).sum(-1) - slope) / np.linalg.norm(gradient, axis=-1)


LENGTHS = np.array([5, 1, 3, 5, 2, 4, 5])


def presence_rows() -> np.ndarray:
    """(2, 1, 1, T, n): one row that says where a sequence has a frame; the same in both groups."""
    there = np.arange(T)[:, None] < LENGTHS
    return np.broadcast_to(there.astype(float), (RUNS[0], 1, 1, T, N))


def attention(**settings: object) -> SelfAttention:
    return SelfAttention(4, 2, T, name="attention", **settings)


def side_by_side(*layers: Layer) -> list[Layer]:
    return [FrameByFrame(layer, T) if isinstance(layer, Affine | Activation) else layer for layer in layers]


CASES: dict[str, Case] = {
    "Affine": Case(lambda: [Affine(FEATURES, 5)], (FEATURES,)),
    "Affine, one output": Case(lambda: [Affine(FEATURES, 1)], (FEATURES,)),
    "Affine without biases": Case(lambda: [Affine(FEATURES, 5, biases=False)], (FEATURES,)),
    **{
        f"Activation {name}": Case(lambda name=name: [Affine(FEATURES, 5), Activation(name, (5,))], (FEATURES,))
        for name in ACTIVATIONS
    },
    "BatchNorm": Case(lambda: [BatchNorm((FEATURES,))], (FEATURES,)),
    "BatchNorm of images": Case(lambda: [BatchNorm(IMAGE)], IMAGE, ones=False),
    "BatchNorm without biases": Case(lambda: [BatchNorm((FEATURES,), biases=False)], (FEATURES,)),
    "LayerNorm": Case(lambda: [LayerNorm((FEATURES,))], (FEATURES,)),
    "LayerNorm of images": Case(lambda: [LayerNorm(IMAGE)], IMAGE, ones=False),
    "LayerNorm of frames": Case(lambda: [FrameByFrame(LayerNorm((FEATURES,)), T)], (FEATURES,), columns=T),
    "Convolution": Case(lambda: [Convolution(IMAGE, 5)], IMAGE, ones=False),
    "Convolution without biases": Case(lambda: [Convolution(IMAGE, 5, biases=False)], IMAGE, ones=False),
    "Convolution, pool 2": Case(lambda: [Convolution(IMAGE, 5, pool=2)], IMAGE, ones=False),
    "Convolution, pool 3": Case(lambda: [Convolution(IMAGE, 5, pool=3)], IMAGE, ones=False),
    "Convolution 5 × 5, pool 2": Case(lambda: [Convolution(IMAGE, 5, kernel=5, pool=2)], IMAGE, ones=False),
    "Convolution 1 × 1": Case(lambda: [Convolution(IMAGE, 5, kernel=1)], IMAGE, ones=False),
    "AveragePool": Case(lambda: [AveragePool(IMAGE)], IMAGE, ones=False),
    "MaxPool": Case(lambda: [MaxPool(IMAGE)], IMAGE, ones=False),
    "GlobalPool": Case(lambda: [GlobalPool(IMAGE)], IMAGE, ones=False),
    "Flatten": Case(lambda: [Flatten(IMAGE)], IMAGE, ones=False),
    **{
        f"Recurrent {name}": Case(lambda name=name: [Recurrent(FEATURES, 4, T, name)], (FEATURES, T))
        for name in ACTIVATIONS
    },
    "Recurrent without biases": Case(lambda: [Recurrent(FEATURES, 4, T, "tanh", biases=False)], (FEATURES, T)),
    "Recurrent, two": Case(lambda: [Recurrent(FEATURES, 4, T, "tanh"), Recurrent(4, 3, T, "tanh")], (FEATURES, T)),
    "Gated": Case(lambda: [Gated(FEATURES, 4, T)], (FEATURES, T)),
    "Gated without biases": Case(lambda: [Gated(FEATURES, 4, T, biases=False)], (FEATURES, T)),
    "Gated, two": Case(lambda: [Gated(FEATURES, 4, T), Gated(4, 3, T)], (FEATURES, T)),
    "LastFrame": Case(lambda: [LastFrame(FEATURES, T)], (FEATURES, T)),
    "LastFrame of Gated": Case(lambda: [Gated(FEATURES, 4, T), LastFrame(4, T)], (FEATURES, T)),
    "EveryFrame of Gated, scored": Case(
        lambda: [Gated(FEATURES, 4, T), EveryFrame(4, T), FrameByFrame(Affine(4, 3), T)], (FEATURES, T)
    ),
    "FrameByFrame": Case(lambda: side_by_side(Affine(FEATURES, 4)), (FEATURES,), columns=T),
    "MeanFrame": Case(lambda: [MeanFrame(FEATURES, T)], (FEATURES,), columns=T),
    "SelfAttention": Case(lambda: [attention()], (4,), columns=T),
    "SelfAttention, causal": Case(lambda: [attention(causal=True)], (4,), columns=T),
    "SelfAttention without biases": Case(lambda: [attention(biases=False)], (4,), columns=T),
    "Residual": Case(
        lambda: [Residual(side_by_side(Affine(4, 6), Activation("tanh", (6,)), Affine(6, 4)))], (4,), columns=T
    ),
    "Residual of attention": Case(lambda: [Residual([attention()])], (4,), columns=T),
    "Residual of images": Case(
        lambda: [Residual([Convolution(IMAGE, 3), Activation("tanh", (3, 7, 6)), Convolution((3, 7, 6), 2)])],
        IMAGE,
        ones=False,
    ),
}
FIRST_ONLY = {"Embedding"}  # it reads what the data set gives: checked below, with what stands behind it
IN_TRAINING_ONLY = {"Dropout", "FrameDropout", "FrameNoise", "InputNoise"}  # they need random numbers
every = pytest.mark.parametrize("name", CASES)


def layer_classes() -> set[str]:
    """Names of all concrete layers that there are."""
    for info in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{info.name}")

    def below(kind: type) -> set[type]:
        return {kind} | {c for sub in kind.__subclasses__() for c in below(sub)}

    return {
        kind.__name__
        for kind in below(Layer)
        if kind.__module__.startswith(package.__name__)
        and not kind.__name__.startswith("_")
        and kind.forward is not Layer.forward
    }


def test_every_layer_that_there_is_has_a_case() -> None:
    assert layer_classes() == {name.split(",")[0].split(" ")[0] for name in CASES} | FIRST_ONLY | IN_TRAINING_ONLY


@every
def test_gradients_are_slopes_in_every_run(name: str) -> None:
    case = CASES[name].build()
    error = case.error(case.gradient())
    assert error.shape == RUNS
    assert error.max() < TOLERANCE


@every
def test_the_check_catches_a_gradient_wrong_by_half_a_thousandth_in_any_block(name: str) -> None:
    case = CASES[name].build()
    gradient, start = case.gradient(), 0
    for block in (block for layer in case.network.layers for block in layer.parameters):
        spoilt = gradient.copy()
        spoilt[..., start : start + block.size] *= 1.0005
        start += block.size
        assert case.error(spoilt).max() > 10 * TOLERANCE, block.name


@every
def test_two_runs_swapped_are_caught_and_pointed_at(name: str) -> None:
    case = CASES[name].build()
    caught = case.error(case.gradient()[:, [1, 0, 2]]) > 10 * TOLERANCE
    np.testing.assert_array_equal(caught, np.broadcast_to([True, True, False], RUNS))


# ---------------------------------------------------------------- runs side by side


@every
def test_runs_together_are_runs_alone_to_the_last_bit(name: str) -> None:
    case = CASES[name].build()
    case.value(case.weights)
    output, gradient = case.network.layers[-1].output.copy(), case.gradient()
    for run in np.ndindex(RUNS):
        alone = CASES[name].build(runs=(1, 1))
        alone.weights = case.weights[run][None, None]
        alone.batch, alone.project = Batch(case.batch.x[:1], case.batch.share), case.project[run][None, None]
        alone.value(alone.weights)
        np.testing.assert_array_equal(alone.network.layers[-1].output[0, 0], output[run])
        np.testing.assert_array_equal(alone.gradient()[0, 0], gradient[run])


@every
def test_a_run_that_is_disturbed_disturbs_no_other(name: str) -> None:
    case = CASES[name].build()
    gradient = case.gradient()
    case.weights[1, 1] = np.nan
    disturbed = case.gradient()
    others = np.ones(RUNS, bool)
    others[1, 1] = False
    np.testing.assert_array_equal(disturbed[others], gradient[others])
    if case.network.weights.shape[-1]:
        assert np.isnan(disturbed[1, 1]).any() or "Pool" in name or name in ("LastFrame", "MeanFrame", "Flatten")


@every
def test_a_second_pass_says_the_same(name: str) -> None:
    case = CASES[name].build()
    first = case.gradient()
    case.value(np.random.default_rng(3).standard_normal(case.weights.shape))
    np.testing.assert_array_equal(case.gradient(), first)


# ---------------------------------------------------------------- first in a network: one x for all rows

WORDS = np.array([[3, 1, 2, 4, 1], [2, 0, 0, 0, 0], [1, 4, 4, 0, 0]])
FIRSTS: dict[str, tuple[Callable[[], list[Layer]], Callable[[np.random.Generator], np.ndarray]]] = {
    "Convolution": (
        lambda: [Convolution(IMAGE, 3), Convolution((3, 7, 6), 2, pool=2)],
        lambda rng: rng.standard_normal((3, *IMAGE)),
    ),
    "Recurrent": (lambda: [Recurrent(FEATURES, 4, T, "tanh"), LastFrame(4, T)], lambda rng: voices(rng)),
    "Gated": (lambda: [Gated(FEATURES, 4, T), LastFrame(4, T)], lambda rng: voices(rng)),
    "Gated, words": (lambda: [Gated(4, 4, T, symbols=4), LastFrame(4, T)], lambda rng: WORDS[rng.permutation(3)]),
    "Embedding": (
        lambda: [Embedding(FEATURES, 4, T), attention(), MeanFrame(4, T)],
        lambda rng: voices(rng),
    ),
    "Embedding, words": (
        lambda: [Embedding(4, 4, T, symbols=4, biases=False), attention(), MeanFrame(4, T)],
        lambda rng: WORDS[rng.permutation(3)],
    ),
    "Embedding, words, causal": (
        lambda: [Embedding(4, 4, T, symbols=4), Residual([attention(causal=True)]), MeanFrame(4, T)],
        lambda rng: WORDS[rng.permutation(3)],
    ),
}
first = pytest.mark.parametrize("name", FIRSTS)


def voices(rng: np.random.Generator, lengths: tuple[int, ...] = (4, 1, 5)) -> np.ndarray:
    """(3, T, FEATURES), NaN after the end."""
    X = rng.standard_normal((3, T, FEATURES))
    X[np.arange(T) >= np.array(lengths)[:, None]] = np.nan
    return X


def first_case(name: str, columns: int = 4) -> Case:
    """A network on two groups of examples, each shared by three rows; one column more than there are examples."""
    layers, data = FIRSTS[name]
    case, rng = Case(layers, ()), np.random.default_rng(4)
    case.network = Network(layers(), RUNS, columns, np.float64)
    case.weights = rng.standard_normal(case.network.weights.shape)
    arrange = case.network.layers[0].arrange
    case.batch = Batch(
        np.stack([arrange(data(rng), np.float64, columns) for _ in range(2)])[:, None], np.zeros(columns)
    )
    case.project = rng.standard_normal(case.network.layers[-1].output.shape)
    case.project[..., 3:] = 0
    return case


@first
def test_gradients_are_slopes_where_rows_share_their_examples(name: str) -> None:
    case = first_case(name)
    gradient = case.gradient()
    assert np.isfinite(gradient).all()
    assert case.error(gradient).max() < TOLERANCE


@first
def test_rows_that_share_examples_are_rows_that_have_them_to_themselves(name: str) -> None:
    shared, own = first_case(name), first_case(name)
    own.batch = Batch(np.repeat(own.batch.x, RUNS[1], axis=1), own.batch.share)
    np.testing.assert_allclose(own.value(own.weights), shared.value(shared.weights), rtol=1e-12)
    np.testing.assert_allclose(own.gradient(), shared.gradient(), rtol=1e-9, atol=1e-12)


@first
def test_one_axis_of_runs_and_no_backward_will_do(name: str) -> None:
    shared = first_case(name)
    shared.value(shared.weights)
    network = Network(FIRSTS[name][0](), RUNS[1:], 4, np.float64, train=False)
    network.weights[...] = shared.weights[0]
    np.testing.assert_allclose(
        network.forward(Batch(shared.batch.x[0, 0], shared.batch.share)),
        shared.network.forward(shared.batch)[0],
        rtol=1e-12,
    )


# ---------------------------------------------------------------- padding never leaks


@pytest.mark.parametrize("name", [name for name in FIRSTS if "words" not in name and name != "Convolution"])
def test_what_stands_in_frames_that_are_not_there_changes_nothing(name: str) -> None:
    case = first_case(name)
    output, gradient = case.value(case.weights), case.gradient()
    there = case.batch.x[..., -1:, :, :] > 0
    case.batch.x[..., :-1, :, :] = np.where(there, case.batch.x[..., :-1, :, :], 7.0)  # the row that says where stays
    np.testing.assert_allclose(case.value(case.weights), output, rtol=1e-13)
    np.testing.assert_allclose(case.gradient(), gradient, rtol=1e-12, atol=1e-13)


@first
def test_a_longer_room_changes_nothing(name: str) -> None:
    """The same sequences with two more frames of nothing, and more examples of nothing: the same outputs."""
    if name == "Convolution":
        pytest.skip("images have no end")
    case = first_case(name)
    case.value(case.weights)
    expected = case.network.layers[-1].output[..., :3]
    x = np.zeros((*case.batch.x.shape[:-2], T + 2, 9))
    x[..., :T, :4] = case.batch.x
    layers = FIRSTS[name][0]()
    for layer in layers:
        stretch(layer, T + 2)
    longer = Network(layers, RUNS, 9, np.float64)
    longer.weights[...] = case.weights
    longer.forward(Batch(x, np.zeros(9)))
    np.testing.assert_allclose(layers[-1].output[..., :3], expected, rtol=1e-12, atol=1e-14)


def stretch(layer: Layer, time: int) -> None:
    """Make a layer that is not bound yet ready for sequences of another length."""
    layer.time, layer.shape = time, (*layer.shape[:1], time)
    if isinstance(layer, LastFrame | MeanFrame):
        layer.shape = layer.shape[:1]
    for inner in getattr(layer, "layers", []):
        stretch(inner, time)


def test_filling_columns_are_sequences_of_nothing() -> None:
    x = arrange_sequences(voices(np.random.default_rng(0)), np.float32, 5)
    assert x.shape == (FEATURES + 1, T, 5)
    assert x.dtype == np.float32
    assert x[-1].sum(axis=0).tolist() == [4, 1, 5, 0, 0]
    assert not x[:, :, 3:].any()
    words = arrange_sequences(WORDS.astype(float), np.float32, 3, symbols=4)
    assert words.shape == (5, T, 3)
    assert words[:-1].argmax(axis=0)[:, 2].tolist() == [0, 3, 3, 0, 0]
    assert words[:-1].sum(axis=(0, 1)).tolist() == [5, 1, 3]


# ---------------------------------------------------------------- what the layers say, against plain arithmetic


def test_causal_attention_does_not_look_ahead() -> None:
    case = CASES["SelfAttention, causal"].build()
    case.value(case.weights)
    before = case.network.layers[-1].output.reshape(*RUNS, 4, N, T).copy()
    source = case.weights[..., : 4 * N * T].reshape(*RUNS, 4, N, T)
    source[..., 3:] += 1
    case.value(case.weights)
    after = case.network.layers[-1].output.reshape(*RUNS, 4, N, T)
    np.testing.assert_array_equal(after[..., :3], before[..., :3])
    assert (after[..., 3:] != before[..., 3:]).any(axis=(2, 3, 4)).all()


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_attention_with_huge_scores_is_the_softmax_of_them(causal: bool, dtype: type) -> None:
    rng, n = np.random.default_rng(5), 3
    layer = SelfAttention(4, 2, T, causal=causal)
    network = Network([Embedding(FEATURES, 4, T), layer], (2,), n, dtype, train=False)
    network.weights[...] = rng.standard_normal(network.weights.shape)
    network.weights[1, 16:] *= 30  # the second run alone has scores of thousands
    X = voices(rng)
    network.forward(Batch(arrange_sequences(X, dtype, n), np.zeros(n)))
    assert np.isfinite(layer.output).all()
    for run in range(2):
        q, k, v = layer.ask.output[run].astype(float).reshape(3, 2, 2, n, T)
        scores = np.einsum("hdns,hdnt->hnst", k, q)
        there = ~np.isnan(X[..., 0])
        allowed = there[:, :, None] & (np.triu(np.ones((T, T), bool)) if causal else True)
        scores = np.where(allowed, scores - np.where(allowed, scores, -np.inf).max(axis=2, keepdims=True), -np.inf)
        share = np.exp(scores) / np.exp(scores).sum(axis=2, keepdims=True)
        expected = np.einsum("hdns,hnst->hdnt", v, share).reshape(4, n * T)
        np.testing.assert_allclose(layer._heard[run], expected, rtol=2e-4 if dtype == np.float32 else 1e-9, atol=1e-3)
        assert np.abs(np.einsum("hdns,hdnt->hnst", k, q)).max() > 60 or run == 0


def test_equal_pixels_of_a_window_give_their_gradient_to_the_first() -> None:
    layer = MaxPool((1, 2, 2))
    before = Source((1, 2, 2), ones=False)
    before.parameters = (Block("", "x", (1, 2, 2, 1)),)
    network = Network([before, layer], (1, 1), 1, np.float64)
    network.weights[...] = [1, 3, 3, 2]
    network.forward(Batch(presence_rows(), np.ones(1)))
    network.score_gradient[...] = 5
    network.backward()
    assert network.gradient[0, 0].tolist() == [0, 5, 0, 0]
