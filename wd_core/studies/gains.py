"""What decay gains on the test part over no decay, and over early stopping: accuracy, loss and calibration, by seed.

λ is chosen for each seed by validation loss; the test part is looked at once, at that λ. All arms of a seed are runs of
one training: they share split, first weights and batches.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wd_core.evaluation import score_new
from wd_core.history import History
from wd_core.studies.calibration import confidence_of, reliability
from wd_core.studies.companions import Kept, kept
from wd_core.studies.evidence import Paired

ARMS = {"none": (False, False), "decay": (False, True), "early": (True, False), "both": (True, True)}
"""(stopped early, λ chosen); "none" is λ = 0 at the last step."""
WHAT = ("score", "loss", "calibration")


@dataclass(frozen=True, eq=False)
class Gains:
    """What the arms' kept runs are worth, and the curves that they were chosen from, (L, S)."""

    arms: dict[str, Kept]
    calibration: dict[str, np.ndarray]
    """Expected calibration error on the test part, (S,) of each arm."""
    validation_loss: np.ndarray
    """At the last step."""
    stopped_loss: np.ndarray
    """Where early stopping would have stopped."""

    def over(self, what: str, arm: str, base: str = "none") -> Paired:
        """By how much `arm` is better than `base`: points of accuracy gained, loss or calibration error that fell."""
        if what not in WHAT:
            raise ValueError(f"what={what}: allowed: {', '.join(WHAT)}")
        if what == "calibration":
            return Paired(self.calibration[base] - self.calibration[arm])
        a, b = (np.asarray(getattr(self.arms[name], what), float) for name in (arm, base))
        return Paired(100 * (a - b) if what == "score" else b - a)


def gains_of(h: History) -> Gains:
    """What a classifier's history says; its first λ is 0."""
    if h.lambdas[0] != 0:
        raise ValueError(f"lambdas={h.lambdas[0]:g}, …: allowed: 0 first")
    arms = {name: kept(h, early, decay) for name, (early, decay) in ARMS.items()}
    stopped = np.take_along_axis(h.validation_loss, h.stopped[..., None], -1)[..., 0]
    calibration = {name: _calibration(h, arm) for name, arm in arms.items()}
    return Gains(arms, calibration, h.validation_loss[:, :, -1], stopped)


def _calibration(h: History, arm: Kept) -> np.ndarray:
    """(S,) calibration error of the runs that an arm kept, on the test part."""
    e, found = h.experiment, []
    for s, seed in enumerate(h.seeds):
        data = e.data(seed)
        w = h.weights[h.lambdas.tolist().index(arm.lam[s]), s, h.steps.tolist().index(arm.step[s])]
        probabilities = h.target.loss.predict(score_new(e, data.X_train, w[None], data.X_test))[0].T
        found.append(calibration_error(probabilities, data.y_test))
    return np.array(found)


def calibration_error(probabilities: np.ndarray, y: np.ndarray) -> float:
    """Expected calibration error: probabilities (n, classes), y (n,). See `calibration` for its bins and its source."""
    return float(reliability(confidence_of(probabilities), probabilities.argmax(-1) == y).error)
