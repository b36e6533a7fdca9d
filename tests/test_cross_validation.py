"""The one cross-validation, as each page uses it, against scikit-learn's Pipeline fitted anew for each fold."""

import numpy as np
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Lasso, LogisticRegression, Ridge
from sklearn.metrics import log_loss, mean_squared_error
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from wd_core import Experiment
from wd_core.linear.cross_validation import by_rows, cross_validate, fold_rows, make_folds
from wd_core.own_data.preparation import prepare
from wd_core.own_data.study import FOLDS, study
from wd_core.own_data.table import read_table
from wd_core.studies import choosing
from wd_core.studies.paths import LAMBDAS, Settings, make_study

STEADY = {"tol": 1e-10, "max_iter": 100_000}


def by_scikit_learn(X: np.ndarray, y: np.ndarray, lam: float, penalty: str, task: str, k: int, seed: int, *before):
    """(k,) held-out losses of one λ: `before`, a scaler and the estimator in a pipeline, fitted anew for each fold."""
    losses, of_classes = [], task != "regression"
    cut = (StratifiedKFold if of_classes else KFold)(k, shuffle=True, random_state=seed)
    for rest, held in cut.split(X, y):
        n = len(rest)
        if of_classes:
            model = LogisticRegression(C=1 / (n * lam), **STEADY)
        else:
            model = Ridge(alpha=n * lam) if penalty == "l2" else Lasso(alpha=lam, **STEADY)
        pipeline = make_pipeline(*before, StandardScaler(), model).fit(X[rest], y[rest])
        if of_classes:
            losses.append(log_loss(y[held], pipeline.predict_proba(X[held])))
        else:
            losses.append(mean_squared_error(y[held], pipeline.predict(X[held])) / 2)
    return np.array(losses)


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_arrays(penalty: str) -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((40, 5)) * rng.lognormal(sigma=1.5, size=(40, 1))  # folds of very different variance
    y = X @ rng.standard_normal(5) + rng.standard_normal(40)
    lambdas = np.array([0.01, 0.1, 1.0])
    ratio, shares = float(penalty == "l1"), []
    found = cross_validate(
        by_rows(X, y), y, lambdas, k=4, seed=3, l1_ratio=ratio, task="regression", on_progress=shares.append
    )
    for i, lam in enumerate(lambdas):
        np.testing.assert_allclose(
            found[:, i], by_scikit_learn(X, y, lam, penalty, "regression", 4, 3), rtol=1e-6
        )  # fmt: skip
    assert shares == sorted(shares)
    assert shares[-1] == 1


@pytest.mark.parametrize(("dataset", "penalty"), [("diabetes", "l1"), ("diabetes", "l2"), ("breast_cancer", "l2")])
def test_paths(dataset: str, penalty: str) -> None:
    found = make_study(Settings(dataset, folds=5 if dataset == "diabetes" else 3))
    X, y, k = found.data.X["train"], found.data.y["train"], found.settings.folds
    for index in (12, 24):
        oracle = by_scikit_learn(X, y, LAMBDAS[index], penalty, found.data.task, k, 0)
        np.testing.assert_allclose(found.arms[penalty].fold_losses[:, index], oracle, rtol=1e-5)


def test_choosing() -> None:
    lambdas = (0.01, 0.1)
    e = Experiment(dataset="diabetes", model="linear", n_samples=120, penalty="l1", lambdas=lambdas, seeds=(2,))
    found = choosing.cross_validate(e, 4, lambda share: None)
    split = e.data(2)
    for i, lam in enumerate(lambdas):
        oracle = by_scikit_learn(split.X_train, split.y_train, lam, "l1", "regression", 4, 2)
        np.testing.assert_allclose(found.cv[0, :, i], oracle, rtol=1e-5)


def gappy(rows: int = 125, gaps: float = 0.2) -> str:
    """Numbers with gaps in every column but the target; the medians differ much from rows to rows."""
    rng = np.random.default_rng(1)
    X = rng.lognormal(sigma=1.5, size=(rows, 3))
    y = X @ [1.0, -0.5, 0.0] + rng.standard_normal(rows)
    texts = [["" if rng.random() < gaps else f"{x:.5f}" for x in row] for row in X]
    cells = [[*row, f"{t:.5f}"] for row, t in zip(texts, y, strict=True)]
    return "\n".join(["a,b,c,y", *map(",".join, cells)])


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_an_uploaded_table(penalty: str) -> None:
    prepared = prepare(read_table(gappy()), "y", ("a", "b", "c"), "regression")
    found = study(prepared, penalty, lambda share: None)
    raw = np.array([[float(c) if c else np.nan for c in line.split(",")] for line in gappy().splitlines()[1:]])
    y = prepared.y_choice
    order = rows_by_target(raw[:, 3], y, prepared.unit)
    X = raw[order, :3]
    assert np.isnan(X).any()
    for index in (10, 25):
        lam = found.path.lambdas[index]
        oracle = by_scikit_learn(X, y, lam, penalty, "regression", FOLDS, 0, SimpleImputer(strategy="median"))
        np.testing.assert_allclose(found.fold_losses[:, index], oracle, rtol=1e-5)


def rows_by_target(raw: np.ndarray, y: np.ndarray, unit: float) -> np.ndarray:
    """Numbers of the raw rows that the scaled targets y = (raw − mean)/unit belong to, whatever the mean."""
    for candidate in raw:
        wanted = unit * (y - y[0]) + candidate
        distance = np.abs(raw[:, None] - wanted).min(0)
        if distance.max() < 1e-9:
            return np.abs(raw[:, None] - wanted).argmin(0)
    raise AssertionError("no row has the first target")


def test_levels_are_learned_inside_the_fold() -> None:
    """A value of text that only held-out rows have is a value that the fold has never seen."""
    rng = np.random.default_rng(2)
    words = ["red"] * 60 + ["blue"] * 59 + ["seldom"]
    lines = [f"{word},{rng.normal():.4f},{rng.normal():.4f}" for word in words]
    prepared = prepare(read_table("\n".join(["word,x,y", *lines])), "y", ("word", "x"), "regression")
    widths = []
    for fold in make_folds(prepared.prepare_fold, prepared.y_choice, 5, "regression", 0):
        (X, y) = fold.judged[0]
        assert X.shape[1] == fold.X_train.shape[1]
        np.testing.assert_allclose(fold.X_train.mean(0), 0, atol=1e-12)
        np.testing.assert_allclose(fold.X_train.std(0), 1)
        assert len(fold.y_train) + len(y) == len(prepared.y_choice)
        widths.append(X.shape[1])
    assert len(set(widths)) > 1


def test_folds_are_those_of_scikit_learn() -> None:
    y = np.arange(20) % 3
    for task, cut in (("regression", KFold), ("multiclass", StratifiedKFold)):
        for mine, theirs in zip(
            fold_rows(y, 4, task, 7), cut(4, shuffle=True, random_state=7).split(y[:, None], y), strict=True
        ):
            np.testing.assert_array_equal(mine[1], theirs[1])
