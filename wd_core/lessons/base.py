"""What a lesson is: a few steps of *predict → observe → explain*, as data, with checks as small functions.

The visitor commits to a prediction; then the arms of the step are trained, `measure` says what came out, and `why`
explains it. What a step explains is true of its numbers, or it is not said: `Measured.holds`. The manner is White and
Gunstone's (1992, Probing understanding).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from wd_core.experiment import Experiment
from wd_core.history import History

LEVELS = 26
"""Heights that a drawn point can have: a letter each."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, eq=False)
class Measured:
    """What the numbers of a step say."""

    answer: int | np.ndarray
    """The option's number; the number of a λ; or a curve (L,)."""
    says: str
    """One sentence with the measured numbers."""
    holds: bool
    """Whether these numbers are what the step explains."""
    good: tuple[int, ...] = ()
    """Further λ that cannot be told from the answer; for a `Pick`."""


@dataclass(frozen=True)
class Choice:
    """Pick an answer. In a link: its letter."""

    options: tuple[str, ...]
    kind: str = "choice"

    def write(self, value: int) -> str:
        return LETTERS[value]

    def read(self, text: str) -> int | None:
        """The answer that a link says; None for anything else."""
        at = LETTERS.find(text) if len(text) == 1 else -1
        return at if 0 <= at < len(self.options) else None

    def said(self, value: int, lambdas: Sequence[float]) -> str:
        return self.options[value]

    def right(self, value: int, measured: Measured) -> bool:
        return value == measured.answer


@dataclass(frozen=True)
class Pick:
    """Click a λ. In a link: its number on the path."""

    what: str = "validation loss will be lowest"
    kind: str = "pick"

    def write(self, value: int) -> str:
        return str(value)

    def read(self, text: str) -> int | None:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None

    def right(self, value: int, measured: Measured) -> bool:
        return value == measured.answer or value in measured.good


@dataclass(frozen=True)
class Draw:
    """Draw a curve over λ. In a link: a letter a λ, a the lowest height, z the highest."""

    what: str = "validation loss"
    kind: str = "draw"

    def write(self, value: Sequence[int]) -> str:
        return "".join(LETTERS[level] for level in value)

    def read(self, text: str) -> tuple[int, ...] | None:
        levels = tuple(LETTERS.find(c) for c in text)
        return levels if levels and min(levels) >= 0 else None

    def right(self, value: Sequence[int], measured: Measured) -> bool:
        """Whether the lowest point lies at the same end of the path, or as well between the ends."""
        return where_lowest(np.array(value)) == where_lowest(np.asarray(measured.answer))


Prediction = Choice | Pick | Draw


def where_lowest(curve: np.ndarray) -> str:
    """ "left", "inside" or "right": where a curve (L,) has its lowest point, the middle one of equals."""
    lowest = np.flatnonzero(curve <= np.nanmin(curve))
    at = int(lowest[len(lowest) // 2])
    return "left" if at == 0 else "right" if at == len(curve) - 1 else "inside"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One prediction and what became of it."""

    ask: str
    setting: str
    """What is trained, in a sentence."""
    prediction: Prediction
    arms: Mapping[str, str] | Callable[[], Mapping[str, str]]
    """Name → an experiment, as a link of the Lab says it; all with the same λ. A function where it needs data."""
    measure: Callable[[Mapping[str, History]], Measured]
    why: str
    """One sentence; true where `measure` says that it holds."""
    expect: str
    """What most people expect, and why it is tempting."""
    shows: tuple[str, ...]
    """Panels of the picture, see `view.lesson`."""
    given: tuple[str, ...] = ()
    """Panels that one sees before the prediction: none that gives it away."""
    look: str = ""
    """What to do with the picture."""
    every_step: bool = False
    """Whether all recorded steps are needed, or the first and the last alone."""

    @cached_property
    def experiments(self) -> dict[str, Experiment]:
        """The arms, checked."""
        arms = self.arms() if callable(self.arms) else self.arms
        found = {name: Experiment.from_query(query) for name, query in arms.items()}
        if len({e.lambdas for e in found.values()}) != 1:
            raise ValueError(f"arms={', '.join(found)}: allowed: arms with the same λ")
        if isinstance(self.prediction, Draw) and len(self.lambdas_of(found)) > 12:
            raise ValueError(f"lambdas of {self.ask!r}: allowed: at most 12 where a curve is drawn over them")
        return found

    @staticmethod
    def lambdas_of(experiments: Mapping[str, Experiment]) -> tuple[float, ...]:
        return next(iter(experiments.values())).lambdas

    @property
    def lambdas(self) -> tuple[float, ...]:
        """The λ that all arms share."""
        return self.lambdas_of(self.experiments)

    def read(self, text: str) -> int | tuple[int, ...] | None:
        """The prediction that a link says, or None: for this step it makes no sense."""
        value = self.prediction.read(text)
        if isinstance(self.prediction, Pick) and value is not None:
            return value if value < len(self.lambdas) else None
        if isinstance(self.prediction, Draw) and value is not None:
            return value if len(value) == len(self.lambdas) else None
        return value


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """Five to ten minutes. `name`, the file's, is what a link says."""

    name: str
    order: int
    title: str
    """The question that it answers."""
    minutes: int
    about: str
    """One sentence for the list."""
    aims: tuple[str, ...]
    """What a student can do or say afterwards; for the teacher."""
    watch: tuple[str, ...]
    """What to watch for in the room; for the teacher."""
    steps: tuple[Step, ...]
    next_page: tuple[str, str] = field(default=("", ""))
    """(file in pages/, what it is) where one goes on; "" for none."""

    def __post_init__(self) -> None:
        if not 1 <= len(self.steps) <= 6:
            raise ValueError(f"steps={len(self.steps)}: allowed: 1 to 6")

    def read(self, said: str) -> list[int | tuple[int, ...] | None]:
        """The predictions that a link says, one a step, None where there is none or it makes no sense."""
        texts = said.split(".")[: len(self.steps)]
        texts += [""] * (len(self.steps) - len(texts))
        return [step.read(text) for step, text in zip(self.steps, texts, strict=True)]

    def write(self, predictions: Sequence[int | tuple[int, ...] | None]) -> str:
        """Inverse of `read`, without what is empty at the end."""
        texts = ["" if p is None else s.prediction.write(p) for s, p in zip(self.steps, predictions, strict=True)]
        return ".".join(texts).rstrip(".")
