"""The page on what Adam does to decay: one board a question."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from wd_core.datasets import DATASETS
from wd_core.experiment import Experiment, lambda_path
from wd_core.studies import dynamics, shrinkage
from wd_core.ui.boards import BOUND, away, show_board
from wd_core.ui.shared import Progress
from wd_core.view.board import Axis, Bars, Board, Curves, Lines, Readout, Series

COLOURS = {"Adam + L2": "l2", "AdamW": "decoupled", "cautious": "cautious"}
WORTH = 0.5
"""Cost of what takes half a second or more: a worker's business."""

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
        "so under large noise it takes σ times as long. Cautious: noise agrees with a weight's sign half of the time, "
        "so twice AdamW's. Sources: Loshchilov & Hutter 2019 (arXiv:1711.05101); Chen et al. 2025 (arXiv:2510.12402). "
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
    return Board(
        [Axis("lambda", "λ", lambdas.tolist(), start=5)],
        [
            Curves(title="How much the size of the gradients matters", series=slopes, y_label="slope of the cloud",
                   width="full", height=170, range=(-1.5, 0.5),
                   note="0: all weights shrink alike; −1: ten times the gradients, a tenth of the decay"),
            Lines(title="What decay took from each weight", series=clouds, log=(True, True), over=("lambda",),
                  x_label="size of its gradients", y_label="taken, in sizes of the weight", width="full", height=320),
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
        said.append(f"{form}: a weight that is hit hard loses {ratio}")
    return f"{'; '.join(said)} (90th against 10th percentile)."


# -------------------------------------------------------------------- (c)

ROTATION_LAMBDAS = (1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1)
"""η·λ, from which each optimiser's λ follows."""


def normalised() -> None:
    """Weights before a normalisation: only their direction counts."""
    optimizer = st.segmented_control(
        "Optimiser", list(dynamics.ROTATING), default="SGD", key="adam_rotating", required=True, **BOUND
    )
    show_board("rotation", optimizer, partial(_normalised, optimizer), "Turning weights")
    st.caption(
        "Multiply weights that a normalisation follows by 3: the loss stays, the gradient is a third. So a gradient "
        "never changes their norm but to lengthen it, decay shortens it, and both meet where a step turns the weights "
        "by a fixed angle: √(2ηλ) for SGD, times 1/√(1 + μ) with momentum, times √((1 − β₁)/(1 + β₁)) for AdamW. "
        f"Gradients of random direction in {dynamics.DIMENSIONS} dimensions. Sources: van Laarhoven 2017 "
        "(arXiv:1706.05350); Kosson et al. 2023 (arXiv:2305.17212)."
    )


def _normalised(optimizer: str, progress: Progress) -> Board:
    lambdas = np.array(ROTATION_LAMBDAS[2:]) / dynamics.ROTATION_LR[optimizer]
    r = away(partial(_rotation, optimizer, lambdas.tolist()), WORTH, progress)
    theory = dynamics.angle_theory(optimizer, lambdas)
    starts = {"0.1": ("l1", 0), "1": ("l2", 1), "10": ("decoupled", 2)}
    norms = [Series(f"from {name}", r.norms[:, n], colour=colour) for name, (colour, n) in starts.items()]
    angles = [Series(f"from {name}", r.angles[:, n], colour=colour) for name, (colour, n) in starts.items()]
    level = Series("theory", np.repeat(theory[:, None], len(r.steps), 1), colour="muted", dash="validation")
    measured = r.equilibrium_angle.mean(1)
    return Board(
        [Axis("lambda", "λ", lambdas.tolist(), start=1)],
        [
            Curves(title="Angle a step at equilibrium", log=True, y_label="radians", width="full", height=180,
                   series=[Series("theory", theory, colour="muted"),
                           Series("measured", measured, colour="ink", dots=True)]),
            Lines(title="Norm, from three starts", x=r.steps.astype(float), series=norms, over=("lambda",),
                  log=(False, True), x_label="step", y_label="‖w‖", height=260),
            Lines(title="Angle a step", x=r.steps.astype(float), series=[*angles, level], over=("lambda",),
                  log=(False, True), x_label="step", y_label="radians", height=260),
            *_multiplied(),
        ],
        readouts=[Readout("angle, measured", measured, ("lambda",)), Readout("angle, theory", theory, ("lambda",))],
        sentences=[_rotation_words(r, theory, i) for i in range(len(lambdas))],
    )  # fmt: skip


FACTORS = (1 / 9, 1 / 3, 1.0, 3.0, 9.0)


def _multiplied() -> list[Lines]:
    """Loss and gradient when the first layer's weights are multiplied, with batch norm behind them and without."""
    found = {name: shrinkage.scaled(Experiment(norm=norm), FACTORS) for name, norm in NORM_NAMES.items()}
    colours = dict(zip(found, ("l2", "none"), strict=True))
    x, middle = np.array(FACTORS), FACTORS.index(1.0)
    losses = [Series(name, loss, colour=colours[name], dots=True) for name, (loss, _) in found.items()]
    gradients = [Series(name, g / g[middle], colour=colours[name], dots=True) for name, (_, g) in found.items()]
    return [
        Lines(title="Loss when the weights are multiplied", x=x, series=losses, log=(True, False), height=220,
              x_label="factor on the weights", y_label="cross-entropy"),
        Lines(title="Their gradient", x=x, series=gradients, log=(True, True), height=220,
              x_label="factor on the weights", y_label="‖g‖, in units of that at factor 1",
              reference=[(f, 1 / f) for f in FACTORS], reference_name="1 ÷ factor"),
    ]  # fmt: skip


NORM_NAMES = {"batch norm": "batch", "no normalisation": "none"}


def _rotation(optimizer: str, lambdas: Sequence[float], report: Progress) -> dynamics.Rotation:
    return dynamics.rotation(optimizer, lambdas, on_progress=report)


def _rotation_words(r: dynamics.Rotation, theory: np.ndarray, i: int) -> str:
    last, angle = r.norms[i, :, -1], r.equilibrium_angle[i].mean()
    met = np.ptp(last) <= 0.05 * last.mean()
    meet = f"meet at one norm, {last.mean():.2f}" if met else f"are on their way: {', '.join(f'{v:.2f}' for v in last)}"
    return (
        f"Starts of 0.1, 1 and 10 {meet}. A step turns the weights by {np.degrees(angle):.2f}°, "
        f"{100 * abs(angle / theory[i] - 1):.1f} % off the theory's {np.degrees(theory[i]):.2f}°."
    )


# -------------------------------------------------------------------- (d)

COSINE_LAMBDAS = (0.02, 0.05, 0.1, 0.2, 0.5)


def end_of_schedule() -> None:
    """Why gradients rise when the learning rate falls, and decay that falls with it."""
    show_board("cosine", None, _end_of_schedule, "Turning weights")
    st.caption(
        "At equilibrium ‖g‖/‖w‖ = √(2λ/γ), γ the learning rate of the step: where a cosine takes γ to 0, the ratio "
        "rises. Decay in proportion to γ keeps it at its level. SGD on weights that a normalisation follows, "
        "gradients of random direction, 4,000 steps of a cosine schedule. Source: Defazio 2025 (arXiv:2506.02285)."
    )


def _end_of_schedule(progress: Progress) -> Board:
    runs = {
        name: away(partial(_cosine, corrected), WORTH, lambda s, i=i: progress((i + s) / 2))
        for i, (name, corrected) in enumerate({"λ constant": False, "λ ∝ learning rate": True}.items())
    }
    colours = {"λ constant": "l2", "λ ∝ learning rate": "decoupled"}
    ratios = {name: r.gradients[:, 0] / r.norms[:, 0] for name, r in runs.items()}
    some = next(iter(runs.values()))
    theory = np.array([dynamics.gradient_ratio_theory("SGD", lam, some.schedule) for lam in some.lambdas])
    theory[:, -1] = np.nan  # γ is all but 0 there
    middle = len(some.steps) // 2
    rise = {name: ratio[:, -1] / ratio[:, middle] for name, ratio in ratios.items()}
    steps = some.steps.astype(float)
    return Board(
        [Axis("lambda", "λ", some.lambdas.tolist())],
        [
            Curves(title="Rise of ‖g‖/‖w‖ from half-time to the end", log=True, y_label="times", width="full",
                   height=170, series=[Series(name, r, colour=colours[name]) for name, r in rise.items()]),
            Lines(title="‖g‖/‖w‖", x=steps, over=("lambda",), log=(False, True), x_label="step", height=260,
                  series=[*(Series(name, r, colour=colours[name]) for name, r in ratios.items()),
                          Series("theory, λ constant", theory, colour="muted", dash="validation")]),
            Lines(title="Norm", x=steps, over=("lambda",), x_label="step", y_label="‖w‖", height=260,
                  series=[Series(name, r.norms[:, 0], colour=colours[name]) for name, r in runs.items()]),
        ],
        sentences=[
            f"From half-time to the end the gradient, in sizes of the weights, grows {rise['λ constant'][i]:.1f} "
            f"times; with decay in proportion to the learning rate {rise['λ ∝ learning rate'][i]:.1f} times."
            for i in range(len(some.lambdas))
        ],
    )  # fmt: skip


def _cosine(corrected: bool, report: Progress) -> dynamics.Rotation:
    return dynamics.rotation("SGD", COSINE_LAMBDAS, 4000, "cosine", corrected, starts=(1.0,), on_progress=report)


# -------------------------------------------------------------------- (e)

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
    reach = max(float(np.abs(w).max()) for w in (*weights.values(), exact))
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
