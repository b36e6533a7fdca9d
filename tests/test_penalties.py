"""A penalty is value, gradient, prox and λ_max; each is compared with something that knows nothing of our formulas."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, lasso_path

from wd_core import Experiment
from wd_core.engine.penalties import PENALTIES, make_penalty, soft_threshold, value
from wd_core.engine.update import Update
from wd_core.tables import rows_of

SEEDS, LAMBDAS, PARAMETERS = 3, 5, 7
MASK = np.array([True, True, False, True, True, True, False])
RNG = np.random.default_rng(20)


def soft(w: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    out = np.full_like(w, np.nan)
    soft_threshold(w, np.broadcast_to(threshold, w.shape), out=out, scratch=np.empty_like(w))
    return out


# ---------------------------------------------------------------- prox


@pytest.mark.parametrize("threshold", [0.0, 0.1, 0.7, 3.0])
@pytest.mark.parametrize("w", [-2.3, -0.7, -0.05, 0.0, 0.3, 0.70001, 1.9])
def test_soft_threshold_minimises_half_the_squared_distance_plus_t_times_modulus(w: float, threshold: float) -> None:
    found = minimize_scalar(lambda v: 0.5 * (v - w) ** 2 + threshold * abs(v), bounds=(-4, 4), options={"xatol": 1e-10})
    assert soft(np.array([w]), np.array([threshold]))[0] == pytest.approx(found.x, abs=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_soft_threshold_sets_weights_up_to_the_threshold_exactly_to_zero(dtype: type) -> None:
    w = RNG.standard_normal((SEEDS, LAMBDAS, PARAMETERS)).astype(dtype)
    w[0, 0, :3] = 0.5, -0.5, 0.0
    np.testing.assert_array_equal(soft(w, dtype(0.5)) == 0, np.abs(w) <= 0.5)


def test_soft_threshold_takes_as_much_off_every_weight_and_never_turns_its_sign() -> None:
    w = RNG.standard_normal((SEEDS, LAMBDAS, PARAMETERS))
    threshold = RNG.uniform(0, 1, w.shape)
    np.testing.assert_allclose(soft(w, threshold), np.sign(w) * np.maximum(np.abs(w) - threshold, 0), atol=1e-15)


def test_a_threshold_of_zero_changes_no_bit() -> None:
    w = RNG.standard_normal((SEEDS, LAMBDAS, PARAMETERS)).astype(np.float32)
    np.testing.assert_array_equal(soft(w, np.float32(0)), w)


def test_soft_threshold_may_work_in_place() -> None:
    w, threshold = RNG.standard_normal(PARAMETERS), np.full(PARAMETERS, 0.4)
    expected = soft(w, threshold)
    soft_threshold(w, threshold, out=w, scratch=np.empty_like(w))
    np.testing.assert_array_equal(w, expected)


# ---------------------------------------------------------------- value, strengths


def test_the_value_of_a_case_done_by_hand() -> None:
    w = np.array([2.0, -3.0, 10.0])
    l1, l2 = make_penalty("elastic", 0.25).strengths(np.array(0.8), np.array([True, True, False]))
    assert value(w, l1, l2) == pytest.approx(0.2 * (2 + 3) + 0.5 * 0.6 * (4 + 9))


@pytest.mark.parametrize(
    ("name", "l1_ratio", "expected"),
    [("none", 0.3, (0, 0)), ("l1", 0.3, (1, 0)), ("l2", 0.3, (0, 1)), ("elastic", 0.3, (0.3, 0.7))],
)
def test_a_penalty_splits_its_lambda(name: str, l1_ratio: float, expected: tuple[float, float]) -> None:
    penalty = make_penalty(name, l1_ratio)
    assert (penalty.l1_share, penalty.l2_share) == pytest.approx(expected)


@pytest.mark.parametrize(("l1_ratio", "name"), [(1.0, "l1"), (0.0, "l2")])
def test_the_elastic_net_ends_in_l1_and_in_l2(l1_ratio: float, name: str) -> None:
    assert make_penalty("elastic", l1_ratio) == make_penalty(name)


@pytest.mark.parametrize("name", PENALTIES)
def test_every_run_has_its_own_strength_on_weights_and_none_on_biases(name: str) -> None:
    lambdas = RNG.uniform(0.1, 1, (SEEDS, LAMBDAS))
    penalty = make_penalty(name, 0.3)
    for strength, share in zip(penalty.strengths(lambdas, MASK), (penalty.l1_share, penalty.l2_share), strict=True):
        assert strength.shape == (SEEDS, LAMBDAS, PARAMETERS)
        assert not strength[..., ~MASK].any()
        np.testing.assert_array_equal(strength[..., MASK], np.repeat(lambdas[..., None] * share, MASK.sum(), -1))


@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic"])
def test_the_subgradient_step_goes_down_the_slope_of_the_value(penalty: str) -> None:
    lambdas = (0.0, 0.1, 0.5, 1.0, 2.0)
    e = Experiment(penalty=penalty, l1_ratio=0.3, lambdas=lambdas, decay="subgradient", optimizer="sgd")
    w = RNG.standard_normal((SEEDS, LAMBDAS, PARAMETERS))
    strengths = make_penalty(penalty, 0.3).strengths(np.array(lambdas), MASK)
    slope, h = np.empty_like(w), 1e-6
    for p, unit in enumerate(np.eye(PARAMETERS)):
        slope[..., p] = (value(w + h * unit, *strengths) - value(w - h * unit, *strengths)) / (2 * h)
    after = w.copy()
    Update(rows_of(e, lambdas, MASK), after, np.zeros_like(w), 1)(1)
    np.testing.assert_allclose(after, w - 0.01 * slope, atol=1e-10)


# ---------------------------------------------------------------- λ_max


@pytest.fixture(scope="module")
def examples() -> tuple[np.ndarray, np.ndarray]:
    """x (61, 7) and y (61,), neither centred."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal((61, 7)) * rng.uniform(0.5, 2, 7) + rng.standard_normal(7)
    return x, x[:, 0] - 0.4 * x[:, 3] + 0.5 * rng.standard_normal(61) + 2


def test_lambda_max_is_where_lasso_path_begins(examples) -> None:
    x, y = examples
    alphas, _, _ = lasso_path(x - x.mean(0), y - y.mean())
    assert make_penalty("l1").lambda_max(x, y) == pytest.approx(alphas[0], rel=1e-12)


@pytest.mark.parametrize("l1_ratio", [1.0, 0.6, 0.1])
def test_the_elastic_net_is_zero_from_lambda_max_on_and_not_just_below(examples, l1_ratio: float) -> None:
    x, y = examples
    top = make_penalty("elastic", l1_ratio).lambda_max(x, y)
    above, below = (ElasticNet(alpha=top * f, l1_ratio=l1_ratio, tol=1e-10).fit(x, y).coef_ for f in (1.0001, 0.999))
    assert not above.any()
    assert np.count_nonzero(below) == 1


def test_lambda_max_of_l1_is_the_lasso_one(examples) -> None:
    x, y = examples
    top = make_penalty("l1").lambda_max(x, y)
    assert not Lasso(alpha=top * 1.0001, tol=1e-10).fit(x, y).coef_.any()
    assert Lasso(alpha=top * 0.999, tol=1e-10).fit(x, y).coef_.any()


@pytest.mark.parametrize("classes", [2, 3])
def test_lambda_max_holds_for_cross_entropy(examples, classes: int) -> None:
    x, y = examples
    labels = np.digitize(y, np.quantile(y, np.arange(1, classes) / classes))
    encoded = labels if classes == 2 else np.eye(classes)[labels]
    top = make_penalty("l1").lambda_max(x, encoded)

    def coefficients(strength: float) -> np.ndarray:
        c = 1 / (len(x) * strength)
        return LogisticRegression(C=c, l1_ratio=1, solver="saga", tol=1e-8, max_iter=20_000).fit(x, labels).coef_

    assert np.abs(coefficients(1.01 * top)).max() < 1e-6
    assert np.abs(coefficients(0.97 * top)).max() > 1e-3


def test_l2_never_reaches_zero(examples) -> None:
    assert make_penalty("l2").lambda_max(*examples) == np.inf
