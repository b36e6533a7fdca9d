"""Board: pictures that follow one or two axes under the hand, in one message; for pages that are not the Lab's plane.

A board has axes (λ, and perhaps steps, a learning rate, letters), panels that show arrays at the place where the hand
is, and read-outs. Everything that the hand can reach is in the message; dragging costs the server nothing.
wd_core/ui/board draws it, a file a kind of panel.

    Board(
        axes=[Axis("lambda", "λ", lambdas)],
        panels=[
            Curves("Loss", "lambda", [Series("validation", mean, low, high, colour="l2", dash="validation")]),
            Heat("Confusion", counts, over=("lambda",), rows=classes, columns=classes),
        ],
        readouts=[Readout("test accuracy", accuracy, over=("lambda",), form="percent")],
    ).pack()

Axes and scales stand still: every range is taken over all that an array holds, unless it is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wd_core.view.picture import pack

DASHES = ("train", "validation", "test", "cv")
"""Solid, dashed, dotted, dash and dot, as everywhere."""
FORMS = ("three", "percent", "count", "lambda")
PALETTES = ("sequential", "diverging", "grey")
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
        span_x = self.range_x or _range(own, self.log[0])
        if self.x is not None:
            arrays["x"] = _levels(self.x, span_x, self.log[0])
        arrays |= {f"x{i}": _levels(s.x, span_x, self.log[0]) for i, s in enumerate(self.series) if s.x is not None}
        header = self.base("lines", self.title) | {
            "series": [s.header() for s in self.series], "x_label": self.x_label, "y_label": self.y_label,
            "log": list(self.log), "range_x": span_x, "range": span, "reference": [list(p) for p in self.reference],
            "reference_name": self.reference_name,
        }  # fmt: skip
        return header, arrays


@dataclass(frozen=True, eq=False)
class Heat(Panel):
    """A matrix (*over, rows, columns) as colours, row 0 on top; `control` = (row axis, column axis) if one drags it."""

    title: str = ""
    values: np.ndarray = field(default_factory=lambda: np.zeros((1, 1)))
    rows: Sequence[str] = ()
    columns: Sequence[str] = ()
    row_label: str = ""
    column_label: str = ""
    palette: str = "sequential"
    range: tuple[float, float] | None = None
    form: str = "three"
    numbers: bool = False
    """Whether the values stand in the cells, where there is room."""
    control: tuple[str, str] | None = None
    sets: Mapping[str, int] = field(default_factory=dict)
    """Places on further axes that a drag on this map takes the hand to; the map shows a cursor there alone."""
    upward: bool = False
    """Row 0 at the bottom, as on a vertical axis."""
    best: Any = None
    """(row, column) of a marked cell, or (*over, 2)."""
    overlays: Sequence[tuple[str, Sequence[tuple[float, float]]]] = ()
    """(name, points): lines in cell units, (column, row), the middle of the first cell at 0, 0."""
    bits: int = 16
    """8 where colours alone are looked at: half the message, and a value is read to half a percent of the range."""

    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        span = self.range or _range([self.values], False)
        arrays = {"values": _levels(self.values, span, bits=self.bits)}
        if self.best is not None:
            arrays["best"] = np.asarray(self.best, np.int16)
        header = self.base("heat", self.title) | {
            "rows": list(self.rows), "columns": list(self.columns), "row_label": self.row_label,
            "column_label": self.column_label, "palette": self.palette, "range": span, "form": self.form,
            "numbers": self.numbers, "control": list(self.control or ()), "shape": list(self.values.shape[-2:]),
            "sets": dict(self.sets), "upward": self.upward,
            "overlays": [{"name": name, "points": [list(map(float, p)) for p in pts]} for name, pts in self.overlays],
        }  # fmt: skip
        return header, arrays


@dataclass(frozen=True, eq=False)
class Pictures(Panel):
    """Small pictures (*over, count, height, width), or (count, height, width) where they stand still: filters, feature
    maps, examples; 256 levels."""

    title: str = ""
    values: np.ndarray = field(default_factory=lambda: np.zeros((1, 1, 1)))
    palette: str = "grey"
    range: tuple[float, float] | None = None
    captions: Sequence[str] | Sequence[Sequence[str]] = ()
    """A name each, or (places along `over`, flattened) lists of them; or all the names there are, see `named`."""
    named: np.ndarray | None = None
    """(*over, count): the number in `captions` of each picture's name, at most 255 of them."""
    flags: np.ndarray | None = None
    """(*over, count): framed where True."""
    flag_name: str = ""

    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        span = self.range or _range([self.values], False)
        arrays = {"values": _levels(self.values, span, bits=8)}
        if self.flags is not None:
            arrays["flags"] = np.asarray(self.flags, np.uint8)
        if self.named is not None:
            arrays["named"] = np.asarray(self.named, np.uint8)
        captions = [c if isinstance(c, str) else list(c) for c in self.captions]
        header = self.base("pictures", self.title) | {
            "palette": self.palette, "range": span, "shape": list(self.values.shape[-3:]), "captions": captions,
            "flag_name": self.flag_name,
        }  # fmt: skip
        return header, arrays


@dataclass(frozen=True, eq=False)
class Scene(Panel):
    """A picture (*over, height, width), grey from 0 to 1, with what was found in it: shares over it, or boxes."""

    title: str = ""
    values: np.ndarray = field(default_factory=lambda: np.zeros((1, 1)))
    shares: np.ndarray | None = None
    """(*over, rows, columns) from 0 to 1, drawn over the picture, each in the middle of its window."""
    step: int = 1
    """Pixels from one window to the next."""
    side: int = 12
    """Pixels of a window, and of a box."""
    truth: np.ndarray | None = None
    """(*over, count, 2) row and column of the upper left corners of what is there."""
    boxes: np.ndarray | None = None
    """(*over, count, 2) as `truth`; −1 for no more."""
    scores: np.ndarray | None = None
    """(*over, count) from 0 to 1."""
    right: np.ndarray | None = None
    """(*over, count) whether the box has found something."""
    threshold: str = ""
    """Key of the axis whose value a box's score must reach."""

    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        arrays = {"values": _levels(self.values, (0.0, 1.0), bits=8)}
        if self.shares is not None:
            arrays["shares"] = _levels(self.shares, (0.0, 1.0), bits=8)
        for name in ("truth", "boxes"):
            if (corners := getattr(self, name)) is not None:
                arrays[name] = np.asarray(corners, np.int16)
        if self.scores is not None and self.right is not None:
            arrays |= {"scores": np.asarray(self.scores, np.float32), "right": np.asarray(self.right, np.uint8)}
        header = self.base("scene", self.title) | {
            "shape": list(self.values.shape[-2:]), "step": self.step, "side": self.side, "threshold": self.threshold,
            "windows": [] if self.shares is None else list(self.shares.shape[-2:]),
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
        low, high = self.range or _range([*given, np.zeros(1)], False)
        arrays = {"values": _levels(self.values, (low, high))}
        if self.low is not None and self.high is not None:
            arrays |= {"low": _levels(self.low, (low, high)), "high": _levels(self.high, (low, high))}
        header = self.base("bars", self.title) | {
            "names": list(self.names), "colour": self.colour, "range": (low, high), "y_label": self.y_label,
            "form": self.form,
        }  # fmt: skip
        return header, arrays


@dataclass(frozen=True, eq=False)
class Words(Panel):
    """Short texts: for every place along `over`, flattened, a list of (text, flagged)."""

    title: str = ""
    items: Sequence[Sequence[tuple[str, bool]]] = ()
    flag_name: str = ""

    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        items = [[[text, bool(flag)] for text, flag in place] for place in self.items]
        return self.base("words", self.title) | {"items": items, "flag_name": self.flag_name}, {}


@dataclass(frozen=True, eq=False)
class Plane(Panel):
    """A model over a plane, evaluated in the browser from its weights (*over, P); NaN where a run diverged."""

    title: str = ""
    weights: np.ndarray = field(default_factory=lambda: np.zeros((1, 1)))
    plane: Mapping[str, Any] = field(default_factory=dict)
    """What `plane_header` says of the experiment's plane and model."""
    points: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))
    labels: np.ndarray = field(default_factory=lambda: np.zeros(0))
    norms: np.ndarray | None = None
    """What a model with batch norm divides by, (*over, N), see `evaluation.batch_norms`."""

    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        finite = np.isfinite(self.weights).all(-1)
        w = np.where(finite[..., None], self.weights, 0)
        scale = np.where(finite, np.maximum(np.abs(w).max(-1), 1e-30) / 32767, np.nan)
        levels = np.rint(w / np.nan_to_num(scale, nan=1.0)[..., None]).astype(np.int16)
        arrays = {"weights": levels, "scale": scale.astype(np.float32)}
        arrays |= {"points": self.points.astype(np.float32), "labels": self.labels.astype(np.float32)}
        if self.norms is not None:
            arrays["norms"] = np.nan_to_num(self.norms, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32)
        return self.base("plane", self.title) | dict(self.plane), arrays


@dataclass(frozen=True, eq=False)
class Readout:
    """A number below the panels, (*over)."""

    label: str
    values: np.ndarray
    over: Over = ()
    form: str = "three"


@dataclass(frozen=True, eq=False)
class Board:
    """Axes, panels and read-outs. `sentences`: one text, or one for every place along the first axis."""

    axes: Sequence[Axis]
    panels: Sequence[Panel]
    readouts: Sequence[Readout] = ()
    sentences: Sequence[str] | str = ""
    position: Mapping[str, float] = field(default_factory=dict)
    """Where the hand is at first, by axis key, as values; overrides `Axis.start`."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """Key → label of the groups of panels of which a phone shows one at a time."""

    def columns(self) -> dict[str, np.ndarray]:
        """All numbers as columns for a CSV, each in the order that its name says, the last one fastest."""
        found: dict[str, np.ndarray] = {axis.label: np.asarray(axis.values) for axis in self.axes}
        labels = {axis.key: axis.label for axis in self.axes}
        for panel in self.panels:
            lead = [labels[key] for key in panel.over]
            inner = [labels[panel.axis]] if isinstance(panel, Curves) else ["x"] if isinstance(panel, Lines) else []
            order = f" ({' × '.join([*lead, *inner])})" if lead or inner else ""
            title = panel.title  # type: ignore[attr-defined]
            if isinstance(panel, Lines) and panel.x is not None:
                found[f"{title}: {panel.x_label}"] = np.ravel(panel.x)
            for series in getattr(panel, "series", ()):
                given = {"": series.y, " low": series.low, " high": series.high, " x": series.x}
                found |= {f"{title}: {series.name}{w}{order}": np.ravel(a) for w, a in given.items() if a is not None}
            if isinstance(panel, Bars):
                found |= {f"{title}: names": np.asarray(panel.names), f"{title}{order}": np.ravel(panel.values)}
            if isinstance(panel, Heat):
                found[f"{title} ({' × '.join([*lead, 'rows', 'columns'])})"] = np.ravel(panel.values)
        for r in self.readouts:
            order = f" ({' × '.join(labels[key] for key in r.over)})" if r.over else ""
            found[f"{r.label}{order}"] = np.ravel(r.values)
        return found

    def pack(self) -> bytes:
        """The message. ValueError where an array does not have the shape that its axes give it."""
        sizes = {axis.key: len(axis.values) for axis in self.axes}
        headers, arrays = [], {}
        for i, panel in enumerate(self.panels):
            header, its_arrays = panel.parts()
            _check(panel, header, its_arrays, sizes)
            headers.append(header)
            arrays |= {f"p{i}.{name}": array for name, array in its_arrays.items()}
        readouts = []
        for i, r in enumerate(self.readouts):
            if r.values.shape != (expected := tuple(sizes[key] for key in r.over)):
                raise ValueError(f"readout {r.label}: shape {r.values.shape}; allowed: {expected}, over {r.over}")
            readouts.append({"label": r.label, "over": list(r.over), "form": r.form})
            arrays[f"r{i}"] = np.asarray(r.values, np.float32)
        header = {
            "axes": [axis.header() for axis in self.axes],
            "panels": headers,
            "readouts": readouts,
            "sentences": [self.sentences] if isinstance(self.sentences, str) else list(self.sentences),
            "position": dict(self.position),
            "groups": [list(item) for item in self.groups.items()],
        }
        return pack(header, arrays)


def _check(panel: Panel, header: dict[str, Any], arrays: dict[str, np.ndarray], sizes: dict[str, int]) -> None:
    lead = tuple(sizes[key] for key in panel.over)
    for name, array in arrays.items():
        fixed = name in ("best", "points", "labels") or name.startswith(("x", "mark"))  # may stand still
        if header["kind"] == "pictures" and name == "values" and array.ndim == 3:
            continue
        if array.shape[: len(lead)] != lead and not (fixed and array.ndim <= 2):
            raise ValueError(f"panel {header['title']}: {name} of shape {array.shape}; allowed: {lead} first")
    if header["kind"] == "curves":
        wanted = (*lead, sizes[header["axis"]])
        for name, array in arrays.items():
            if name.startswith("y") and array.shape != wanted:
                raise ValueError(f"panel {header['title']}: {name} of shape {array.shape}; allowed: {wanted}")
    if header["kind"] == "words" and len(header["items"]) != int(np.prod(lead, dtype=int)):
        raise ValueError(f"panel {header['title']}: {len(header['items'])} lists; allowed: {int(np.prod(lead))}")


def _series_arrays(
    series: Sequence[Series], given: tuple[float, float] | None, log: bool
) -> tuple[dict[str, np.ndarray], tuple[float, float]]:
    every = [a for s in series for a in (s.y, s.low, s.high) if a is not None]
    span = given or _range([s.y for s in series] if log else every, log)
    arrays = {}
    for i, s in enumerate(series):
        arrays[f"y{i}"] = _levels(s.y, span, log)
        if s.low is not None and s.high is not None:
            arrays |= {f"low{i}": _levels(s.low, span, log), f"high{i}": _levels(s.high, span, log)}
    return arrays, span


def _range(arrays: Sequence[np.ndarray], log: bool) -> tuple[float, float]:
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


def _levels(values: np.ndarray, span: tuple[float, float], log: bool = False, bits: int = 16) -> np.ndarray:
    """Values as whole levels from `span[0]` to `span[1]`, logarithmic where asked; beyond the ends, the ends."""
    values = np.asarray(values, float)
    with np.errstate(all="ignore"):
        if log:
            values, span = np.log(values), (float(np.log(span[0])), float(np.log(span[1])))
        top = NOTHING[bits] - 1
        share = np.clip((values - span[0]) / (span[1] - span[0]), 0, 1)
        levels = np.where(np.isnan(values), NOTHING[bits], np.rint(np.nan_to_num(share) * top))
    return levels.astype(np.uint8 if bits == 8 else np.uint16)
