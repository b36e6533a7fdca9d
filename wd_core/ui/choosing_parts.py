"""The sections of the page on choosing λ. Every sentence with a number takes it, and its interval, from the fits."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from wd_core.figures import choosing as figures
from wd_core.figures import style
from wd_core.studies import choosing
from wd_core.studies.choosing import Curves
from wd_core.studies.selection import best_lambda, interval
from wd_core.ui import translator
from wd_core.ui.choosing import Setting, chart, compared, cursor, on_demand, said
from wd_core.ui.export import csv_button

INTERVALS = "Brackets: 95 % bootstrap intervals over seeds, paired by seed."
COVERED = "This part needs the **test error**. It stays covered until you reveal it, with the switch above."


@st.fragment
def u_curve(setting: Setting, curves: Curves, reveal: bool) -> None:
    """The U-curve under the cursor, and what the rules choose."""
    index = cursor(curves)
    lam, three = style.lambda_text(curves.lambdas[index]), style.number_text
    chosen = dict(curves.chosen())
    if reveal:
        chosen[figures.ORACLE] = np.array([best_lambda(v) for v in curves.test])
    figure = figures.u_figure(
        curves.lambdas, curves.mean, curves.error, chosen, test=curves.test if reveal else None,
        penalty=setting.experiment.penalty, loss_name=setting.loss_name, index=index,
    )  # fmt: skip
    here = curves.mean[:, index]
    text = f"At λ = {lam} the cross-validated loss is {said(here)}"
    if index:
        gain = curves.mean[:, 0] - here
        verdict = compared(gain, "lower than", "higher than", "not distinguishable from")
        text += f", {verdict} that at λ = 0: the difference is {said(gain)}"
    if reveal:
        text += f". Test loss: {said(curves.test[:, index])}"
    chart(figure, "u-curve", text)
    st.markdown(f"{text}. One standard error over folds is {three(np.nanmean(curves.error[:, index]), 2)}, on average.")
    if "AIC" not in chosen:
        st.caption("AIC and BIC: only for a linear regression with more training examples than features.")
    st.caption(f"Dots: what each rule chooses, seed by seed; hold-out is the first fold alone. {INTERVALS}")
    with st.container(horizontal=True, gap="small"):
        csv_button("Numbers (CSV)", partial(curve_columns, curves, reveal), "choosing-u-curve.csv")
        translator.show(setting.experiment, float(curves.lambdas[index]))


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


def honest(setting: Setting, curves: Curves, reveal: bool) -> None:
    """Nested against naive cross-validation; with the test error, the truth and the regret of each rule."""
    st.markdown(
        "The loss of the λ that won is the least of many, so luck has helped it. "
        "**Nested** cross-validation asks folds that had no say in the choice."
    )
    count = len(setting.experiment.seeds) * setting.folds**2 * len(curves.lambdas)
    nested = on_demand(setting, "nested", f"Nest it: {count:,} fits", partial(choosing.nested_cross_validation, curves))
    if nested is not None:
        rows = {"naive": nested.naive, "nested": nested.nested} | ({"test": nested.truth} if reveal else {})
        optimism = nested.nested - nested.naive
        text = (
            f"Naive says {said(nested.naive)}, nested {said(nested.nested)}. Nested minus naive: {said(optimism)}: "
            + (
                compared(
                    optimism, "naive was too hopeful.", "naive was not too hopeful here.", "no clear optimism here."
                )
            )
        )
        if reveal:
            text += f" Test minus naive: {said(nested.truth - nested.naive)}; test minus nested: "
            text += f"{said(nested.truth - nested.nested)}."
        found = {name: interval(v) for name, v in rows.items()}
        chart(figures.strip_figure(rows, found, title="Loss of the chosen λ", axis=setting.loss_name), "nested", text)
        st.markdown(text)
        st.caption(f"Nested folds train on fewer rows than the refit that the test judges. {INTERVALS}")
        csv_button("Numbers (CSV)", {"seed": setting.experiment.seeds, **rows}, "choosing-nested.csv")
    st.subheader("Regret", anchor=False)
    if not reveal:
        st.info(COVERED, icon=":material/visibility_off:")
        return
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
    index = cursor(curves)
    known = [(s, f) for s, f in zip(setting.experiment.seeds, curves.flat(), strict=True) if f]
    best = [float(curves.lambdas[i]) for i in curves.chosen()["cross-validation"] if i >= 0]
    ranges = [f for _, f in known]
    figure = figures.flat_figure(
        curves.lambdas, [f.low for f in ranges], [f.high for f in ranges], best, [s for s, _ in known],
        penalty=setting.experiment.penalty, index=index,
    )  # fmt: skip
    lam = curves.lambdas[index]
    inside = sum((f.low <= lam or f.open_low) and (lam <= f.high or f.open_high) for f in ranges)
    open_ends = sum(f.open_low or f.open_high for f in ranges)
    text = (
        f"The optimum is {said(np.array([f.decades for f in ranges]))} decades of λ wide: so many are within one "
        f"standard error of the least. λ = {style.lambda_text(lam)} is within it for {inside} of {len(ranges)} seeds."
    )
    if open_ends:
        text += f" For {open_ends} seeds the range goes on beyond the λ looked at, so it is at least so wide."
    chart(figure, "flat", text)
    st.markdown(text)
    st.caption(INTERVALS)
    columns = {
        "seed": [s for s, _ in known], "best": best, "low": [f.low for f in ranges], "high": [f.high for f in ranges],
        "decades": [f.decades for f in ranges],
    }  # fmt: skip
    csv_button("Numbers (CSV)", columns, "choosing-flat.csv")


def leakage(setting: Setting, curves: Curves, reveal: bool) -> None:
    """What a leak does to the test error, and to what the penalty seems to be worth."""
    st.markdown("Copy part of the test set into training, as a careless merge of tables does. What do you then see?")
    if not reveal:
        st.info(COVERED, icon=":material/visibility_off:")
        return
    found = on_demand(setting, "leak", "Leak it", partial(choosing.leak, curves))
    if found is not None:
        _leaked(setting, curves, found)


@st.fragment
def _leaked(setting: Setting, curves: Curves, found: choosing.Leakage) -> None:
    index = cursor(curves)
    apparent, true = np.nanmean(found.apparent, 1), np.nanmean(found.true, 1)
    drawn = np.concatenate([apparent[:, 1:], true[:, 1:]])
    limits = (0.9 * float(np.nanmin(drawn)), 1.05 * float(np.nanmax(drawn)))
    last, share = len(found.shares) - 1, f"{found.shares[-1]:.0%}"
    gap = found.true[:, :, index] - found.apparent[:, :, index]
    seen, real = found.gain(found.apparent), found.gain(found.true)
    text = (
        f"At λ = {style.lambda_text(curves.lambdas[index])} the test error with {share} leaked looks better than it is "
        f"by {said(gap[last])}; without a leak by {said(gap[0])}. With {share} leaked the chosen λ seems to gain "
        f"{said(seen[last])} over λ = 0; truly it gains {said(real[last])}. "
        f"Apparent minus true gain: {said(seen[last] - real[last])}: "
    ) + compared(
        seen[last] - real[last], "the leak flatters the penalty.", "the leak hides what the penalty is worth.",
        "no clear difference.",
    )  # fmt: skip
    left, right = st.columns(2)
    for column, losses, name, dash in ((left, apparent, "What you see", "dash"), (right, true, "The truth", "dot")):
        title = f"{name}: {'the leaked' if dash == 'dash' else 'an untouched'} test set"
        with column:
            chart(
                figures.leak_figure(curves.lambdas, losses, found.shares, limits, title=title, index=index, dash=dash),
                f"leak-{dash}", text,
            )  # fmt: skip
    gains = {"apparent": [interval(v) for v in seen], "true": [interval(v) for v in real]}
    chart(figures.gain_figure(found.shares, gains, "Gain of the chosen λ over λ = 0"), "leak-gain", text)
    st.markdown(text)
    st.caption(f"The chosen λ is the one that each seed's cross-validation takes without a leak. {INTERVALS}")
    a, s, n = found.apparent.shape
    columns = {
        "share": np.repeat(found.shares, s * n), "seed": np.tile(np.repeat(setting.experiment.seeds, n), a),
        "lambda": np.tile(found.lambdas, a * s), "apparent": found.apparent.ravel(), "true": found.true.ravel(),
    }  # fmt: skip
    csv_button("Numbers (CSV)", columns, "choosing-leakage.csv")


def more_data(setting: Setting, curves: Curves, reveal: bool) -> None:
    """The best λ against the number of training examples."""
    st.markdown("Does the best λ move when there are more examples, and which way?")
    if not reveal:
        st.info(COVERED, icon=":material/visibility_off:")
        return
    found = on_demand(setting, "grow", "Try several sizes", partial(choosing.grow, setting.experiment))
    if found is not None:
        _grown(setting, curves, found)


@st.fragment
def _grown(setting: Setting, curves: Curves, found: choosing.Growth) -> None:
    index = cursor(curves)
    best = found.best()
    regrets = found.test - np.nanmin(found.test, axis=2, keepdims=True)
    figure = figures.growth_figure(found.lambdas, found.sizes, np.nanmean(regrets, 1), best, index)
    positive = np.log10(np.maximum(found.lambdas[best], found.lambdas[1]))
    shift = positive[-1] - positive[0]
    text = (
        f"From {found.sizes[0]} to {found.sizes[-1]} examples the best λ moves by {said(shift)} decades: "
        f"{compared(shift, 'up', 'down', 'no clear direction')}. λ = {style.lambda_text(found.lambdas[index])} costs "
        f"{said(regrets[0, :, index])} above the least with {found.sizes[0]} examples, "
        f"{said(regrets[-1, :, index])} with {found.sizes[-1]}."
    )
    chart(figure, "more-data", text)
    st.markdown(text)
    st.caption(f"A best λ of 0 counts as the smallest above it. {INTERVALS}")
    a, s, n = found.test.shape
    columns = {
        "examples": np.repeat(found.sizes, s * n), "seed": np.tile(np.repeat(setting.experiment.seeds, n), a),
        "lambda": np.tile(found.lambdas, a * s), "test loss": found.test.ravel(),
    }  # fmt: skip
    csv_button("Numbers (CSV)", columns, "choosing-more-data.csv")
