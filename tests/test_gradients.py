"""Backpropagation against a difference quotient along a random direction: per run, in float64; the check is checked.

The sizes are distinct primes, so that arrays of the wrong shape do not broadcast by accident.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from wd_core import Experiment
from wd_core.engine.arrays import with_ones
from wd_core.engine.draws import Draws
from wd_core.engine.layers import ACTIVATIONS, NORMS, Activation, Batch, Block, places
from wd_core.engine.losses import HalfSquaredError, Logistic, SoftmaxCrossEntropy, Target
from wd_core.engine.network import Network
from wd_core.models import MODELS

RUNS = SEEDS, LAMBDAS = 3, 5
EXAMPLES, INPUTS, HIDDEN, CLASSES = 29, 11, (17, 13, 7, 19), 23
DATASET_OF = {"regression": "bumps", "binary": "moons", "multiclass": "blobs"}
CLASSES_OF = {"regression": 0, "binary": 2, "multiclass": CLASSES}
LOSSES = [HalfSquaredError(), Logistic(), SoftmaxCrossEntropy()]

H = 1e-6  # of the difference quotient
TOLERANCE = 1e-7

HIDDEN_LAYERS = [
    *({"activation": name, "hidden": HIDDEN[:depth]} for name in ACTIVATIONS for depth in (1, 2, 3, 4)),
    *({"norm": norm, "biases": biases, "hidden": HIDDEN[:2]} for norm in NORMS for biases in (True, False)),
    *({"norm": norm, "activation": "relu", "dropout": 0.5, "input_noise": 0.3, "hidden": HIDDEN[:3]} for norm in NORMS),
]
LINEAR = [{}, {"biases": False}, {"dropout": 0.5}, {"input_noise": 0.3, "dropout": 0.2}]
CASES = [
    (name, task, settings)
    for name, model in MODELS.items()
    if "rows" in model.takes  # the others: test_networks
    for task in model.tasks
    for settings in (LINEAR if model.linear else HIDDEN_LAYERS)
]
RATES = np.array([1.0, 0.0, 0.3, 1.7, 0.6])
"""What the rows' dropout and noise are multiplied with: they differ, and one has none."""


def shape_of(settings: Any) -> str:
    return ", ".join(f"{k}={v}" for k, v in settings.items()) if isinstance(settings, dict) else str(settings)


class Case:
    """A network with random weights in every run, labelled examples for every seed, and fixed draws: in training."""

    def __init__(self, model: str, task: str, settings: dict):
        self.rng = np.random.default_rng([len(model), len(task), *shape_of(settings).encode()])
        self.e = e = Experiment(dataset=DATASET_OF[task], model=model, **settings)
        target: Target = MODELS[model].target(CLASSES_OF[task])
        layers = MODELS[model].layers(e, (INPUTS,), target.outputs)
        self.network = Network(layers, RUNS, EXAMPLES, np.float64, draws=self.draws())
        size = 0.15 if e.activation == "square" else 0.4  # squares of squares bend much: no straight line is near
        self.weights = size * self.rng.standard_normal(self.network.weights.shape)
        for block, place in self.places():
            if block.role == "gain":
                self.weights[..., place] += 1
        examples = self.rng.standard_normal((SEEDS, EXAMPLES, INPUTS))
        self.x = np.stack([with_ones(X, np.float64) for X in examples])[:, None]
        labels = self.rng.integers(0, max(2, CLASSES_OF[task]), (SEEDS, EXAMPLES))
        self.y = np.stack([target.encode(y, np.float64) for y in labels])[:, None]
        self.share = self.rng.dirichlet(np.ones(EXAMPLES), (SEEDS, 1, 1))
        self.loss = target.loss

    def draws(self) -> Draws:
        """The same numbers every time."""
        rates = (RATES * self.e.dropout, RATES * self.e.input_noise)
        return Draws(range(SEEDS), [EXAMPLES] * SEEDS, EXAMPLES, *rates, np.float64)

    def scores(self, weights: np.ndarray) -> np.ndarray:
        self.network.weights[...] = weights
        self.batch = Batch(self.x, self.share, self.y, self.draws())
        return self.network.forward(self.batch)

    def value(self, weights: np.ndarray) -> np.ndarray:
        """(S, L): the shared sum of the losses of every run."""
        scores, y = (np.moveaxis(a, -1, -2)[..., None] for a in (self.scores(weights), self.y))  # (…, n, outputs, 1)
        return (self.loss.value(scores, y) * self.share[..., 0, :]).sum(-1)

    def gradient(self) -> np.ndarray:
        """(S, L, P) by backpropagation."""
        scores = self.scores(self.weights)
        self.loss.gradient(scores, self.y, self.share, out=self.network.score_gradient)
        self.network.backward()
        return self.network.gradient.copy()

    def error(self, gradient: np.ndarray) -> np.ndarray:
        """(S, L): how far gradient·u is from the slope along a random u of the length of a typical gradient."""
        kinked = True
        while kinked:  # no slope is right where a ReLU bends between the two points: take another direction then
            u = self.rng.standard_normal(gradient.shape)
            above, active = self.value(self.weights + H * u), self.active()
            below = self.value(self.weights - H * u)
            kinked = (active != self.active()).any()
        return np.abs((gradient * u).sum(-1) - (above - below) / (2 * H)) / np.linalg.norm(gradient, axis=-1)

    def active(self) -> np.ndarray:
        """Which hidden units are above zero, of all runs and examples."""
        bent = [layer for layer in self.network.layers if isinstance(layer, Activation)]
        return np.concatenate([(layer.output > 0).ravel() for layer in bent] or [np.zeros(0)])

    def places(self) -> list[tuple[Block, slice]]:
        """Where each block of parameters stands in the flat row."""
        return places(self.network.layers)


@pytest.mark.parametrize(("model", "task", "settings"), CASES, ids=shape_of)
def test_backpropagation_is_the_slope_of_the_shared_loss_in_every_run(model: str, task: str, settings: dict) -> None:
    case = Case(model, task, settings)
    error = case.error(case.gradient())
    assert error.shape == RUNS
    assert error.max() < TOLERANCE


# ---------------------------------------------------------------- the checker, checked


@pytest.mark.parametrize("block", range(4))
def test_the_check_catches_a_gradient_wrong_by_half_a_thousandth_in_one_layer(block: int) -> None:
    case = Case("mlp", "multiclass", {"hidden": HIDDEN[:3]})
    gradient = case.gradient()
    gradient[:, :, case.places()[block][1]] *= 1.0005
    assert (case.error(gradient) > 10 * TOLERANCE).all()


@pytest.mark.parametrize("block", range(3))
def test_the_check_catches_a_dropped_bias_gradient(block: int) -> None:
    case = Case("mlp", "binary", {"hidden": HIDDEN[:2], "activation": "sigmoid"})
    gradient = case.gradient()
    matrix, place = case.places()[block]
    gradient[:, :, place][..., matrix.mask("bias").ravel()] = 0
    assert (case.error(gradient) > 10 * TOLERANCE).all()


@pytest.mark.parametrize("norm", ["batch", "layer"])
@pytest.mark.parametrize("block", range(8))
def test_the_check_catches_a_gradient_of_a_normalised_network_wrong_by_half_a_thousandth(norm: str, block: int) -> None:
    case = Case("mlp", "multiclass", {"hidden": HIDDEN[:3], "norm": norm, "dropout": 0.2})
    gradient = case.gradient()
    gradient[:, :, case.places()[block][1]] *= 1.0005
    caught = case.error(gradient)
    assert (caught > 5 * TOLERANCE).mean() > 0.9


@pytest.mark.parametrize("axis", [0, 1])
def test_the_check_catches_two_runs_swapped_and_points_at_them_alone(axis: int) -> None:
    case = Case("mlp", "regression", {"hidden": HIDDEN[:2]})
    order = [1, 0, *range(2, RUNS[axis])]
    caught = case.error(np.take(case.gradient(), order, axis)) > 10 * TOLERANCE
    swapped = np.zeros(RUNS, bool)
    swapped[(slice(None),) * axis + (slice(0, 2),)] = True
    np.testing.assert_array_equal(caught, swapped)


def test_the_check_catches_the_slope_of_another_activation() -> None:
    case = Case("mlp", "binary", {"hidden": HIDDEN[:2]})
    tanh, identity = ACTIVATIONS["tanh"], ACTIVATIONS["identity"]
    first = next(layer for layer in case.network.layers if isinstance(layer, Activation))
    first.function = replace(tanh, times_slope=identity.times_slope)
    assert (case.error(case.gradient()) > 10 * TOLERANCE).all()


# ---------------------------------------------------------------- losses alone


def scores_and_targets(loss, size: float, dtype: type = np.float64) -> tuple[np.ndarray, np.ndarray]:
    """Scores (S, L, outputs, n) of about `size`, with targets (S, 1, outputs, n) as this loss wants them."""
    rng = np.random.default_rng(7)
    outputs = CLASSES if isinstance(loss, SoftmaxCrossEntropy) else 1
    labels = rng.integers(0, max(2, outputs), (SEEDS, EXAMPLES))
    y = np.stack([Target(loss, outputs).encode(row, dtype) for row in labels])[:, None]
    scores = (size * rng.choice([-1, 1], (*RUNS, outputs, EXAMPLES))).astype(dtype)
    return scores * rng.uniform(0.5, 1, scores.shape).astype(dtype), y


def gradient_of(loss, scores: np.ndarray, y: np.ndarray, share: np.ndarray) -> np.ndarray:
    out = np.full_like(scores, np.nan)
    loss.gradient(scores, y, share, out=out)
    return out


NAIVE: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "half_squared_error": lambda s, y: 0.5 * (s - y) ** 2,
    "logistic": lambda s, y: -y * np.log(1 / (1 + np.exp(-s))) - (1 - y) * np.log(1 - 1 / (1 + np.exp(-s))),
    "softmax_cross_entropy": lambda s, y: -y * np.log(np.exp(s) / np.exp(s).sum(-2, keepdims=True)),
}


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_a_loss_is_the_naive_formula_where_that_is_sound(loss) -> None:
    scores, y = scores_and_targets(loss, size=5)
    expected = NAIVE[loss.name](scores, y).sum(-2).mean(-1)
    np.testing.assert_allclose(loss.value(scores, y), expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_a_loss_of_huge_scores_is_finite_and_makes_no_warning(loss, dtype: type) -> None:
    scores, y = scores_and_targets(loss, size=1e4, dtype=dtype)
    share = np.full(EXAMPLES, 1 / EXAMPLES, dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert np.isfinite(loss.value(scores, y)).all()
        assert np.isfinite(gradient_of(loss, scores, y, share)).all()
        assert np.isfinite(loss.predict(scores)).all()


@pytest.mark.parametrize(
    ("loss", "scores", "y", "expected"),
    [
        (Logistic(), [[1e4]], [[1.0]], 0),
        (Logistic(), [[1e4]], [[0.0]], 1e4),
        (Logistic(), [[-1e4]], [[1.0]], 1e4),
        (SoftmaxCrossEntropy(), [[1e4], [-1e4]], [[1.0], [0.0]], 0),
        (SoftmaxCrossEntropy(), [[1e4], [-1e4]], [[0.0], [1.0]], 2e4),
        (SoftmaxCrossEntropy(), [[1e4], [1e4]], [[0.0], [1.0]], np.log(2)),
    ],
)
def test_a_sure_answer_costs_nothing_when_right_and_its_margin_when_wrong(loss, scores, y, expected) -> None:
    assert loss.value(np.array(scores), np.array(y)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_the_gradient_of_a_loss_is_the_slope_of_the_shared_sum(loss) -> None:
    scores, y = scores_and_targets(loss, size=3)
    rng = np.random.default_rng(1)
    share, u = rng.random((SEEDS, 1, 1, EXAMPLES)), rng.standard_normal(scores.shape)

    def shared_sum(s: np.ndarray) -> np.ndarray:
        return (share * NAIVE[loss.name](s, y)).sum((-2, -1))

    slope = (shared_sum(scores + H * u) - shared_sum(scores - H * u)) / (2 * H)
    np.testing.assert_allclose((gradient_of(loss, scores, y, share) * u).sum((-2, -1)), slope, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_an_example_without_a_share_has_no_gradient(loss) -> None:
    scores, y = scores_and_targets(loss, size=3)
    share = np.full(EXAMPLES, 1.0)
    share[-2:] = 0
    gradient = gradient_of(loss, scores, y, share)
    assert not gradient[..., -2:].any()
    assert np.abs(gradient[..., :-2]).min() > 0


@pytest.mark.parametrize(
    ("loss", "naive"),
    [
        (HalfSquaredError(), lambda s: s),
        (Logistic(), lambda s: 1 / (1 + np.exp(-s))),
        (SoftmaxCrossEntropy(), lambda s: np.exp(s) / np.exp(s).sum(-2, keepdims=True)),
    ],
    ids=lambda thing: getattr(thing, "name", ""),
)
def test_predictions_are_values_or_probabilities(loss, naive) -> None:
    scores, _ = scores_and_targets(loss, size=3)
    np.testing.assert_allclose(loss.predict(scores), naive(scores), rtol=1e-12)
