"""Images: a convolutional network and an MLP that learn from few examples, and what decay changes in what they see."""

import streamlit as st

from wd_core.ui import images
from wd_core.ui.page import enter

enter("images")
st.title("What does decay change in what a network sees?", anchor=False)
images.show()
