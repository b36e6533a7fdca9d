"""The Live Lab: drag λ, and everything that was trained for it moves with the hand."""

import streamlit as st

from wd_core.ui import lab
from wd_core.ui.page import enter

entered = enter("lab")
st.title("Weight Decay Lab", anchor=False)
with st.sidebar:
    scene = lab.scene_from_controls(entered)
lab.show(scene, entered)
