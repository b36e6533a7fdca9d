"""The page on phenomena: double descent, and the ridge without it."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from wd_core.studies import double_descent as study
from wd_core.studies.double_descent import SIGMA, Descent
from wd_core.studies.evidence import Paired, mean_interval
from wd_core.text import lambda_text
from wd_core.ui.boards import WORTH, away, result_of, show_board
from wd_core.view.board import Axis, Board, Curves, Lines, Readout, Series

D, SEEDS = 100, 12
LAMBDAS = np.geomspace(1e-3, 30, 19)
COST = 4 * WORTH
SHOWN = {0.5: "elastic", 1.0: "l2", 2.0: "l1"}
"""n/d of the curves over λ, and their colours."""
ERRORS = (0.3, 6.0)


def descent() -> None:
    """The board, and what it says beside the papers."""
    h = result_of(
        ("double-descent", D, SEEDS),
        lambda progress: away(partial(study.descend, D, LAMBDAS, SEEDS), COST, progress),
        text=f"Fitting {len(study.SHARES)} sizes of training set",
    )
    show_board("double-descent", None, lambda progress: _board(h))
    st.caption(
        f"y = ⟨x, β⟩ + noise: d = {D} Gaussian features, ‖β‖ = 1, noise of σ = {SIGMA:g}; {SEEDS} seeds. Lines: theory "
        "for n, d → ∞. Dots: means over seeds; shade: 95 % t intervals. Errors are expected squared errors on new "
        f"examples, exact for each fit; σ² = {SIGMA**2:g} of them is noise that nobody can predict. Minimum norm: of "
        "all least squares fits the shortest, the limit λ → 0; at n = d its error has no finite mean, so no dot there. "
        "Optimal: λ = dσ²/n, which takes σ and ‖β‖ as known."
    )
    st.markdown(f"**What the papers found.** {PAPER}\n\n**What is found here.** {_found(h)}\n\n"
                f"**Where they differ.** {_differ(h)}")  # fmt: skip


PAPER = (
    "Nakkiran, Venkat, Kakade & Ma (ICLR 2021, arXiv:2003.01897): without a penalty the test error of linear "
    "regression peaks where there are as many examples as features (their figure 1: d = 500, σ = 0.5), so that more "
    "data can hurt; with the best λ for each n it never does. Hastie, Montanari, Rosset & Tibshirani (Annals of "
    "Statistics 2022, arXiv:1903.08560) give the curves: with γ = d/n the excess error of the minimum norm fit is "
    "σ²γ/(1 − γ) below γ = 1 and 1 − 1/γ + σ²/(γ − 1) above, and the best λ is γσ²/‖β‖²."
)


def _dots(values: np.ndarray, colour: str, **more) -> Series:
    """Mean and interval over seeds, the last axis."""
    mean, low, high = mean_interval(values)
    return Series("", mean, low, high, colour=colour, dots=True, **more)


def _board(h: Descent) -> Board:
    count, x = len(h.lambdas), h.n / h.d
    fine = np.geomspace(x[0], x[-1], 121)
    same = lambda values: np.broadcast_to(values, (count, *np.shape(values)))  # noqa: E731
    over_lambda = []
    for share, colour in SHOWN.items():
        theory = study.ridge_theory(np.full(count, 1 / share), h.lambdas)
        over_lambda += [
            Series(f"n = {share * h.d:.0f}", theory, colour=colour),
            _dots(h.ridge[:, study.SHARES.index(share)], colour),
        ]
    optimal = study.ridge_theory(1 / fine, study.optimal_lambda(1 / fine))
    series = [
        Series("minimum norm", same(study.min_norm_theory(1 / fine)), x=fine, colour="none"),
        _dots(same(h.min_norm), "none", x=x),
        Series("this λ", study.ridge_theory(1 / fine[None], h.lambdas[:, None]), x=fine, colour="l2"),
        _dots(h.ridge, "l2", x=x),
        Series("the best λ for each n", same(optimal), x=fine, colour="decoupled"),
        _dots(same(h.optimal), "decoupled", x=x),
    ]
    return Board(
        [Axis("lambda", "λ", h.lambdas.tolist(), start=4)],
        [
            Curves(title="Error over λ", series=over_lambda, log=True, y_label="squared error", range=ERRORS,
                   height=230, note="lines: theory, dots: measured"),
            Lines(title="Error over the number of examples", series=series, over=("lambda",), log=(True, True),
                  x_label="n/d", y_label="squared error", range=ERRORS, height=230,
                  note="lines: theory, dots: measured"),
        ],
        readouts=[Readout(f"error at n = {share * h.d:.0f}", h.ridge[:, study.SHARES.index(share)].mean(-1),
                          ("lambda",)) for share in SHOWN],
        sentences=[_words(h, i) for i in range(count)],
    )  # fmt: skip


def _words(h: Descent, i: int) -> str:
    theory = study.ridge_theory(h.d / h.n, h.lambdas[i])
    return f"λ = {lambda_text(h.lambdas[i])} for every n: {_rise(h.n, theory, h.ridge[i])}."


def _rise(n: np.ndarray, theory: np.ndarray, measured: np.ndarray) -> str:
    """Whether more data hurt between the two n where theory (N,) rises most; the pair is not chosen by the data."""
    rises = np.triu(theory[None] - theory[:, None])
    first, last = np.unravel_index(np.argmax(rises), rises.shape)
    if rises[first, last] <= 0:
        steps = np.diff(measured.mean(-1))
        return f"theory says that more data never hurt; measured, the mean error falls in {_of(steps < 0)} steps of n"
    found = Paired(measured[last] - measured[first])
    low, high = found.interval
    what = "more data hurt" if low > 0 else "more data helped" if high < 0 else "more data may or may not hurt"
    return (
        f"from n = {n[first]} to n = {n[last]} the error changes by {_signed(found.mean)} "
        f"[{_signed(low)}, {_signed(high)}] (theory {_signed(rises[first, last])}): {what}"
    )


def _of(hits: np.ndarray) -> str:
    return f"{int(hits.sum())} of {hits.size}"


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _found(h: Descent) -> str:
    shown = np.isfinite(h.min_norm).all(-1)
    rise = _rise(h.n[shown], study.min_norm_theory(h.d / h.n[shown]), h.min_norm[shown])
    best = study.optimal_lambda(h.d / h.n)
    optimal = _rise(h.n, study.ridge_theory(h.d / h.n, best), h.optimal)
    theory = study.ridge_theory(h.d / h.n, h.lambdas[:, None])
    measured, foretold = ((np.diff(errors) < 0).all(-1).sum() for errors in (h.ridge.mean(-1), theory))
    one = (
        f"Of the {len(h.lambdas)} λ drawn, {measured} give a mean error that never rises, with one λ for all n "
        f"(theory: {foretold})."
    )
    return f"Minimum norm: {rise}. Optimal ridge: {optimal}. {one}"


def _differ(h: Descent) -> str:
    gamma = h.d / h.n
    said = []
    for name, values, theory in (
        ("the minimum norm fit", h.min_norm, study.min_norm_theory(gamma)),
        ("optimal ridge", h.optimal, study.ridge_theory(gamma, study.optimal_lambda(gamma))),
        ("ridge at a fixed λ", h.ridge, study.ridge_theory(gamma, h.lambdas[:, None])),
    ):
        mean, low, high = mean_interval(values)
        known = np.isfinite(mean)
        said.append(f"{_of(((low <= theory) & (theory <= high))[known])} for {name}")
    return (
        f"The theory lies within the 95 % interval at {', '.join(said)}; about one in twenty may miss where the "
        f"theory is exact. Here d = {h.d}, not the paper's 500, so that the page opens in seconds; near n = d the "
        "spread over seeds is large, and the theory's limit is for large d. The points of a seed share its examples, "
        "so neighbouring dots err together."
    )
