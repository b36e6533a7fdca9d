"""The live view: one component, its JavaScript modules and CSS beside this file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from wd_core.ui.web import joined

HERE = Path(__file__).parent
KEY = "live"


def script() -> str:
    """The view as one ES module. `mount(root, bytes)` in it needs no Streamlit."""
    return joined(HERE / "lab.js")


def stylesheet() -> str:
    """The view's CSS, all of it below the class wdl."""
    return (HERE / "view.css").read_text(encoding="utf-8")


_component = st.components.v2.component(
    "weight_decay_lab.live",
    html="<div></div>",
    css=stylesheet(),
    js=script(),
)


def live_view(
    picture: bytes,
    on_release: Callable[[], None],
    on_back: Callable[[], None] = lambda: None,
    on_draw: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Mount the view of `picture`; dragging in it costs the server nothing.

    When the hand lets go, `on_release` is called and the position {"lam": λ, "step": step, "reveal": bool} is returned
    (empty before that). When the browser goes back or forward to other settings, `on_back` is called, and `asked` says
    which. When the hand that draws points rests, `on_draw` is called, and `drawn` says the points. All of it comes from
    the browser: check it.
    """
    state = _component(
        key=KEY, data=picture, on_position_change=on_release, on_back_change=on_back, on_points_change=on_draw,
        width="stretch", height="content",
    )  # fmt: skip
    return dict(state.get("position") or {})


def drawn() -> str:
    """In `on_draw`: the points as a text."""
    return str(st.session_state[KEY].get("points") or "")


def asked() -> str:
    """In `on_back`: the query string that the browser has gone to."""
    return str(st.session_state[KEY].get("back") or "")
