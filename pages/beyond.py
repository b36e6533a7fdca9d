"""Beyond accuracy: calibration, robustness, drift, mistakes, cost at inference; and the same questions elsewhere."""

import streamlit as st

from wd_core.ui import beyond_elsewhere
from wd_core.ui.beyond import PARTS, show
from wd_core.ui.boards import BOUND
from wd_core.ui.page import enter

ELSEWHERE = "Elsewhere"

enter("beyond")
st.title("What does decay change besides accuracy?", anchor=False)
part = st.segmented_control(
    "Question", [*PARTS, ELSEWHERE], default="Calibration", key="beyond_part", required=True,
    label_visibility="collapsed", **BOUND,
)  # fmt: skip
if part == ELSEWHERE:
    st.header("Does this hold for larger models?", anchor=False)
    beyond_elsewhere.show()
else:
    st.header(PARTS[part].question, anchor=False)
    show(part)
