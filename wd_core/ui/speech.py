"""The page on speech: the state while it listens, what it would say, what its gradient remembers."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from wd_core.studies import speech
from wd_core.studies.listening import SATURATED
from wd_core.studies.speech import LONGEST, MODELS, Heard
from wd_core.text import lambda_text
from wd_core.ui.boards import BOUND, all_after_few, loss_panels, show_board
from wd_core.ui.measured import SEEDS, measured_part
from wd_core.view.board import Axis, Board, Curves, Heat, Lines, Panel, Readout, Series

LABELS = {"wrong": "a fifth under a wrong name", "true": "all under the right name"}
COLOURS = {"rnn": "class 2", "gru": "class 3"}
FAINTEST = 1e-6
"""Of a gradient, where the picture ends."""


def show() -> None:
    """The whole page below its title."""
    labels = st.segmented_control(
        f"The {speech.TRAINING} utterances it learns from", list(LABELS), default="wrong", format_func=LABELS.get,
        key="speech_labels", required=True, **BOUND,
    )  # fmt: skip
    look, show = partial(speech.look, labels, 0), partial(_show, labels)
    all_after_few(("speech", labels, speech.LAMBDAS), look, speech.FIRST, show, "Training both networks")
    learned = "had it learned the wrong names yet?" if labels == "wrong" else "how early was it sure then?"
    st.markdown(
        "**Try.** Let it hear the whole vowel at λ = 0, then drag λ up: how early is it sure, and of whom? Go back to "
        f"step 50: {learned} Take λ to its end: what is left of the state, and how far back does the gradient reach?"
    )
    seeds = SEEDS
    cost = sum(speech.recipe(model, labels, seeds).cost for model in MODELS)
    measured_part("speech", labels, MODELS, speech.LAMBDAS, partial(speech.measure, labels, seeds), cost)
    e = speech.recipe("rnn", labels, (0,))
    data = e.data(0)
    st.caption(
        f"Nine speakers say one vowel, {speech.TRAINING} utterances of 7 to 29 frames of 12 coefficients for training, "
        f"{len(data.y_validation)} each for validation and test. RNN: 16 tanh units, first recurrent weights "
        f"orthogonal × 0.9; GRU: 16 units. Adam, learning rate {e.lr:g}, {e.steps} steps, full batch, decoupled decay; "
        "pictures of seed 0, utterances of the validation part. The state is read after each frame; probabilities are "
        "what it would say had the utterance ended there. Spectral radius: largest |eigenvalue| of the recurrent "
        f"weights, of the GRU those of its candidate state. Saturated: |state| > {SATURATED:g}. Gradient: size of "
        f"∂loss/∂frame over that of the last frame, geometric mean of {speech.LOOKED_AT} utterances; below "
        f"10⁻⁶ it is drawn as 10⁻⁶. Data: {e.source.source}. Ideas: Elman 1990; Bengio, Simard & Frasconi 1994; "
        "Cho et al. 2014."
    )


def _show(labels: str, found: dict[str, Heard]) -> None:
    lambdas = found["rnn"].history.lambdas.size
    show_board("speech", (labels, lambdas), lambda progress: board(found))


def board(found: dict[str, Heard]) -> Board:
    """Everything of one seed, over λ, step and utterance."""
    some = next(iter(found.values()))
    e, names = some.history.experiment, some.history.experiment.source.class_names
    data, chosen = e.data(e.seeds[0]), speech.listened(e)
    lengths = (~np.isnan(data.X_validation[chosen][..., 0])).sum(1)
    spoken = [f"{names[data.y_validation[i]]}, {n} frames" for i, n in zip(chosen, lengths, strict=True)]
    over, lambdas, steps = ("lambda", "step"), [*some.history.lambdas.tolist()], some.history.steps.tolist()
    return Board(
        [
            Axis("lambda", "λ", lambdas, start=0),
            Axis("step", "step", steps, "linear", len(steps) - 1),
            Axis("utterance", "utterance", spoken, "names", start=0),
        ],
        [*_losses(found), *_listening(found, names), *_memory(found)],
        readouts=[
            Readout(f"{MODELS[m]}: validation accuracy", h.history.validation_score[:, 0], over, "percent")
            for m, h in found.items()
        ],
        sentences=[_words(found, i) for i in range(len(lambdas))],
        groups={model: MODELS[model] for model in found},
    )  # fmt: skip


def _losses(found: dict[str, Heard]) -> list[Panel]:
    every = {m: h.history for m, h in found.items()}
    top = 1.15 * max(float(np.nanmax(h.validation_loss[:, 0, -1])) for h in every.values())
    return loss_panels(every, MODELS, COLOURS, top, height=230)


def _listening(found: dict[str, Heard], names: tuple[str, ...]) -> list[Panel]:
    over = ("lambda", "step", "utterance")
    time = next(iter(found.values())).states.shape[3]
    frames = [str(t + 1) for t in range(time)]
    panels: list[Panel] = [
        Heat(title=f"{MODELS[m]}: the state while it listens", values=h.states.swapaxes(-1, -2), over=over, bits=8,
             rows=[str(u + 1) for u in range(h.states.shape[-1])], columns=frames, row_label="unit",
             column_label="frame", palette="diverging", range=(-1.0, 1.0), height=270, group=m)
        for m, h in found.items()
    ]  # fmt: skip
    panels += [
        Heat(title=f"{MODELS[m]}: who it would say", values=h.said.swapaxes(-1, -2), over=over, bits=8, rows=names,
             columns=frames, row_label="", column_label="frame", range=(0.0, 1.0), form="percent", height=240, group=m)
        for m, h in found.items()
    ]  # fmt: skip
    return panels


def _memory(found: dict[str, Heard]) -> list[Panel]:
    def series(what: str) -> list[Series]:
        return [Series(MODELS[m], getattr(h, what).T, colour=COLOURS[m]) for m, h in found.items()]

    back = np.arange(LONGEST + 1.0)
    felt = [Series(MODELS[m], np.maximum(h.felt, FAINTEST), colour=COLOURS[m]) for m, h in found.items()]
    high = max(10.0, 2 * max(float(np.nanmax(h.felt)) for h in found.values()))
    radius = 1.1 * max(1.0, *(float(np.nanmax(h.radius)) for h in found.values()))
    share = 1.1 * max(0.05, *(float(np.nanmax(h.saturated)) for h in found.values()))
    return [
        Lines(title="How far back the gradient reaches", x=back, series=felt, over=("lambda", "step"), width="third",
              log=(False, True), x_label="frames before the last", y_label="gradient, last frame = 1", height=220,
              range=(FAINTEST, high), reference=[(0.0, 1.0), (float(LONGEST), 1.0)],
              reference_name="as much as the last"),
        Curves(title="Spectral radius", series=series("radius"), over=("step",), width="third", height=220,
               range=(0.0, radius)),
        Curves(title="Saturated states", series=series("saturated"), over=("step",), width="third", height=220,
               range=(0.0, share), y_label="share"),
    ]  # fmt: skip


def _words(found: dict[str, Heard], i: int) -> str:
    """What the numbers at λ number `i` say, at the last step."""
    said = []
    for m, h in found.items():
        loss = h.history.validation_loss[:, 0, -1]
        ten = h.felt[i, -1, 10]
        less = f" (without decay {loss[0]:.2f})" if i else ""
        said.append(f"{MODELS[m]} {loss[i]:.2f}{less}, {_reach(ten)}")
    h = next(iter(found.values())).history
    return f"λ = {lambda_text(float(h.lambdas[i]))}, after {h.steps[-1]:,} steps, validation loss: {'; '.join(said)}."


def _reach(ten: float) -> str:
    """In words, the gradient of a frame ten before the last."""
    if not np.isfinite(ten) or ten < FAINTEST:
        return "and its gradient has vanished ten frames back"
    share = f"{100 * ten:.2g} %" if ten < 0.1 else f"{100 * ten:.0f} %"
    return f"and a frame ten before the last still has {share} of the last one's gradient" if ten < 1 else (
        f"and a frame ten before the last has {ten:.2g} times the last one's gradient: it explodes")  # fmt: skip
