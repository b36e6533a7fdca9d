"""Cost at inference: pruning against brute force, multiply-adds against the layers' own count, bytes against SciPy."""

import numpy as np
import pytest
from scipy import sparse

from wd_core import Experiment
from wd_core.evaluation import score_new
from wd_core.studies import beyond
from wd_core.studies import inference as inf

MODELS = (
    ("iris", "mlp"), ("digits", "cnn"), ("vowels", "gru"), ("surnames", "transformer"), ("breast_cancer", "logistic"),
)  # fmt: skip


def setting(data: str, model: str) -> Experiment:
    e = beyond.start(data, model, (0, 1))
    return e.replace(hidden={"transformer": (8, 6), "cnn": (3, 2)}.get(model, (5, 4)), steps=20, lambdas=(0.0, 1e-2))


@pytest.fixture
def network():
    e = setting("iris", "mlp")
    return e, np.random.default_rng(0).standard_normal((2, 3, e.n_parameters))


def test_pruning_keeps_the_largest_weights_and_all_biases(network):
    e, weights = network
    places = inf.weight_places(e)
    for share in (0.0, 0.25, 0.6, 1.0):
        found = inf.pruned(weights, places, share)
        count = round(share * places.sum())
        for before, after in zip(weights.reshape(6, -1), found.reshape(6, -1), strict=True):
            np.testing.assert_array_equal(before[~places], after[~places])
            largest = np.sort(np.abs(before[places]))[::-1][:count]
            np.testing.assert_allclose(np.sort(np.abs(after[places]))[::-1][:count], largest)
            assert (after[places] != 0).sum() == count
    with pytest.raises(ValueError, match=r"share=1\.5: allowed"):
        inf.pruned(weights, places, 1.5)


def test_pruned_to_nothing_a_model_says_what_its_biases_say():
    (h,) = beyond.train_ends([setting("iris", "softmax")])
    scores = inf.pruned_scores(h, "test", (0.0, 1.0))
    np.testing.assert_allclose(scores[1], h.test_score[:, :, -1], atol=1e-6)
    for s, seed in enumerate(h.experiment.seeds):
        y = h.experiment.data(seed).y_test
        shares = [(y == c).mean() for c in range(3)]
        assert all(np.isclose(score, shares, atol=1e-6).any() for score in scores[0, :, s])


def test_the_least_share_is_the_one_from_which_on_all_is_well():
    kept = (0.1, 0.2, 0.5, 1.0)
    scores = np.array([[0.90, 0.3, 0.2], [0.5, 0.895, 0.2], [0.9, 0.9, 0.2], [0.9, 0.9, 0.9]])
    np.testing.assert_array_equal(inf.least_kept(scores, kept), [0.5, 0.2, 1.0])
    assert np.isnan(inf.least_kept(np.full((4, 1), np.nan), kept)).all()


@pytest.mark.parametrize(("data", "model"), MODELS)
def test_multiply_adds_are_those_of_the_layers(data, model):
    e = setting(data, model)
    assert inf.multiply_adds(e) == sum(layer.work for layer in e.layers())
    ones, nothing = np.ones((2, e.n_parameters)), np.zeros(e.n_parameters)
    assert (inf.multiply_adds(e, ones) == inf.multiply_adds(e)).all()
    assert inf.multiply_adds(e, nothing) == inf.uses(e)[1]


def test_a_zero_saves_as_often_as_it_would_have_been_used():
    e = setting("digits", "cnn")
    at = e.blocks[0][1]
    weights = np.ones(e.n_parameters)
    weights[at.start] = 0  # of a kernel that looks at 4 × 4 places, after pooling
    assert inf.multiply_adds(e) - inf.multiply_adds(e, weights) == 16
    e = setting("vowels", "gru")
    weights = np.ones(e.n_parameters)
    weights[0] = 0
    assert inf.multiply_adds(e) - inf.multiply_adds(e, weights) == e.form.shape[0]


def test_bytes_are_those_of_scipys_compressed_rows(network):
    e, weights = network
    pruned = inf.pruned(weights, inf.weight_places(e), 0.3)[0, 0]
    expected = 0
    for block, here in e.blocks:
        matrix = sparse.csr_matrix(pruned[here].reshape(block.shape).astype(np.float32))
        expected += matrix.data.nbytes + matrix.indices.astype(np.uint16).nbytes + matrix.indptr.astype(np.int32).nbytes
    found = inf.bytes_of(e, pruned).as_dict()
    assert found["float32, sparse"] == expected
    assert found["float32"] == pruned.astype(np.float32).nbytes
    assert found["8 bits, sparse"] < found["8 bits"] + expected


def test_quantised_weights_lie_on_the_levels_that_bits_allow(network):
    e, weights = network
    for bits in (8, 4):
        found = inf.quantised(e, weights, bits)
        for _, here in e.blocks:
            w, q = weights[..., here].reshape(6, -1), found[..., here].reshape(6, -1)
            scale = np.abs(w).max(-1, keepdims=True) / (2 ** (bits - 1) - 1)
            assert (np.abs(w - q) <= scale / 2 * 1.0001).all()
            np.testing.assert_allclose(q / scale, np.rint(q / scale), atol=1e-6)
            assert np.abs(q / scale).max() <= 2 ** (bits - 1) - 1 + 1e-6


def test_units_without_links_say_nothing(network):
    e, weights = network
    w = weights.copy()
    blocks = [(w[..., here].reshape(2, 3, *block.shape), here) for block, here in e.blocks]
    first, second = blocks[0][0].copy(), blocks[1][0].copy()
    first[..., 1, :-1] = 0  # nothing reaches hidden unit 1 of the first layer
    second[..., :, 3] = 0  # unit 3 of the first layer reaches nothing
    w[..., blocks[0][1]], w[..., blocks[1][1]] = first.reshape(2, 3, -1), second.reshape(2, 3, -1)
    assert (inf.units_without_links(e, weights) == 0).all()
    assert (inf.units_without_links(e, w) == 2).all()
    X = e.data(0).X_test
    changed = w.copy()
    first[..., 3, :] = 7.0
    changed[..., blocks[0][1]] = first.reshape(2, 3, -1)
    np.testing.assert_allclose(*(score_new(e, X, v.reshape(6, -1), X) for v in (w, changed)), rtol=1e-9)
    with pytest.raises(ValueError, match="allowed: mlp"):
        inf.units_without_links(setting("digits", "cnn"), weights)


def test_l1_leaves_exact_zeros_and_l2_none():
    e = setting("breast_cancer", "logistic").replace(steps=200, lambdas=(0.0, 0.05))
    l2, l1 = beyond.train_ends([e, e.replace(penalty="l1")])
    assert (inf.zero_share(l1)[1] > 0.3).all()
    assert (inf.zero_share(l2) == 0).all()
