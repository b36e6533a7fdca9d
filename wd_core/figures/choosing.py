"""Choosing λ in figures: the U-curve with what each rule takes, strips of seeds, flat ranges, leaks, sample sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
RULE_SYMBOLS = {
    "cross-validation": "circle", "one standard error": "diamond", "hold-out": "square", "AIC": "triangle-up",
    "BIC": "triangle-down", ORACLE: "star",
}  # fmt: skip
LEAK_COLOURS = ("#8A8A8A", "#C98500", "#D2601C", "#A9567A")
LOG_FROM = 20
"""A loss whose largest drawn value is this many times its least is drawn on a logarithmic axis."""


def u_figure(
    lambdas: np.ndarray,
    mean: np.ndarray,
    error: np.ndarray,
    chosen: Mapping[str, np.ndarray],
    *,
    test: np.ndarray | None,
    penalty: str,
    loss_name: str,
    index: int,
) -> go.Figure:
    """Cross-validated loss over λ: mean and error over folds (S, L); below it what each rule chooses, a dot a seed.

    The inner band is one standard error over folds, the outer one holds the middle 80 % of the seeds. `test` (S, L) is
    None while it is covered. The cursor is at λ number `index`.
    """
    colour, figure = style.ARM_COLOURS[penalty], go.Figure()
    centre, spread = np.nanmean(mean, 0), np.nanmean(error, 0)
    low, high = np.nanquantile(mean, [0.1, 0.9], axis=0)
    _band(figure, lambdas, low, high, colour, 0.16, "80 % of the seeds")
    _band(figure, lambdas, centre - spread, centre + spread, colour, 0.32, "± 1 standard error over folds")
    _curve(figure, lambdas, centre, "cross-validated", colour, style.DASHES["cv"], 3)
    drawn = [low, centre + spread]
    if test is not None:
        _curve(figure, lambdas, np.nanmean(test, 0), "test", style.CATEGORY_COLOURS[3], style.DASHES["test"], 3)
        drawn.append(np.nanmean(test, 0))
    for row, (rule, indices) in enumerate(chosen.items()):
        _choices(figure, lambdas, indices, rule, len(chosen) - row)
    style.layout(figure, f"<b>{loss_name.capitalize()}</b>, held-out rows", 400 + 24 * len(chosen))
    figure.update_layout(
        xaxis={**style.lambda_axis(lambdas), "anchor": "y2"},
        yaxis={"domain": [0.36, 1], **_loss_axis(drawn)},
        yaxis2={
            "domain": [0, 0.3], "range": [0.4, len(chosen) + 0.6], "fixedrange": True, "showgrid": False,
            "tickvals": list(range(len(chosen), 0, -1)), "ticktext": [_short(rule) for rule in chosen],
        },
        showlegend=True, legend=_legend(), hovermode="closest",
    )  # fmt: skip
    figure.update_layout(margin={"t": 58, "r": 12})
    style.mark_cursor(figure, lambdas, index)
    return figure


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
            "title": {"text": axis, "standoff": 4}, "fixedrange": True, "zeroline": zero, "zerolinecolor": style.GREY,
        },
        yaxis={
            "tickvals": list(range(len(rows))), "ticktext": [_short(name) for name in reversed(rows)],
            "fixedrange": True, "showgrid": False, "zeroline": False, "range": [-0.6, len(rows) - 0.4],
        },
    )  # fmt: skip


def flat_figure(
    lambdas: np.ndarray, low: Sequence[float], high: Sequence[float], best: Sequence[float], seeds: Sequence[int],
    *, penalty: str, index: int,
) -> go.Figure:  # fmt: skip
    """For every seed the range of λ within one standard error of the least loss, as a bar, and the best λ in it."""
    figure, colour = go.Figure(), style.ARM_COLOURS[penalty]
    for row, (a, b) in enumerate(zip(low, high, strict=True)):
        figure.add_scatter(
            x=np.log10([a, b]), y=[row, row], mode="lines", line={"color": colour, "width": 9}, opacity=0.5,
            hovertemplate=f"seed {seeds[row]}: {style.lambda_text(a)} to {style.lambda_text(b)}<extra></extra>",
        )  # fmt: skip
    x = [style.lambda_positions(np.array(lambdas))[int(np.argmin(np.abs(lambdas - v)))] for v in best]
    figure.add_scatter(
        x=x, y=np.arange(len(x)), mode="markers",
        marker={"color": colour, "size": 11, "symbol": style.SYMBOLS[penalty]},
        customdata=[style.lambda_text(v) for v in best], hovertemplate="least at λ = %{customdata}<extra></extra>",
    )  # fmt: skip
    style.layout(figure, "<b>λ that cannot be told from the best</b>", 130 + 22 * len(x), hovermode="closest")
    figure.update_layout(
        xaxis=style.lambda_axis(lambdas),
        yaxis={
            "title": {"text": "seed"}, "tickvals": list(range(len(x))), "ticktext": [str(s) for s in seeds],
            "fixedrange": True, "showgrid": False, "zeroline": False, "range": [-0.7, len(x) - 0.3],
        },
    )  # fmt: skip
    style.mark_cursor(figure, lambdas, index)
    return figure


def leak_figure(
    lambdas: np.ndarray, losses: np.ndarray, shares: np.ndarray, limits: tuple[float, float], *, title: str, index: int,
    dash: str,
) -> go.Figure:  # fmt: skip
    """Mean losses (A, L) over λ, a line for each share of the test set that leaked; its least marked."""
    figure = go.Figure()
    for share, values, colour in zip(shares, losses, LEAK_COLOURS, strict=False):
        _curve(figure, lambdas, values, f"{share:.0%} leaked", colour, dash, 2.5)
        least = int(np.nanargmin(values))
        figure.add_scatter(
            x=[style.lambda_positions(lambdas)[least]], y=[values[least]], mode="markers", showlegend=False,
            marker={"color": colour, "size": 11}, hovertemplate="least: %{y:.4g}<extra></extra>",
        )  # fmt: skip
    style.layout(figure, f"<b>{title}</b>", 360, hovermode="closest")
    log = limits[0] > 0 and limits[1] > LOG_FROM * limits[0]
    figure.update_layout(
        xaxis=style.lambda_axis(lambdas), showlegend=True, legend=_legend(), margin={"t": 58, "r": 12},
        yaxis={
            "type": "log" if log else "linear", "range": list(np.log10(limits) if log else limits), "fixedrange": True,
        },
    )  # fmt: skip
    style.mark_cursor(figure, lambdas, index)
    return figure


def gain_figure(shares: np.ndarray, gains: Mapping[str, Sequence[Interval]], title: str) -> go.Figure:
    """Gain over the share that leaked: apparent (dashed) and true (dotted), each with its interval."""
    figure = go.Figure()
    looks = zip(gains.items(), (("#D2601C", "dash", "diamond"), ("#0B9B75", "dot", "circle")), strict=True)
    for offset, ((name, values), (colour, dash, symbol)) in enumerate(looks):
        mean, low, high = np.array(values).T
        figure.add_scatter(
            x=100 * shares + 1.6 * (offset - 0.5), y=mean, name=name, mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 2.5}, marker={"size": 10, "symbol": symbol},
            error_y=_whiskers(mean, low, high, colour), hovertemplate=f"{name}: %{{y:.4g}}<extra></extra>",
        )  # fmt: skip
    style.layout(figure, f"<b>{title}</b>", 360, hovermode="closest")
    return figure.update_layout(
        xaxis={"title": {"text": "% of the test set in training"}, "tickvals": 100 * shares, "fixedrange": True},
        yaxis={"fixedrange": True, "zeroline": True, "zerolinecolor": style.GREY},
        showlegend=True, legend=_legend(), margin={"t": 58, "r": 12},
    )  # fmt: skip


def growth_figure(
    lambdas: np.ndarray, sizes: np.ndarray, regrets: np.ndarray, best: np.ndarray, index: int
) -> go.Figure:
    """Regret (N, L) over λ and sample size, dark where it is small; best (N, S) is each seed's best λ, by number.

    Colour goes with the square root of the regret, up to its upper quartile: what is worse looks the same.
    """
    x = style.lambda_positions(lambdas)
    top = max(float(np.nanquantile(regrets, 0.75)), 1e-12)
    marks = top * np.array([0, 0.1, 0.4, 1])
    texts = [style.number_text(v, 2) for v in marks]
    figure = go.Figure(
        go.Heatmap(
            x=x, y=np.arange(len(sizes)), z=np.sqrt(np.minimum(regrets, top)), colorscale="Viridis",
            zmin=0, zmax=np.sqrt(top), customdata=regrets,
            hovertemplate="%{customdata:.3g} above the least<extra></extra>",
            colorbar={
                "title": {"text": "above the least", "side": "right"}, "tickvals": np.sqrt(marks),
                "ticktext": [*texts[:-1], f"≥ {texts[-1]}"], "thickness": 12, "outlinewidth": 0, "x": 1.01, "xpad": 0,
            },
        )
    )  # fmt: skip
    median = np.median(best, axis=1).astype(int)
    figure.add_scatter(
        x=x[best].ravel(), y=np.repeat(np.arange(len(sizes)), best.shape[1]) + np.tile(
            0.22 * np.cos(np.arange(best.shape[1]) * 2.4), len(sizes)
        ),
        mode="markers", marker={"color": "white", "size": 6, "line": {"color": "black", "width": 1}}, name="one seed",
        hovertemplate="best λ of one seed<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=x[median], y=np.arange(len(sizes)), mode="lines+markers", name="median",
        line={"color": "#D2601C", "width": 3}, marker={"size": 11},
        customdata=[style.lambda_text(lambdas[i]) for i in median],
        hovertemplate="median best λ = %{customdata}<extra></extra>",
    )  # fmt: skip
    style.layout(figure, "<b>Test loss above the least</b>, dark is best", 420, hovermode="closest")
    figure.update_layout(
        xaxis=style.lambda_axis(lambdas), showlegend=True, legend=_legend(), margin={"t": 58, "r": 12},
        yaxis={
            "title": {"text": "training examples"}, "tickvals": list(range(len(sizes))),
            "ticktext": [str(n) for n in sizes], "fixedrange": True,
        },
    )  # fmt: skip
    style.mark_cursor(figure, lambdas, index)
    return figure


# -------------------------------------------------------------------- parts


def _curve(
    figure: go.Figure, lambdas: np.ndarray, y: np.ndarray, name: str, colour: str, dash: str, width: float
) -> None:
    x, y, lam = style.broken(lambdas, y, lambdas)
    texts = [style.lambda_text(v) if np.isfinite(v) else "" for v in lam]
    figure.add_scatter(
        x=x, y=y, name=name, mode="lines", line={"color": colour, "dash": dash, "width": width}, customdata=texts,
        hovertemplate=f"{name}: %{{y:.4g}} at λ = %{{customdata}}<extra></extra>",
    )  # fmt: skip
    if lambdas[0] == 0:
        figure.add_scatter(
            x=x[:1], y=y[:1], mode="markers", marker={"color": colour, "size": 8}, showlegend=False, hoverinfo="skip"
        )


def _band(
    figure: go.Figure, lambdas: np.ndarray, low: np.ndarray, high: np.ndarray, colour: str, opacity: float, name: str
) -> None:
    """Between low and high (L,); at λ = 0, which no line reaches, an upright bar."""
    above = lambdas > 0
    x = style.lambda_positions(lambdas)
    fill = "rgba({},{},{},{})".format(*(int(colour[i : i + 2], 16) for i in (1, 3, 5)), opacity)
    parts = [(x[above], low[above], high[above])]
    if not above.all():
        parts.append((x[0] + np.array([-0.07, 0.07]), np.repeat(low[0], 2), np.repeat(high[0], 2)))
    for number, (at, a, b) in enumerate(parts):
        figure.add_scatter(
            x=np.concatenate([at, at[::-1]]), y=np.concatenate([a, b[::-1]]), fill="toself", fillcolor=fill,
            mode="lines", line={"width": 0}, name=name, showlegend=number == 0, hoverinfo="skip",
        )  # fmt: skip


def _choices(figure: go.Figure, lambdas: np.ndarray, indices: np.ndarray, rule: str, row: int) -> None:
    """A dot for each λ that a seed chooses, larger where several choose it."""
    places, counts = np.unique(indices[indices >= 0], return_counts=True)
    figure.add_scatter(
        x=style.lambda_positions(lambdas)[places], y=np.full(len(places), row), yaxis="y2", mode="markers", name=rule,
        marker={"color": RULE_COLOURS[rule], "symbol": RULE_SYMBOLS[rule], "size": 6 + 3 * np.sqrt(counts)},
        showlegend=False, customdata=[(c, style.lambda_text(lambdas[i])) for c, i in zip(counts, places, strict=True)],
        hovertemplate=f"{rule}: λ = %{{customdata[1]}} for %{{customdata[0]}} seeds<extra></extra>",
    )  # fmt: skip


def _loss_axis(drawn: Sequence[np.ndarray]) -> dict[str, object]:
    low, high = min(np.nanmin(v) for v in drawn), max(np.nanmax(v) for v in drawn)
    if low > 0 and high > LOG_FROM * low:
        return {"type": "log", "range": [np.log10(low) - 0.1, np.log10(high) + 0.1], "fixedrange": True}
    room = 0.05 * (high - low)
    return {"type": "linear", "range": [low - room, high + room], "fixedrange": True}


def _whiskers(mean: np.ndarray | float, low: np.ndarray | float, high: np.ndarray | float, colour: str) -> dict:
    up, down = (np.nan_to_num(np.atleast_1d(v)) for v in (np.subtract(high, mean), np.subtract(mean, low)))
    return {"type": "data", "symmetric": False, "array": up, "arrayminus": down, "color": colour, "thickness": 2.5}


def _legend() -> dict[str, object]:
    """Below the λ axis, where a narrow screen can give it several rows; the plot makes room for it."""
    return {
        "orientation": "h", "x": 0, "xanchor": "left", "yref": "container", "y": 0, "yanchor": "bottom",
        "font": {"size": 12},
    }  # fmt: skip


def _short(name: str) -> str:
    return {"cross-validation": "CV least", "one standard error": "CV 1-SE", ORACLE: "oracle"}.get(name, name)
