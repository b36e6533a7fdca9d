"""Three phenomena of decay beside their theory."""

import streamlit as st

from wd_core.ui.boards import BOUND
from wd_core.ui.page import enter
from wd_core.ui.phenomena_descent import descent
from wd_core.ui.phenomena_period import period
from wd_core.ui.phenomena_product import product

PARTS = {
    "More data, more error": ("Can more data make a model worse, and does λ prevent it?", descent),
    "When decay acts": ("Does it matter when decay acts?", period),
    "Products": ("What does L2 on two factors do to their product?", product),
}

enter("phenomena")
st.title("What else does decay change?", anchor=False)
part = st.segmented_control(
    "Question", list(PARTS), default="More data, more error", key="phenomenon", required=True,
    label_visibility="collapsed", **BOUND,
)  # fmt: skip
question, show = PARTS[part]
st.header(question, anchor=False)
show()
