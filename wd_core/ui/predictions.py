"""Predict first: what this visit guessed before it saw, and how that has gone so far."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from wd_core.ui.boards import BOUND

COVERED = "covered"
SIGNS = {
    "holds": "✓", "fails": "✕", "depends": "±", "no effect": "=", "undecided": "?", "not testable": "–",
    "not run yet": "·", COVERED: "▪",
}  # fmt: skip
CHOICES = ("holds", "fails", "depends", "no effect", "undecided")


def predict_first() -> bool:
    """The switch that covers verdicts until they have been predicted."""
    return st.toggle("Predict first: verdicts covered until I guess", key="docket_predict", value=False, **BOUND)


def predictions() -> dict[str, str]:
    """This visit's, by claim; "" where the visitor looked without a guess."""
    return st.session_state.setdefault("docket_predictions", {})


def covered(name: str) -> bool:
    """Whether the verdict on this claim is still covered."""
    return bool(st.session_state.get("docket_predict")) and name not in predictions()


def ask(name: str) -> None:
    """The guess, for a claim whose verdict is covered."""
    with st.container(border=True):
        st.markdown("**What do you think, before you look?**")
        with st.container(horizontal=True):
            for choice in CHOICES:
                st.button(choice.capitalize(), key=f"predict {choice}", on_click=_predict, args=(name, choice))
            st.button("Show it without a guess", type="tertiary", key="predict nothing", on_click=_predict,
                      args=(name, ""))  # fmt: skip


def _predict(name: str, choice: str) -> None:
    predictions()[name] = choice


def answer(name: str, verdict: str) -> str:
    """The guess beside the verdict; "" where there was none."""
    guess = predictions().get(name)
    if not guess:
        return ""
    return f"You said *{guess}*; the numbers say *{verdict}*."


def score(verdicts: Mapping[str, str]) -> str:
    """How this visit's predictions have done so far; "" before the first."""
    made = {name: guess for name, guess in predictions().items() if guess and name in verdicts}
    right = sum(verdicts[name] == guess for name, guess in made.items())
    return f"Of your {len(made)} prediction{'s' * (len(made) > 1)}, {right} came out." if made else ""
