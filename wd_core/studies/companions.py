"""Decay and its companions: what batch norm, dropout, noise, early stopping and L1 add to decay beyond what they add
alone; and what is left when only one layer decays.

All arms of a data set are trained together: for one seed they share split, first weights, batches and draws. λ is
chosen for each arm and seed by its validation loss; the test part is looked at once, at that λ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from wd_core.experiment import Experiment
from wd_core.history import History
from wd_core.studies.evidence import interaction
from wd_core.training import train_all

Progress = Callable[[float], None]

COMPANIONS: dict[str, dict[str, object]] = {
    "batch norm": {"norm": "batch"},
    "dropout": {"dropout": 0.2},
    "noise on the inputs": {"input_noise": 0.2},
    "L1": {"penalty": "elastic"},
    "early stopping": {},
}
"""What each changes. L1 is compared as elastic net (both) and L1 (alone), each at its own λ; early stopping changes
nothing in the training, only the epoch that is kept: the one of least validation loss."""
WRONG_LABELS = {"clean": 0.0, "wrong": 0.2}


@dataclass(frozen=True, eq=False)
class Kept:
    """For each seed the run that the validation part chooses; (S,) each."""

    experiment: Experiment
    score: np.ndarray
    """Test accuracy, or R²."""
    loss: np.ndarray
    """Test loss."""
    lam: np.ndarray
    step: np.ndarray
    train_score: np.ndarray
    validation: np.ndarray
    """Validation loss, by which it was chosen."""


def kept(h: History, early: bool = False, decay: bool = True) -> Kept:
    """The λ of least validation loss for each seed (`decay`), or the first λ, 0; at the last step or, if `early`, at
    the step of least validation loss."""
    seeds = np.arange(len(h.seeds))
    validation = np.where(np.isfinite(h.validation_loss), h.validation_loss, np.inf)
    at = validation.argmin(-1) if early else np.full(validation.shape[:2], validation.shape[-1] - 1)
    reached = np.take_along_axis(validation, at[..., None], -1)[..., 0]
    i = reached.argmin(0) if decay else np.zeros(len(seeds), int)
    k = at[i, seeds]
    return Kept(
        h.experiment, h.test_score[i, seeds, k], h.test_loss[i, seeds, k], h.lambdas[i], h.steps[k],
        h.train_score[i, seeds, k], h.validation_loss[i, seeds, k],
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Companion:
    """One companion's four arms on one data set."""

    name: str
    none: Kept
    decay: Kept
    alone: Kept
    both: Kept
    curves: dict[str, np.ndarray]
    """Validation loss over λ, (L, S), of decay without and with the companion."""

    @property
    def arms(self) -> dict[str, Kept]:
        return {"none": self.none, "decay": self.decay, "companion": self.alone, "both": self.both}

    @property
    def interaction(self) -> np.ndarray:
        """(S,) in the score: (both − companion) − (decay − none)."""
        return interaction(self.both.score, self.alone.score, self.decay.score, self.none.score)


def _require_zero_first(e: Experiment) -> None:
    if e.lambdas[0] != 0 or e.penalty != "l2":
        raise ValueError(f"lambdas={e.lambdas[0]:g}, …, penalty={e.penalty}: allowed: 0 first, l2")


def companions(
    e: Experiment, on_progress: Progress = lambda share: None, names: Sequence[str] = tuple(COMPANIONS)
) -> dict[str, Companion]:
    """The four arms of every companion, or of these; the first λ of `e` must be 0."""
    _require_zero_first(e)
    arms = {name: e.replace(**COMPANIONS[name]) for name in names if COMPANIONS[name]}
    arms |= {"decay": e} | ({"l1 alone": e.replace(penalty="l1")} if "L1" in names else {})
    record_at = None if "early stopping" in names else (0, e.steps)
    histories = train_all(list(arms.values()), on_progress=on_progress, record_at=record_at)
    trained = dict(zip(arms, histories, strict=True))
    plain = trained["decay"]
    found = {}
    for name in names:
        early = name == "early stopping"
        with_it = plain if early else trained[name]
        alone = kept(trained["l1 alone"]) if name == "L1" else kept(with_it, early, decay=False)
        curves = {"decay": plain.validation_loss[:, :, -1], "with": with_it.validation_loss[:, :, -1]}
        if early:
            curves["with"] = np.take_along_axis(plain.validation_loss, plain.stopped[..., None], -1)[..., 0]
        found[name] = Companion(name, kept(plain, decay=False), kept(plain), alone, kept(with_it, early), curves)
    return found


TECHNIQUES: dict[str, dict[str, object]] = {
    "nothing": {},
    "decay": {},
    "L1": {"penalty": "l1"},
    "dropout": {"dropout": 0.2},
    "decay + L1": {"penalty": "elastic"},
}
"""One technique each, λ at its own best; dropout without decay."""


def techniques(e: Experiment, on_progress: Progress = lambda share: None) -> dict[str, Kept]:
    """What each of `TECHNIQUES` keeps; the first λ of `e` must be 0, its penalty L2."""
    _require_zero_first(e)
    arms = {name: e.replace(**change) for name, change in TECHNIQUES.items()}
    arms["dropout"] = arms["dropout"].replace(lambdas=(0.0,))
    histories = train_all(list(arms.values()), on_progress=on_progress, record_at=(0, e.steps))
    trained = dict(zip(arms, histories, strict=True))
    return {name: kept(h, decay=name not in ("nothing", "dropout")) for name, h in trained.items()}


# -------------------------------------------------------------------- layer by layer


def layer_arms(e: Experiment) -> dict[str, Experiment]:
    """Decay in all layers, in one at a time, and in the biases too; gains too where there are any."""
    names = e.decayed_layers
    arms = {"all layers": e}
    for i, name in enumerate(names if len(names) > 1 else ()):
        arms[f"{name} alone"] = e.replace(decay_layers=tuple(float(j == i) for j in range(len(names))))
    if e.biases:
        arms["all, and biases"] = e.replace(decay_biases=True)
    if e.norm != "none":
        arms["all, and gains"] = e.replace(decay_gains=True)
    return arms


def layer_by_layer(e: Experiment, on_progress: Progress = lambda share: None) -> dict[str, History]:
    """All arms of `layer_arms`, trained together."""
    arms = layer_arms(e)
    return dict(zip(arms, train_all(list(arms.values()), on_progress=on_progress), strict=True))


def gains(histories: dict[str, History]) -> dict[str, np.ndarray]:
    """By arm, (S,): test score at the λ that validation chooses, less that of λ = 0, which all arms share."""
    none = kept(next(iter(histories.values())), decay=False).score
    return {name: kept(h).score - none for name, h in histories.items()}


def starting_point(
    dataset: str, label_noise: float | None, lambdas: Sequence[float], seeds: Sequence[int]
) -> Experiment:
    """The data set's own opening with L2 in the objective and no companion; these labels (None: as many wrong ones as
    the opening has), λ and seeds."""
    opening = Experiment.from_query(f"dataset={dataset}")
    return opening.replace(
        label_noise=opening.label_noise if label_noise is None else label_noise, penalty="l2", decay="coupled",
        lambdas=tuple(lambdas), seeds=tuple(seeds), norm="none",
        dropout=0.0, input_noise=0.0, decay_layers=(), decay_biases=False,
    )  # fmt: skip
