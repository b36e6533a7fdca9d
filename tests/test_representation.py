"""Sparse representations: how many units speak and how many count, against networks in which that is known."""

import numpy as np
import pytest

from wd_core import Experiment, train
from wd_core.evaluation import activities
from wd_core.studies import representation as rep

E = Experiment(
    dataset="iris", hidden=(6, 5), activation="relu", n_samples=60, steps=4, lambdas=(0.0, 0.1), seeds=(0, 1)
)


def test_activities_are_those_of_the_written_out_network():
    h, X = train(E), E.data(0).X_test
    first, second = activities(E, h.weights[:, 0, -1], X)
    (a, b), (c, d) = ((here.start, here.stop) for _, here in h.blocks()[:2])
    for i in range(2):
        w1, w2 = h.weights[i, 0, -1, a:b].reshape(6, 5), h.weights[i, 0, -1, c:d].reshape(5, 7)
        one = np.maximum(X @ w1[:, :-1].T + w1[:, -1], 0)
        np.testing.assert_allclose(first[i], one.T, atol=1e-5)
        np.testing.assert_allclose(second[i], np.maximum(one @ w2[:, :-1].T + w2[:, -1], 0).T, atol=1e-5)
        speak = np.concatenate([first[i], second[i]]) > 0
        np.testing.assert_allclose(rep.active_share(h, "test")[i, 0], speak.mean(), atol=1e-3)


def test_the_effective_number_of_equal_units_is_their_number():
    assert rep.participation_ratio(np.full(7, 3.0)) == pytest.approx(7)
    assert rep.participation_ratio(np.array([0, 5.0, 0])) == pytest.approx(1)
    assert rep.participation_ratio(np.zeros(3)) == 0
    assert 1 < rep.participation_ratio(np.array([1, 0.1])) < 2
    assert rep.participation_ratio(np.full(4, 1e-30, np.float32)) == pytest.approx(4)


def test_units_that_reach_nothing_do_not_count():
    h = train(E.replace(hidden=(5,)))
    weights = h.weights.copy()
    out = h.blocks()[-1][1]
    matrix = weights[..., out].reshape(*weights.shape[:-1], 3, 6)
    loudest = activities(h.experiment, weights[0, 0, -1:], h.experiment.data(0).X_test)[0][0].var(-1).argmax()
    matrix[..., [k for k in range(5) if k != loudest]] = 0
    weights[..., out] = matrix.reshape(*weights.shape[:-1], 18)
    alone = rep.effective_units(h.__class__(**{**vars(h), "weights": weights}), "test")
    np.testing.assert_allclose(alone[0, 0], 1, rtol=1e-5)
    assert (rep.effective_units(h, "test")[0, 0] > 1.2).all()


def test_other_models_are_refused_by_name():
    h = train(Experiment(dataset="moons", model="logistic", steps=2))
    with pytest.raises(ValueError, match="allowed: mlp"):
        rep.active_share(h, "test")
