"""Learning rate × λ: a map for each optimiser and form of decay, and what can be measured on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from wd_core.experiment import Experiment
from wd_core.history import History
from wd_core.studies.diagnostics import largest_curvature, stability_edge
from wd_core.training import train_all

Progress = Callable[[float], None]
COUNT = 9


def _even(low: float, high: float) -> tuple[float, ...]:
    return tuple(float(f"{v:.3g}") for v in np.geomspace(low, high, COUNT))


@dataclass(frozen=True)
class Rival:
    """An optimiser with its form of decay, and grids of its own: coupled and decoupled λ are not one quantity."""

    optimizer: str
    decay: str
    lrs: tuple[float, ...]
    lambdas: tuple[float, ...]


RIVALS: dict[str, Rival] = {
    "SGD": Rival("sgd", "coupled", _even(0.01, 10), _even(1e-5, 1)),
    "momentum": Rival("momentum", "coupled", _even(1e-3, 10), _even(1e-5, 1)),
    "Adam + L2": Rival("adam", "coupled", _even(1e-4, 1), _even(1e-5, 1)),
    "AdamW (lr·λ)": Rival("adam", "decoupled", _even(1e-4, 1), _even(1e-3, 100)),
    "AdamW (λ alone)": Rival("adam", "decoupled_paper", _even(1e-4, 1), _even(1e-5, 3)),
}


@dataclass(frozen=True, eq=False)
class RateMap:
    """One rival on one data set; R learning rates, L λ, S seeds. A run that diverged is NaN."""

    experiment: Experiment
    """The first learning rate's."""
    lrs: np.ndarray
    lambdas: np.ndarray
    loss: np.ndarray
    """(R, L, S) validation loss at the last step."""
    score: np.ndarray
    stopped_loss: np.ndarray
    """(R, L, S) the least validation loss on the way: what early stopping would have kept."""
    stopped_score: np.ndarray
    first: History
    """The first learning rate's training, of which there is a plane to draw."""
    weights: np.ndarray
    """(R, L, P) of the first seed, at the last step."""
    constant: np.ndarray
    """(S,) validation loss of saying the training part's mean, or shares of the classes, always."""
    constant_score: np.ndarray
    """(S,) its accuracy, that of the commonest class; or R²."""
    curvature: float
    """Largest of the training loss at the first weights, the first seed's."""

    def capped(self, what: str = "loss") -> np.ndarray:
        """(R, L, S) losses or scores, none worse than the constant's: beyond that a run is useless."""
        values = getattr(self, what)
        if what.endswith("score"):
            return np.fmax(values, self.constant_score)
        return np.where(np.isfinite(values), np.minimum(values, self.constant), self.constant)

    def cells(self, what: str = "loss") -> np.ndarray:
        """(R, L) mean over seeds; NaN where every seed diverged."""
        return np.where(np.isfinite(getattr(self, what)).any(-1), self.capped(what).mean(-1), np.nan)

    def best(self, what: str = "loss") -> tuple[int, int]:
        """(lr, λ) of the least mean loss, or of the highest mean score."""
        cells = self.cells(what)
        at = np.nanargmax(cells) if what.endswith("score") else np.nanargmin(cells)
        return tuple(int(i) for i in np.unravel_index(at, cells.shape))  # type: ignore[return-value]

    @property
    def best_of_seeds(self) -> tuple[np.ndarray, np.ndarray]:
        """(S,) learning rate and λ of each seed's own best cell."""
        flat = self.capped().reshape(-1, self.loss.shape[-1]).argmin(0)
        i, j = np.unravel_index(flat, self.loss.shape[:2])
        return self.lrs[i], self.lambdas[j]

    @property
    def interaction(self) -> np.ndarray:
        """(S,) share of the map's variation that is not a sum of a function of lr and a function of λ."""
        return np.array([interaction_share(np.log(self.capped()[..., s])) for s in range(self.loss.shape[-1])])

    @property
    def one_by_one(self) -> np.ndarray:
        """(S,) loss beyond that of the seed's best cell, if lr is chosen at the smallest λ and λ after, at this lr."""
        losses = self.capped()
        rows = losses[:, 0].argmin(0)
        after = losses[rows, :, np.arange(len(rows))].min(-1)
        return after - losses.min((0, 1))

    @property
    def timescale(self) -> np.ndarray | None:
        """(S,) epochs over which decay forgets, at each seed's best cell: 1/(lr·λ·steps per epoch), for the paper's
        form 1/(λ·steps per epoch); None where Adam divides the penalty's gradient. Source: Wang & Aitchison 2024
        (arXiv:2405.13698)."""
        e, (lr, lam) = self.experiment, self.best_of_seeds
        if e.optimizer == "adam" and e.decay == "coupled":
            return None
        pace = lam if e.decay == "decoupled_paper" else lr * lam
        if e.optimizer == "momentum":
            pace = pace / (1 - e.momentum)  # coupled λ acts through the momentum too
        return 1 / (pace * e.steps_per_epoch)


def interaction_share(values: np.ndarray) -> float:
    """Of a map (R, L): Σ r² / Σ (v − mean)², r what a row's plus a column's effect leave over. 0: separable; NaN: flat.

    The two-way analysis of variance without replicates (Tukey 1949).
    """
    centred = values - values.mean()
    left = centred - centred.mean(0) - centred.mean(1, keepdims=True)
    total = np.square(centred).sum()
    return float(np.square(left).sum() / total) if total > 1e-12 * values.size else np.nan


def experiments_of(base: Experiment, rival: Rival, seeds: Sequence[int]) -> list[Experiment]:
    """One a learning rate; together they are one table of runs."""
    return [
        base.replace(optimizer=rival.optimizer, decay=rival.decay, lr=lr, lambdas=rival.lambdas, seeds=tuple(seeds))
        for lr in rival.lrs
    ]


def rate_map(
    base: Experiment, rival: Rival, seeds: Sequence[int], on_progress: Progress = lambda share: None
) -> RateMap:
    """Train all cells of a map, all seeds."""
    experiments = experiments_of(base, rival, seeds)
    histories = train_all(experiments, on_progress=on_progress)
    at = [h.stopped[..., None] for h in histories]

    def last(name: str) -> np.ndarray:
        return np.stack([getattr(h, name)[..., -1] for h in histories]).astype(float)

    def stopped(name: str) -> np.ndarray:
        paired = zip(histories, at, strict=True)
        return np.stack([np.take_along_axis(getattr(h, name), k, -1)[..., 0] for h, k in paired])

    e = experiments[0]
    return RateMap(
        e, np.array(rival.lrs), np.array(rival.lambdas), last("validation_loss"), last("validation_score"),
        stopped("validation_loss").astype(float), stopped("validation_score").astype(float),
        histories[0], np.stack([h.weights[:, 0, -1] for h in histories]),
        *np.array([_constant(e, seed) for seed in seeds]).T,
        float(largest_curvature(e, seeds[0], histories[0].weights[:1, 0, 0])[0]),
    )  # fmt: skip


def _constant(e: Experiment, seed: int) -> tuple[float, float]:
    """Validation loss and score of the best constant on the training part."""
    data = e.data(seed)
    if e.task == "regression":
        error = np.square(data.y_validation - data.y_train.mean()).mean()
        return float(0.5 * error), float(1 - error / data.y_validation.var())
    shares = np.bincount(data.y_train.astype(np.intp), minlength=e.source.n_classes) / len(data.y_train)
    y = data.y_validation.astype(np.intp)
    return float(-np.log(np.maximum(shares[y], 1e-9)).mean()), float((y == shares.argmax()).mean())


def edge_of(m: RateMap, lambdas: np.ndarray | None = None) -> tuple[str, np.ndarray] | None:
    """The stability edge: its formula, and for each λ, the map's or these, the learning rate on it (L,); for the
    paper's form, whose edge is a λ, infinite below it and 0 beyond. None for coupled Adam, which has none."""
    e = m.experiment.replace(lr=1.0)
    edges = [stability_edge(e, float(lam), m.curvature) for lam in (m.lambdas if lambdas is None else lambdas)]
    if (first := edges[0]) is None:
        return None
    passed = np.array([edge.product / edge.limit for edge in edges])  # type: ignore[union-attr]
    at = np.where(passed < 1, np.inf, 0.0) if e.decay == "decoupled_paper" else 1 / passed
    return f"{first.formula} = {first.limit:g}", at
