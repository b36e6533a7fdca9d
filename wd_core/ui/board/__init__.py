"""The board: a component that draws a packed `view.board.Board`; its JavaScript and CSS beside this file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from wd_core.ui import live
from wd_core.ui.web import joined

HERE = Path(__file__).parent


def script() -> str:
    """The view as one ES module, with `mount(root, bytes)` as the live view has it."""
    return joined(HERE / "board.js")


def stylesheet() -> str:
    """The view's CSS, all of it below the class wdl."""
    return live.stylesheet() + (HERE / "board.css").read_text(encoding="utf-8")


_component = st.components.v2.component(
    "weight_decay_lab.board",
    html="<div></div>",
    css=stylesheet(),
    js=script(),
)


def board_view(picture: bytes, key: str, on_release: Callable[[], None] = lambda: None) -> dict[str, float | str]:
    """Mount the view of a packed board; dragging in it costs the server nothing.

    When the hand lets go, `on_release` is called and the place {axis key: its value} is returned (empty before that).
    It comes from the browser: check it. Mount it inside an `st.fragment`, so that a release reruns that alone.
    """
    return _place(_component(key=key, data=picture, on_position_change=on_release, width="stretch", height="content"))


def place_now(key: str) -> dict[str, float | str]:
    """The same in a callback, where the hand may have moved since the page was made."""
    return _place(st.session_state.get(key) or {})


def _place(state: Any) -> dict[str, float | str]:
    place: Any = state.get("position") or {}
    return {str(name): value for name, value in dict(place).items() if isinstance(value, int | float | str)}
