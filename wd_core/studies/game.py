"""A game with one λ for three data sets: what a choice scores, what the test part says of it, and of choosing.

A *deal* is one draw of all three data sets and of the first weights: a seed. A deal's loss at a λ is the mean of its
three data sets' cross-entropies. All deals are further rows of the same tables, so what one deal shows can be held
against all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from wd_core.experiment import Experiment
from wd_core.history import History
from wd_core.studies.evidence import Paired
from wd_core.studies.selection import best_lambda
from wd_core.training import train_all

DEALS = 40
COIN = float(np.log(2))
"""Cross-entropy of a fair coin, for two classes."""
QUERIES = (
    "dataset=moons&n_samples=40&label_noise=0.15",
    "dataset=xor&n_samples=60&label_noise=0.1",
    "dataset=spirals&n_samples=100&label_noise=0.1",
)
COMMON = "&penalty=l2&lambdas=0.0003~0.3~18&lr=0.03&steps=400"


@cache
def experiments() -> tuple[Experiment, ...]:
    """The three data sets, a seed a deal."""
    return tuple(Experiment.from_query(query + COMMON).replace(seeds=tuple(range(DEALS))) for query in QUERIES)


def trained(deals: tuple[int, ...], on_progress: Callable[[float], None] | None = None) -> list[History]:
    """The three histories, first and last step, of these deals (from 0); the same bits whichever are asked for."""
    chosen = [e.replace(seeds=deals) for e in experiments()]
    return train_all(chosen, on_progress=on_progress, record_at=(0, chosen[0].steps))


def losses(histories: list[History], part: str) -> np.ndarray:
    """(sets, L, deals) a part's loss at the last step; inf where a run diverged."""
    found = np.stack([getattr(h, f"{part}_loss")[:, :, -1] for h in histories]).astype(float)
    return np.where(np.isnan(found), np.inf, found)


def points(loss: np.ndarray, at: int) -> int:
    """0 to 100 for λ number `at` of mean losses (L,): 100 for the lowest on the path, 0 for a coin's or worse."""
    best = float(loss.min())
    if loss[at] == best:
        return 100
    if best >= COIN:
        return 0
    return min(99, round(100 * max(0.0, (COIN - float(loss[at])) / (COIN - best))))


@dataclass(frozen=True, eq=False)
class Verdict:
    """What the deals say of choosing by validation loss, and of a λ that was fixed beforehand."""

    chosen: Paired
    """Test loss minus validation loss where each deal takes the λ of its lowest validation loss."""
    fixed: Paired
    """The same at the visitor's λ, in the deals that the visitor has not seen."""
    gain: Paired
    """What that λ takes off the test loss there, against λ = 0."""

    @property
    def choosing_fools(self) -> bool:
        """Whether the choice promises too much, beyond its interval, and the fixed λ cannot be told from true."""
        low, high = self.fixed.interval
        return self.chosen.interval[0] > 0 and low <= 0 <= high


def over_deals(validation: np.ndarray, test: np.ndarray, at: int, deal: int) -> Verdict:
    """From mean losses (L, deals), `[0]` at λ = 0, and the visitor's λ number `at`, which was chosen in `deal`."""
    each = np.arange(validation.shape[1])
    chosen, others = np.array([best_lambda(of_one) for of_one in validation.T]), each != deal
    with np.errstate(invalid="ignore"):  # inf − inf: a deal that diverged is left out
        return Verdict(
            chosen=Paired(test[chosen, each] - validation[chosen, each]),
            fixed=Paired((test[at] - validation[at])[others]),
            gain=Paired((test[0] - test[at])[others]),
        )
