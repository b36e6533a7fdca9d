"""What is told about a path: information criteria, bootstrap stability, correlated copies; data of known support."""

import numpy as np
import pytest
from sklearn.linear_model import LassoLarsIC

from wd_core import Experiment
from wd_core.datasets.sparse import COEFFICIENTS, SUPPORT
from wd_core.linear.paths import bootstrap_stability, correlated_copies, fit_path, information_criteria

DATA = {
    "diabetes": Experiment(dataset="diabetes", model="linear", n_samples=442, noise_features=3),
    "wine": Experiment(dataset="wine", model="softmax", n_samples=120, train_share=0.6),
}


def data(name: str) -> tuple[np.ndarray, np.ndarray, str]:
    split = DATA[name].data(0)
    return split.X_train, split.y_train, DATA[name].task


def test_information_criteria_are_scikit_learns() -> None:
    X, y, _ = data("diabetes")
    for which, criterion in enumerate(("aic", "bic")):
        oracle = LassoLarsIC(criterion=criterion).fit(X, y)
        # at a knot of the path a weight comes or goes, and rounding would decide whether it counts: look on both sides
        sides = [
            information_criteria(fit_path(X, y, alphas, l1_ratio=1.0, task="regression"), X, y)[which]
            for alphas in (oracle.alphas_ * (1 + 1e-9), oracle.alphas_ * (1 - 1e-9))
        ]
        mine = np.minimum(*sides)
        np.testing.assert_allclose(mine, oracle.criterion_, rtol=1e-7)
        assert oracle.alphas_[mine.argmin()] == oracle.alpha_


def test_the_bootstrap_finds_the_support_and_is_decided_by_its_seed() -> None:
    e = Experiment(dataset="sparse", model="linear", n_samples=400)
    split = e.data(0)
    asked = {"l1_ratio": 1.0, "task": "regression", "draws": 20}
    lambdas = np.array([0.0, 0.1, 10.0])
    shares: list[float] = []
    selected, spread = bootstrap_stability(split.X_train, split.y_train, lambdas, **asked, on_progress=shares.append)
    assert selected.shape == spread.shape == (3, 30)
    assert (selected[0] == 1).all()
    assert not selected[2].any()
    others = np.setdiff1d(np.arange(30), SUPPORT)
    assert selected[1, list(SUPPORT)].min() > 0.95
    assert selected[1, others].mean() < 0.2
    assert (spread[0] > 0).all()
    assert shares == sorted(shares)
    assert shares[-1] == 1
    again = bootstrap_stability(split.X_train, split.y_train, lambdas, **asked)
    np.testing.assert_array_equal(again, (selected, spread))
    other = bootstrap_stability(split.X_train, split.y_train, lambdas, **asked, seed=1)
    assert (other[1] != spread).any()


def test_the_bootstrap_loses_no_class() -> None:
    X, _, _ = data("wine")
    y = np.array([0, 1] * 35 + [2, 2])
    selected, spread = bootstrap_stability(X, y, np.array([0.05]), l1_ratio=1.0, task="multiclass", draws=5)
    assert selected.shape == spread.shape == (1, X.shape[1])


@pytest.mark.parametrize("correlation", [1.0, 0.9, 0.0, -0.5])
def test_copies_are_as_correlated_as_asked(correlation: float) -> None:
    X = data("diabetes")[0] * 3 + 1
    wide = correlated_copies(X, 2, 3, correlation, np.random.default_rng(0))
    assert wide.shape == (len(X), X.shape[1] + 3)
    np.testing.assert_array_equal(wide[:, : X.shape[1]], X)
    np.testing.assert_allclose(np.corrcoef(wide.T)[2, -3:], correlation, atol=1e-12)
    np.testing.assert_allclose(wide[:, -3:].std(0), X[:, 2].std())
    np.testing.assert_allclose(wide[:, -3:].mean(0), X[:, 2].mean())
    fewer = correlated_copies(X, 2, 1, correlation, np.random.default_rng(0))
    np.testing.assert_array_equal(fewer, wide[:, : X.shape[1] + 1])


def test_elastic_net_shares_among_copies_what_lasso_gives_to_few() -> None:
    """Zou & Hastie 2005, theorem 1."""
    X, y, task = data("diabetes")
    wide = correlated_copies(X, 2, 2, 0.99, np.random.default_rng(0))
    copies = [2, -2, -1]
    lasso = fit_path(wide, y, [0.1], l1_ratio=1.0, task=task).coefficients[0, copies, 0]
    net = fit_path(wide, y, [0.2], l1_ratio=0.3, task=task).coefficients[0, copies, 0]
    assert lasso.min() < 0.1 * lasso.max()
    assert net.min() > 0.5 * net.max() > 0


def test_the_sparse_data_have_the_support_they_say() -> None:
    assert {*np.flatnonzero(COEFFICIENTS)} == {*SUPPORT}
    split = Experiment(dataset="sparse", model="linear", n_samples=5000, noise=0.0).data(3)
    path = fit_path(split.X_train, split.y_train, [0.0], l1_ratio=0.0, task="regression")
    np.testing.assert_allclose(path.coefficients[0, :, 0], COEFFICIENTS, atol=1e-10)
    neighbours = np.corrcoef(split.X_train.T).diagonal(1)
    np.testing.assert_allclose(neighbours, 0.3, atol=0.1)


def test_information_criteria_say_what_they_need() -> None:
    X, y, task = data("wine")
    path = fit_path(X, y, [0.1], l1_ratio=1.0, task=task)
    with pytest.raises(ValueError, match="task=multiclass: allowed: regression"):
        information_criteria(path, X, y)
    X, y, task = data("diabetes")
    path = fit_path(X[:14], y[:14], [0.1], l1_ratio=1.0, task=task)
    with pytest.raises(ValueError, match="n=14: allowed: more examples"):
        information_criteria(path, X[:14], y[:14])
