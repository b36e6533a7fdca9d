"""Every linear path is a path of minima: the KKT conditions, by data set, penalty, λ, fold and bootstrap draw.

The conditions are written out here, apart from the solvers: with g the gradient of the mean loss, a weight w ≠ 0 has
g + λ₂w + λ₁ sign w = 0, a weight of exactly 0 has |g| ≤ λ₁, and the intercepts' gradient is 0.
"""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import lars_path

from wd_core import Experiment
from wd_core.linear.cross_validation import fold_rows, make_folds
from wd_core.linear.paths import Path, default_lambdas, fit_path
from wd_core.own_data import preparation
from wd_core.own_data.table import read_table
from wd_core.studies.fits import lambda_grid
from wd_core.studies.paths import LAMBDAS

MOST = 1e-5
DATA = {
    "iris": Experiment(dataset="iris", model="softmax", n_samples=150),
    "wine": Experiment(dataset="wine", model="softmax", n_samples=178),
    "breast_cancer": Experiment(dataset="breast_cancer", model="logistic", n_samples=569),
    "blobs": Experiment(dataset="blobs", model="softmax", n_samples=120),
    "circles": Experiment(dataset="circles", model="logistic", n_samples=40),  # a λ_max of almost nothing
    "diabetes": Experiment(dataset="diabetes", model="linear", n_samples=442),
    "sparse": Experiment(dataset="sparse", model="linear", n_samples=60),  # as many features as rows
}
Rows = tuple[np.ndarray, np.ndarray, str]


def violation(path: Path, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(L,) distance from the conditions, in units of λ₁ (for ridge λ), or of 1 if that is less; NaN for λ = 0."""
    scores = X @ path.coefficients + path.intercepts[:, None]
    if path.task == "multiclass":
        p = np.exp(scores - scores.max(2, keepdims=True))
        residual = p / p.sum(2, keepdims=True) - np.eye(scores.shape[2])[y]
    else:
        residual = (scores if path.task == "regression" else 0.5 + 0.5 * np.tanh(scores / 2)) - y[:, None]
    w, l1 = path.coefficients, (path.lambdas * path.l1_ratio)[:, None, None]
    g = X.T @ residual / len(X) + (path.lambdas * (1 - path.l1_ratio))[:, None, None] * w
    of_weights = np.where(w == 0, np.abs(g) - l1, np.abs(g + l1 * np.sign(w))).max((1, 2))
    unit = np.minimum(path.lambdas * (path.l1_ratio or 1.0), 1)
    return np.maximum(of_weights, np.abs(residual.mean(1)).max(1)) / np.where(unit > 0, unit, np.nan)


def assert_minima(X: np.ndarray, y: np.ndarray, lambdas: np.ndarray, l1_ratio: float, task: str) -> None:
    """The path over `lambdas`, none left out but λ = 0."""
    path = fit_path(X, y, lambdas, l1_ratio=l1_ratio, task=task)
    found = violation(path, np.asarray(X, float), y)[path.lambdas > 0]
    assert found.max() <= MOST, f"λ = {path.lambdas[path.lambdas > 0][found.argmax()]:.3g}: {found.max():.1e}"


def samples(X: np.ndarray, y: np.ndarray, task: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """All rows, the first training fold, and a bootstrap draw (each class by itself)."""
    rng = np.random.default_rng(0)
    groups = [np.arange(len(y))] if task == "regression" else [np.flatnonzero(y == k) for k in np.unique(y)]
    drawn = np.concatenate([rng.choice(group, len(group)) for group in groups])
    return [(X, y), *((X[rows], y[rows]) for rows in (fold_rows(y, 5, task, 0)[0][0], drawn))]


def rows_of(name: str) -> Rows:
    split = DATA[name].data(0)
    return split.X_train, split.y_train, DATA[name].task


@pytest.mark.parametrize("l1_ratio", [1.0, 0.5, 0.05, 0.0])
@pytest.mark.parametrize("name", DATA)
def test_every_fit_is_a_minimum(name: str, l1_ratio: float) -> None:
    X, y, task = rows_of(name)
    penalty = {1.0: "l1", 0.0: "l2"}.get(l1_ratio, "elastic")
    of_choosing = lambda_grid(DATA[name].replace(penalty=penalty, l1_ratio=l1_ratio or 0.5))
    for some_X, some_y in samples(X, y, task):
        for lambdas in (LAMBDAS, of_choosing, default_lambdas(X, y, l1_ratio=l1_ratio, task=task, count=40)):
            assert_minima(some_X, some_y, np.array(lambdas), l1_ratio, task)


@pytest.mark.parametrize("l1_ratio", [1.0, 0.0])
def test_digits_too(l1_ratio: float) -> None:
    """640 weights: every sixth λ of the grid (all of them pass, and take minutes)."""
    e = Experiment(dataset="digits", model="softmax", n_samples=120, penalty="l1" if l1_ratio else "l2")
    split = e.data(0)
    X, y = split.X_train, split.y_train
    assert_minima(X, y, np.array(lambda_grid(e))[[*range(1, 25, 6), 24]], l1_ratio, e.task)


@pytest.fixture(scope="module")
def uploaded() -> preparation.Prepared:
    """A table as visitors bring it: gaps, text with a rare value, numbers of very different size, three classes."""
    rng = np.random.default_rng(4)
    kinds = rng.integers(0, 3, 150)
    lines = ["length,weight,colour,kind"]
    for kind in kinds:
        length = f"{rng.normal(kind, 0.7):.3f}" if rng.random() > 0.1 else ""
        colour = rng.choice(["red", "blue", "green", ""], p=[0.5, 0.4, 0.05, 0.05])
        lines.append(f"{length},{1000 * rng.normal(2 - kind, 1.0):.1f},{colour},{'abc'[kind]}")
    return preparation.prepare(read_table("\n".join(lines)), "kind", ("length", "weight", "colour"), "classification")


@pytest.mark.parametrize("l1_ratio", [1.0, 0.5, 0.0])
def test_an_uploaded_table_too(uploaded: preparation.Prepared, l1_ratio: float) -> None:
    X, y, task = uploaded.X_choice, uploaded.y_choice, uploaded.task
    folds = [(fold.X_train, fold.y_train) for fold in make_folds(uploaded.prepare_fold, y, 5, task, 0)]
    for some_X, some_y in [*samples(X, y, task), *folds]:
        assert_minima(some_X, some_y, default_lambdas(X, y, l1_ratio=l1_ratio, task=task, count=40), l1_ratio, task)


def test_the_conditions_catch_a_weight_and_an_intercept_that_are_a_little_off() -> None:
    X, y, task = rows_of("iris")
    path = fit_path(X, y, np.array([0.01, 0.02]), l1_ratio=1.0, task=task)
    w, b = path.coefficients.copy(), path.intercepts.copy()
    w[0][np.unravel_index(np.abs(w[0]).argmax(), w[0].shape)] *= 1 + 1e-4
    b[1, 0] += 1e-4
    found = violation(Path(path.lambdas, w, b, path.df, task, 1.0), np.asarray(X, float), y)
    assert (found > MOST).all()


# -------------------------------------------------------------------- exact zeros, at the knots


@pytest.mark.parametrize("below", [1e-2, 1e-3, 1e-4, 1e-5, 1e-6])
def test_the_lasso_has_the_right_support_just_below_each_knot(below: float) -> None:
    """Knots and supports are those of scikit-learn's LARS, which goes from knot to knot and knows no tolerance."""
    X, y = load_diabetes(return_X_y=True)
    X = (X - X.mean(0)) / X.std(0)
    knots, _, weights = lars_path(X, y - y.mean(), method="lasso")
    at = knots[:-1] * (1 - below)
    interval = np.searchsorted(-knots, -at) - 1  # at ∈ (knots[i + 1], knots[i])
    expected = (weights[:, interval] != 0) | (weights[:, interval + 1] != 0)
    path = fit_path(X, y, at, l1_ratio=1.0, task="regression")
    np.testing.assert_array_equal(path.coefficients[..., 0] != 0, expected.T)
    np.testing.assert_array_equal(path.df, expected.sum(0))
