"""Exact paths of linear models: all λ at once, from scikit-learn's solvers and one SVD, never from the training loop.

J = mean loss + λ₁‖w‖₁ + ½λ₂‖w‖² with λ₁ = λρ, λ₂ = λ(1 − ρ), ρ = `l1_ratio`; intercepts are never penalised. Half
squared error for regression, cross-entropy for classes. X (n, d) is taken as it is: standardise before.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from wd_core.engine.losses import HalfSquaredError, Logistic, SoftmaxCrossEntropy, Target
from wd_core.engine.penalties import Penalty
from wd_core.linear import solvers
from wd_core.linear.solvers import Progress

TASKS = ("regression", "binary", "multiclass")


@dataclass(frozen=True, eq=False)
class Path:
    """Fits for L values of λ. All arrays are float64 and read-only.

    outputs is 1 for regression and for two classes (the score of class 1), else one a class. `df` are the effective
    degrees of freedom without the intercept: for ridge Σ s²/(s² + nλ₂); for the lasso the number of nonzero weights
    (Zou, Hastie & Tibshirani 2007); for the elastic net the trace formula on the active set (Zou 2005); for classes
    the same with the eigenvalues h of the loss's Hessian at the fit, Σ h/(h + λ₂) (le Cessie & van Houwelingen 1992).
    """

    lambdas: np.ndarray  # (L,) in the order asked for
    coefficients: np.ndarray  # (L, d, outputs)
    intercepts: np.ndarray  # (L, outputs)
    df: np.ndarray  # (L,)
    task: str
    l1_ratio: float

    def __post_init__(self) -> None:
        for field in fields(self):
            if isinstance(array := getattr(self, field.name), np.ndarray):
                array.setflags(write=False)

    @property
    def target(self) -> Target:
        """The loss, and how labels meet scores."""
        loss = {"regression": HalfSquaredError, "binary": Logistic, "multiclass": SoftmaxCrossEntropy}[self.task]()
        return Target(loss, self.coefficients.shape[2])

    @property
    def zeros(self) -> np.ndarray:
        """(L,) how many weights are exactly zero."""
        return (self.coefficients == 0).sum((1, 2))

    def scores(self, X: np.ndarray) -> np.ndarray:
        """(L, n, outputs): values, or scores before the sigmoid or softmax, of X (n, d)."""
        return X @ self.coefficients + self.intercepts[:, None]

    def predict(self, X: np.ndarray) -> np.ndarray:
        """(L, n) values, or class numbers."""
        scores = self.scores(X)
        if self.task == "regression":
            return scores[..., 0]
        return (scores[..., 0] > 0).astype(np.int64) if self.task == "binary" else scores.argmax(-1)

    def loss(self, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        """(L,) mean data loss, without the penalty."""
        return self.target.loss.value(self.scores(X).swapaxes(1, 2), self.target.encode(y, np.float64))

    def score(self, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        """(L,) accuracy, or R² for regression."""
        return self.target.score(self.scores(X).swapaxes(1, 2), y)


def fit_path(
    X: np.ndarray,
    y: np.ndarray,
    lambdas: np.ndarray,
    *,
    l1_ratio: float,
    task: str,
    on_progress: Progress = lambda share: None,
) -> Path:
    """The fits of X (n, d), y (n,) for all λ (L,), in any order; y has values, or class numbers 0 … K − 1, none absent.

    ρ = 0 is ridge, 1 the lasso, between them the elastic net. λ = 0 is the fit without a penalty: of many least squares
    the one of least norm; for separable classes, which have no minimum, where the gradient all but vanishes. From
    `lambda_max` on every weight is exactly zero. ValueError names what does not fit.
    """
    X, y, lambdas = _checked(X, y, lambdas, l1_ratio, task)
    order = np.argsort(-lambdas, kind="stable")
    back, falling = np.argsort(order), lambdas[order]
    with solvers.blas().limit(limits=1):
        if task == "regression":
            fits = solvers.elastic(X, y, falling, l1_ratio) if l1_ratio else solvers.ridge(X, y, falling)
        elif l1_ratio:
            fits = solvers.sparse_logistic(X, y, falling, l1_ratio, on_progress)
        else:
            fits = solvers.logistic(X, y, falling, on_progress)
        coefficients, intercepts = (np.ascontiguousarray(a[back]) for a in fits)
        if l1_ratio:
            nothing = lambdas >= lambda_max(X, y, l1_ratio, task)
            coefficients[nothing] = 0  # at λ_max itself, rounding might leave one
            intercepts[nothing] = _intercept_alone(y, task)
        df = _degrees_of_freedom(X, lambdas, coefficients, intercepts, l1_ratio, task)
    return Path(lambdas, coefficients, intercepts, df, task, float(l1_ratio))


def lambda_max(X: np.ndarray, y: np.ndarray, l1_ratio: float, task: str) -> float:
    """Smallest λ at which every weight is exactly zero; infinite for ρ = 0. See `Penalty.lambda_max`."""
    targets = np.eye(int(y.max()) + 1)[y] if task == "multiclass" else y
    return Penalty(l1_ratio, 1 - l1_ratio).lambda_max(X - X.mean(0), targets)


def default_lambdas(X: np.ndarray, y: np.ndarray, *, l1_ratio: float, task: str, count: int = 60) -> np.ndarray:
    """(count,) λ ascending: 0, then evenly in log λ from 10⁻⁴ λ_max to λ_max; for ridge to 10³ times the lasso's."""
    top = lambda_max(X, y, l1_ratio or 1.0, task) or 1.0  # 0 where y is constant: then any path shows it
    return np.concatenate([[0.0], np.geomspace(1e-4 * top, top if l1_ratio else 1e3 * top, count - 1)])


def bootstrap_stability(
    X: np.ndarray,
    y: np.ndarray,
    lambdas: np.ndarray,
    *,
    l1_ratio: float,
    task: str,
    draws: int = 50,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """How often a feature is selected, and how much its coefficient varies, over bootstrap samples of the rows.

    Returns the share (L, d) of draws in which it has a nonzero weight (for any class), and the standard deviation
    (L, d) of its weight over draws (with several classes the root of their mean variance). See
    `bootstrap_coefficients`; for selection Bach 2008; Meinshausen & Bühlmann 2010.
    """
    coefficients = bootstrap_coefficients(
        X, y, lambdas, l1_ratio=l1_ratio, task=task, draws=draws, seed=seed, on_progress=on_progress
    )
    selected = (coefficients != 0).any(-1).mean(0)
    return selected, np.sqrt(coefficients.var(0, ddof=1 if draws > 1 else 0).mean(-1))


def bootstrap_coefficients(
    X: np.ndarray,
    y: np.ndarray,
    lambdas: np.ndarray,
    *,
    l1_ratio: float,
    task: str,
    draws: int = 50,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> np.ndarray:
    """(draws, L, d, outputs) coefficients over bootstrap samples of the rows (Efron 1979).

    Classes are resampled each by itself, so that none is lost.
    """
    report = on_progress or (lambda share: None)
    rng = np.random.default_rng(seed)
    groups = [np.arange(len(y))] if task == "regression" else [np.flatnonzero(y == k) for k in np.unique(y)]
    found = []
    for i in range(draws):
        rows = np.concatenate([rng.choice(group, len(group)) for group in groups])
        path = fit_path(
            X[rows], y[rows], lambdas, l1_ratio=l1_ratio, task=task,
            on_progress=lambda share, i=i: report((i + share) / draws),
        )  # fmt: skip
        found.append(path.coefficients)
        report((i + 1) / draws)
    return np.array(found)


def correlated_copies(
    X: np.ndarray, column: int, copies: int, correlation: float, rng: np.random.Generator
) -> np.ndarray:
    """X (n, d) with `copies` columns behind it, each as correlated with X[:, column] as asked: exactly, in these rows.

    They have its mean and variance, and correlate with each other about `correlation`². The same rng state gives the
    same noise whatever the correlation, and one copy more leaves the first alone.
    """
    if not -1 <= correlation <= 1:
        raise ValueError(f"correlation={correlation}: allowed: a number from -1 to 1")
    mean, spread = X[:, column].mean(), X[:, column].std()
    z = (X[:, column] - mean) / (spread or 1.0)
    columns = [X]
    for _ in range(copies):
        noise = rng.standard_normal(len(X))
        noise -= noise.mean()
        noise -= z * (z @ noise) / (z @ z or 1.0)
        noise /= noise.std()
        columns.append((mean + spread * (correlation * z + np.sqrt(1 - correlation**2) * noise))[:, None])
    return np.hstack(columns)


def information_criteria(path: Path, X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """AIC and BIC (L,) of a regression path on its training data: n log 2πσ² + RSS/σ² + df · (2, or log n).

    σ² is the unbiased estimate from the full least squares fit, so n must exceed d + 1. Source: Zou, Hastie &
    Tibshirani 2007; the same definition as scikit-learn's LassoLarsIC.
    """
    n, d = X.shape
    if path.task != "regression":
        raise ValueError(f"task={path.task}: allowed: regression; the criteria here are Gaussian")
    if n <= d + 1:
        raise ValueError(f"n={n}: allowed: more examples than the {d} features and one, to estimate the noise")
    full = fit_path(X, y, np.zeros(1), l1_ratio=0.0, task="regression")
    variance = 2 * full.loss(X, y)[0] * n / (n - d - 1)
    fit = n * np.log(2 * np.pi * variance) + 2 * n * path.loss(X, y) / variance
    return fit + 2 * path.df, fit + np.log(n) * path.df


# -------------------------------------------------------------------- parts


def _checked(
    X: np.ndarray, y: np.ndarray, lambdas: np.ndarray, l1_ratio: float, task: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    X, lambdas, y = np.asarray(X, np.float64), np.array(lambdas, np.float64), np.asarray(y)
    if task not in TASKS:
        raise ValueError(f"task={task}: allowed: {', '.join(TASKS)}")
    if not 0 <= l1_ratio <= 1:
        raise ValueError(f"l1_ratio={l1_ratio}: allowed: a number from 0 to 1")
    if lambdas.ndim != 1 or not len(lambdas) or not (np.isfinite(lambdas).all() and (lambdas >= 0).all()):
        raise ValueError(f"lambdas={lambdas}: allowed: one or more finite numbers, none below 0")
    if X.ndim != 2 or y.shape != (len(X),) or len(X) < 2 or not X.shape[1]:
        raise ValueError(f"X.shape={X.shape}, y.shape={y.shape}: allowed: (n, d) and (n,), n at least 2, d at least 1")
    if not (np.isfinite(X).all() and np.isfinite(y).all()):
        raise ValueError("X, y: allowed: finite numbers only")
    if task == "regression":
        return X, y.astype(np.float64), lambdas
    classes = np.unique(y)
    least = 2 if task == "binary" else 3
    if not np.array_equal(classes, np.arange(len(classes))) or (len(classes) != 2 if least == 2 else len(classes) < 3):
        count = "0 and 1" if least == 2 else "0, 1, … K − 1 with K at least 3"
        raise ValueError(f"classes in y={classes[:9]}: allowed for {task}: {count}, each at least once")
    return X, y.astype(np.int64), lambdas


def _intercept_alone(y: np.ndarray, task: str) -> np.ndarray:
    """(outputs,) the best intercepts without weights: the mean, or log odds; of several classes their mean is 0."""
    if task == "regression":
        return np.array([y.mean()])
    log_share = np.log(np.bincount(y) / len(y))
    return log_share[1:] - log_share[:1] if task == "binary" else log_share - log_share.mean()


def _degrees_of_freedom(
    X: np.ndarray, lambdas: np.ndarray, coefficients: np.ndarray, intercepts: np.ndarray, l1_ratio: float, task: str
) -> np.ndarray:
    """(L,): see `Path`."""
    l2 = (1 - l1_ratio) * lambdas
    s = solvers.centred_svd(X)[2]
    if task == "regression" and l1_ratio == 0:
        return (s**2 / (s**2 + len(X) * lambdas[:, None])).sum(1)
    everything = len(s) * (1 if task != "multiclass" else coefficients.shape[2] - 1)
    df = np.empty(len(lambdas))
    covariance = np.cov(X.T, bias=True).reshape(X.shape[1], -1)
    for i, w in enumerate(coefficients):
        active = np.flatnonzero(w.T)
        if lambdas[i] == 0:
            df[i] = everything
        elif l1_ratio == 1 or not active.size:
            df[i] = min(len(active), everything)
        else:
            hessian = covariance
            if task != "regression":
                hessian = solvers.reduced_hessian(X, solvers.probabilities(X @ w + intercepts[i]))[0]
            h = np.maximum(np.linalg.eigvalsh(hessian[np.ix_(active, active)]), 0)
            df[i] = (h / (h + l2[i])).sum()
    return df
