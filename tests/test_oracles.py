"""Trained models against the minimum that another solver finds: one objective, whatever the optimiser.

J = mean loss + λ₁ ‖w‖₁ + ½ λ₂ ‖w‖²; how scikit-learn's numbers translate stands with each oracle.
"""

from functools import cache

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge

from wd_core import Experiment, History, train
from wd_core.engine.penalties import make_penalty

OPTIMIZERS = {  # lr and schedule with which each arrives
    "sgd": {"lr": 0.2},
    "momentum": {"lr": 0.02},
    "nesterov": {"lr": 0.02},
    "adam": {"lr": 0.02, "schedule": "cosine"},
}
LINEAR = {"dataset": "bumps", "n_samples": 120, "noise_features": 4, "model": "linear", "steps": 2000, "seeds": (0, 1)}
BINARY = LINEAR | {"dataset": "moons", "model": "logistic", "lambdas": (0.05, 0.1, 0.2), "steps": 5000}
CLASSES = BINARY | {"dataset": "blobs", "model": "softmax"}
LAMBDAS = (0.0, 0.01, 0.05, 0.2, 1.0)


@cache
def trained(e: Experiment) -> History:
    return train(e, dtype=np.float64)


def layer(h: History) -> np.ndarray:
    """(L, S, outputs, inputs + 1): the weights at the end, the intercept last."""
    *runs, _, parameters = h.weights.shape
    return h.weights[:, :, -1].reshape(*runs, -1, parameters // h.target.outputs)


def fitted(e: Experiment, oracle) -> np.ndarray:
    """The same from `oracle(λ, n)`, a scikit-learn model fitted to every run's training data."""
    found = np.empty(layer(trained(e)).shape)
    for j, data in enumerate(map(e.data, e.seeds)):
        for i, lam in enumerate(e.lambdas):
            model = oracle(lam, len(data.y_train)).fit(data.X_train, data.y_train)
            found[i, j] = np.column_stack([np.atleast_2d(model.coef_), model.intercept_])
    return found


def test_the_regression_data_have_an_intercept_worth_protecting() -> None:
    e = Experiment(**LINEAR)
    assert min(abs(e.data(seed).y_train.mean()) for seed in e.seeds) > 0.01


# ---------------------------------------------------------------- linear regression


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_ridge_is_its_closed_form(optimizer: str) -> None:
    e = Experiment(**LINEAR, **OPTIMIZERS[optimizer], optimizer=optimizer, penalty="l2", lambdas=LAMBDAS)
    for j, data in enumerate(map(e.data, e.seeds)):
        n = len(data.y_train)
        x = np.column_stack([data.X_train, np.ones(n)])
        for i, lam in enumerate(e.lambdas):
            penalised = np.diag([lam] * data.X_train.shape[1] + [0.0])  # not the intercept
            expected = np.linalg.solve(x.T @ x / n + penalised, x.T @ data.y_train / n)
            np.testing.assert_allclose(layer(trained(e))[i, j, 0], expected, atol=1e-12)


def test_ridge_is_scikit_learns_with_alpha_n_lambda() -> None:
    e = Experiment(**LINEAR, optimizer="sgd", lr=0.2, penalty="l2", lambdas=LAMBDAS)
    np.testing.assert_allclose(layer(trained(e)), fitted(e, lambda lam, n: Ridge(alpha=n * lam)), atol=1e-12)


def elastic_net(l1_ratio: float):
    def oracle(lam: float, n: int):
        return ElasticNet(alpha=lam, l1_ratio=l1_ratio, tol=1e-14, max_iter=100_000) if lam else LinearRegression()

    return oracle


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(("penalty", "l1_ratio"), [("l1", 1.0), ("elastic", 0.7), ("elastic", 0.2)])
def test_lasso_and_elastic_net_are_coordinate_descents(optimizer: str, penalty: str, l1_ratio: float) -> None:
    settings = LINEAR | OPTIMIZERS[optimizer] | {"penalty": penalty, "l1_ratio": l1_ratio}
    e = Experiment(**settings, optimizer=optimizer, lambdas=LAMBDAS)
    expected = fitted(e, elastic_net(l1_ratio))
    np.testing.assert_allclose(layer(trained(e)), expected, atol=1e-12)
    np.testing.assert_array_equal(layer(trained(e)) == 0, expected == 0)
    assert 0 < np.mean(expected[..., :-1] == 0) < 1


def test_lasso_keeps_the_same_of_ten_correlated_features() -> None:
    e = Experiment(
        dataset="diabetes", n_samples=442, model="linear", optimizer="adam", lr=0.02, schedule="cosine", steps=6000,
        penalty="l1", lambdas=(0.001, 0.01, 0.03, 0.1, 0.3),
    )  # fmt: skip
    expected = fitted(e, lambda lam, n: Lasso(alpha=lam, tol=1e-14, max_iter=100_000))
    np.testing.assert_allclose(layer(trained(e)), expected, atol=1e-9)
    np.testing.assert_array_equal(layer(trained(e)) == 0, expected == 0)
    assert len({*(expected[:, 0, 0] == 0).sum(-1)}) >= 4  # the path has steps


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(("penalty", "l1_ratio"), [("l1", 1.0), ("elastic", 0.5)])
@pytest.mark.parametrize("task", [LINEAR, BINARY, CLASSES], ids=["linear", "logistic", "softmax"])
def test_every_weight_is_exactly_zero_from_lambda_max_on_and_not_below(task, optimizer, penalty, l1_ratio) -> None:
    settings = task | OPTIMIZERS[optimizer] | {"penalty": penalty, "l1_ratio": l1_ratio, "seeds": (0,)}
    data = Experiment(**settings).data(0)
    y = np.eye(3)[data.y_train] if task is CLASSES else data.y_train
    top = make_penalty(penalty, l1_ratio).lambda_max(data.X_train, y)
    h = trained(Experiment(**settings | {"lambdas": (0.99 * top, 1.001 * top, 2 * top)}, optimizer=optimizer))
    weights = layer(h)[:, 0, :, :-1]
    assert not weights[1:].any()
    assert 1 <= np.count_nonzero(weights[0]) < weights[0].size


# ---------------------------------------------------------------- classification


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("task", [BINARY, CLASSES], ids=["logistic", "softmax"])
def test_l2_is_logistic_regressions_with_c_one_over_n_lambda(task: dict, optimizer: str) -> None:
    e = Experiment(**task | OPTIMIZERS[optimizer], optimizer=optimizer, penalty="l2")
    expected = fitted(e, lambda lam, n: LogisticRegression(C=1 / (n * lam), tol=1e-9, max_iter=10_000))
    np.testing.assert_allclose(layer(trained(e))[..., :-1], expected[..., :-1], atol=2e-6)
    centred = [its[..., -1] - its[..., -1].mean(-1, keepdims=True) for its in (layer(trained(e)), expected)]
    np.testing.assert_allclose(*centred, atol=2e-6)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("task", [BINARY, CLASSES], ids=["logistic", "softmax"])
def test_l1_is_logistic_regressions_with_l1_ratio_one(task: dict, optimizer: str) -> None:
    e = Experiment(**task | OPTIMIZERS[optimizer], optimizer=optimizer, penalty="l1")
    saga = {"l1_ratio": 1, "solver": "saga", "tol": 1e-9, "max_iter": 20_000, "random_state": 0}
    expected = fitted(e, lambda lam, n: LogisticRegression(C=1 / (n * lam), **saga))[..., :-1]
    np.testing.assert_allclose(layer(trained(e))[..., :-1], expected, atol=1e-5)
    np.testing.assert_array_equal(layer(trained(e))[..., :-1] == 0, expected == 0)
    assert 0 < np.mean(expected == 0) < 1


def test_the_intercept_of_a_logistic_regression_is_not_penalised() -> None:
    e = Experiment(**BINARY | {"label_noise": 0.3, "lambdas": (0.05, 10.0), "lr": 0.05}, optimizer="sgd", penalty="l2")
    expected = fitted(e, lambda lam, n: LogisticRegression(C=1 / (n * lam), tol=1e-9, max_iter=10_000))
    np.testing.assert_allclose(layer(trained(e)), expected, atol=2e-6)
    assert np.abs(expected[..., -1]).min() > 1e-3


def test_two_softmax_scores_are_one_logistic_score_at_half_the_l2() -> None:
    logistic = Experiment(**BINARY, optimizer="sgd", lr=0.2, penalty="l2")
    softmax = logistic.replace(model="softmax", lambdas=tuple(2 * lam for lam in logistic.lambdas))
    scores = layer(trained(softmax))
    np.testing.assert_allclose(scores[..., 1:, :] - scores[..., :1, :], layer(trained(logistic)), atol=1e-8)


# ---------------------------------------------------------------- L1: what the prox does, and what a subgradient does


def test_a_weight_comes_back_from_exact_zero_under_the_prox() -> None:
    e = Experiment(dataset="diabetes", model="linear", penalty="l1", optimizer="adam", lr=0.1, lambdas=(0.01, 0.05))
    h = trained(e)
    zero = h.weights[..., h.weight_mask] == 0
    died = zero[:, :, 1:] & ~zero[:, :, :-1]
    returned = np.logical_or.accumulate(died, 2) & ~zero[:, :, 1:]
    assert returned[:, :, -1].any()


def test_the_subgradient_gives_small_weights_and_no_zeros() -> None:
    prox = Experiment(**LINEAR, optimizer="sgd", lr=0.02, penalty="l1", lambdas=(0.2,))
    subgradient = prox.replace(decay="subgradient")
    dropped = layer(trained(prox)) == 0
    assert dropped[..., :-1].any()
    left = np.abs(layer(trained(subgradient))[dropped])
    assert 0 < left.min() <= left.max() < 0.01
