"""Weight Decay Lab: navigation and page configuration, nothing else. Start with `streamlit run app.py`."""

import streamlit as st

st.set_page_config(
    page_title="Weight Decay Lab",
    page_icon=":material/blur_on:",
    layout="wide",
    menu_items={"About": "**Weight Decay Lab**: every λ, every seed, every epoch, already trained."},
)
st.navigation(
    [
        st.Page("pages/lab.py", title="Live Lab", icon=":material/science:", default=True),
        st.Page("pages/method.py", title="How it works", icon=":material/menu_book:"),
    ],
    position="top",
).run()
