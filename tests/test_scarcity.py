"""Scarce data and flat optima: against ridge by hand, one fit at a time, and curves that are known."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, Ridge

from wd_core import Experiment, train
from wd_core.studies import scarcity
from wd_core.studies.fits import material

PLANE = Experiment(dataset="sparse", n_samples=200, model="linear", lambdas=(0.0, 0.03, 0.3, 3.0), seeds=(0, 1))


def test_losses_are_ridges_on_the_first_rows():
    found = scarcity.scarce(PLANE)
    grown = PLANE.replace(n_samples=1280)
    assert found.sizes.tolist() == [20, 63, 202, 640]
    for s, seed in enumerate(PLANE.seeds):
        d = grown.data(seed)
        for i, n in enumerate(found.sizes):
            for j, lam in enumerate(PLANE.lambdas):
                model = Ridge(alpha=n * lam) if lam else LinearRegression()
                model.fit(d.X_train[:n], d.y_train[:n])
                loss = np.mean((model.predict(d.X_validation) - d.y_validation) ** 2) / 2
                assert found.validation[i, s, j] == pytest.approx(loss, rel=1e-4)
                assert found.test[i, s, j] == pytest.approx(model.score(d.X_test, d.y_test), rel=1e-4)
    best = found.validation[:, :, 1:].argmin(-1) + 1
    np.testing.assert_array_equal(found.chosen, best)
    i, s = np.indices(best.shape)
    np.testing.assert_allclose(found.gain, found.test[i, s, best] - found.test[..., 0])


def test_a_network_is_judged_on_both_parts():
    e = Experiment(n_samples=60, steps=20, lambdas=(0.0, 0.1), seeds=(0,), hidden=(4,))
    found = scarcity.scarce(e)
    n = found.sizes[-1]
    h = train(e.replace(n_samples=1280))
    assert n == len(h.experiment.data(0).y_train)  # the largest sample is the whole part
    np.testing.assert_allclose(found.validation[-1, 0], h.validation_loss[:, 0, -1], rtol=1e-4)
    np.testing.assert_allclose(found.test[-1, 0], h.test_score[:, 0, -1], rtol=1e-4)


def test_decades_of_a_curve_that_is_known():
    lambdas = np.logspace(-3, 2, 6)
    tent = 0.9 - 0.01 * np.abs(np.log10(lambdas) - 0)  # a point a decade, to both sides of λ = 1
    assert scarcity.decades_within(lambdas, tent, 0.015) == pytest.approx(3)
    assert scarcity.decades_within(lambdas, np.full(6, 0.7)) == pytest.approx(5)  # as far as was looked
    assert scarcity.decades_within(lambdas, np.array([0.5, 0.5, 0.9, 0.5, 0.9, np.nan])) == pytest.approx(0.05)


def test_scores_are_those_of_the_truth():
    network = Experiment(n_samples=60, steps=20, lambdas=(0.0, 0.1), seeds=(0, 3), hidden=(4,))
    found, h = scarcity.score_curves(network), train(network)
    for s, seed in enumerate(network.seeds):
        X, y = material(network, seed).test
        by_hand = ((h.predict(X)[:, s, :, 0] > 0.5) == y).mean(-1)
        np.testing.assert_allclose(found[s], by_hand, atol=1e-6)
    found = scarcity.score_curves(PLANE)
    m = material(PLANE, 1)
    assert found[1, 2] == pytest.approx(Ridge(alpha=100 * 0.3).fit(*m.train).score(*m.test), rel=1e-6)
