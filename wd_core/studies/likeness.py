"""How much of what dropout does to a model's predictions decay does too, on rows that neither was trained on.

For least squares dropout on the inputs is in expectation ridge with λⱼ = p/(1 − p) · mean xⱼ² for each feature
(Srivastava et al. 2014, §9.1; Wager, Wang & Liang 2013); of a network no such theorem is known, so it is measured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wd_core.datasets import Split
from wd_core.engine.layers import Affine, Dropout
from wd_core.engine.loop import train_table
from wd_core.engine.losses import HalfSquaredError, Target
from wd_core.engine.penalties import make_penalty
from wd_core.engine.runs import Group, Row, Rule, Table
from wd_core.evaluation import score_new
from wd_core.experiment import Experiment
from wd_core.history import History
from wd_core.studies.equivalence import adaptive_ridge
from wd_core.training import train_all

Progress = Callable[[float], None]
JUDGED = ("validation", "test")
LAMBDAS = np.geomspace(1e-3, 10, 25)
"""Of the ridge that is the same for all features."""
LR, STEPS, LATE = 0.05, 3000, 40
"""Rate at most; steps, of whose last half so many are looked at."""


def shared(effect: np.ndarray, other: np.ndarray) -> float:
    """The share of `effect` that `other`, of the same shape, has too: 1 − ‖effect − other‖²/‖effect‖². 1 where they
    are the same, 0 where `other` is nothing (or as far off as nothing), below where it points elsewhere."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(1 - np.square(effect - other).sum() / np.square(effect).sum())


def nearest(effect: np.ndarray, others: np.ndarray) -> int:
    """Which of `others` (L, …) comes nearest to `effect` (…)."""
    return int(np.square(others - effect).reshape(len(others), -1).sum(1).argmin())


# -------------------------------------------------------------------- least squares


@dataclass(frozen=True, eq=False)
class Fits:
    """Weights (d,) of a regression on one seed's standardised target, or class numbers."""

    trained: np.ndarray
    """With dropout on the inputs."""
    nothing: np.ndarray
    """Least squares, the shortest where there are many."""
    by_feature: np.ndarray
    """The ridge that dropout is in expectation."""
    even: np.ndarray
    """(L, d) ridge with one λ for all features, see `LAMBDAS`."""
    rows: dict[str, np.ndarray]
    """By judged part, (n, d)."""


def least_squares(e: Experiment, rate: float, on_progress: Progress = lambda share: None) -> list[Fits]:
    """Of each seed; features that do not vary are left out."""
    return [_fits(e.data(seed), seed, rate, lambda share, i=i: on_progress((i + share) / len(e.seeds)))
            for i, seed in enumerate(e.seeds)]  # fmt: skip


def _fits(data: Split, seed: int, rate: float, on_progress: Progress) -> Fits:
    flat = {part: getattr(data, f"X_{part}").reshape(len(getattr(data, f"X_{part}")), -1).astype(float)
            for part in ("train", *JUDGED)}  # fmt: skip
    varies = flat["train"].std(0) > 1e-6
    X, y = flat["train"][:, varies], data.y_train.astype(float)
    y = (y - y.mean()) / y.std()
    strengths = rate / (1 - rate) * np.square(X).mean(0)
    centred = X - X.mean(0)
    return Fits(
        _with_dropout(X, y, seed, rate, on_progress),
        np.linalg.lstsq(centred, y - y.mean(), rcond=None)[0],
        adaptive_ridge(X, y, strengths),
        np.stack([adaptive_ridge(X, y, np.full(X.shape[1], lam)) for lam in LAMBDAS]),
        {part: flat[part][:, varies] - X.mean(0) for part in JUDGED},
    )


def _with_dropout(X: np.ndarray, y: np.ndarray, seed: int, rate: float, on_progress: Progress) -> np.ndarray:
    """(d,) mean weights of the last half of gradient descent whose step falls to zero."""
    d = X.shape[1]
    largest = np.linalg.eigvalsh(X.T @ X / len(X))[-1] + rate / (1 - rate) * np.square(X).mean(0).max()
    row = Row(0.0, min(LR, 0.5 / largest), make_penalty("none"), np.zeros(d + 1), Rule("sgd", schedule="cosine"), rate)
    table = Table(
        lambda: [Dropout((d,)), Affine(d, 1, name="output", gain=0)], Target(HalfSquaredError(), 1),
        [Group(X.astype(np.float32), y.astype(np.float32), seed)], [row], STEPS,
    )  # fmt: skip
    recorded = [0, *np.linspace(STEPS // 2, STEPS, LATE).round().astype(int).tolist()]
    return train_table(table, recorded, np.float32, on_progress)[0, 0, 1:, :d].mean(0).astype(float)


# -------------------------------------------------------------------- networks


@dataclass(frozen=True, eq=False)
class Alike:
    """Of each seed, (S,)."""

    lam: np.ndarray
    """The λ whose predictions on validation rows come nearest to dropout's."""
    share: np.ndarray
    """Of dropout's effect on the predictions for test rows, what decay at that λ has too."""
    scores: dict[str, np.ndarray]
    """Test score of "nothing", "dropout", "decay"."""


def networks(e: Experiment, rate: float, on_progress: Progress = lambda share: None) -> Alike:
    """Dropout without decay, against decay at the λ of `e`, the first of which is 0: nothing."""
    if e.lambdas[0] != 0:
        raise ValueError(f"lambdas={e.lambdas[0]:g}, …: allowed: 0 first")
    arms = [e, e.replace(dropout=rate, lambdas=(0.0,))]
    decayed, dropped = train_all(arms, on_progress=on_progress, record_at=(0, e.steps))
    lam, share, at = [], [], []
    for s in range(len(e.seeds)):
        own, its = said(decayed, s), said(dropped, s)
        effects = {part: own[part][1:] - own[part][0] for part in JUDGED}
        effect = {part: its[part][0] - own[part][0] for part in JUDGED}
        i = nearest(effect["validation"], effects["validation"])
        at.append(i + 1)
        lam.append(e.lambdas[i + 1])
        share.append(shared(effect["test"], effects["test"][i]))
    ends, seeds = decayed.test_score[:, :, -1], np.arange(len(e.seeds))
    scores = {"nothing": ends[0], "dropout": dropped.test_score[0, :, -1], "decay": ends[at, seeds]}
    return Alike(np.array(lam), np.array(share), scores)


def said(h: History, s: int) -> dict[str, np.ndarray]:
    """By judged part, (L, outputs, n): probabilities, or regression's values, of seed number s at the end."""
    e = h.experiment
    split = e.data(e.seeds[s])
    ends = h.weights[:, s, -1]
    return {part: h.target.loss.predict(score_new(e, split.X_train, ends, getattr(split, f"X_{part}"))).astype(float)
            for part in JUDGED}  # fmt: skip
