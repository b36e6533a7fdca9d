"""Whom decay shrinks: what it took of each weight in a real training, against the size of the weight's gradients; and
which form leaves the minimum of the loss alone where it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from wd_core.engine.layers import Batch
from wd_core.engine.loop import train_table
from wd_core.engine.network import Network, initial_weights
from wd_core.engine.optimizers import Adam
from wd_core.engine.update import Update
from wd_core.experiment import Experiment
from wd_core.history import History
from wd_core.linear.paths import fit_path
from wd_core.tables import tables_of
from wd_core.training import train_all

Progress = Callable[[float], None]
FORMS = {"Adam + L2": "coupled", "AdamW": "decoupled"}


@dataclass(frozen=True, eq=False)
class Shrinkage:
    """One training; L λ, W decayed weights."""

    taken: np.ndarray
    """(L, W) what decay took from a weight in all, towards zero, as a share of the weight's mean size."""
    gradient: np.ndarray
    """(L, W) root mean square of the weight's gradient of the loss alone, over all steps."""

    @property
    def slope(self) -> np.ndarray:
        """(L,) of log taken over log gradient: 0 where the size of the gradients makes no difference, −1 where a weight
        of ten times the gradients is shrunk a tenth as much. NaN where no weight was shrunk."""
        found = np.full(len(self.taken), np.nan)
        for i, (taken, gradient) in enumerate(zip(self.taken, self.gradient, strict=True)):
            known = (taken > 0) & (gradient > 0)
            if known.sum() > 2:
                found[i] = np.polyfit(np.log(gradient[known]), np.log(taken[known]), 1)[0]
        return found


def shrinkage(e: Experiment, on_progress: Progress = lambda share: None) -> Shrinkage:
    """Train `e`, an Adam with L2 and one seed, and keep account of every weight.

    Adam's momentum is linear in the gradient, so it splits exactly into the loss's part and decay's: with coupled
    decay, a step's take is η · m̂_decay / (√v̂ + ε), m_decay the running mean of λw; with decoupled, η·λ·w.
    """
    if e.optimizer != "adam" or len(e.seeds) != 1 or e.decay not in FORMS.values():
        raise ValueError(f"optimizer={e.optimizer}, decay={e.decay}: allowed: adam, one seed, coupled or decoupled")
    (part,) = tables_of([e], np.float32)
    table = part.table()
    account = _Account(e, np.array([row.lam for row in table.rows], np.float32)[:, None])
    train_table(table, [0, e.steps], np.float32, on_progress, account)
    mask = np.flatnonzero(table.rows[0].factors)
    size = np.maximum(account.size / e.steps, np.finfo(np.float32).tiny)
    return Shrinkage((account.taken / size)[:, mask], np.sqrt(account.squares / e.steps)[:, mask])


class _Account:
    """What decay does to each weight, step by step; called after each step."""

    def __init__(self, e: Experiment, lambdas: np.ndarray):
        self.lr, self.coupled, self.lambdas = e.lr, e.decay == "coupled", lambdas
        self.before: np.ndarray | None = None

    def __call__(self, step: int, updates: Sequence[Update]) -> None:
        (update,) = updates
        w, g = update.w[0], update.g[0]
        if self.before is None:  # the first step's own weights are gone: it is left out
            self.size, self.taken, self.squares, self.running = (np.zeros(w.shape) for _ in range(4))
            self.before = w.copy()
            return
        decay = self.lambdas * self.before
        loss_gradient = g - decay if self.coupled else g  # Coupled.into_gradient added it in place
        if self.coupled:
            self.running = Adam.beta1 * self.running + (1 - Adam.beta1) * decay
            pull = self.running / (1 - Adam.beta1 ** (step - 1)) * update.optimizer.reach[0]
        else:
            pull = decay
        self.taken += self.lr * pull * np.sign(self.before)
        self.size += np.abs(self.before)
        self.squares += np.square(loss_gradient)
        self.before[...] = w


# -------------------------------------------------------------------- where the optimum stays

KEEPING = {"Adam + L2": "coupled", "AdamW": "decoupled", "cautious": "cautious"}


@dataclass(frozen=True, eq=False)
class Optimum:
    """Linear regressions trained to the end with three forms of decay, and least squares."""

    histories: dict[str, History]
    least_squares: np.ndarray
    """(S, d) weights of the minimum of the loss alone."""

    def distance(self, form: str) -> np.ndarray:
        """(L, S) ‖w − w*‖ / ‖w*‖ at the end, weights without the intercept."""
        w = self.weights(form)
        return np.linalg.norm(w - self.least_squares, axis=-1) / np.linalg.norm(self.least_squares, axis=-1)

    def weights(self, form: str) -> np.ndarray:
        """(L, S, d)"""
        h = self.histories[form]
        return h.weights[:, :, -1][..., h.weight_mask]


def optimum(e: Experiment, on_progress: Progress = lambda share: None) -> Optimum:
    """Train the linear regression `e` with each form of decay, on the same data, and solve it exactly."""
    arms = [e.replace(decay=decay) for decay in KEEPING.values()]
    histories = train_all(arms, on_progress=on_progress)
    exact = []
    for seed in e.seeds:
        data = e.data(seed)
        path = fit_path(data.X_train, data.y_train, np.zeros(1), l1_ratio=0.0, task="regression")
        exact.append(path.coefficients[0, :, 0])
    return Optimum(dict(zip(KEEPING, histories, strict=True)), np.array(exact))


# -------------------------------------------------------------------- normalised weights, multiplied


def scaled(e: Experiment, factors: Sequence[float], layer: str = "hidden 1") -> tuple[np.ndarray, np.ndarray]:
    """Loss, and norm of the gradient in the weights of `layer`, (F,) each, when these are multiplied by `factors`.

    The network is that of `e`'s first seed before training, on its training part. Before a normalisation the loss stays
    and the gradient becomes 1/factor (van Laarhoven 2017, arXiv:1706.05350); elsewhere neither need be so.
    """
    data, layers, dtype = e.data(e.seeds[0]), e.layers(), np.float64
    start, here = 0, np.zeros(0, int)
    for block in (block for each in layers for block in each.parameters):
        if block.layer == layer and block.role == "weight":
            here = start + np.flatnonzero(block.mask("weight"))
        start += block.size
    network = Network(layers, (len(factors),), len(data.y_train), dtype)
    network.weights[...] = initial_weights(layers, np.random.default_rng(e.seeds[0]))
    network.weights[:, here] *= np.asarray(factors)[:, None]
    share = np.full(len(data.y_train), 1 / len(data.y_train))
    y = e.target.encode(data.y_train, dtype)
    scores = network.forward(Batch(layers[0].arrange(data.X_train, dtype, len(share)), share, y)).copy()
    e.target.loss.gradient(scores, y, share, out=network.score_gradient)
    network.backward()
    return e.target.loss.value(scores, y), np.linalg.norm(network.gradient[:, here], axis=1)
