"""The λ translator: one decay, and the number that each tool wants for it."""

from itertools import zip_longest
from typing import Any

import streamlit as st

from wd_core.experiment import Experiment
from wd_core.translate import TOOLS, Setting, lambda_from, translate
from wd_core.ui.controls import DECAY_NAMES, OPTIMIZER_NAMES
from wd_core.ui.page import enter
from wd_core.ui.text import inert
from wd_core.ui.translator import home, says, shown
from wd_core.view.picture import LABELS

BOUND = {"bind": "query-params", "persist_state": "session"}
MODELS = {"linear": "linear regression", "logistic": "logistic", "softmax": "softmax", "mlp": "neural network"}
PENALTIES = ("l2", "l1", "elastic", "none")
TASKS = {"linear": "regression", "logistic": "binary", "softmax": "multiclass", "mlp": "binary"}
EXAMPLES = {"linear": "sparse", "logistic": "moons", "softmax": "blobs", "mlp": "moons"}
OURS = "this app"

enter("translator")
st.title("One λ, many conventions", anchor=False)
st.markdown(
    "The same decay has another number in every tool: some sum over examples where others average, some leave out the "
    "½, some take 1/λ. Here the objective is **mean loss + λ₁‖w‖₁ + ½λ₂‖w‖²**, where w is all weights but the biases."
)


def asked() -> dict[str, Any]:
    """What a translation depends on, from the controls."""
    with st.container(horizontal=True, gap="medium"):
        model = st.segmented_control(
            "Model", MODELS, format_func=MODELS.get, default="linear", required=True, key="t_model", wrap=True, **BOUND
        )
        penalty = st.segmented_control(
            "Penalty", PENALTIES, format_func=LABELS.get, default="l2", required=True, key="t_penalty", **BOUND
        )
    with st.container(horizontal=True, gap="medium"):
        said = {"model": model, "task": TASKS[model], "penalty": penalty}
        said["n"] = st.number_input("Training examples n", 10, 10**9, 200, key="t_n", width=200, **BOUND)
        said["batch"] = said["n"]
        if penalty == "elastic":
            said["l1_ratio"] = st.number_input("Share of L1, ρ", 0.0, 1.0, 0.5, 0.05, key="t_ratio", width=160, **BOUND)
        if model == "linear":
            said["target_sd"] = st.number_input(
                "sd(y)", 1e-6, 1e6, 1.0, None, "%.4g", key="t_sd", width=130, help="Only glmnet asks.", **BOUND
            )
        if model == "mlp":
            batch = st.number_input("Batch size", 1, 10**6, 32, key="t_batch", width=160, **BOUND)
            said["batch"] = min(batch, said["n"])
            said["optimizer"] = st.selectbox(
                "Optimiser", OPTIMIZER_NAMES, format_func=OPTIMIZER_NAMES.get, key="t_optimizer", width=240, **BOUND
            )
            said["lr"] = st.number_input(
                "Learning rate", 1e-6, 10.0, 0.01, None, "%.4g", key="t_lr", width=160, **BOUND
            )
            said["decay"] = st.selectbox(
                "Decay", DECAY_NAMES, format_func=DECAY_NAMES.get, key="t_decay", width=340, **BOUND
            )
    return said


said = asked()
setting = Setting(**said)
with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
    number = st.number_input("I have the number", 1e-12, 1e12, 0.01, None, "%.6g", key="t_number", width=200, **BOUND)
    origin = st.segmented_control("of", [OURS, *TOOLS], default=OURS, required=True, key="t_of", wrap=True, **BOUND)
try:
    lam = number if origin == OURS else lambda_from(setting, origin, number)
except ValueError as error:
    st.error(f"{inert(str(error).split(': ', 1)[-1])} Another tool, or another penalty?", icon=":material/tune:")
    st.stop()

st.header(f"λ = {shown(lam)} here, and elsewhere", anchor=False)
told = translate(setting, lam)
for pair in zip_longest(told[::2], told[1::2]):
    for column, translation in zip(st.columns(2), filter(None, pair), strict=False):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{translation.tool}**")
            says(translation)
st.caption("Where a text writes the penalty λ‖w‖², without ½, its λ is half of λ₂ here.")

st.header("The whole experiment", anchor=False)
most = 2500
if setting.n > most or lam > 1e4:
    st.caption(f"As code with example data for up to {most:,} examples and λ up to 10,000. The numbers hold for any.")
    st.stop()
choices = {k: v for k, v in said.items() if k in ("model", "penalty", "l1_ratio", "optimizer", "lr", "decay")}
e = Experiment(
    dataset=EXAMPLES[setting.model], n_samples=2 * setting.n, seeds=(0,), **choices,
    batch_size=setting.batch if setting.batch < setting.n else None,
)  # fmt: skip
tools = [t.tool for t in told if t.expression]
tool = st.segmented_control("For", tools, default=tools[0], required=True, key="t_tool")
home(e, lam, tool, 0, "t_home")
