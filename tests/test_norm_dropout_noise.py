"""Batch norm, layer norm, dropout and noise: against their definitions, and paired in every table."""

import numpy as np
import pytest

from wd_core import Experiment, History, train, train_all
from wd_core.engine.draws import Draws
from wd_core.view.picture import make_picture

BASE = Experiment(n_samples=94, hidden=(7, 5), steps=40, lambdas=(0.0, 1e-2, 0.3), seeds=(0, 3), lr=0.03)
COMPANIONS = {
    "batch norm": {"norm": "batch"},
    "batch norm, small batches": {"norm": "batch", "batch_size": 13},
    "layer norm": {"norm": "layer", "batch_size": 13},
    "dropout": {"dropout": 0.4},
    "dropout, small batches": {"dropout": 0.4, "batch_size": 13, "hidden": (11,)},
    "dropout of a linear model": {"model": "logistic", "dropout": 0.4},
    "noise": {"input_noise": 0.5, "batch_size": 13},
    "noise on many classes": {"dataset": "blobs", "noise": None, "input_noise": 0.5, "model": "softmax"},
    "no biases": {"biases": False, "activation": "square"},
    "all": {"norm": "batch", "dropout": 0.2, "input_noise": 0.1, "decay_gains": True, "decay_biases": True},
}


def assert_same(a: History, b: History, runs_a: tuple = (), runs_b: tuple = ()) -> None:
    for name in ("weights", "train_loss", "validation_loss", "test_score", "penalty", "diverged"):
        np.testing.assert_array_equal(getattr(a, name)[runs_a], getattr(b, name)[runs_b], err_msg=name)


# ---------------------------------------------------------------- the table


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("settings", COMPANIONS.values(), ids=list(COMPANIONS))
def test_a_batch_of_runs_is_a_loop_over_single_runs(settings: dict, dtype: type) -> None:
    e = BASE.replace(**settings)
    together = train(e, dtype=dtype)
    assert len(np.unique(together.weights[:, :, -1].reshape(6, -1), axis=0)) == 6
    for i, lam in enumerate(e.lambdas):
        for j, seed in enumerate(e.seeds):
            alone = train(e.replace(lambdas=(lam,), seeds=(seed,)), dtype=dtype)
            assert_same(together, alone, (i, j), (0, 0))


@pytest.mark.parametrize("batch_size", [None, 13])
@pytest.mark.parametrize("settings", [{}, {"norm": "batch"}, {"model": "logistic"}])
def test_rows_with_and_without_dropout_and_noise_stand_in_one_table_as_if_alone(settings: dict, batch_size) -> None:
    e = BASE.replace(**settings, batch_size=batch_size)
    arms = [e, e.replace(dropout=0.5), e.replace(input_noise=0.3, lr=0.1), e.replace(dropout=0.2, input_noise=0.1)]
    for together, arm in zip(train_all(arms), arms, strict=True):
        assert_same(together, train(arm))


def test_disturbing_the_dropout_of_one_row_changes_that_row_alone() -> None:
    arms = [BASE, BASE.replace(dropout=0.5), BASE.replace(dropout=0.1)]
    calm, disturbed = train_all(arms), train_all([arms[0], arms[1].replace(dropout=0.6), arms[2]])
    for i in (0, 2):
        assert_same(calm[i], disturbed[i])
    assert (calm[1].weights[:, :, -1] != disturbed[1].weights[:, :, -1]).any(-1).all()


def test_the_same_units_are_dropped_and_the_same_noise_is_added_whatever_lambda() -> None:
    """After one step of SGD from the same weights, biases show the gradient of the same noisy batch, and no penalty."""
    for settings in ({"dropout": 0.5}, {"input_noise": 0.5}):
        h = train(BASE.replace(**settings, optimizer="sgd", steps=1, lambdas=(0.0, 0.5)))
        biases = h.weights[:, :, -1, ~h.weight_mask]
        np.testing.assert_array_equal(biases[0], biases[1])
        assert (biases[0, 0] != biases[0, 1]).any()


def test_dropout_leaves_first_weights_and_batches_alone() -> None:
    e = BASE.replace(batch_size=13)
    plain, dropped = train(e), train(e.replace(dropout=0.3, input_noise=0.2))
    np.testing.assert_array_equal(plain.weights[:, :, 0], dropped.weights[:, :, 0])
    assert (plain.weights[:, :, -1] != dropped.weights[:, :, -1]).any(-1).all()


# ---------------------------------------------------------------- what is drawn


def draws(rates: list[float], noise: list[float], columns: int = 20_000, seeds: tuple = (1, 2)) -> Draws:
    return Draws(seeds, [columns] * len(seeds), columns, rates, noise, np.float64)


def test_a_mask_keeps_each_unit_with_its_rows_rate_and_its_mean_is_one() -> None:
    rates = np.array([0.0, 0.2, 0.5, 0.9])
    mask = draws(rates, [0] * 4).mask((3,))
    assert mask.shape == (2, 4, 3, 20_000)
    kept = (mask > 0).mean(-1)
    error = 4 * np.sqrt(rates * (1 - rates) / 20_000)[:, None]
    assert (np.abs(kept - (1 - rates)[:, None]) <= error).all()
    np.testing.assert_allclose(mask.max(-1), np.broadcast_to((1 / (1 - rates))[:, None], (2, 4, 3)))
    for low, high in ((1, 2), (2, 3)):  # what a lower rate drops, a higher one drops too
        assert ((mask[:, low] > 0) >= (mask[:, high] > 0)).all()


def test_noise_has_its_rows_spread_and_is_the_same_up_to_it() -> None:
    noise = draws([0] * 3, [0.0, 0.5, 2.0]).noise((3,))
    assert noise.shape == (2, 3, 3, 20_000)
    assert not noise[:, 0].any()
    np.testing.assert_allclose(noise[:, 2], 4 * noise[:, 1])
    np.testing.assert_allclose(noise[:, 1].std(-1), 0.5, rtol=0.03)
    assert np.abs(noise[:, 1].mean(-1)).max() < 4 * 0.5 / np.sqrt(20_000)


def test_a_group_draws_the_same_whatever_stands_beside_it_and_in_either_precision() -> None:
    both, alone = draws([0.3], [0.2], 40), Draws([2], [33], 40, [0.3], [0.2], np.float32)
    other = Draws([7, 2], [40, 33], 48, [0.3], [0.2], np.float32)
    for _ in range(3):
        first, second = alone.mask((5,)), other.mask((5,))
        np.testing.assert_array_equal(first[0, ..., :33], second[1, ..., :33])
        np.testing.assert_array_equal(alone.noise((5,))[0, ..., :33], other.noise((5,))[1, ..., :33])
    assert (both.mask((5,))[0] != both.mask((5,))[1]).any()
    np.testing.assert_allclose(draws([0.3], [0.2], 40).noise((5,)), draws([0.3], [0.2], 40).noise((5,)))


# ---------------------------------------------------------------- what comes of it, in closed form


LINEAR = {"dataset": "plane", "model": "linear", "optimizer": "sgd", "penalty": "none", "lambdas": (0.0,)}


def settled(e: Experiment) -> np.ndarray:
    """(S, P): weights of a noisy training, their mean over the later half of the records."""
    h = train(e, dtype=np.float64)
    return h.weights[0, :, len(h.steps) // 2 :].mean(1)


def ridge(e: Experiment, seed: int, strengths: np.ndarray) -> np.ndarray:
    """(P,): weights and intercept of mean half squared error + ½ Σ λⱼ wⱼ², the penalty on raw inputs about zero."""
    data = e.data(seed)
    X = np.column_stack([data.X_train, np.ones(len(data.y_train))])
    return np.linalg.solve(X.T @ X / len(X) + np.diag([*strengths, 0]), X.T @ data.y_train / len(X))


def test_noise_on_the_inputs_is_a_ridge_of_its_variance() -> None:
    e = Experiment(**LINEAR, n_samples=200, lr=0.01, steps=20_000, input_noise=0.7, seeds=range(4))
    for s, found in enumerate(settled(e)):
        expected, free = ridge(e, s, np.full(2, 0.7**2)), ridge(e, s, np.zeros(2))
        assert np.abs(found - expected).max() < 0.1 * np.abs(free - expected).max()


def test_dropout_on_the_inputs_is_a_ridge_of_each_inputs_mean_square() -> None:
    e = Experiment(**LINEAR, n_samples=200, lr=0.01, steps=20_000, dropout=0.3, seeds=range(4))
    for s, found in enumerate(settled(e)):
        squares = np.square(e.data(s).X_train).mean(0)
        expected, free = ridge(e, s, 0.3 / 0.7 * squares), ridge(e, s, np.zeros(2))
        assert np.abs(found - expected).max() < 0.1 * np.abs(free - expected).max()


def by_hand(h: History, i: int, j: int, k: int, X: np.ndarray, X_train: np.ndarray) -> np.ndarray:
    """(n,) probabilities of a normalised network, layer by layer."""
    e, parameters = h.experiment, {}
    for block, place in h.blocks():
        parameters[block.layer, block.name] = h.weights[i, j, k, place].reshape(block.shape)
    for number in (1, 2):
        name = f"hidden {number}"
        z, reference = (
            np.column_stack([a, np.ones(len(a))]) @ parameters[name, "weights"].T for a in (X, X_train)
        )  # fmt: skip
        along = {"batch": reference, "layer": None}[e.norm]
        X, X_train = (
            np.tanh(
                (each - (each.mean(1, keepdims=True) if along is None else along.mean(0)))
                / np.sqrt((each.var(1, keepdims=True) if along is None else along.var(0)) + 1e-5)
                * parameters[name, "gain"]
                + parameters[name, "shift"]
            )
            for each in (z, reference)
        )
    score = np.column_stack([X, np.ones(len(X))]) @ parameters["output", "weights"].T
    return 1 / (1 + np.exp(-score[:, 0]))


@pytest.mark.parametrize("norm", ["batch", "layer"])
def test_a_normalised_network_is_its_formula_with_the_training_parts_statistics(norm: str) -> None:
    h = train(BASE.replace(norm=norm, batch_size=13, dropout=0.2), dtype=np.float64)
    for j, seed in enumerate(BASE.seeds):
        data = h.experiment.data(seed)
        predicted = h.predict(data.X_test)
        for i in range(3):
            for k in (0, 9, len(h.steps) - 1):
                p = by_hand(h, i, j, k, data.X_test, data.X_train)
                loss = -np.log(np.where(data.y_test == 1, p, 1 - p)).mean()
                assert h.test_loss[i, j, k] == pytest.approx(loss, rel=1e-9)
            np.testing.assert_allclose(predicted[i, j, :, 0], p, rtol=1e-9)


def test_a_batch_normalised_network_does_not_care_how_large_its_first_weights_are() -> None:
    h = train(BASE.replace(norm="batch", steps=2), dtype=np.float64)
    X = h.experiment.data(0).X_test
    (block, place), scaled = h.blocks()[0], h.weights.copy()
    scaled[..., place] *= 3
    other = History(**{**vars(h), "weights": scaled})
    np.testing.assert_allclose(other.predict(X), h.predict(X), atol=1e-4)  # ε alone tells them apart
    assert block.layer == "hidden 1"


def test_what_a_row_is_told_of_a_batch_normalised_network_does_not_depend_on_the_rows_beside_it() -> None:
    h = train(BASE.replace(norm="batch"))
    X = h.experiment.data(0).X_test
    np.testing.assert_array_equal(h.predict(X)[:, :, 3], h.predict(X[3:4])[:, :, 0])


# ---------------------------------------------------------------- what decays


@pytest.mark.parametrize("decay_biases", [True, False])
@pytest.mark.parametrize("decay_gains", [True, False])
def test_biases_and_gains_decay_where_asked(decay_biases: bool, decay_gains: bool) -> None:
    h = train(BASE.replace(norm="batch", decay_biases=decay_biases, decay_gains=decay_gains, steps=1))
    for block, place in h.blocks():
        mask = h.weight_mask[place].reshape(block.shape)
        if block.name == "weights":
            assert mask[..., :-1].all()
            assert (mask[..., -1] == decay_biases).all()
        else:
            assert (mask == {"gain": decay_gains, "shift": decay_biases}[block.name]).all()


def test_a_gain_has_the_factor_of_the_layer_that_it_follows() -> None:
    e = BASE.replace(norm="layer", decay_gains=True, decay_layers=(0.0, 0.5, 2.0), lambdas=(1.0,))
    h = train(e, dtype=np.float64)
    expected = 0.0
    for block, place in h.blocks():
        factor = {"hidden 1": 0.0, "hidden 2": 0.5, "output": 2.0}[block.layer]
        w = h.weights[..., place][..., h.weight_mask[place]]
        expected = expected + factor * 0.5 * (w**2).sum(-1)
    np.testing.assert_allclose(h.penalty, expected, rtol=1e-12)


def test_a_model_without_biases_has_none() -> None:
    for norm in ("none", "batch"):
        h = train(BASE.replace(biases=False, norm=norm, steps=1))
        assert h.experiment.n_parameters == 2 * 7 + 7 * 5 + 5 + (7 + 5) * (norm != "none")
        assert (~h.weight_mask).sum() == (7 + 5) * (norm != "none")
    with_biases = train(BASE.replace(steps=1))
    start = [with_biases.weights[0, 0, 0, p].reshape(b.shape)[..., :-1].ravel() for b, p in with_biases.blocks()]
    np.testing.assert_array_equal(train(BASE.replace(biases=False, steps=1)).weights[0, 0, 0], np.concatenate(start))


# ---------------------------------------------------------------- early stopping, and the rest of the house


def test_early_stopping_keeps_the_step_of_least_validation_loss() -> None:
    over = train(BASE.replace(lr=0.1, steps=300, label_noise=0.3, hidden=(16, 16)))  # training loss goes on falling
    assert (over.stopped < len(over.steps) - 1).any()
    np.testing.assert_array_equal(over.stopped, over.validation_loss.argmin(-1))
    assert (over.stopped != over.train_loss.argmin(-1)).any()
    h = train(BASE.replace(dataset="plane", noise=None, model="linear", optimizer="sgd", lr=0.3, lambdas=(0.0, 1e3)))
    assert h.diverged[1].all()
    assert h.stopped.shape == (2, 2)
    for i in range(2):
        for j in range(2):
            assert h.validation_loss[i, j, h.stopped[i, j]] == np.nanmin(h.validation_loss[i, j])
            assert not np.isnan(h.validation_loss[i, j, : h.stopped[i, j] + 1]).any()


@pytest.mark.parametrize("settings", COMPANIONS.values(), ids=list(COMPANIONS))
def test_it_can_be_pictured(settings: dict) -> None:
    assert make_picture([train(BASE.replace(**settings, steps=3))], 3)
