"""Iterations and seconds: against the closed form of gradient descent, and a clock that is known."""

import numpy as np
import pytest

from wd_core import Experiment, train_all
from wd_core.studies.convergence import NEAR, converge, iterations, passes, seconds_per_step

LINE = Experiment(
    dataset="diabetes", n_samples=120, model="linear", optimizer="sgd", lr=0.1, steps=400, lambdas=(0.0, 0.3),
    seeds=(0, 1),
)  # fmt: skip


def test_the_step_at_which_a_curve_passes():
    steps = np.array([0, 1, 2, 4])
    values = np.array([[8.0, 4, 2, 1], [8, 6, 6, 6]])
    np.testing.assert_allclose(passes(steps, values, np.array([3.0, 5.0])), [1.5, np.nan])
    np.testing.assert_allclose(passes(steps, values, np.array([8.0, 6.0])), [0, 1])
    np.testing.assert_allclose(passes(steps, values, np.array([1.0, 7.0])), [4, 0.5])


def test_iterations_are_those_of_gradient_descent():
    """On a quadratic w_t = w* + (1 − η(H + λ))^t (w_0 − w*): the objective's gap, counted step by step."""
    found = converge({"gd": LINE})["gd"]
    (h,) = train_all([LINE], record_at=(0, 400))
    for s, seed in enumerate(LINE.seeds):
        data = LINE.data(seed)
        A = np.hstack([data.X_train, np.ones((len(data.y_train), 1))])
        for which, lam in ((0, 0.0), (1, 0.3)):
            H = A.T @ A / len(A) + np.diag([lam] * (A.shape[1] - 1) + [0.0])
            least = np.linalg.solve(H, A.T @ data.y_train / len(A))
            v = h.weights[which, s, 0].astype(float) - least
            gaps = []
            for _ in range(401):
                gaps.append(v @ H @ v)
                v = v - 0.1 * H @ v
            first = np.argmax(np.array(gaps) <= gaps[-1] + NEAR * (gaps[0] - gaps[-1]))
            assert found.own[which][s] == pytest.approx(first, abs=max(1.5, 0.03 * first))


def test_lambda_is_chosen_by_validation_and_the_data_loss_is_one_for_both():
    e = LINE.replace(lambdas=(0.0, 1e-3, 0.3, 10.0))
    (h,) = train_all([e], record_at=range(0, 401, 4))
    found = iterations(h)
    best = h.validation_loss[1:, :, -1].argmin(0) + 1
    np.testing.assert_array_equal(found.lam, h.lambdas[best])
    spoiled = h.__class__(**{**vars(h), "test_loss": -h.test_loss, "test_score": 1 - h.test_score})
    np.testing.assert_array_equal(iterations(spoiled).lam, found.lam)
    for s in range(2):
        lowest = h.train_loss[best[s], s].min()
        target = h.train_loss[0, s, 0] - 0.9 * (h.train_loss[0, s, 0] - lowest)
        for which, i in ((0, 0), (1, best[s])):
            step = found.data[which][s]
            k = int(np.searchsorted(h.steps, step))
            assert h.train_loss[i, s, k] <= target <= h.train_loss[i, s, k - 1]
    with pytest.raises(ValueError, match="allowed: 0 first"):
        iterations(h.__class__(**{**vars(h), "lambdas": h.lambdas[::-1]}))


def test_seconds_are_interleaved_and_the_least_counts():
    """A clock by which every training takes a second more than the one before it: only the order decides."""
    now = [0.0, 0.0]

    def clock() -> float:
        now[0] += 1
        now[1] += now[0] if now[0] % 2 == 0 else 0  # a training ends: it took as long as its number
        return now[1]

    arms = {"a": LINE.replace(penalty="none"), "b": LINE}
    found = seconds_per_step(arms, (0, 1), steps=2, repeats=2, clock=clock)
    np.testing.assert_allclose(found["a"] * 2, [4, 10])
    np.testing.assert_allclose(found["b"] * 2, [2, 12])
