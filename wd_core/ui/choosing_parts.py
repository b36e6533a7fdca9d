"""The sections of the page on choosing λ. Every sentence with a number takes it, and its interval, from the fits."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np
import streamlit as st

from wd_core.figures import choosing as figures
from wd_core.figures import choosing_board as boards
from wd_core.studies import choosing
from wd_core.studies.choosing import Curves
from wd_core.studies.selection import Flat, best_lambda, interval, open_end
from wd_core.text import lambda_text
from wd_core.ui import translator
from wd_core.ui.choosing import Setting, board_at, chart, compared, demonstration, made, said
from wd_core.ui.export import csv_button

INTERVALS = "Brackets: 95 % t intervals over seeds; those of differences are paired by seed."
END_NAMES = {"high": "upper", "low": "lower"}


@st.fragment
def u_curve(setting: Setting, curves: Curves, reveal: bool) -> None:
    """The U-curve under the hand, and what the rules choose."""
    chosen = dict(curves.chosen())
    if reveal:
        chosen[figures.ORACLE] = np.array([best_lambda(v) for v in curves.test])
    board = boards.u_board(
        curves, chosen, test=curves.test if reveal else None, loss_name=setting.loss_name,
        sentences=u_sentences(curves, reveal),
    )  # fmt: skip
    index = board_at(board, "u-curve")
    if "AIC" not in chosen:
        st.caption("AIC and BIC: only for a linear regression with more training examples than features.")
    st.caption(f"Hold-out is the first fold alone; a larger dot is more seeds. {INTERVALS}")
    with st.container(horizontal=True, gap="small"):
        csv_button("Numbers (CSV)", partial(curve_columns, curves, reveal), "choosing-u-curve.csv")
        translator.show(setting.experiment, float(curves.lambdas[index]))


@lru_cache(maxsize=16)
def u_sentences(curves: Curves, reveal: bool) -> tuple[str, ...]:
    """For every λ what its cross-validated loss is, and whether it can be told from that at λ = 0."""
    found, end = [], open_end(curves.lambdas, np.nanmean(curves.mean, 0))
    least = int(np.nanargmin(np.nanmean(curves.mean, 0)))
    for index, lam in enumerate(curves.lambdas):
        here = curves.mean[:, index]
        text = f"At λ = {lambda_text(lam)} the cross-validated loss is {said(here)}"
        if index:
            change = here - curves.mean[:, 0]
            verdict = compared(change, "higher than", "lower than", "not distinguishable from")
            text += f", {verdict} that at λ = 0: the difference is {said(change)}"
        if reveal:
            text += f". Test loss: {said(curves.test[:, index])}"
        if end and index == least:
            text += f". It is lowest here because the range ends here: give λ more decades at its {END_NAMES[end]} end"
        found.append(f"{text}.")
    return tuple(found)


def curve_columns(curves: Curves, reveal: bool) -> dict[str, np.ndarray]:
    """A row for every seed, fold and λ."""
    s, k, n = curves.cv.shape
    columns = {
        "seed": np.repeat(curves.experiment.seeds, k * n), "fold": np.tile(np.repeat(np.arange(k), n), s),
        "lambda": np.tile(curves.lambdas, s * k), "held-out loss": curves.cv.ravel(),
    }  # fmt: skip
    if reveal:
        columns["test loss after refit"] = np.repeat(curves.test, k, axis=0).ravel()
    return columns


def honest(setting: Setting, reveal: bool) -> None:
    """Nested against naive cross-validation, the truth, and the regret of each rule."""
    st.markdown(
        "The loss of the λ that won is the least of many, so luck has helped it. "
        "**Nested** cross-validation asks folds that had no say in the choice."
    )
    setting, curves = shown_on(setting, reveal)
    nested = made(setting, "nested", partial(choosing.nested_cross_validation, curves))
    rows = {"naive": nested.naive, "nested": nested.nested, "test": nested.truth}
    optimism = nested.nested - nested.naive
    verdict = compared(
        optimism, "naive was too hopeful.", "naive was not too hopeful here.", "no clear optimism here."
    )  # fmt: skip
    text = (
        f"Naive says {said(nested.naive)}, nested {said(nested.nested)}. Nested minus naive: {said(optimism)}: "
        f"{verdict} Test minus naive: {said(nested.truth - nested.naive)}; test minus nested: "
        f"{said(nested.truth - nested.nested)}."
    )
    found = {name: interval(v) for name, v in rows.items()}
    chart(figures.strip_figure(rows, found, title="Loss of the chosen λ", axis=setting.loss_name), "nested", text)
    st.markdown(text)
    st.caption(f"Nested folds train on fewer rows than the refit that the test judges. {INTERVALS}")
    csv_button("Numbers (CSV)", {"seed": setting.experiment.seeds, **rows}, "choosing-nested.csv")
    st.subheader("Regret", anchor=False)
    regrets = curves.regrets()
    figure = figures.strip_figure(
        regrets, {name: interval(v) for name, v in regrets.items()},
        title="Test loss of the choice, above the oracle's", axis="regret", zero=True,
    )  # fmt: skip
    reference = regrets["cross-validation"]
    lines = [f"- Cross-validation's least: regret {said(reference)}."]
    for name, values in regrets.items():
        if name != "cross-validation":
            difference = values - reference
            verdict = compared(difference, "costs more", "costs less", "cannot be told apart")
            lines.append(f"- **{name}**: {said(values)}; minus cross-validation's {said(difference)}: {verdict}.")
    chart(figure, "regret", " ".join(lines))
    st.markdown("\n".join(lines))
    st.caption(f"The oracle sees the test error and takes its least over the same λ. {INTERVALS}")
    csv_button("Numbers (CSV)", {"seed": setting.experiment.seeds, **regrets}, "choosing-regret.csv")


@st.fragment
def flat(setting: Setting, curves: Curves) -> None:
    """How many decades of λ cannot be told from the best."""
    known = [(s, f) for s, f in zip(setting.experiment.seeds, curves.flat(), strict=True) if f]
    best = [float(curves.lambdas[i]) for i in curves.chosen()["cross-validation"] if i >= 0]
    ranges = [f for _, f in known]
    board_at(boards.flat_board(curves, known, flat_sentences(curves.lambdas, ranges)), "flat")
    st.caption(INTERVALS)
    columns = {
        "seed": [s for s, _ in known], "best": best, "low": [f.low for f in ranges], "high": [f.high for f in ranges],
        "decades": [f.decades for f in ranges],
    }  # fmt: skip
    csv_button("Numbers (CSV)", columns, "choosing-flat.csv")


def flat_sentences(lambdas: np.ndarray, ranges: list[Flat]) -> list[str]:
    """For every λ: how wide the optimum is, and for how many seeds this λ is in it."""
    wide = f"The optimum is {said(np.array([f.decades for f in ranges]))} decades of λ wide"
    wide += ": so many are within one standard error of the least."
    if open_ends := sum(f.open_low or f.open_high for f in ranges):
        of = f"{open_ends} of {len(ranges)} seeds"
        wide += f" For {of} the range goes on beyond the λ looked at, so it is at least so wide."
    found = []
    for lam in lambdas:
        inside = sum((f.low <= lam or f.open_low) and (lam <= f.high or f.open_high) for f in ranges)
        found.append(f"λ = {lambda_text(lam)} is in the range of {inside} of {len(ranges)} seeds. {wide}")
    return found


def shown_on(setting: Setting, reveal: bool) -> tuple[Setting, Curves]:
    """What a demonstration is shown on, said in a sentence, and its cross-validation."""
    setting, text = demonstration(setting, reveal)
    st.caption(text)
    fit = partial(choosing.cross_validate, setting.experiment, setting.folds)
    return setting, made(setting, "curves", fit)


def leakage(setting: Setting, reveal: bool) -> None:
    """What a leak does to the test error, and to what the penalty seems to be worth."""
    st.markdown("Copy part of the test set into training, as a careless merge of tables does. What do you then see?")
    setting, curves = shown_on(setting, reveal)
    _leaked(setting, made(setting, "leak", partial(choosing.leak, curves)))


@lru_cache(maxsize=16)
def leak_sentences(found: choosing.Leakage) -> tuple[str, ...]:
    """For every λ: how much too good the leaked test set looks there. Then what the penalty seems to be worth."""
    last, share = len(found.shares) - 1, f"{100 * found.shares[-1]:.0f} %"
    seen, real = found.gain(found.apparent)[last], found.gain(found.true)[last]
    verdict = compared(
        seen - real, "the leak flatters the penalty.", "the leak hides what the penalty is worth.",
        "no clear difference.",
    )  # fmt: skip
    worth = (
        f"The chosen λ seems to gain {said(seen)} over λ = 0; truly it gains {said(real)}. "
        f"Apparent minus true gain: {said(seen - real)}: {verdict}"
    )
    gaps = found.true - found.apparent  # (A, S, L)
    return tuple(
        f"At λ = {lambda_text(lam)} the test error with {share} leaked looks better than it is by "
        f"{said(gaps[last, :, i])}; without a leak by {said(gaps[0, :, i])}. {worth}"
        for i, lam in enumerate(found.lambdas)
    )


@st.fragment
def _leaked(setting: Setting, found: choosing.Leakage) -> None:
    board_at(boards.leak_board(found, leak_sentences(found)), "leakage")
    st.caption(f"The chosen λ is the one that each seed's cross-validation takes without a leak. {INTERVALS}")
    a, s, n = found.apparent.shape
    columns = {
        "share": np.repeat(found.shares, s * n), "seed": np.tile(np.repeat(setting.experiment.seeds, n), a),
        "lambda": np.tile(found.lambdas, a * s), "apparent": found.apparent.ravel(), "true": found.true.ravel(),
    }  # fmt: skip
    csv_button("Numbers (CSV)", columns, "choosing-leakage.csv")


def more_data(setting: Setting, reveal: bool) -> None:
    """The best λ against the number of training examples."""
    st.markdown("Does the best λ move when there are more examples, and which way?")
    setting, text = demonstration(setting, reveal)
    st.caption(text)
    _grown(setting, made(setting, "grow", partial(choosing.grow, setting.experiment)))


@lru_cache(maxsize=16)
def growth_sentences(found: choosing.Growth) -> tuple[str, ...]:
    """For every λ what it costs with the fewest and the most examples; and how the best λ moves between them."""
    best, regrets = found.best(), found.test - np.nanmin(found.test, axis=2, keepdims=True)
    positive = np.log10(np.maximum(found.lambdas[best], found.lambdas[1]))
    shift, few, many = positive[-1] - positive[0], found.sizes[0], found.sizes[-1]
    moves = (
        f"From {few} to {many} examples the best λ moves by {said(shift)} decades: "
        f"{compared(shift, 'up', 'down', 'no clear direction')}."
    )
    return tuple(
        f"{moves} λ = {lambda_text(lam)} costs {said(regrets[0, :, i])} above the least with {few} examples, "
        f"{said(regrets[-1, :, i])} with {many}."
        for i, lam in enumerate(found.lambdas)
    )


@st.fragment
def _grown(setting: Setting, found: choosing.Growth) -> None:
    board_at(boards.growth_board(found, setting.experiment.penalty, growth_sentences(found)), "more data")
    st.caption(f"A best λ of 0 counts as the smallest above it. {INTERVALS}")
    a, s, n = found.test.shape
    columns = {
        "examples": np.repeat(found.sizes, s * n), "seed": np.tile(np.repeat(setting.experiment.seeds, n), a),
        "lambda": np.tile(found.lambdas, a * s), "test loss": found.test.ravel(),
    }  # fmt: skip
    csv_button("Numbers (CSV)", columns, "choosing-more-data.csv")
