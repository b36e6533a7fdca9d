"""Exact zeros and selection: hand-made sets, the soft threshold, and features that are known to matter."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from wd_core import Experiment, train
from wd_core.linear.paths import fit_path
from wd_core.studies import zeros

SPARSE = Experiment(dataset="sparse", n_samples=80, model="linear", lr=0.05, steps=120, lambdas=(0.0, 0.05, 0.2),
                    seeds=(0, 1))  # fmt: skip


def test_zeros_are_counted_where_validation_chose():
    h = train(SPARSE.replace(penalty="l1"))
    best = h.validation_loss[1:, :, -1].argmin(0) + 1
    by_hand = [(h.weights[i, s, -1, :30] == 0).sum() / 30 for s, i in enumerate(best)]
    np.testing.assert_allclose(zeros.zero_share(h), by_hand)
    spoiled = h.__class__(**{**vars(h), "test_loss": -h.test_loss, "test_score": 1 - h.test_score})
    np.testing.assert_array_equal(zeros.zero_share(spoiled), zeros.zero_share(h))


def test_every_method_is_the_training_that_it_says():
    found = zeros.exact_zeros(SPARSE)
    for name, settings in zeros.METHODS.items():
        np.testing.assert_array_equal(found[name], zeros.zero_share(train(SPARSE.replace(**settings))))
    assert found["none"].shape == (2,)
    with pytest.raises(ValueError, match="allowed: 0 first"):
        zeros.exact_zeros(SPARSE.replace(lambdas=(0.1, 0.2)))


def test_on_an_orthonormal_design_the_lasso_is_a_soft_threshold():
    rng = np.random.default_rng(0)
    A, B = rng.standard_normal((60, 7)) @ rng.standard_normal((7, 7)), rng.standard_normal((20, 7))
    X, X_held = zeros.orthonormal(A, B)
    np.testing.assert_allclose(X.T @ X / 60, np.eye(7), atol=1e-10)
    np.testing.assert_allclose(X_held, (B - A.mean(0)) @ np.linalg.lstsq(A - A.mean(0), X)[0], atol=1e-8)
    y = X @ np.array([2.0, -1, 0.3, -0.1, 0, 0, 0]) + 0.3 * rng.standard_normal(60)
    w = X.T @ (y - y.mean()) / 60
    path = fit_path(X, y, np.array([0.05, 0.25]), l1_ratio=1.0, task="regression")
    for lam, coefficients in zip(path.lambdas, path.coefficients[..., 0], strict=True):
        np.testing.assert_allclose(coefficients, np.sign(w) * np.maximum(np.abs(w) - lam, 0), atol=1e-10)
    found = zeros.threshold(X, y, X_held, X_held @ np.array([2.0, -1, 0.3, -0.1, 0, 0, 0]))
    assert found.l1 == 1
    assert found.l2 < 1  # some least squares weight lies within λ, and ridge keeps it


def test_a_lost_direction_has_no_column():
    X = np.random.default_rng(1).standard_normal((30, 3))
    assert zeros.orthonormal(np.hstack([X, X[:, :1], np.zeros((30, 1))]))[0].shape == (30, 3)


def test_f1_is_that_of_scikit_learn():
    rng = np.random.default_rng(2)
    for _ in range(5):
        kept, relevant = rng.random(12) < 0.5, rng.random(12) < 0.3
        assert zeros.f1(kept, relevant) == pytest.approx(f1_score(relevant, kept))
    assert zeros.f1(np.zeros(3, bool), np.array([True, False, False])) == 0


def test_stability_is_one_for_one_set_and_about_zero_for_random_ones():
    assert zeros.stability(np.array([1.0, 1, 0, 0]), 10) == 1
    rng = np.random.default_rng(3)
    found = [
        zeros.stability(np.mean([np.isin(np.arange(20), rng.permutation(20)[:6]) for _ in range(25)], axis=0), 25)
        for _ in range(200)
    ]
    assert abs(np.mean(found)) < 0.01  # unbiased: corrected for chance and for the number of draws
    assert np.isnan(zeros.stability(np.ones(4), 10))


def test_a_target_is_half_noise_and_of_the_relevant_features_alone():
    rng = np.random.default_rng(4)
    X, relevant = rng.standard_normal((20_000, 6)), np.array([True, False, True, False, False, False])
    y = zeros.make_target(X, relevant, rng)
    w = np.linalg.lstsq(X, y)[0]
    assert (y - X @ w).var() == pytest.approx((X @ w).var(), rel=0.05)
    np.testing.assert_allclose(np.abs(w), relevant, atol=0.05)


def test_what_matters_is_found_where_it_can_be(monkeypatch):
    """Without noise and with independent columns the lasso keeps what matters; the two designs share their truth."""
    calls = []

    def clear(X: np.ndarray, relevant: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        calls.append((relevant.copy(), X.copy()))
        return X[:, relevant].sum(1)

    monkeypatch.setattr(zeros, "make_target", clear)
    monkeypatch.setattr(zeros, "DRAWS", 5)
    found = zeros.selection("diabetes", (0, 1))
    for i in (0, 2):
        np.testing.assert_array_equal(calls[i][0], calls[i + 1][0])
        independent, correlated = calls[i][1], calls[i + 1][1]
        np.testing.assert_array_equal(np.sort(independent, axis=0), np.sort(correlated, axis=0))
        data = Experiment(dataset="diabetes", n_samples=442, train_share=0.6, model="linear").data(i // 2)
        np.testing.assert_array_equal(correlated, data.X_train)
        off = ~np.eye(10, dtype=bool)
        assert np.abs(np.corrcoef(independent.T)[off]).max() < 0.25 < np.abs(np.corrcoef(correlated.T)[off]).max()
    assert (found["independent"].f1 >= found["independent"].keep_all).all()
    np.testing.assert_allclose(found["correlated"].keep_all, 2 * 2 / 12)
