"""Take-home code, by running it: it gives the numbers of the app, or is badged "nearest", or is refused by name."""

import gc
import io
import json
import os
import warnings
from contextlib import chdir, redirect_stdout
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.test_translate import EXACT, path_at
from wd_core import Experiment, train
from wd_core.datasets import given
from wd_core.engine.layers import Activation, Affine, Layer
from wd_core.engine.loop import BATCHES
from wd_core.models import MODELS, Model
from wd_core.translate import TOOLS, data_npz, take_home, translations
from wd_core.translate.training_code import first_weights

LAM = 0.02
NETWORK = Experiment(n_samples=80, hidden=(5, 4), steps=30, lr=0.02, seeds=(3,), lambdas=(LAM,))
VARIANTS = {
    "as it opens": {},
    "none": {"penalty": "none", "dataset": "sine", "activation": "identity"},
    "sgd": {"optimizer": "sgd", "lr": 0.3},
    "momentum": {"optimizer": "momentum", "activation": "sigmoid"},
    "nesterov, relu": {"optimizer": "nesterov", "activation": "relu"},
    "l1": {"penalty": "l1", "activation": "leaky_relu"},
    "l1 by momentum": {"penalty": "l1", "optimizer": "momentum"},
    "elastic, many classes": {"penalty": "elastic", "dataset": "blobs", "l1_ratio": 0.3},
    "subgradient": {"penalty": "l1", "decay": "subgradient", "optimizer": "momentum"},
    "decoupled": {"decay": "decoupled", "penalty": "elastic"},
    "decoupled sgd": {"decay": "decoupled", "optimizer": "sgd", "lr": 0.3},
    "decoupled momentum": {"decay": "decoupled", "optimizer": "momentum"},
    "paper": {"decay": "decoupled_paper", "schedule": "cosine"},
    "cautious": {"decay": "cautious", "penalty": "elastic"},
    "cautious momentum": {"decay": "cautious", "optimizer": "momentum"},
    "cosine": {"schedule": "cosine", "penalty": "elastic"},
    "step, momentum": {"schedule": "step", "optimizer": "momentum"},
    "warm-up": {"schedule": "warmup_cosine", "decay": "decoupled"},
    "batches that divide": {"batch_size": 8},
    "batches that do not": {"batch_size": 12},
    "beta2": {"beta2": 0.9},
    "square": {"activation": "square", "biases": False},
    "layers": {"decay_layers": (2.0, 0.0, 0.5), "penalty": "elastic"},
    "layers beside": {"decay_layers": (2.0, 0.0, 0.5), "decay": "decoupled"},
    "layers, l1": {"decay_layers": (2.0, 0.0, 0.5), "decay": "decoupled", "penalty": "l1"},
    "one factor": {"decay_layers": (3.0, 3.0, 3.0)},
    "biases decay": {"decay_biases": True},
    "biases decay beside": {"decay_biases": True, "decay": "decoupled"},
    "λ warms up": {"lambda_warmup": 0.5, "penalty": "elastic"},
    "λ warms up beside": {"lambda_warmup": 0.5, "decay": "decoupled"},
    "span": {"decay_span": (0.2, 0.6)},
    "span, cautious": {"decay_span": (0.2, 0.6), "decay": "cautious"},
    "batch norm": {"norm": "batch", "decay_gains": True},
    "batch norm, batches": {"norm": "batch", "batch_size": 12, "decay": "decoupled"},
    "batch norm, no biases": {"norm": "batch", "biases": False},
    "layer norm": {"norm": "layer", "decay_gains": True, "decay_biases": True, "penalty": "elastic"},
    "layer norm, no biases": {"norm": "layer", "biases": False, "decay": "decoupled"},
    "dropout": {"dropout": 0.2, "norm": "batch"},
    "noise": {"input_noise": 0.3},
    "softmax, two classes": {"model": "softmax", "penalty": "elastic"},
    "linear with dropout": {"model": "logistic", "dropout": 0.3},
    "linear without biases": {"model": "linear", "dataset": "sparse", "biases": False, "decay_layers": (2.0,)},
}
TRAINERS = ("PyTorch", "PyTorch AdamW", "Keras")


def variant(name: str) -> Experiment:
    return NETWORK.replace(**VARIANTS[name])


def need(tool: str) -> None:
    """Skip unless what it needs is installed; with WDL_PEERS, fail."""
    library = "keras" if tool == "Keras" else "torch"
    if not find_spec(library) or not find_spec("torch"):
        missing = pytest.fail if os.environ.get("WDL_PEERS") else pytest.skip
        missing(f"{library} is not installed: pip install -r tests/requirements-peers.txt")
    os.environ.setdefault("KERAS_BACKEND", "torch")


def run(code: str, folder: Path, e: Experiment) -> dict:
    """What the script prints, in this process, beside its data.npz."""
    (folder / "data.npz").write_bytes(data_npz(e))
    said = io.StringIO()
    with chdir(folder), redirect_stdout(said), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the tools say of themselves
        exec(compile(code, "experiment.py", "exec"), {"__name__": "__main__"})
        gc.collect()  # closes data.npz where its warning is not heard
    return json.loads(said.getvalue().splitlines()[-1])


@pytest.mark.parametrize("tool", TRAINERS)
@pytest.mark.parametrize("name", VARIANTS)
def test_code_gives_the_apps_numbers_or_says_what_differs_or_is_refused(name: str, tool: str, tmp_path: Path) -> None:
    e = variant(name)
    told = translations(e, LAM)[TOOLS.index(tool)]
    if not told.expression:
        assert told.why.startswith(tool)
        with pytest.raises(ValueError, match=r"^tool="):
            take_home(e, LAM, tool)
        return
    code = take_home(e, LAM, tool)
    assert max(map(len, code.splitlines())) <= 120
    need(tool)
    found = run(code, tmp_path, e)
    history = train(e)
    if told.exact:
        for part in ("train", "validation"):
            assert found[f"{part}_loss"] == pytest.approx(getattr(history, f"{part}_loss")[0, 0, -1], rel=1e-3)
            assert found[f"{part}_score"] == pytest.approx(getattr(history, f"{part}_score")[0, 0, -1], abs=0.03)
    else:
        assert np.isfinite(found["train_loss"])


@pytest.mark.parametrize(("e", "lam"), EXACT)
@pytest.mark.parametrize("tool", ["PyTorch", "Keras"])
def test_a_linear_models_training_comes_to_the_exact_solution(tool: str, e: Experiment, lam: float, tmp_path: Path):
    need(tool)
    e = e.replace(lr=0.05, steps=1500, schedule="cosine")
    path, split = path_at(e, lam)
    found, exact = run(take_home(e, lam, tool), tmp_path, e), path.loss(split.X_train, split.y_train)[0]
    assert found["train_loss"] == pytest.approx(exact, abs=2e-5 if tool == "PyTorch" else 2e-4)


# ---------------------------------------------------------------- scikit-learn


@pytest.fixture
def same_start(monkeypatch):
    """same_start(e): scikit-learn's MLP starts at the first weights of `e`, and has its order of the examples."""

    def patch(e: Experiment) -> None:
        firsts, stream = iter(first_weights(e, e.seeds[0])), np.random.default_rng([e.seeds[0], BATCHES])
        monkeypatch.setattr(
            "sklearn.neural_network._multilayer_perceptron.BaseMultilayerPerceptron._init_coef",
            lambda self, a, b, dtype: (next(firsts).T.astype(dtype), np.zeros(b, dtype)),
        )
        monkeypatch.setattr(
            "sklearn.neural_network._multilayer_perceptron.shuffle",
            lambda rows, random_state: stream.permutation(len(rows)),
        )

    return patch


@pytest.mark.parametrize("name", VARIANTS)
def test_scikit_learns_network_takes_the_apps_steps_or_says_what_differs_or_is_refused(name, same_start, tmp_path):
    e = variant(name)
    if e.model != "mlp":
        return
    told = translations(e, LAM)[0]
    if not told.expression:
        assert told.why.startswith("scikit-learn has no")
        with pytest.raises(ValueError, match=r"^tool=scikit-learn"):
            take_home(e, LAM, "scikit-learn")
        return
    same_start(e)
    found, history = run(take_home(e, LAM, "scikit-learn"), tmp_path, e), train(e)
    if told.exact:
        assert found["train_loss"] == pytest.approx(history.train_loss[0, 0, -1], rel=1e-3)
    else:
        assert any(word in told.why for word in ("learning rate", "last batch", "epochs", "ReLU", "not the same steps"))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"schedule": "cosine"}, "the app's follows half a cosine"),
        ({"batch_size": 12}, "only 4 of 12 examples"),
        ({"batch_size": 8, "steps": 32}, "in epochs of 5 steps, which 32 steps are not"),
        ({"activation": "leaky_relu"}, "no leaky ReLU"),
    ],
)
def test_what_scikit_learns_network_does_otherwise_is_said(changes: dict, says: str) -> None:
    told = translations(NETWORK.replace(**changes), LAM)[0]
    assert not told.exact
    assert says in told.why


def test_a_linear_model_without_biases_and_with_a_factor_is_solved_as_it_is_trained(tmp_path: Path) -> None:
    e = variant("linear without biases").replace(optimizer="sgd", lr=0.3, steps=3000, lambda_warmup=0.1)
    for penalty in ("l2", "l1", "elastic"):
        arm = e.replace(penalty=penalty)
        assert translations(arm, LAM)[0].exact
        found = run(take_home(arm, LAM, "scikit-learn"), tmp_path, arm)
        assert found["train_loss"] == pytest.approx(train(arm, dtype=np.float64).train_loss[0, 0, -1], rel=1e-5)


# ---------------------------------------------------------------- what nobody knows


class Strange(Layer):
    """A layer that no script knows."""

    def __init__(self, shape: tuple[int, ...]):
        self.shape = shape


def bottleneck(e, inputs, outputs):
    widths, chain = (inputs[0], 12, 2), []
    for a, b in pairwise(widths):
        chain += [Affine(a, b, name=f"to {b}"), Activation("tanh", (b,))]
    return [*chain, Affine(2, outputs, name="output")]


def strange(e, inputs, outputs):
    return [Affine(inputs[0], 4, name="first"), Strange((4,)), Affine(4, outputs, name="output")]


@pytest.fixture
def a_new_model(monkeypatch):
    """a_new_model(layers) → an experiment with a model that came as a file of its own."""

    def add(layers) -> Experiment:
        monkeypatch.setitem(MODELS, "novel", Model("novel", "A novelty", ("binary", "multiclass"), layers))
        field = Experiment.__dataclass_fields__["model"]
        monkeypatch.setattr(field, "metadata", field.metadata | {"options": tuple(MODELS)})
        monkeypatch.setattr(Experiment, "_check_cost", lambda self: None)
        return NETWORK.replace(model="novel")

    return add


def test_a_new_model_of_known_layers_is_written_down_as_it_is(a_new_model, same_start, tmp_path: Path) -> None:
    e = a_new_model(bottleneck)
    assert "hidden_layer_sizes=(12, 2)" in take_home(e, LAM, "scikit-learn")
    assert "nn.Linear(12, 2)" in take_home(e, LAM, "PyTorch")
    same_start(e)
    found = run(take_home(e, LAM, "scikit-learn"), tmp_path, e)
    assert found["train_loss"] == pytest.approx(train(e).train_loss[0, 0, -1], rel=1e-3)


def test_a_new_model_of_unknown_layers_is_refused_by_name(a_new_model) -> None:
    e = a_new_model(strange)
    told = dict(zip(TOOLS, translations(e, LAM), strict=True))
    assert told["scikit-learn"].why == "scikit-learn has no model “novel”."
    assert told["glmnet"].why == "glmnet fits linear models only."
    assert "weight_decay=0.02" in told["PyTorch"].expression  # the number is right whatever the model
    for tool in TRAINERS:
        with pytest.raises(ValueError, match="model=novel: take-home code does not know its layer Strange"):
            take_home(e, LAM, tool)


def test_own_rows_give_code_about_own_rows(tmp_path: Path) -> None:
    split = NETWORK.data(3)
    arrays = [getattr(split, f"{a}_{part}") for part in ("train", "validation", "test") for a in "Xy"]
    rows = given(*arrays, name="iris", title="Your own data", input_names=("a", "b"), target_name="y",
                 class_names=("no", "yes"))  # fmt: skip
    e = Experiment(dataset=rows, model="logistic", seeds=(3,), n_samples=len(split.y_train))
    code = take_home(e, LAM, "scikit-learn")
    assert code.startswith('"""Your own data')
    assert "load_iris" not in code
    assert run(code, tmp_path, e)["train_loss"] < 0.7


@pytest.mark.parametrize("changes", [{"noise": 0.5}, {"label_noise": 0.2}, {"noise_features": 3}], ids=str)
def test_data_that_are_not_as_loaded_are_not_cut_anew(changes: dict) -> None:
    e = Experiment(dataset="iris", model="softmax", seeds=(3,))
    assert "load_iris" in take_home(e, LAM, "scikit-learn")
    assert "load_iris" not in take_home(e.replace(**changes), LAM, "scikit-learn")
