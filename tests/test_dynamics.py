"""Decay under gradients that are noise, against theory; and its account in a real training, against a restatement."""

from types import SimpleNamespace

import numpy as np
import pytest

from wd_core import Experiment
from wd_core.engine.penalties import make_penalty
from wd_core.engine.runs import Row, Rule
from wd_core.engine.update import Update
from wd_core.studies import dynamics, shrinkage


@pytest.fixture(scope="module")
def halves():
    return dynamics.half_lives([0.1, 0.3], [1.0, 3.0], copies=200, steps=5000)


@pytest.mark.parametrize("form", dynamics.FORMS)
def test_half_lives_are_the_theorys(halves, form):
    theory = np.array([dynamics.half_life_theory(form, lam, halves.noises) for lam in halves.lambdas])
    assert np.isfinite(halves.measured(form)).all()
    np.testing.assert_allclose(halves.measured(form), theory, rtol=0.01)


def test_a_weight_that_is_not_halved_has_no_half_life():
    short = dynamics.half_lives([0.1], [1.0], copies=20, steps=400)
    assert np.isnan([short.measured(form) for form in dynamics.FORMS]).all()


def test_under_large_noise_adam_with_l2_takes_as_many_times_as_long():
    theory = dynamics.half_life_theory("Adam + L2", np.array(0.01), np.array([30.0]))
    assert theory == pytest.approx(30 * dynamics.half_life_theory("AdamW", np.array(0.01), np.ones(1)), rel=1e-4)


def test_the_half_lives_of_the_page_are_the_theorys_where_the_noise_is_not_smaller_than_the_penalty():
    """A part of the page's λ and noises; where λ is above σ/2 Adam's v lags, and so it takes longer than the theory."""
    found = dynamics.half_lives([0.1, 0.5], [0.3, 1.0, 10.0], copies=200)
    theory = dynamics.half_life_theory("Adam + L2", np.array([[0.1], [0.5]]), found.noises)
    share = found.measured("Adam + L2") / theory
    np.testing.assert_allclose(share[[0, 0, 1, 1], [0, 1, 1, 2]], 1, atol=0.02)
    assert 1.02 < share[1, 0] < 1.08


@pytest.mark.parametrize("optimizer", dynamics.ROTATING)
def test_normalised_weights_turn_at_the_theorys_angle_and_meet_at_one_norm(optimizer):
    lam = np.array([0.005, 0.05]) / dynamics.ROTATION_LR[optimizer]  # the ends of what the page shows
    found = dynamics.rotation(optimizer, lam.tolist(), starts=(0.1, 1.0, 10.0))
    theory = dynamics.angle_theory(optimizer, lam)
    np.testing.assert_allclose(found.equilibrium_angle, np.repeat(theory[:, None], 3, 1), rtol=0.02)
    assert (np.ptp(found.norms[..., -1], axis=1) < 0.05 * found.final_norm).all()


@pytest.mark.parametrize("optimizer", dynamics.ROTATING)
def test_the_effective_rate_says_how_fast_weights_turn(optimizer):
    """Of two lengths the same gradient turns each as its rate says: for SGD as 1/‖w‖², for Adam as 1/‖w‖."""
    found = dynamics.rotation(optimizer, [0.0], steps=40, starts=(10.0, 20.0), records=2)
    rates = dynamics.effective_rate(optimizer, np.array([10.0, 20.0]))
    turned = found.angles[0, :, -1]
    assert turned[0] / turned[1] == pytest.approx(rates[0] / rates[1], rel=0.01)
    assert dynamics.effective_rate("SGD", np.array(2.0)) == pytest.approx(0.1 / 4)
    assert dynamics.effective_rate("AdamW", np.array(2.0)) == pytest.approx(0.01 / 2)


def test_the_gradient_rises_at_the_end_of_a_cosine_and_stays_where_decay_falls_with_the_learning_rate():
    constant, falling = (
        dynamics.rotation("SGD", [0.1], 4000, "cosine", corrected, starts=(1.0,)) for corrected in (False, True)
    )
    ratio = (constant.gradients / constant.norms)[0, 0]
    theory = dynamics.gradient_ratio_theory("SGD", 0.1, constant.schedule)
    middle = slice(10, 35)  # where the schedule is slower than the approach to the balance
    np.testing.assert_allclose(ratio[middle], theory[middle], rtol=0.04)
    assert ratio[-1] > 2 * ratio[30]
    flat = (falling.gradients / falling.norms)[0, 0, 10:]
    assert np.ptp(flat) < 0.1 * flat.mean()


@pytest.mark.parametrize("decay", ["coupled", "decoupled"])
def test_the_account_is_exact(decay):
    """A float64 restatement of Adam keeps the loss's and the penalty's momentum apart from the second step on."""
    rng, steps, lr, lam = np.random.default_rng(0), 60, 0.01, 0.3
    w = rng.normal(size=(1, 1, 5)).astype(np.float32)
    row = Row(lam, lr, make_penalty("l2"), np.ones(5), Rule(decay=decay))
    update = Update([row], w, np.zeros_like(w), steps)
    account = shrinkage._Account(SimpleNamespace(lr=lr, decay=decay), np.full((1, 1), lam, np.float32))
    gradients = rng.normal(size=(steps, 5))
    m, v, taken, before = np.zeros(5), np.zeros(5), np.zeros(5), []
    for t in range(1, steps + 1):
        start = w[0, 0].astype(float)
        update.g[...] = gradients[t - 1]
        update(t)
        account(t, [update])
        before.append(start)
        total = gradients[t - 1] + (lam * start if decay == "coupled" else 0)
        v = 0.999 * v + 0.001 * total**2
        if t == 1:
            continue
        m = 0.9 * m + 0.1 * lam * start
        pull = m / (1 - 0.9 ** (t - 1)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8) if decay == "coupled" else lam * start
        taken += lr * pull * np.sign(start)
    np.testing.assert_allclose(account.taken[0], taken, rtol=1e-4)
    np.testing.assert_allclose(account.squares[0], np.square(gradients[1:]).sum(0), rtol=1e-4)
    np.testing.assert_allclose(account.size[0], np.abs(before[1:]).sum(0), rtol=1e-4)


def test_adamw_takes_the_same_of_every_weight_and_adam_with_l2_spares_those_with_large_gradients():
    e = Experiment(batch_size=20, steps=300, lambdas=(1e-3,), seeds=(0,))
    level = shrinkage.shrinkage(e.replace(decay="decoupled"))
    np.testing.assert_allclose(level.taken, e.lr * 1e-3 * 300, rtol=1e-4)
    assert level.slope[0] == pytest.approx(0, abs=1e-4)
    assert level.taken.shape == level.gradient.shape == (1, 2 * 16 + 16 * 16 + 16)  # no biases
    assert shrinkage.shrinkage(e).slope[0] < -0.7


def test_the_slope_is_that_of_the_logarithms_where_there_are_any():
    gradient = np.array([[1e-3, 1e-2, 1e-1, 0.0]])
    found = shrinkage.Shrinkage(np.array([[8.0, 4.0, 2.0, 100.0]]), gradient)
    assert found.slope[0] == pytest.approx(np.log(0.5) / np.log(10))
    assert np.isnan(shrinkage.Shrinkage(np.zeros((1, 4)), gradient).slope[0])


@pytest.mark.parametrize("change", [{"optimizer": "sgd"}, {"seeds": (0, 1)}, {"decay": "cautious"}])
def test_an_account_that_cannot_be_kept_is_refused(change):
    with pytest.raises(ValueError, match="allowed"):
        shrinkage.shrinkage(Experiment(lambdas=(0.1,), seeds=(0,)).replace(**change))


def test_cautious_decay_stays_nearer_to_least_squares():
    e = Experiment(
        dataset="diabetes", n_samples=442, model="linear", lr=0.02, schedule="cosine", steps=1500,
        lambdas=(0.0, 1.0), seeds=(0, 1),
    )  # fmt: skip
    found = shrinkage.optimum(e)
    for form in shrinkage.KEEPING:
        assert found.distance(form)[0].max() < 0.02  # λ = 0: the training arrives, and `fit_path` is its oracle
    assert (found.distance("cautious")[1] < 0.25 * found.distance("AdamW")[1]).all()
    assert (found.distance("AdamW")[1] < found.distance("Adam + L2")[1]).all()


def test_weights_before_a_normalisation_are_scale_invariant_and_others_are_not():
    factors = np.array([1 / 3, 1.0, 3.0])
    loss, gradient = shrinkage.scaled(Experiment(norm="batch", activation="relu"), factors)
    np.testing.assert_allclose(loss, loss[1], rtol=1e-3)  # ε = 1e-5 stands beside the variance
    np.testing.assert_allclose(gradient * factors, gradient[1], rtol=1e-3)
    loss, gradient = shrinkage.scaled(Experiment(), factors)
    assert np.ptp(loss) > 0.01
    assert not np.allclose(gradient * factors, gradient[1], rtol=0.05)
