"""Detection: a convolutional network that tells digits from background in windows, slid over scenes, over λ.

λ is chosen for each seed by the loss on validation windows; test windows and test scenes are looked at once, there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import expit

from wd_core import workers
from wd_core.datasets import Given, given
from wd_core.evaluation import score_runs
from wd_core.experiment import Experiment, lambda_path
from wd_core.history import History
from wd_core.studies.boxes import average_precision, hits, standing
from wd_core.studies.companions import kept
from wd_core.studies.gains import ARMS
from wd_core.studies.scenes import HEIGHT, SIDE, STRIP, Scenes, Supply
from wd_core.training import train

Progress = Callable[[float], None]

LABELS = {"wrong": 0.2, "true": 0.0}
LAMBDAS = lambda_path(0.01, 30, 12)
WINDOWS = {"train": 150, "validation": 200, "test": 400}
SHOWN_SCENES, TEST_SCENES = 6, 12
STRIDE = 2
"""Pixels from one window of a scene to the next."""
THRESHOLD = 0.5
"""Probability of a digit from which a box counts, where no other is asked for."""
CORNERS = np.stack(
    np.meshgrid(np.arange(0, HEIGHT - SIDE + 1, STRIDE), np.arange(0, STRIP - SIDE + 1, STRIDE), indexing="ij"), -1
)
"""(rows, columns, 2) upper left corners of a scene's windows."""


def windows(seed: int, labels: str) -> tuple[Given, tuple[float, float]]:
    """Windows of all three parts, standardised by the training part's pixels, and that mean and deviation."""
    parts = {part: Supply(seed, part).windows(n) for part, n in WINDOWS.items()}
    X, y = parts["train"]
    mean, deviation = float(X.mean()), float(X.std())
    wrong = np.random.default_rng([seed, 9]).permutation(len(y))[: round(LABELS[labels] * len(y))]
    y = y.copy()
    y[wrong] = 1 - y[wrong]
    ready = {part: ((x - mean) / deviation)[:, None] for part, (x, _) in parts.items()}
    source = given(
        ready["train"], y, ready["validation"], parts["validation"][1], ready["test"], parts["test"][1],
        name="windows", title="Windows", input_names=tuple(f"pixel {i},{j}" for i in range(SIDE) for j in range(SIDE)),
        target_name="digit", class_names=("background", "digit"), image=(1, SIDE, SIDE),
    )  # fmt: skip
    return source, (mean, deviation)


def recipe(source: Given, seed: int) -> Experiment:
    """The same network and training as for images."""
    return Experiment(
        dataset=source, model="cnn", hidden=(8, 16), activation="relu", optimizer="adam", lr=5e-3, steps=200,
        penalty="l2", decay="decoupled", lambdas=LAMBDAS, seeds=(seed,),
    )  # fmt: skip


def slide(e: Experiment, weights: np.ndarray, pictures: np.ndarray, check: Progress = lambda s: None) -> np.ndarray:
    """Scores of every window: weights (R, P), standardised pictures (n, HEIGHT, STRIP) → (R, n, rows, columns)."""
    found = []
    for i, picture in enumerate(pictures):
        check(i / len(pictures))
        every = np.lib.stride_tricks.sliding_window_view(picture, (SIDE, SIDE))[::STRIDE, ::STRIDE]
        scores = score_runs(e.layers, weights, every.reshape(-1, 1, SIDE, SIDE))
        found.append(scores.reshape(len(weights), *CORNERS.shape[:2]))
    return np.stack(found, 1)


def probability(scores: np.ndarray) -> np.ndarray:
    """Of a digit."""
    return expit(scores)


@dataclass(frozen=True, eq=False)
class Found:
    """Boxes in scenes (…, n, M), highest score first."""

    box: np.ndarray
    """(…, n, M) number of the window in CORNERS, row-major; −1: no more."""
    score: np.ndarray
    hit: np.ndarray
    total: int
    """Digits that there are, in all scenes."""

    @property
    def probability(self) -> np.ndarray:
        """Of a digit; 0 where there is no box."""
        return probability(self.score)

    def average_precision(self) -> np.ndarray:
        """(…) over the boxes of all scenes together."""
        lead = self.box.shape[:-2]
        flat = [a.reshape(-1, self.box.shape[-2] * self.box.shape[-1]) for a in (self.box, self.score, self.hit)]
        values = [average_precision(s[b >= 0], h[b >= 0], self.total) for b, s, h in zip(*flat, strict=True)]
        return np.array(values).reshape(lead)

    def at(self, threshold: float) -> tuple[np.ndarray, np.ndarray]:
        """(…) digits found and false alarms in all scenes, of the boxes of at least this probability."""
        counted = (self.probability >= threshold) & (self.box >= 0)
        return (counted & self.hit).sum((-2, -1)), (counted & ~self.hit).sum((-2, -1))


def find(scores: np.ndarray, scenes: Scenes) -> Found:
    """scores (R, n, rows, columns) of windows → the boxes that stand, and which found a digit."""
    runs, n = scores.shape[:2]
    corners = CORNERS.reshape(-1, 2)
    box, score = standing(scores.reshape(runs * n, -1), corners, SIDE)
    hit = hits(box, corners, np.tile(scenes.places, (runs, 1, 1)), SIDE)
    return Found(*(a.reshape(runs, n, -1) for a in (box, score, hit)), scenes.places[..., 0].size)


# -------------------------------------------------------------------- under the hand


@dataclass(frozen=True, eq=False)
class Shown:
    """One seed's detector at every λ, over scenes of the validation part."""

    history: History
    scenes: Scenes
    scores: np.ndarray
    """(L, n, rows, columns)"""
    found: Found


def look(seed: int, labels: str, on_progress: Progress) -> Shown:
    """Train one seed and slide it over the scenes that are shown."""
    source, (mean, deviation) = windows(seed, labels)
    e = recipe(source, seed)
    h = train(e, on_progress=lambda share: on_progress(0.6 * share))
    supply = Supply(seed, "validation")
    supply.windows(WINDOWS["validation"])  # those digits are dealt
    scenes = supply.scenes(SHOWN_SCENES)
    w = np.nan_to_num(h.weights[:, 0, -1])
    scores = slide(e, w, (scenes.pictures - mean) / deviation, lambda share: on_progress(0.6 + 0.4 * share))
    return Shown(h, scenes, scores, find(scores, scenes))


# -------------------------------------------------------------------- over seeds


@dataclass(frozen=True, eq=False)
class Measured:
    """Over all seeds S: curves over λ (L, S), and what each arm's kept run does on the test part, (S,)."""

    validation_loss: np.ndarray
    window_accuracy: np.ndarray
    """On test windows."""
    average_precision: np.ndarray
    """On test scenes, as are the next two, at THRESHOLD."""
    alarms: np.ndarray
    """False alarms per scene."""
    recall: np.ndarray
    lam: dict[str, np.ndarray]
    arms: dict[str, dict[str, np.ndarray]]
    """By arm and quantity: "accuracy", "loss", "precision" (average precision), "alarms", "recall"."""

    def gain(self, what: str, arm: str, over: str = "none") -> np.ndarray:
        """(S,) above zero is better: losses and alarms count as they fall."""
        sign = -1 if what in ("loss", "alarms") else 1
        return sign * (self.arms[arm][what] - self.arms[over][what])


QUANTITIES = ("accuracy", "loss", "precision", "alarms", "recall")
SECONDS_PER_SEED = 4.0
"""About what a seed costs one core; decides whose turn it is, see `workers`."""


def measure(labels: str, seeds: tuple[int, ...], on_progress: Progress) -> Measured:
    """All seeds, each a task of its own."""
    tasks = [partial(measure_seed, seed, labels) for seed in seeds]
    cost = SECONDS_PER_SEED * len(seeds)
    if workers.available(cost, on_progress):
        found = workers.run(tasks, on_progress, cost)
    else:
        found = [task(lambda s, i=i: on_progress((i + s) / len(tasks))) for i, task in enumerate(tasks)]
    curves = [np.stack([f["curves"][i] for f in found], 1) for i in range(5)]
    arms = {a: {q: np.array([f["arms"][a][q] for f in found]) for q in QUANTITIES} for a in ARMS}
    return Measured(*curves, {a: np.array([f["lam"][a] for f in found]) for a in ARMS}, arms)


def measure_seed(seed: int, labels: str, on_progress: Progress) -> dict:
    """One seed: curves over λ at the last step, and the runs that the arms keep."""
    source, (mean, deviation) = windows(seed, labels)
    e = recipe(source, seed)
    h = train(e, on_progress=lambda share: on_progress(0.5 * share))
    arms = {name: kept(h, early, decay) for name, (early, decay) in ARMS.items()}
    places = {name: (np.searchsorted(h.lambdas, k.lam[0]), np.searchsorted(h.steps, k.step[0]))
              for name, k in arms.items()}  # fmt: skip
    w = np.stack([*h.weights[:, 0, -1], *(h.weights[i, 0, k] for i, k in places.values())])
    supply = Supply(seed, "test")
    supply.windows(WINDOWS["test"])
    scenes = supply.scenes(TEST_SCENES)
    pictures = (scenes.pictures - mean) / deviation
    found = find(slide(e, np.nan_to_num(w), pictures, lambda share: on_progress(0.5 + 0.5 * share)), scenes)
    right, alarms = found.at(THRESHOLD)
    precision, recall, alarms = found.average_precision(), right / found.total, alarms / TEST_SCENES
    L = len(h.lambdas)
    kept_runs = {}
    for j, (name, k) in enumerate(arms.items(), start=L):
        values = (k.score[0], k.loss[0], precision[j], alarms[j], recall[j])
        kept_runs[name] = dict(zip(QUANTITIES, map(float, values), strict=True))
    return {
        "curves": [h.validation_loss[:, 0, -1], h.test_score[:, 0, -1], precision[:L], alarms[:L], recall[:L]],
        "lam": {name: float(k.lam[0]) for name, k in arms.items()},
        "arms": kept_runs,
    }
