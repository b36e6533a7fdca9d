"""What every page begins with."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from wd_core.ui import classroom
from wd_core.ui.garbage import tidy

STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding: 3.75rem clamp(1rem, 2.5vw, 3rem) 2rem; max-width: 100rem; }
/* The progress bar takes no room: what one looks at does not move when it comes and goes. */
/* A wide table scrolls, not the page, where keys can scroll it: by its links. Else, on a phone, it wraps. */
[class*="st-key-wide-table"] table:has(a) { display: block; overflow-x: auto; }
@media (max-width: 640px) {
  [class*="st-key-wide-table"] table:not(:has(a)) :is(td, th) {
    padding: 0.2rem 0.15rem; font-size: 0.7rem; overflow-wrap: anywhere;
  }
}
[class*="st-key-wide-table"] :is(td a, table:has(a) td[style*="right"]) { white-space: nowrap; }
@media (min-width: 640px) { [class*="st-key-wide-table"] td[style*="right"] { white-space: nowrap; } }
div:has(> [class*="st-key-progress"]) { position: relative; top: -1.05rem; height: 0; margin-bottom: -1rem; }
.st-key-room-for-progress:has([data-testid="stProgress"]) { min-height: 2.25rem; } /* but where something follows */
[data-testid="stLayoutWrapper"]:has(> .st-key-room-for-progress):not(:has([data-testid="stProgress"])) {
  display: none;
}
/* What stands out by the primary colour has a frame or a thumb of it; as text it would be too faint in the dark. */
[data-testid="stSliderThumbValue"] { color: inherit; }
[data-testid="stButtonGroup"] [data-selected="true"][data-selected] { color: inherit; }
/* Streamlit's colours of code have too little contrast on our paper; mixed with the text's own they are dark on light
   and light on dark, in popovers too, which know no colour scheme. */
[data-testid="stCode"] .token.token { color: inherit; }
[data-testid="stCode"] .token.token.comment { color: color-mix(in srgb, #808080 50%, currentColor); }
[data-testid="stCode"] .token.token:is(.keyword, .function) { color: color-mix(in srgb, #7263E6 50%, currentColor); }
[data-testid="stCode"] .token.token:is(.string, .number, .boolean) {
  color: color-mix(in srgb, #009E73 50%, currentColor);
}
</style>"""


UNSEEN = "position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%)"
"""On the heading itself: a style sheet comes a moment later, and the heading would flash."""


def enter(page: str) -> bool:
    """Begin `page`; True if the visitor comes from another page or from outside.

    On a cold server a deep link makes Streamlit run a file of pages/ without app.py, under its old automatic
    navigation; only that navigation lists app.py as a page. Then go back through app.py.
    """
    context = get_script_run_ctx()
    pages = context.pages_manager.get_pages() if context else {}
    if len(pages) > 1 and any(p["script_path"] == context.main_script_path for p in pages.values()):
        PagesManager.uses_pages_directory = False
        st.rerun()
    tidy()
    st.html(STYLE)
    classroom.begin(page)
    entered = st.session_state.get("page") != page
    st.session_state["page"] = page
    return entered


def unseen_title(text: str) -> None:
    """The page's heading for who listens to it; who sees it sees the navigation. `text` is ours, never a visitor's."""
    st.html(f'<h1 style="{UNSEEN}">{text}</h1>')
