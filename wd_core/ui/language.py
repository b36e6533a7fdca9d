"""The page on language: which language is a surname from; and the part that invents surnames, see `letters`."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from wd_core.studies import language
from wd_core.studies.language import MODELS, OneName, Trained
from wd_core.text import lambda_text
from wd_core.ui.boards import BOUND, all_after_few, loss_panels, show_board
from wd_core.ui.letters import spelling
from wd_core.ui.measured import SEEDS, measured_part
from wd_core.ui.text import inert
from wd_core.view.board import Axis, Bars, Board, Curves, Heat, Panel, Readout, Series
from wd_core.view.scene import Scene

COLOURS = {"transformer": "class 2", "gru": "class 3"}
FIRST_NAME = "korhonen"


def which() -> None:
    """Which language is this surname from?"""
    typed = st.text_input("A surname, yours perhaps", FIRST_NAME, key="language_name", width=320, **BOUND)
    notice = st.container()  # always there: a board that moved down would be mounted anew, and lose its place
    try:
        name = language.read_name(typed)
    except ValueError as error:
        name = FIRST_NAME
        notice.warning(f"{inert(error)}. Shown instead: {FIRST_NAME}.")
    look, show = partial(language.look, 0), partial(_show, name)
    all_after_few(("language", language.LAMBDAS), look, language.FIRST, show, "Training both networks")
    st.markdown(
        "**Try.** Type your own name. At λ = 0, is the network sure, and is it right? Drag λ up until both "
        "networks hedge. Watch the attention: at which λ does every row turn even?"
    )
    cost = sum(language.recipe(model, SEEDS).cost for model in MODELS)
    measured_part("language", None, MODELS, language.LAMBDAS, partial(language.measure, SEEDS), cost)
    e = language.recipe("transformer", (0,))
    data = e.data(0)
    st.caption(
        f"{len(data.y_train)} surnames of eight languages for training, {len(data.y_validation)} each for validation "
        "and test, accents dropped. Transformer: one pre-norm block of width 16, four heads, MLP of 32 ReLU units, "
        f"mean of the letters; GRU: 16 units. Adam, learning rate {e.lr:g}, {e.steps} steps, full batch, decoupled "
        "decay of the weights (embedding, attention, MLP, output; no biases, no gains); pictures of seed 0. Attention: "
        "row by row, how a letter shares its attention out. Evenness: its entropy over that of an even one, mean of "
        f"letters, heads and {language.LOOKED_AT} validation names. The languages are those of name lists, not of "
        f"people. These trainings in the Lab: {_in_the_lab()}. Data: {e.source.source}. Ideas: Vaswani et al. 2017 "
        "(arXiv:1706.03762); Cho et al. 2014."
    )


def _show(name: str, trained: Trained) -> None:
    lambdas = trained.histories["gru"].lambdas.size
    show_board("language", (name, lambdas), lambda progress: board(trained, language.one_name(trained, name)))


def _in_the_lab() -> str:
    """Markdown: a link for each network."""
    scenes = {model: Scene(language.recipe(model, (0,)), at=0.0, step=language.STEPS[-1]) for model in MODELS}
    return ", ".join(f"[{MODELS[model]}](./?{scene.to_query()})" for model, scene in scenes.items())


def board(trained: Trained, name: OneName) -> Board:
    """Everything of one seed and one name, over λ, step and head."""
    h = trained.histories["transformer"]
    heads = name.attention.shape[2]
    lambdas, steps = h.lambdas.tolist(), h.steps.tolist()
    return Board(
        [
            Axis("lambda", "λ", lambdas, start=0),
            Axis("step", "step", steps, "linear", len(steps) - 1),
            Axis("head", "attention of", ["all heads", *(f"head {i + 1}" for i in range(heads))], "names", start=0),
        ],
        [*_losses(trained), *_attention(trained, name), *_languages(trained, name)],
        readouts=[
            Readout(f"{MODELS[m]}: validation accuracy", its.validation_score[:, 0], ("lambda", "step"), "percent")
            for m, its in trained.histories.items()
        ],
        sentences=[words(trained, name, i) for i in range(len(lambdas))],
    )  # fmt: skip


def _losses(trained: Trained) -> list[Panel]:
    # Without decay the loss runs away: what decay can reach is to be seen, the rest is above the top.
    top = 2.5 * min(float(np.nanmin(h.validation_loss)) for h in trained.histories.values())
    return loss_panels(trained.histories, MODELS, COLOURS, top, f"above {top:.1f}: at the top edge", height=230)


def _attention(trained: Trained, name: OneName) -> list[Panel]:
    letters = list(name.name.upper())
    shares = np.concatenate([name.attention.mean(2, keepdims=True), name.attention], axis=2)
    lowest = min(0.5, float(np.nanmin(trained.evenness)))
    return [
        Heat(title="Whom each letter listens to", values=shares, over=("lambda", "step", "head"), rows=letters,
             columns=letters, row_label="", column_label="listens to", range=(0.0, 1.0), form="percent", bits=8,
             height=290),
        Curves(title="How even the attention is", over=("step",), height=290, range=(lowest, 1.0),
               series=[Series("mean of names, letters and heads", trained.evenness.T, colour=COLOURS["transformer"])],
               y_label="1: it says nothing"),
    ]  # fmt: skip


def _languages(trained: Trained, name: OneName) -> list[Panel]:
    classes = trained.histories["gru"].experiment.source.class_names
    return [
        Bars(title=f"{MODELS[m]}: {name.name} is", names=classes, values=said, over=("lambda", "step"),
             colour=COLOURS[m], range=(0.0, 1.0), form="percent", y_label="probability", height=210)
        for m, said in name.said.items()
    ]  # fmt: skip


def words(trained: Trained, name: OneName, i: int) -> str:
    """What both say of the name at λ number `i`, at the last step, and how even attention is there."""
    h = trained.histories["transformer"]
    classes = h.experiment.source.class_names
    said = []
    for m, p in name.said.items():
        if trained.histories[m].diverged[i, 0]:
            said.append(f"the {MODELS[m]} diverged")
        else:
            k = int(p[i, -1].argmax())
            said.append(f"{MODELS[m]} says {classes[k]} ({100 * p[i, -1, k]:.0f} %)")
    known = f" In truth {name.language}, of the {name.part} names." if name.part and name.language else (
        f" In truth {name.language}; these networks have never seen it." if name.language else "")  # fmt: skip
    return (
        f"λ = {lambda_text(float(h.lambdas[i]))}, {name.name}, after {h.steps[-1]} steps: {', '.join(said)}; attention "
        f"{100 * trained.evenness[i, -1]:.0f} % even.{known}"
    )


PARTS = {"Which language?": which, "Spell a name": spelling}
QUESTIONS = {
    "Which language?": "Which language is this surname from?",
    "Spell a name": "Does it invent names, or copy those that it has read?",
}
