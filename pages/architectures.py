"""Do architectures differ in how they take decay?"""

import streamlit as st

from wd_core.ui import architectures
from wd_core.ui.page import enter

enter("architectures")
st.title("Does decay do the same to every architecture?", anchor=False)
architectures.show()
