"""What the Lab's widgets share: their values outlive a page change, their ranges and options hold the present value."""

from __future__ import annotations

import streamlit as st

KEEP = {"persist_state": "session"}


def range_slider(label: str, low: int, high: int, step: int, key: str) -> int:
    """A slider of whole numbers; a value from a link may lie beyond its ends or between its steps."""
    value = st.session_state[key]
    step = step if (value - low) % step == 0 else 1
    return st.slider(label, min(low, value), max(high, value), step=step, key=key, **KEEP)


def options(usual: tuple, key: str) -> list:
    """The `usual` ones and the present value of `key`, in order."""
    return sorted({*usual, st.session_state[key]})
