"""Evidence in a figure: each seed's difference a dot, mean and interval, and the margin that does not matter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from wd_core.figures import style
from wd_core.studies.evidence import Paired

COLOUR = style.CATEGORY_COLOURS[5]
ROW, REST = 44, 96
"""Pixels of a row, and of what else there is."""


def evidence_figure(rows: Mapping[str, Paired], axis: str, margin: float = 0.0) -> go.Figure:
    """A row for every data set, titled by `rows`' keys; right of zero speaks for the claim. `axis` names the unit."""
    figure = go.Figure()
    if margin:
        figure.add_vrect(name="margin", x0=-margin, x1=margin, fillcolor=style.RULE, line_width=0, layer="below")
    for row, (title, paired) in enumerate(reversed(rows.items())):
        values, name = paired.known, style.plain(title)
        figure.add_scatter(
            x=values, y=row + 0.22 * np.cos(np.arange(len(values)) * 2.4), mode="markers", name=name,
            marker={"color": COLOUR, "size": 7, "opacity": 0.45}, showlegend=False,
            hovertemplate=f"{name}, one seed: %{{x:.4g}}<extra></extra>",
        )  # fmt: skip
        low, high = paired.interval
        ends = {"array": [high - paired.mean], "arrayminus": [paired.mean - low]} if np.isfinite(low) else {}
        figure.add_scatter(
            x=[paired.mean], y=[row], mode="markers", name=f"mean {name}", showlegend=False,
            marker={"color": COLOUR, "size": 14, "symbol": "line-ns", "line": {"color": COLOUR, "width": 4}},
            error_x={"type": "data", "symmetric": False, "color": COLOUR, "thickness": 2.5, **ends},
            hovertemplate=f"{name}, mean: %{{x:.4g}}<extra></extra>",
        )  # fmt: skip
    style.layout(figure, "", REST + ROW * len(rows), hovermode="closest")
    return figure.update_layout(
        margin={"t": 8},
        xaxis={
            "title": {"text": f"← against    {axis}    for →", "standoff": 16}, "fixedrange": True, "zeroline": True,
            "zerolinecolor": style.GREY, "zerolinewidth": 2, "nticks": 7,
        },
        yaxis={
            "tickvals": list(range(len(rows))), "ticktext": [style.plain(title) for title in reversed(rows)],
            "fixedrange": True, "showgrid": False, "zeroline": False, "range": [-0.6, len(rows) - 0.4],
        },
    )  # fmt: skip
