"""Do architectures differ? One task that all can take, the same λ, the same seeds: what decay gains, which λ is best,
and what it leaves of each kind of layer.

Decay is decoupled everywhere: a step takes the same share, lr·λ, of any weight, so that one λ means one thing. For
one seed all architectures see the same examples, split and wrong labels. λ is chosen by validation loss, for each
architecture and seed; the test part is looked at once, at that λ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import stats

from wd_core.datasets import DATASETS
from wd_core.engine.layers import Block
from wd_core.experiment import Experiment, recorded_steps
from wd_core.history import History
from wd_core.models import MODELS
from wd_core.studies.companions import Kept, kept
from wd_core.training import train_all

Progress = Callable[[float], None]

ARCHITECTURES: dict[str, dict[str, object]] = {
    "MLP": {"model": "mlp", "hidden": (32,), "activation": "relu"},
    "CNN": {"model": "cnn", "hidden": (8, 16), "activation": "relu"},
    "RNN": {"model": "rnn", "hidden": (24,), "activation": "tanh"},
    "GRU": {"model": "gru", "hidden": (16,), "activation": "tanh"},
    "transformer": {"model": "transformer", "hidden": (16, 32), "activation": "relu"},
}
"""Of 1,000 to 2,600 parameters each on digits."""
TASKS: dict[str, dict[str, object]] = {
    "digits": {"n_samples": 500, "train_share": 0.2},
    "fashion": {"n_samples": 500, "train_share": 0.2},
    "vowels": {"n_samples": 450, "train_share": 0.2},
    "surnames": {"n_samples": 800, "train_share": 0.5},
}
WRONG_LABELS = 0.2
LAMBDAS = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
STEPS = 200
LR = 5e-3
FEW = 9
"""Recorded steps where no arm needs more."""
WITH = {"biases too": {"decay_biases": True}, "gains too": {"decay_gains": True}}


def fitting(dataset: str) -> list[str]:
    """The architectures that can take this data set."""
    source = DATASETS[dataset]
    return [name for name, its in ARCHITECTURES.items() if MODELS[its["model"]].fits(source)]


def task(
    dataset: str, architecture: str, lambdas: Sequence[float] = LAMBDAS, seeds: Sequence[int] = (0,),
    label_noise: float = WRONG_LABELS,
) -> Experiment:  # fmt: skip
    """The data set's few examples, some of them labelled wrongly, for this architecture; AdamW, full batches."""
    return Experiment(
        dataset=dataset, **TASKS[dataset], label_noise=label_noise, **ARCHITECTURES[architecture], optimizer="adam",
        lr=LR, decay="decoupled", steps=STEPS, lambdas=tuple(lambdas), seeds=tuple(seeds),
    )  # fmt: skip


def kind(block: Block, model: str) -> str:
    """What kind of layer a block of weights is part of."""
    if model in ("rnn", "gru") and block.name in ("inputs", "recurrent"):
        return "input" if block.name == "inputs" else "recurrent"
    word = block.layer.partition(" ")[0]
    return {"hidden": "dense", "MLP": "dense"}.get(word, word)


KINDS = ("dense", "convolution", "input", "recurrent", "embedding", "attention", "output", "biases", "gains")
ROLES = {"weight": "", "bias": "biases", "gain": "gains"}


def sizes(h: History) -> dict[str, np.ndarray]:
    """By kind of layer, and for all biases and all gains: (L, S) root mean square at the end, of gains that of their
    distance from 1, at which they begin."""
    squares: dict[str, list[np.ndarray]] = {}
    for block, here in h.blocks():
        values = h.weights[:, :, -1, here].astype(float)
        for role, name in ROLES.items():
            mask = block.mask(role).ravel()
            if mask.any():
                its = values[..., mask] - (role == "gain")
                squares.setdefault(name or kind(block, h.experiment.model), []).append(np.square(its))
    return {name: np.sqrt(np.concatenate(parts, axis=-1).mean(-1)) for name, parts in squares.items()}


@dataclass(frozen=True, eq=False)
class Response:
    """How one architecture takes decay; L λ, S seeds."""

    experiment: Experiment
    validation: np.ndarray
    """(L, S) validation loss at the end; NaN where a run diverged."""
    none: Kept
    decay: Kept
    early: Kept
    """λ = 0, stopped at the least validation loss."""
    left: Mapping[str, np.ndarray]
    """By kind of layer, (L, S): size in shares of that at λ = 0."""
    others: Mapping[str, Kept]
    """As `decay`, where biases or gains decay too; its own λ."""

    @property
    def gain(self) -> np.ndarray:
        """(S,) test accuracy at the chosen λ less that of λ = 0."""
        return self.decay.score - self.none.score

    @property
    def calmer(self) -> np.ndarray:
        """(S,) by how much test loss is lower than at λ = 0."""
        return self.none.loss - self.decay.loss

    @property
    def early_gain(self) -> np.ndarray:
        """(S,) what early stopping gains in the stead of decay."""
        return self.early.score - self.none.score

    @property
    def best(self) -> np.ndarray:
        """(S,) log₁₀ of the chosen λ; for λ = 0, half a decade below the least above it."""
        least = min(lam for lam in self.experiment.lambdas if lam > 0)
        return np.log10(np.where(self.decay.lam > 0, self.decay.lam, least / 10**0.5))


def responses(e: Experiment, on_progress: Progress = lambda share: None, arms: bool = True) -> Response:
    """Train the task `e`, and beside it, if `arms`, with decayed biases and with decayed gains, where it has them."""
    if e.lambdas[0] != 0:
        raise ValueError(f"lambdas={e.lambdas[0]:g}, …: allowed: 0 first")
    roles = {block.role for block, _ in e.blocks}
    wanted = {n: e.replace(**change) for n, change in WITH.items() if arms and (n != "gains too" or "gain" in roles)}
    at = None if arms else recorded_steps(e.steps, FEW)
    h, *rest = train_all([e, *wanted.values()], on_progress=on_progress, record_at=at)
    size = sizes(h)
    with np.errstate(invalid="ignore", divide="ignore"):
        left = {name: its / its[0] for name, its in size.items()}
    return Response(
        e, h.validation_loss[:, :, -1], kept(h, decay=False), kept(h), kept(h, early=True, decay=False), left,
        {name: kept(other) for name, other in zip(wanted, rest, strict=True)},
    )  # fmt: skip


PILOT = 4


def with_pilot(seeds: Sequence[int]) -> tuple[int, ...]:
    """These seeds, and after them PILOT others, from which `foretold` takes its direction."""
    return *seeds, *range(max(seeds) + 1, max(seeds) + 1 + PILOT)


def foretold(values: Mapping[str, np.ndarray]) -> np.ndarray:
    """(S,) how far apart two of `values` (S + PILOT,) are: the highest and the lowest in the mean of the pilot's seeds.

    A difference whose sign nobody foretold: the pilot chooses the two and takes no part otherwise, so that the mean is
    zero, and an interval keeps its level, where there is nothing but noise.
    """
    table = np.stack(list(values.values()))  # (things, S + PILOT)
    pilot = table[:, -PILOT:].mean(1)
    return (table[pilot.argmax()] - table[pilot.argmin()])[:-PILOT]


def differing(values: Mapping[str, np.ndarray], level: float = 0.05) -> tuple[int, list[tuple[str, str]]]:
    """How many pairs there are of values (S,) each, and which of them differ, paired by seed.

    Paired t tests at level / number of pairs (Bonferroni). A seed that lacks either value is left out.
    """
    pairs, differ = list(combinations(values, 2)), []
    for a, b in pairs:
        d = np.asarray(values[a] - values[b], float)
        d = d[np.isfinite(d)]
        if len(d) < 2 or not d.any():
            continue
        error = d.std(ddof=1) / len(d) ** 0.5
        if error == 0 or 2 * stats.t.sf(abs(d.mean()) / error, len(d) - 1) < level / len(pairs):
            differ.append((a, b))
    return len(pairs), differ


def common_lambda(found: Iterable[Response]) -> int:
    """Index of the λ > 0 that most seeds of all architectures choose; 1 where none chooses any."""
    found = list(found)
    lambdas = found[0].experiment.lambdas
    chosen = np.concatenate([r.decay.lam for r in found])
    return 1 + int(np.argmax([(chosen == lam).sum() for lam in lambdas[1:]]))
