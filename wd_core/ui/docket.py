"""The docket: all claims with source, status and verdict at a glance, the contradictions as pairs, one claim opened."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import streamlit as st

from wd_core.claims import CLAIMS
from wd_core.claims._claim import SOURCES, Claim
from wd_core.claims._store import FILE, Stored, read, stored
from wd_core.ui.boards import BOUND
from wd_core.ui.claim import show_claim
from wd_core.ui.predictions import COVERED, SIGNS, covered, predict_first, score

ALL = ""
ROWS = """<style>
[class*="st-key-open-claim-"] button { text-align: left; padding-block: 0.3rem; border-radius: 0;
  border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
[class*="st-key-open-claim-"] button :is(div, span) { width: 100%; }
[class*="st-key-open-claim-"] p { display: grid; gap: 0 1rem; font-variant-numeric: tabular-nums;
  grid-template-columns: 1.6rem minmax(0, 42rem) 8.5rem 8rem 11rem; }
[class*="st-key-open-claim-"] p > strong { font-weight: 400; }
[class*="st-key-open-claim-"] p > em { font-style: normal; }
[class*="st-key-open-claim-"] p > em:nth-of-type(2) { font-weight: 600; }
[class*="st-key-wide-table"] td:first-child { min-width: 8rem; }
@media (max-width: 50rem) {
  [class*="st-key-open-claim-"] p { grid-template-columns: 1.6rem 1fr auto; }
  [class*="st-key-open-claim-"] p > strong { grid-column: 2 / 4; }
  [class*="st-key-open-claim-"] p > em:nth-of-type(1) { grid-column: 2; }
  [class*="st-key-open-claim-"] p > em:nth-of-type(2) { grid-column: 3; }
  [class*="st-key-open-claim-"] p > em:nth-of-type(3) { display: none; }
}
</style>"""


def docket() -> None:
    """The page below its title: all claims, or the one that is open."""
    st.html(ROWS)
    found = results(FILE.stat().st_mtime_ns if FILE.exists() else 0, FILE)
    asked = st.query_params.get("claim", ALL)
    if "docket_claim" not in st.session_state:
        st.session_state["docket_claim"] = asked if asked in CLAIMS else ALL
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Claim", [ALL, *CLAIMS], key="docket_claim", format_func=title, width=640)
        predict_first()
    if name:
        st.query_params["claim"] = name
        st.button("All claims", icon=":material/arrow_back:", on_click=open_claim, args=(ALL,))
        show_claim(CLAIMS[name], found)
    else:
        st.query_params.pop("claim", None)
        _at_a_glance(found)


@cache
def results(changed: int, file: Path) -> dict[str, Stored]:
    """The stored results; read again when the file has changed."""
    return stored(read(file))


def title(name: str) -> str:
    return f"{CLAIMS[name].number} · {CLAIMS[name].says}" if name else "All claims"


def open_claim(name: str) -> None:
    """Open a claim, or with "" the list; a button's callback."""
    st.session_state["docket_claim"] = name


def shown_verdict(claim: Claim, found: Stored | None) -> str:
    """What the docket says of a claim."""
    if claim.untestable:
        return "not testable"
    if found is None:
        return "not run yet"
    return COVERED if covered(claim.name) else found.result.verdict


# -------------------------------------------------------------------- at a glance


def _at_a_glance(found: dict[str, Stored]) -> None:
    st.markdown(
        "Five popular articles make these claims about weight decay. Each is tried here: runs in pairs that differ in "
        "nothing but what the claim names, over many seeds and several data sets; the numbers give the verdict."
    )
    with st.expander("The articles, S0 to S4"):
        st.markdown("\n".join(f"- **{tag}** {name}" for tag, name in SOURCES.items()))
    verdicts = {name: shown_verdict(claim, found.get(name)) for name, claim in CLAIMS.items()}
    counts = Counter(verdicts.values())
    left, right = st.columns(2)
    sources = left.pills("Source", list(SOURCES), selection_mode="multi", key="docket_source", **BOUND)
    wanted = right.pills("Verdict", [v for v in SIGNS if counts[v]], selection_mode="multi", key="docket_verdict",
                         format_func=lambda v: f"{SIGNS[v]} {v}", wrap=True, **BOUND)  # fmt: skip
    shown = [
        claim for name, claim in CLAIMS.items()
        if (not sources or set(sources) & set(claim.sources)) and (not wanted or verdicts[name] in wanted)
    ]  # fmt: skip
    said = " · ".join(f"{v} {counts[v]}" for v in SIGNS if counts[v])
    st.markdown(f"**{len(CLAIMS)} claims**: {said} {score({n: s.result.verdict for n, s in found.items()})}")
    if len(shown) < len(CLAIMS):
        st.caption(f"{len(shown)} of {len(CLAIMS)} shown.")
    with st.container(gap=None):
        for claim in shown:
            st.button(
                _row(claim, verdicts[claim.name], found.get(claim.name)), key=f"open-claim-{claim.name}",
                type="tertiary", width="stretch", on_click=open_claim, args=(claim.name,),
            )  # fmt: skip
    _contradictions(verdicts)
    st.caption(
        "Verdicts: per data set *no effect* where the 95 % interval of the mean paired difference lies inside a stated "
        "margin, *holds* or *fails* where it lies wholly on one side of zero, else *undecided*. Over data sets: "
        "*depends* where two are decided differently; else the one verdict of at least three of them (all, where there "
        "are fewer). A claim with several questions has a verdict only if all of them have it."
    )


def _row(claim: Claim, verdict: str, found: Stored | None) -> str:
    """A button's label: number, **claim**, *sources*, *verdict*, *status*; ROWS makes a row of a table of it."""
    sources = " ".join(claim.sources)
    row = f"{claim.number} **{claim.says}** *{sources}* *{SIGNS[verdict]} {verdict}*"
    if found is None:
        return row
    return f"{row} *{len(found.result.seeds)} seeds, {_count(len(found.result.trials), 'data set')}*"


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"


def _contradictions(verdicts: dict[str, str]) -> None:
    pairs = [claim for claim in CLAIMS.values() if claim.against]
    if not pairs:
        return
    st.header("Where the articles contradict each other", anchor=False)
    for claim in pairs:
        verdict = verdicts[claim.name]
        with st.container(border=True):
            left, right = st.columns(2)
            left.markdown(f"**{', '.join(claim.sources)}**: {claim.says}")
            for other in claim.against:
                right.markdown(f"**{', '.join(other.sources)}**: {other.says}")
            st.button(
                f"Claim {claim.number}: {SIGNS[verdict]} {verdict}", key=f"pair-{claim.name}", type="tertiary",
                icon=":material/arrow_forward:", on_click=open_claim, args=(claim.name,),
            )  # fmt: skip
