"""Robustness: what is left of a model's score when its examples are disturbed or drift away, and how far its output
moves with its input.

Examples are disturbed in the form in which the data set gives them, before the model's own reading: a picture stays a
picture for an MLP too, a frame that is not there stays away. The *unit* of a disturbance is a standard deviation: of
each feature, or of all pixels of the training pictures together, so that the same picture gets the same noise whatever
the model does with it. For words it is a share of letters. A seed's disturbances are the same for every λ: paired.
"""

from __future__ import annotations

import numpy as np

from wd_core.datasets import Form, make_split
from wd_core.datasets._split import Split
from wd_core.engine.layers import Batch, arranger
from wd_core.engine.network import Network
from wd_core.evaluation import score_new
from wd_core.experiment import Experiment
from wd_core.history import History
from wd_core.models import MODELS
from wd_core.studies.predictions import inputs_of, moved_scores

NOISES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0)
LETTER_NOISES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
DRIFTS = tuple(i / 4 for i in range(13))
LETTER_DRIFTS = tuple(i / 20 for i in range(13))
SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0))
JACOBIAN_ROOM = 1 << 22
"""Elements of the Jacobians of some runs, which are made at a time."""
MOST_FOR_JACOBIAN = 100
"""Examples that the mean norm is taken over."""


# -------------------------------------------------------------------- examples as the data set gives them


def forms_of(e: Experiment) -> tuple[Form, Form]:
    """The form in which examples are prepared, and the one that the model sees."""
    return e.source.seen_by(MODELS[e.model].takes)


def prepared(e: Experiment, seed: int) -> Split:
    """The seed's split in the prepared form: the same examples."""
    form, seen = forms_of(e)
    if form.kind == seen.kind:
        return e.data(seed)
    return make_split(
        e.dataset, e.n_samples, e.noise, e.label_noise, e.noise_features, e.train_share, e.features, seed, (form.kind,)
    )


def examples(e: Experiment, seed: int, part: str) -> np.ndarray:
    """(n, …) of a part, in the prepared form; rows before their features are expanded."""
    kind = "raw" if forms_of(e)[0].kind == "rows" else "X"
    return getattr(prepared(e, seed), f"{kind}_{part}")


def as_seen(e: Experiment, seed: int, X: np.ndarray) -> np.ndarray:
    """Examples in the prepared form → what the model sees."""
    form, seen = forms_of(e)
    if form.kind == "rows":
        return e.data(seed).to_model(X)
    return form.turn(X, seen)


def unit_and_centre(e: Experiment, seed: int) -> tuple[np.ndarray | float, np.ndarray | float]:
    """One standard deviation of a disturbance and the middle of the data, in the units of prepared examples."""
    split, source = prepared(e, seed), e.source
    if source.synthetic:
        return split.raw_train.std(0), split.raw_train.mean(0)
    if not source.image:
        return 1.0, 0.0
    if forms_of(e)[0].kind == "image":
        return 1.0, 0.0
    mean, spread = split.moments  # rows of pixels, each standardised by itself
    pixels = split.raw_train * spread + mean
    return pixels.std() / spread, (pixels.mean() - mean) / spread


# -------------------------------------------------------------------- disturbances


def noisy(e: Experiment, seed: int, X: np.ndarray, amount: float) -> np.ndarray:
    """Gaussian noise of `amount` standard deviations; of words, each letter another one with this probability."""
    rng = np.random.default_rng([seed, 10])
    if (form := forms_of(e)[0]).kind == "tokens":
        hit = (rng.random(X.shape) < amount) & (X > 0)
        other = (X - 1 + rng.integers(1, form.symbols, X.shape)) % form.symbols + 1
        return np.where(hit, other, X)
    return X + amount * unit_and_centre(e, seed)[0] * rng.standard_normal(X.shape)


def drifted(e: Experiment, seed: int, X: np.ndarray, amount: float, how: str = "mean") -> np.ndarray:
    """Where the stream has gone after it moved by `amount` standard deviations.

    "mean": every feature's mean moves, up or down as the seed says, all pixels of a picture together (the light
    changes). "spread": every distance from the middle grows by the factor 1 + amount. Words, whatever `how`: this share
    of the alphabet is written as another letter, always the same.
    """
    rng = np.random.default_rng([seed, 11])
    form = forms_of(e)[0]
    if form.kind == "tokens":
        order, gone = rng.permutation(form.symbols), round(amount * form.symbols)
        table = np.arange(form.symbols + 1)
        table[order[:gone] + 1] = np.roll(order, 1)[:gone] + 1
        return table[X]
    unit, centre = unit_and_centre(e, seed)
    if how == "spread":
        return X + amount * (X - centre)
    if how != "mean":
        raise ValueError(f"how={how}: allowed: mean, spread")
    picture = form.kind == "image" or e.source.image
    signs = rng.choice([-1.0, 1.0], 1 if picture else X.shape[-1])
    return X + amount * unit * signs


def shifted(e: Experiment, seed: int, X: np.ndarray, down: int, right: int) -> np.ndarray:
    """Pictures moved by whole pixels, background (0) coming in at the edge. ValueError where there are no pictures."""
    form, source = forms_of(e)[0], e.source
    if not is_picture(e) or e.noise_features:
        raise ValueError(f"dataset={e.dataset}: examples are no pictures; allowed: data sets of images")
    mean, spread = prepared(e, seed).moments
    pixels = (X * spread + mean).reshape(len(X), *(form.shape if form.kind == "image" else source.image))
    height, width = pixels.shape[-2:]
    moved = np.zeros_like(pixels)
    moved[..., max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = pixels[
        ..., max(-down, 0) : height + min(-down, 0), max(-right, 0) : width + min(-right, 0)
    ]
    return (moved.reshape(X.shape) - mean) / spread


def is_picture(e: Experiment) -> bool:
    """Whether examples are pictures, whatever the model reads them as."""
    return e.source.kind == "image" or bool(e.source.image)


def noise_scores(h: History, part: str, amounts: tuple[float, ...] | None = None) -> np.ndarray:
    """(amounts, L, S): accuracy or R² under noise."""
    return _moved(h, part, noisy, noise_amounts(h.experiment) if amounts is None else amounts)


def drift_scores(h: History, part: str, how: str = "mean", amounts: tuple[float, ...] | None = None) -> np.ndarray:
    """(amounts, L, S): accuracy or R² along the stream."""
    return _moved(h, part, drifted, drift_amounts(h.experiment) if amounts is None else amounts, how)


def shift_scores(h: History, part: str) -> np.ndarray:
    """(L, S): mean over the four directions of the accuracy on pictures moved by one pixel."""
    e = h.experiment
    moves = [lambda seed, by=by: as_seen(e, seed, shifted(e, seed, examples(e, seed, part), *by)) for by in SIDES]
    return moved_scores(h, part, moves).mean(0)


def _moved(h: History, part: str, how, amounts: tuple[float, ...], *more) -> np.ndarray:
    e = h.experiment
    moves = [lambda seed, a=a: as_seen(e, seed, how(e, seed, examples(e, seed, part), a, *more)) for a in amounts]
    return moved_scores(h, part, moves)


def noise_amounts(e: Experiment) -> tuple[float, ...]:
    """Standard deviations, or shares of letters."""
    return LETTER_NOISES if e.source.kind == "tokens" else NOISES


def drift_amounts(e: Experiment) -> tuple[float, ...]:
    """The stream's steps: standard deviations, or shares of the alphabet."""
    return LETTER_DRIFTS if e.source.kind == "tokens" else DRIFTS


# -------------------------------------------------------------------- how far the output moves with the input


def jacobians(e: Experiment, weights: np.ndarray, X: np.ndarray) -> np.ndarray:
    """weights (R, P), X (n, …) as the model sees it → (R, outputs, inputs, n): ∂score/∂input, by backpropagation.

    Inputs lie flat; of letters they are the ones and zeros that stand for them, of frames after a sequence's end 0.
    ValueError for batch norm, whose answer on one example depends on the others.
    """
    if e.norm == "batch":
        raise ValueError("norm=batch: one example's Jacobian depends on the others; allowed: none, layer")
    n, outputs, dtype = len(X), e.target.outputs, weights.dtype
    x = arranger(e.layers()).arrange(X, dtype, n)
    inputs = x.shape if x.ndim == 4 else (x.shape[0] - 1, *x.shape[1:])  # plain features and frames carry a one
    found = np.empty((len(weights), outputs, *inputs), dtype)
    some = max(1, JACOBIAN_ROOM // max(1, found[:1].size))
    for start in range(0, len(weights), some):
        here = weights[start : start + some]
        network = Network(e.layers(), (len(here),), n, dtype)
        network.weights[...] = here
        batch = Batch(np.repeat(x[None], len(here), 0), np.full(n, 1 / n, dtype))
        slope = np.zeros((len(here), *inputs), dtype)
        for k in range(outputs):
            network.forward(batch)
            network.score_gradient[...] = 0
            network.score_gradient[:, k] = 1
            network.backward(slope)
            found[start : start + some, k] = slope * x[-1] if x.ndim == 3 else slope
    return found.reshape(len(weights), outputs, -1, n)


def jacobian_norm(h: History, part: str, of: str = "scores", most: int = MOST_FOR_JACOBIAN) -> np.ndarray:
    """(L, S): mean over the part's first examples of ‖∂f/∂x‖, Frobenius, f the raw scores or the "probabilities".

    Source: Novak et al. 2018 (arXiv:1802.08760), who take the probabilities. Theirs also falls where a model is sure of
    itself, for then softmax is flat; that of the scores does not. Of two classes with one score: that score's, or the
    probability of class 1. Regression's values are both.
    """
    e, weights = h.experiment, np.nan_to_num(h.weights[:, :, -1])
    found = []
    for s, seed in enumerate(e.seeds):
        X = inputs_of(h, part)(seed)[:most]
        J = jacobians(e, weights[:, s], X)
        if of == "probabilities":
            p = h.target.loss.predict(_scores(h, s, X))[:, :, None]
            if not h.target.is_regression:
                J = p * (1 - p) * J if p.shape[1] == 1 else p * (J - (p * J).sum(1, keepdims=True))
        elif of != "scores":
            raise ValueError(f"of={of}: allowed: scores, probabilities")
        J = J * _there(e, seed, part, most)
        found.append(np.sqrt(np.square(J, dtype=np.float64).sum((1, 2))).mean(-1))
    return np.where(h.diverged, np.nan, np.stack(found, axis=1))


def _scores(h: History, s: int, X: np.ndarray) -> np.ndarray:
    e = h.experiment
    return score_new(e, e.data(e.seeds[s]).X_train, np.nan_to_num(h.weights[:, s, -1]), X)


def _there(e: Experiment, seed: int, part: str, most: int) -> np.ndarray | float:
    """(inputs, n): 0 for what stands in a flattened row only to fill it up, after a sequence's end."""
    form, seen = forms_of(e)
    if seen.kind != "rows" or form.kind not in ("sequence", "tokens"):
        return 1.0
    X = examples(e, seed, part)[:most]
    there = ~np.isnan(X) if form.kind == "sequence" else np.repeat(X > 0, form.symbols, axis=1)
    return there.reshape(len(X), -1).T
