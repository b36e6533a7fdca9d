"""Choosing λ: how, and how much the choice is worth."""

import inspect

import streamlit as st

from wd_core.studies.selection import one_standard_error
from wd_core.ui import choosing, choosing_parts
from wd_core.ui.choosing import BOUND
from wd_core.ui.classroom import reveal_toggle
from wd_core.ui.page import enter
from wd_core.ui.text import inert

PARTS = ("The U-curve", "Is it honest?", "How flat?", "Leakage", "More data")

choosing.begin(enter("choosing"))
st.title("Which λ would you take, and would you believe its error?", anchor=False)
with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
    part = st.segmented_control(
        "Section", PARTS, default=PARTS[0], key="cv_part", required=True, label_visibility="collapsed", **BOUND
    )
    why = "Decide first: you can look at a test set once."
    reveal = reveal_toggle("Reveal the test error", "cv_test", why, **BOUND)
try:
    setting = choosing.controls()
    curves = choosing.curves_of(setting)
    choosing.first_lambda(curves)
except ValueError as error:
    st.error(f"{inert(error)}.", icon=":material/tune:")
    st.stop()

if part == "The U-curve":
    choosing_parts.u_curve(setting, curves, reveal)
elif part == "Is it honest?":
    choosing_parts.honest(setting, reveal)
elif part == "How flat?":
    choosing_parts.flat(setting, curves)
elif part == "Leakage":
    choosing_parts.leakage(setting, reveal)
else:
    choosing_parts.more_data(setting, reveal)

trying, code = st.columns(2, gap="large")
trying.markdown(
    """
**To try.** Take 2 folds, then 10: which bands change? Fewer seeds: would you have drawn the same conclusion?
Move λ to the one-standard-error choice and reveal the test error. Then let the test set leak, and look for the U.
"""
)
with code, st.expander("The one-standard-error rule"):
    st.code(inspect.getsource(one_standard_error), language="python", wrap_lines=True)
