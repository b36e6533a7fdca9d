"""Detection: digits in scenes, a network that saw windows, and what decay does to its boxes."""

import streamlit as st

from wd_core.ui import detection
from wd_core.ui.page import enter

enter("detection")
st.title("Does decay help to find digits in a scene?", anchor=False)
detection.show()
