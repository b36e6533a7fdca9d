"""A batch of runs is nothing but many single runs: alone or together, disturbed or not, the same bits."""

from dataclasses import fields
from itertools import chain, pairwise

import numpy as np
import pytest

from wd_core import Experiment, History, train
from wd_core.experiment import DECAYS
from wd_core.models import MODELS

BASE = Experiment(n_samples=94, hidden=(7, 5), steps=40, lambdas=(0.0, 1e-3, 1e-2, 0.1, 1.0), seeds=(0, 1, 5))
KINDS = {
    "full batch": {},
    "minibatches": {"batch_size": 13},
    "cosine, decoupled": {"schedule": "cosine", "decay": "decoupled"},
    "l1": {"penalty": "l1", "optimizer": "momentum"},
    "deep relu": {"activation": "relu", "hidden": (11, 7, 5, 3), "optimizer": "sgd"},
    "softmax": {"dataset": "wine", "n_samples": 150, "model": "softmax"},
    "regression": {"dataset": "bumps", "activation": "sigmoid", "optimizer": "nesterov", "lr": 0.001},
    "one pixel row": {"dataset": "sine", "model": "linear", "penalty": "elastic"},
}
SHARED = {"lambdas", "seeds", "steps", "weight_mask"}
PER_RUN = [f.name for f in fields(History) if str(f.type) == "np.ndarray" and f.name not in SHARED]


def assert_same_runs(a: History, b: History, runs_a: tuple = (), runs_b: tuple = ()) -> None:
    """Every recorded number of these runs is the same, bit for bit."""
    for name in PER_RUN:
        np.testing.assert_array_equal(getattr(a, name)[runs_a], getattr(b, name)[runs_b], err_msg=name)


def test_what_is_compared_is_everything_that_belongs_to_a_run() -> None:
    parts = {f"{part}_{kind}" for part in ("train", "validation", "test") for kind in ("loss", "score")}
    assert set(PER_RUN) == parts | {"diverged", "penalty", "weights"}


# ---------------------------------------------------------------- together and alone


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_of_runs_is_a_loop_over_single_runs(kind: str, dtype: type) -> None:
    e = BASE.replace(**{"noise": None} | KINDS[kind])
    together = train(e, dtype=dtype)
    for i, lam in enumerate(e.lambdas):
        for j, seed in enumerate(e.seeds):
            alone = train(e.replace(lambdas=(lam,), seeds=(seed,)), dtype=dtype)
            assert_same_runs(together, alone, (i, j), (0, 0))


def test_the_runs_of_a_batch_are_not_all_the_same() -> None:
    ends = train(BASE).weights[:, :, -1].reshape(15, -1)
    assert len(np.unique(ends, axis=0)) == 15


@pytest.mark.parametrize("decay", DECAYS)
def test_disturbing_one_lambda_changes_its_runs_alone(decay: str) -> None:
    e = BASE.replace(decay=decay, penalty="elastic", batch_size=13)
    calm, disturbed = train(e), train(e.replace(lambdas=(*e.lambdas[:2], 1e4, *e.lambdas[3:])))
    others = ([0, 1, 3, 4],)
    assert_same_runs(calm, disturbed, others, others)
    assert (calm.penalty[2, :, 1:] != disturbed.penalty[2, :, 1:]).all()


def test_another_seed_beside_it_changes_no_run() -> None:
    assert_same_runs(train(BASE), train(BASE.replace(seeds=(0, 1, 77))), np.s_[:, :2], np.s_[:, :2])


def test_the_same_experiment_gives_the_same_bits_twice() -> None:
    e = BASE.replace(batch_size=13, label_noise=0.2)
    first, second = train(e), train(Experiment.from_query(e.to_query()))
    assert first is not second
    assert_same_runs(first, second)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_runs_are_of_the_wanted_precision(dtype: type) -> None:
    h = train(BASE, dtype=dtype)
    assert {getattr(h, name).dtype for name in ("weights", "train_loss", "test_loss", "penalty")} == {np.dtype(dtype)}
    assert h.predict(np.zeros((3, 2))).dtype == dtype


def test_single_precision_follows_double_precision() -> None:
    np.testing.assert_allclose(train(BASE).test_loss, train(BASE, dtype=np.float64).test_loss, rtol=1e-3)


# ---------------------------------------------------------------- paired


def test_runs_of_a_seed_begin_with_the_same_weights_whatever_lambda() -> None:
    start = train(BASE).weights[:, :, 0]
    np.testing.assert_array_equal(start, np.broadcast_to(start[:1], start.shape))
    assert (start[0, 0] != start[0, 1]).any()


def test_the_first_minibatch_is_the_same_whatever_lambda() -> None:
    """After one coupled step of SGD from the same weights, biases show the batch's gradient and no penalty."""
    h = train(BASE.replace(batch_size=13, optimizer="sgd", steps=1))
    biases = h.weights[:, :, -1, ~h.weight_mask]
    np.testing.assert_array_equal(biases, np.broadcast_to(biases[:1], biases.shape))
    assert (biases[0, 0] != biases[0, 1]).any()


def test_minibatches_are_drawn_without_replacement_and_all_full() -> None:
    """With lr → 0 and SGD the weights move along the sum of all batches' gradients: those of whole epochs."""
    settings = {"optimizer": "sgd", "lr": 1e-6, "penalty": "none", "lambdas": (0.0,)}
    n = len(BASE.data(0).y_train)
    batches = train(BASE.replace(**settings, batch_size=1, steps=3 * n), dtype=np.float64)
    whole = train(BASE.replace(**settings, batch_size=None, steps=3 * n), dtype=np.float64)
    moved = batches.weights[:, :, -1] - batches.weights[:, :, 0]
    np.testing.assert_allclose(moved, whole.weights[:, :, -1] - whole.weights[:, :, 0], rtol=1e-2, atol=1e-8)


# ---------------------------------------------------------------- which parameters decay


@pytest.mark.parametrize(("name", "hidden"), [("mlp", (7, 5)), ("mlp", (3,)), ("softmax", ()), ("logistic", ())])
def test_the_mask_is_false_at_the_last_column_of_every_layer_alone(name: str, hidden: tuple[int, ...]) -> None:
    e = BASE.replace(model=name, hidden=hidden or (2,), noise_features=11, steps=1)
    widths = (13, *hidden, 2 if name == "softmax" else 1)
    rows = [[True] * inputs + [False] for inputs, outputs in pairwise(widths) for _ in range(outputs)]
    assert train(e).weight_mask.tolist() == list(chain.from_iterable(rows))


def test_decay_beside_the_step_shrinks_weights_by_its_factor_and_no_bias() -> None:
    """λ = 1 of the paper's form takes a weight to zero before each step, whatever it was; a bias takes SGD's steps."""
    settings = {"dataset": "plane", "model": "linear", "optimizer": "sgd", "lr": 0.1, "steps": 200, "noise": None}
    h = train(BASE.replace(**settings, decay="decoupled_paper", lambdas=(1.0,), seeds=(0,)), dtype=np.float64)
    data = h.experiment.data(0)
    weights, bias = h.weights[0, 0, -1, :2], h.weights[0, 0, -1, 2]
    slope = -(data.X_train * (data.y_train - data.X_train @ weights - bias)[:, None]).mean(0)
    np.testing.assert_allclose(weights, -0.1 * slope, atol=1e-12)  # all of it is from the last step
    assert bias == pytest.approx((data.y_train - data.X_train @ weights).mean(), abs=1e-9)


@pytest.mark.parametrize("name", [name for name, model in MODELS.items() if "rows" in model.takes])
def test_every_model_leaves_one_bias_a_unit_alone(name: str) -> None:
    dataset = {"regression": "plane", "binary": "moons", "multiclass": "blobs"}[MODELS[name].tasks[0]]
    h = train(Experiment(model=name, dataset=dataset, steps=1))
    assert (~h.weight_mask).sum() == sum(block.shape[0] for block, _ in h.blocks())
