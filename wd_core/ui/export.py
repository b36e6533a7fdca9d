"""Things to take away: figures' data as CSV, the Lab as one HTML file that needs no server."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
import streamlit as st

from wd_core.ui.live import script, stylesheet
from wd_core.view.picture import unpack

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


def picture_columns(picture: bytes) -> dict[str, np.ndarray]:
    """A Lab picture's numbers as columns: a row for every λ and recorded step, the sides of a comparison apart."""
    header, arrays = unpack(picture)
    lambdas, steps = np.array(header["lambdas"]), np.array(header["steps"])
    columns = {"lambda": np.repeat(lambdas, len(steps)), "step": np.tile(steps, len(lambdas))}
    for i, arm in enumerate(header["arms"]):
        for name, array in arrays.items():
            arm_prefix, _, what = name.partition(".")
            if arm_prefix == f"a{i}" and array.shape == (len(lambdas), len(steps)):
                columns[f"{arm['key']} {what}"] = array.ravel()
    return columns


def offline_page(picture: bytes, title: str) -> str:
    """The live view of `picture` as one HTML file: both scrubbers work, nothing is loaded from anywhere.

    `title` is ours, never a visitor's text.
    """
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ max-width: 100rem; margin: 0 auto; padding: 1rem clamp(0.75rem, 3vw, 3rem); font-family: sans-serif;
       background: light-dark(#fcfbf8, #101216); color: light-dark(#15171c, #f4f2ec); }}
{stylesheet()}
</style>
</head>
<body>
<main id="view"></main>
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
