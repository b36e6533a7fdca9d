"""Which weights become exactly zero, and whether those that stay are the ones that matter.

Exact zeros: of the engine's trained weights, by method, and on designs whose threshold is known. Selection: of features
whose truth is known because the target was made of them, on columns as they come and made independent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wd_core.datasets import DATASETS
from wd_core.experiment import Experiment
from wd_core.history import History
from wd_core.linear.cross_validation import as_it_is, by_rows, cross_validate
from wd_core.linear.paths import bootstrap_coefficients, default_lambdas, fit_path
from wd_core.studies.selection import best_lambda
from wd_core.training import train_all

Progress = Callable[[float], None]

METHODS: dict[str, dict[str, str]] = {
    "L1, proximal": {"penalty": "l1", "decay": "coupled"},
    "L1, subgradient": {"penalty": "l1", "decay": "subgradient"},
    "L2": {"penalty": "l2", "decay": "coupled"},
}


def zero_share(h: History) -> np.ndarray:
    """(S,) share of the decayed weights that are exactly zero at the end, at each seed's λ of least validation loss
    (λ number 0 apart, which is 0)."""
    loss = np.where(np.isfinite(h.validation_loss[1:, :, -1]), h.validation_loss[1:, :, -1], np.inf)
    return (h.weights[1 + loss.argmin(0), np.arange(len(h.seeds)), -1][:, h.weight_mask] == 0).mean(-1)


def exact_zeros(e: Experiment, on_progress: Progress = lambda share: None) -> dict[str, np.ndarray]:
    """By method, and without decay, (S,): the share of weights that are exactly zero; the first λ of `e` is 0."""
    if e.lambdas[0] != 0 or len(e.lambdas) < 2:
        raise ValueError(f"lambdas={e.lambdas[0]:g}, …: allowed: 0 first, then those to choose from")
    histories = train_all([e.replace(**m) for m in METHODS.values()], on_progress=on_progress)
    found = {name: zero_share(h) for name, h in zip(METHODS, histories, strict=True)}
    return {"none": (histories[0].weights[0, :, -1][:, histories[0].weight_mask] == 0).mean(-1)} | found


# -------------------------------------------------------------------- a threshold


@dataclass(frozen=True)
class Threshold:
    """One linear regression: the share of weights for which "zero" and "its least squares weight is within λ" agree."""

    l1: float
    l2: float


def threshold(X: np.ndarray, y: np.ndarray, X_validation: np.ndarray, y_validation: np.ndarray) -> Threshold:
    """λ is chosen on the validation part, for each penalty by itself. On an orthonormal design XᵀX/n = I the lasso's
    weight is the least squares weight w moved by λ towards zero: sign(w)·max(|w| − λ, 0) (Tibshirani 1996, §2.2)."""
    found = []
    least_squares = fit_path(X, y, np.zeros(1), l1_ratio=0.0, task="regression").coefficients[0, :, 0]
    for l1_ratio in (1.0, 0.0):
        lambdas = default_lambdas(X, y, l1_ratio=1.0, task="regression", count=25)[1:]
        path = fit_path(X, y, lambdas, l1_ratio=l1_ratio, task="regression")
        i = best_lambda(path.loss(X_validation, y_validation))
        found.append(float(((path.coefficients[i, :, 0] == 0) == (np.abs(least_squares) <= lambdas[i])).mean()))
    return Threshold(*found)


def orthonormal(X: np.ndarray, *others: np.ndarray) -> list[np.ndarray]:
    """X (n, d) turned and scaled so that XᵀX/n = I and the columns have mean 0, and others in the same coordinates;
    as many columns as X has directions."""
    mean = X.mean(0)
    _, s, vt = np.linalg.svd(X - mean, full_matrices=False)
    kept = s > 1e-8 * s.max()
    turn = vt[kept].T / s[kept] * np.sqrt(len(X))
    return [(rows - mean) @ turn for rows in (X, *others)]


def thresholds(e: Experiment) -> dict[str, list[Threshold]]:
    """A threshold for every seed of `e`, on its design "as it is" and made "orthonormal"; the targets are its own,
    classes as the class's number from 0, less the mean, over the deviation."""
    found: dict[str, list[Threshold]] = {"orthonormal": [], "as it is": []}
    for seed in e.seeds:
        d = e.data(seed)
        y, held = ((v - d.y_train.mean()) / d.y_train.std() for v in (d.y_train, d.y_validation))
        X, X_held = (rows.reshape(len(rows), -1) for rows in (d.X_train, d.X_validation))
        turned, turned_held = orthonormal(X, X_held)
        found["as it is"].append(threshold(X, y, X_held, held))
        found["orthonormal"].append(threshold(turned, y, turned_held, held))
    return found


# -------------------------------------------------------------------- selection

RELEVANT = 5
"""Of the features, one in so many matters, but two at least."""
FOLDS, DRAWS = 5, 25


@dataclass(frozen=True, eq=False)
class Selected:
    """What the lasso selects of features whose truth is known; (S,) each."""

    f1: np.ndarray
    """Of the features it keeps against those that matter."""
    keep_all: np.ndarray
    """The same of all features, which is what ridge keeps."""
    stability: np.ndarray
    """Over bootstrap samples, see `stability`."""


def f1(kept: np.ndarray, relevant: np.ndarray) -> float:
    """Harmonic mean of precision and recall of `kept` (d,) bool: 2·TP / (2·TP + FP + FN); 0 where nothing is kept."""
    hits = int((kept & relevant).sum())
    return 2 * hits / (int(kept.sum()) + int(relevant.sum()))


def stability(share: np.ndarray, draws: int) -> float:
    """How alike the feature sets of `draws` samples are, from the share (d,) of them in which each feature is kept:
    1 − Σ M/(M − 1)·p(1 − p) / d / (k̄/d · (1 − k̄/d)), k̄ = Σp. 1: always the same set; 0: as random sets of that size
    would be; NaN where all or none were kept. Source: Nogueira, Sechidis & Brown 2018, JMLR 18(174), eq. 4.
    """
    size = share.mean()
    if not 0 < size < 1:
        return np.nan
    return float(1 - draws / (draws - 1) * (share * (1 - share)).mean() / (size * (1 - size)))


def make_target(X: np.ndarray, relevant: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(n,) a sum of the relevant columns of X (n, d), each +1 or −1, and as much noise as signal, in variance."""
    signal = X[:, relevant] @ rng.choice([-1.0, 1.0], int(relevant.sum()))
    return signal + signal.std() * rng.standard_normal(len(X))


def selects(dataset: str, seed: int, independent: bool) -> tuple[float, float, float]:
    """F1, F1 of all features, stability: the lasso at the λ of 5-fold cross-validation, on the training inputs of a
    real data set (or a drawn one), and a target made of a few of them.

    `independent` shuffles every column by itself: what each feature is stays as it was, that they go together is gone.
    """
    e = Experiment(dataset=dataset, n_samples=DATASETS[dataset].max_samples or 200, train_share=0.6, seeds=(seed,),
                   model={0: "linear", 2: "logistic"}.get(DATASETS[dataset].n_classes, "softmax"))  # fmt: skip
    X, rng = e.data(seed).X_train, np.random.default_rng([seed, 107])
    d = X.shape[1]
    relevant = np.isin(np.arange(d), rng.permutation(d)[: max(2, round(d / RELEVANT))])
    shuffled = rng.permuted(X, axis=0)  # drawn whatever is asked for, so that the target's draws are the same
    X = shuffled if independent else X
    y = make_target(X, relevant, rng)
    lambdas = default_lambdas(X, y, l1_ratio=1.0, task="regression", count=21)[1:]
    losses = cross_validate(
        by_rows(X, y, as_it_is), y, lambdas, k=FOLDS, seed=seed, l1_ratio=1.0, task="regression"
    ).mean(0)
    lam = lambdas[[best_lambda(losses)]]
    kept = fit_path(X, y, lam, l1_ratio=1.0, task="regression").coefficients[0, :, 0] != 0
    draws = bootstrap_coefficients(X, y, lam, l1_ratio=1.0, task="regression", draws=DRAWS, seed=seed)
    share = (draws[:, 0, :, 0] != 0).mean(0)
    return f1(kept, relevant), f1(np.ones(d, bool), relevant), stability(share, DRAWS)


def selection(
    dataset: str, seeds: tuple[int, ...], on_progress: Progress = lambda share: None
) -> dict[str, Selected]:
    """`selects` for all seeds, on columns made "independent" and on the "correlated" ones that the data have."""
    found: dict[str, list[tuple[float, float, float]]] = {"independent": [], "correlated": []}
    for i, seed in enumerate(seeds):
        for name, each in found.items():
            each.append(selects(dataset, seed, name == "independent"))
        on_progress((i + 1) / len(seeds))
    return {name: Selected(*np.array(each).T) for name, each in found.items()}
