"""Which language is this surname from? A small transformer and a GRU read 400 names, over λ.

The transformer is one pre-norm block of width 16 with four heads. Both networks see the same names for the same seed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import entr

from wd_core.datasets.surnames import ALPHABET, LONGEST, table, tokens
from wd_core.engine.layers.attention import SelfAttention
from wd_core.evaluation import score_runs
from wd_core.experiment import Experiment, lambda_path
from wd_core.history import History
from wd_core.studies.gains import Gains, gains_of
from wd_core.studies.listening import forwarded
from wd_core.text import short
from wd_core.training import train_all

Progress = Callable[[float], None]

MODELS = {"transformer": "Transformer", "gru": "GRU"}
HIDDEN = {"transformer": (16, 32), "gru": (16,)}
LAMBDAS = lambda_path(0.1, 30, 7)
FIRST = LAMBDAS[0], LAMBDAS[3], LAMBDAS[-1]
"""Those of the first picture; the others join."""
STEPS = (0, 10, 20, 35, 50, 75, 100, 150)
"""Those that the hand reaches; early stopping looks at more."""
NAMES, TRAINING = 1200, 400
LOOKED_AT = 100
"""Validation names over which attention is averaged."""


def recipe(model: str, seeds: tuple[int, ...]) -> Experiment:
    return Experiment(
        dataset="surnames", n_samples=NAMES, train_share=TRAINING / NAMES, model=model, hidden=HIDDEN[model],
        activation="relu", lr=1e-2, steps=STEPS[-1], decay="decoupled", lambdas=LAMBDAS, seeds=seeds,
    )  # fmt: skip


def read_name(text: str) -> str:
    """A typed name as the networks read it: small letters, accents dropped.

    ValueError, in a sentence, for what is no name of 1 to LONGEST letters from a to z.
    """
    name = unicodedata.normalize("NFKD", str(text)[:2000].strip().casefold())
    name = "".join(c for c in name if not unicodedata.combining(c))
    if not name:
        raise ValueError(f"The name is empty: type 1 to {LONGEST} letters from a to z")
    if strange := sorted({c for c in name if c not in ALPHABET}):
        said = " ".join("a space" if c.isspace() else c for c in strange[:8])
        raise ValueError(f"The name “{short(text, 40)}” has {short(said, 40)}: these networks read letters from a to z")
    if len(name) > LONGEST:
        raise ValueError(f"The name “{short(text, 40)}” has {len(name)} letters: these networks read {LONGEST} at most")
    return name


@dataclass(frozen=True, eq=False)
class Trained:
    """Both networks of one seed, and how even the transformer's attention is, (L, K)."""

    histories: dict[str, History]
    evenness: np.ndarray

    @property
    def nbytes(self) -> int:
        return sum(h.nbytes for h in self.histories.values())


def look(seed: int, on_progress: Progress = lambda share: None, lambdas: tuple[float, ...] | None = None) -> Trained:
    """Both networks of one seed at these λ, by default all, and every step of STEPS."""
    recipes = [recipe(model, (seed,)).replace(lambdas=lambdas or LAMBDAS) for model in MODELS]
    found = train_all(recipes, record_at=STEPS, on_progress=on_progress)
    histories = dict(zip(MODELS, found, strict=True))
    h = histories["transformer"]
    X = h.experiment.data(seed).X_validation[:LOOKED_AT]
    return Trained(histories, _at_places(h, evenness(attention(h.experiment, _runs(h), X), (X > 0).sum(1))))


def _runs(h: History) -> np.ndarray:
    """(L·K, P) of the first seed."""
    return np.nan_to_num(h.weights[:, 0]).reshape(-1, h.weights.shape[-1])


def _at_places(h: History, values: np.ndarray) -> np.ndarray:
    return values.reshape(len(h.lambdas), len(h.steps), *values.shape[1:])


def attention(e: Experiment, weights: np.ndarray, X: np.ndarray) -> np.ndarray:
    """weights (R, P), names X (n, T) → (R, n, heads, T, T): how each letter shares its attention out."""
    found = []
    for network, _ in forwarded(e.layers, weights, X):
        layer = next(inner for outer in network.layers for inner in outer.layers if isinstance(inner, SelfAttention))
        found.append(layer.attention[..., : len(X), :, :].swapaxes(1, 2).copy())
    return np.concatenate(found)


def evenness(shares: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """shares (R, n, heads, T, T), lengths (n,) → (R,): entropy of a letter's attention over that of an even one, mean
    of letters, heads and names of two letters or more. 1: attention says nothing."""
    entropy = entr(shares).sum(-1, dtype=float)  # (R, n, heads, T)
    there = (np.arange(shares.shape[-2]) < lengths[:, None]) & (lengths[:, None] > 1)
    relative = entropy / np.log(np.maximum(lengths, 2))[:, None, None]
    weight = there[:, None, :] / (there.sum() * shares.shape[2])
    return (relative * weight).sum((1, 2, 3))


@dataclass(frozen=True, eq=False)
class OneName:
    """What the networks make of one name at every λ and step, (L, K, …)."""

    name: str
    attention: np.ndarray
    """(L, K, heads, letters, letters): row by row, whom a letter listens to."""
    said: dict[str, np.ndarray]
    """By network, (L, K, languages) probabilities."""
    part: str
    """"training", "validation", "test" or "" of the names that the data set drew for this seed."""
    language: str
    """Where the data set has it; else ""."""


def one_name(trained: Trained, name: str) -> OneName:
    """`name` as `read_name` gives it."""
    X = np.array([tokens(name)])
    h = trained.histories["transformer"]
    shares = attention(h.experiment, _runs(h), X)[:, 0, :, : len(name), : len(name)]
    said = {}
    for model, its in trained.histories.items():
        scores = score_runs(its.experiment.layers, _runs(its), X)
        said[model] = _at_places(its, its.target.loss.predict(scores)[..., 0])
    return OneName(name, _at_places(h, shares), said, *_known(h.experiment, X[0]))


def _known(e: Experiment, x: np.ndarray) -> tuple[str, str]:
    """In which part of the first seed's data a name is, and its language in the whole data set."""
    data = e.data(e.seeds[0])
    parts = {"training": data.X_train, "validation": data.X_validation, "test": data.X_test}
    part = next((name for name, X in parts.items() if (x == X).all(1).any()), "")
    X, y = table()
    at = np.flatnonzero((x == X).all(1))
    return part, e.source.class_names[y[at[0]]] if len(at) else ""


def measure(seeds: tuple[int, ...], on_progress: Progress = lambda share: None) -> dict[str, Gains]:
    """Both networks over all seeds."""
    histories = train_all([recipe(model, seeds) for model in MODELS], on_progress=on_progress)
    return {model: gains_of(h) for model, h in zip(MODELS, histories, strict=True)}
