"""How it works."""

import streamlit as st

from wd_core.ui.page import enter

enter("method")
st.title("How it works", anchor=False)
