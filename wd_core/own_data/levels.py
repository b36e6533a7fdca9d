"""The levels of a column of text: which get an input of their own, which share one, and which is the reference."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

MAX_LEVELS = 12
"""Levels of a text column that have a place of their own, the reference among them; the rarer ones share one."""
RARE = 0.01
"""Share of the rows below which a level is rare."""
REFERENCE = -1
"""The code of the reference level: no input of its own."""


@dataclass(frozen=True)
class Level:
    """What one column's values were found to be."""

    reference: str
    """The commonest value: all inputs of the column are 0."""
    own: tuple[str, ...]
    """Values with an input of their own, by name."""
    rare: frozenset[str]
    """Values that share the input "other"."""
    missing: int
    """Rows without a value; they have an input of their own, where there are any."""

    @property
    def names(self) -> tuple[str, ...]:
        """The column's inputs, in order."""
        return (*self.own, *(["other"] if self.rare else []), *(["missing"] if self.missing else []))

    @property
    def count(self) -> int:
        """How many different values there were."""
        return 1 + len(self.own) + len(self.rare)

    def code(self, value: str) -> int:
        """Number of the input that is 1 for `value`; one not seen before counts as rare, or else as the reference."""
        if value in self.own:
            return self.own.index(value)
        if value == "" and self.missing:
            return len(self.names) - 1
        return len(self.own) if self.rare and value != self.reference else REFERENCE

    def unseen(self, value: str) -> bool:
        """Whether `value` was not there when the levels were found."""
        known = value in self.own or value in self.rare or value == self.reference
        return not (known or (value == "" and self.missing))


def find_levels(values: np.ndarray) -> Level:
    """The levels of values (n,), text with "" where one is missing; at least one is not."""
    counts = Counter(values.tolist())
    missing = counts.pop("", 0)
    by_count = sorted(counts, key=lambda value: (-counts[value], value))
    least = max(2, int(np.ceil(RARE * len(values))))
    frequent = [value for value in by_count[1:] if counts[value] >= least]
    if len(frequent) > MAX_LEVELS - 1 or len(frequent) < len(by_count) - 1:
        frequent = frequent[: MAX_LEVELS - 2]  # one place is for those that share it
    return Level(by_count[0], tuple(sorted(frequent)), frozenset(by_count[1:]) - set(frequent), missing)
