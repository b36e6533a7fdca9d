"""The common look of all Plotly figures: colours, glyphs, dashes, numbers, and the λ axis with λ = 0 as a notch.

Backgrounds are transparent and text has no colour of its own, so that Streamlit's light or dark theme shows; marks
have colours that stand out from both papers (at least 3 : 1). Hues are those of the views (ui/web/theme.js).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from wd_core.text import SUPERSCRIPT
from wd_core.view.picture import GLYPHS

ARM_COLOURS = {"l2": "#9A62BE", "l1": "#168F89", "elastic": "#2F8AC6", "none": "#7F7F7F", "decoupled": "#D2601C"}
ARM_NAMES = {"l2": "L2", "l1": "L1", "elastic": "elastic net", "none": "no penalty", "decoupled": "decoupled"}
SYMBOLS = {"l2": "circle", "l1": "diamond", "elastic": "pentagon", "none": "circle-open", "decoupled": "circle-dot"}
DASHES = {"train": "solid", "validation": "dash", "cv": "dashdot", "test": "dot"}
CATEGORY_COLOURS = ("#0A7CC0", "#C08000", "#0B9B75", "#C7689B", "#D2601C", "#7A6FD0", "#8F8200", "#A9567A")
POSITIVE, NEGATIVE = CATEGORY_COLOURS[:2]
"""A positive weight, "pushes the output up", high, class 1; and a negative one, down, low, class 0."""
GREY = "#8A8A8A"
RULE = "rgba(138, 138, 138, 0.35)"
PAPERS = ("#FCFBF8", "#101216")
ZERO_GAP = 1.0
"""Decades between the notch of λ = 0 and the smallest λ above it."""
BREAK = "∕∕"

__all__ = ["ARM_COLOURS", "ARM_NAMES", "CATEGORY_COLOURS", "DASHES", "GLYPHS", "GREY", "PAPERS", "SYMBOLS"]


def power_text(exponent: int) -> str:
    """10⁻³ for −3."""
    return "1" if exponent == 0 else "10" if exponent == 1 else "10" + str(exponent).translate(SUPERSCRIPT)


def lambda_positions(lambdas: np.ndarray) -> np.ndarray:
    """Where each λ stands on the axis: log₁₀ λ, and λ = 0 at `ZERO_GAP` left of the smallest above it."""
    lambdas = np.asarray(lambdas, float)
    above = lambdas > 0
    lowest = np.log10(lambdas[above].min()) if above.any() else 0.0
    return np.where(above, np.log10(np.where(above, lambdas, 1.0)), lowest - ZERO_GAP)


def broken(lambdas: np.ndarray, *values: np.ndarray) -> list[np.ndarray]:
    """Positions and `values` (L,), λ ascending, with a NaN between λ = 0 and the rest: a line does not cross it."""
    arrays = [lambda_positions(lambdas), *(np.asarray(v, float) for v in values)]
    return [np.insert(a, 1, np.nan) for a in arrays] if lambdas[0] == 0 and len(lambdas) > 1 else arrays


def lambda_axis(lambdas: np.ndarray, room: float = 0.0) -> dict[str, Any]:
    """Layout of an x axis for `lambda_positions`, with a tick a decade, an axis break after 0, and `room` at its left.

    `room` is in decades; names of lines go there.
    """
    x = lambda_positions(lambdas)
    above = x[np.asarray(lambdas) > 0]
    decades = np.arange(np.ceil(above.min() - 1e-9), np.floor(above.max() + 1e-9) + 1)
    ticks, texts = list(decades), [power_text(int(d)) for d in decades]
    if (np.asarray(lambdas) == 0).any():
        ticks = [x.min(), above.min() - ZERO_GAP / 2, *ticks]
        texts = ["0", BREAK, *texts]
    return {
        "type": "linear", "range": [x.min() - 0.15 - room, x.max() + 0.1], "tickvals": ticks, "ticktext": texts,
        "tickangle": 0, "showgrid": False, "zeroline": False, "fixedrange": True,
        "title": {"text": "λ", "standoff": 16},
    }  # fmt: skip


def plain(text: str) -> str:
    """Outside text as Plotly shows it: its text knows some tags and entities, its hover text templates."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("%{", "% {")


def mark_cursor(figure: go.Figure, lambdas: np.ndarray, index: int) -> None:
    """A vertical line at λ number `index`, through every plot of the figure."""
    x = float(lambda_positions(lambdas)[index])
    figure.add_shape(
        name="cursor", type="line", x0=x, x1=x, y0=0, y1=1, xref="x", yref="paper",
        line={"color": "#6B5FD0", "width": 2},
    )  # fmt: skip


def layout(figure: go.Figure, title: str, height: int, **more: Any) -> go.Figure:
    """What all figures have in common."""
    return figure.update_layout(
        title={"text": title, "x": 0, "xanchor": "left", "y": 1, "yanchor": "top", "pad": {"t": 6, "l": 4}},
        height=height, margin={"l": 6, "r": 48, "t": 34, "b": 52}, showlegend=False, dragmode=False,
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)", **more,
    )  # fmt: skip


def config(file_name: str, image: str = "png") -> dict[str, Any]:
    """For `st.plotly_chart`: one button, which saves the figure as PNG or SVG; nothing zooms, axes stand still."""
    options = {"format": image, "filename": file_name, "scale": 1 if image == "svg" else 2}
    drop = ["zoom2d", "pan2d", "select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d", "resetScale2d"]
    return {
        "toImageButtonOptions": options, "modeBarButtonsToRemove": drop, "displaylogo": False,
        "scrollZoom": False, "doubleClick": False,
    }  # fmt: skip
