"""How it works: the objective, the rule that trains everything, and what the marks in the Lab mean."""

import inspect
import textwrap

import streamlit as st

from wd_core.engine.update import Update
from wd_core.figures import style
from wd_core.figures.objective import minimum, objective_figure
from wd_core.studies.answers import ANSWERS
from wd_core.ui.page import enter

enter("method")
st.title("How it works", anchor=False)

st.header("One weight between loss and penalty", anchor=False)
st.markdown("The loss wants w = 1, the penalty w = 0. Drag λ: the lowest point of their sum is where w ends.")
lam = st.slider("λ", 0.0, 1.5, 0.5, 0.05, key="method_lam", width=420)
ends = {name: minimum(name, lam) for name in ("l2", "l1")}
words = (
    f"At λ = {lam:.2f} L2 takes w to 1/(1 + λ) = **{ends['l2']:.2f}**: smaller, never zero. "
    f"L1 takes w to 1 − λ = **{ends['l1']:.2f}**"
    + (": from λ = 1 on it is exactly zero." if ends["l1"] == 0 else ", and from λ = 1 on to exactly zero.")
)
figure = objective_figure(lam)
st.plotly_chart(figure, key="objective", config=style.config("objective"), alt=words.replace("*", ""))
st.markdown(words)

st.header("The objective", anchor=False)
st.latex(
    r"J(\theta) = \text{mean loss} + \lambda_1 \lVert w \rVert_1 + \tfrac12 \lambda_2 \lVert w \rVert_2^2"
)
st.markdown(
    """
*w* are the weights; biases decay only if you ask for it. **L2** uses λ₂ = λ, **L1** λ₁ = λ, the **elastic net** shares
λ between them: λ₁ = λρ, λ₂ = λ(1 − ρ). The loss is cross-entropy for classes and half the squared error for numbers.
Every loss in the Lab is a *data* loss; the penalty is drawn apart from it.
"""
)

st.header("One step, for every run at once", anchor=False)
st.markdown(
    """
All λ and all seeds are one table of *runs*: `w` and `g` below are arrays of (seeds, λ, parameters). For one seed all
runs share data, split, first weights and the order of the batches, so what differs between two λ is λ. This is the
source that trained the pictures in the Lab:
"""
)
st.code(textwrap.dedent(inspect.getsource(Update.__call__)), language="python", wrap_lines=True)
st.markdown(
    """
- **Coupled** decay puts the penalty's gradient through the optimiser; **decoupled** decay shrinks the weights beside
  the step (AdamW). For plain gradient descent the two are the same; for Adam they are not (Loshchilov & Hutter 2019).
- **L1** is a *proximal* step: weights nearer to zero than the threshold become exactly zero, and may come back. The
  *subgradient* form subtracts λ·sign(w) instead: weights then hover about zero and hardly ever reach it.
"""
)

st.header("What people say of it", anchor=False)
st.markdown("Common questions, and scenes of the Lab that answer them, each in a new tab: look for yourself.")
for answer in ANSWERS:
    links = " · ".join(f"[{label}](/?{query})" for label, query in answer.scenes.items())
    st.markdown(f"**{answer.question}** {answer.text} {links}")

st.header("What the marks mean", anchor=False)
st.markdown(
    """
- The data are cut in three. The model learns from the **training** part; λ is chosen by the **validation** part; the
  **test** part stays covered until you reveal it, for a choice that has seen it can no longer be tested by it.
- **Points that you draw** are cut in three likewise, by the seed: a dragged point keeps its part, and one more moves
  at most two of the others into another part. You see your test points, for you drew them (a cross in its shape);
  their loss stays covered until you reveal it.
- **Wrong labels** are put into the training part alone, so that validation and test measure what was *learned*.
- Real data are standardised with the training part's mean and standard deviation.
- The **λ curve** is the mean over seeds of the loss at the chosen epoch; the band is one standard error of that mean.
- **Lowest** marks the least mean validation loss, **1 SE** the largest λ within one standard error of it: the simplest
  model that cannot be told from the best (Breiman et al. 1984).
- A run whose loss explodes is marked as **diverged**; the others go on.
"""
)

st.header("The same λ elsewhere", anchor=False)
st.markdown("scikit-learn sums where we average, Keras leaves out the ½, `LogisticRegression` takes 1/(nλ):")
st.page_link("pages/translator.py", label="One λ, many conventions: the λ translator", icon=":material/translate:")

st.header("Every number from its link", anchor=False)
st.markdown("The address of the Lab always says what is seen. The same numbers, without a browser:")
st.code('python -m wd_core run "LINK" --out numbers.npz', language="bash", wrap_lines=True)
