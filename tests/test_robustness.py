"""Disturbed examples that are what they say, the same for every λ; Jacobians against finite differences."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from wd_core import Experiment, train
from wd_core.evaluation import score_new
from wd_core.studies import beyond
from wd_core.studies import robustness as rob
from wd_core.studies.predictions import chosen

MODELS = (
    ("moons", "logistic"), ("iris", "mlp"), ("circles", "logistic"), ("digits", "mlp"), ("digits", "cnn"),
    ("vowels", "mlp"), ("vowels", "gru"), ("vowels", "transformer"), ("surnames", "rnn"), ("surnames", "mlp"),
)  # fmt: skip
each_model = pytest.mark.parametrize(("data", "model"), MODELS)


def setting(data: str, model: str, **changes) -> Experiment:
    e = beyond.start(data, model, (0, 3))
    width = {"transformer": (8, 6), "cnn": (3, 2)}.get(model, (5,))
    return e.replace(hidden=width, steps=6, lambdas=(0.0, 1e-2), **changes)


@pytest.mark.parametrize(("data", "model"), [m for m in MODELS if m != ("surnames", "rnn")])
def test_the_jacobian_is_the_slope(data, model):
    """∂score/∂x·u against central differences along random u, in float64. A recurrent model has nothing between two
    letters to try; on vowels it has."""
    e = setting(data, model)
    X = e.data(0).X_test[:5]
    rng = np.random.default_rng(0)
    weights = rng.standard_normal((3, e.n_parameters)) * 0.5
    J, h = rob.jacobians(e, weights, X), 1e-5
    for _ in range(3):
        u = rng.standard_normal(X.shape)
        ahead, back = (score_new(e, X, weights, X + sign * h * u) for sign in (1, -1))
        along = np.nan_to_num(np.moveaxis(u, 0, -1))  # after the end of a sequence u does nothing
        if X.ndim == 3:
            along = np.where(np.isnan(X), 0, u).transpose(2, 1, 0)  # frames: coefficients, then time
        found = np.einsum("roin,in->ron", J, along.reshape(-1, len(X)))
        np.testing.assert_allclose(found, (ahead - back) / (2 * h), atol=1e-7 * np.abs(J).max())


def test_the_norm_of_the_probabilities_is_the_slope_of_predict():
    for data, model in (("iris", "softmax"), ("moons", "mlp")):
        e = Experiment(dataset=data, model=model, n_samples=60, steps=30, lambdas=(0.0, 1e-2), seeds=(0, 1))
        h = train(e, dtype=np.float64)
        found, step = rob.jacobian_norm(h, "test", "probabilities"), 1e-5
        for s, seed in enumerate(e.seeds):
            X = e.data(seed).X_test
            slopes = [(h.predict(X + step * unit) - h.predict(X - step * unit))[:, s] / (2 * step)
                      for unit in np.eye(X.shape[1])]  # fmt: skip
            norms = np.sqrt(np.square(slopes).sum((0, -1))).mean(-1)
            np.testing.assert_allclose(found[:, s], norms, rtol=1e-6)


def test_batch_norm_is_refused_by_name():
    with pytest.raises(ValueError, match=r"norm=batch.*allowed"):
        rob.jacobians(Experiment(norm="batch"), np.zeros((1, 2)), np.zeros((1, 2)))


@each_model
def test_what_is_not_disturbed_is_the_test_part_itself(data, model):
    e = setting(data, model)
    (h,) = beyond.train_ends([e])
    for found in (rob.noise_scores(h, "test", (0.0, 0.4))[0], rob.drift_scores(h, "test", amounts=(0.0,))[0],
                  rob.drift_scores(h, "test", "spread", (0.0,))[0]):  # fmt: skip
        np.testing.assert_allclose(found, h.test_score[:, :, -1], atol=1e-6)


def test_noise_has_the_size_that_it_says():
    for data, model in (("iris", "mlp"), ("moons", "mlp"), ("digits", "cnn"), ("vowels", "gru")):
        e = setting(data, model)
        X, unit = rob.examples(e, 0, "test"), rob.unit_and_centre(e, 0)[0]
        added = (rob.noisy(e, 0, X, 0.5) - X) / unit
        assert abs(np.nanstd(added) - 0.5) < 0.05
        np.testing.assert_array_equal(np.isnan(added), np.isnan(X))  # the end of a sequence stays where it is
        twice = (rob.noisy(e, 0, X, 1.0) - X) / unit
        np.testing.assert_allclose(twice, 2 * added, atol=1e-9)


def test_a_picture_gets_the_same_noise_whichever_model_looks():
    pixels = {}
    for model in ("mlp", "cnn"):
        e = setting("digits", model)
        X = rob.examples(e, 0, "test")
        mean, spread = rob.prepared(e, 0).moments
        train_pixels = rob.examples(e, 0, "train") * spread + mean
        added = (rob.noisy(e, 0, X, 0.3) - X) * spread
        assert abs(added.std() / train_pixels.std() - 0.3) < 0.01
        moved = (rob.drifted(e, 0, X, 0.3) - X) * spread
        pixels[model] = moved.reshape(len(X), -1)
        assert np.ptp(pixels[model]) < 1e-9  # the light changes everywhere alike
        wide = rob.drifted(e, 0, X, 1.0, "spread") * spread + mean
        before = X * spread + mean
        middle = train_pixels.mean()
        np.testing.assert_allclose(wide - middle, 2 * (before - middle), atol=1e-8)
    np.testing.assert_allclose(pixels["mlp"], pixels["cnn"])


def test_a_shift_moves_the_digits_themselves():
    known = {tuple(row) for row in load_digits().data.astype(int)}
    for model in ("mlp", "cnn"):
        e = setting("digits", model)
        X = rob.examples(e, 0, "test")
        mean, spread = rob.prepared(e, 0).moments
        before, after = (
            np.rint(Z * spread + mean).astype(int).reshape(-1, 8, 8) for Z in (X, rob.shifted(e, 0, X, 1, 0))
        )
        assert all(tuple(image.ravel()) in known for image in before)
        np.testing.assert_array_equal(after[:, 1:], before[:, :-1])
        assert not after[:, 0].any()
        left = np.rint(rob.shifted(e, 0, X, 0, -1) * spread + mean).astype(int).reshape(-1, 8, 8)
        np.testing.assert_array_equal(left[..., :-1], before[..., 1:])
    e = setting("iris", "mlp")
    with pytest.raises(ValueError, match="pictures"):
        rob.shifted(e, 0, np.zeros((2, 4)), 1, 0)


def test_letters_become_other_letters_and_no_word_grows():
    e = setting("surnames", "rnn")
    X = rob.examples(e, 0, "test")
    for found, share in ((rob.noisy(e, 0, X, 0.3), 0.3), (rob.noisy(e, 0, X, 1.0), 1.0)):
        np.testing.assert_array_equal(found > 0, X > 0)
        assert found.max() <= e.form.symbols
        assert abs((found != X)[X > 0].mean() - share) < 0.03
    gone = rob.drifted(e, 0, X, 0.5)
    pairs = {(a, b) for a, b in zip(X[X > 0], gone[X > 0], strict=True)}
    assert len(pairs) == len({a for a, _ in pairs})  # a letter is always written the same way
    assert 0.3 < np.mean([a != b for a, b in pairs]) < 0.7


def test_what_fills_up_a_flattened_row_is_not_disturbed():
    e = setting("vowels", "mlp")
    X = rob.examples(e, 0, "test")
    there = ~np.isnan(X).reshape(len(X), -1)
    seen = rob.as_seen(e, 0, rob.noisy(e, 0, X, 1.0))
    assert not seen[~there].any()
    (h,) = beyond.train_ends([e])
    J = rob.jacobians(e, h.weights[:, 0, -1], e.data(0).X_test)
    whole = np.sqrt(np.square(J).sum((1, 2))).mean(-1)
    assert (rob.jacobian_norm(h, "test", most=10_000)[:, 0] < 0.99 * whole).all()


def test_drift_moves_every_mean_by_what_it_says():
    e = setting("iris", "mlp")
    X = rob.examples(e, 0, "test")
    np.testing.assert_allclose(np.abs(rob.drifted(e, 0, X, 0.7) - X), 0.7)
    assert not np.allclose(rob.drifted(e, 0, X, 0.7), rob.drifted(e, 4, X, 0.7))
    with pytest.raises(ValueError, match="allowed"):
        rob.drifted(e, 0, X, 0.7, "sideways")


def test_more_validation_and_test_but_no_more_training_examples():
    e = beyond.start("digits", "cnn", range(3))
    opening = Experiment.from_query("dataset=digits")
    assert len(e.data(0).y_train) == len(opening.data(0).y_train)
    assert len(e.data(0).y_test) > 2 * len(opening.data(0).y_test)


def test_the_choice_does_not_look_at_the_test_part():
    (h,) = beyond.train_ends([setting("iris", "mlp", seeds=(0, 1, 2))])
    spoiled = h.__class__(**{**vars(h), "test_loss": -h.test_loss, "test_score": 1 - h.test_score})
    np.testing.assert_array_equal(chosen(h), chosen(spoiled))
    np.testing.assert_array_equal(chosen(h), h.validation_loss[:, :, -1].argmin(0))
