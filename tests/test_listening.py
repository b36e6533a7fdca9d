"""What a recurrent network does while it listens: against hand-written recursions, prefixes, finite differences."""

import numpy as np
import pytest

from wd_core import Experiment
from wd_core.engine.network import initial_weights
from wd_core.evaluation import score_runs
from wd_core.studies import listening, speech

E = Experiment(dataset="vowels", n_samples=60, model="rnn", hidden=(5,), steps=2, lambdas=(0.0,), seeds=(0,))


@pytest.fixture(params=["rnn", "gru"])
def run(request):
    """An experiment, three runs' weights in float64, and utterances of unequal length."""
    e = E.replace(model=request.param)
    w = np.stack([initial_weights(e.layers(), np.random.default_rng(seed)) for seed in range(3)])
    return e, w + 0.3 * np.random.default_rng(9).standard_normal(w.shape), e.data(0)


def by_hand(e, w, x):
    """States (T, units) of one run on one utterance (T, d), frame after frame."""
    blocks = {block.name: w[here].reshape(block.shape) for block, here in e.blocks if block.layer == "hidden 1"}
    W, U, units = blocks["inputs"], blocks["recurrent"], blocks["recurrent"].shape[1]
    h, found = np.zeros(units), []
    for frame in x:
        a, b = W @ [*frame, 1.0], U @ h
        if e.model == "rnn":
            h = np.tanh(a + b)
        else:
            r, z = (1 / (1 + np.exp(-(a + b)[i * units : (i + 1) * units])) for i in range(2))
            c = np.tanh(a[2 * units :] + r * b[2 * units :])
            h = (1 - z) * c + z * h
        found.append(h)
    return np.array(found)


def test_states_are_the_recursion_and_end_with_the_utterance(run):
    e, w, data = run
    X = data.X_validation[:4]
    found = listening.states(e, w, X)
    for r in range(3):
        for i in range(4):
            n = int((~np.isnan(X[i, :, 0])).sum())
            np.testing.assert_allclose(found[r, i, :n], by_hand(e, w[r], X[i, :n]), atol=1e-12)
            assert np.isnan(found[r, i, n:]).all()


def test_what_it_would_say_is_what_it_says_of_the_frames_so_far(run):
    e, w, data = run
    X = data.X_validation[:3]
    said = listening.as_heard(e, w, listening.states(e, w, X))
    for i, utterance in enumerate(X):
        n = int((~np.isnan(utterance[:, 0])).sum())
        beginnings = np.repeat(utterance[None], n, 0)
        beginnings[np.arange(n)[:, None] < np.arange(len(utterance))] = np.nan
        scores = np.moveaxis(score_runs(e.layers, w, beginnings), -1, 1)
        p = np.exp(scores - scores.max(-1, keepdims=True))
        np.testing.assert_allclose(said[:, i, :n], p / p.sum(-1, keepdims=True), atol=1e-12)
        assert np.isnan(said[:, i, n:]).all()


def test_what_it_would_say_is_refused_where_the_state_does_not_decide_it():
    e = E.replace(hidden=(5, 4))
    with pytest.raises(ValueError, match=r"hidden=\(5, 4\)"):
        listening.as_heard(e, np.zeros((1, e.n_parameters)), np.zeros((1, 1, 2, 5)))


def test_gradients_back_are_finite_differences(run):
    e, w, data = run
    X, y, longest = data.X_validation[:5], data.y_validation[:5], 3
    length = (~np.isnan(X[..., 0])).sum(1)

    def loss(x, i):
        said = listening.as_heard(e, w[:1], listening.states(e, w[:1], x))[0]
        return -np.log(said[0, length[i] - 1, y[i]])

    def size(i, t):
        found = []
        for k in range(12):
            change = np.zeros_like(X[i : i + 1])
            change[0, t, k] = 1e-5
            found.append((loss(X[i : i + 1] + change, i) - loss(X[i : i + 1] - change, i)) / 2e-5)
        return np.linalg.norm(found)

    expected = []
    for back in (0, 1, longest):
        logs = [np.log(size(i, length[i] - 1 - back) / size(i, length[i] - 1)) for i in range(5) if length[i] > back]
        expected.append(np.exp(np.mean(logs)))
    found = listening.gradients_back(e, w, X, y, longest)
    assert found.shape == (3, longest + 1)
    np.testing.assert_allclose(found[0, [0, 1, longest]], expected, rtol=1e-5)


def test_a_gradient_farther_back_than_any_utterance_is_unknown():
    size, length = np.ones((1, 4, 2)), np.array([2, 4])
    size[0, :, 1] = [1, 2, 4, 8]
    found = listening._back_from_the_end(size, length, 5)
    np.testing.assert_allclose(found[0, :4], [1, 2**-0.5, 0.25, 0.125])
    assert np.isnan(found[0, 4:]).all()


def test_saturation_counts_what_was_heard_alone():
    states = np.array([[[[0.99, -0.96], [0.2, np.nan]], [[np.nan, np.nan], [0.94, 0.0]]]])
    assert listening.saturated(states) == pytest.approx([2 / 5])


def test_the_spectral_radius_is_of_the_recurrent_weights(run):
    e, w, _ = run
    block, here = next((b, at) for b, at in e.blocks if b.name == "recurrent")
    first = np.stack([initial_weights(e.layers(), np.random.default_rng(s)) for s in range(3)])
    np.testing.assert_allclose(listening.spectral_radius(e, first), 0.9, rtol=1e-6)  # orthogonal × 0.9
    planted = w.copy()
    square = np.zeros(block.shape)
    square[-5:] = np.diag([0.5, -1.7, 0.1, 0.2, 0.3])
    planted[:, here] = square.ravel()
    np.testing.assert_allclose(listening.spectral_radius(e, planted), 1.7)


def test_the_look_is_of_the_recipe(monkeypatch):
    monkeypatch.setattr(speech, "LAMBDAS", (0.0, 3.0))
    monkeypatch.setattr(speech, "STEPS", (0, 2, 4))
    found = speech.look("wrong", 0)
    for model, h in found.items():
        e, data = h.history.experiment, h.history.experiment.data(0)
        assert e.model == model
        assert len(data.y_train) == 90
        assert data.flipped.sum() == 18
        some = speech.listened(e)
        assert data.y_validation[some].tolist() == list(speech.SPEAKERS)
        last = (~np.isnan(data.X_validation[some][..., 0])).sum(1) - 1
        said = h.said[:, -1, np.arange(3), last]
        np.testing.assert_allclose(said, h.history.predict(data.X_validation[some])[:, 0], atol=1e-6)
        assert h.states.shape[:2] == (2, 3)
        assert h.felt.shape == (2, 3, speech.LONGEST + 1)
