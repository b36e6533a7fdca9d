"""One update in slow motion."""

import streamlit as st

from wd_core.ui import slow_motion
from wd_core.ui.page import enter

enter("update")
st.title("What happens in one step?", anchor=False)
slow_motion.show()
