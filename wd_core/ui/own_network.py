"""The Lab's live view of a network on a visitor's own table; the picture lives in the visitor's session alone."""

from __future__ import annotations

import threading

import streamlit as st

from wd_core import train
from wd_core.figures.style import ARM_NAMES
from wd_core.own_data.network import own_experiment
from wd_core.ui.live import live_view
from wd_core.ui.own_data import Ready, working
from wd_core.ui.shared import POLL_SECONDS, Progress
from wd_core.ui.text import inert
from wd_core.view.picture import make_picture

_places = threading.Semaphore(2)
"""Networks at a time, for their results are large; it holds back work, and holds no data."""

WIDTHS = {"16 and 16 units": (16, 16), "32 and 32 units": (32, 32), "8 units": (8,)}


def show(good: Ready, penalty: str) -> None:
    """A switch, for training takes seconds; then the view."""
    st.header("A network on it", anchor=False)
    st.markdown("The Lab's view, on your rows: drag the λ curve and the loss plot. Seeds are first weights here.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        width = st.selectbox("Hidden layers", list(WIDTHS), key="own_width", width=220)
        wanted = st.toggle(f"Train it with {ARM_NAMES[penalty]}", key=f"own_train {good.key}")
    if not wanted:
        return
    pictures, key = st.session_state["own_studies"], ("network", penalty, width)
    if key not in pictures:
        for old in [k for k in pictures if isinstance(k, tuple)]:
            del pictures[old]  # a picture is large: one a visit
        try:
            pictures[key] = working(lambda report: _picture(good, penalty, WIDTHS[width], report), "Training every λ")
        except ValueError as error:
            st.error(f"{inert(error)}.", icon=":material/tune:")
            return
    _live(pictures[key])


def _picture(good: Ready, penalty: str, hidden: tuple[int, ...], report: Progress) -> bytes:
    while not _places.acquire(timeout=POLL_SECONDS):
        report(0.0)
    try:
        history = train(own_experiment(good.prepared, penalty, hidden), on_progress=lambda share: report(0.9 * share))
        return make_picture([history], history.experiment.seeds[0])
    finally:
        _places.release()


@st.fragment
def _live(picture: bytes) -> None:
    live_view(picture, on_release=lambda: None, on_back=lambda: None)
