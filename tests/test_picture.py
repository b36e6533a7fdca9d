"""Pictures: what the browser draws is what the History says."""

import json

import numpy as np
import pytest

from wd_core import Experiment, lambda_path, train
from wd_core.datasets import DATASETS
from wd_core.view import picture
from wd_core.view.grid import GRID, _winner
from wd_core.view.packing import differences, sums, weights_of
from wd_core.view.picture import make_picture, unpack
from wd_core.view.planes import make_plane

LAMBDAS = (0.0, 0.01, 0.3)
BASE = Experiment(n_samples=60, hidden=(5, 3), steps=12, lambdas=LAMBDAS, seeds=(4, 9))
CASES = {
    "binary": BASE,
    "softmax on two classes": BASE.replace(model="softmax"),
    "multiclass": BASE.replace(dataset="blobs", noise=0.6),
    "many features": BASE.replace(dataset="iris", noise=0.0),
    "regression1d": BASE.replace(dataset="sine", noise=0.2),
    "regression2d": BASE.replace(dataset="bumps", noise=0.1),
}


@pytest.fixture(scope="module", params=CASES)
def drawn(request):
    e = CASES[request.param]
    history = train(e)
    header, arrays = unpack(make_picture([history, history], seed=9))
    return e, history, header, arrays


def test_numbers_are_those_of_the_shown_seed(drawn):
    _, history, header, arrays = drawn
    s = header["seeds"].index(header["seed"])
    for name in ("train_loss", "validation_score", "test_loss", "penalty"):
        np.testing.assert_array_equal(arrays[f"a1.{name}"], getattr(history, name)[:, s].astype(np.float32))
    w = history.weights[:, s][..., history.weight_mask]
    np.testing.assert_allclose(arrays["a0.norm"], np.linalg.norm(w, axis=-1), rtol=1e-5)
    np.testing.assert_array_equal(arrays["a0.zeros"], (w == 0).sum(-1))
    np.testing.assert_allclose(arrays["a0.mean_validation"], history.validation_loss.mean(1), rtol=1e-5)
    for lam, kept in enumerate(arrays["a0.stopped"]):
        assert history.validation_loss[lam, s, kept] == history.validation_loss[lam, s].min()


@pytest.mark.parametrize("case", CASES)
def test_a_grid_stands_in_where_the_browser_cannot_evaluate(case, monkeypatch):
    """In 16 bits it is what the model predicts at its points, and no program is sent."""
    monkeypatch.setattr(picture, "MAX_WEIGHTS", 1)
    e = CASES[case]
    history, split = train(e), e.data(9)
    header, arrays = unpack(make_picture([history], seed=9))
    plane = make_plane(split, DATASETS[e.dataset])
    assert header["program"] is None
    if header["task"] == "regression1d":
        x = np.linspace(*header["plane"]["x"]["range"], arrays["a0.curve"].shape[-1])[:, None]
        expected = history.predict(split.to_model(x))[:, 1, :, 0]
        np.testing.assert_allclose(arrays["a0.curve"][:, -1], expected, rtol=1e-4, atol=1e-5)
        return
    p = history.predict(split.to_model(plane.grid(GRID)))[:, 1].reshape(len(LAMBDAS), GRID, GRID, -1).astype(float)
    grid = header["arms"][0]["grid"]
    found = sums(arrays["a0.grid"], (2, 3))[:, -1] * ((grid["high"] - grid["low"]) / 65535) + grid["low"]
    if header["task"] == "multiclass":
        first_two = np.sort(p, axis=-1)[..., -2:]
        sure = first_two[..., 1] - first_two[..., 0] > 1e-3
        np.testing.assert_array_equal(arrays["a0.top"][:, -1][sure], p.argmax(-1)[sure])
        np.testing.assert_allclose(found, first_two[..., 1] - first_two[..., 0], atol=5e-5)
    elif header["task"] == "binary":
        np.testing.assert_allclose(1 / (1 + np.exp(-found)), p[..., -1], atol=2e-4)
    else:
        np.testing.assert_allclose(found, p[..., -1], atol=1e-3)


def test_weights_come_back_within_the_rounding_and_zero_means_zero(drawn):
    _, history, header, arrays = drawn
    s = header["seeds"].index(header["seed"])
    w, found = history.weights[:, s], weights_of(header, arrays)
    assert header["arms"][0]["weight_rows"] == list(range(w.shape[1]))
    largest = np.abs(w).max((1, 2), keepdims=True)
    assert (np.abs(found - w) <= 4.8e-7 * largest).all()
    np.testing.assert_array_equal(found == 0, w == 0)


@pytest.mark.parametrize("axes", [(0, 1), (1, 2)])
def test_numbers_come_back_from_their_differences(axes):
    numbers = np.random.default_rng(1).integers(-(2**21) + 1, 2**21, (3, 5, 7))
    np.testing.assert_array_equal(sums(differences(numbers, axes), axes), numbers)
    with pytest.raises(ValueError, match="allowed: 22 bits"):
        differences(numbers * 50, axes)


def test_flipped_labels_are_marked():
    e = BASE.replace(label_noise=0.3)
    _, arrays = unpack(make_picture([train(e)], seed=9))
    np.testing.assert_array_equal(arrays["flipped"], e.data(9).flipped)
    assert 0 < arrays["flipped"].mean() < 1


def test_points_lie_in_the_plane_and_wrong_ones_are_marked(drawn):
    _, history, header, arrays = drawn
    n = sum(header["points"].values())
    assert arrays["points"].shape == (n, 2)
    assert arrays["labels"].shape == (n,)
    for i, axis in enumerate("xy"):
        low, high = header["plane"][axis]["range"]
        assert ((arrays["points"][:, i] >= low) & (arrays["points"][:, i] <= high)).all()
    if history.wrong is not None:
        train_part = arrays["a0.wrong"][..., : header["points"]["train"]]
        np.testing.assert_allclose(1 - train_part.mean(-1), history.train_score[:, 1], atol=1e-6)


def test_the_choices_are_made_on_the_validation_loss():
    e = BASE.replace(label_noise=0.2, lr=0.05, steps=200, lambdas=lambda_path(1e-3, 1.0, 8), seeds=(0, 1, 2))
    history = train(e)
    _, arrays = unpack(make_picture([history], seed=1))
    best, simplest = {}, {}
    for part in ("train", "validation", "test"):
        losses = getattr(history, f"{part}_loss").astype(float)
        mean = losses.mean(1)
        best[part] = mean.argmin(0)
        least = np.take_along_axis(mean, best[part][None], 0)
        error = np.take_along_axis(losses.std(1, ddof=1), best[part][None], 0) / np.sqrt(3)
        within = mean <= least + error
        simplest[part] = len(mean) - 1 - within[::-1].argmax(0)
    trained = len(history.steps) // 2  # before that, λ hardly matters
    np.testing.assert_array_equal(arrays["a0.best"][trained:], best["validation"][trained:])
    np.testing.assert_array_equal(arrays["a0.one_se"][trained:], simplest["validation"][trained:])
    for part in ("train", "test"):  # on these data the parts would choose otherwise
        assert (best[part][trained:] != best["validation"][trained:]).any()
        assert (simplest[part][trained:] != simplest["validation"][trained:]).any()


def test_where_nothing_is_decayed_there_is_nothing_to_choose():
    none, l2 = (train(BASE.replace(penalty=penalty)) for penalty in ("none", "l2"))
    header, arrays = unpack(make_picture([none, l2], seed=4))
    assert [arm["inert"] for arm in header["arms"]] == [True, False]
    assert set(arrays["a0.best"]) == set(arrays["a0.one_se"]) == {-1}
    assert header["arms"][0]["open"] == ""
    assert (arrays["a1.best"] >= 0).all()


@pytest.mark.parametrize(
    ("lambdas", "end"), [((0.0, 1e-4, 0.01), "high"), ((0.3, 1.0, 3.0), "low"), ((0.0, 1e-3, 0.05, 1.0), "")]
)
def test_a_path_that_ends_at_its_lowest_loss_says_so(lambdas, end):
    e = Experiment.from_query("dataset=sparse").replace(lambdas=lambdas)
    assert unpack(make_picture([train(e)], seed=0))[0]["arms"][0]["open"] == end


def test_a_path_at_whose_end_the_weights_are_gone_is_long_enough():
    e = Experiment(dataset="xor", model="logistic", n_samples=60, lr=0.1, lambdas=(0.0, 0.01, 100.0))  # cannot bend
    header, arrays = unpack(make_picture([train(e)], seed=0))
    assert arrays["a0.best"][-1] == 2
    assert arrays["a0.mean_validation"][:, -1].max() > 1.02 * arrays["a0.mean_validation"][2, -1]
    assert header["arms"][0]["open"] == ""


def test_the_sentence_is_the_data_sets_own_only_where_its_story_was_tested():
    e = Experiment.from_query("dataset=plane")
    said = [unpack(make_picture([train(x)], seed=0))[0]["sentence"] for x in (e, e.replace(noise=0.1))]
    assert said == [DATASETS["plane"].description, ""]


def test_inputs_that_truly_matter_are_told_where_it_is_known():
    for name, relevant in (("sparse", 5), ("circles", 2), ("wine", 0)):
        e = Experiment.from_query(f"dataset={name}&steps=2&seeds=0")
        header = unpack(make_picture([train(e)], seed=0))[0]
        assert [header["inputs"][i] for i in header["relevant"]] == list(DATASETS[name].opening.relevant)
        assert len(header["relevant"]) == relevant


def test_weights_that_grow_for_ever_are_said_to_be_seen_over_the_epochs():
    e = Experiment.from_query("dataset=separable")
    sentence = unpack(make_picture([train(e)], seed=0))[0]["sentence"]
    assert sentence.startswith(DATASETS["separable"].description)
    assert sentence.endswith("Drag the epoch and watch ‖w‖.")


def test_a_diverged_run_is_said_and_drawn_as_nothing():
    e = BASE.replace(model="linear", dataset="plane", optimizer="sgd", lr=10.0, steps=200, seeds=(0,))
    header, arrays = unpack(make_picture([train(e)], seed=0))
    assert arrays["a0.diverged"].all()
    assert np.isnan(arrays["a0.train_loss"][:, -1]).all()
    assert (arrays["a0.best"][-1], arrays["a0.one_se"][-1]) == (-1, -1)
    json.dumps(header, allow_nan=False)


def test_the_two_best_classes_of_a_walk_are_those_of_a_sort():
    scores = np.random.default_rng(0).normal(size=(3, 7, 11)) * 4
    p = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    lead, top = np.moveaxis(_winner(scores), 1, 0)
    np.testing.assert_array_equal(top, p.argmax(1))
    first_two = np.sort(p, axis=1)[:, -2:]
    np.testing.assert_allclose(lead, first_two[:, 1] - first_two[:, 0], atol=1e-12)


def test_a_large_network_sends_the_weights_of_some_steps():
    e = BASE.replace(dataset="digits", noise=0.0, hidden=(64, 64), lambdas=tuple(np.geomspace(0.001, 1, 8)), seeds=(0,))
    history = train(e.replace(steps=41))
    header, arrays = unpack(make_picture([history], seed=0))
    rows, kept = header["arms"][0]["weight_rows"], arrays["a0.weights"].shape[2]
    assert 2 <= kept < len(header["steps"])
    assert rows == sorted(rows)
    assert (rows[0], rows[-1], len(rows)) == (0, kept - 1, len(header["steps"]))
