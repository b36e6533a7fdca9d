"""The λ translator: each tool's numbers by hand, and the scripts by running them."""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from wd_core import Experiment, train
from wd_core.linear.paths import fit_path
from wd_core.translate import TOOLS, Setting, data_csv, data_npz, setting_of, take_home, translate, translations
from wd_core.translate.scripts import LOADERS

LINEAR = Setting("linear", "regression", n=200, batch=200, target_sd=3.0)
LOGISTIC = Setting("logistic", "binary", n=200, batch=200)
SOFTMAX = Setting("softmax", "multiclass", n=200, batch=200)
MLP = Setting("mlp", "binary", n=200, batch=20)

DIABETES = Experiment(dataset="diabetes", model="linear", n_samples=442, seeds=(3,))
MOONS = Experiment(dataset="moons", model="logistic", noise_features=3, seeds=(3,))
BLOBS = Experiment(dataset="blobs", model="softmax", noise_features=3, label_noise=0.2, seeds=(3,))
SPARSE = Experiment(dataset="sparse", model="linear", seeds=(3,))  # its targets have another sd than 1
NETWORK = Experiment(hidden=(5,), steps=40, activation="relu", seeds=(3,))
EXACT = [
    pytest.param(e.replace(penalty=penalty, l1_ratio=0.4), lam, id=f"{e.model}-{penalty}-{lam}")
    for e in (DIABETES, MOONS, BLOBS)
    for penalty, lam in (("l2", 0.03), ("l1", 0.03), ("elastic", 0.05), ("l2", 0.0))
] + [pytest.param(SPARSE.replace(penalty=p, l1_ratio=0.4), 0.3, id=f"sparse-{p}") for p in ("l2", "elastic")]


def of(setting: Setting, tool: str, lam: float = 0.02, **changes):
    settings = {f: getattr(setting, f) for f in setting.__dataclass_fields__} | changes
    return translate(Setting(**settings), lam)[TOOLS.index(tool)]


@pytest.mark.parametrize(
    ("setting", "changes", "tool", "expression", "value", "exact"),
    [
        (LINEAR, {}, "scikit-learn", "Ridge(alpha=4)", 4.0, True),
        (LINEAR, {"penalty": "l1"}, "scikit-learn", "Lasso(alpha=0.02)", 0.02, True),
        (LINEAR, {"penalty": "elastic"}, "scikit-learn", "ElasticNet(alpha=0.02, l1_ratio=0.5)", 0.02, True),
        (LINEAR, {"penalty": "none"}, "scikit-learn", "LinearRegression()", None, True),
        (LINEAR, {"decay": "decoupled"}, "scikit-learn", "Ridge(alpha=4)", 4.0, False),
        (LINEAR, {"decay": "decoupled", "optimizer": "sgd"}, "scikit-learn", "Ridge(alpha=4)", 4.0, True),
        (LINEAR, {"decay": "decoupled", "optimizer": "momentum"}, "scikit-learn", "Ridge(alpha=0.4)", 0.4, True),
        (
            LINEAR,
            {"decay": "decoupled_paper", "optimizer": "sgd", "lr": 0.1},
            "scikit-learn",
            "Ridge(alpha=40)",
            40,
            True,
        ),
        (LOGISTIC, {}, "scikit-learn", "LogisticRegression(C=0.25)", 0.25, True),
        (
            LOGISTIC,
            {"penalty": "l1"},
            "scikit-learn",
            'LogisticRegression(C=0.25, l1_ratio=1, solver="saga")',
            0.25,
            True,
        ),
        (LOGISTIC, {"penalty": "none"}, "scikit-learn", "LogisticRegression(C=np.inf)", np.inf, True),
        (SOFTMAX, {}, "scikit-learn", "LogisticRegression(C=0.25)", 0.25, True),
        (SOFTMAX, {"task": "binary"}, "scikit-learn", "LogisticRegression(C=0.5)", 0.5, True),
        (MLP, {}, "scikit-learn", "MLPClassifier(alpha=0.4)", 0.4, True),
        (MLP, {"task": "regression"}, "scikit-learn", "MLPRegressor(alpha=0.4)", 0.4, True),
        (MLP, {"penalty": "l1"}, "scikit-learn", "", None, False),
        (MLP, {}, "PyTorch", "Adam(weights, weight_decay=0.02)", 0.02, True),
        (MLP, {"optimizer": "momentum"}, "PyTorch", "SGD(weights, weight_decay=0.02)", 0.02, True),
        (MLP, {"decay": "decoupled"}, "PyTorch", "Adam(weights, weight_decay=0.02)", 0.02, False),
        (
            MLP,
            {"penalty": "l1"},
            "PyTorch",
            "Adam(weights, weight_decay=0), then soft_threshold(w, lr * 0.02)",
            0.02,
            True,
        ),
        (MLP, {"decay": "decoupled"}, "PyTorch AdamW", "AdamW(weights, weight_decay=0.02)", 0.02, True),
        (MLP, {"decay": "decoupled_paper"}, "PyTorch AdamW", "AdamW(weights, weight_decay=2)", 2.0, True),
        (MLP, {}, "PyTorch AdamW", "AdamW(weights, weight_decay=0.02)", 0.02, False),
        (MLP, {"optimizer": "momentum"}, "PyTorch AdamW", "AdamW(weights, weight_decay=0.2)", 0.2, False),
        (MLP, {}, "Keras", "kernel_regularizer=L2(0.01)", 0.01, True),
        (MLP, {"penalty": "l1"}, "Keras", "kernel_regularizer=L1(0.02)", 0.02, False),
        (MLP, {"penalty": "l1", "decay": "subgradient"}, "Keras", "kernel_regularizer=L1(0.02)", 0.02, True),
        (MLP, {"penalty": "elastic"}, "Keras", "kernel_regularizer=L1L2(l1=0.01, l2=0.005)", 0.005, False),
        (MLP, {"decay": "decoupled"}, "Keras", "AdamW(weight_decay=0.02)", 0.02, True),
        (MLP, {}, "glmnet", "", None, False),
    ],
)
def test_every_tools_number(setting, changes, tool, expression, value, exact) -> None:
    found = of(setting, tool, **changes)
    assert found.tool == tool
    assert found.expression == expression
    assert found.value == pytest.approx(value) if value is not None else found.value is None
    assert found.exact == exact
    assert found.why.endswith(".")


def test_glmnet_carries_the_sd_of_y_in_its_ridge_part_alone() -> None:
    numbers = {p: of(LINEAR, "glmnet", penalty=p, l1_ratio=0.25).expression for p in ("l1", "l2", "elastic")}
    assert "lambda = 0.02, alpha = 1," in numbers["l1"]
    assert "lambda = 0.06, alpha = 0," in numbers["l2"]
    assert "lambda = 0.05, alpha = 0.1," in numbers["elastic"]  # 0.005 + 0.015·3
    assert "lambda = 0.02, alpha = 0," in of(LOGISTIC, "glmnet").expression


def test_a_setting_is_taken_from_the_experiment() -> None:
    setting = setting_of(MLP_BATCHES := NETWORK.replace(batch_size=20))
    assert (setting.n, setting.batch, setting.task) == (100, 20, "binary")
    assert translations(MLP_BATCHES, 0.1)[0].value == pytest.approx(2.0)
    assert setting_of(DIABETES).target_sd == pytest.approx(1.0)


def test_what_does_not_exist_is_said() -> None:
    with pytest.raises(ValueError, match="tool=Excel: allowed: scikit-learn, PyTorch"):
        take_home(DIABETES, 0.1, "Excel")
    with pytest.raises(ValueError, match="tool=glmnet: glmnet fits linear models only"):
        take_home(NETWORK, 0.1, "glmnet")
    with pytest.raises(ValueError, match="lam=-1: allowed: a number from 0 on"):
        translations(DIABETES, -1)


def test_the_files_hold_the_arrays_of_the_app() -> None:
    split = BLOBS.data(3)
    with np.load(io.BytesIO(data_npz(BLOBS))) as data:
        for name in data:
            np.testing.assert_array_equal(data[name], getattr(split, name))
        assert len(data.files) == 6
    rows = [line.split(",") for line in data_csv(BLOBS).splitlines()]
    assert rows[0][:3] == ["part", "y", "x1"]
    test = [row for row in rows if row[0] == "test"]
    np.testing.assert_array_equal(np.array([row[2:] for row in test], float), split.X_test)
    np.testing.assert_array_equal(np.array([row[1] for row in test], float), split.y_test)


# ---------------------------------------------------------------- the code


def run(code: str, folder: Path, e: Experiment | None = None) -> dict:
    """What the script prints in a fresh folder with data.npz, or without it if `e` is None."""
    (folder / "experiment.py").write_text(code, encoding="utf-8")
    if e:
        (folder / "data.npz").write_bytes(data_npz(e))
    done = subprocess.run(
        [sys.executable, "experiment.py"], cwd=folder, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def path_at(e: Experiment, lam: float):
    split = e.data(3)
    ratio = {"l1": 1.0, "l2": 0.0, "elastic": e.l1_ratio}[e.penalty]
    return fit_path(split.X_train, split.y_train, [lam], l1_ratio=ratio, task=e.task), split


@pytest.mark.parametrize(("e", "lam"), EXACT)
def test_scikit_learns_code_gives_the_numbers_of_the_app(e: Experiment, lam: float, tmp_path: Path) -> None:
    found = run(take_home(e, lam, "scikit-learn"), tmp_path, e)
    path, split = path_at(e, lam)
    assert found["train_loss"] == pytest.approx(path.loss(split.X_train, split.y_train)[0], rel=1e-5)
    assert found["validation_loss"] == pytest.approx(path.loss(split.X_validation, split.y_validation)[0], rel=1e-3)
    assert found["validation_score"] == pytest.approx(path.score(split.X_validation, split.y_validation)[0], rel=1e-4)
    w = np.atleast_2d(found["coefficients"]).T
    if lam:
        np.testing.assert_allclose(path.coefficients[0], w, atol=1e-4)
        np.testing.assert_array_equal(path.coefficients[0] == 0, w == 0)


def test_and_of_its_training_loop(tmp_path: Path) -> None:
    e = DIABETES.replace(penalty="l2", optimizer="sgd", lr=0.2, steps=5000, lambdas=(0.1,))
    found = run(take_home(e, 0.1, "scikit-learn"), tmp_path, e)
    history = train(e, dtype=np.float64)
    for part in ("train", "validation"):
        assert found[f"{part}_loss"] == pytest.approx(getattr(history, f"{part}_loss")[0, 0, -1], abs=1e-8)


def test_two_softmax_scores_are_translated_to_one(tmp_path: Path) -> None:
    e = MOONS.replace(model="softmax", penalty="elastic", optimizer="sgd", lr=0.5, steps=3000, lambdas=(0.05,))
    found = run(take_home(e, 0.05, "scikit-learn"), tmp_path, e)
    history = train(e, dtype=np.float64)
    assert found["validation_loss"] == pytest.approx(history.validation_loss[0, 0, -1], abs=1e-5)


@pytest.mark.parametrize("dataset", LOADERS)
def test_without_the_file_scikit_learns_data_are_cut_anew(dataset: str, tmp_path: Path) -> None:
    model = {"diabetes": "linear", "breast_cancer": "logistic"}.get(dataset, "softmax")
    e = Experiment(dataset=dataset, model=model, n_samples=300, seeds=(3,))
    found, with_file = (run(take_home(e, 0.03, "scikit-learn"), tmp_path, given) for given in (None, e))
    assert found["validation_score"] == pytest.approx(with_file["validation_score"], abs=0.3)
    assert found != with_file


@pytest.mark.parametrize(("e", "lam"), EXACT)
def test_glmnets_code_is_well_formed_and_runs_where_it_can(e: Experiment, lam: float, tmp_path: Path) -> None:
    code = take_home(e, lam, "glmnet")
    for pair in ("()", "[]", "{}"):
        assert code.count(pair[0]) == code.count(pair[1])
    assert code.count('"') % 2 == 0
    rscript = shutil.which("Rscript")
    if not rscript or subprocess.run([rscript, "-e", "library(glmnet)"], capture_output=True, check=False).returncode:
        pytest.skip("R with glmnet is not installed")
    (tmp_path / "experiment.R").write_text(code, encoding="utf-8")
    (tmp_path / "data.csv").write_text(data_csv(e), encoding="utf-8")
    done = subprocess.run([rscript, "experiment.R"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loss = float(next(line for line in done.stdout.splitlines() if line.startswith("train loss")).split()[-1])
    path, split = path_at(e, lam)
    assert loss == pytest.approx(path.loss(split.X_train, split.y_train)[0], rel=1e-4)
