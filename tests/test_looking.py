"""What a network sees: gradients at the pixels against finite differences, feature maps against SciPy's convolution."""

import numpy as np
import pytest
from scipy.signal import correlate2d

from wd_core import Experiment
from wd_core.engine.network import initial_weights
from wd_core.evaluation import score_runs
from wd_core.studies.looking import feature_maps, roughness, saliency


def setting(**change) -> tuple[Experiment, np.ndarray, np.ndarray, np.ndarray]:
    """An experiment, weights of three runs, four validation images and their classes, in float64."""
    e = Experiment(dataset="digits", n_samples=60, activation="relu", lambdas=(0.0,), seeds=(0,)).replace(**change)
    rng, data = np.random.default_rng(0), e.data(0)
    weights = np.stack([initial_weights(e.layers(), rng) for _ in range(3)])
    weights += 0.1 * rng.standard_normal(weights.shape)  # biases too
    return e, weights, data.X_validation[:4].astype(float), data.y_validation[:4]


@pytest.mark.parametrize(
    "change",
    [
        {"model": "cnn", "hidden": (3, 5)},
        {"model": "cnn", "hidden": (3,), "activation": "tanh", "dataset": "fashion"},
        {"model": "mlp", "hidden": (7,)},
        {"model": "softmax"},
    ],
    ids=["cnn", "cnn, tanh", "mlp", "softmax"],
)
def test_saliency_is_the_slope_of_the_class_score_less_the_mean_score(change):
    e, weights, X, y = setting(**change)
    found = saliency(e, weights, X, y)
    assert found.shape == (3, *X.shape)
    direction, small = np.random.default_rng(1).standard_normal(X.shape), 1e-6

    def wanted(X: np.ndarray) -> np.ndarray:
        scores = score_runs(e.layers, weights, X)
        return scores[:, y, np.arange(len(y))] - scores.mean(1)

    slope = (wanted(X + small * direction) - wanted(X - small * direction)) / (2 * small)
    np.testing.assert_allclose((found * direction).reshape(3, 4, -1).sum(-1), slope, rtol=1e-6, atol=1e-7)


def test_saliency_of_many_runs_is_that_of_each(monkeypatch):
    e, weights, X, y = setting(model="cnn", hidden=(3, 5))
    together = saliency(e, weights, X, y)
    monkeypatch.setattr("wd_core.studies.looking.RUNS_AT_ONCE", 2)
    np.testing.assert_allclose(saliency(e, weights, X, y), together, rtol=1e-12)


def test_feature_maps_are_convolution_mean_and_activation():
    e, weights, X, _ = setting(model="cnn", hidden=(3, 5))
    found = feature_maps(e, weights, X)
    assert found.shape == (3, 4, 3, 4, 4)
    block = weights[1, :30].reshape(3, 10)
    z = correlate2d(X[2, 0], block[2, :9].reshape(3, 3), mode="same") + block[2, 9]
    np.testing.assert_allclose(found[1, 2, 2], np.maximum(z.reshape(4, 2, 4, 2).mean((1, 3)), 0), rtol=1e-9, atol=1e-12)


def test_roughness_of_known_patterns():
    rng = np.random.default_rng(0)
    checks = np.indices((8, 8)).sum(0) % 2 * 2.0 - 1
    assert roughness(np.ones((8, 8))) == 0
    assert roughness(checks) == pytest.approx(2)
    assert roughness(rng.standard_normal((400, 40, 40))).mean() == pytest.approx(1, abs=0.02)
    assert roughness(7 * checks) == roughness(checks)
    assert np.isnan(roughness(np.zeros((8, 8))))
