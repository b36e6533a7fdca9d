"""The page on what Adam does to decay: one board a question."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from wd_core.datasets import DATASETS
from wd_core.experiment import Experiment, lambda_path
from wd_core.studies import dynamics, shrinkage
from wd_core.ui.adam_directions import end_of_schedule, normalised
from wd_core.ui.boards import BOUND, WORTH, away, show_board
from wd_core.ui.shared import Progress
from wd_core.view.board import Axis, Bars, Board, Curves, Lines, Readout, Series

COLOURS = {"Adam + L2": "l2", "AdamW": "decoupled", "cautious": "cautious"}

HALF_LAMBDAS = (0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.5)
NOISES = (0.3, 1.0, 3.0, 10.0)
SHOWN = 3.0


def number(value: float) -> str:
    """A count of steps as people write it."""
    return f"{value:,.0f}"


# -------------------------------------------------------------------- (a)


def half_life() -> None:
    """A weight under nothing but noise: in how many steps does decay halve it?"""
    show_board("half-life", None, _half_life, "Drawing gradients")
    st.caption(
        "Theory, lines. AdamW: ln 2/(ηλ). Adam + L2: the penalty's gradient λw is divided by Adam's √(σ² + λ²w²) too, "
        "so under large noise it takes σ times as long (where λ is about σ, a few per cent longer than the line says: "
        "Adam remembers the larger weight). Cautious: noise agrees with a weight's sign half of the time, so about "
        "twice AdamW's. Sources: Loshchilov & Hutter 2019 (arXiv:1711.05101); Chen et al. 2025 (arXiv:2510.12402). "
        f"Dots: {len(NOISES)} × 200 weights that start at 1, gradients N(0, σ²), η = {dynamics.HALF_LIFE_LR:g}, "
        f"{number(dynamics.HALF_LIFE_STEPS)} steps of the update rule that trains the Lab's models. No dot: not halved "
        "by then."
    )


def _half_life(progress: Progress) -> Board:
    h = away(partial(dynamics.half_lives, HALF_LAMBDAS, NOISES, 200, dynamics.HALF_LIFE_STEPS, 0), WORTH, progress)
    fine = np.geomspace(NOISES[0], NOISES[-1], 40)
    here = NOISES.index(SHOWN)
    over_noise, over_lambda, trajectories = [], [], []
    for form, colour in COLOURS.items():
        measured = h.measured(form)
        theory = np.array([dynamics.half_life_theory(form, lam, fine) for lam in h.lambdas])
        over_noise += [
            Series(form, theory, colour=colour, x=fine),
            Series("", measured, colour=colour, dots=True, x=h.noises),
        ]
        at_shown = np.array([dynamics.half_life_theory(form, lam, np.full(1, SHOWN))[0] for lam in h.lambdas])
        over_lambda += [Series(form, at_shown, colour=colour), Series("", measured[:, here], colour=colour, dots=True)]
        trajectories.append(Series(form, h.means[form][:, here], colour=colour))
    return Board(
        [Axis("lambda", "λ", h.lambdas.tolist())],
        [
            Curves(title=f"Half-life at noise σ = {SHOWN:g}", series=over_lambda, log=True, y_label="steps",
                   width="full", height=190, note="lines: theory, dots: measured"),
            Lines(title="Half-life over the noise", series=over_noise, log=(True, True), over=("lambda",),
                  x_label="size of the gradient noise, σ", y_label="steps", height=260),
            Lines(title=f"The mean weight at σ = {SHOWN:g}", x=h.steps.astype(float), series=trajectories,
                  over=("lambda",), x_label="step", y_label="mean weight", range=(0.0, 1.0), height=260),
        ],
        sentences=[_half_life_words(h, i) for i in range(len(h.lambdas))],
    )  # fmt: skip


def _half_life_words(h: dynamics.HalfLives, i: int) -> str:
    said = []
    for form in COLOURS:
        ends = [h.measured(form)[i, j] for j in (0, -1)]
        texts = [number(v) if np.isfinite(v) else f"more than {number(h.steps[-1])}" for v in ends]
        said.append(f"{form} {texts[0]} steps under noise of {NOISES[0]:g}, {texts[1]} under {NOISES[-1]:g}")
    return f"A weight is halved in: {'; '.join(said)}."


# -------------------------------------------------------------------- (b)

WHOM = 0.1
"""Slope from which on the size of the gradients is said to matter."""
TRAINING_LAMBDAS = lambda_path(1e-4, 1.0, 12)[1:]


def in_training() -> None:
    """A real training: whom does decay shrink?"""
    data = st.selectbox(
        "Data", ("moons", "circles", "spirals", "digits"), key="adam_data", width=320,
        format_func=lambda name: DATASETS[name].title, **BOUND,
    )  # fmt: skip
    show_board("shrinkage", data, partial(_in_training, data), "Training")
    st.caption(
        "Each dot is a weight of an MLP (16, 16) after 1,000 steps of Adam, batches of 20, seed 0. Across: the root "
        "mean square of its gradient of the loss alone. Up: what decay took from it in all, as a multiple of its mean "
        "size. Adam's momentum is linear in the gradient, so the penalty's share of each step is known exactly. AdamW "
        "takes ηλ of every weight at every step, 999·ηλ in all: the line. Source: Loshchilov & Hutter 2019, prop. "
        "2–3."
    )


def _in_training(data: str, progress: Progress) -> Board:
    forms = {}
    for i, (form, decay) in enumerate(shrinkage.FORMS.items()):
        e = Experiment(dataset=data, batch_size=20, steps=1000, lambdas=TRAINING_LAMBDAS, seeds=(0,), decay=decay)
        forms[form] = away(partial(shrinkage.shrinkage, e), e.cost, lambda s, i=i: progress((i + s) / 2))
    lambdas = np.array(TRAINING_LAMBDAS)
    slopes = [Series(form, s.slope, colour=COLOURS[form]) for form, s in forms.items()]
    clouds = [Series(form, s.taken, x=s.gradient, colour=COLOURS[form], dots=True) for form, s in forms.items()]
    blank = any((s.gradient == 0).any() for s in forms.values())  # weights of pixels that never have ink
    return Board(
        [Axis("lambda", "λ", lambdas.tolist(), start=5)],
        [
            Curves(title="How much the size of the gradients matters", series=slopes, y_label="slope of the cloud",
                   width="full", height=170, range=(-1.5, 0.5),
                   note="0: all weights shrink alike; −1: ten times the gradients, a tenth of the decay"),
            Lines(title="What decay took from each weight", series=clouds, log=(True, True), over=("lambda",),
                  x_label="size of its gradients", y_label="taken, in sizes of the weight", width="full", height=320,
                  note="left edge: no gradient at all" if blank else ""),
        ],
        readouts=[Readout(f"slope, {form}", s.slope.round(6) + 0, ("lambda",)) for form, s in forms.items()],
        sentences=[_training_words(forms, i) for i in range(len(lambdas))],
    )  # fmt: skip


def _training_words(forms: dict[str, shrinkage.Shrinkage], i: int) -> str:
    said = []
    for form, s in forms.items():
        taken = s.taken[i][s.taken[i] > 0]
        most, least = np.percentile(taken, [90, 10])
        ratio = "as much as any other" if most / least < 1.01 else f"{most / least:.1f} times what a spared one loses"
        whom = "small" if s.slope[i] < -WHOM else "large" if s.slope[i] > WHOM else ""
        whose = f" most where gradients are {whom}" if whom else " whatever its gradients"
        said.append(f"{form}: a weight that is hit hard loses {ratio},{whose}")
    return f"{'; '.join(said)} (90th against 10th percentile)."


# -------------------------------------------------------------------- (c)

KEEP_LAMBDAS = lambda_path(1e-3, 10.0, 16)


def kept_optimum() -> None:
    """Cautious decay: where the loss alone has its minimum, it does not pull."""
    show_board("cautious", None, _kept_optimum, "Training")
    st.caption(
        "Linear regression on the diabetes data, 221 patients for training, full batches, Adam with a cosine "
        "schedule, 4,000 steps, mean of three seeds, the band from the least to the greatest. w* is least squares, "
        "solved exactly. The same λ is not the same strength: coupled decay changes the objective, decoupled decay "
        "competes with Adam's steps, and cautious decay acts only while the step moves a weight towards zero. Source: "
        "Chen et al. 2025 (arXiv:2510.12402)."
    )


def _kept_optimum(progress: Progress) -> Board:
    e = Experiment(
        dataset="diabetes", n_samples=442, model="linear", lr=0.01, schedule="cosine", steps=4000,
        lambdas=KEEP_LAMBDAS, seeds=(0, 1, 2),
    )  # fmt: skip
    found = shrinkage.optimum(e, progress)
    away_from = {form: found.distance(form) for form in shrinkage.KEEPING}
    losses = {form: h.train_loss[:, :, -1] for form, h in found.histories.items()}
    names = e.data(0).input_names

    def curves(values: dict[str, np.ndarray]) -> list[Series]:
        return [
            Series(form, v.mean(1), v.min(1), v.max(1), colour=COLOURS[form], dash="validation" if i == 2 else "train")
            for i, (form, v) in enumerate(values.items())
        ]

    weights = {form: found.weights(form).mean(1) for form in shrinkage.KEEPING}
    exact = found.least_squares.mean(0)
    reach = 1.05 * max(float(np.abs(w).max()) for w in (*weights.values(), exact))
    bars = [
        Bars(title=f"Weights, {form}", names=names, values=w, over=("lambda",), width="half", height=190,
             range=(-reach, reach))
        for form, w in weights.items()
    ]  # fmt: skip
    return Board(
        [Axis("lambda", "λ", list(KEEP_LAMBDAS), start=13)],
        [
            Curves(title="Distance from least squares", series=curves(away_from), y_label="‖w − w*‖ / ‖w*‖",
                   width="half", height=200),
            Curves(title="Training loss", series=curves(losses), y_label="half squared error", height=200),
            *bars,
            Bars(title="Weights, least squares", names=names, values=exact, width="half", height=190,
                 range=(-reach, reach)),
        ],
        sentences=[_kept_words(away_from, losses, i) for i in range(len(KEEP_LAMBDAS))],
    )  # fmt: skip


def _kept_words(distance: dict[str, np.ndarray], losses: dict[str, np.ndarray], i: int) -> str:
    said = [f"{form} {100 * d[i].mean():.1f} %" for form, d in distance.items()]
    nearest = min(distance, key=lambda form: distance[form][i].mean())
    if i == 0:
        return "λ = 0: all three arrive at least squares, the minimum of the loss alone. Drag λ."
    return f"So far from least squares, in shares of its length: {', '.join(said)}. Nearest stays {nearest}."


PARTS = {
    "Half-life": half_life,
    "In a training": in_training,
    "Normalised weights": normalised,
    "End of the schedule": end_of_schedule,
    "Cautious": kept_optimum,
}
QUESTIONS = {
    "Half-life": "How long does decay take to halve a weight?",
    "In a training": "Which weights does decay shrink?",
    "Normalised weights": "What is left of decay behind a normalisation?",
    "End of the schedule": "Why do gradients rise when the learning rate falls?",
    "Cautious": "Can decay leave the minimum where it is?",
}
