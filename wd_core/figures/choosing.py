"""Choosing λ in figures: strips of seeds. What follows λ under the hand is in `choosing_board`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from wd_core.figures import style

Interval = tuple[float, float, float]
"""Mean and the ends of its interval."""
ORACLE = "oracle (test)"
RULE_COLOURS = {
    "cross-validation": "#7A6FD0", "one standard error": "#D2601C", "hold-out": "#8A8A8A", "AIC": "#C98500",
    "BIC": "#0B9B75", ORACLE: "#C7689B",
}  # fmt: skip


def strip_figure(
    rows: Mapping[str, np.ndarray], intervals: Mapping[str, Interval], *, title: str, axis: str, zero: bool = False
) -> go.Figure:
    """A row for every name: values (S,) as dots, one a seed, and their mean with its interval."""
    figure = go.Figure()
    for row, (name, values) in enumerate(reversed(rows.items())):
        colour = RULE_COLOURS.get(name, style.CATEGORY_COLOURS[row % len(style.CATEGORY_COLOURS)])
        figure.add_scatter(
            x=values, y=row + 0.2 * np.cos(np.arange(len(values)) * 2.4), mode="markers", name=name,
            marker={"color": colour, "size": 7, "opacity": 0.45}, showlegend=False,
            hovertemplate=f"{name}, one seed: %{{x:.4g}}<extra></extra>",
        )  # fmt: skip
        mean, low, high = intervals[name]
        figure.add_scatter(
            x=[mean], y=[row], mode="markers", name=name,
            marker={"color": colour, "size": 13, "symbol": "line-ns", "line": {"color": colour, "width": 4}},
            error_x=_whiskers(mean, low, high, colour), hovertemplate=f"{name}: %{{x:.4g}}<extra></extra>",
        )  # fmt: skip
    style.layout(figure, f"<b>{title}</b>", 110 + 52 * len(rows), hovermode="closest")
    return figure.update_layout(
        xaxis={
            "title": {"text": axis, "standoff": 16}, "fixedrange": True, "zeroline": zero, "zerolinecolor": style.GREY,
        },
        yaxis={
            "tickvals": list(range(len(rows))), "ticktext": [_short(name) for name in reversed(rows)],
            "fixedrange": True, "showgrid": False, "zeroline": False, "range": [-0.6, len(rows) - 0.4],
        },
    )  # fmt: skip


# -------------------------------------------------------------------- parts


def _whiskers(mean: np.ndarray | float, low: np.ndarray | float, high: np.ndarray | float, colour: str) -> dict:
    up, down = (np.nan_to_num(np.atleast_1d(v)) for v in (np.subtract(high, mean), np.subtract(mean, low)))
    return {"type": "data", "symmetric": False, "array": up, "arrayminus": down, "color": colour, "thickness": 2.5}


def _short(name: str) -> str:
    return {"cross-validation": "CV least", "one standard error": "CV 1-SE", ORACLE: "oracle"}.get(name, name)
