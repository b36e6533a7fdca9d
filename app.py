"""Weight Decay Lab: navigation and page configuration, nothing else. Start with `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

MARKS = Path(__file__).parent / "wd_core" / "ui"

st.set_page_config(
    page_title="Weight Decay Lab",
    page_icon=MARKS / "mark.svg",
    layout="wide",
    menu_items={"About": "**Weight Decay Lab**: every λ, every seed, every epoch, already trained."},
)
st.logo(MARKS / "wordmark.svg", size="large", icon_image=MARKS / "mark.svg")
st.navigation(
    [
        st.Page("pages/lab.py", title="Live Lab", default=True),
        st.Page("pages/geometry.py", title="L1 vs L2"),
        st.Page("pages/paths.py", title="Paths"),
        st.Page("pages/choosing.py", title="Choosing λ"),
        st.Page("pages/adam.py", title="Adam and decay"),
        st.Page("pages/companions.py", title="Companions"),
        st.Page("pages/your_data.py", title="Your data"),
        st.Page("pages/translator.py", title="λ translator"),
        st.Page("pages/method.py", title="How it works"),
    ],
    position="top",
).run()
