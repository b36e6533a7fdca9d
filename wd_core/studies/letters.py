"""Next letter: a GRU of 24 units learns to spell the surnames of one language, and then invents some.

100 names for training, 100 each for validation and test. The network reads a start sign and then letter after letter;
after each it says how likely every letter is to come next, or the end. Its loss is in bits per letter, ends included:
of 27 equally likely signs log₂ 27 = 4.75. Names are drawn from it letter by letter (Graves 2013, arXiv:1308.0850), for
all λ and steps by the same random numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from wd_core import cost, workers
from wd_core.datasets.surnames import ALPHABET, DATASET, LONGEST, table
from wd_core.engine.layers import Affine, Layer, places
from wd_core.engine.layers.attention import FrameByFrame
from wd_core.engine.layers.recurrent import Gated
from wd_core.engine.layers.sequences import EveryFrame
from wd_core.engine.loop import train_table
from wd_core.engine.losses import NextSymbol, Target
from wd_core.engine.penalties import make_penalty
from wd_core.engine.runs import Group, Row, Rule, Table
from wd_core.experiment import recorded_steps
from wd_core.fields import lambda_path
from wd_core.studies.listening import forwarded

Progress = Callable[[float], None]

LANGUAGES = DATASET.class_names
SIGN = len(ALPHABET) + 1
"""The number of the start among what is read, and of the end among what is said."""
TIME = LONGEST + 1
UNITS, TRAINING = 24, 100
LR, STEPS = 1e-2, 400
LAMBDAS = lambda_path(0.01, 30, 10)
SHOWN = (0, 10, 25, 50, 75, 100, 150, 250, 400)
"""Steps that the hand reaches; early stopping looks at more."""
PARTS = ("train", "validation", "test")
INVENTED = 200
"""Names that are drawn to count copies."""


@dataclass(frozen=True, eq=False)
class Names:
    """Names of one language in three parts, each as what is read X (n, TIME) and what comes next y (n, TIME)."""

    names: dict[str, tuple[str, ...]]
    X: dict[str, np.ndarray]
    y: dict[str, np.ndarray]


@cache
def names_of(language: str, seed: int) -> Names:
    """All names of a language, shuffled by the seed: TRAINING for training, the rest in halves."""
    if language not in LANGUAGES:
        raise ValueError(f"language={language[:80]}: allowed: {', '.join(LANGUAGES)}")
    X, y = table()
    own = X[y == LANGUAGES.index(language)]
    own = own[np.random.default_rng([seed, 201]).permutation(len(own))]
    middle = TRAINING + (len(own) - TRAINING) // 2
    parts = dict(zip(PARTS, (own[:TRAINING], own[TRAINING:middle], own[middle:]), strict=True))
    return Names(
        {part: tuple(map(word, some)) for part, some in parts.items()},
        {part: np.insert(some, 0, SIGN, axis=1) for part, some in parts.items()},
        {part: following(some) for part, some in parts.items()},
    )


def word(tokens: Sequence[int]) -> str:
    """The letters before the end."""
    return "".join(ALPHABET[t - 1] for t in tokens if 0 < t < SIGN)


def following(words: np.ndarray) -> np.ndarray:
    """words (n, LONGEST) → (n, TIME): what comes next at each place, the end after the last letter, then nothing."""
    y = np.append(words, np.zeros((len(words), 1), int), axis=1)
    y[np.arange(len(y)), (words > 0).sum(1)] = SIGN
    return y


def layers() -> list[Layer]:
    """Letters, a gated state, a score for every sign after every letter."""
    return [
        Gated(SIGN, UNITS, TIME, name="hidden 1", symbols=SIGN),
        EveryFrame(UNITS, TIME),
        FrameByFrame(Affine(UNITS, SIGN, name="output"), TIME),
    ]


def size(lambdas: int, seeds: int) -> cost.Size:
    """What the training costs, see `cost`; a score at every frame costs less than the rest of a GRU, and so `by_model`
    is measured for this one."""
    chain = layers()
    return cost.Size(
        lambdas=lambdas, seeds=seeds, steps=STEPS, batch=TRAINING, n=len(table()[0]) // len(LANGUAGES), inputs=TIME,
        outputs=SIGN * TIME, parameters=sum(layer.size for layer in chain), work=sum(layer.work for layer in chain),
        outputs_of_layers=(2 * UNITS + SIGN) * TIME, activations=0, layers=2 * TIME, products=2 * TIME, curve=1.0,
        loss=cost.LOSSES["softmax_cross_entropy"],
        passes=cost.PASSES["adam"] + 2, gathers=False, classes=False, by_model=1.2,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Spelled:
    """Trainings on one language: all λ and seeds."""

    lambdas: np.ndarray
    seeds: tuple[int, ...]
    steps: np.ndarray
    bits: dict[str, np.ndarray]
    """By part, (L, S, K): mean bits per letter."""
    weights: np.ndarray
    """(L, S, K, P)"""


def spell(
    language: str, seeds: Sequence[int], record_at: Sequence[int], on_progress: Progress = lambda share: None
) -> Spelled:
    """Train every λ and seed; in workers where there are some."""
    names_of(language, seeds[0])  # its own error
    expected = cost.seconds(size(len(LAMBDAS), len(seeds)))
    away = workers.available(expected, on_progress)
    rows = np.array_split(np.arange(len(LAMBDAS)), workers.COUNT if away and len(seeds) == 1 else 1)
    tasks = [partial(_trained, language, tuple(LAMBDAS[i] for i in some), seed, tuple(record_at))
             for seed in seeds for some in rows if len(some)]  # fmt: skip
    if away:
        found = workers.run(tasks, on_progress, expected)
    else:
        found = [task(lambda share, i=i: on_progress((i + share) / len(tasks))) for i, task in enumerate(tasks)]
    each = len(tasks) // len(seeds)
    by_seed = [[np.concatenate(arrays) for arrays in zip(*found[i : i + each], strict=True)]
               for i in range(0, len(found), each)]  # fmt: skip
    *bits, weights = (np.stack(arrays, axis=1) for arrays in zip(*by_seed, strict=True))
    return Spelled(np.array(LAMBDAS), tuple(seeds), np.array(record_at), dict(zip(PARTS, bits, strict=True)), weights)


def _trained(
    language: str, lambdas: Sequence[float], seed: int, record_at: Sequence[int], on_progress: Progress
) -> list[np.ndarray]:
    """One seed: bits of each part (L, K), then weights (L, K, P)."""
    data = names_of(language, seed)
    factors = np.concatenate([block.mask("weight").ravel() for block, _ in places(layers())]).astype(float)
    rule, penalty = Rule(optimizer="adam", decay="decoupled"), make_penalty("l2", 0.5)
    rows = [Row(lam, LR, penalty, factors, rule) for lam in lambdas]
    group = Group(data.X["train"], data.y["train"], seed)
    table_ = Table(layers, Target(NextSymbol(), TIME), [group], rows, STEPS)
    weights = train_table(table_, record_at, np.float32, on_progress)[:, 0]
    return [*(bits_per_letter(weights, data.X[part], data.y[part]) for part in PARTS), weights]


def bits_per_letter(weights: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """weights (…, P), names X, y (n, TIME) → (…): mean bits of a letter, or end, given those before it."""
    runs, found = weights.reshape(-1, weights.shape[-1]), []
    for network, batch in forwarded(layers, runs, X):
        asked = np.zeros((TIME, batch.x.shape[-1]))
        asked[:, : len(y)] = y.T
        found.append(NextSymbol().value(network.layers[-1].output.astype(float), asked) / np.log(2))
    return np.concatenate(found).reshape(weights.shape[:-1])


def frequencies_alone(train: np.ndarray, y: np.ndarray) -> float:
    """Bits per letter of y (n, TIME) for one that knows how often each sign is in `train` and nothing else; one more of
    each is counted, so that none is impossible."""
    counts = np.bincount(train[train > 0].astype(np.intp), minlength=SIGN + 1)[1:] + 1
    return float(-np.log2(counts / counts.sum())[y[y > 0] - 1].mean())


# -------------------------------------------------------------------- names that it invents


class Speller:
    """Networks that read one sign after the other: the engine's layers, a step of time at a call."""

    def __init__(self, weights: np.ndarray, count: int):
        """weights (R, P); `count` names at once."""
        self.inputs, self.recurrent, self.output = (
            weights[:, here].reshape(-1, *block.shape) for block, here in places(layers())
        )
        self.state = np.zeros((len(weights), UNITS, count), weights.dtype)

    def read(self, signs: np.ndarray) -> np.ndarray:
        """signs (R, count), from 1 → probabilities (R, SIGN, count) of what comes next. `Gated` has the formulas."""
        came = np.take_along_axis(self.inputs[..., :-1], signs[:, None] - 1, axis=2) + self.inputs[..., -1:]
        kept = self.recurrent @ self.state
        gates = 0.5 + 0.5 * np.tanh(0.5 * (came + kept)[:, : 2 * UNITS])
        reset, stay = gates[:, :UNITS], gates[:, UNITS:]
        candidate = np.tanh(came[:, 2 * UNITS :] + reset * kept[:, 2 * UNITS :])
        self.state = candidate + stay * (self.state - candidate)
        return NextSymbol().predict(self.output[..., :-1] @ self.state + self.output[..., -1:])


def invented(weights: np.ndarray, count: int, seed: int) -> list[list[str]]:
    """`count` names drawn from each run of weights (R, P), with the same random numbers for all runs; one that does not
    end is cut after LONGEST letters."""
    u = np.random.default_rng([seed, 202]).random((LONGEST, count))
    speller, signs = Speller(weights, count), np.zeros((LONGEST, len(weights), count), np.intp)
    now = np.full((len(weights), count), SIGN)
    for t in range(LONGEST):
        above = np.cumsum(speller.read(now), axis=1, dtype=float)
        now = np.minimum((above < u[t]).sum(1), SIGN - 1) + 1
        signs[t] = now
    signs[np.cumsum(signs == SIGN, axis=0) > 0] = 0
    return [[word(name) for name in run.T] for run in signs.swapaxes(0, 1)]


@dataclass(frozen=True)
class Kinds:
    """Shares of invented names."""

    copied: float
    """That stand in the training part."""
    real: float
    """That are names of the language which it has never seen: of the validation or test part."""


def kinds_of(invented_names: Sequence[str], data: Names) -> Kinds:
    """What share is copied, and what share is real without having been seen."""
    seen, unseen = set(data.names["train"]), set(data.names["validation"]) | set(data.names["test"])
    count = max(1, len(invented_names))
    return Kinds(
        sum(name in seen for name in invented_names) / count, sum(name in unseen for name in invented_names) / count
    )


# -------------------------------------------------------------------- over seeds

ARMS = ("none", "decay", "early", "both")


@dataclass(frozen=True, eq=False)
class Measured:
    """Over seeds: curves over λ, and what each arm's kept runs are worth; the test part is looked at once."""

    validation_bits: np.ndarray
    """(L, S) at the last step."""
    stopped_bits: np.ndarray
    """(L, S) where early stopping would have stopped."""
    copied: np.ndarray
    """(L, S) share of copied names at the last step."""
    test_bits: dict[str, np.ndarray]
    """(S,) of each arm."""
    arm_copied: dict[str, np.ndarray]
    lam: dict[str, np.ndarray]
    """(S,) the λ that an arm chose."""


def measure(language: str, seeds: Sequence[int], on_progress: Progress = lambda share: None) -> Measured:
    """Every λ and seed, and the names that they invent."""
    s = spell(language, seeds, recorded_steps(STEPS, cost.MOST_RECORDED), lambda share: on_progress(0.8 * share))
    return measured(language, s, lambda share: on_progress(0.8 + 0.2 * share))


def measured(language: str, s: Spelled, on_progress: Progress = lambda share: None) -> Measured:
    """λ and step are chosen for each seed by bits on the validation part."""
    validation = np.where(np.isfinite(s.bits["validation"]), s.bits["validation"], np.inf)
    last, everyone = validation.shape[-1] - 1, np.arange(len(s.seeds))
    stop = validation.argmin(-1)
    stopped = validation.min(-1)
    first = np.zeros(len(s.seeds), int)
    decay, both = validation[:, :, -1].argmin(0), stopped.argmin(0)
    chosen = {"none": (first, np.full(len(s.seeds), last)), "decay": (decay, np.full(len(s.seeds), last)),
              "early": (first, stop[first, everyone]), "both": (both, stop[both, everyone])}  # fmt: skip
    copied, arm_copied = np.empty((len(s.lambdas), len(s.seeds))), {arm: np.empty(len(s.seeds)) for arm in ARMS}
    for j, seed in enumerate(s.seeds):
        on_progress(j / len(s.seeds))
        data = names_of(language, seed)
        kept = np.stack([s.weights[i[j], j, k[j]] for i, k in chosen.values()])
        shares = [kinds_of(some, data).copied
                  for some in invented(np.concatenate([s.weights[:, j, last], kept]), INVENTED, seed)]  # fmt: skip
        copied[:, j] = shares[: len(s.lambdas)]
        for arm, share in zip(ARMS, shares[len(s.lambdas) :], strict=True):
            arm_copied[arm][j] = share
    return Measured(
        validation[:, :, -1], stopped, copied,
        {arm: s.bits["test"][i, everyone, k] for arm, (i, k) in chosen.items()}, arm_copied,
        {arm: s.lambdas[i] for arm, (i, _) in chosen.items()},
    )  # fmt: skip
