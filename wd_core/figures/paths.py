"""Coefficient paths with what lies under them, all over one λ axis; and how often each feature is selected."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from wd_core.figures import style
from wd_core.text import lambda_text

LONGEST = 16
MARGIN = 116
"""Pixels at the left, for names of LONGEST letters."""
ROWS = {"y": (0.53, 1.0), "y2": (0.415, 0.485), "y3": (0.295, 0.365), "y4": (0.0, 0.245)}
LOSS_NAMES = {"train": "training", "validation": "validation", "test": "test", "cv": "cross-validation"}


class Limits(NamedTuple):
    """Where the axes end: least and largest weight, largest degrees of freedom, least and largest loss."""

    weights: tuple[float, float]
    df: float
    losses: tuple[float, float]


def path_figure(
    lambdas: np.ndarray,
    *,
    title: str,
    penalty: str,
    weights: np.ndarray,
    names: Sequence[str],
    named: Sequence[int],
    strong: Collection[int] = (),
    zeros: np.ndarray,
    n_weights: int,
    df: np.ndarray,
    losses: Mapping[str, np.ndarray],
    cv: tuple[np.ndarray, np.ndarray],
    loss_name: str,
    index: int,
    limits: Limits,
) -> go.Figure:
    """One penalty: weights (L, d), exact zeros (L,), degrees of freedom (L,), and mean losses (L,) over λ (L,).

    `named` features have a colour, a name at the line and a place in the hover; `strong` ones a thicker line.
    `names` may be anybody's words. `limits` are the axes'. The cursor is at λ `index`. Names stand in the left margin.
    """
    figure, words = go.Figure(), [style.plain(name) for name in names]
    nothing = np.zeros(len(lambdas))  # a line that is not seen, only told: the pointer's λ
    _line(figure, lambdas, nothing, "y", "λ", "rgba(0,0,0,0)", width=0, opacity=0, template="%{customdata}")
    _weights(figure, lambdas, weights, words, named, strong, limits.weights)
    _name_lines(figure, lambdas, weights, names, named, limits.weights)
    colour = style.ARM_COLOURS[penalty]
    _line(figure, lambdas, zeros, "y2", "exact zeros", colour, shape="hv", template="%{y:d}")
    _line(figure, lambdas, df, "y3", "degrees of freedom", colour)
    _errors(figure, lambdas, losses, cv, colour)
    style.layout(figure, title, 640, hovermode="x unified", hoversubplots="axis", hoverlabel={"namelength": -1})
    figure.update_layout(
        margin={"l": MARGIN},
        xaxis={
            **style.lambda_axis(lambdas), "anchor": "y4", "unifiedhovertitle": {"text": "At the pointer"},
            "showspikes": True, "spikemode": "across", "spikesnap": "data", "spikethickness": 1, "spikedash": "dot",
            "spikecolor": style.GREY,
        },
        yaxis=_axis("y", limits.weights),
        yaxis2=_axis("y2", (-0.06 * n_weights, 1.08 * n_weights), tickvals=[0, n_weights]),
        yaxis3=_axis("y3", (-0.06 * limits.df, 1.08 * limits.df), tickvals=[0, round(limits.df)]),
        yaxis4=_axis("y4", limits.losses, nticks=5),
    )  # fmt: skip
    for axis, text in {"y2": f"exact zeros,<br>of {n_weights}", "y3": "effective degrees<br>of freedom"}.items():
        _beside(figure, sum(ROWS[axis]) / 2, text, None)
    _beside(figure, ROWS["y4"][1] + 0.015, loss_name, None)
    for k, (name, y) in enumerate(_loss_marks(losses)):
        _beside(
            figure, ROWS["y4"][1] - 0.035 - 0.04 * k, f"{y} {LOSS_NAMES[name] if name != 'cv' else 'CV ± 1 SE'}", colour
        )
    style.mark_cursor(figure, lambdas, index)
    return figure


def stability_figure(
    shares: Mapping[str, np.ndarray], names: Sequence[str], support: Collection[int] | None, title: str
) -> go.Figure:
    """Bars: the share (d,) of draws in which each feature is selected, by penalty; features of the true support last.

    Without a known support all are in the order of the first penalty's shares; the most often selected is on top.
    """
    order = np.argsort(next(iter(shares.values())), kind="stable")
    if support is not None:
        order = np.array(sorted(order, key=lambda j: j in support))
    labels = [f"★ {names[j].rstrip('*')}" if support is not None and j in support else names[j] for j in order]
    figure = go.Figure()
    for penalty, share in reversed(shares.items()):
        figure.add_bar(
            x=share[order], y=labels, orientation="h", name=f"{style.GLYPHS[penalty]} {style.ARM_NAMES[penalty]}",
            marker={"color": style.ARM_COLOURS[penalty]}, legendgroup=penalty,
            hovertemplate="%{y}: %{x:.0%}<extra>" + style.ARM_NAMES[penalty] + "</extra>",
        )  # fmt: skip
    style.layout(figure, title, 120 + 26 * len(names), barmode="group", bargap=0.25, hovermode="closest")
    figure.update_xaxes(range=[0, 1.02], tickformat=".0%", side="top", fixedrange=True, zeroline=False)
    figure.update_yaxes(fixedrange=True, automargin=True, showgrid=False, tickmode="linear")
    legend = {"orientation": "h", "x": 0, "xref": "container", "yanchor": "top", "yref": "container"}
    legend |= {"y": 1 - 34 / figure.layout.height, "traceorder": "reversed"}
    figure.update_layout(
        margin={"t": 96, "r": 16, "b": 8}, showlegend=True,
        legend={**legend, "itemclick": False, "itemdoubleclick": False},
    )  # fmt: skip
    return figure


def spread_labels(values: np.ndarray, low: float, high: float, gap: float) -> np.ndarray:
    """`values` moved apart until they are `gap` from each other, in their order, within [low, high]."""
    order = np.argsort(values, kind="stable")
    y = np.clip(np.asarray(values, float)[order], low, high)
    for i in range(1, len(y)):
        y[i] = max(y[i], y[i - 1] + gap)
    if len(y):
        y[-1] = min(y[-1], high)
    for i in range(len(y) - 2, -1, -1):
        y[i] = min(y[i], y[i + 1] - gap)
    placed = np.empty(len(y))
    placed[order] = y
    return placed


# -------------------------------------------------------------------- parts


def _weights(
    figure: go.Figure,
    lambdas: np.ndarray,
    weights: np.ndarray,
    names: Sequence[str],
    named: Sequence[int],
    strong: Collection[int],
    limits: tuple[float, float],
) -> None:
    x = style.lambda_positions(lambdas)
    figure.add_shape(
        name="no weight",
        type="line",
        x0=x.min(),
        x1=x.max(),
        y0=0,
        y1=0,
        layer="below",
        line={"color": style.GREY, "width": 1},
    )
    for j in sorted(range(len(names)), key=lambda j: (j in named, j in strong)):
        colour = style.CATEGORY_COLOURS[named.index(j) % len(style.CATEGORY_COLOURS)] if j in named else style.GREY
        _line(
            figure, lambdas, weights[:, j], "y", names[j], colour, width=3 if j in strong else 2 if j in named else 1,
            opacity=1 if j in named or j in strong else 0.55, hover=j in named,
        )  # fmt: skip


def _name_lines(
    figure: go.Figure, lambdas: np.ndarray, weights: np.ndarray, names: Sequence[str], named: Sequence[int],
    limits: tuple[float, float],
) -> None:  # fmt: skip
    """Names in the margin, at the heights where the lines begin."""
    start = weights[1 if lambdas[0] == 0 and len(lambdas) > 1 else 0, list(named)]
    low, high = limits
    y = spread_labels(start, low + 0.03 * (high - low), high - 0.03 * (high - low), 0.055 * (high - low))
    for k, j in enumerate(named):
        text = names[j] if len(names[j]) <= LONGEST else names[j][: LONGEST - 1].rstrip() + "…"
        colour = style.CATEGORY_COLOURS[k % len(style.CATEGORY_COLOURS)]
        _beside(figure, float(y[k]), style.plain(text), colour, yref="y", size=11)


def _line(
    figure: go.Figure,
    lambdas: np.ndarray,
    values: np.ndarray,
    axis: str,
    name: str,
    colour: str,
    *,
    width: float = 2,
    dash: str = "solid",
    opacity: float = 1,
    shape: str = "linear",
    hover: bool = True,
    template: str = "%{y:.3~g}",
) -> None:
    """One line, broken after λ = 0, which is a dot of its own."""
    x, y = style.broken(lambdas, values)
    alone = [5 if np.isnan(x[min(i + 1, len(x) - 1)]) else 0 for i in range(len(x))]
    texts = [lambda_text(v) for v in lambdas]
    if len(x) > len(texts):
        texts.insert(1, "")
    hovering = {"hovertemplate": f"{template}<extra>{name}</extra>"} if hover else {"hoverinfo": "skip"}
    figure.add_scatter(
        x=x, y=y, xaxis="x", yaxis=axis, name=name, mode="lines+markers", opacity=opacity,
        line={"color": colour, "width": width, "dash": dash, "shape": shape},
        marker={"size": alone, "color": colour}, customdata=texts,
        **hovering,
    )  # fmt: skip


def _errors(
    figure: go.Figure,
    lambdas: np.ndarray,
    losses: Mapping[str, np.ndarray],
    cv: tuple[np.ndarray, np.ndarray],
    colour: str,
) -> None:
    mean, error = cv
    above = np.asarray(lambdas) > 0
    x = style.lambda_positions(lambdas)[above]
    band = np.concatenate([(mean + error)[above], (mean - error)[above][::-1]])
    figure.add_scatter(
        x=np.concatenate([x, x[::-1]]), y=band, xaxis="x", yaxis="y4", name="± 1 SE", mode="lines", line={"width": 0},
        fill="toself", fillcolor=_faint(colour), hoverinfo="skip",
    )  # fmt: skip
    for name, values in {**losses, "cv": mean}.items():
        _line(
            figure, lambdas, values, "y4", LOSS_NAMES[name], colour, dash=style.DASHES[name],
            width=2.5 if name == "cv" else 1.75,
        )  # fmt: skip


def _loss_marks(losses: Mapping[str, np.ndarray]) -> list[tuple[str, str]]:
    marks = {"train": "━━", "validation": "╍╍", "test": "┈┈", "cv": "━·"}
    return [(name, marks[name]) for name in (*losses, "cv")]


def _axis(axis: str, limits: tuple[float, float], **more: object) -> dict:
    return {
        "domain": ROWS[axis], "range": list(limits), "anchor": "x", "side": "right", "fixedrange": True,
        "showgrid": False, "ticks": "outside", "tickcolor": style.RULE, "zeroline": False, **more,
    }  # fmt: skip


def _beside(
    figure: go.Figure, y: float, text: str, colour: str | None, yref: str = "paper", size: int = 12
) -> None:  # fmt: skip
    """Text in the left margin, at the height `y`."""
    figure.add_annotation(
        x=0, y=y, xref="paper", yref=yref, text=text, showarrow=False, xanchor="right", yanchor="middle", xshift=-6,
        align="right", font={"size": size, **({"color": colour} if colour else {})},
    )  # fmt: skip


def _faint(colour: str) -> str:
    r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({r}, {g}, {b}, 0.2)"
