"""Links for a class: what every page does with one, and how one is made."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from wd_core.ui.text import inert
from wd_core.view.classroom import GROUPS, LONGEST, PLAIN, Classroom, link, read, shortest

HERE = Path(__file__).parent
SIDE = tuple(name for name in GROUPS if name != "penalty")
"""Groups that stand in the Lab's side bar."""
WIDGETS = ("Selectbox", "MultiSelect", "Slider", "Radio", "Checkbox", "NumberInput", "TextInput", "ButtonGroup")
"""Streamlit's controls on pages that have no groups; what is dragged in a picture is no such control."""
FREE = ("lessons", "game", "your_data")
"""Pages that are nothing without their controls."""
PRESENT = """<style>
[data-testid="stHeader"], [data-testid="stSidebar"], [data-testid="stExpandSidebarButton"] { display: none; }
[data-testid="stMainBlockContainer"] { padding-top: 0.75rem; padding-bottom: 0.5rem; }
/* What is for one's own desk. */
:is([data-testid="stDownloadButton"], [data-testid="stPopover"], [data-testid="stExpander"]) { display: none; }
html { font-size: 19px; }
[data-testid="stVerticalBlock"] { gap: 0.5rem; }
/* Streamlit takes back a gap of 1rem around what is empty. */
[data-testid="stLayoutWrapper"]:has(> [class*="st-key-progress-"] > :only-child [data-testid="stEmpty"]) {
  display: none;
}
[data-testid="stHeading"] [data-testid="stMarkdownContainer"] { margin-bottom: 0; }
[data-testid="stTextInput"] { display: flex; align-items: center; gap: 0.75rem; }
[data-testid="stTextInput"] > label { flex: none; margin: 0; }
h1 { font-size: 1.375rem !important; padding: 0 !important; }
h2 { font-size: 1.25rem !important; padding: 0 !important; }
</style>"""

_component = st.components.v2.component(
    "weight_decay_lab.classroom",
    html="<div></div>",
    js=(HERE / "classroom.js").read_text(encoding="utf-8"),
)


def room() -> Classroom:
    """What the address says of the class."""
    return read(st.query_params.to_dict())[0]


def covered() -> bool:
    """Whether the link keeps test data covered. A page that asks can cover them, so its links for a class say so."""
    st.session_state["class-covers"] = True
    return room().cover


def reveal_toggle(label: str, key: str, help: str, **bound: Any) -> bool:
    """The switch that shows a page's test part; where the link keeps it covered, a word instead."""
    if covered():
        st.caption("Your link keeps test data covered.", width="content")
        return False
    with st.container(key="controls-reveal", width="content"):
        return st.toggle(label, key=key, help=help, **bound)


def begin(page: str) -> None:
    """Take away what the link takes away of `page`, and say what it says; what it gets wrong is named."""
    st.session_state["class-page"], st.session_state["class-covers"] = page, False
    found, wrong = read(st.query_params.to_dict())
    for message in wrong:
        st.warning(f"The link says {inert(message)}. That part is left out.", icon=":material/link_off:")
    bare = set(SIDE) <= set(found.hidden)
    if st.context.is_embedded:  # a frame on a page of its own; the header's button may still open the side bar
        st.html(f'<style>[data-testid="stHeader"]{"" if bare else " nav"} {{ display: none; }}</style>')
    if found == PLAIN:
        return
    hidden = [f".st-key-controls-{name}" for name in found.hidden]
    if found.hidden == tuple(GROUPS) and page != "lab" and page not in FREE:
        widgets = ", ".join(f'[data-testid="st{name}"]' for name in WIDGETS)
        hidden.append(f'[data-testid="stMain"] .stElementContainer:has(> :is({widgets}))'
                      ":not(.st-key-controls-reveal *)")  # fmt: skip
    if bare:
        hidden += ['[data-testid="stSidebar"]', '[data-testid="stExpandSidebarButton"]']
    if hidden:
        st.html(f"<style>{', '.join(hidden)} {{ display: none; }}</style>")
    if found.present:
        st.html(PRESENT)
        _component(key="classroom-keys", data={"keys": True}, height="content")
    if found.say:
        st.markdown(f"**Your link says:** “{inert(found.say, LONGEST)}”")


def offer() -> None:
    """The button with which a teacher makes a link of what is seen; not where one presents or embeds."""
    if room().present or st.context.is_embedded:
        return
    if st.button("Make a link for class", icon=":material/school:", type="tertiary", key="class-link"):
        _dialog()


@st.dialog("A link for class", width="large")
def _dialog() -> None:
    """Choose; below stand the link, the frame for a learning platform, and the QR code."""
    state = _component(key="classroom-here", data={"search": ""}, on_search_change=lambda: None, height="content")
    query = str(state.get("search") or "")
    say = st.text_input("First sentence", max_chars=LONGEST, key="class-say", placeholder="What happens at λ = 1?")
    keep, page = None, st.session_state["class-page"]
    if page == "lab":
        names = st.pills("Controls that stay", list(GROUPS), default=list(GROUPS), selection_mode="multi",
                         format_func=GROUPS.get, key="class-keep")  # fmt: skip
        keep = None if set(names) == set(GROUPS) else tuple(names)
    with st.container(horizontal=True):
        if page != "lab" and page not in FREE:
            gone = "Menus, switches, sliders and fields go; what one drags in the pictures stays."
            keep = None if st.toggle("Controls stay", value=True, key="class-controls", help=gone) else ()
        may = st.session_state["class-covers"]
        cover = may and not st.toggle("Test data may be revealed", value=True, key="class-reveal")
        keys = "Page Down and Page Up, as a remote control sends them, go a step on and back."
        present = st.toggle("Presenter: larger type, no side bar", key="class-present", help=keys)
    made = Classroom(keep, cover, say, present)
    address, query = st.context.url or "", shortest(query)
    whole = link(address, query, made)
    st.code(whole, language=None, wrap_lines=True)
    if urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1"):
        st.caption("This is your own machine's address. Open the app at your address in the network first: then others "
                   "reach it, and the code below leads there.")  # fmt: skip
    st.html(qr_code(whole))
    st.caption("For a learning platform:")
    st.code(frame(link(address, query, made, embed=True)), language="html", wrap_lines=True)


def qr_code(text: str) -> str:
    """HTML of a QR code as wide as there is room, with the quiet zone that scanners want."""
    import segno  # here: every page imports this module, few visitors ask for a code

    code = segno.make(text, error="l", micro=False)
    source = code.svg_data_uri(scale=10, border=4, dark="black", light="white")
    return f'<img src="{source}" alt="QR code of the link above" style="width: min(100%, 36rem); display: block">'


def frame(address: str) -> str:
    """The snippet that shows a link inside another page."""
    return (
        f'<iframe src="{escape(address)}" title="Weight Decay Lab" width="100%" height="760" loading="lazy" '
        'style="border: 0"></iframe>'
    )
