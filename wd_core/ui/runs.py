"""The Lab's controls of which runs are trained: the λ of the path, and the seeds. A link may say either unevenly."""

from __future__ import annotations

import math

import streamlit as st

from wd_core.experiment import Experiment, lambda_path
from wd_core.ui.widgets import KEEP, options, range_slider

LOWEST, HIGHEST = 1e-8, 1e4
"""Ends beyond which no λ path is extended."""
LAMBDA_ENDS = (1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1.0, 10.0, 100.0)


def fill(e: Experiment, shown: int) -> None:
    """Set the widgets to the experiment's λ and seeds, and to the seed that is drawn."""
    state = st.session_state
    fill_lambdas(e.lambdas)
    state["n_seeds"], state["first_seed"], state["shown"] = len(e.seeds), e.seeds[0], shown
    even = (even_lambdas(), _even_seeds())
    state["from_link"] = None if (e.lambdas, e.seeds) == even else (e.lambdas, e.seeds)


def fill_lambdas(lambdas: tuple[float, ...]) -> None:
    """Set the path's widgets to the ends and the number of these λ."""
    state = st.session_state
    state["lambda_low"], state["lambda_high"] = min(v for v in (*lambdas, 1e4) if v > 0), max(*lambdas, 1e-6)
    state["lambda_count"] = max(2, sum(v > 0 for v in lambdas))


def lambdas() -> tuple[float, ...]:
    """Draw the path's controls; the λ that they say. ValueError where they do not fit together."""
    state = st.session_state
    if state["from_link"]:
        st.caption(f"{len(state['from_link'][0])} λ and {len(state['from_link'][1])} seeds as the link has them.")
        st.button("Use an even path", on_click=lambda: state.update(from_link=None))
        return state["from_link"][0]
    low, high = st.columns(2)
    for column, label, key in ((low, "λ from", "lambda_low"), (high, "λ to", "lambda_high")):
        column.select_slider(label, options(LAMBDA_ENDS, key), key=key, format_func="{:.0e}".format, **KEEP)
    st.slider("Number of λ besides 0", 2, max(64, state["lambda_count"]), key="lambda_count", **KEEP)
    if state["lambda_low"] >= state["lambda_high"]:
        raise ValueError(f"λ from={state['lambda_low']:g}: allowed: less than λ to, which is {state['lambda_high']:g}")
    return even_lambdas()


def even_lambdas() -> tuple[float, ...]:
    """The path that the widgets say, whatever the link says."""
    state = st.session_state
    return lambda_path(state["lambda_low"], state["lambda_high"], state["lambda_count"])


def longer_path(lambdas: tuple[float, ...], ends: set[str]) -> tuple[float, ...]:
    """The path with a decade more at these `ends`, "low" and "high", as dense as before; itself where none can be."""
    positive = sorted(v for v in lambdas if v > 0)
    low = max(positive[0] / 10, LOWEST) if "low" in ends else positive[0]
    high = min(positive[-1] * 10, HIGHEST) if "high" in ends else positive[-1]
    if (low, high) == (positive[0], positive[-1]):
        return lambdas
    decades = math.log10(positive[-1] / positive[0]) or 1.0
    count = min(64, max(2, round(len(positive) * math.log10(high / low) / decades)))
    return lambda_path(float(f"{low:.4g}"), float(f"{high:.4g}"), count)


def set_path(lambdas: tuple[float, ...]) -> None:
    """Set the λ controls to this even path; seeds stay as they are. A callback."""
    state = st.session_state
    fill_lambdas(lambdas)
    seeds = state["scene"].experiment.seeds
    state["from_link"] = None if seeds == _even_seeds() else (lambdas, seeds)


def _even_seeds() -> tuple[int, ...]:
    first = st.session_state["first_seed"]
    return tuple(range(first, first + st.session_state["n_seeds"]))


def seeds() -> tuple[int, ...]:
    """Draw the controls of the seeds and of which of them is drawn; the seeds."""
    state = st.session_state
    with st.expander("Seeds"):
        if not state["from_link"]:
            range_slider("Seeds", 1, 16, 1, "n_seeds")
            st.number_input("First seed", 0, 2**32 - 100, key="first_seed", **KEEP)
        chosen = state["from_link"][1] if state["from_link"] else _even_seeds()
        if state["shown"] not in chosen:
            state["shown"] = chosen[0]
        st.selectbox("Seed that is drawn", chosen, key="shown", **KEEP)
    return chosen
