"""One weight between the loss and the penalty: why L2 makes it smaller and L1 makes it zero."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from wd_core.figures import style

GRID = np.linspace(-0.6, 1.8, 241)
PENALTIES = ("l2", "l1")


def minimum(penalty: str, lam: float) -> float:
    """The w that minimises ½(w − 1)² + λ·½w², or + λ|w|."""
    return 1 / (1 + lam) if penalty == "l2" else max(1 - lam, 0.0)


def objective_figure(lam: float) -> go.Figure:
    """Loss ½(w − 1)², penalty and their sum over one weight w, for L2 and L1; the minimum of the sum is marked."""
    figure = make_subplots(
        1, 2, shared_yaxes=True, horizontal_spacing=0.04,
        subplot_titles=[f"<b>{style.GLYPHS[p]} {style.ARM_NAMES[p]}</b>" for p in PENALTIES],
    )  # fmt: skip
    loss = 0.5 * (GRID - 1) ** 2
    for column, name in enumerate(PENALTIES, start=1):
        penalty = lam * (0.5 * GRID**2 if name == "l2" else np.abs(GRID))
        w = minimum(name, lam)
        height = 0.5 * (w - 1) ** 2 + lam * (0.5 * w**2 if name == "l2" else abs(w))
        colour = style.ARM_COLOURS[name]
        for label, y, line in (
            ("loss", loss, {"dash": "dash", "width": 2, "color": style.GREY}),
            ("penalty", penalty, {"dash": "dot", "width": 2, "color": style.GREY}),
            ("loss + penalty", loss + penalty, {"width": 3, "color": colour}),
        ):
            figure.add_scatter(
                x=GRID, y=y, name=label, mode="lines", line=line, showlegend=column == 1, hoverinfo="skip",
                row=1, col=column,
            )  # fmt: skip
        figure.add_scatter(
            x=[w], y=[height], mode="markers+text", text=[f"w = {w:.2f}"], textposition="top center",
            marker={"size": 13, "color": colour}, showlegend=False, hoverinfo="skip", cliponaxis=False,
            row=1, col=column,
        )  # fmt: skip
    figure.update_xaxes(title_text="one weight w", range=[GRID[0], GRID[-1]], fixedrange=True)
    figure.update_yaxes(range=[0, 1.6], fixedrange=True, showticklabels=False)
    style.layout(figure, "", 330)
    return figure.update_layout(
        showlegend=True, legend={"orientation": "h", "y": -0.25, "x": 0}, margin={"l": 6, "r": 6, "t": 34, "b": 60}
    )
