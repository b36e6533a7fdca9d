"""Double descent beside other solvers and limits that are known; decay in halves that are what they say;
products beside the nuclear norm's closed form and scikit-learn's lasso."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from wd_core import train
from wd_core.studies import critical_period as period
from wd_core.studies import double_descent as descent
from wd_core.studies import products
from wd_core.studies.evidence import mean_interval


@pytest.mark.parametrize("n", [12, 40])  # fewer examples than features, and more
def test_the_risk_is_that_of_scikit_learns_ridge_and_of_least_squares(n):
    rng = np.random.default_rng(n)
    X, beta = rng.standard_normal((n, 20)), rng.standard_normal(20)
    y = X @ beta + rng.standard_normal(n)
    ridge = Ridge(alpha=0.3 * n, fit_intercept=False).fit(X, y).coef_
    shortest = np.linalg.lstsq(X, y, rcond=None)[0]
    expected = [np.square(w - beta).sum() + descent.SIGMA**2 for w in (ridge, shortest)]
    np.testing.assert_allclose(descent.risks(X, y, beta, np.array([0.3, 0.0])), expected, rtol=1e-8)


def test_ridges_theory_ends_in_the_minimum_norm_and_in_nothing():
    gamma = np.array([0.3, 0.9, 1.2, 5.0])
    np.testing.assert_allclose(descent.ridge_theory(gamma, 1e-8), descent.min_norm_theory(gamma), rtol=1e-5)
    np.testing.assert_allclose(descent.ridge_theory(gamma, 1e8), 1 + descent.SIGMA**2, rtol=1e-5)


def test_the_optimal_lambda_is_where_the_theory_is_least():
    lambdas = np.geomspace(1e-3, 100, 4001)
    for gamma in (0.4, 1.0, 3.0):
        least = lambdas[descent.ridge_theory(gamma, lambdas).argmin()]
        np.testing.assert_allclose(least, descent.optimal_lambda(gamma), rtol=0.01)


def test_what_is_measured_is_what_theory_says():
    h = descent.descend(60, (0.03, 0.3, 3.0), 8)
    gamma = h.d / h.n
    theory = descent.ridge_theory(gamma, h.lambdas[:, None]), descent.ridge_theory(gamma, descent.optimal_lambda(gamma))
    for values, its in zip((h.ridge, h.optimal), theory, strict=True):
        mean, low, high = mean_interval(values)
        np.testing.assert_allclose(mean, its, rtol=0.25)
        assert ((low <= its) & (its <= high)).mean() > 0.75  # neighbouring n share examples
    assert np.isnan(h.min_norm[h.n == h.d]).all()
    assert np.isfinite(h.min_norm[h.n != h.d]).all()


def test_decay_acts_in_the_half_that_its_arm_says():
    e = period.setting("moons", "constant", (0.0, 0.01, 0.1), (0, 1)).replace(steps=40)
    (p,) = period.periods([e])
    halves = {"throughout": (0, 1), "first half": (0, 0.5), "second half": (0.5, 1)}
    runs = {arm: train(e.replace(decay_span=span)) for arm, span in halves.items()}
    for arm, h in runs.items():
        np.testing.assert_array_equal(p.scores[arm], h.test_score[:, :, -1])
        i = h.validation_loss[:, :, -1].argmin(0)
        np.testing.assert_array_equal(p.chosen[arm].score, h.test_score[i, [0, 1], -1])
        np.testing.assert_array_equal(h.weights[0], runs["throughout"].weights[0])  # λ = 0: one training
    np.testing.assert_array_equal(p.chosen["never"].score, runs["throughout"].test_score[0, :, -1])
    assert (p.chosen["never"].lam == 0).all()
    early = runs["first half"].steps <= 20
    np.testing.assert_array_equal(runs["first half"].weights[:, :, early], runs["throughout"].weights[:, :, early])
    np.testing.assert_array_equal(runs["second half"].weights[2, :, early], runs["second half"].weights[0, :, early])
    assert (runs["second half"].weights[2, :, -1] != runs["second half"].weights[0, :, -1]).any()


def test_the_share_of_the_rate_before_half_time():
    assert period.share_of_first_half("constant") == 0.5
    np.testing.assert_allclose(period.share_of_first_half("cosine"), 0.5 + 1 / np.pi, atol=1e-3)


def test_a_product_of_matrices_ends_where_the_nuclear_norm_is_least():
    f = products.factors((0.2, 1.0, 2.6), 3)
    np.testing.assert_allclose(f.measured[:, -1], np.broadcast_to(f.theory[:, None], (3, 3, 6)), atol=2e-3)
    way = f.measured[1, :, :, 0].mean(-1)  # of d = 3 under λ = 1: records lie where something moves
    assert ((way > 0.9) & (way < 1.8)).sum() >= 4
    D, lam = products.target(), 1.0
    left, d, right = np.linalg.svd(D, full_matrices=False)
    np.testing.assert_allclose(d, products.SINGULAR)
    least = (left * f.theory[1]) @ right  # optimality: (D − M)/λ is a subgradient of ‖M‖*
    shown = (D - least) / lam
    np.testing.assert_allclose(np.linalg.norm(shown, 2), 1)
    np.testing.assert_allclose((shown * least).sum(), f.theory[1].sum())


def test_a_product_of_weights_is_scikit_learns_lasso_and_not_ridge():
    s = products.selection((0.01, 0.1, 0.5), 2)
    np.testing.assert_allclose(s.measured, np.broadcast_to(s.lasso[:, None], s.measured.shape), atol=2e-3)
    np.testing.assert_array_equal((np.abs(s.measured) < 1e-3).all(1), s.lasso == 0)
    assert 0 < (s.lasso[1] == 0).sum() < 10
    assert np.abs(s.ridge[1] - s.lasso[1]).max() > 0.02
