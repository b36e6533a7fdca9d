"""Exact paths against scikit-learn fitted one λ at a time, closed forms, and definitions."""

import numpy as np
import pytest
from scipy.optimize import root
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge

from wd_core import Experiment
from wd_core.linear import solvers
from wd_core.linear.paths import Path, default_lambdas, fit_path, lambda_max

DATA = {
    "diabetes": Experiment(dataset="diabetes", model="linear", n_samples=442, noise_features=3),
    "breast_cancer": Experiment(dataset="breast_cancer", model="logistic", n_samples=200),
    "wine": Experiment(dataset="wine", model="softmax", n_samples=120, train_share=0.6),
    "iris": Experiment(dataset="iris", model="softmax", n_samples=150),
    "moons": Experiment(dataset="moons", model="logistic", n_samples=140, noise_features=3),
}
SMALL = ("diabetes", "moons", "wine")


def data(name: str) -> tuple[np.ndarray, np.ndarray, str]:
    e = DATA[name]
    split = e.data(0)
    return split.X_train, split.y_train, e.task


def path_of(name: str, l1_ratio: float, lambdas=None) -> Path:
    X, y, task = data(name)
    if lambdas is None:
        lambdas = default_lambdas(X, y, l1_ratio=l1_ratio, task=task, count=13)
    return fit_path(X, y, lambdas, l1_ratio=l1_ratio, task=task)


def weights(model) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (d, outputs) and intercepts (outputs,) of a scikit-learn model."""
    return np.atleast_2d(model.coef_).T, np.atleast_1d(model.intercept_)


def assert_same_scores(path: Path, i: int, model, X: np.ndarray, atol: float) -> None:
    """Softmax scores are the same up to what is added to all classes."""
    w, b = weights(model)
    scores = [X @ w + b, path.scores(X)[i]]
    if w.shape[1] > 1:
        scores = [s - s.mean(1, keepdims=True) for s in scores]
    np.testing.assert_allclose(*scores, atol=atol)


# ---------------------------------------------------------------- regression


def test_ridge_is_scikit_learns_with_alpha_n_lambda_and_its_closed_form() -> None:
    X, y, _ = data("diabetes")
    n, d = X.shape
    path = path_of("diabetes", 0.0)
    ones = np.column_stack([X, np.ones(n)])
    for i, lam in enumerate(path.lambdas):
        w, b = weights(Ridge(alpha=n * lam).fit(X, y))
        np.testing.assert_allclose(path.coefficients[i], w, atol=1e-12)
        np.testing.assert_allclose(path.intercepts[i], b, atol=1e-12)
        closed = np.linalg.solve(ones.T @ ones / n + np.diag([lam] * d + [0]), ones.T @ y / n)
        np.testing.assert_allclose(path.coefficients[i, :, 0], closed[:-1], atol=1e-12)


def test_ridge_df_is_the_trace_of_the_hat_matrix() -> None:
    X, _, _ = data("diabetes")
    n, d = X.shape
    path = path_of("diabetes", 0.0)
    x = X - X.mean(0)
    for lam, df in zip(path.lambdas, path.df, strict=True):
        hat = x @ np.linalg.solve(x.T @ x + n * lam * np.eye(d), x.T)
        np.testing.assert_allclose(df, np.trace(hat), rtol=1e-10)


@pytest.mark.parametrize("l1_ratio", [1.0, 0.7, 0.1])
def test_lasso_and_elastic_net_are_scikit_learns_one_lambda_at_a_time(l1_ratio: float) -> None:
    X, y, _ = data("diabetes")
    path = path_of("diabetes", l1_ratio)
    for i, lam in enumerate(path.lambdas):
        model = ElasticNet(alpha=lam, l1_ratio=l1_ratio, tol=1e-14, max_iter=1_000_000) if lam else LinearRegression()
        w, b = weights(model.fit(X, y))
        np.testing.assert_allclose(path.coefficients[i], w, atol=1e-9)
        np.testing.assert_allclose(path.intercepts[i], b, atol=1e-9)
        if lam:
            np.testing.assert_array_equal(path.coefficients[i] == 0, w == 0)
    assert len({*path.zeros}) >= 5  # the path has steps


def test_lasso_on_an_orthonormal_design_is_the_soft_threshold() -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((40, 7))
    X = np.linalg.qr(X - X.mean(0))[0] * np.sqrt(40)  # centred, XᵀX = n
    y = X @ rng.standard_normal(7) + rng.standard_normal(40)
    least_squares = X.T @ (y - y.mean()) / 40
    lambdas = np.array([0.0, 0.1, 0.5, 1.0])
    path = fit_path(X, y, lambdas, l1_ratio=1.0, task="regression")
    expected = np.sign(least_squares) * np.maximum(np.abs(least_squares) - lambdas[:, None], 0)
    np.testing.assert_allclose(path.coefficients[..., 0], expected, atol=1e-12)
    ridge = fit_path(X, y, lambdas, l1_ratio=0.0, task="regression")
    np.testing.assert_allclose(ridge.coefficients[..., 0], least_squares / (1 + lambdas[:, None]), atol=1e-12)


def test_lasso_df_counts_nonzero_weights_and_elastic_net_df_is_the_trace_on_the_active_set() -> None:
    X, _, _ = data("diabetes")
    lasso = path_of("diabetes", 1.0)
    np.testing.assert_array_equal(lasso.df, X.shape[1] - lasso.zeros)
    net = path_of("diabetes", 0.4)
    for i, lam in enumerate(net.lambdas):
        x = (X - X.mean(0))[:, net.coefficients[i, :, 0] != 0]
        hat = x @ np.linalg.solve(x.T @ x + len(X) * 0.6 * lam * np.eye(x.shape[1]), x.T)
        np.testing.assert_allclose(net.df[i], np.trace(hat), rtol=1e-9)


@pytest.mark.parametrize("l1_ratio", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("shape", [(20, 37), (37, 20)])
def test_identical_and_constant_columns_and_more_columns_than_rows_are_no_trouble(shape, l1_ratio: float) -> None:
    rng = np.random.default_rng(1)
    X = rng.standard_normal(shape)
    X[:, 3], X[:, 5] = X[:, 2], 7.0
    y = X @ rng.standard_normal(shape[1]) + rng.standard_normal(shape[0])
    lambdas = default_lambdas(X, y, l1_ratio=l1_ratio, task="regression")
    path = fit_path(X, y, lambdas, l1_ratio=l1_ratio, task="regression")
    assert np.isfinite(path.coefficients).all()
    w = path.coefficients[..., 0]
    penalties = l1_ratio * np.abs(w).sum(1) + (1 - l1_ratio) / 2 * (w**2).sum(1)
    assert (np.diff(path.loss(X, y)) > -1e-9).all()  # along λ the loss rises and the penalty falls
    assert (np.diff(penalties[1:]) < 1e-9).all()
    assert path.df[0] == min(shape[0] - 1, shape[1] - 2)
    assert abs(w[1:, 5]).max() < 1e-12
    if l1_ratio < 1:
        np.testing.assert_allclose(w[1:, 2], w[1:, 3], atol=1e-5)


# ---------------------------------------------------------------- classes


@pytest.mark.parametrize("name", ["breast_cancer", "moons", "wine"])
def test_l2_is_logistic_regressions_with_c_one_over_n_lambda(name: str) -> None:
    X, y, task = data(name)
    top = lambda_max(X, y, 1.0, task)
    path = path_of(name, 0.0, top * np.array([1e-3, 1e-2, 0.1, 1, 10]))
    for i, lam in enumerate(path.lambdas):
        model = LogisticRegression(C=1 / (len(X) * lam), tol=1e-10, max_iter=100_000).fit(X, y)
        np.testing.assert_allclose(path.coefficients[i], weights(model)[0], atol=2e-4 * np.abs(model.coef_).max())
        assert_same_scores(path, i, model, X, atol=1e-3)
        np.testing.assert_array_equal(path.predict(X)[i], model.predict(X))


@pytest.mark.parametrize("name", ["moons", "wine", "iris"])
@pytest.mark.parametrize("l1_ratio", [1.0, 0.5])
def test_l1_is_sagas_solution(name: str, l1_ratio: float) -> None:
    X, y, task = data(name)
    path = path_of(name, l1_ratio, lambda_max(X, y, l1_ratio, task) * np.array([0.03, 0.1, 0.3, 0.7]))
    for i, lam in enumerate(path.lambdas):
        saga = {"solver": "saga", "tol": 1e-9, "max_iter": 100_000, "random_state": 0}
        model = LogisticRegression(C=1 / (len(X) * lam), l1_ratio=l1_ratio, **saga).fit(X, y)
        np.testing.assert_allclose(path.coefficients[i], weights(model)[0], atol=1e-5)
        np.testing.assert_array_equal(path.coefficients[i] == 0, weights(model)[0] == 0)
        assert_same_scores(path, i, model, X, atol=1e-4)


def test_logistic_df_is_the_trace_of_the_ridge_smoother() -> None:
    X, _, _ = data("moons")
    path = path_of("moons", 0.0)
    ones = np.column_stack([X, np.ones(len(X))])
    for i, lam in enumerate(path.lambdas):
        p = path.target.loss.predict(path.scores(X)[i].T)[0]
        hessian = ones.T @ ((p * (1 - p))[:, None] * ones) / len(X)
        penalty = np.diag([lam] * X.shape[1] + [0.0])
        with_intercept = np.trace(np.linalg.solve(hessian + penalty, hessian))
        np.testing.assert_allclose(path.df[i], with_intercept - 1, rtol=1e-6)


@pytest.mark.parametrize("l1_ratio", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("classes", [2, 3])
def test_separable_classes_end_and_warn_of_nothing_without_a_penalty(classes: int, l1_ratio: float) -> None:
    rng = np.random.default_rng(2)
    y = np.arange(60) % classes
    X = rng.standard_normal((60, 4)) * 0.1
    X[:, 0] += 3 * y
    X[:, 1] += 2 * (y == 1)
    lambdas = np.array([0.0, 1e-6, 1e-3, 0.1])
    path = fit_path(X, y, lambdas, l1_ratio=l1_ratio, task="binary" if classes == 2 else "multiclass")
    assert np.isfinite(path.coefficients).all()
    assert path.score(X, y)[0] == 1
    assert path.loss(X, y)[0] < path.loss(X, y)[2] < 0.1


# ---------------------------------------------------------------- all of them


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("l1_ratio", [1.0, 0.3])
def test_every_weight_is_zero_from_lambda_max_on_and_not_just_below(name: str, l1_ratio: float) -> None:
    X, y, task = data(name)
    top = lambda_max(X, y, l1_ratio, task)
    path = path_of(name, l1_ratio, np.array([0.999 * top, top, 2 * top]))
    size = path.coefficients[0].size
    np.testing.assert_array_equal(path.zeros[1:], size)
    assert 1 <= size - path.zeros[0] <= 2
    np.testing.assert_allclose(path.loss(X, y)[0], path.loss(X, y)[1], rtol=1e-2)
    assert path.df[1] == 0
    assert lambda_max(X, y, 0.0, task) == np.inf


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("l1_ratio", [0.0, 0.5, 1.0])
def test_the_order_asked_for_is_kept(name: str, l1_ratio: float) -> None:
    lambdas = np.array([0.03, 0.0, 0.3, 0.001, 0.03])
    mixed, rising = path_of(name, l1_ratio, lambdas), path_of(name, l1_ratio, np.unique(lambdas))
    np.testing.assert_array_equal(mixed.lambdas, lambdas)
    where = np.searchsorted(rising.lambdas, lambdas)
    np.testing.assert_allclose(mixed.coefficients[lambdas > 0], rising.coefficients[where][lambdas > 0], atol=1e-7)
    np.testing.assert_array_equal(mixed.df.argsort(kind="stable"), rising.df[where].argsort(kind="stable"))


@pytest.mark.parametrize("name", SMALL)
def test_losses_and_scores_are_those_of_the_definitions(name: str) -> None:
    X, y, task = data(name)
    path = path_of(name, 0.0)
    outputs = {"regression": 1, "binary": 1}.get(task, 3)
    assert path.coefficients.shape == (13, X.shape[1], outputs)
    assert path.scores(X).shape == (13, len(X), outputs)
    for i in (0, 7):
        s = path.scores(X)[i]
        if task == "regression":
            np.testing.assert_allclose(path.loss(X, y)[i], 0.5 * np.mean((s[:, 0] - y) ** 2))
            np.testing.assert_allclose(path.score(X, y)[i], 1 - np.mean((s[:, 0] - y) ** 2) / y.var())
            continue
        every = s if outputs > 1 else np.column_stack([np.zeros(len(X)), s])
        log_p = every - np.log(np.exp(every).sum(1, keepdims=True))
        np.testing.assert_allclose(path.loss(X, y)[i], -log_p[np.arange(len(y)), y].mean())
        np.testing.assert_allclose(path.score(X, y)[i], (path.predict(X)[i] == y).mean(), atol=1e-12)


def test_arrays_are_read_only_and_the_caller_keeps_his() -> None:
    lambdas = np.array([0.1, 1.0])
    path = path_of("diabetes", 1.0, lambdas)
    lambdas[0] = 5
    assert path.lambdas[0] == 0.1
    with pytest.raises(ValueError, match="read-only"):
        path.coefficients[0] = 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"task": "ranking"}, "task=ranking: allowed: regression, binary, multiclass"),
        ({"l1_ratio": 1.5}, "l1_ratio=1.5: allowed"),
        ({"lambdas": [0.1, -1.0]}, "lambdas=.*: allowed: one or more finite numbers"),
        ({"lambdas": []}, "lambdas="),
        ({"y": np.zeros(3)}, r"y.shape=\(3,\)"),
        ({"X": np.full((5, 2), np.nan)}, "finite numbers only"),
        ({"task": "binary", "y": np.zeros(5, int)}, r"classes in y=\[0\]: allowed for binary: 0 and 1"),
        ({"task": "multiclass", "y": np.array([0, 1, 3, 0, 1])}, "classes in y"),
    ],
)
def test_what_does_not_fit_is_named(changes: dict, message: str) -> None:
    settings = {"X": np.eye(5)[:, :2], "y": np.arange(5.0), "lambdas": [0.1], "l1_ratio": 1.0, "task": "regression"}
    settings |= changes
    with pytest.raises(ValueError, match=message):
        fit_path(settings.pop("X"), settings.pop("y"), settings.pop("lambdas"), **settings)


def test_default_lambdas_ascend_from_zero_to_where_the_last_weight_goes() -> None:
    X, y, task = data("diabetes")
    lambdas = default_lambdas(X, y, l1_ratio=0.5, task=task)
    assert lambdas.shape == (60,)
    assert lambdas[0] == 0
    assert (np.diff(lambdas) > 0).all()
    np.testing.assert_allclose(lambdas[-1], lambda_max(X, y, 0.5, task))
    ridge = default_lambdas(X, y, l1_ratio=0.0, task=task)
    np.testing.assert_allclose(ridge[[1, -1]], lambda_max(X, y, 1.0, task) * np.array([1e-4, 1e3]))


def test_the_lasso_path_of_scikit_learn_is_the_same_estimator() -> None:
    """The one of one λ with scikit-learn's own Lasso, at its default precision."""
    X, y, _ = data("diabetes")
    w, _ = weights(Lasso(alpha=0.05).fit(X, y))
    np.testing.assert_allclose(path_of("diabetes", 1.0, [0.05]).coefficients[0], w, atol=1e-3)


@pytest.mark.parametrize("outputs", [1, 2, 4])
def test_the_reduced_hessian_is_the_gradients_slope_where_intercepts_follow(outputs):
    """Against central differences, by root finding for the intercepts; a Hessian that leaves them alone is off."""
    rng = np.random.default_rng(outputs)
    X, w = rng.normal(size=(60, 3)) + 0.5, 0.4 * rng.normal(size=3 * outputs)
    targets = rng.dirichlet(np.ones(max(outputs, 2)), size=60)[:, :outputs]

    def gradient(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(outputs·d,), class by class, at the intercepts that are best for w; and these."""
        scores = X @ w.reshape(outputs, 3).T
        share = lambda b: solvers.probabilities(scores + b) - targets  # noqa: E731
        b = root(lambda b: share(b).mean(0) + (b.mean() if outputs > 1 else 0), np.zeros(outputs), tol=1e-13).x
        return (share(b).T @ X / len(X)).ravel(), b

    b = gradient(w)[1]
    measured = [(gradient(w + h)[0] - gradient(w - h)[0]) / 2e-5 for h in 1e-5 * np.eye(len(w))]
    hessian = solvers.reduced_hessian(X, solvers.probabilities(X @ w.reshape(outputs, 3).T + b))[0]
    np.testing.assert_allclose(hessian, measured, atol=1e-8)
