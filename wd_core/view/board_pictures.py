"""Panels of a board that are looked at as pictures: matrices, small pictures, scenes, planes; and short texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wd_core.view.board_panel import Panel, levels, value_range


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
    """Or "diverging", "grey"."""
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
        span = self.range or value_range([self.values], False)
        arrays = {"values": levels(self.values, span, bits=self.bits)}
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
        span = self.range or value_range([self.values], False)
        arrays = {"values": levels(self.values, span, bits=8)}
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
        arrays = {"values": levels(self.values, (0.0, 1.0), bits=8)}
        if self.shares is not None:
            arrays["shares"] = levels(self.shares, (0.0, 1.0), bits=8)
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
    flipped: np.ndarray = field(default_factory=lambda: np.zeros(0))
    """Whether a point's label is a wrong one."""
    norms: np.ndarray | None = None
    """What a model with batch norm divides by, (*over, N), see `evaluation.batch_norms`."""

    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        finite = np.isfinite(self.weights).all(-1)
        w = np.where(finite[..., None], self.weights, 0)
        scale = np.where(finite, np.maximum(np.abs(w).max(-1), 1e-30) / 32767, np.nan)
        rounded = np.rint(w / np.nan_to_num(scale, nan=1.0)[..., None]).astype(np.int16)
        arrays = {"weights": rounded, "scale": scale.astype(np.float32)}
        arrays |= {"points": self.points.astype(np.float32), "labels": self.labels.astype(np.float32)}
        arrays["flipped"] = self.flipped.astype(np.uint8)
        if self.norms is not None:
            arrays["norms"] = np.nan_to_num(self.norms, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32)
        return self.base("plane", self.title) | dict(self.plane), arrays
