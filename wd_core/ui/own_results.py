"""What weight decay did on a visitor's own table: the path, the chosen λ, each weight, the test error, the report."""

from __future__ import annotations

import numpy as np
import streamlit as st

from wd_core.figures import style
from wd_core.figures.paths import Limits, path_figure
from wd_core.own_data.report import error_text, html_report
from wd_core.own_data.script import FILE, prepared_csv, script, setting_of
from wd_core.own_data.sentences import apart
from wd_core.own_data.study import RULES, Study, baseline, coefficients, errors_on_test, settings
from wd_core.text import lambda_text, number_text
from wd_core.translate import translate
from wd_core.ui import translator
from wd_core.ui.classroom import reveal_toggle
from wd_core.ui.export import as_csv
from wd_core.ui.own_data import Ready
from wd_core.ui.text import inert

NAMED = 6
RULE_NAMES = {"lowest": "Lowest error", "one_se": "One standard error", "hand": "By hand"}


def limits(found: Study, weights: np.ndarray, training: np.ndarray) -> Limits:
    """Axes that stand still. λ = 0 may leave them: without a penalty separable classes have weights without bound."""
    shown, (mean, error) = weights[1:], found.curve
    room = 0.06 * (np.ptp(shown) or 1.0)
    losses = np.concatenate([training[1:], (mean + error)[1:]])
    top = min(float(losses.max()), 1.6 * float(training[-1]))
    least, rise = float(losses.min()), 0.08 * (top - float(losses.min()))
    reach = (float(shown.min()) - room, float(shown.max()) + room)
    return Limits(reach, float(found.path.df.max()) or 1.0, (max(least - rise, 0.0), top + rise))


@st.fragment
def show(good: Ready, found: Study) -> None:
    """Everything that follows the λ cursor: moving it fits nothing anew."""
    prepared, path = good.prepared, found.path
    names = {lambda_text(v): i for i, v in enumerate(path.lambdas)}
    left, right = st.columns(2, vertical_alignment="bottom")
    rule = left.segmented_control(
        "Which λ", list(RULES), format_func=RULE_NAMES.get, default="one_se", key="own_rule", persist_state="session"
    )
    rule = rule or "one_se"
    index = found.chosen.get(rule, -1)
    if rule == "hand":
        start = lambda_text(path.lambdas[found.chosen["one_se"]])
        index = names[right.select_slider("λ", list(names), start, key=f"own_lam {found.penalty} {good.key}")]
    output = 0
    if path.coefficients.shape[2] > 1:
        output = prepared.classes.index(
            right.selectbox("Class whose weights are drawn", prepared.classes, key=f"own_class {good.key}")
        )
    _sentence(found, index, rule)
    weights, training = path.coefficients[:, :, output], path.loss(prepared.X_choice, prepared.y_choice)
    strongest = np.argsort(-np.abs(weights[max(index // 2, 1)]), kind="stable")[:NAMED].tolist()
    axes = limits(found, weights, training)
    figure = path_figure(
        path.lambdas, title=f"<b>{style.GLYPHS[found.penalty]} {style.ARM_NAMES[found.penalty]}</b>",
        penalty=found.penalty, weights=weights, names=prepared.inputs, named=strongest,
        zeros=path.zeros, n_weights=path.coefficients[0].size, df=path.df,
        losses={"train": training}, cv=found.curve,
        loss_name="cross-entropy" if prepared.classes else "half squared error", index=index,
        limits=axes,
    )  # fmt: skip
    _elsewhere(found, index)
    alt = f"Weights, exact zeros, degrees of freedom and losses over λ; the cursor is at {path.lambdas[index]:.3g}."
    st.plotly_chart(figure, key="own_paths", config=style.config("your-data-path"), alt=alt)
    if why := apart(found):
        low, high = axes.weights
        hidden = ((weights[0] < low) | (weights[0] > high)).any()
        st.caption(why + " Not every dot is inside the axes; the table below has them all." * bool(hidden))
    st.subheader("What λ did to each weight", anchor=False)
    fates = coefficients(found, index)
    st.dataframe(fates, hide_index=True, height="auto" if len(fates["input"]) < 12 else 420)
    _test(good, found, index, rule, fates)


def _sentence(found: Study, index: int, rule: str) -> None:
    path, (mean, error) = found.path, found.curve
    size, zeros = path.coefficients[index].size, int(path.zeros[index])
    gain = mean[0] - mean[index]
    than = "lower" if gain > 0 else "higher"
    st.markdown(
        f"**λ = {lambda_text(path.lambdas[index])}** ({RULES[rule]}): {zeros} of {size} weights are exactly "
        f"zero. Cross-validated loss {number_text(mean[index])} ± {number_text(error[index], 2)}, "
        f"{number_text(abs(gain), 2)} {than} than without a penalty."
    )


def _elsewhere(found: Study, index: int) -> None:
    """The same λ in other tools, for the inputs as they were standardised here."""
    what, setting = "inputs" if found.prepared.classes else "inputs and the target", setting_of(found)
    with st.popover("This λ in other tools", icon=":material/code:"):
        st.caption(f"For the {what} standardised as above, {setting.n:,} rows.")
        with st.container(horizontal=True, gap="small"):
            st.download_button(
                "Code: experiment.py", lambda: script(found, index), "experiment.py", "text/plain",
                icon=":material/download:", on_click="ignore", help="This λ with scikit-learn, on the rows beside it.",
            )  # fmt: skip
            st.download_button(
                f"Its rows: {FILE}", lambda: prepared_csv(found), FILE, "text/csv", icon=":material/table:",
                on_click="ignore", help="Training and validation rows as prepared above; no test rows.",
            )  # fmt: skip
        for translation in translate(setting, float(found.path.lambdas[index])):
            st.markdown(f"**{translation.tool}**")
            translator.says(translation)


def _test(good: Ready, found: Study, index: int, rule: str, fates: dict[str, list]) -> None:
    prepared = good.prepared
    st.subheader("Test error", anchor=False)
    why = "Once λ is chosen: a choice that has seen it is no test."
    revealed = reveal_toggle("Reveal the test error", f"own_reveal {good.key}", why)
    estimates = errors_on_test(found, index) if revealed else None
    guess = baseline(prepared) if revealed else None
    if estimates:
        n = len(prepared.y_test)
        for column, e in zip(st.columns(3), estimates, strict=False):
            how = f"from resampling {n:,} test rows" if e.value else f"by the rule of three, for {n:,} test rows"
            value, low, high = (error_text(prepared, v) for v in (e.value, e.low, e.high))
            column.metric(e.name.capitalize(), value)
            column.caption(f"95 % interval {low} to {high}, {how}.")
        what = "commonest class" if prepared.classes else "training mean"
        st.markdown(f"Always saying the {what} would have {error_text(prepared, guess)}: {inert(estimates[0].name)}.")
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Report (HTML)",
            lambda: html_report(found, index, rule, good.loaded.table.notes, estimates, guess),
            "weight-decay-report.html", "text/html", icon=":material/description:", on_click="ignore",
            help="One file that loads nothing. The test error is in it once you have revealed it.",
        )  # fmt: skip
        st.download_button(
            "Weights (CSV)", lambda: as_csv(weight_columns(found, index, fates)),
            "weights.csv", "text/csv", icon=":material/table:", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Path (CSV)", lambda: as_csv(path_columns(found)), "path.csv", "text/csv", icon=":material/table:",
            on_click="ignore",
        )  # fmt: skip


def weight_columns(found: Study, index: int, fates: dict[str, list]) -> dict[str, list]:
    """What λ did to each weight, with λ and what the table is of in each row."""
    return _of(found, len(fates["input"]), {"lambda": [found.path.lambdas[index]] * len(fates["input"]), **fates})


def _of(found: Study, rows: int, columns: dict) -> dict:
    return columns | {"seed": [found.prepared.seed] * rows, "settings": [settings(found)] * rows}


def path_columns(found: Study) -> dict[str, np.ndarray]:
    """The figure's numbers: a row for every λ."""
    path, (mean, error) = found.path, found.curve
    columns = {"lambda": path.lambdas, "cv loss": mean, "cv standard error": error, "df": path.df, "zeros": path.zeros}
    for k in range(path.coefficients.shape[2]):
        of = f" ({found.prepared.classes[k]})" if path.coefficients.shape[2] > 1 else ""
        columns |= {f"{name}{of}": path.coefficients[:, j, k] for j, name in enumerate(found.prepared.inputs)}
    return _of(found, len(path.lambdas), columns)
