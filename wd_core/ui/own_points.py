"""The visitor's own points as a file, beside the Lab's data: saved, and loaded."""

from __future__ import annotations

import streamlit as st

from wd_core.datasets import points_csv, points_from_csv
from wd_core.ui.text import inert
from wd_core.view.scene import IN_LINK


def show(points: str) -> None:
    """The controls; a file that is loaded goes into the session's "points"."""
    state = st.session_state
    with st.expander("Save and load points"):
        st.download_button(
            "Save points (CSV)", points_csv(points), "points.csv", "text/csv", icon=":material/download:",
            on_click="ignore", key="save_points",
        )  # fmt: skip
        st.file_uploader(
            "Load points", type="csv", key=f"points file {state.setdefault('points_files', 0)}", on_change=_load,
            max_upload_size=1, help="Columns x1, x2 and class: circle or square. Coordinates from −2.5 to 2.5.",
        )  # fmt: skip
        if wrong := state.get("points_wrong"):
            st.error(f"{inert(wrong)}. The points are those before.", icon=":material/table:")
        if len(points) > 4 * IN_LINK:
            st.caption(f"{len(points) // 4} points are too many for a link: save them, and send the file along.")


def _load() -> None:
    state = st.session_state
    if (file := state.get(f"points file {state['points_files']}")) is None:
        return
    try:
        state["points"], state["points_wrong"] = points_from_csv(file.getvalue()), ""
        state["points_files"] += 1  # an empty box again: what it showed is drawn now, and may be drawn on
    except ValueError as error:
        state["points_wrong"] = str(error)
