"""Language: which language is this surname from? And a network that invents surnames, or copies them."""

import streamlit as st

from wd_core.ui.boards import BOUND
from wd_core.ui.language import PARTS, QUESTIONS
from wd_core.ui.page import enter

enter("language")
st.title("What does decay do to a network that reads names?", anchor=False)
part = st.segmented_control(
    "Question", list(PARTS), default="Which language?", key="language_part", required=True,
    label_visibility="collapsed", **BOUND,
)  # fmt: skip
st.header(QUESTIONS[part], anchor=False)
PARTS[part]()
