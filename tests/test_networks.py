"""Networks of images and sequences, whole: gradients in training, pairing, every field, and what they leave."""

import numpy as np
import pytest

from wd_core import Experiment, train, train_all
from wd_core.engine.draws import Draws
from wd_core.engine.layers import Batch, arranger
from wd_core.engine.network import Network
from wd_core.models import MODELS
from wd_core.models._reading import SEQUENCES

BASE = {"n_samples": 60, "hidden": (8, 6),
        "steps": 12, "lambdas": (0.0, 0.01, 0.3), "seeds": (0, 3), "train_share": 0.6}  # fmt: skip
DATA = {"cnn": ("digits", "fashion"), **dict.fromkeys(("rnn", "gru", "transformer"), ("vowels", "surnames", "digits"))}
PAIRS = [(model, dataset) for model, datasets in DATA.items() for dataset in datasets]
SETTINGS = [
    {},
    {"biases": False, "activation": "relu"},
    {"norm": "layer", "activation": "square"},
    {"norm": "batch", "dropout": 0.4, "input_noise": 0.3},
]
H, TOLERANCE = 1e-6, 1e-6
pairs = pytest.mark.parametrize(("model", "dataset"), PAIRS)


def test_every_model_of_another_form_is_tested_here() -> None:
    assert set(DATA) == {name for name, model in MODELS.items() if model.takes != ("rows",)}
    assert {MODELS[name].takes for name in ("rnn", "gru", "transformer")} == {SEQUENCES}


@pairs
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_backpropagation_is_the_slope_of_the_mean_loss_in_training(model: str, dataset: str, settings: dict) -> None:
    if model == "rnn" and settings.get("activation") == "square":
        settings = settings | {"activation": "sigmoid"}  # a state that is squared at every frame explodes
    e = Experiment(**BASE, model=model, dataset=dataset, **settings)
    rng, n, runs = np.random.default_rng(0), len(e.data(0).y_train), (2, 3)
    x = np.stack([arranger(e.layers()).arrange(e.data(s).X_train, np.float64, n) for s in e.seeds])[:, None]
    y = np.stack([e.target.encode(e.data(s).y_train, np.float64) for s in e.seeds])[:, None]
    rates = np.array([1.0, 0.0, 0.5])

    def draws() -> Draws:
        return Draws(e.seeds, [n, n], n, rates * e.dropout, rates * e.input_noise, np.float64)

    network = Network(e.layers(), runs, n, np.float64, draws=draws())
    weights, u = (0.3 * rng.standard_normal(network.weights.shape) for _ in range(2))

    def value(w: np.ndarray) -> np.ndarray:
        network.weights[...] = w
        return e.target.loss.value(network.forward(batch()), y)

    def batch() -> Batch:  # the same numbers every time
        return Batch(x, np.full(n, 1 / n), y, draws())

    for _ in range(5):  # no slope is right where a ReLU bends between the two points
        network.weights[...] = weights
        here = batch()
        e.target.loss.gradient(network.forward(here), y, here.share, out=network.score_gradient)
        network.backward()
        gradient = network.gradient.copy()
        slope = (value(weights + H * u) - value(weights - H * u)) / (2 * H)
        error = np.abs((gradient * u).sum(-1) - slope) / np.linalg.norm(gradient, axis=-1)
        if error.max() < TOLERANCE:
            break
        weights, u = weights + 0.1 * u, rng.standard_normal(u.shape)
    assert error.max() < TOLERANCE
    gradient *= 1.0005
    assert (np.abs((gradient * u).sum(-1) - slope) / np.linalg.norm(gradient, axis=-1)).max() > 10 * TOLERANCE


@pairs
def test_defaults_train_and_predict(model: str, dataset: str) -> None:
    e = Experiment(dataset=dataset, model=model, n_samples=100, steps=20, lambdas=(0.0, 0.1), seeds=(0,))
    assert e.hidden == (16, 16)
    h, data = train(e), e.data(0)
    assert not h.diverged.any()
    assert (h.train_loss[:, :, -1] < h.train_loss[:, :, 0]).all()
    p = h.predict(data.X_test)
    assert p.shape == (2, 1, len(data.y_test), h.target.outputs)
    np.testing.assert_allclose(p.sum(-1), 1, rtol=1e-4)
    np.testing.assert_allclose((p.argmax(-1) == data.y_test).mean(-1), h.test_score[..., -1], atol=1e-6)


EVERYTHING = {
    "penalty": "elastic", "decay": "cautious", "optimizer": "nesterov", "lr": 0.02, "norm": "layer", "dropout": 0.2,
    "input_noise": 0.1, "decay_biases": True, "decay_gains": True, "schedule": "warmup_cosine", "lambda_warmup": 0.2,
    "decay_span": (0.1, 0.9), "batch_size": 16, "label_noise": 0.2,
}  # fmt: skip


@pairs
def test_everything_an_experiment_says_goes_through_the_link_and_one_table(model: str, dataset: str) -> None:
    e = Experiment(**BASE, model=model, dataset=dataset, **EVERYTHING)
    e = e.replace(decay_layers=tuple(0.5 + i for i in range(len(e.decayed_layers))))
    assert Experiment.from_query(e.to_query()) == e
    others = [e.replace(lr=0.1, dropout=0.0), e.replace(penalty="l1", decay="coupled", optimizer="adam")]
    together = train_all([e, *others])
    for arm, h in zip([e, *others], together, strict=True):
        np.testing.assert_array_equal(train(arm).weights, h.weights)
    alone = train(e.replace(lambdas=e.lambdas[1:2], seeds=e.seeds[1:]))
    np.testing.assert_array_equal(alone.weights[:, :, -1], together[0].weights[1:2, 1:, -1])


@pytest.mark.parametrize(
    ("model", "dataset", "names"),
    [
        ("cnn", "digits", "convolution 1, convolution 2, output"),
        ("rnn", "vowels", "hidden 1, hidden 2, output"),
        ("gru", "surnames", "hidden 1, hidden 2, output"),
        ("transformer", "surnames", "embedding, attention, MLP 1, MLP 2, output"),
    ],
)
def test_each_layer_with_weights_counts_one_for_the_factors_of_decay(model: str, dataset: str, names: str) -> None:
    e = Experiment(**BASE | {"lambdas": (30.0,)}, model=model, dataset=dataset, penalty="l1", decay="decoupled", lr=0.1)
    assert ", ".join(e.decayed_layers) == names
    for i, name in enumerate(e.decayed_layers):
        h = train(e.replace(decay_layers=tuple(float(i == j) for j in range(len(e.decayed_layers)))))
        for block, place in h.blocks():
            w = h.weights[0, 0, -1, place].reshape(block.shape)[block.mask("weight")]
            if w.size:  # λ·lr is above any weight: the prox leaves none of that layer
                assert (w == 0).all() == (block.layer == name)


def test_a_row_disturbed_leaves_its_neighbours_alone() -> None:
    for model, dataset in PAIRS:
        e = Experiment(**BASE, model=model, dataset=dataset, optimizer="sgd")
        calm, wild = train(e), train(e.replace(lambdas=(0.0, 0.01, 1e4)))
        assert wild.diverged[2].all()
        np.testing.assert_array_equal(wild.weights[:2], calm.weights[:2])


@pytest.mark.parametrize(("side", "dataset"), [(8, "digits"), (14, "fashion")])
def test_an_image_of_one_pixel_is_not_pooled_further(side: int, dataset: str) -> None:
    e = Experiment(dataset=dataset, model="cnn", hidden=(2, 3, 4, 5), n_samples=80, steps=3, lambdas=(0.0,), seeds=(0,))
    sizes = [layer.shape[1] for layer in e.layers() if layer.size and len(layer.shape) == 3]
    assert sizes == [side // 2, side // 4, side // 8, max(1, side // 16)]
    assert np.isfinite(train(e).test_loss).all()


def test_noise_on_a_sequence_comes_to_frames_that_are_there_and_to_nothing_else() -> None:
    e = Experiment(dataset="vowels", model="rnn", n_samples=60, input_noise=0.5, steps=1, seeds=(0,))
    noise, reader = e.layers()[:2]
    n = len(e.data(0).y_train)
    x = reader.arrange(e.data(0).X_train, np.float64, n)[None, None]
    draws = Draws((0,), [n], n, [0.0], [0.5], np.float64)
    moved = noise.forward(x, Batch(x, np.full(n, 1 / n), draws=draws)) - x
    there = np.broadcast_to(x[:, :, -1:] > 0, moved[:, :, :-1].shape)
    assert not moved[:, :, -1].any()
    assert not moved[:, :, :-1][~there].any()
    assert moved[:, :, :-1][there].std() == pytest.approx(0.5, rel=0.05)
