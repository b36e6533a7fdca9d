"""What every panel of a board has, the axes under the hand, and numbers as the levels that a message carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Over = tuple[str, ...]


@dataclass(frozen=True)
class Axis:
    """What the hand moves along. `kind`: "lambda", notches on a log axis (0 may be the first); "log", notches that say
    their values; "linear", by value; "names"."""

    key: str
    """As the address says it, e.g. "lambda" → at=…, others by their own key."""
    label: str
    values: Sequence[float] | Sequence[str]
    kind: str = "lambda"
    start: int | None = None
    """Where the hand is at first; None: in the middle."""

    def header(self) -> dict[str, Any]:
        values = [v if isinstance(v, str) else float(v) for v in self.values]
        start = len(values) // 2 if self.start is None else int(self.start)
        return {"key": self.key, "label": self.label, "values": values, "kind": self.kind, "start": start}


@dataclass(frozen=True, eq=False, kw_only=True)
class Panel:
    """What all panels have. `over` names the axes that stand before an array's own dimensions, in order."""

    over: Over = ()
    width: str = "half"
    """"full", "half" or "third" of a wide screen; on a phone all are full."""
    height: int = 220
    note: str = ""
    key: str = ""
    """Test id; "" for the title in lower case."""
    group: str = ""
    """Of `Board.groups`: on a phone one group is shown at a time."""

    def base(self, kind: str, title: str) -> dict[str, Any]:
        own = {"kind": kind, "title": title, "over": list(self.over), "width": self.width, "height": self.height}
        return own | {"note": self.note, "group": self.group, "key": self.key or title.lower().replace(" ", "-")}


def value_range(arrays: Sequence[np.ndarray], log: bool) -> tuple[float, float]:
    """From the least to the greatest finite value, a little more where they are one."""
    values = np.concatenate([np.asarray(a, float).ravel() for a in arrays]) if arrays else np.zeros(1)
    values = values[np.isfinite(values) & ((values > 0) | (not log))]
    if not values.size:
        return (1e-3, 1.0) if log else (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if low == high:
        return (low / 2, high * 2) if log else (low - 0.5, high + 0.5)
    return low, high


NOTHING = {8: 255, 16: 65535}
"""The level that stands for "no value" (NaN)."""


def levels(values: np.ndarray, span: tuple[float, float], log: bool = False, bits: int = 16) -> np.ndarray:
    """Values as whole levels from `span[0]` to `span[1]`, logarithmic where asked; beyond the ends, the ends."""
    values = np.asarray(values, float)
    with np.errstate(all="ignore"):
        if log:
            values, span = np.log(values), (float(np.log(span[0])), float(np.log(span[1])))
        top = NOTHING[bits] - 1
        share = np.clip((values - span[0]) / (span[1] - span[0]), 0, 1)
        found = np.where(np.isnan(values), NOTHING[bits], np.rint(np.nan_to_num(share) * top))
    return found.astype(np.uint8 if bits == 8 else np.uint16)
