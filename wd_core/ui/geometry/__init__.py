"""The geometry view: two weights and one, for every λ; made of the views' shared modules and the files here."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from wd_core.linear import geometry
from wd_core.ui import live
from wd_core.ui.web import joined
from wd_core.view.picture import GLYPHS, LABELS, pack, unpack

HERE = Path(__file__).parent
KEY = "geometry"
LAMBDAS = np.concatenate([[0.0], np.geomspace(0.01, 10, 181)])
"""Sixty notches a decade: dragging looks continuous."""
PRIORS = {"l1": "Laplace prior", "l2": "Gaussian prior", "elastic": "prior between the two"}


def script() -> str:
    """The view as one ES module, with `mount(root, bytes)` as the live view has it."""
    return joined(HERE / "geometry.js")


_component = st.components.v2.component(
    "weight_decay_lab.geometry",
    html="<div></div>",
    css=live.stylesheet() + (HERE / "geometry.css").read_text(encoding="utf-8"),
    js=script(),
)


def make_picture(
    H: np.ndarray, optimum: np.ndarray, l1_ratio: float | None = None, bayes: bool = False, at: float | None = None
) -> bytes:
    """All that the view can reach, packed: the paths of L1, L2 and, for an `l1_ratio`, the elastic net between them.

    `at` is the λ to begin with; None: a little before L1's first exact zero, so that the hand meets it.
    """
    ratios = {"l1": 1.0} | ({} if l1_ratio is None else {"elastic": l1_ratio}) | {"l2": 0.0}
    arms, arrays = [], {}
    for i, (key, ratio) in enumerate(ratios.items()):
        w = geometry.solution_path(H, optimum, LAMBDAS, ratio)
        one = geometry.minimiser(optimum[1], LAMBDAS, ratio, H[1, 1])
        events = geometry.zero_events(H, optimum, LAMBDAS, ratio)
        arms.append(
            {
                "key": key,
                "label": LABELS[key],
                "prior": PRIORS[key],
                "glyph": GLYPHS[key],
                "l1_ratio": ratio,
                "events": [{"lam": e.lam, "weight": e.weight, "zero": e.zero} for e in events],
            }
        )
        arrays |= {
            f"a{i}.w": w.astype(np.float32),
            f"a{i}.loss": geometry.loss(w, H, optimum).astype(np.float32),
            f"a{i}.size": geometry.size(w, ratio).astype(np.float32),
            f"a{i}.one": one.astype(np.float32),
        }
    values, vectors = np.linalg.eigh(H)
    header = {
        "lambdas": LAMBDAS.tolist(),
        "hessian": H.tolist(),
        "optimum": [float(x) for x in optimum],
        "axes": {"values": values.tolist(), "angle": math.atan2(vectors[1, 0], vectors[0, 0])},
        "bayes": bayes,
        "arms": arms,
        "position": {"lam": _beginning(arms[0]["events"]) if at is None else at},
    }
    return pack(header, arrays)


def picture_columns(picture: bytes) -> dict[str, np.ndarray]:
    """A picture's numbers as columns: for every λ the weights, loss and penalty of each arm, and one weight alone."""
    header, arrays = unpack(picture)
    columns = {"lambda": np.array(header["lambdas"])}
    for i, arm in enumerate(header["arms"]):
        key = arm["key"]
        columns |= {f"{key} w{j + 1}": arrays[f"a{i}.w"][:, j] for j in range(2)}
        columns |= {f"{key} loss": arrays[f"a{i}.loss"], f"{key} penalty size": arrays[f"a{i}.size"]}
        columns[f"{key} one weight"] = arrays[f"a{i}.one"]
    return columns


def _beginning(events: list[dict[str, Any]]) -> float:
    zeros = [event["lam"] for event in events if event["zero"]]
    return 0.45 * zeros[0] if zeros else 0.1


def geometry_view(picture: bytes, on_release: Callable[[], None]) -> float | None:
    """Mount the view; returns λ where the hand let go of it, None before that or if the browser sent nonsense."""
    state = _component(key=KEY, data=picture, on_position_change=on_release, width="stretch", height="content")
    return checked_lambda(dict(state.get("position") or {}).get("lam"))


def checked_lambda(value: Any) -> float | None:
    """A λ from outside, from the address or the browser; None unless it is a number from 0 on."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return min(number, float(LAMBDAS[-1])) if number >= 0 else None
