"""Weights of linear models: definitions against finite differences, hand-made numbers and closed forms."""

import numpy as np
import pytest

from wd_core.linear.paths import fit_path
from wd_core.studies import weights
from wd_core.studies.weights import choose, complexity, data_of, dominance, sensitivity, steadiness, unevenness


@pytest.mark.parametrize("dataset", ["diabetes", "breast_cancer", "wine"])
def test_the_jacobian_is_that_of_finite_differences(dataset):
    data = data_of(dataset, 0)
    path = fit_path(data.X["train"], data.y["train"], np.array([0.05, 1.0]), l1_ratio=0.0, task=data.task)
    X, step = data.X["test"][:7], 1e-5

    def said(rows: np.ndarray) -> np.ndarray:
        return path.target.loss.predict(path.scores(rows).swapaxes(1, 2))

    columns = [(said(X + step * e) - said(X - step * e)) / (2 * step) for e in np.eye(X.shape[1])]
    by_hand = np.linalg.norm(np.stack(columns), axis=(0, 2)).mean(-1)
    np.testing.assert_allclose(sensitivity(path, X), by_hand, rtol=1e-6)
    columns = [(path.scores(X + step * e) - path.scores(X - step * e)) / (2 * step) for e in np.eye(X.shape[1])]
    by_hand = np.linalg.norm(np.stack(columns), axis=(0, 3)).mean(-1)
    np.testing.assert_allclose(sensitivity(path, X, "scores"), by_hand, rtol=1e-6)


def test_complexity_has_ridges_degrees_of_freedom_and_counts_parameters():
    chosen = choose(data_of("diabetes", 3))
    X = chosen.data.X["train"]
    h = np.linalg.eigvalsh(np.cov(X.T, bias=True))
    found = complexity(chosen)
    np.testing.assert_allclose(found["effective degrees of freedom"], [10, (h / (h + chosen.lam)).sum()])
    np.testing.assert_allclose(found["parameters that are not zero"], [10, 10])
    sparse = choose(data_of("sparse", 0), "l1")
    found = complexity(sparse)
    assert found["effective degrees of freedom"][1] == found["parameters that are not zero"][1] < 30


def test_the_choice_is_validations_alone():
    data = data_of("breast_cancer", 1)
    chosen = choose(data)
    path = fit_path(data.X["train"], data.y["train"], weights.LAMBDAS, l1_ratio=0.0, task="binary")
    assert chosen.lam == weights.LAMBDAS[path.loss(data.X["validation"], data.y["validation"]).argmin()]
    data.y["test"] = 1 - data.y["test"]
    assert choose(data).lam == chosen.lam


def test_dominance_and_unevenness_of_known_weights():
    w = np.array([[1.0, -1, 1, 1], [0, 0, -3, 0], [2, 1, 0, 1]])
    np.testing.assert_allclose(dominance(w), [1, 4, 2])
    assert np.isnan(dominance(np.zeros(3)))
    assert unevenness(np.array([0.5, -1]), np.array([0.5, -1])) == 0
    assert unevenness(np.array([2.0]), np.array([0.0])) == 1
    assert unevenness(np.array([3.0]), np.array([1.0])) == pytest.approx(0.5)
    assert unevenness(np.array([1.0]), np.array([-1.0])) == 1  # they pull against each other
    assert np.isnan(unevenness(np.zeros(2), np.zeros(2)))


def test_the_spread_of_ridge_over_bootstraps_is_its_covariances(monkeypatch):
    """Ridge's coefficients vary like (H + λ)⁻¹ S (H + λ)⁻¹ / n, with S the scatter of row times residual (White)."""
    monkeypatch.setattr(weights, "DRAWS", 400)
    chosen = choose(data_of("diabetes", 0))
    X, y = chosen.data.X["train"], chosen.data.y["train"]
    found = steadiness(chosen, 0)["standard deviation"]
    for i, lam in enumerate((0.0, chosen.lam)):
        x = X - X.mean(0)
        residual = y - chosen.path.scores(X)[i, :, 0]
        inverse = np.linalg.inv(x.T @ x / len(x) + lam * np.eye(10))
        scatter = (x * residual[:, None]).T @ (x * residual[:, None]) / len(x)
        sd = np.sqrt(np.diag(inverse @ scatter @ inverse) / len(x))
        assert found[i] == pytest.approx(sd.mean(), rel=0.12)  # first order only


def test_steadiness_of_draws_that_are_known(monkeypatch):
    draws = np.array([[-1.0, 1], [-3, -1], [-2, 1], [-2, -1]])  # one steady coefficient, one whose sign is a coin's
    coefficients = np.stack([draws, draws / 2], axis=1)[..., None]
    monkeypatch.setattr(weights, "DRAWS", 4)
    monkeypatch.setattr(weights, "bootstrap_coefficients", lambda *a, **k: coefficients)
    found = steadiness(choose(data_of("diabetes", 0)), 0)
    sd = draws.std(0, ddof=1)
    np.testing.assert_allclose(found["standard deviation"], [sd.mean(), sd.mean() / 2])
    np.testing.assert_allclose(found["agreement on signs"], [0.5, 0.5])
    assert np.isinf(found["relative to the coefficient"]).all()  # half of infinite and finite
