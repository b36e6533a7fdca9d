"""Panels of a board with an axis of numbers: curves, lines, rows, a sketch, bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wd_core.view.board_panel import Axis, Panel, levels, value_range

DASHES = ("train", "validation", "test", "cv")
"""Solid, dashed, dotted, dash and dot, as everywhere."""


AIR = 0.05
"""Share of a log axis left free at either end."""


@dataclass(frozen=True, eq=False)
class Series:
    """A line or a cloud: `y` (*over, n) with `low` and `high` as its band; `x` as in its panel where None.

    `colour`: a penalty's key ("l2", "l1", "elastic", "none", "decoupled"), "class 0" …, "ink" or "muted".
    """

    name: str
    y: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    colour: str = "l2"
    dash: str = "train"
    dots: bool = False
    x: np.ndarray | None = None
    on_line: bool = False
    """Its name stands on the line, where it begins, and not in the legend."""
    weight: float = 0
    """Pixels of the line; 0: as usual."""

    def header(self) -> dict[str, Any]:
        band = self.high is not None and bool(np.isnan(self.y).all())  # a band without a line
        return {
            "name": self.name, "colour": self.colour, "dash": self.dash, "dots": self.dots, "on_line": self.on_line,
            "weight": self.weight, "band": band,
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Curves(Panel):
    """Series over one of the axes, which one drags on this very plot; values (*over, n of that axis)."""

    title: str = ""
    axis: str = "lambda"
    series: Sequence[Series] = ()
    y_label: str = ""
    log: bool = False
    marks: Sequence[tuple[str, Any]] = ()
    """(label, index on the axis), or indices (*over); −1 for none: "lowest", "1 SE"."""
    range: tuple[float, float] | None = None

    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        arrays, span = _series_arrays(self.series, self.range, self.log)
        marks = [{"label": label} for label, _ in self.marks]
        arrays |= {f"mark{i}": np.asarray(at, np.int16) for i, (_, at) in enumerate(self.marks)}
        header = self.base("curves", self.title) | {
            "axis": self.axis, "series": [s.header() for s in self.series], "y_label": self.y_label, "log": self.log,
            "range": span, "marks": marks,
        }  # fmt: skip
        return header, arrays


@dataclass(frozen=True, eq=False)
class Sketch(Panel):
    """A line over λ that the visitor draws: the height at each λ is one of the board's axes, named in `control`, with a
    range input of its own; beside it what is given, each series (n,) over the same λ."""

    title: str = ""
    lambdas: Sequence[float] = ()
    series: Sequence[Series] = ()
    range: tuple[float, float] = (0.0, 1.0)
    y_label: str = ""
    control: Sequence[str] = ()
    name: str = "your line"

    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        if len(self.control) != len(self.lambdas):
            raise ValueError(f"control={len(self.control)} axes: allowed: one for each of the {len(self.lambdas)} λ")
        arrays, span = _series_arrays(self.series, self.range, False)
        places = Axis("lambda", "λ", self.lambdas).header() | {"n": len(self.lambdas)}
        header = self.base("sketch", self.title) | {
            "places": places, "series": [s.header() for s in self.series], "y_label": self.y_label, "log": False,
            "range": span, "marks": [], "control": list(self.control), "name": self.name,
        }  # fmt: skip
        return header, arrays


@dataclass(frozen=True, eq=False)
class Row:
    """A name with bars (from, to) and dots (place, how many) at places of the axis, which may be fractional."""

    name: str
    dots: Sequence[tuple[float, int]] = ()
    bars: Sequence[tuple[float, float]] = ()
    colour: str = "l2"
    said: str = ""
    """The row in words, for who cannot see it."""


@dataclass(frozen=True, eq=False)
class Rows(Panel):
    """A row a name over one of the axes, which one drags on this plot too. `wide`: names beside it, not on it."""

    title: str = ""
    axis: str = "lambda"
    rows: Sequence[Row] = ()
    wide: bool = True

    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        rows = [
            {
                "name": r.name, "colour": r.colour, "said": r.said or r.name,
                "bars": [list(map(float, bar)) for bar in r.bars],
                "dots": [[float(place), int(count)] for place, count in r.dots],
            }
            for r in self.rows
        ]  # fmt: skip
        return self.base("rows", self.title) | {"axis": self.axis, "rows": rows, "wide": self.wide}, {}


@dataclass(frozen=True, eq=False)
class Lines(Panel):
    """Series over an x of their own, such as precision over recall; x (n,) or (*over, n)."""

    title: str = ""
    x: np.ndarray | None = None
    series: Sequence[Series] = ()
    x_label: str = ""
    y_label: str = ""
    log: tuple[bool, bool] = (False, False)
    range_x: tuple[float, float] | None = None
    range: tuple[float, float] | None = None
    reference: Sequence[tuple[float, float]] = ()
    """A thin grey line, such as the diagonal of perfect calibration."""
    reference_name: str = ""

    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        arrays, span = _series_arrays(self.series, self.range, self.log[1])
        own = [s.x for s in self.series if s.x is not None] + ([] if self.x is None else [self.x])
        span_x = self.range_x or value_range(own, self.log[0])
        if self.x is not None:
            arrays["x"] = levels(self.x, span_x, self.log[0])
        arrays |= {f"x{i}": levels(s.x, span_x, self.log[0]) for i, s in enumerate(self.series) if s.x is not None}
        header = self.base("lines", self.title) | {
            "series": [s.header() for s in self.series], "x_label": self.x_label, "y_label": self.y_label,
            "log": list(self.log), "range_x": span_x, "range": span, "reference": [list(p) for p in self.reference],
            "reference_name": self.reference_name,
        }  # fmt: skip
        return header, arrays


@dataclass(frozen=True, eq=False)
class Bars(Panel):
    """A bar a name, (*over, n), with `low` and `high` as its interval; zero is always on the axis."""

    title: str = ""
    names: Sequence[str] = ()
    values: np.ndarray = field(default_factory=lambda: np.zeros(1))
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    colour: str = ""
    """As in `Series`; "" for one colour above zero and another below."""
    range: tuple[float, float] | None = None
    y_label: str = ""
    form: str = "three"

    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        given = [a for a in (self.values, self.low, self.high) if a is not None]
        low, high = self.range or value_range([*given, np.zeros(1)], False)
        arrays = {"values": levels(self.values, (low, high))}
        if self.low is not None and self.high is not None:
            arrays |= {"low": levels(self.low, (low, high)), "high": levels(self.high, (low, high))}
        header = self.base("bars", self.title) | {
            "names": list(self.names), "colour": self.colour, "range": (low, high), "y_label": self.y_label,
            "form": self.form,
        }  # fmt: skip
        return header, arrays


def _series_arrays(
    series: Sequence[Series], given: tuple[float, float] | None, log: bool
) -> tuple[dict[str, np.ndarray], tuple[float, float]]:
    every = [a for s in series for a in (s.y, s.low, s.high) if a is not None]
    span = given or (_with_air(value_range([s.y for s in series], log)) if log else value_range(every, log))
    arrays = {}
    for i, s in enumerate(series):
        arrays[f"y{i}"] = levels(s.y, span, log)
        if s.low is not None and s.high is not None:
            arrays |= {f"low{i}": levels(s.low, span, log), f"high{i}": levels(s.high, span, log)}
    return arrays, span


def _with_air(span: tuple[float, float]) -> tuple[float, float]:
    """Ends of a log axis a little apart from what is drawn: what lies on an axis without a number looks like zero."""
    air = (span[1] / span[0]) ** AIR
    return span[0] / air, span[1] * air
