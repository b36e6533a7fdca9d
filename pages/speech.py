"""Speech: a recurrent network and a gated one listen, and say who speaks."""

import streamlit as st

from wd_core.ui import speech
from wd_core.ui.page import enter

enter("speech")
st.title("Who speaks, and what does decay do to a memory?", anchor=False)
speech.show()
