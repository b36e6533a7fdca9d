"""Architectures side by side: the same examples, kinds of layers, sizes, and the rule by which pairs differ."""

import numpy as np
import pytest

from wd_core import train
from wd_core.studies import architectures as study
from wd_core.studies.evidence import Paired

SMALL = {"n_samples": 120, "steps": 15}


def small(name: str, dataset: str = "digits", **changes):
    return study.task(dataset, name, (0.0, 1.0, 30.0), (0, 1)).replace(**SMALL | changes)


def test_all_see_the_same_examples_and_labels():
    found = [study.task("digits", name).data(0) for name in study.ARCHITECTURES]
    for d in found[1:]:
        np.testing.assert_array_equal(d.y_train, found[0].y_train)
        np.testing.assert_array_equal(d.flipped, found[0].flipped)
        np.testing.assert_array_equal(d.y_test, found[0].y_test)
    pixels = found[1].X_test.reshape(len(found[1].y_test), -1)  # CNN; the RNN reads the same line by line
    np.testing.assert_array_equal(found[2].X_test.reshape(len(pixels), -1), pixels)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [("MLP", {"dense", "output", "biases"}), ("CNN", {"convolution", "output", "biases"}),
     ("GRU", {"input", "recurrent", "output", "biases"}),
     ("transformer", {"embedding", "attention", "dense", "output", "biases", "gains"})],
)  # fmt: skip
def test_every_parameter_is_counted_once_by_its_kind(name, kinds):
    h = train(small(name))
    found = study.sizes(h)
    assert set(found) == kinds <= set(study.KINDS)
    counts = dict.fromkeys(kinds, 0)
    for block, _ in h.blocks():
        for role, word in study.ROLES.items():
            if some := int(block.mask(role).sum()):
                counts[word or study.kind(block, h.experiment.model)] += some
    w = h.weights[:, :, -1].astype(float)
    gains = np.concatenate([b.mask("gain").ravel() for b, _ in h.blocks()])
    whole = np.square(w - gains).sum(-1)
    np.testing.assert_allclose(sum(counts[k] * np.square(found[k]) for k in kinds), whole, rtol=1e-6)


def test_a_response_is_what_its_trainings_say():
    e = small("transformer")
    r = study.responses(e)
    h, biases = train(e), train(e.replace(decay_biases=True))
    i = h.validation_loss[:, :, -1].argmin(0)
    np.testing.assert_array_equal(r.gain, h.test_score[i, [0, 1], -1] - h.test_score[0, :, -1])
    j = biases.validation_loss[:, :, -1].argmin(0)
    np.testing.assert_array_equal(r.others["biases too"].score, biases.test_score[j, [0, 1], -1])
    assert list(r.others) == ["biases too", "gains too"]
    assert list(study.responses(small("CNN")).others) == ["biases too"]
    np.testing.assert_array_equal(r.left["attention"][0], 1)
    assert (r.left["attention"][2] < r.left["attention"][1]).all()
    k = h.stopped[0]
    np.testing.assert_array_equal(r.early_gain, h.test_score[0, [0, 1], k] - h.test_score[0, :, -1])


def test_the_choice_does_not_look_at_the_test_part():
    h = train(small("MLP"))
    spoiled = h.__class__(**{**vars(h), "test_loss": -h.test_loss, "test_score": 1 - h.test_score})
    np.testing.assert_array_equal(study.kept(h).lam, study.kept(spoiled).lam)


def test_pairs_differ_when_they_do_and_seldom_when_they_do_not():
    rng = np.random.default_rng(0)
    common = rng.standard_normal(12)
    values = {"a": common, "b": common + 0.1 * rng.standard_normal(12), "c": common + 2 + 0.1 * rng.standard_normal(12)}
    assert study.differing(values) == (3, [("a", "c"), ("b", "c")])
    assert study.differing({"a": common, "b": common}) == (1, [])
    assert study.differing({"a": common, "b": common + 1.0}) == (1, [("a", "b")])
    false = sum(bool(study.differing(dict(zip("abcd", rng.standard_normal((4, 10)), strict=True)))[1])
                for _ in range(300))  # fmt: skip
    assert 0 < false < 0.08 * 300  # any of six pairs, in about 5 % of the trials


def test_a_foretold_difference_keeps_the_level_where_there_is_none():
    rng = np.random.default_rng(1)
    null = [study.foretold(dict(zip("abc", rng.standard_normal((3, 15 + study.PILOT)), strict=True)))
            for _ in range(1000)]  # fmt: skip
    wrong = np.mean([Paired(d).verdict in ("holds", "fails") for d in null])
    assert 0.02 < wrong < 0.08
    pilot = np.ones(study.PILOT)
    apart = {"a": np.r_[0, 0, 9, 0 * pilot], "b": np.r_[2, 3, 4, 2 * pilot], "c": np.r_[1, 1, 1, pilot]}
    np.testing.assert_allclose(study.foretold(apart), [2, 3, -5])
    np.testing.assert_allclose(study.foretold({name: -v for name, v in apart.items()}), [2, 3, -5])
    assert study.with_pilot((3, 0)) == (3, 0, 4, 5, 6, 7)


@pytest.mark.parametrize(("dataset", "missing"), [("digits", set()), ("vowels", {"CNN"}), ("surnames", {"CNN"})])
def test_who_can_take_what(dataset, missing):
    assert set(study.ARCHITECTURES) - set(study.fitting(dataset)) == missing
    for name in study.fitting(dataset):
        assert study.task(dataset, name).n_parameters > 500


def test_a_start_without_zero_is_refused():
    with pytest.raises(ValueError, match="allowed"):
        study.responses(small("MLP").replace(lambdas=(1.0, 2.0)))
