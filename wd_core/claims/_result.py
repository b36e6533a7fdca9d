"""What a claim's trials said: evidence by part and data set, the verdict that the numbers give, to JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from wd_core.claims._claim import Claim, Trial
from wd_core.studies.evidence import DECIDED, Overall, Paired, Verdict, over_datasets

DIGITS = 7
"""Significant digits that are kept: those of a float32."""


@dataclass(frozen=True, eq=False)
class Result:
    """The trials of one claim by data set, all with the same seeds and λ."""

    claim: Claim
    seeds: tuple[int, ...]
    lambdas: tuple[float, ...]
    trials: Mapping[str, Trial]

    def __post_init__(self) -> None:
        parts = [part.name for part in self.claim.parts]
        for dataset, trial in self.trials.items():
            if list(trial.differences) != parts:
                found = ", ".join(trial.differences)
                raise ValueError(f"claim {self.claim.name}, {dataset}: parts={found}: allowed: {', '.join(parts)}")
            for name, values in {**trial.differences, **trial.arms}.items():
                if np.shape(values) != (len(self.seeds),):
                    shape = np.shape(values)
                    raise ValueError(f"claim {self.claim.name}, {dataset}, {name}: shape {shape}: allowed: one a seed")

    def paired(self, part: str) -> dict[str, Paired]:
        """The evidence on one part, by data set."""
        margin = self.claim.part(part).margin
        return {dataset: Paired(np.asarray(t.differences[part]), margin) for dataset, t in self.trials.items()}

    def overall(self, part: str) -> Overall:
        """One verdict on a part, over data sets."""
        return over_datasets({dataset: paired.verdict for dataset, paired in self.paired(part).items()})

    @property
    def verdict(self) -> Verdict:
        """One verdict on the claim."""
        return over_parts([self.overall(part.name).verdict for part in self.claim.parts])

    def to_json(self) -> dict[str, Any]:
        """JSON has no NaN: a lost seed is null."""
        trials = {
            dataset: {"differences": _lists(t.differences), "arms": _lists(t.arms), "link": t.link}
            for dataset, t in self.trials.items()
        }
        seeds, lambdas = list(self.seeds), list(self.lambdas)
        return {"seeds": seeds, "lambdas": lambdas, "verdict": self.verdict, "trials": trials}

    @classmethod
    def from_json(cls, claim: Claim, content: Mapping[str, Any]) -> Result:
        """Inverse of `to_json`; the verdict is found anew. KeyError, TypeError or ValueError where it is another's."""
        trials = {
            dataset: Trial(_arrays(t["differences"]), _arrays(t["arms"]), str(t["link"]))
            for dataset, t in content["trials"].items()
        }
        return cls(claim, tuple(content["seeds"]), tuple(content["lambdas"]), trials)


def over_parts(verdicts: list[Verdict]) -> Verdict:
    """*depends* where a part depends or two parts are decided differently; else the one verdict that all parts have;
    else *undecided*."""
    decided = {verdict for verdict in verdicts if verdict in DECIDED}
    if "depends" in verdicts or len(decided) > 1:
        return "depends"
    return verdicts[0] if len(set(verdicts)) == 1 else "undecided"


def rounded(trial: Trial) -> Trial:
    """As the store keeps it, so that what is stored and what is fresh have the same verdict."""
    return Trial(_rounded(trial.differences), _rounded(trial.arms), trial.link)


def _rounded(values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.array([float(f"{v:.{DIGITS}g}") for v in np.asarray(a, float)]) for name, a in values.items()}


def _lists(values: Mapping[str, np.ndarray]) -> dict[str, list[float | None]]:
    return {name: [float(v) if np.isfinite(v) else None for v in array] for name, array in values.items()}


def _arrays(values: Mapping[str, list[float | None]]) -> dict[str, np.ndarray]:
    return {name: np.array([np.nan if v is None else v for v in numbers], float) for name, numbers in values.items()}
