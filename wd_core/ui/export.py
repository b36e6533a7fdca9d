"""Things to take away: figures' data as CSV, the Lab as one HTML file that needs no server."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import zip_longest
from typing import Any

import numpy as np
import streamlit as st

from wd_core.models import MODELS
from wd_core.ui.live import script, stylesheet
from wd_core.view.picture import LABELS, unpack
from wd_core.view.scene import Scene

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(columns: Mapping[str, Sequence[Any] | np.ndarray]) -> str:
    """Columns by name, of any lengths → CSV text. Text that a spreadsheet would take for a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_cell(name) for name in columns])
    writer.writerows([_cell(v) for v in row] for row in zip_longest(*columns.values(), fillvalue=""))
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    if isinstance(value, np.generic):
        value = value.item()
    return repr(value) if isinstance(value, float) else value


def csv_button(label: str, columns: Mapping[str, Any] | Callable[[], Mapping[str, Any]], file_name: str) -> None:
    """A button that downloads `columns` as CSV; a function is called only when it is pressed."""
    st.download_button(
        label,
        lambda: as_csv(columns() if callable(columns) else columns),
        file_name,
        "text/csv",
        key=f"csv {file_name}",
        icon=":material/table:",
        on_click="ignore",
    )


def picture_columns(picture: bytes, reveal: bool) -> dict[str, Any]:
    """A Lab picture's numbers as columns: a row for every λ and recorded step, the sides of a comparison apart.

    Test numbers only where they are revealed. Every row says the seed that was drawn (means are over all seeds) and the
    settings, as a link has them: rows of several files can stand in one table.
    """
    header, arrays = unpack(picture)
    lambdas, steps = np.array(header["lambdas"]), np.array(header["steps"])
    columns: dict[str, Any] = {"lambda": np.repeat(lambdas, len(steps)), "step": np.tile(steps, len(lambdas))}
    for i, arm in enumerate(header["arms"]):
        for name, array in arrays.items():
            arm_prefix, _, what = name.partition(".")
            covered = "test" in what.split("_") and not reveal
            if arm_prefix == f"a{i}" and array.shape == (len(lambdas), len(steps)) and not covered:
                columns[f"{arm['key']} {what}"] = array.ravel()
    rows = len(columns["lambda"])
    return columns | {"seed": [header["seed"]] * rows, "settings": [header.get("query", "")] * rows}


def summary(scene: Scene) -> str:
    """One line that says what a picture is of."""
    e, dataset = scene.experiment, scene.experiment.source
    model = MODELS[e.model]
    units = "" if model.linear else f" of {'·'.join(map(str, e.hidden))} {e.activation} units"
    arms = " against ".join(LABELS[arm.penalty] for arm in scene.arms)
    return (
        f"{dataset.title}, {len(e.data(e.seeds[0]).y_train)} training examples; {model.title}{units}; {arms}; "
        f"{len(e.lambdas)} λ × {len(e.seeds)} seeds, {e.steps} steps"
    )


def offline_page(picture: bytes, scene: Scene, address: str) -> str:
    """The live view of `picture` as one HTML file: both scrubbers work, nothing is loaded from anywhere.

    It says what it is of, every setting, and the link (`address` is the app's) that shows it alive.
    """
    title, link = escape(summary(scene)), escape(f"{address.partition('?')[0]}?{scene.to_query()}")
    settings = "".join(
        f"<tr><th scope=row>{escape(name)}<td>{escape(text)}" for name, text in scene.experiment.texts().items()
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Weight Decay Lab</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ max-width: 100rem; margin: 0 auto; padding: 1rem clamp(0.75rem, 3vw, 3rem); font-family: sans-serif;
       background: light-dark(#fcfbf8, #101216); color: light-dark(#15171c, #f4f2ec); }}
h1 {{ font-size: 1.125rem; font-weight: 600; }}
a {{ color: inherit; overflow-wrap: anywhere; }}
table.settings {{ border-spacing: 0 0.25rem; text-align: left; }}
table.settings th {{ padding-right: 1.5rem; font-weight: 400; opacity: 0.75; }}
table.settings td {{ overflow-wrap: anywhere; }}
{stylesheet()}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<div id="view"></div>
<p>Alive, with every setting to change: <a href="{link}">{link}</a></p>
<details><summary>Every setting</summary><table class="settings">{settings}</table></details>
</main>
<script type="module">
{script()}
mount(
  document.getElementById("view"),
  Uint8Array.from(atob("{base64.b64encode(picture).decode()}"), (character) => character.charCodeAt(0)),
);
</script>
</body>
</html>
"""
