"""Grokking's measurements: the spectrum of a network written down by hand, the temperature, the moment."""

import numpy as np
import pytest

from wd_core import train
from wd_core.datasets.modular_addition import P
from wd_core.evaluation import score_runs
from wd_core.studies import grokking as study
from wd_core.studies.starts import scaled_starts

FREQUENCIES = (1, 4, 6, 9)


@pytest.fixture(scope="module")
def trained():
    return study.grok(study.recipe(lambdas=(0.0, 1.0), seeds=(0, 1), steps=250))


def by_hand(frequencies: tuple[int, ...] = FREQUENCIES) -> np.ndarray:
    """(P,) parameters of Gromov's solution: 16 units a frequency k, cos(2πka/p + φ) + cos(2πkb/p + ψ), squared, read by
    cos(2πkc/p + φ + ψ); φ and ψ in quarters, so that everything but cos(2πk(a + b − c)/p) cancels."""
    numbers, first, last = 2 * np.pi * np.arange(P) / P, [], []
    for k in frequencies:
        for phase in np.arange(4) * np.pi / 2:
            for other in np.arange(4) * np.pi / 2:
                first.append(np.concatenate([np.cos(k * numbers + phase), np.cos(k * numbers + other)]))
                last.append(np.cos(k * numbers + phase + other))
    return np.concatenate([np.ravel(first), np.transpose(last).ravel()])


def accuracy(e, weights: np.ndarray) -> float:
    data = e.data(0)
    x, y = np.concatenate([data.X_train, data.X_test]), np.concatenate([data.y_train, data.y_test])
    return float((score_runs(e.layers, weights[None], x)[0].argmax(0) == y).mean())


def test_a_network_written_by_hand_adds_and_has_the_peaks_that_were_put_there():
    e, weights = study.recipe(), by_hand()
    assert accuracy(e, weights) == 1
    power = study.spectrum(study.embedding(e, weights))
    assert power.shape == (64, P // 2 + 1)
    np.testing.assert_array_equal(power.argmax(-1), np.repeat(FREQUENCIES, 16))
    np.testing.assert_allclose(study.concentration(power), 1)
    shares = power.sum(0) / power.sum()
    np.testing.assert_allclose(shares[list(FREQUENCIES)], 1 / 4, atol=1e-12)


def test_the_spectrum_of_noise_adds_up_to_the_squares_and_has_no_peak():
    noise = np.random.default_rng(0).standard_normal((5, 64, 2, P))
    power = study.spectrum(noise)
    np.testing.assert_allclose(power.sum(-1), np.square(noise).sum((-1, -2)))
    assert study.concentration(power).max() < 0.4
    constant = study.spectrum(np.ones((1, 2, P)))
    np.testing.assert_allclose(constant[0], [2 * P] + [0] * (P // 2), atol=1e-9)


def test_held_out_are_all_sums_that_are_not_for_training(trained):
    h = train(study.recipe(lambdas=(0.0, 1.0), seeds=(0, 1), steps=250))
    for s, seed in enumerate((0, 1)):
        d = h.experiment.data(seed)
        x, y = np.concatenate([d.X_validation, d.X_test]), np.concatenate([d.y_validation, d.y_test])
        scores = score_runs(h.experiment.layers, h.weights[:, s, -1], x)
        np.testing.assert_allclose(trained.held_out[:, s, -1], (scores.argmax(1) == y).mean(-1), rtol=1e-6)
        assert len(y) + len(d.y_train) == P * P


def test_decay_brings_the_moment_and_the_waves(trained):
    assert np.isfinite(trained.learned).all()
    assert np.isnan(trained.understood[0]).all()
    assert (trained.understood[1] > trained.learned[1]).all()
    waves = study.concentration(study.spectrum(study.embedding(trained.experiment, trained.weights)))  # (λ, step)
    assert waves[1, -1] > 2 * waves[1, 0]
    assert waves[1, -1] > waves[0, -1]


def test_the_moment_is_the_first_step_at_nine_in_ten():
    steps, accuracy = np.array([0, 5, 9]), np.array([[0.1, 0.9, 0.3], [0.1, 0.89, 0.89], [1.0, 0.0, 0.0]])
    np.testing.assert_array_equal(study.moment(accuracy, steps), [5, np.nan, 0])


@pytest.mark.parametrize("activation", study.DEGREE)
def test_multiplied_weights_are_a_temperature(activation):
    e = study.recipe(activation, lambdas=(1.0,), steps=60)
    h, factors = train(e), np.array([0.5, 1.0, 1.7])
    cooled, held = study.temperature(e, h.weights[:, 0, -1], factors)
    np.testing.assert_allclose(cooled[:, 1], h.train_loss[:, 0, -1], rtol=1e-4)
    d = e.data(0)
    for i, factor in enumerate(factors):
        scores = score_runs(e.layers, factor * h.weights[0, :, -1], d.X_train)
        np.testing.assert_allclose(cooled[0, i], e.target.loss.value(scores, e.target.encode(d.y_train, np.float32))[0],
                                   rtol=1e-4)  # fmt: skip
        np.testing.assert_array_equal(scores.argmax(1), score_runs(e.layers, h.weights[0, :, -1], d.X_train).argmax(1))
    assert held.shape == (1, 3)


def test_a_larger_start_is_a_larger_start(monkeypatch):
    monkeypatch.setattr(study, "UNDERSTOOD", 0.06)
    e = study.recipe(lambdas=(0.0, 1.0), steps=40, seeds=(0, 1))
    plain, larger = train(e), scaled_starts(e, (1.0, 3.0), e.record_at)
    np.testing.assert_array_equal(larger[0].weights, plain.weights)
    np.testing.assert_allclose(larger[1].weights[:, :, 0], 3 * plain.weights[:, :, 0], rtol=1e-6)
    found = study.starts(e, (1.0, 3.0))
    np.testing.assert_array_equal(found[0], study.grok(e).understood)
    assert (found[1] != found[0]).any()


def test_the_slope_of_one_over_lambda_is_minus_one():
    lambdas = np.array([0.0, 0.1, 1.0, 4.0])
    delay = np.stack([[np.nan, 1000, 100, 25], [np.nan, 50, 50, 50], [np.nan, np.nan, 3, 2]], axis=1).astype(float)
    np.testing.assert_allclose(study.slope(delay, lambdas), [-1, 0, np.nan], atol=1e-12)
