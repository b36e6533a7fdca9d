"""Weight Decay Lab: navigation and page configuration, nothing else. Start with `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from wd_core.ui import classroom
from wd_core.ui.text import inert
from wd_core.workers import Died

MARKS = Path(__file__).parent / "wd_core" / "ui"

st.set_page_config(
    page_title="Weight Decay Lab",
    page_icon=MARKS / "mark.svg",
    layout="wide",
    menu_items={"About": "**Weight Decay Lab**: every λ, every seed, every epoch, already trained."},
)
st.logo(MARKS / "wordmark.svg", size="large", icon_image=MARKS / "mark.svg")
page = st.navigation(
    {  # a page is titled by the one question that it answers
        "See": [
            st.Page("pages/lab.py", title="What does λ do?", default=True),
            st.Page("pages/geometry.py", title="Why does L1 give zeros?"),
            st.Page("pages/paths.py", title="Which weights fall first?"),
        ],
        "Choose": [
            st.Page("pages/choosing.py", title="Which λ is best?"),
            st.Page("pages/your_data.py", title="Which λ for your data?"),
            st.Page("pages/translator.py", title="What is this λ elsewhere?"),
        ],
        "Train": [
            st.Page("pages/rates.py", title="Learning rate first, λ after?"),
            st.Page("pages/adam.py", title="What does Adam do to decay?"),
            st.Page("pages/companions.py", title="What goes with decay?"),
        ],
        "Networks": [
            st.Page("pages/images.py", title="What do networks see?"),
            st.Page("pages/detection.py", title="Does decay find digits?"),
            st.Page("pages/speech.py", title="Who speaks?"),
            st.Page("pages/language.py", title="Whose name is this?"),
            st.Page("pages/grokking.py", title="By heart, or understood?"),
            st.Page("pages/architectures.py", title="Do architectures differ?"),
        ],
        "Learn": [
            st.Page("pages/lessons.py", title="Will it do what you think?"),
            st.Page("pages/game.py", title="Who fools themselves?"),
            st.Page("pages/update.py", title="What happens in one step?"),
        ],
        "Evidence": [
            st.Page("pages/docket.py", title="Which claims hold?"),
            st.Page("pages/beyond.py", title="What besides accuracy?"),
            st.Page("pages/phenomena.py", title="What else does decay change?"),
            st.Page("pages/method.py", title="How does it work?"),
        ],
    },
    position="top",
)
try:
    page.run()
except Died as error:  # what stands above it stays
    st.error(inert(error), icon=":material/memory:")
classroom.offer()
