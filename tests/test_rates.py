"""Learning rate × λ: cells that are trainings, maps of known interaction, edges where runs really go."""

from dataclasses import replace

import numpy as np
import pytest

from wd_core import Experiment, train
from wd_core.studies import rates
from wd_core.studies.diagnostics import largest_curvature
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
    fast = train(h.experiment.replace(lr=0.1))
    np.testing.assert_array_equal(found.score[2], fast.validation_score[:, :, -1])
    at = np.take_along_axis(fast.validation_score, fast.stopped[..., None], -1)[..., 0]
    np.testing.assert_array_equal(found.stopped_score[2], at)
    assert (at != found.score[2]).any()
    np.testing.assert_allclose(found.curvature, largest_curvature(h.experiment, 0, h.weights[:1, 0, 0])[0])


@pytest.mark.parametrize("what", ["loss", "stopped_loss", "score", "stopped_score"])
def test_the_best_cell_is_the_least_loss_or_the_highest_score(found, what):
    cells = found.cells(what)
    assert cells[found.best(what)] == (cells.max() if what.endswith("score") else cells.min())
    assert (found.stopped_loss <= found.loss).all()


def test_the_best_cell_is_that_of_what_is_asked_for(found):
    one, other = np.full((2, 3, 2, 3), 0.4)
    one[0, 1], other[2, 0] = 0.3, 0.5
    made = replace(found, loss=one, score=other, constant=np.full(3, 0.7), constant_score=np.full(3, 0.4))
    assert (made.best("loss"), made.best("score")) == ((0, 1), (2, 0))
    lr, lam = made.best_of_seeds
    assert (lr == found.lrs[0]).all()
    assert (lam == found.lambdas[1]).all()


def test_where_every_seed_diverged_there_is_no_cell_and_one_alone_counts_as_the_constant(found):
    loss, score = found.loss.copy(), found.score.copy()
    loss[0, 0], score[0, 0] = np.nan, np.nan
    loss[0, 1, 1], score[0, 1, 1] = np.nan, np.nan
    made = replace(found, loss=loss, score=score)
    assert np.isnan([made.cells("loss")[0, 0], made.cells("score")[0, 0]]).all()
    assert made.capped("score")[0, 1, 1] == found.constant_score[1]
    assert made.capped("loss")[0, 1, 1] == found.constant[1]


def test_the_constant_says_the_training_parts_shares(found):
    for s, seed in enumerate((0, 1, 2)):
        data = BASE.data(seed)
        p = data.y_train.mean()
        said = np.where(data.y_validation == 1, p, 1 - p)
        assert found.constant[s] == pytest.approx(-np.log(said).mean())
        assert found.constant_score[s] == pytest.approx((data.y_validation == (p > 0.5)).mean())
    m = rate_map(Experiment(dataset="diabetes", n_samples=80, model="linear", steps=5), SMALL, (0,))
    data = m.experiment.data(0)
    left = data.y_validation - data.y_train.mean()
    assert m.constant[0] == pytest.approx(0.5 * (left**2).mean())
    assert m.constant_score[0] == pytest.approx(
        1 - (left**2).sum() / ((data.y_validation.mean() - data.y_validation) ** 2).sum()
    )


def test_one_after_the_other_loses_what_the_other_rows_hold(found):
    loss = np.array(
        [[0.5, 0.1], [0.2, 0.15], [0.3, 0.25]]
    )  # at the smallest λ the second row is best; its best is 0.15
    made = replace(found, loss=np.repeat(loss[..., None], 3, -1), constant=np.ones(3))
    np.testing.assert_allclose(made.one_by_one, 0.05)
    level = replace(found, loss=np.repeat(loss[1:, :, None], 3, -1), constant=np.ones(3))
    np.testing.assert_allclose(level.one_by_one, 0)


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
    ball = rate_map(BASE, Rival("momentum", "coupled", (0.01, 0.03), (1e-3, 1e-2)), (0,))
    np.testing.assert_allclose(ball.timescale, 0.1 / (np.prod(ball.best_of_seeds, axis=0) * 3))
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


@pytest.mark.parametrize("name", ["SGD", "momentum", "AdamW (lr·λ)", "AdamW (λ alone)"])
def test_every_edge_that_there_is_crosses_its_map(name):
    rival = RIVALS[name]
    m = replace(rate_map(BASE, replace(rival, lrs=rival.lrs[:1], lambdas=rival.lambdas[:2]), (0,)),
                lrs=np.array(rival.lrs), lambdas=np.array(rival.lambdas))  # fmt: skip
    _, at = rates.edge_of(m)
    stable = m.lrs[:, None] < at
    assert stable.any()
    assert not stable.all()


def test_heavy_balls_edge_lies_at_twice_one_plus_momentum():
    e = Experiment(dataset="diabetes", n_samples=200, model="linear", steps=400, batch_size=None, momentum=0.5)
    m = rate_map(e, Rival("momentum", "coupled", (0.01, 0.02), (1e-6, 1.0)), (0,))
    formula, at = rates.edge_of(m)
    assert formula == "lr·(curvature + λ) = 3"
    np.testing.assert_allclose(at, 3 / (m.curvature + m.lambdas))
    steep = rate_map(e, Rival("momentum", "coupled", (0.98 * at[0], 1.03 * at[0]), (1e-6, 1e-5)), (0,))
    assert np.isfinite(steep.loss[0]).all()
    assert np.isnan(steep.loss[1]).all()


def test_coupled_adam_has_no_edge():
    assert rates.edge_of(rate_map(BASE, Rival("adam", "coupled", (0.01, 0.1), (0.1, 1.0)), (0,))) is None


def test_what_is_worse_than_a_constant_counts_as_the_constant(found):
    spoiled = found.loss.copy()
    spoiled[0, 0] = [np.nan, 1e9, 0.1]
    capped = replace(found, loss=spoiled).capped()
    np.testing.assert_allclose(capped[0, 0], [found.constant[0], found.constant[1], 0.1])


def test_every_rival_has_nine_by_nine():
    assert all((len(r.lrs), len(r.lambdas)) == (9, 9) for r in RIVALS.values())
