"""Learning rate × λ: five maps, one drag."""

import streamlit as st

from wd_core.ui import rates
from wd_core.ui.page import enter

enter("rates")
st.title("Can you choose the learning rate first and λ after?", anchor=False)
rates.show()
