"""Next letter: the loss of every frame against prefixes read one by one, gradients, names drawn and counted."""

import numpy as np
import pytest

from wd_core import cost
from wd_core.datasets.surnames import LONGEST, tokens
from wd_core.engine.layers import Affine, Batch, arranger
from wd_core.engine.layers.attention import FrameByFrame
from wd_core.engine.layers.recurrent import Gated
from wd_core.engine.layers.sequences import EveryFrame, LastFrame
from wd_core.engine.losses import NextSymbol, SoftmaxCrossEntropy, Target
from wd_core.engine.network import Network, initial_weights
from wd_core.studies import letters
from wd_core.studies.letters import SIGN, TIME
from wd_core.ui import letters as ui


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(letters, "LAMBDAS", (0.0, 1.0))
    monkeypatch.setattr(letters, "STEPS", 6)
    monkeypatch.setattr(letters, "INVENTED", 12)


def some_words():
    words = np.array([tokens(name) for name in ("aho", "virtanen", "ek", "abcdefghijkl")])
    return np.insert(words, 0, SIGN, axis=1), letters.following(words)


def random_weights(layers, count=2):
    return np.stack([initial_weights(layers, np.random.default_rng(seed)) for seed in range(count)]) * 1.5


def test_what_follows_is_the_next_letter_and_then_the_end():
    _, y = some_words()
    np.testing.assert_array_equal(y[0], [1, 8, 15, SIGN, *[0] * 9])
    np.testing.assert_array_equal(y[3], [*range(1, 13), SIGN])


def test_loss_and_gradient_are_those_of_all_prefixes_read_one_by_one():
    """The same weights, a network that scores its last frame alone, and every beginning of a name as an example."""
    X, y = some_words()
    prefixes = [(np.where(np.arange(TIME) <= t, x, 0), its[t] - 1) for x, its in zip(X, y, strict=True)
                for t in range(TIME) if its[t]]  # fmt: skip
    PX, Py = np.array([p for p, _ in prefixes]), np.array([q for _, q in prefixes])
    scored_last = [Gated(SIGN, 5, TIME, symbols=SIGN), LastFrame(5, TIME), Affine(5, SIGN)]
    scored_all = [Gated(SIGN, 5, TIME, symbols=SIGN), EveryFrame(5, TIME), FrameByFrame(Affine(5, SIGN), TIME)]
    w = random_weights(scored_last)
    found = []
    for chain, inputs, labels, target in (
        (scored_last, PX, Py, Target(SoftmaxCrossEntropy(), SIGN)),
        (scored_all, X, y, Target(NextSymbol(), TIME)),
    ):
        n = len(inputs)
        network = Network(chain, (1, 2), n, np.float64)
        network.weights[0] = w
        batch = Batch(arranger(chain).arrange(inputs, np.float64, n)[None, None], np.full(n, 1 / n),
                      target.encode(labels, np.float64)[None, None])  # fmt: skip
        network.forward(batch)
        scores = network.layers[-1].output
        value = target.loss.value(scores, batch.y)
        target.loss.gradient(scores, batch.y, batch.share, network.score_gradient)
        network.backward()
        found.append((value, network.gradient.copy()))
    np.testing.assert_allclose(found[1][0], found[0][0], rtol=1e-12)
    np.testing.assert_allclose(found[1][1], found[0][1], rtol=1e-9, atol=1e-12)


def test_the_gradient_of_the_loss_is_its_slope_and_nothing_where_nothing_is_asked():
    rng = np.random.default_rng(0)
    y = np.array([[1.0, 3, 2], [2, 0, 1], [0, 0, 3]])[None, None]  # (1, 1, T, n), three symbols
    scores, loss = rng.standard_normal((2, 4, 3, 9)), NextSymbol()
    out = np.empty_like(scores)
    share = np.array([1 / 2, 1 / 2, 0])  # the third only fills up a row
    loss.gradient(scores, y, share, out)
    known = y * (share > 0)
    u = rng.standard_normal(scores.shape)
    slope = (loss.value(scores + 1e-6 * u, known) - loss.value(scores - 1e-6 * u, known)) / 2e-6
    np.testing.assert_allclose((out * u).sum((-1, -2)), slope, atol=1e-8)
    unasked = np.broadcast_to((known == 0).reshape(9), out.shape)
    assert (out[unasked] == 0).all()
    assert np.isfinite(loss.value(1e4 * scores, y)).all()


def test_even_scores_cost_the_logarithm_of_the_signs():
    data = letters.names_of("Finnish", 0)
    flat = np.zeros((3, sum(layer.size for layer in letters.layers())), np.float32)
    np.testing.assert_allclose(letters.bits_per_letter(flat, data.X["test"], data.y["test"]), np.log2(27), rtol=1e-6)
    # One that knows the frequencies of what it is asked for cannot do worse than its entropy, nor better.
    y = data.y["train"]
    share = np.bincount(y[y > 0], minlength=SIGN + 1)[1:] / (y > 0).sum()
    entropy = -(share[share > 0] * np.log2(share[share > 0])).sum()
    assert entropy <= letters.frequencies_alone(y, y) < entropy + 0.03


def test_names_stand_in_one_part_and_every_seed_shuffles_anew():
    data, other = letters.names_of("Dutch", 0), letters.names_of("Dutch", 1)
    parts = [set(names) for names in data.names.values()]
    assert [len(names) for names in data.names.values()] == [100, 100, 100]
    assert len(set.union(*parts)) == 300
    assert data.names["train"] != other.names["train"]
    with pytest.raises(ValueError, match="language=Klingon: allowed: German"):
        letters.names_of("Klingon", 0)


def test_training_is_the_same_for_all_rows_and_learns():
    s = letters.spell("Finnish", (3,), (0, 3, 6))
    assert s.weights.shape[:3] == (2, 1, 3)
    np.testing.assert_array_equal(s.weights[0, 0, 0], s.weights[1, 0, 0])
    assert (np.diff(s.bits["train"][0, 0]) < 0).all()
    data = letters.names_of("Finnish", 3)
    again = letters.bits_per_letter(s.weights[:, 0, -1].astype(float), data.X["test"], data.y["test"])
    np.testing.assert_allclose(s.bits["test"][:, 0, -1], again, rtol=1e-5)


def test_decay_shrinks_weights_by_its_rule_alone():
    s = letters.spell("Finnish", (0,), (0, 1))
    w = s.weights[:, 0].astype(float)
    block = letters.layers()[0].parameters[1]  # recurrent
    start = letters.layers()[0].parameters[0].size
    here = slice(start, start + block.size)
    np.testing.assert_allclose(w[1, 1, here] - w[0, 1, here], -letters.LR * 1.0 * w[0, 0, here], atol=1e-6)
    biases = letters.layers()[0].parameters[0].mask("bias").ravel()
    np.testing.assert_array_equal(w[1, 1, : biases.size][biases], w[0, 1, : biases.size][biases])


def spelling_weights(name):
    """Weights of a network whose output's bias alone decides: always the same letter."""
    chain = letters.layers()
    w = np.zeros((1, sum(layer.size for layer in chain)), np.float32)
    bias = np.full(SIGN, -50.0)
    bias[name] = 50.0
    w[0, -SIGN * 25 :].reshape(SIGN, 25)[:, -1] = bias
    return w


def test_names_are_drawn_as_the_network_says():
    assert letters.invented(spelling_weights(0), 2, 0) == [["a" * LONGEST] * 2]
    assert letters.invented(spelling_weights(SIGN - 1), 2, 0) == [["", ""]]
    # The first letter's frequencies are the network's probabilities.
    w = random_weights(letters.layers(), 1).astype(np.float32)
    first = [name[:1] for name in letters.invented(w, 4000, 1)[0]]
    one = np.array([[SIGN, *[0] * LONGEST]])
    y = np.zeros((1, TIME), int)
    for k in (0, 4, 26):
        y[0, 0] = k + 1
        p = 2 ** -letters.bits_per_letter(w, one, y)[0]
        seen = np.mean([letter == ("" if k == 26 else "abcdefghijklmnopqrstuvwxyz"[k]) for letter in first])
        assert abs(seen - p) < 4 * np.sqrt(p * (1 - p) / 4000)


def test_the_speller_is_the_network():
    """Bits of real names, sign after sign, are those of the whole network."""
    data = letters.names_of("Dutch", 0)
    X, y = data.X["test"][:20], data.y["test"][:20]
    w = random_weights(letters.layers(), 3)
    speller, bits = letters.Speller(w, 20), np.zeros((3, 20))
    for t in range(TIME):
        p = speller.read(np.broadcast_to(np.maximum(X[:, t], 1), (3, 20)))
        said = np.take_along_axis(p, np.broadcast_to(np.maximum(y[:, t], 1)[None, None] - 1, (3, 1, 20)), 1)[:, 0]
        bits -= np.where(y[:, t] > 0, np.log2(said), 0)
    np.testing.assert_allclose(bits.sum(1) / (y > 0).sum(), letters.bits_per_letter(w, X, y), rtol=1e-10)


def test_later_letters_depend_on_those_before():
    """Names drawn with every random number the same in two runs part only where the runs differ."""
    w = random_weights(letters.layers(), 1).astype(np.float32)
    other = w.copy()
    start = letters.layers()[0].parameters[0].size
    other[:, start : start + letters.layers()[0].parameters[1].size] = 0  # no memory of the state
    a, b = letters.invented(np.concatenate([w, other]), 50, 2)
    assert [name[:1] for name in a] == [name[:1] for name in b]
    assert a != b


def test_copies_are_those_of_the_training_part_alone():
    data = letters.names_of("Finnish", 0)
    train, test = data.names["train"], data.names["test"]
    kinds = letters.kinds_of([train[0], train[1], test[0], "zzz"], data)
    assert (kinds.copied, kinds.real) == (0.5, 0.25)


def test_arms_are_chosen_on_validation_and_the_test_part_is_looked_at_once():
    s = letters.spell("Finnish", (0, 1, 2), (0, 2, 4, 6))
    m = letters.measured("Finnish", s)
    i = s.bits["validation"][:, :, -1].argmin(0)
    np.testing.assert_array_equal(m.test_bits["decay"], s.bits["test"][i, np.arange(3), -1])
    np.testing.assert_array_equal(m.test_bits["none"], s.bits["test"][0, :, -1])
    k = s.bits["validation"][0].argmin(-1)
    np.testing.assert_array_equal(m.test_bits["early"], s.bits["test"][0, np.arange(3), k])
    spoiled = letters.Spelled(**{**vars(s), "bits": {**s.bits, "test": -s.bits["test"]}})
    np.testing.assert_array_equal(letters.measured("Finnish", spoiled).lam["decay"], m.lam["decay"])
    assert m.copied.shape == (2, 3)


def test_the_cost_grows_with_what_is_done():
    one = letters.size(2, 1)
    assert one.parameters == sum(layer.size for layer in letters.layers())
    assert cost.seconds(letters.size(2, 4)) > 3 * cost.seconds(one)
    assert cost.seconds(letters.size(8, 1)) > 3 * cost.seconds(one)


def test_bits_are_drawn_as_far_as_they_go_and_at_least_to_the_even_guess():
    low, high = ui._range(np.array([3.0, 5.66, np.inf]))
    assert low == 0
    assert high > 5.66
    assert ui._range(np.array([3.0]))[1] > np.log2(27)
