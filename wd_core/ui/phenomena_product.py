"""The page on phenomena: what L2 on two factors does to their product."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from wd_core.studies import products as study
from wd_core.studies.products import SINGULAR, Factors, Selection
from wd_core.text import lambda_text, number_text
from wd_core.ui.boards import BOUND, WORTH, away, result_of, show_board
from wd_core.view.board import Axis, Bars, Board, Curves, Lines, Readout, Series

MATRIX_LAMBDAS = tuple(float(v) for v in np.round(np.linspace(0.05, 3.2, 22), 2))
VECTOR_LAMBDAS = np.geomspace(1e-3, 1, 19)
SEEDS = 8
COLOURS = ("l2", "elastic", "l1", "decoupled", "none", "ink")
ZERO = 1e-3
"""What is smaller counts as zero: descent comes near to it and is never there."""


def product() -> None:
    """A matrix of two factors, or a weight of two."""
    which = st.segmented_control(
        "Product", ["A matrix, U Vᵀ", "A weight, u · v"], default="A matrix, U Vᵀ", key="product", required=True,
        label_visibility="collapsed", **BOUND,
    )  # fmt: skip
    (_matrix if which == "A matrix, U Vᵀ" else _vector)()


def _told(paper: str, found: str, differ: str) -> None:
    st.markdown(f"**What the paper found.** {paper}\n\n**What is found here.** {found}\n\n"
                f"**Where they differ.** {differ}")  # fmt: skip


# -------------------------------------------------------------------- U Vᵀ


def _matrix() -> None:
    f = result_of(
        "product-matrix",
        lambda progress: away(partial(study.factors, MATRIX_LAMBDAS, SEEDS), WORTH, progress), text="Descending",
    )  # fmt: skip
    show_board("product-matrix", None, lambda progress: _matrix_board(f))
    st.caption(
        f"½‖UVᵀ − D‖² + ½λ(‖U‖² + ‖V‖²), D of {study.ROWS} × {study.COLUMNS} with singular values "
        f"{', '.join(f'{d:g}' for d in SINGULAR)}; plain gradient descent, η = 0.1, {f.steps[-1]:,} steps, from "
        f"{SEEDS} random starts. Dots: mean over the starts; shade: from the least to the greatest. With the mean of "
        "the squared errors in place of their sum, the same λ would be as strong as λ times the number of entries here."
    )
    size = np.abs(f.measured[:, -1] - f.theory[:, None])
    worst = np.unravel_index(size.argmax(), size.shape)
    gap = np.abs(np.array(SINGULAR) - f.lambdas[:, None]).min(1)
    at = "which is itself a d" if gap[worst[0]] < 1e-9 else f"{number_text(gap[worst[0]], 2)} from the nearest d"
    rank = (f.measured[:, -1] > ZERO).sum(-1) == (f.theory > 1e-9).sum(-1)[:, None]
    apart = rank[gap > 1e-9]
    _told(
        "Kobayashi, Akram & von Oswald (NeurIPS 2024, arXiv:2410.23819): L2 on both factors of a product, such as an "
        "attention layer's query and key matrices, ends in the same minima as a nuclear norm on the product, which "
        "makes its rank low; they find it in trained transformers. For this loss the nuclear norm has a closed form: "
        "each singular value d ends at max(d − λ, 0).",
        f"Over {len(f.lambdas)} λ, {SEEDS} starts and {len(SINGULAR)} singular values the end is within "
        f"{number_text(float(size.max()), 2)} of the closed form, on average within "
        f"{number_text(float(size.mean()), 2)}. The rank (values above {ZERO:g}) is the closed form's in "
        f"{int(apart.sum())} of {apart.size} descents whose λ is none of the d, and in "
        f"{int(rank.sum() - apart.sum())} of {rank.size - apart.size} whose λ is one.",
        f"The largest difference is at λ = {lambda_text(f.lambdas[worst[0]])}, {at}: "
        "there a singular value creeps, for what drives it is d − λ. The paper has networks, of which "
        "this is the smallest case: here the minimum is known, there it is not.",
    )


def _matrix_board(f: Factors) -> Board:
    end = f.measured[:, -1]
    over_lambda, over_steps = [], []
    for j, (d, colour) in enumerate(zip(SINGULAR, COLOURS, strict=True)):
        values, path = end[..., j], f.measured[..., j]
        over_lambda += [
            Series(f"d = {d:g}", f.theory[:, j], colour=colour),
            Series("", values.mean(1), values.min(1), values.max(1), colour=colour, dots=True),
        ]
        over_steps.append(Series(f"d = {d:g}", path.mean(2), path.min(2), path.max(2), colour=colour))
    top = (0.0, SINGULAR[0])
    between = np.linspace(0, SINGULAR[0], 121)
    threshold = [
        Series("max(d − λ, 0)", np.maximum(between - f.lambdas[:, None], 0), colour="l2", x=between),
        Series("measured", end.mean(1), colour="ink", dots=True, x=np.array(SINGULAR)),
    ]
    return Board(
        [Axis("lambda", "λ", f.lambdas.tolist(), "linear", start=6),
         Axis("step", "step", f.steps.tolist(), "log", len(f.steps) - 1)],
        [
            Lines(title="What λ leaves of each d", series=threshold, over=("lambda",), width="third", height=260,
                  x_label="singular value d of D", y_label="at the end", range_x=(0.0, 3.2), range=top,
                  reference=((0, 0), (SINGULAR[0], SINGULAR[0])), reference_name="no decay"),
            Curves(title="Singular values at the end", series=over_lambda, y_label="singular value", width="third",
                   height=260, range=top, note="lines: max(d − λ, 0), dots: measured"),
            Curves(title="On the way, at this λ", axis="step", series=over_steps, over=("lambda",), width="third",
                   height=260, y_label="singular value", range=top),
        ],
        readouts=[Readout("singular values above 0.001, mean over starts", (end > ZERO).sum(-1).mean(-1),
                          ("lambda",))],
        sentences=[_matrix_words(f, i) for i in range(len(f.lambdas))],
    )  # fmt: skip


def _matrix_words(f: Factors, i: int) -> str:
    ends = ", ".join(f"{v:.2f}" for v in f.measured[i, -1].mean(0))
    foretold = ", ".join(f"{v:.2f}" for v in f.theory[i])
    return f"λ = {f.lambdas[i]:.2f}: the singular values end at {ends}; max(d − λ, 0) says {foretold}."


# -------------------------------------------------------------------- u ⊙ v


def _vector() -> None:
    s = result_of(
        "product-vector",
        lambda progress: away(partial(study.selection, VECTOR_LAMBDAS, SEEDS), 4 * WORTH, progress),
        text="Descending",
    )
    show_board("product-vector", None, lambda progress: _vector_board(s))
    st.caption(
        f"Linear regression on the diabetes data, {s.n} patients for training, features and target standardised: ½ "
        "mean (y − Xw)² with w = u ⊙ v, each weight a product, and ½λ(‖u‖² + ‖v‖²) or, for ridge, ½λ‖w‖². The loss "
        "is a mean, as scikit-learn's Lasso has it, so λ is its alpha. Plain gradient descent, η = "
        f"{study.VECTOR_LR:g}, {study.VECTOR_STEPS:,} steps, {SEEDS} random starts. Dots: their mean; shade: from the "
        "least to the greatest."
    )
    size = np.abs(s.measured - s.lasso[:, None])
    worst = int(size.max((1, 2)).argmax())
    same = ((np.abs(s.measured) < ZERO) == (s.lasso == 0)[:, None]).all(-1)
    _told(
        "Ziyin & Wang (ICML 2023, arXiv:2210.01212): L2 on u and v is L1 on w = u ⊙ v, with the same minima, so "
        "that plain gradient descent solves a lasso.",
        f"Over {len(s.lambdas)} λ and {SEEDS} starts no weight ends farther than {number_text(float(size.max()), 2)} "
        f"from scikit-learn's Lasso, on average {number_text(float(size.mean()), 2)}. The weights below {ZERO:g} are "
        f"just the lasso's zeros in {int(same.sum())} of {same.size} descents. Ridge has "
        f"{int((np.abs(s.ridge) < ZERO).sum())} weights below {ZERO:g} among its {s.ridge.size}, the lasso "
        f"{int((s.lasso == 0).sum())} zeros.",
        f"Descent only tends to zero, the lasso is there. The largest difference is at λ = "
        f"{lambda_text(s.lambdas[worst])}: features that are nearly alike, and weights at the edge of zero, need the "
        "most steps. The paper trains with SGD and large networks too; here it is one regression, all of it at once.",
    )


def _vector_board(s: Selection) -> Board:
    series = []
    for j, name in enumerate(s.names):
        colour, values = f"class {j}", s.measured[..., j]
        series += [
            Series(name, s.lasso[:, j], colour=colour, on_line=True),
            Series("", values.mean(1), values.min(1), values.max(1), colour=colour, dots=True),
        ]
    reach = 1.1 * float(np.abs(s.lasso).max())
    names = list(s.names)
    bars = {"u ⊙ v at this λ": s.measured.mean(1), "Ridge, L2 on w itself, at this λ": s.ridge}
    return Board(
        [Axis("lambda", "λ", s.lambdas.tolist(), start=9)],
        [
            Curves(title="Weights over λ", series=series, y_label="weight", width="full", height=260,
                   range=(-reach, reach), note="lines: scikit-learn's Lasso, dots: u ⊙ v"),
            *(Bars(title=title, names=names, values=values, over=("lambda",), range=(-reach, reach), height=210)
              for title, values in bars.items()),
        ],
        readouts=[
            Readout("zeros of the lasso", (s.lasso == 0).sum(-1), ("lambda",), "count"),
            Readout("weights of u ⊙ v below 0.001, mean", (np.abs(s.measured) < ZERO).sum(-1).mean(-1), ("lambda",)),
        ],
        sentences=[_vector_words(s, i) for i in range(len(s.lambdas))],
    )  # fmt: skip


def _vector_words(s: Selection, i: int) -> str:
    out = [name for name, w in zip(s.names, s.lasso[i], strict=True) if w == 0]
    gone = (np.abs(s.measured[i]) < ZERO).all(0)
    ours = [name for name, zero in zip(s.names, gone, strict=True) if zero]
    agree = "the same" if ours == out else ", ".join(ours) or "none"
    return (
        f"λ = {lambda_text(s.lambdas[i])}: the lasso leaves out {', '.join(out) or 'nothing'}; u ⊙ v, from every "
        f"start, {agree}. They differ by at most "
        f"{number_text(float(np.abs(s.measured[i] - s.lasso[i]).max()), 2)}."
    )
