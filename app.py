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
GROUPS = {  # a page is titled by the one question that it answers
    "See": {
        "lab": "What does λ do?",
        "geometry": "Why does L1 give zeros?",
        "paths": "Which weights fall first?",
    },
    "Choose": {
        "choosing": "Which λ is best?",
        "your_data": "Which λ for your data?",
        "translator": "What is this λ elsewhere?",
    },
    "Train": {
        "adam": "What does Adam do to decay?",
        "companions": "What goes with decay?",
    },
    "Evidence": {
        "method": "How does it work?",
    },
}
st.navigation(
    {
        group: [st.Page(f"pages/{name}.py", title=title, default=name == "lab") for name, title in pages.items()]
        for group, pages in GROUPS.items()
    },
    position="top",
).run()
