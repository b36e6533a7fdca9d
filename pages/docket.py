"""Claims about weight decay on trial: all of them at a glance, and each with its evidence."""

import streamlit as st

from wd_core.ui.docket import docket
from wd_core.ui.page import enter

enter("docket")
st.title("Which claims about weight decay hold?", anchor=False)
docket()
