"""Who speaks? A recurrent network and a gated one listen to the same utterances, over λ.

90 utterances of nine speakers, a fifth of them under a wrong name; Adam with decoupled decay. For one seed both
networks see the same split and the same wrong names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wd_core.experiment import Experiment, lambda_path
from wd_core.history import History
from wd_core.studies import listening
from wd_core.studies.gains import Gains, gains_of
from wd_core.training import train_all

Progress = Callable[[float], None]

MODELS = {"rnn": "RNN", "gru": "GRU"}
LABELS = {"wrong": 0.2, "true": 0.0}
LAMBDAS = lambda_path(0.01, 30, 10)
FIRST = LAMBDAS[0], LAMBDAS[5], LAMBDAS[-1]
"""Those of the first picture; the others join."""
STEPS = (0, 10, 25, 50, 75, 100, 150, 250, 400)
"""Those that the hand reaches; early stopping looks at more."""
UTTERANCES, TRAINING = 640, 90
SPEAKERS = (0, 4, 8)
"""Of each of them one utterance of the validation part is listened to."""
LOOKED_AT = 40
"""Validation utterances over which saturation and gradients are taken."""
LONGEST = 15
"""Frames that gradients are followed back."""


def recipe(model: str, labels: str, seeds: tuple[int, ...]) -> Experiment:
    return Experiment(
        dataset="vowels", n_samples=UTTERANCES, train_share=TRAINING / UTTERANCES, label_noise=LABELS[labels],
        model=model, hidden=(16,), lr=5e-3, steps=STEPS[-1], decay="decoupled", lambdas=LAMBDAS, seeds=seeds,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Heard:
    """One seed's network at every λ and step of STEPS, (L, K, …); utterances of the validation part."""

    history: History
    states: np.ndarray
    """(L, K, utterances, T, units) of the utterances that are listened to; NaN after the end."""
    said: np.ndarray
    """(L, K, utterances, T, classes) probabilities after each frame."""
    radius: np.ndarray
    """(L, K) of the recurrent weights."""
    saturated: np.ndarray
    """(L, K) share of the states of the first LOOKED_AT utterances."""
    felt: np.ndarray
    """(L, K, LONGEST + 1) of the same: how much the loss feels a frame, over how far back it is."""


def listened(e: Experiment) -> np.ndarray:
    """Which validation utterances are listened to: the first of each of SPEAKERS."""
    y = e.data(e.seeds[0]).y_validation
    return np.array([int(np.flatnonzero(y == k)[0]) for k in SPEAKERS])


def heard(h: History) -> Heard:
    """What the first seed's networks do while they listen."""
    e, data = h.experiment, h.experiment.data(h.seeds[0])
    lead = h.weights.shape[0], h.weights.shape[2]
    w = np.nan_to_num(h.weights[:, 0]).reshape(-1, h.weights.shape[-1])
    some, X, y = listened(e), data.X_validation, data.y_validation
    time = int((~np.isnan(X[some][..., 0])).sum(1).max())
    many = X[:LOOKED_AT]
    states = listening.states(e, w, X[some])[:, :, :time]
    found = (
        states,
        listening.as_heard(e, w, states),
        listening.spectral_radius(e, w),
        listening.saturated(listening.states(e, w, many)),
        listening.gradients_back(e, w, many, y[:LOOKED_AT], LONGEST),
    )
    return Heard(h, *(array.reshape(*lead, *array.shape[1:]) for array in found))


def look(
    labels: str, seed: int, on_progress: Progress = lambda share: None, lambdas: tuple[float, ...] | None = None
) -> dict[str, Heard]:
    """Both networks of one seed at these λ, by default all."""
    recipes = [recipe(model, labels, (seed,)).replace(lambdas=lambdas or LAMBDAS) for model in MODELS]
    histories = train_all(recipes, record_at=STEPS, on_progress=on_progress)
    return {model: heard(h) for model, h in zip(MODELS, histories, strict=True)}


def measure(labels: str, seeds: tuple[int, ...], on_progress: Progress = lambda share: None) -> dict[str, Gains]:
    """Both networks over all seeds."""
    histories = train_all([recipe(model, labels, seeds) for model in MODELS], on_progress=on_progress)
    return {model: gains_of(h) for model, h in zip(MODELS, histories, strict=True)}
