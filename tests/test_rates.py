"""Learning rate × λ: cells that are trainings, maps of known interaction, edges where runs really go."""

import numpy as np
import pytest

from wd_core import Experiment, train
from wd_core.studies import rates
from wd_core.studies.rates import RIVALS, Rival, interaction_share, rate_map

BASE = Experiment(n_samples=60, steps=40, batch_size=10, hidden=(8,))
SMALL = Rival("adam", "decoupled", (0.001, 0.01, 0.1), (0.01, 1.0))


@pytest.fixture(scope="module")
def found():
    return rate_map(BASE, SMALL, (0, 1, 2))


def test_a_cell_is_the_training_that_it_says(found):
    h = train(BASE.replace(optimizer="adam", decay="decoupled", lr=0.01, lambdas=SMALL.lambdas, seeds=(0, 1, 2)))
    np.testing.assert_array_equal(found.loss[1], h.validation_loss[:, :, -1])
    np.testing.assert_array_equal(found.stopped_loss[1], h.validation_loss.min(-1))
    np.testing.assert_array_equal(found.weights[1], h.weights[:, 0, -1])


def test_the_best_cell_is_the_least(found):
    mean = found.capped().mean(-1)
    assert mean[found.best] == mean.min()
    assert (found.stopped_loss <= found.loss).all()


@pytest.mark.parametrize(
    ("values", "share"),
    [
        (np.add.outer([0.0, 1, 5], [2.0, 0, 1, 4]), 0.0),
        (np.outer([-1.0, 0, 1], [-1.0, 0, 1]), 1.0),
        (np.outer([-1.0, 0, 1], [-1.0, 0, 1]) + np.add.outer([-1.0, 0, 1], np.zeros(3)), 4 / 10),
    ],
)
def test_the_interaction_of_made_up_maps(values, share):
    assert interaction_share(values + 3) == pytest.approx(share, abs=1e-12)


def test_a_flat_map_has_no_interaction_to_speak_of():
    assert np.isnan(interaction_share(np.full((3, 4), 0.7)))


def test_the_time_scale_is_one_over_the_decay_of_an_epoch(found):
    lr, lam = found.best_of_seeds
    np.testing.assert_allclose(found.timescale, 1 / (lr * lam * 3))  # 30 examples in batches of 10: 3 steps an epoch
    paper = rate_map(BASE, Rival("adam", "decoupled_paper", (0.01, 0.03), (1e-3, 1e-2)), (0,))
    np.testing.assert_allclose(paper.timescale, 1 / (paper.best_of_seeds[1] * 3))
    assert rate_map(BASE, Rival("adam", "coupled", (0.01, 0.03), (1e-3, 1e-2)), (0,)).timescale is None


@pytest.mark.parametrize(
    ("rival", "below", "beyond"),
    [
        (Rival("adam", "decoupled", (0.1, 0.11), (19.0, 21.0)), (0, 0), (1, 1)),
        (Rival("adam", "decoupled_paper", (1e-4, 2e-4), (1.9, 2.1)), (0, 0), (0, 1)),
    ],
)
def test_beyond_the_edge_weights_grow_and_below_they_do_not(rival, below, beyond):
    m = rate_map(BASE.replace(steps=300), rival, (0,))
    _, edge = rates.edge_of(m)
    for (i, j), stable in ((below, True), (beyond, False)):
        assert (m.lrs[i] < edge[j]) == stable
        size = np.abs(m.weights[i, j]).max()
        assert (np.isfinite(size) and size < 10) == stable


def test_gradient_descents_edge_on_a_quadratic():
    """Linear regression: the curvature is the largest eigenvalue of XᵀX/n, intercept included; the edge is sharp."""
    e = Experiment(dataset="diabetes", n_samples=200, model="linear", steps=400, batch_size=None)
    x = e.data(0).X_train
    ones = np.column_stack([x, np.ones(len(x))])
    curvature = np.linalg.eigvalsh(ones.T @ ones / len(x)).max()
    m = rate_map(e, Rival("sgd", "coupled", (1.96 / curvature, 2.1 / curvature), (1e-6, 1e-5)), (0,))
    assert m.curvature == pytest.approx(curvature, rel=1e-3)
    np.testing.assert_allclose(rates.edge_of(m)[1], 2 / (curvature + m.lambdas), rtol=1e-3)
    assert np.isfinite(m.loss[0]).all()
    assert np.isnan(m.loss[1]).all()


def test_coupled_adam_has_no_edge():
    assert rates.edge_of(rate_map(BASE, Rival("adam", "coupled", (0.01, 0.1), (0.1, 1.0)), (0,))) is None


def test_what_is_worse_than_a_constant_counts_as_the_constant(found):
    from dataclasses import replace

    spoiled = found.loss.copy()
    spoiled[0, 0] = [np.nan, 1e9, 0.1]
    capped = replace(found, loss=spoiled).capped()
    np.testing.assert_allclose(capped[0, 0], [found.constant[0], found.constant[1], 0.1])


def test_every_rival_has_nine_by_nine():
    assert all((len(r.lrs), len(r.lambdas)) == (9, 9) for r in RIVALS.values())
