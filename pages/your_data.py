"""Your own data: a CSV in, and out come its path over λ, the λ to take, what that did, and a report."""

import streamlit as st

from wd_core.figures.style import ARM_NAMES, GLYPHS
from wd_core.ui import own_data, own_network, own_results
from wd_core.ui.page import enter

enter("your_data")
st.title("Your own data", anchor=False)
st.markdown(
    f"Bring a table and see what weight decay does with it. It stays in the memory of this visit: {own_data.KEPT}."
)

loaded = own_data.source()
if loaded:
    good = own_data.ready(loaded)
    if good:
        st.header("Every λ on it", anchor=False)
        penalty = st.segmented_control(
            "Penalty", ["l2", "l1", "elastic"], format_func=lambda p: f"{GLYPHS[p]} {ARM_NAMES[p]}", default="l1",
            key="own_penalty", persist_state="session",
        )  # fmt: skip
        found = own_data.study_of(good, penalty or "l1")
        if found:
            own_results.show(good, found)
        own_network.show(good, penalty or "l1")
