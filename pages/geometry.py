"""L1 vs L2, the geometry: two weights, one λ; why L1 gives exact zeros and L2 does not."""

import inspect

import numpy as np
import streamlit as st

from wd_core.engine.penalties import soft_threshold
from wd_core.linear.geometry import hessian, least_condition
from wd_core.ui.export import csv_button
from wd_core.ui.geometry import checked_lambda, geometry_view, make_picture, picture_columns
from wd_core.ui.page import enter, unseen_title

BOUND = {"bind": "query-params", "persist_state": "session"}

if enter("geometry"):
    at = checked_lambda(st.query_params.get("at"))
    st.session_state["geometry_from"] = st.session_state.get("geometry_at") if at is None else at
unseen_title("L1 vs L2: the geometry")

with st.sidebar:
    bayes = st.toggle("Bayesian reading", key="bayes", help="The same picture: a penalty is a prior.", **BOUND)
    correlation = st.slider(
        "Correlation of the two features", -0.95, 0.95, 0.5, 0.05, key="correlation",
        help="Turns the contours: what one weight lacks, a correlated one can supply.", **BOUND,
    )  # fmt: skip
    condition = st.slider(
        "Condition number", 1.0, 50.0, 3.0, 0.5, key="condition",
        help="Stretches the contours: how much better the data know one direction than the other.", **BOUND,
    )  # fmt: skip
    if condition < (least := least_condition(correlation)):
        st.caption(f"This correlation alone makes it {least:.3g}.")
    w1 = st.slider("The data want w₁ =", -2.0, 2.0, 1.4, 0.1, key="w1", **BOUND)
    w2 = st.slider("The data want w₂ =", -2.0, 2.0, 0.6, 0.1, key="w2", **BOUND)
    l1_ratio = None
    if st.toggle("⬟ Elastic net between them", key="elastic", **BOUND):
        l1_ratio = st.slider("Its share of L1, ρ", 0.0, 1.0, 0.5, 0.05, key="ratio", **BOUND)

picture = make_picture(
    hessian(correlation, condition), np.array([w1, w2]), l1_ratio, bayes, st.session_state["geometry_from"]
)


@st.fragment
def view() -> None:
    """Dragging stays in the browser; only where the hand lets go is told, for the next visit to this page."""
    lam = geometry_view(picture, on_release=lambda: None)
    if lam is not None:
        st.session_state["geometry_at"] = lam


view()

st.header("Why", anchor=False)
why, trying = st.columns(2, gap="large")
why.markdown(
    """
- The solution rests where the penalty can hold the **data's pull** (the arrow).
- L2's circle holds one direction at each point; L1's **corner** holds a whole fan of them, and every pull inside
  the fan leaves the weight at exactly 0.
- With one weight: L2's force fades near zero, so any pull moves it; L1's stays λ and stops every pull up to λ.
"""
)
trying.markdown(
    """
**To try.** Set the correlation to 0: the plane's second weight and the weight alone now agree. Then to −0.9: L2 moves
*through* zero without stopping. Turn on the elastic net and take ρ to 0.05: even a slight corner is a corner.
In the Bayesian reading: which prior believes in zeros?
"""
)
with st.container(horizontal=True, vertical_alignment="center"):
    csv_button("Numbers (CSV)", lambda: picture_columns(picture), "geometry.csv")
    st.page_link("pages/translator.py", label="This λ in other tools", icon=":material/translate:")
with st.expander("The code that makes the zeros"):
    st.code(inspect.getsource(soft_threshold), language="python", wrap_lines=True)
