"""Surnames: attention against a hand-written softmax, evenness of what is known, names that can be read or not."""

import numpy as np
import pytest

from wd_core.datasets.surnames import LONGEST, tokens
from wd_core.engine.layers import places
from wd_core.engine.layers.attention import positions
from wd_core.studies import language
from wd_core.studies.letters import word


@pytest.fixture(scope="module")
def trained():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language, "LAMBDAS", (0.0, 3.0))
        patch.setattr(language, "STEPS", (0, 2, 4))
        yield language.look(0)


def test_attention_is_the_softmax_of_queries_and_keys(trained):
    h = trained.histories["transformer"]
    e = h.experiment
    w = (3 * h.weights[:1, 0, -1]).astype(float)
    X = np.array([tokens("virtanen"), tokens("ek"), tokens("abcdefghijkl")])
    found = language.attention(e, w, X)
    blocks = {(b.layer, b.name): w[0, here].reshape(b.shape) for b, here in places(e.layers())}
    embedding = next(v for (layer, _), v in blocks.items() if layer == "embedding")
    gain, shift = (v for (layer, name), v in blocks.items() if layer == "attention" and v.ndim == 1)
    ask = blocks["attention", "queries, keys, values"]
    for i, x in enumerate(X):
        n = int((x > 0).sum())
        h0 = embedding[:, x[:n] - 1] + positions(16, LONGEST)[:, 0, :n]
        normed = (h0 - h0.mean(0)) / np.sqrt(h0.var(0) + 1e-5) * gain[:, None] + shift[:, None]
        q, k, _ = (ask[:, :-1] @ normed + ask[:, -1:]).reshape(3, 4, 4, n)
        scores = np.einsum("hdt,hds->hts", q, k) / 2
        expected = np.exp(scores - scores.max(-1, keepdims=True))
        expected /= expected.sum(-1, keepdims=True)
        np.testing.assert_allclose(found[0, i, :, :n, :n], expected, atol=1e-6)
        assert (found[0, i, :, :, n:] == 0).all()


def test_evenness_is_one_for_even_and_zero_for_one_letter():
    lengths = np.array([3, 5, 1])
    there = np.arange(6) < lengths[:, None]
    even = np.broadcast_to(there[:, None, None, :] / lengths[:, None, None, None], (3, 4, 6, 6))
    one = np.broadcast_to(np.eye(6), (3, 4, 6, 6))
    np.testing.assert_allclose(language.evenness(np.stack([even, one]), lengths), [1, 0], atol=1e-12)
    half = np.zeros((1, 1, 1, 6, 6))
    half[..., :2] = 0.5
    assert language.evenness(half, np.array([4])) == pytest.approx(0.5)


def test_one_name_is_what_the_networks_predict(trained):
    name = language.one_name(trained, "virtanen")
    for model, h in trained.histories.items():
        predicted = h.predict(np.array([tokens("virtanen")]))[:, 0, 0]
        np.testing.assert_allclose(name.said[model][:, -1], predicted, atol=1e-6)
    assert name.attention.shape == (2, 3, 4, 8, 8)
    np.testing.assert_allclose(name.attention.sum(-1), 1, rtol=1e-5)


def test_a_name_of_the_data_is_known(trained):
    e = trained.histories["gru"].experiment
    data = e.data(0)
    for part, X, y in (("training", data.X_train, data.y_train), ("test", data.X_test, data.y_test)):
        name = language.one_name(trained, word(X[0]))
        assert (name.part, name.language) == (part, e.source.class_names[y[0]])
    assert language.one_name(trained, "qqqq").language == ""


@pytest.mark.parametrize(("text", "name"), [("Müller", "muller"), ("  KORHONEN ", "korhonen"), ("Åström", "astrom"),
                                            ("a" * LONGEST, "a" * LONGEST), ("Strauß", "strauss")])  # fmt: skip
def test_names_are_read(text, name):
    assert language.read_name(text) == name


@pytest.mark.parametrize(("text", "words"), [
    ("", "empty"), ("   ", "empty"), ("a1", "has 1:"), ("x" * 200, "200 letters"), ("O'Brien", "has ':"),
    ("van Dyk", "has a space:"), ("Иванов", "letters from a to z"), ("李", "letters from a to z"), ("\x00", "letters"),
    ("<b>hi</b>", "letters from a to z"), ("a" * 13, "13 letters: these networks read 12 at most"),
    ("9" * 10**6, "letters"),
])  # fmt: skip
def test_what_is_no_name_gets_a_sentence(text, words):
    with pytest.raises(ValueError, match=r"^The name ") as caught:
        language.read_name(text)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 200
