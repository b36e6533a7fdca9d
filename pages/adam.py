"""What Adam does to decay: five questions, each with one picture that follows λ."""

import streamlit as st

from wd_core.ui.adam import PARTS, QUESTIONS
from wd_core.ui.boards import BOUND
from wd_core.ui.page import enter

enter("adam")
st.title("What does Adam do to weight decay?", anchor=False)
part = st.segmented_control(
    "Question", list(PARTS), default="Half-life", key="adam_part", required=True, label_visibility="collapsed", **BOUND
)
st.header(QUESTIONS[part], anchor=False)
PARTS[part]()
