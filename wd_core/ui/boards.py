"""Boards on a page: made once for all visitors, opened where the address says, their numbers to take away."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from wd_core import workers
from wd_core.history import History
from wd_core.studies.selection import best_lambda, mean_and_error
from wd_core.ui.board import board_view
from wd_core.ui.export import csv_button
from wd_core.ui.shared import Progress, Shelf, waiting
from wd_core.view.board import Board, Curves, Panel, Series
from wd_core.view.picture import unpack_header, with_header

BOUND = {"bind": "query-params", "persist_state": "session"}
"""Controls whose values stand in the address and outlive a visit to another page."""

_shelf = Shelf(room=150_000_000, at_once=None)  # trainings wait for each other in `workers`, the short first
WORTH = 0.5
"""Cost of what takes half a second or more: a worker's business."""
MOST = 40
"""Characters of a place in the address."""


def away(task: Callable[[Progress], Any], cost: float, progress: Progress) -> Any:
    """What `task(progress)` returns; a worker does it where there is one and `cost` (see `workers`) is worth it."""
    return workers.run([task], progress)[0] if workers.available(cost, progress) else task(progress)


def result_of(key: Hashable, make: Callable[[Progress], Any], size: int = 1_000_000, text: str | None = None) -> Any:
    """`make(progress)`, made once for all visitors; a bar shows where the wait is felt."""
    with waiting(st.container(key=f"progress-{abs(hash(key))}").empty(), text) as progress:
        return _shelf.get(key, make, lambda _: size, progress)


def is_made(key: Hashable) -> bool:
    """Whether `result_of` has it."""
    return key in _shelf


def show_board(
    key: str, what: Hashable, make: Callable[[Progress], Board], text: str | None = None, at: float | None = None
) -> None:
    """Show the board of `what`, made by `make` if nobody has yet. `key`, its name on the page, names its CSV too.

    With `at` it opens at this λ and leaves the address to the view beside it.
    """

    def packed(progress: Progress) -> tuple[bytes, dict[str, Any]]:
        made = make(progress)
        return made.pack(), made.columns()

    picture, columns = result_of(("board", key, what), packed, text=text)
    header, blob = unpack_header(picture)
    header["position"] = _asked(key, header["axes"]) if at is None else {"lambda": at}
    _mounted(key, with_header(blob, {**header, "guest": at is not None}), columns)


def all_after_few(
    key: tuple, look: Callable[..., Any], few: tuple[float, ...], show: Callable[[Any], None], text: str
) -> None:
    """Show what `look(progress)` makes of all λ; who waits for it first sees what it makes of a `few`, `lambdas`."""
    if not is_made(key):
        show(result_of((*key, few), partial(look, lambdas=few), 3_000_000, f"{text} at {len(few)} λ"))
        result_of(key, look, 8_000_000, f"{text} at every λ")
        st.rerun()
    show(result_of(key, look, 8_000_000, f"{text} at every λ"))


@st.fragment
def _mounted(key: str, picture: bytes, columns: dict[str, Any]) -> None:
    board_view(picture, key)
    csv_button("Numbers (CSV)", columns, f"{key}.csv")


def _asked(key: str, axes: list[dict[str, Any]]) -> dict[str, float | str]:
    """The places that the address asked for when the visitor came; afterwards the hand decides."""
    asked = st.session_state.setdefault(f"asked {key}", {n: str(v)[:MOST] for n, v in st.query_params.items()})
    found: dict[str, float | str] = {}
    for axis in axes:
        value = asked.get("at" if axis["key"] == "lambda" else axis["key"])
        if value is not None and (axis["kind"] == "names" or _is_number(value)):
            found[axis["key"]] = value if axis["kind"] == "names" else float(value)
    return found


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def band(name: str, values: np.ndarray, colour: str, dash: str = "validation", log: bool = False) -> Series:
    """Mean and one standard error over seeds of values (L, S); of their logarithms, and back, if `log`."""
    mean, error = mean_and_error(np.log(values) if log else values, axis=1)
    mean, low, high = (np.exp(v) if log else v for v in (mean, mean - error, mean + error))
    return Series(name, mean, low, high, colour=colour, dash=dash)


def loss_panels(
    histories: Mapping[str, History], names: Mapping[str, str], colours: Mapping[str, str], top: float, note: str = "",
    width: str = "half", height: int = 200,
) -> list[Panel]:  # fmt: skip
    """Loss over λ and over steps of each network's first seed, up to `top`, with the lowest of each marked."""
    over_lambda, over_steps = [], []
    for m, h in histories.items():
        for part in ("validation", "train"):
            loss = getattr(h, f"{part}_loss")[:, 0]
            name = f"{names[m]}, {'training' if part == 'train' else part}"
            over_lambda.append(Series(name, loss.T, colour=colours[m], dash=part))
            over_steps.append(Series(name, loss, colour=colours[m], dash=part))
    lowest, stop = [], []
    for m, h in histories.items():
        validation, label = h.validation_loss[:, 0], f"lowest, {names[m]}"
        lowest.append((label, np.array([best_lambda(validation[:, k]) for k in range(len(h.steps))])))
        stop.append((label, np.nan_to_num(validation, nan=np.inf).argmin(-1)))
    size: dict[str, Any] = {"width": width, "height": height, "range": (0.0, top), "note": note}
    return [
        Curves(title="Loss over λ", series=over_lambda, over=("step",), marks=lowest, **size),
        Curves(title="Loss over steps", axis="step", series=over_steps, over=("lambda",), marks=stop, **size),
    ]
