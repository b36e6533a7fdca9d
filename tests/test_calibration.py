"""Calibration against scikit-learn and against models whose calibration is known."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import confusion_matrix

from wd_core import Experiment, train
from wd_core.studies import calibration as cal
from wd_core.studies.predictions import labels_of, probabilities


@pytest.fixture
def said():
    """Confidences (3, 400), some of them on the edge of a bin, and what came out."""
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.3, 1, (3, 400))
    confidence[:, :20] = np.linspace(0.1, 1, 10).repeat(2)
    return confidence, rng.random((3, 400)) < confidence**2


def test_the_diagram_is_scikit_learns(said):
    found = cal.reliability(*said)
    for run, (p, right) in enumerate(zip(*said, strict=True)):
        accuracy, confidence = calibration_curve(right, p, n_bins=cal.BINS)
        full = found.share[run] > 0
        np.testing.assert_allclose(found.accuracy[run, full], accuracy)
        np.testing.assert_allclose(found.confidence[run, full], confidence)
        counts = np.histogram(np.nextafter(p, 0), np.linspace(0, 1, cal.BINS + 1))[0]
        np.testing.assert_allclose(found.share[run] * len(p), counts)
        expected = np.average(np.abs(accuracy - confidence), weights=counts[counts > 0])
        np.testing.assert_allclose(found.error[run], expected)


def test_a_calibrated_model_has_the_error_that_was_expected_of_it(said):
    confidence = said[0][0]
    rng = np.random.default_rng(1)
    errors = [cal.reliability(confidence, rng.random(400) < confidence).error for _ in range(300)]
    expected = cal.expected_if_calibrated(confidence, draws=300)
    assert abs(np.mean(errors) - expected) < 4 * np.std(errors) / 300**0.5
    assert cal.reliability(*said).error.min() > 2 * expected  # those of `said` are surer than right


def test_too_sure_and_too_shy_have_their_signs(said):
    confidence, right = said
    assert (cal.reliability(confidence, right).overconfidence > 0.1).all()
    assert (cal.reliability(right.mean() * np.ones_like(confidence) - 0.1, right).overconfidence < -0.05).all()


def test_what_diverged_is_unknown(said):
    confidence, right = said[0].copy(), said[1]
    confidence[1] = np.nan
    found = cal.reliability(confidence, right)
    assert np.isnan(found.error).tolist() == [False, True, False]


@pytest.mark.parametrize("data", ["moons", "iris"])
def test_the_matrix_is_scikit_learns(data):
    h = train(Experiment(dataset=data, n_samples=100, steps=20, lambdas=(0.0, 0.1), seeds=(0, 1)))
    p, y = probabilities(h, "test"), labels_of(h, "test")
    np.testing.assert_allclose(p.sum(-1), 1, rtol=1e-5)
    found = cal.confusion(p, y)
    for i, s in np.ndindex(2, 2):
        np.testing.assert_array_equal(found[i, s], confusion_matrix(y[s], p[i, s].argmax(-1)))
    np.testing.assert_allclose(cal.right_of(p, y).mean(-1), h.test_score[:, :, -1], rtol=1e-6)
    loss = -np.log((p * np.eye(p.shape[-1])[y]).sum(-1)).mean(-1)  # they are what the loss speaks of
    np.testing.assert_allclose(loss, h.test_loss[:, :, -1], rtol=1e-4)


def test_regression_has_no_probabilities():
    h = train(Experiment(dataset="plane", model="linear", steps=3))
    with pytest.raises(ValueError, match="allowed"):
        probabilities(h, "test")
