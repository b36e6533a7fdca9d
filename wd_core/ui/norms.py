"""Below the Lab's view, when asked: how long each layer's weights are over the epochs, and how fast they can turn."""

from __future__ import annotations

import numpy as np
import streamlit as st

from wd_core.history import History
from wd_core.studies.diagnostics import effective_rates, layer_norms
from wd_core.ui import shared
from wd_core.ui.boards import Progress, show_board
from wd_core.view.board import DASHES, Axis, Board, Lines, Series
from wd_core.view.picture import LABELS
from wd_core.view.scene import Scene

MEANING = "Decay pulls each layer's weights in until the gradients push them out as fast: where a line turns level."
NORMED = (
    "A normalised layer says the same at any length of w, so only its direction learns, in steps of {rate}: by "
    "keeping w short, decay keeps it turning."
)
FAR = 4.0
"""Times the usual: beyond, a run is left out of the scale."""


def show(scene: Scene) -> None:
    """An expander; nothing is computed or sent while it is closed. In the Lab's fragment."""
    box = st.expander(
        "‖w‖ and learning rates over epochs, by layer", icon=":material/show_chart:", key="norms", on_change="rerun"
    )
    if box.open:
        with box:
            what = (scene.arms, scene.shown)
            show_board("norms-by-layer", what, lambda progress: _board(scene, progress), at=scene.at)


def _board(scene: Scene, progress: Progress) -> Board:
    histories = shared.histories_of(scene, progress)
    s = scene.experiment.seeds.index(scene.shown)
    names = [LABELS[h.experiment.penalty] for h in histories] if len(histories) > 1 else [""]
    if len(set(names)) < len(names):  # told apart by how λ enters the step
        names = [f"{name} {h.experiment.decay}" for name, h in zip(names, histories, strict=True)]
    panels = _panels("‖w‖", [layer_norms(h) for h in histories], histories, names, s)
    rates = [effective_rates(h) for h in histories]
    rate = "lr/‖w‖" if scene.experiment.optimizer == "adam" else "lr/‖w‖²"
    if rates[0]:
        panels += _panels(rate, rates, histories, names, s, log=True)
    axis = Axis("lambda", "λ", scene.experiment.lambdas)
    return Board([axis], panels, sentences=NORMED.format(rate=rate) if rates[0] else MEANING)


def _panels(
    what: str, values: list[dict[str, np.ndarray]], histories: list[History], names: list[str], s: int,
    log: bool = False,
) -> list[Lines]:  # fmt: skip
    """A panel for each arm, all on one scale: the layers' lines (λ, epochs) of one seed."""
    every = np.concatenate([v[:, s].ravel() for arm in values for v in arm.values()])
    every = every[np.isfinite(every) & (every > 0)]
    span = None
    if every.size:  # runs that explode, or vanish, do not squeeze the others; those that grow for ever are seen to
        low, high = np.quantile(every, (0.01, 0.99))
        low, high = float(every[every >= low / FAR].min()), float(every[every <= high * FAR].max())
        span = (low / 1.2, high * 1.2) if log else (0.0, high * 1.1)
    return [
        Lines(
            title=f"{what}{f', {name}' if name else ''}", over=("lambda",),
            x=h.steps / h.experiment.steps_per_epoch, x_label="epoch", y_label=what, range=span, log=(False, log),
            series=[
                Series(layer, v[:, s], colour=colour if i < len(DASHES) else "ink", dash=DASHES[i % len(DASHES)])
                for i, (layer, v) in enumerate(arm.items())
            ],
        )
        for h, name, arm, colour in zip(histories, names, values, _colours(histories), strict=True)
    ]  # fmt: skip


def _colours(histories: list[History]) -> list[str]:
    """The arms' colours, as the view above has them: two arms of one colour would not be told apart."""
    kinds = ["decoupled" if "decoupled" in h.experiment.decay else h.experiment.penalty for h in histories]
    penalties = [h.experiment.penalty for h in histories]
    if len(kinds) < 2 or kinds[0] != kinds[1]:
        return kinds
    if penalties[0] != penalties[1]:
        return penalties
    return [kinds[0], "l2" if kinds[0] == "decoupled" else "decoupled"]
