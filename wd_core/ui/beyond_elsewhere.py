"""Where the page's questions go beyond this app's models: transformers at scale, diffusion, experts, small devices."""

from __future__ import annotations

import streamlit as st

PARAGRAPHS = {
    "Transformers at scale": (
        "Large language models are trained with AdamW and λ near 0.1: GPT-3 (Brown et al. 2020, arXiv:2005.14165), "
        "Llama 2 (Touvron et al. 2023, arXiv:2307.09288), DeepSeek-V3 (2024, arXiv:2412.19437). They see nearly "
        "every token once, so there is little to overfit. What decay does there is to steer the optimiser: it sets "
        "over how many steps the weights average (Wang & Aitchison 2024, arXiv:2405.13698), and the *training* loss"
        " ends lower and half-precision training diverges less often (D'Angelo et al. 2023, arXiv:2310.04415). So "
        "accuracy on held-out data, this app's usual judge, is not its purpose there.",
        "[Learning rate first, λ after?](./rates) shows the time scale 1/(ηλ); [What does Adam do to "
        "decay?](./adam) the rotation behind a normalisation; [this "
        "page](./beyond?beyond_data=Surnames+of+eight+languages&beyond_model=Transformer) a transformer of one "
        "block on surnames.",
    ),
    "Diffusion models": (
        "Practice differs here: the diffusion transformer DiT is trained with AdamW and *no* decay (Peebles & Xie "
        "2023, arXiv:2212.09748). EDM2 goes the other way and holds every weight vector at a fixed norm, so that "
        "the effective learning rate is what the schedule says (Karras et al. 2024, arXiv:2312.02696): what decay "
        "does slowly under normalisation, done at once. Samples are drawn from an exponential mean of the weights "
        "over steps. Overfitting shows as copied training images (Carlini et al. 2023, arXiv:2301.13188), not as "
        "accuracy.",
        "Noise on the inputs is what these models learn from, and for a linear model it *is* L2: [What goes with "
        "decay?](./companions?companions_part=In+disguise). Effective learning rates are on [What does Adam do to "
        "decay?](./adam).",
    ),
    "Mixtures of experts": (
        "A router sends each token to a few experts (Shazeer et al. 2017, arXiv:1701.06538; Fedus et al. 2022, "
        "arXiv:2101.03961). An expert that is seldom chosen gets a gradient seldom, while decoupled decay takes "
        "lr·λ of its weights at every step: the same λ is not the same for all experts. Routers have a penalty of "
        "their own, on large scores (the z-loss of Zoph et al. 2022, arXiv:2202.08906), and rare experts are "
        "regularised by dropout (Fedus et al.).",
        "Weights that seldom or never get a gradient are in this app too: in [the Lab's digits](./?dataset=digits) "
        "those of pixels that never change stay where they began at λ = 0 and vanish with decay; [What does Adam do"
        " to decay?](./adam) has half-lives for gradients of several sizes.",
    ),
    "Small devices": (
        "A microcontroller has kilobytes and no cache (Banbury et al. 2021, arXiv:2106.07597). What counts there is"
        " bytes and multiply-adds: weights of 8 bits (Jacob et al. 2018, arXiv:1712.05877; kernels: Lai et al. "
        "2018, arXiv:1801.06601), and fewer of them (Han et al. 2016, arXiv:1510.00149). Scattered zeros save "
        "bytes; they save time only with kernels that skip them. In large comparisons plain magnitude pruning does "
        "about as well as L1-like methods (Gale, Elsen & Hooker 2019, arXiv:1902.09574). L2 makes weights small, "
        "hardly ever zero.",
        "[Is it cheaper to run?](./beyond?beyond_part=Cost) measures it here: zeros, pruning, bytes, 8 and 4 bits, "
        "L1 against L2 against none.",
    ),
}
"""Title → what is known, what can be tried here."""


def show() -> None:
    """Four paragraphs, each with its sources and what can be tried."""
    for title, (known, trying) in PARAGRAPHS.items():
        st.subheader(title, anchor=False)
        st.markdown(known)
        st.markdown(f"**To try.** {trying}")
