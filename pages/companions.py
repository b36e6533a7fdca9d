"""Decay and its companions: batch norm, dropout, noise, early stopping, L1; and decay layer by layer."""

import streamlit as st

from wd_core.ui.boards import BOUND
from wd_core.ui.companions import PARTS, QUESTIONS
from wd_core.ui.page import enter

enter("companions")
st.title("Does decay still help beside its companions?", anchor=False)
part = st.segmented_control(
    "Question", list(PARTS), default="Together", key="companions_part", required=True, label_visibility="collapsed",
    **BOUND,
)  # fmt: skip
st.header(QUESTIONS[part], anchor=False)
PARTS[part]()
