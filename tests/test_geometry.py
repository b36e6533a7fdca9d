"""Two weights and one: closed forms against scikit-learn, optimisers and quadrature, which know none of them."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize, minimize_scalar
from sklearn.linear_model import ElasticNet, Lasso, Ridge

from wd_core.linear import geometry
from wd_core.linear.geometry import hessian, solution_path, zero_events

LAMBDAS = np.concatenate([[0.0], np.geomspace(0.01, 10, 61)])
CASES = [  # correlation, condition number, what the data want
    (0.5, 5.0, (1.4, 0.6)),
    (-0.8, 20.0, (-1.5, 0.8)),
    (0.95, 50.0, (0.7, -1.9)),
    (-0.6, 1.0, (1.1, 1.3)),
    (0.0, 10.0, (0.4, 2.0)),
]
RATIOS = [0.0, 0.03, 0.3, 0.7, 0.99, 1.0]
cases = pytest.mark.parametrize(("correlation", "condition", "wanted"), CASES)
ratios = pytest.mark.parametrize("l1_ratio", RATIOS)


# ---------------------------------------------------------------- the data


@pytest.mark.parametrize("correlation", [-0.95, -0.4, 0.0, 0.3, 0.95])
@pytest.mark.parametrize("condition", [1.0, 7.0, 50.0])
def test_hessian_has_the_correlation_and_the_condition_number_it_was_asked_for(correlation, condition):
    H = hessian(correlation, condition)
    assert H[0, 1] / np.sqrt(H[0, 0] * H[1, 1]) == pytest.approx(correlation)
    assert np.linalg.cond(H) == pytest.approx(max(condition, (1 + abs(correlation)) / (1 - abs(correlation))))
    assert np.trace(H) == pytest.approx(2)


@pytest.mark.parametrize(("arguments", "message"), [((1.0, 2.0), "correlation=1.0"), ((0.0, 0.5), "condition=0.5")])
def test_impossible_data_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        hessian(*arguments)


# ---------------------------------------------------------------- the path


@cases
@ratios
def test_path_equals_scikit_learns_estimators_one_lambda_at_a_time(correlation, condition, wanted, l1_ratio):
    H, wanted = hessian(correlation, condition), np.array(wanted)
    X = np.sqrt(2) * np.linalg.cholesky(H).T  # two examples: XᵀX/2 = H
    exact = {"fit_intercept": False, "tol": 1e-14, "max_iter": 500_000}
    for lam, w in zip(LAMBDAS[5::8], solution_path(H, wanted, LAMBDAS, l1_ratio)[5::8], strict=True):
        if l1_ratio == 0:
            model = Ridge(alpha=2 * lam, fit_intercept=False)
        else:
            model = Lasso(lam, **exact) if l1_ratio == 1 else ElasticNet(lam, l1_ratio=l1_ratio, **exact)
        np.testing.assert_allclose(w, model.fit(X, X @ wanted).coef_, atol=1e-6)


@cases
@ratios
def test_a_bounded_optimiser_finds_the_same(correlation, condition, wanted, l1_ratio):
    """w = u − v with u, v ≥ 0 makes the penalty smooth."""
    H, wanted = hessian(correlation, condition), np.array(wanted)
    for lam in (0.05, 0.4, 1.5):
        l1, l2 = lam * l1_ratio, lam * (1 - l1_ratio)

        def split(parts, l1=l1, l2=l2):
            w = parts[:2] - parts[2:]
            slope = H @ (w - wanted) + l2 * w
            value = 0.5 * (w - wanted) @ H @ (w - wanted) + l1 * parts.sum() + 0.5 * l2 * w @ w
            return value, np.concatenate([slope, -slope]) + l1

        start = np.concatenate([np.maximum(wanted, 0), np.maximum(-wanted, 0)])
        found = minimize(
            split, start, jac=True, bounds=[(0, None)] * 4, method="SLSQP", options={"ftol": 1e-15, "maxiter": 1000}
        )
        w = solution_path(H, wanted, np.array([lam]), l1_ratio)[0]
        np.testing.assert_allclose(w, found.x[:2] - found.x[2:], atol=1e-6)


def kkt_violation(w, H, wanted, l1, l2) -> np.ndarray:
    """How far −∇(loss + ½λ₂‖w‖²) is from λ₁∂‖w‖₁, for w (L, 2)."""
    pull = (wanted - w) @ H - l2[:, None] * w
    return np.where(w == 0, np.maximum(abs(pull) - l1[:, None], 0), abs(pull - l1[:, None] * np.sign(w)))


@cases
@ratios
def test_path_satisfies_the_kkt_conditions(correlation, condition, wanted, l1_ratio):
    H, wanted = hessian(correlation, condition), np.array(wanted)
    lambdas = np.concatenate([[0.0], np.geomspace(1e-4, 1e3, 400)])
    w = solution_path(H, wanted, lambdas, l1_ratio)
    assert kkt_violation(w, H, wanted, lambdas * l1_ratio, lambdas * (1 - l1_ratio)).max() < 1e-11
    w[100] += [1e-3, 0]
    assert kkt_violation(w, H, wanted, lambdas * l1_ratio, lambdas * (1 - l1_ratio)).max() > 1e-5  # the check checks


@cases
def test_without_penalty_the_data_have_their_way(correlation, condition, wanted):
    for l1_ratio in RATIOS:
        w = solution_path(hessian(correlation, condition), np.array(wanted), np.array([0.0]), l1_ratio)
        assert tuple(w[0]) == wanted


# ---------------------------------------------------------------- zeros


@cases
@pytest.mark.parametrize("l1_ratio", [0.03, 0.5, 1.0])
def test_l1_is_exactly_zero_from_its_own_lambda_max_on(correlation, condition, wanted, l1_ratio):
    H, wanted = hessian(correlation, condition), np.array(wanted)
    largest = abs(H @ wanted).max() / l1_ratio
    w = solution_path(H, wanted, largest * np.array([0.999, 1, 1 + 1e-12, 2, 1e6]), l1_ratio)
    assert w[0].any()
    assert not w[1:].any()


@cases
def test_l2_is_never_exactly_zero(correlation, condition, wanted):
    lambdas = np.concatenate([[0.0], np.geomspace(1e-4, 1e6, 997)])
    assert np.all(solution_path(hessian(correlation, condition), np.array(wanted), lambdas, 0.0) != 0)


@cases
@pytest.mark.parametrize("l1_ratio", [0.3, 1.0])
def test_events_are_where_zeros_begin_and_end(correlation, condition, wanted, l1_ratio):
    H, wanted = hessian(correlation, condition), np.array(wanted)
    events = zero_events(H, wanted, LAMBDAS, l1_ratio)
    assert events
    for event in events:
        before, after = solution_path(H, wanted, event.lam * np.array([1 - 1e-9, 1 + 1e-9]), l1_ratio)[:, event.weight]
        assert (before == 0, after == 0) == (not event.zero, event.zero)
    if l1_ratio == 1:
        assert events[-1].lam == pytest.approx(abs(H @ wanted).max())
    assert zero_events(H, wanted, LAMBDAS, 0.0) == []


def test_a_weight_may_leave_zero_again():
    """With the other sign: on a larger scale it does its correlated neighbour's work with a smaller weight."""
    events = zero_events(hessian(0.9, 40.0), np.array([-0.2, 1.5]), LAMBDAS, 1.0)
    assert [(event.weight, event.zero) for event in events] == [(0, True), (0, False), (1, True), (0, True)]


# ---------------------------------------------------------------- the contour touches the ball


@cases
@ratios
def test_contour_through_the_solution_touches_the_ball(correlation, condition, wanted, l1_ratio):
    """No point of the ball has a lower loss, and no point of the contour's inside is in the ball."""
    H, wanted = hessian(correlation, condition), np.array(wanted)
    turn = np.linspace(0, 2 * np.pi, 20_001)
    circle = np.stack([np.cos(turn), np.sin(turn)], -1)
    for w in solution_path(H, wanted, np.array([0.02, 0.3, 1.2]), l1_ratio):
        reach, lowest = geometry.size(w, l1_ratio), geometry.loss(w, H, wanted)
        # along each direction the ball ends where ρ r‖u‖₁ + ½(1 − ρ) r² = its size
        p, q = 0.5 * (1 - l1_ratio), l1_ratio * abs(circle).sum(-1)
        radius = reach / q if p == 0 else (np.sqrt(q * q + 4 * p * reach) - q) / (2 * p)
        edge = radius[:, None] * circle
        np.testing.assert_allclose(geometry.size(edge, l1_ratio), reach, atol=1e-12)
        assert geometry.loss(edge, H, wanted).min() >= lowest - 1e-12
        contour = wanted + np.sqrt(2 * lowest) * circle @ np.linalg.inv(np.linalg.cholesky(H))
        np.testing.assert_allclose(geometry.loss(contour, H, wanted), lowest, atol=1e-12)
        assert geometry.size(contour, l1_ratio).min() >= reach - 1e-12


# ---------------------------------------------------------------- one weight


@ratios
@pytest.mark.parametrize("a", [-1.7, -0.3, 0.0, 0.4, 2.1])
@pytest.mark.parametrize("h", [0.3, 1.0, 2.5])
def test_minimiser_of_one_weight(l1_ratio, a, h):
    for lam in (0.0, 0.2, 0.9, 5.0):
        found = minimize_scalar(
            geometry.objective, bounds=(-3, 3), args=(a, lam, l1_ratio, h), method="bounded", options={"xatol": 1e-10}
        )
        assert geometry.minimiser(a, lam, l1_ratio, h) == pytest.approx(found.x, abs=1e-6)


def test_l1_subtracts_and_l2_divides():
    a = np.array([-2.0, -0.5, 0.0, 0.4, 0.5, 3.0])
    np.testing.assert_array_equal(geometry.minimiser(a, 0.5, 1.0), [-1.5, 0, 0, 0, 0, 2.5])
    np.testing.assert_allclose(geometry.minimiser(a, 0.5, 0.0), a / 1.5)


@ratios
def test_without_correlation_a_weight_in_the_plane_is_a_weight_alone(l1_ratio):
    H, wanted = hessian(0.0, 9.0), np.array([1.2, -0.7])
    path = solution_path(H, wanted, LAMBDAS, l1_ratio)
    for i in (0, 1):
        alone = geometry.minimiser(wanted[i], LAMBDAS, l1_ratio, H[i, i])
        np.testing.assert_allclose(path[:, i], alone, atol=1e-14)
        np.testing.assert_array_equal(path[:, i] == 0, alone == 0)


@ratios
def test_force_is_minus_the_penaltys_slope(l1_ratio):
    v, step = np.array([-1.3, -0.01, 0.02, 0.8]), 1e-6
    rise = geometry.objective(v + step, 0, 0.7, l1_ratio, 0) - geometry.objective(v - step, 0, 0.7, l1_ratio, 0)
    np.testing.assert_allclose(geometry.force(v, 0.7, l1_ratio), -rise / (2 * step), atol=1e-8)


def test_near_zero_l1s_force_stays_and_l2s_vanishes():
    near = 10.0 ** -np.arange(1, 9)
    np.testing.assert_array_equal(geometry.force(near, 0.3, 1.0), np.full(8, -0.3))
    np.testing.assert_allclose(geometry.force(near, 0.3, 0.0), -0.3 * near)


# ---------------------------------------------------------------- priors


@pytest.mark.parametrize("l1_ratio", [0.0, 1.0])
@pytest.mark.parametrize("lam", [0.05, 1.0, 8.0])
def test_priors_are_densities_whose_negative_logarithm_is_the_penalty(l1_ratio, lam):
    mass = 2 * quad(lambda v: np.exp(geometry.log_prior(v, lam, l1_ratio)), 0, np.inf)[0]
    assert mass == pytest.approx(1, abs=1e-7)
    v = np.array([-2.0, 0.1, 0.9])
    penalty = geometry.objective(v, 0, lam, l1_ratio, 0)
    np.testing.assert_allclose(geometry.log_prior(0.0, lam, l1_ratio) - geometry.log_prior(v, lam, l1_ratio), penalty)


@pytest.mark.parametrize("l1_ratio", [0.0, 1.0])
@pytest.mark.parametrize("a", [-1.2, 0.3])
def test_the_posteriors_mode_is_the_penalised_minimum(l1_ratio, a):
    h, lam = 1.7, 0.8

    def minus_log_posterior(v):
        return 0.5 * h * (v - a) ** 2 - geometry.log_prior(v, lam, l1_ratio)

    grid = np.linspace(-2, 2, 400_001)
    mode = grid[minus_log_posterior(grid).argmin()]
    assert geometry.minimiser(a, lam, l1_ratio, h) == pytest.approx(mode, abs=1e-5)


def test_a_prior_that_is_neither_is_refused():
    with pytest.raises(ValueError, match=r"l1_ratio=0\.5"):
        geometry.log_prior(0.0, 1.0, 0.5)
