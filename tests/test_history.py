"""History: shapes, and every number in it worked out again from the weights by other means."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from scipy.special import expit, softmax
from sklearn.metrics import accuracy_score, log_loss, r2_score

from wd_core import Experiment, History, train

PARTS = ("train", "validation", "test")
SHAPE = L, S = 5, 3
PATH = {"lambdas": (0.0, 1e-3, 1e-2, 0.1, 1.0), "seeds": (0, 1, 5), "n_samples": 97, "label_noise": 0.1}
KINDS = {
    "regression": {"dataset": "bumps", "hidden": (7, 5), "optimizer": "sgd", "penalty": "l1"},
    "binary": {"dataset": "moons", "hidden": (7,), "penalty": "elastic", "l1_ratio": 0.3},
    "two scores": {"dataset": "moons", "model": "softmax", "penalty": "l2"},
    "multiclass": {"dataset": "blobs", "hidden": (7, 5, 3), "penalty": "none"},
}


@pytest.fixture(scope="module", params=KINDS)
def history(request: pytest.FixtureRequest) -> History:
    return train(Experiment(**PATH, **KINDS[request.param], steps=50), dtype=np.float64)


def outputs(h: History, i: int, j: int, k: int, X: np.ndarray) -> np.ndarray:
    """(n, outputs): values or probabilities of run (i, j) at record k, layer by layer from its flat weights."""
    hidden = h.experiment.hidden if h.experiment.model == "mlp" else ()
    a, start = X, 0
    for width in (*hidden, h.target.outputs):
        size = width * (a.shape[1] + 1)
        layer = h.weights[i, j, k, start : start + size].reshape(width, -1)
        z = a @ layer[:, :-1].T + layer[:, -1]
        a, start = np.tanh(z), start + size
    assert start == h.weights.shape[-1]
    if h.experiment.task == "regression":
        return z
    return expit(z) if h.target.outputs == 1 else softmax(z, axis=1)


def loss_and_score(h: History, found: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """By scikit-learn, of outputs (n, outputs)."""
    if h.experiment.task == "regression":
        return 0.5 * np.mean((y - found[:, 0]) ** 2), r2_score(y, found[:, 0])
    p = found if found.shape[1] > 1 else np.hstack([1 - found, found])
    return log_loss(y, p, labels=range(p.shape[1])), accuracy_score(y, p.argmax(1))


def runs_and_records(h: History) -> list[tuple[int, int, int]]:
    return [(i, j, k) for i in range(L) for j in range(S) for k in (0, 7, len(h.steps) - 1)]


# ---------------------------------------------------------------- shapes


def test_shapes(history: History) -> None:
    K, P = len(history.steps), history.experiment.n_parameters
    assert history.lambdas.shape == (L,)
    assert history.seeds.shape == (S,)
    assert history.diverged.shape == SHAPE
    for name in (*(f"{part}_{kind}" for part in PARTS for kind in ("loss", "score")), "penalty"):
        assert getattr(history, name).shape == (L, S, K)
    assert history.weights.shape == (L, S, K, P)
    assert history.weight_mask.shape == (P,)
    assert history.diverged.dtype == history.weight_mask.dtype == bool


def test_it_says_what_was_trained_and_when(history: History) -> None:
    e = history.experiment
    assert tuple(history.lambdas) == e.lambdas
    assert tuple(history.seeds) == e.seeds
    assert (history.steps[0], history.steps[-1]) == (0, e.steps)
    assert (np.diff(history.steps) > 0).all()


def test_nobody_can_change_it(history: History) -> None:
    arrays = {name: a for name, a in vars(history).items() if isinstance(a, np.ndarray)}
    arrays |= history.wrong or {}
    assert len(arrays) >= 13
    for name, array in arrays.items():
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
        assert not array.flags.writeable, name
    with pytest.raises(FrozenInstanceError):
        history.weights = None


# ---------------------------------------------------------------- numbers


def test_losses_and_scores_are_of_the_data_alone(history: History) -> None:
    for i, j, k in runs_and_records(history):
        data = history.experiment.data(int(history.seeds[j]))
        for part in PARTS:
            X, y = getattr(data, f"X_{part}"), getattr(data, f"y_{part}")
            loss, score = loss_and_score(history, outputs(history, i, j, k, X), y)
            assert getattr(history, f"{part}_loss")[i, j, k] == pytest.approx(loss, rel=1e-9)
            assert getattr(history, f"{part}_score")[i, j, k] == pytest.approx(score, rel=1e-9)


def test_the_penalty_is_its_formula_over_weights_without_biases(history: History) -> None:
    e = history.experiment
    rho = {"none": None, "l1": 1.0, "l2": 0.0, "elastic": e.l1_ratio}[e.penalty]
    w = history.weights[..., history.weight_mask]
    expected = np.zeros(w.shape[:3])
    if rho is not None:
        expected = rho * np.abs(w).sum(-1) + 0.5 * (1 - rho) * (w**2).sum(-1)
    np.testing.assert_allclose(history.penalty, history.lambdas[:, None, None] * expected, rtol=1e-12)
    assert history.penalty.any() == (e.penalty != "none")


def test_predictions_are_the_outputs_at_the_last_step(history: History) -> None:
    X = history.experiment.data(0).X_test[:13]
    predicted = history.predict(X)
    assert predicted.shape == (L, S, 13, history.target.outputs)
    for i in range(L):
        for j in range(S):
            np.testing.assert_allclose(predicted[i, j], outputs(history, i, j, -1, X), rtol=1e-9, atol=1e-12)


def test_the_test_score_is_that_of_the_predictions(history: History) -> None:
    for j, data in enumerate(history.experiment.data(int(seed)) for seed in history.seeds):
        for i, predicted in enumerate(history.predict(data.X_test)[:, j]):
            _, score = loss_and_score(history, predicted, data.y_test)
            assert history.test_score[i, j, -1] == pytest.approx(score, rel=1e-9)


def test_what_is_wrong_makes_up_the_score(history: History) -> None:
    if history.experiment.task == "regression":
        assert history.wrong is None
        return
    for part in PARTS:
        assert history.wrong[part].shape[:3] == history.test_score.shape
        np.testing.assert_allclose(1 - history.wrong[part].mean(-1), getattr(history, f"{part}_score"), atol=1e-12)


def test_training_lowers_the_objective_of_every_run(history: History) -> None:
    objective = history.train_loss + history.penalty
    assert (objective[..., -1] < objective[..., 0]).all()


# ---------------------------------------------------------------- predictions asked for wrongly, or for nothing


def test_predictions_for_no_examples_are_empty(history: History) -> None:
    inputs = history.experiment.data(0).X_test.shape[1]
    assert history.predict(np.empty((0, inputs))).shape == (L, S, 0, history.target.outputs)


@pytest.mark.parametrize("shape", [(13, 3), (13, 1), (2,), (1, 13, 2)])
def test_inputs_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    h = train(Experiment(steps=1))
    with pytest.raises(ValueError, match=rf"X of shape \({shape[0]}.*this model sees 2 inputs; allowed: \(n, 2\)"):
        h.predict(np.zeros(shape))


# ---------------------------------------------------------------- divergence is a result


DIVERGING = Experiment(
    dataset="diabetes", n_samples=100, model="linear", optimizer="sgd", lr=0.1, lambdas=(0.0, 30.0, 0.1)
)


@pytest.fixture(scope="module", params=["coupled", "decoupled"])
def diverging(request: pytest.FixtureRequest) -> History:
    return train(DIVERGING.replace(decay=request.param))


def test_a_run_whose_loss_explodes_is_marked_and_no_other(diverging: History) -> None:
    np.testing.assert_array_equal(diverging.diverged, [[False, False], [True, True], [False, False]])


def test_from_the_step_of_its_divergence_on_a_run_is_nan_everywhere(diverging: History) -> None:
    dead = np.isnan(diverging.train_loss[1])
    first = dead.argmax(-1)
    assert (first > 0).all()
    np.testing.assert_array_equal(dead, np.arange(len(diverging.steps)) >= first[:, None])
    for name in (*(f"{part}_{kind}" for part in PARTS for kind in ("loss", "score")), "penalty"):
        np.testing.assert_array_equal(np.isnan(getattr(diverging, name)[1]), dead, err_msg=name)
    np.testing.assert_array_equal(np.isnan(diverging.weights[1]).all(-1), dead)
    np.testing.assert_array_equal(np.isnan(diverging.weights[1]).any(-1), dead)


def test_a_loss_ten_thousand_times_the_first_is_divergence_though_still_finite() -> None:
    h = train(DIVERGING.replace(lambdas=(0.0, 30.0), steps=40), dtype=np.float64)  # finite for hundreds of steps
    np.testing.assert_array_equal(h.diverged, [[False, False], [True, True]])
    limit = 1e4 * (1 + h.train_loss[:, :, 0])
    assert (np.nanmax(h.train_loss, axis=2) <= limit).all()
    assert (np.nanmax(h.train_loss, axis=2) > 1e-4 * limit)[1].all()


def test_a_run_that_diverged_stays_so_even_if_its_loss_comes_down_again() -> None:
    """The cosine schedule brings a learning rate that is too large down to one that converges."""
    h = train(DIVERGING.replace(lambdas=(0.0,), lr=0.6, schedule="cosine"), dtype=np.float64)
    dead = np.isnan(h.train_loss[0])
    assert h.diverged.all()
    np.testing.assert_array_equal(dead, np.logical_or.accumulate(dead, axis=1))


def test_the_others_are_what_they_are_without_it(diverging: History) -> None:
    alone = train(diverging.experiment.replace(lambdas=(0.0, 0.1)))
    for name in ("weights", "train_loss", "test_loss", "test_score", "penalty"):
        assert np.isfinite(getattr(alone, name)).all()
        np.testing.assert_array_equal(getattr(diverging, name)[[0, 2]], getattr(alone, name))


def test_a_diverged_run_predicts_nan_and_the_others_predict(diverging: History) -> None:
    predicted = diverging.predict(diverging.experiment.data(0).X_test)
    np.testing.assert_array_equal(np.isnan(predicted).all((-2, -1)), diverging.diverged)
    np.testing.assert_array_equal(np.isnan(predicted).any((-2, -1)), diverging.diverged)


@pytest.mark.parametrize("settings", [{"dataset": "bumps"}, {"dataset": "blobs"}, {"dataset": "moons"}])
def test_a_network_that_diverges_ends_quietly(settings: dict) -> None:
    h = train(Experiment(**settings, optimizer="sgd", lr=1.0, activation="relu", lambdas=(0.0, 1e4), noise=0.1))
    assert h.diverged[1].all()
    assert np.isnan(h.predict(h.experiment.data(0).X_test)[1]).all()
