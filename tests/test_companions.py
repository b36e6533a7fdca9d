"""Decay's companions: arms that really are paired, choices that never look at the test part; and L2 in disguise."""

import numpy as np
import pytest

from wd_core import Experiment, train
from wd_core.studies import companions, equivalence
from wd_core.studies.companions import kept

E = Experiment(n_samples=80, steps=60, lambdas=(0.0, 1e-3, 1e-1), seeds=(0, 1, 2), label_noise=0.2)


@pytest.fixture(scope="module")
def found():
    return companions.companions(E)


def test_the_arms_are_the_trainings_that_they_say(found):
    plain, dropped = train(E), train(E.replace(dropout=0.2))
    c = found["dropout"]
    arms = (c.none, plain, False), (c.decay, plain, True), (c.alone, dropped, False), (c.both, dropped, True)
    for arm, h, decay in arms:
        i = h.validation_loss[:, :, -1].argmin(0) if decay else np.zeros(3, int)
        np.testing.assert_array_equal(arm.score, h.test_score[i, np.arange(3), -1])
        np.testing.assert_array_equal(arm.lam, np.array(E.lambdas)[i])
    expected = (c.both.score - c.alone.score) - (c.decay.score - c.none.score)
    np.testing.assert_allclose(c.interaction, expected)


def test_all_arms_of_a_seed_start_at_the_same_weights():
    arms = [E.replace(**change) for change in companions.COMPANIONS.values() if change.get("norm") is None]
    starts = [train(arm).weights[0, :, 0] for arm in arms]
    for start in starts[1:]:
        np.testing.assert_array_equal(start, starts[0])


def test_early_stopping_keeps_the_least_validation_loss(found):
    h = train(E)
    c = found["early stopping"]
    k = h.validation_loss[0].argmin(-1)
    np.testing.assert_array_equal(c.alone.score, h.test_score[0, np.arange(3), k])
    assert (c.alone.step == h.steps[k]).all()
    np.testing.assert_array_equal(c.curves["with"], h.validation_loss.min(-1))
    np.testing.assert_array_equal(c.curves["decay"], h.validation_loss[:, :, -1])
    i = h.validation_loss.min(-1).argmin(0)  # both: the λ of the least loss on any step
    np.testing.assert_array_equal(c.both.lam, np.array(E.lambdas)[i])
    np.testing.assert_array_equal(c.both.validation, h.validation_loss.min((0, 2)))
    assert (i != h.validation_loss[:, :, -1].argmin(0)).any()


def test_l1_is_alone_as_l1_and_with_decay_as_elastic_net(found):
    c, (l1, elastic) = found["L1"], (train(E.replace(penalty=p)) for p in ("l1", "elastic"))
    for arm, h in ((c.alone, l1), (c.both, elastic)):
        i = h.validation_loss[:, :, -1].argmin(0)
        np.testing.assert_array_equal(arm.score, h.test_score[i, np.arange(3), -1])
        np.testing.assert_array_equal(arm.validation, h.validation_loss[i, np.arange(3), -1])


def test_gains_are_over_no_decay(found):
    histories = companions.layer_by_layer(E.replace(steps=20))
    gains = companions.gains(histories)
    for name, h in histories.items():
        i = h.validation_loss[:, :, -1].argmin(0)
        np.testing.assert_array_equal(gains[name], h.test_score[i, np.arange(3), -1] - h.test_score[0, :, -1])


@pytest.mark.parametrize(("dataset", "share", "wanted"), [("moons", 0.2, 0.2), ("moons", None, 0.15), ("wine", 0, 0)])
def test_the_starting_point_has_the_labels_that_are_asked_for_and_no_companion(dataset, share, wanted):
    e = companions.starting_point(dataset, share, (0.0, 0.1), (3,))
    assert (e.label_noise, e.penalty, e.decay) == (wanted, "l2", "coupled")
    assert (e.norm, e.dropout, e.input_noise) == ("none", 0, 0)


def test_the_choice_does_not_look_at_the_test_part():
    h = train(E)
    before = kept(h, early=True)
    spoiled = h.__class__(**{**vars(h), "test_loss": -h.test_loss, "test_score": 1 - h.test_score})
    after = kept(spoiled, early=True)
    np.testing.assert_array_equal(before.lam, after.lam)
    np.testing.assert_array_equal(before.step, after.step)
    np.testing.assert_allclose(before.score, 1 - after.score)


def test_techniques_are_the_trainings_that_they_say():
    found = companions.techniques(E)
    for name, change, decay in (
        ("nothing", {}, False), ("decay", {}, True), ("L1", {"penalty": "l1"}, True),
        ("dropout", {"dropout": 0.2}, False), ("decay + L1", {"penalty": "elastic"}, True),
    ):  # fmt: skip
        h = train(E.replace(**change))
        i = h.validation_loss[:, :, -1].argmin(0) if decay else np.zeros(3, int)
        np.testing.assert_array_equal(found[name].train_score, h.train_score[i, np.arange(3), -1])
        np.testing.assert_array_equal(found[name].score, h.test_score[i, np.arange(3), -1])
        np.testing.assert_array_equal(found[name].validation, h.validation_loss[i, np.arange(3), -1])


def test_a_start_without_zero_is_refused():
    with pytest.raises(ValueError, match="allowed"):
        companions.companions(E.replace(lambdas=(1e-3, 1e-2)))


def test_layer_arms_decay_what_their_names_say():
    arms = companions.layer_arms(E.replace(norm="batch"))
    assert list(arms) == ["all layers", "hidden 1 alone", "hidden 2 alone", "output alone", "all, and biases",
                          "all, and gains"]  # fmt: skip
    assert arms["hidden 2 alone"].decay_layers == (0.0, 1.0, 0.0)
    gains = companions.gains(companions.layer_by_layer(E))
    assert all(g.shape == (3,) for g in gains.values())


@pytest.mark.parametrize(("optimizer", "lr"), [("sgd", 0.1), ("momentum", 0.02)])
def test_descent_is_its_filter(optimizer, lr):
    e = Experiment(dataset="diabetes", n_samples=200, model="linear", optimizer=optimizer, lr=lr, steps=400,
                   penalty="none", lambdas=(0.0,), seeds=(0,))  # fmt: skip
    s = equivalence.early_stopping(e)
    np.testing.assert_allclose(s.measured, s.descent, atol=1e-10)
    if optimizer == "sgd":
        np.testing.assert_allclose(s.descent, 1 - (1 - lr * s.variances) ** s.steps[:, None], atol=1e-12)
    np.testing.assert_allclose(s.lambdas[1:], (0.1 if optimizer == "momentum" else 1) / (lr * s.steps[1:]))
    np.testing.assert_allclose(s.ridge, s.variances / (s.variances + s.lambdas[:, None]))
    # Ali, Kolter & Tibshirani 2019, theorem 3: a gradient flow's risk is at most 1.69 times ridge's (as a Bayes risk).
    built_up = s.steps > (100 if optimizer == "momentum" else 0)
    assert (s.descent_risk / s.ridge_risk)[built_up].max() < 1.69
    assert s.steps[:5].tolist() == [0, 1, 2, 3, 4]  # where most happens


def test_the_risk_of_stopping_is_that_of_drawn_data():
    """Targets drawn anew around the least squares of the data, fitted by ridge: the mean squared error of the fit."""
    e = Experiment(dataset="diabetes", n_samples=200, model="linear", optimizer="sgd", lr=0.1, steps=400,
                   penalty="none", lambdas=(0.0,), seeds=(0,))  # fmt: skip
    s, d = equivalence.early_stopping(e), e.data(0)
    x, y = d.X_train - d.X_train.mean(0), d.y_train - d.y_train.mean()
    u, sizes, _ = np.linalg.svd(x, full_matrices=False)
    truth = u @ (u.T @ y)
    sd = np.sqrt(np.square(y - truth).sum() / (len(y) - len(sizes) - 1))
    drawn = truth + sd * np.random.default_rng(0).standard_normal((4000, len(y)))
    for k in (5, 20, 38):
        for risk, share in ((s.descent_risk, s.descent), (s.ridge_risk, s.ridge)):
            fitted = (drawn @ u * share[k]) @ u.T
            assert risk[k] == pytest.approx(np.square(fitted - truth).mean(), rel=0.03)


def test_the_matched_ridge_is_ridge():
    from sklearn.linear_model import Ridge

    d = Experiment(dataset="diabetes", model="linear", seeds=(0,)).data(0)
    ours = equivalence.adaptive_ridge(d.X_train, d.y_train, np.full(10, 0.3))
    theirs = Ridge(alpha=0.3 * len(d.y_train)).fit(d.X_train, d.y_train).coef_
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


def test_noise_on_the_inputs_is_ridge_and_dropout_an_adaptive_one():
    linear = {"model": "linear", "penalty": "none", "lambdas": (0.0,), "seeds": (0, 1), "schedule": "cosine"}
    e = Experiment(dataset="diabetes", n_samples=442, optimizer="momentum", lr=0.05, steps=3000, **linear)
    m = equivalence.input_noise(e, (0.0, 0.5))
    np.testing.assert_allclose(m.measured, m.closed, atol=0.015)
    assert np.abs(m.measured[1] - m.closed[0]).max() > 0.1  # and it is not least squares
    plane = {"dataset": "plane", "features": ("x1", "x2", "x1^2", "x1*x2")}
    e = Experiment(**plane, optimizer="sgd", lr=0.05, steps=3000, **linear)
    m = equivalence.input_dropout(e, (0.3,))
    np.testing.assert_allclose(m.measured, m.closed, atol=0.02)
    data = [e.data(seed) for seed in e.seeds]
    even = [equivalence.adaptive_ridge(d.X_train, d.y_train, np.full(4, 0.3 / 0.7)) for d in data]
    assert np.abs(m.measured[0] - even).max() > 0.03  # the strength follows the size of each feature
