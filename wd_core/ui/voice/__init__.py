"""Where a page's words change while one stays on it: the keyboard starts at what is new, and who listens hears it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "weight_decay_lab.voice",
    html="<div></div>",
    js=Path(__file__).with_name("voice.js").read_text(encoding="utf-8"),
)


def voice(place: str, say: str = "") -> None:
    """Mount it last on the page. Where `place` changes, or nothing is to say any more, the page's last heading takes
    the focus; where `say` comes at the same place, it is read out and the focus stays."""
    _component(key="voice", data={"place": place, "say": say}, height="content")
