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

from wd_core.view.board_curves import DASHES, Bars, Curves, Lines, Row, Rows, Series, Sketch
from wd_core.view.board_panel import NOTHING, Axis, Over, Panel
from wd_core.view.board_pictures import Heat, Pictures, Plane, Scene, Words
from wd_core.view.picture import pack

__all__ = [
    "DASHES", "NOTHING", "Axis", "Bars", "Board", "Curves", "Heat", "Lines", "Over", "Panel", "Pictures", "Plane",
    "Readout", "Row", "Rows", "Scene", "Series", "Sketch", "Words",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Readout:
    """A number below the panels, (*over)."""

    label: str
    values: np.ndarray
    over: Over = ()
    form: str = "three"
    """Significant digits; or "percent", "count", "lambda"."""


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
        fixed = name in ("best", "points", "labels", "flipped") or name.startswith(("x", "mark"))  # may stand still
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
