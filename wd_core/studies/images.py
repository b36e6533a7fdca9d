"""Images, few examples and wrong labels: a convolutional network and an MLP of as many weights, over λ.

Both see the same images, split and wrong labels for the same seed. λ is chosen for each seed by validation loss; the
test part is looked at once, at that λ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wd_core.evaluation import score_runs
from wd_core.experiment import Experiment, lambda_path
from wd_core.history import History
from wd_core.studies.gains import Gains, gains_of
from wd_core.studies.looking import feature_maps, roughness, saliency
from wd_core.training import train_all

Progress = Callable[[float], None]

DATA = ("digits", "fashion")
LABELS = {"wrong": 0.2, "true": 0.0}
LAMBDAS = lambda_path(0.01, 30, 12)
STEPS = (0, 10, 25, 50, 100, 150, 200)
"""Those that the hand reaches; early stopping looks at more."""
EXAMPLES = 100
MODELS = ("cnn", "mlp")
LOOKED_AT = 20
"""Validation images whose saliency is measured."""


def recipe(dataset: str, labels: str, model: str, seeds: tuple[int, ...]) -> Experiment:
    """100 training images, Adam beside decoupled decay; the MLP's one hidden layer is as wide as makes its parameters
    as many as the convolutional network's."""
    cnn = Experiment(
        dataset=dataset, n_samples=10 * EXAMPLES, train_share=0.1, label_noise=LABELS[labels], model="cnn",
        hidden=(8, 16), activation="relu", optimizer="adam", lr=5e-3, steps=STEPS[-1], penalty="l2",
        decay="decoupled", lambdas=LAMBDAS, seeds=seeds,
    )  # fmt: skip
    if model == "cnn":
        return cnn
    pixels, outputs = cnn.data(seeds[0]).raw_train.shape[1], cnn.target.outputs
    return cnn.replace(model="mlp", hidden=(round((cnn.n_parameters - outputs) / (pixels + 1 + outputs)),))


# -------------------------------------------------------------------- under the hand


@dataclass(frozen=True, eq=False)
class Seen:
    """One seed of one model at every λ and step (L, K, …); all images are of the validation part."""

    history: History
    filters: np.ndarray
    """(L, K, count, height, width) weights of the first layer, as pictures."""
    maps: np.ndarray | None
    """(L, K, images, channels, height, width) of the chosen images, after the first convolution."""
    saliency: np.ndarray
    """(L, K, images, height, width)"""
    said: np.ndarray
    """(L, K, n) the class that is said of each validation image."""

    def confusion(self) -> np.ndarray:
        """(L, K, true, said) shares of each true class."""
        true = self.history.experiment.data(self.history.seeds[0]).y_validation
        return confusion(true, self.said, self.history.experiment.source.n_classes)


def confusion(true: np.ndarray, said: np.ndarray, classes: int) -> np.ndarray:
    """true (n,), said (…, n) → (…, classes, classes): of each true class, the shares that are said to be each."""
    is_true, is_said = (np.arange(classes)[:, None] == a[..., None, :] for a in (true, said))
    counts = np.einsum("tn,...sn->...ts", is_true.astype(float), is_said.astype(float))
    return counts / np.maximum(1, is_true.sum(-1))[:, None]


def chosen(e: Experiment, kinds: int) -> np.ndarray:
    """Numbers of validation images: the first of each of so many kinds, spread over all."""
    y = e.data(e.seeds[0]).y_validation
    wanted = np.unique(np.linspace(0, e.source.n_classes - 1, kinds).round().astype(int))
    return np.array([int(np.flatnonzero(y == k)[0]) for k in wanted if (y == k).any()])


def seen(history: History, images: np.ndarray) -> Seen:
    """What the first seed's network of every λ and step shows and says."""
    e, data = history.experiment, history.experiment.data(history.seeds[0])
    w = np.nan_to_num(history.weights[:, 0])
    runs, lead = w.reshape(-1, w.shape[-1]), w.shape[:2]
    shape = e.source.image or e.source.shape
    X, y = data.X_validation[images], data.y_validation[images]
    block, here = history.blocks()[0]
    first = w[..., here].reshape(*lead, *block.shape)[..., : block.shape[-1] - e.biases]
    side = (3, 3) if e.model == "cnn" else shape[1:]
    return Seen(
        history,
        first.reshape(*lead, -1, *side),
        feature_maps(e, runs, X).reshape(*lead, *_maps_shape(e, len(X))) if e.model == "cnn" else None,
        saliency(e, runs, X, y).reshape(*lead, len(X), *shape[1:]),
        score_runs(e.layers, runs, data.X_validation, lambda scores: scores.argmax(-2)).reshape(*lead, -1),
    )


def _maps_shape(e: Experiment, images: int) -> tuple[int, ...]:
    return images, *next(layer.shape for layer in e.layers() if layer.name == "convolution 1")


def look(dataset: str, labels: str, seed: int, kinds: int, on_progress: Progress) -> tuple[np.ndarray, dict[str, Seen]]:
    """The chosen validation images, and both models of one seed."""
    recipes = [recipe(dataset, labels, model, (seed,)) for model in MODELS]
    histories = train_all(recipes, record_at=STEPS, on_progress=on_progress)
    images = chosen(recipes[0], kinds)
    return images, {model: seen(h, images) for model, h in zip(MODELS, histories, strict=True)}


# -------------------------------------------------------------------- over seeds


@dataclass(frozen=True, eq=False)
class Measured(Gains):
    """One model over all seeds: what decay gains, and curves over λ, (L, S), at the last step."""

    size: np.ndarray
    """Root mean square of the saliency at a pixel."""
    rough: np.ndarray
    """Mean roughness of the saliency, see `looking`."""

    def at_chosen(self, curve: np.ndarray) -> np.ndarray:
        """(S,) of a curve (L, S) at each seed's chosen λ."""
        chosen = self.validation_loss.argmin(0)
        return curve[chosen, np.arange(len(chosen))]


def measure(dataset: str, labels: str, seeds: tuple[int, ...], on_progress: Progress) -> dict[str, Measured]:
    """Both models over all seeds, trained together."""
    recipes = [recipe(dataset, labels, model, seeds) for model in MODELS]
    histories = train_all(recipes, on_progress=lambda share: on_progress(0.9 * share))
    found = {}
    for i, (model, h) in enumerate(zip(MODELS, histories, strict=True)):
        found[model] = measured(h, lambda share, i=i: on_progress(0.9 + 0.05 * (i + share)))
    return found


def measured(h: History, on_progress: Progress = lambda share: None) -> Measured:
    """What a history says; its first λ is 0."""
    size, rough = np.empty((2, len(h.lambdas), len(h.seeds)))
    for s, seed in enumerate(h.seeds):
        on_progress(s / len(h.seeds))
        data, e = h.experiment.data(seed), h.experiment
        shape = (e.source.image or e.source.shape)[1:]
        X, y = data.X_validation[:LOOKED_AT], data.y_validation[:LOOKED_AT]
        pixels = saliency(e, np.nan_to_num(h.weights[:, s, -1]), X, y).reshape(len(h.lambdas), len(X), *shape)
        size[:, s], rough[:, s] = np.sqrt(np.square(pixels).mean((1, 2, 3))), _mean(roughness(pixels))
    return Measured(**vars(gains_of(h)), size=size, rough=rough)


def _mean(values: np.ndarray) -> np.ndarray:
    """(…, n) → (…): of those that are known; NaN of none."""
    known = np.isfinite(values)
    with np.errstate(all="ignore"):
        return np.where(known, values, 0).sum(-1) / np.where(known.any(-1), known.sum(-1), np.nan)
