"""What Adam does to decay, where only the weights' direction counts: turning weights, and the end of a schedule."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from wd_core.experiment import Experiment
from wd_core.studies import dynamics, shrinkage
from wd_core.ui.boards import BOUND, WORTH, away, show_board
from wd_core.ui.shared import Progress
from wd_core.view.board import Axis, Board, Curves, Lines, Readout, Series

ROTATION_LAMBDAS = (5e-3, 1e-2, 2e-2, 3e-2, 5e-2)
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
        "Effective learning rate: η/‖w‖², with AdamW η/‖w‖, at which weights of length 1 would turn as fast. "
        f"Gradients of random direction in {dynamics.DIMENSIONS} dimensions. Sources: van Laarhoven 2017 "
        "(arXiv:1706.05350); Kosson et al. 2023 (arXiv:2305.17212)."
    )


def _normalised(optimizer: str, progress: Progress) -> Board:
    lambdas = np.array(ROTATION_LAMBDAS) / dynamics.ROTATION_LR[optimizer]
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
        readouts=[
            Readout("angle, measured", measured, ("lambda",)),
            Readout("angle, theory", theory, ("lambda",)),
            Readout("effective learning rate", dynamics.effective_rate(optimizer, r.final_norm), ("lambda",)),
        ],
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
        f"How far a step turns the weights: {np.degrees(angle):.2f}°, {100 * abs(angle / theory[i] - 1):.1f} % off the "
        f"theory's {np.degrees(theory[i]):.2f}°. Starts of 0.1, 1 and 10 {meet}."
    )


# -------------------------------------------------------------------- the end of a schedule

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
            Curves(title="Rise of ‖g‖/‖w‖ from half-time to the end", y_label="times", width="full", height=170,
                   range=(0.0, 1.05 * max(float(r.max()) for r in rise.values())),
                   series=[Series(name, r, colour=colours[name]) for name, r in rise.items()]),
            Lines(title="‖g‖/‖w‖", x=steps, over=("lambda",), log=(False, True), x_label="step", height=260,
                  series=[*(Series(name, r, colour=colours[name]) for name, r in ratios.items()),
                          Series("theory, λ constant", theory, colour="muted", dash="validation")]),
            Lines(title="Norm", x=steps, over=("lambda",), x_label="step", y_label="‖w‖", height=260,
                  series=[Series(name, r.norms[:, 0], colour=colours[name]) for name, r in runs.items()]),
        ],
        sentences=[
            f"The gradient, in sizes of the weights, is {rise['λ constant'][i]:.1f} times at the end what it was at "
            f"half-time; with decay in proportion to the learning rate, {rise['λ ∝ learning rate'][i]:.1f} times."
            for i in range(len(some.lambdas))
        ],
    )  # fmt: skip


def _cosine(corrected: bool, report: Progress) -> dynamics.Rotation:
    return dynamics.rotation("SGD", COSINE_LAMBDAS, 4000, "cosine", corrected, starts=(1.0,), on_progress=report)
