"""One update in slow motion: what each part of a step did to each weight of a small network.

The network is trained on one batch by the engine's own `Update`, watched as it runs: the gradient that it is given,
what decay adds to it, the optimiser's direction, the weights before and after each place at which they change. From
these come moves that add up to the step, and an account of who pulled, the loss or decay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from wd_core.engine.layers import Batch, arranger
from wd_core.engine.loop import INITIAL, quick
from wd_core.engine.network import Network, initial_weights
from wd_core.engine.optimizers import Adam
from wd_core.engine.update import Update
from wd_core.experiment import Experiment
from wd_core.tables import tables_of

STAGES = ("start", "gradient", "decay in the gradient", "optimiser", "decay beside", "prox")
"""The weight before the step, then what moves it, in the order in which `Update` works it out."""
LRS = {"sgd": 0.5, "momentum": 0.1, "adam": 0.05}
STEPS = 40


def example(penalty: str, decay: str, optimizer: str, lam: float) -> Experiment:
    """2 inputs, 3 hidden units, 1 output; 16 examples of two moons, all of them in every step."""
    return Experiment(
        dataset="moons", n_samples=32, hidden=(3,), optimizer=optimizer, lr=LRS[optimizer], steps=STEPS,
        penalty=penalty, decay=decay, lambdas=(lam,), seeds=(0,),
    )  # fmt: skip


class Watched(Update):
    """An `Update` that keeps what passes through its places: copies in `seen`, of the last step."""

    def __init__(self, *args: Any):
        super().__init__(*args)
        self.seen: dict[str, np.ndarray] = {}
        for decay in (self.decay, self.none):
            decay.into_gradient = self._watch(decay.into_gradient, after=("gradient", self.g))
            decay.beside = self._watch(decay.beside, after=("beside", self.w))
            decay.prox = self._watch(decay.prox, before=("stepped", self.w))

    def __call__(self, step: int) -> None:
        self.seen = {"start": self.w.copy(), "loss": self.g.copy()}
        super().__call__(step)
        self.seen["end"] = self.w.copy()

    def _watch(
        self, place: Callable, before: tuple[str, np.ndarray] | None = None, after: tuple[str, np.ndarray] | None = None
    ) -> Callable:
        def watched(*args: Any) -> None:
            if before:
                self.seen[before[0]] = before[1].copy()
            place(*args)
            if after:
                self.seen[after[0]] = after[1].copy()

        return watched


@dataclass(frozen=True, eq=False)
class SlowMotion:
    """K steps of W weights that decay, biases left out; all in float64."""

    experiment: Experiment
    names: list[str]
    start: np.ndarray
    """(K, W) before the step."""
    end: np.ndarray
    """(K, W) after the step."""
    gradient: np.ndarray
    """(K, W) of the loss alone."""
    added: np.ndarray
    """(K, W) what decay adds to it."""
    moves: np.ndarray
    """(K, 6, W) for each of `STAGES`, the first of them zero: start + Σ moves = end.

    −η·gradient, what plain gradient descent on the loss would do; −η·added; what the optimiser makes of the two, less
    the two; decay beside the optimiser; the prox.
    """
    threshold: np.ndarray
    """(K, W) of the prox."""
    decay_pull: np.ndarray
    """(K, W) the part of the step that is decay's, through the optimiser's memory where it goes through it."""

    @property
    def stages(self) -> list[int]:
        """Those of `STAGES` that do something in this form of decay; the optimiser's always."""
        e = self.experiment
        acting = {"decay in the gradient": e.penalty == "l2" and e.decay == "coupled",
                  "decay beside": e.penalty == "l2" and e.decay == "decoupled", "prox": e.penalty == "l1"}  # fmt: skip
        return [i for i, name in enumerate(STAGES) if acting.get(name, True)]

    @property
    def places(self) -> np.ndarray:
        """(K, stages, W) each weight after each of `stages`; the last is the real weight, bit for bit."""
        found = self.start[:, None] + np.cumsum(self.moves, axis=1)[:, self.stages]
        found[:, 0], found[:, -1] = self.start, self.end
        return found

    @property
    def loss_pull(self) -> np.ndarray:
        """(K, W) the rest of the step."""
        return self.end - self.start - self.decay_pull

    @property
    def half_life(self) -> np.ndarray:
        """(K, W) steps in which decay's pull would halve the weight, were it this share of the weight at every step.
        NaN where decay does not pull towards zero, or there is no weight; 0 where it takes the whole weight at once."""
        with np.errstate(all="ignore"):
            share = -self.decay_pull / self.start
            steps = -np.log(2) / np.log1p(-np.minimum(share, 1))
        return np.where(share > 0, steps, np.nan)


def slow_motion(e: Experiment) -> SlowMotion:
    """Train `e` (one λ, one seed, full batches, L1 or L2, coupled or decoupled) and keep every part of every step."""
    known = e.penalty in ("l1", "l2") and e.decay in ("coupled", "decoupled") and e.optimizer in LRS
    if not known or len(e.lambdas) * len(e.seeds) > 1 or e.batch_size is not None or e.schedule != "constant":
        raise ValueError(
            f"penalty={e.penalty}, decay={e.decay}, optimizer={e.optimizer}: allowed: l1 or l2, coupled or decoupled, "
            f"{', '.join(LRS)}; one λ, one seed, full batches, a constant learning rate"
        )
    (part,) = tables_of([e], np.float64)
    table = part.table()
    (group,), (row,) = table.groups, table.rows
    layers, n = table.layers(), len(group.y)
    network = Network(layers, (1, 1), n, np.float64)
    x = arranger(layers).arrange(group.X, np.float64, n)[None, None]
    batch = Batch(x, np.full(n, 1 / n), table.target.encode(group.y, np.float64)[None, None])
    network.weights[...] = initial_weights(layers, np.random.default_rng([group.seed, INITIAL]))
    update = Watched([row], network.weights, network.gradient, e.steps)
    decayed = np.flatnonzero(row.factors)
    kept: dict[str, list[np.ndarray]] = {}
    with quick():
        for step in range(1, e.steps + 1):
            scores = network.forward(batch)
            table.target.loss.gradient(scores, batch.y, batch.share, out=network.score_gradient)
            network.backward()
            update(step)
            reach = update.optimizer.reach if e.decay == "coupled" else 1.0
            update.seen["threshold"] = row.strengths(np.float64)[0] * e.lr * reach * np.ones_like(update.w)
            update.seen["memory"] = _memory_scale(e, step) * update.optimizer.reach * np.ones_like(update.w)
            for name, array in update.seen.items():
                kept.setdefault(name, []).append(array[0, 0, decayed].copy())
    return _account(e, {name: np.array(arrays) for name, arrays in kept.items()})


def _memory_scale(e: Experiment, step: int) -> float:
    """The number beside `reach` by which the sum of remembered gradients becomes the direction."""
    return {"sgd": 1.0, "momentum": 1 - e.momentum, "adam": (1 - Adam.beta1) / (1 - Adam.beta1**step)}[e.optimizer]


def _account(e: Experiment, seen: dict[str, np.ndarray]) -> SlowMotion:
    """From what was seen, (K, W) each, to moves and pulls."""
    added = seen["gradient"] - seen["loss"]
    moves = np.zeros((len(added), len(STAGES), added.shape[1]))
    moves[:, 1], moves[:, 2] = -e.lr * seen["loss"], -e.lr * added
    moves[:, 3] = (seen["stepped"] - seen["beside"]) - (moves[:, 1] + moves[:, 2])
    moves[:, 4], moves[:, 5] = seen["beside"] - seen["start"], seen["end"] - seen["stepped"]
    # The optimiser's memory is linear in the gradients: what it remembers of decay can be kept apart.
    beta = {"sgd": 0.0, "momentum": e.momentum, "adam": Adam.beta1}[e.optimizer]
    remembered, pull = np.zeros(added.shape[1]), np.empty_like(added)
    for k, new in enumerate(added):
        remembered = beta * remembered + new
        pull[k] = -e.lr * seen["memory"][k] * remembered
    return SlowMotion(e, names_of(e), seen["start"], seen["end"], seen["loss"], added, moves, seen["threshold"],
                      pull + moves[:, 4] + moves[:, 5])  # fmt: skip


def names_of(e: Experiment) -> list[str]:
    """A name for each weight, x₁ → h₂ or h₂ → y, of a network with one hidden layer, as they lie in its row."""
    digits = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
    found = []
    for i, (block, _) in enumerate(e.blocks):
        source, target = ("x", "h") if i == 0 else ("h", "y")
        for row, column in np.argwhere(block.mask("weight")):
            end = target if target == "y" else f"{target}{row + 1}"
            found.append(f"{source}{column + 1} → {end}".translate(digits))
    return found
