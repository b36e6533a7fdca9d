"""The report on a visitor's own table: one HTML file that loads nothing from anywhere. All text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from wd_core.figures.style import ARM_COLOURS, ARM_NAMES, lambda_positions
from wd_core.own_data.preparation import Prepared
from wd_core.own_data.sentences import apart
from wd_core.own_data.study import RULES, Estimate, Study, coefficients
from wd_core.text import lambda_text, number_text

WIDTH, HEIGHT, MARGIN = 720, 300, 46

CSS = """:root { color-scheme: light dark; }
body { max-width: 54rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; font: 16px/1.5 sans-serif;
       background: light-dark(#fcfbf8, #101216); color: light-dark(#15171c, #f4f2ec); }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.2rem 1rem 0.2rem 0; text-align: left; border-bottom: 1px solid #8a8a8a55; overflow-wrap: anywhere; }
td.number, th.number { text-align: right; white-space: nowrap; }
svg { max-width: 100%; height: auto; font: 12px sans-serif; fill: currentColor; }"""


def html_report(
    found: Study,
    index: int,
    rule: str,
    notes: Sequence[str],
    estimates: Sequence[Estimate] | None,
    baseline: float | None = None,
) -> str:
    """The study at λ number `index`, chosen by `rule`; `estimates` is None while the test error is covered."""
    prepared, path = found.prepared, found.path
    lam, zeros, size = path.lambdas[index], int(path.zeros[index]), path.coefficients[index].size
    title = f"Weight decay on your data: {prepared.target}"
    kind = f"{len(prepared.classes)} classes" if prepared.classes else "regression"
    summary = [
        ("target", f"{prepared.target} ({kind})"),
        (
            "rows",
            f"{len(prepared.y_train):,} training, {len(prepared.y_validation):,} validation, "
            f"{len(prepared.y_test):,} test; seed of the split {prepared.seed}",
        ),
        ("penalty", ARM_NAMES[found.penalty]),
        ("λ", f"{lambda_text(lam)} ({lam:.6g}), {RULES[rule]}"),
        ("weights exactly zero", f"{zeros} of {size}"),
        ("effective degrees of freedom", number_text(path.df[index])),
        ("cross-validated loss", f"{_with_error(found, index)}; without penalty {_with_error(found, 0)}"),
    ]
    if estimates is None:
        summary.append(("test error", "covered: it was not revealed when this report was made"))
    else:
        for i, e in enumerate(estimates):
            say = lambda value: error_text(prepared, value)  # noqa: E731
            always = f"; always guessing the same: {say(baseline)}" if baseline is not None and not i else ""
            summary.append((f"test: {e.name}", f"{say(e.value)} (95 % interval {say(e.low)} to {say(e.high)}{always})"))
    folds = f"by {len(found.fold_losses)}-fold cross-validation on the training and validation rows"
    chosen = "by hand" if rule == "hand" else folds
    sentences = "".join(f"<li>{escape(line)}</li>" for line in (*notes, *prepared.steps))
    rows = "".join(f"<tr><th>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in summary)
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{CSS}</style></head>
<body>
<h1>{escape(title)}</h1>
<table>{rows}</table>
<h2>The path</h2>
<p>Each line is a weight; the upright line is the λ of this report. Left of the gap: no penalty. {apart(found)}</p>
{path_svg(found, index)}
<h2>What λ did to each weight</h2>
<p>Inputs are standardised{"" if prepared.classes else ", and so is the target"}: a weight says what one standard
deviation of its input does.</p>
<div class="wide">{_table(coefficients(found, index))}</div>
<h2>What was done to the data</h2>
<ul>{sentences}</ul>
<h2>The objective</h2>
<p>Mean loss + λ₁‖w‖₁ + ½λ₂‖w‖²; L1: λ₁ = λ, L2: λ₂ = λ, elastic net: half of λ each. The intercept is free. The loss is
{"cross-entropy" if prepared.classes else "half the squared error"}. λ was chosen {chosen}; the weights are
fitted on training and validation rows; the test rows had no part in it.
The interval is from resampling the test rows (bootstrap, percentile; where no
class was wrong, 0 to 3/n).</p>
</body></html>
"""


def error_text(prepared: Prepared, value: float) -> str:
    """A test error as the page and the report write it: a share in percent, or in the target's own unit."""
    if prepared.classes:
        return f"{100 * value:.1f} %"
    return f"{number_text(value)} {prepared.target_unit}".rstrip()


def path_svg(found: Study, index: int) -> str:
    """The coefficient paths as a small inline picture."""
    lambdas, weights = found.path.lambdas, found.path.coefficients.reshape(len(found.path.lambdas), -1)
    x = lambda_positions(lambdas)
    x = MARGIN + (x - x[0]) / (x[-1] - x[0]) * (WIDTH - MARGIN - 10)
    shown = weights[1:] if np.abs(weights[0]).max() > 20 * np.abs(weights[1:]).max() else weights
    reach = float(np.abs(shown).max()) or 1.0
    y = np.clip(HEIGHT / 2 - weights / reach * (HEIGHT / 2 - 24), 0, HEIGHT)
    order = np.argsort(-np.abs(weights[1:]).max(0))[:100]
    lines = "".join(
        f'<polyline points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x[1:], y[1:, j], strict=True))}"/>'
        f'<circle cx="{x[0]:.1f}" cy="{y[0, j]:.1f}" r="2"/>'
        for j in order
    )
    ticks = "".join(
        f'<text x="{x[i]:.1f}" y="{HEIGHT + 14}" text-anchor="{anchor}">λ = {lambda_text(lambdas[i])}</text>'
        for i, anchor in ((0, "start"), (len(x) // 2, "middle"), (len(x) - 1, "end"))
    )
    colour = ARM_COLOURS[found.penalty]
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT + 20}" role="img" aria-label="Weights over λ">'
        f'<line x1="{MARGIN}" x2="{WIDTH}" y1="{HEIGHT / 2}" y2="{HEIGHT / 2}" stroke="#8a8a8a"/>'
        f'<g fill="none" stroke="{colour}" stroke-width="1.8" stroke-opacity="0.85">{lines}</g>'
        f'<line x1="{x[index]:.1f}" x2="{x[index]:.1f}" y1="0" y2="{HEIGHT}" stroke="currentColor"/>'
        f'<text x="0" y="28">{number_text(reach, 2)}</text><text x="0" y="{HEIGHT / 2 + 4}">0</text>'
        f'<text x="0" y="{HEIGHT - 20}">{number_text(-reach, 2)}</text>{ticks}</svg>'
    )


def _with_error(found: Study, index: int) -> str:
    mean, error = found.curve
    return f"{number_text(mean[index])} ± {number_text(error[index], 2)}"


def _table(columns: dict[str, list]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in zip(*columns.values(), strict=True))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f'<td class="number">{escape(number_text(value))}</td>'
    return f"<td>{escape(str(value))}</td>"
