"""The board of a lesson's step: before the prediction what gives nothing away, after it what was measured beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from wd_core.evaluation import batch_norms
from wd_core.history import History
from wd_core.lessons._numbers import ends, percent, weights
from wd_core.lessons.base import LEVELS, Draw, Measured, Pick, Step
from wd_core.studies.selection import best_lambda, mean_and_error
from wd_core.text import number_text
from wd_core.view.board import Axis, Bars, Board, Curves, Panel, Series, Sketch
from wd_core.view.board import Plane as PlanePanel
from wd_core.view.picture import plane_of

Histories = Mapping[str, History]
OTHERS = ("class 3", "class 6", "muted", "class 8")
"""Colours of arms that their penalty does not tell apart: no penalty's, and of no class that a lesson's data have."""
HEIGHT = 230
SHARE = "share"
PARTS = ("train", "validation")
NAMES = {"train": "training", "validation": "validation", "test": "test"}


def lesson_board(
    step: Step, histories: Histories, said: Sequence[int] | int | None, measured: Measured | None
) -> Board:
    """What `step` shows: `given` where nothing is predicted yet (`measured` is None), else `shows`."""
    revealed = measured is not None
    if not revealed:
        histories = dict(list(histories.items())[:1])
    panels = [panel for name in (step.shows if revealed else step.given) for panel in PANELS[name](histories)]
    if isinstance(step.prediction, Pick) and said is not None and revealed:
        panels[0] = _marked(panels[0], [("you", int(said)), ("measured", int(measured.answer))])
    if isinstance(step.prediction, Draw) and said is not None and revealed:
        panels[0] = _with_drawing(panels[0], np.asarray(said))
    lambdas = list(step.lambdas)
    if len(panels) == 1:
        panels = [_changed(panels[0], width="full")]
    sentences = _sentences(lambdas, panels) if revealed else ""
    return Board([Axis("lambda", "λ", lambdas, start=0)], panels, sentences=sentences)


def sketch_board(step: Step, histories: Histories) -> Board:
    """The given curve and a point for each λ to drag up and down, its own slider each."""
    given = PANELS[step.given[0]](dict(list(histories.items())[:1]))[0]
    low, high = given.range
    heights = [float(f"{low + (high - low) * level / (LEVELS - 1):.3g}") for level in range(LEVELS)]
    labels = [f"{step.prediction.what} at λ = {lam:.2g}" for lam in step.lambdas]
    axes = [Axis(f"h{i}", label, heights, "linear", start=LEVELS // 2) for i, label in enumerate(labels)]
    sketch = Sketch(
        title=f"Draw: {step.prediction.what} over λ", lambdas=step.lambdas, series=given.series, range=given.range,
        y_label=given.y_label, control=tuple(axis.key for axis in axes), width="full", height=280, key="sketch",
        name="your line",
    )  # fmt: skip
    return Board(axes, [sketch])


def levels_of(board: Board, place: Mapping[str, object]) -> tuple[int, ...] | None:
    """What a browser says of a sketch, as levels; None where nothing was drawn or it makes no sense."""
    found = []
    for axis in board.axes:
        value = place.get(axis.key)
        if not isinstance(value, int | float) or not math.isfinite(value):
            return None
        inside = min(max(value, axis.values[0]), axis.values[-1])
        found.append(int(np.abs(np.array(axis.values) - inside).argmin()))
    return tuple(found)


# -------------------------------------------------------------------- panels


def colours(histories: Histories) -> list[str]:
    """A colour for each arm: its penalty's or its decay's, as everywhere, where that tells the arms apart."""
    own = ["decoupled" if h.experiment.decay == "decoupled" else h.experiment.penalty for h in histories.values()]
    if len(set(own)) == len(own):
        return own
    return [own[0], *OTHERS][: len(own)]


def _arm_series(histories: Histories, what: str, dash: str, name: str) -> list[Series]:
    """Mean and one standard error over seeds, of every arm; `name` tells one arm's parts apart, "" for one part."""
    found = []
    for colour, (arm, h) in zip(colours(histories), histories.items(), strict=True):
        mean, error = mean_and_error(ends(h, what), axis=1)
        title = name if len(histories) == 1 else f"{arm}: {name}" if name else arm
        found.append(Series(title, mean, mean - error, mean + error, colour=colour, dash=dash))
    return found


def _losses(histories: Histories, parts: Sequence[str], title: str) -> list[Panel]:
    alone = len(parts) == 1 and len(histories) > 1  # then the title says which part it is
    series = [
        s for part in parts for s in _arm_series(histories, f"{part}_loss", part, "" if alone else NAMES[part])
    ]
    marks = []
    if "validation" in parts and len(histories) == 1:
        (h,) = histories.values()
        marks = [("lowest", best_lambda(ends(h, "validation_loss").mean(1)))]
    every = [ends(h, f"{part}_loss").mean(1) for h in histories.values() for part in PARTS]
    limit = 1.15 * float(np.nanmax(every))  # the same before the prediction and after it
    return [Curves(title=title, series=series, height=HEIGHT, range=(0.0, limit), y_label="mean loss", marks=marks)]


def _scores(histories: Histories, part: str) -> list[Panel]:
    """Accuracy of every arm on one part."""
    series = _arm_series(histories, f"{part}_score", part, "")
    title = f"{NAMES[part].capitalize()} accuracy over λ"
    return [Curves(title=title, series=series, height=HEIGHT + 40, range=(0.4, 1.0), y_label=f"{SHARE} right",
                   width="full")]  # fmt: skip


def _each_seed(histories: Histories) -> list[Panel]:
    """Test accuracy, a line for every seed, and their mean."""
    (h,) = histories.values()
    score = ends(h, "test_score")
    series = [Series("", of_one, colour="muted", weight=0.8) for of_one in score.T]
    series.append(Series("mean", score.mean(1), weight=3))
    low = math.floor(10 * float(np.nanmin(score))) / 10
    return [Curves(title="Test accuracy over λ", series=series, height=HEIGHT + 40, range=(low, 1.0),
                   y_label=f"{SHARE} right", width="full")]  # fmt: skip


def _stopped(histories: Histories) -> list[Panel]:
    """Validation loss at the step where each run would have stopped."""
    (h,) = histories.values()
    early = np.take_along_axis(h.validation_loss, h.stopped[..., None], -1)[..., 0]
    last = ends(h, "validation_loss")
    limit = 1.15 * float(np.nanmax([last.mean(1), ends(h, "train_loss").mean(1)]))
    values = {"last step": last, "stopped early": early}
    return _over_seeds(histories, "Validation loss over λ", values, "mean loss", limit)


def _inputs(histories: Histories) -> list[Panel]:
    """A linear model's weights by input, the first seed; a * marks the inputs that matter."""
    (h,) = histories.values()
    w = weights(h)[:, 0]
    reach = float(np.abs(w).max())
    names = [name if name.endswith("*") else "" for name in h.experiment.data(h.experiment.seeds[0]).input_names]
    return [Bars(title="Weights, first seed", names=names, values=w, over=("lambda",), height=HEIGHT,
                 range=(-reach, reach))]  # fmt: skip


def _over_seeds(histories: Histories, title: str, values: Mapping[str, np.ndarray], y_label: str, top: float | None):
    """Curves of one number a run, (L, S) an arm."""
    series = []
    tints = colours(histories)
    tints += [name for name in OTHERS if name not in tints]  # where one arm has several lines
    for i, (arm, v) in enumerate(values.items()):
        mean, error = mean_and_error(v, axis=1)
        series.append(Series(arm, mean, mean - error, mean + error, colour=tints[i]))
    limit = top or 1.1 * max(float(np.nanmax(v.mean(1))) for v in values.values()) or 1.0
    return [Curves(title=title, series=series, height=HEIGHT, range=(0.0, limit), y_label=y_label)]


def _norm(histories: Histories) -> list[Panel]:
    values = {arm: np.sqrt(np.square(weights(h)).sum(-1)) for arm, h in histories.items()}
    return _over_seeds(histories, "Size of all weights over λ", values, "‖w‖", None)


def _zeros(histories: Histories) -> list[Panel]:
    values = {arm: (weights(h) == 0).sum(-1).astype(float) for arm, h in histories.items()}
    count = float(next(iter(histories.values())).weight_mask.sum())
    return _over_seeds(histories, f"Weights that are exactly zero, of {count:.0f}", values, "how many", count)


def _learned(histories: Histories) -> list[Panel]:
    (h,) = histories.values()
    flipped = np.stack([h.experiment.data(seed).flipped for seed in h.experiment.seeds])
    share = (~h.wrong["train"][:, :, -1] & flipped).sum(-1) / flipped.sum(-1)
    return _over_seeds(histories, "Wrong labels that are learned by heart", {"": share}, SHARE, 1.0)


def _chosen(histories: Histories) -> list[Panel]:
    """How often each λ has the least validation loss, over seeds."""
    (h,) = histories.values()
    at = [best_lambda(losses) for losses in ends(h, "validation_loss").T]
    counts = np.bincount(at, minlength=len(h.lambdas)).astype(float)
    series = [Series("", counts), Series("", counts, dots=True)]
    return [Curves(title="Choices over λ", series=series, height=HEIGHT, range=(0.0, float(counts.max())),
                   y_label=f"of {len(at)}")]  # fmt: skip


def _boundary(histories: Histories) -> list[Panel]:
    """What the last arm's first seed says of the plane; nothing where the browser cannot draw it."""
    name, h = list(histories.items())[-1]
    drawn = plane_of(h, h.experiment.seeds[0])
    if drawn is None:
        return []
    norms = None
    if any(layer.uses_batch for layer in h.layers()):
        norms = batch_norms(h.experiment, h.experiment.data(h.experiment.seeds[0]).X_train, h.weights[:, 0, -1])
    title = "What the network says" if len(histories) == 1 else f"What the network says, {name}"
    return [PlanePanel(title=title, weights=h.weights[:, 0, -1], over=("lambda",), height=HEIGHT + 60, key="boundary",
                       norms=norms, **drawn)]  # fmt: skip


PANELS = {
    "train": lambda hs: _losses(hs, ("train",), "Training loss over λ"),
    "validation": lambda hs: _losses(hs, ("validation",), "Validation loss over λ"),
    "losses": lambda hs: _losses(hs, ("train", "validation"), "Loss over λ"),
    "test": lambda hs: _losses(hs, ("validation", "test"), "Validation and test loss over λ"),
    "test_only": lambda hs: _losses(hs, ("test",), "Test loss over λ"),
    "training_by_data": lambda hs: _scores(hs, "train"),
    "test_by_data": lambda hs: _scores(hs, "test"),
    "each_seed": _each_seed,
    "stopped": _stopped,
    "inputs": _inputs,
    "norm": _norm,
    "zeros": _zeros,
    "learned": _learned,
    "chosen": _chosen,
    "boundary": _boundary,
}
"""Name in `Step.shows` and `Step.given` → panels of the histories of the arms."""


def _marked(panel: Panel, marks: list[tuple[str, int]]) -> Panel:
    at = {i: " and ".join(label for label, j in marks if j == i) for _, i in marks}  # both at one λ: one mark
    return _changed(panel, marks=[(label, i) for i, label in at.items()])


def _with_drawing(panel: Panel, levels: np.ndarray) -> Panel:
    low, high = panel.range
    drawn = Series("your line", low + (high - low) * levels / (LEVELS - 1), colour="ink", weight=2.5)
    return _changed(panel, series=[*panel.series, drawn])


def _changed(panel: Panel, **changes: object) -> Panel:
    return type(panel)(**{**vars(panel), **changes})


def _sentences(lambdas: Sequence[float], panels: Sequence[Panel]) -> list[str]:
    """For every λ: the lines of the first curves, in numbers."""
    shown = next((panel for panel in panels if isinstance(panel, Curves)), None)
    if shown is None:
        return []
    what = shown.title.removesuffix(" over λ")
    counts = all(float(v).is_integer() for series in shown.series for v in series.y)
    text = percent if shown.y_label.startswith(SHARE) else "{:.0f}".format if counts else number_text
    named = [series for series in shown.series if series.name]
    lines = named or [series for series in shown.series if not series.dots]
    said = [", ".join(f"{line.name} {text(float(line.y[i]))}".strip() for line in lines) for i in range(len(lambdas))]
    return [
        f"At λ = {number_text(lam, 2)}, {what[0].lower()}{what[1:]}: {values}."
        for lam, values in zip(lambdas, said, strict=True)
    ]
