"""Grokking: λ moves the moment at which a table learned by heart is understood."""

import streamlit as st

from wd_core.ui.boards import BOUND
from wd_core.ui.grokking import live
from wd_core.ui.grokking_norm import norm
from wd_core.ui.page import enter

PARTS = {
    "Live": ("When does it understand what it has learned by heart?", live),
    "Norm and temperature": ("Is it the norm that has to shrink?", norm),
}

enter("grokking")
st.title("Can decay turn learning by heart into understanding?", anchor=False)
part = st.segmented_control(
    "Question", list(PARTS), default="Live", key="grok_part", required=True, label_visibility="collapsed", **BOUND
)
question, show = PARTS[part]
st.header(question, anchor=False)
show()
