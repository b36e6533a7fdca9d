"""Picture: everything that both scrubbers of the live view can reach, in one message.

For the shown seed, every λ and every recorded step: the weights, from which the browser evaluates the model, and the
numbers; over all seeds, means and standard errors. The layout of the bytes is in `packing`; wd_core/ui/live/cube.js
reads it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wd_core.datasets import REACH, Dataset, Split
from wd_core.evaluation import PARTS, batch_norms
from wd_core.experiment import Experiment
from wd_core.history import History
from wd_core.studies.remedies import flags
from wd_core.studies.selection import best_lambda, mean_and_error, one_standard_error, open_end
from wd_core.view.grid import grid_of
from wd_core.view.packing import differences, pack, rounded_weights, unpack, unpack_header, with_header
from wd_core.view.planes import Plane, make_plane
from wd_core.view.program import is_chain, program_of

__all__ = ["GLYPHS", "LABELS", "make_picture", "pack", "unpack", "unpack_header", "with_header"]

MAX_WEIGHTS = 2_000_000
"""Weights in a picture (2-32-32-1 has 0.98 million at 25 λ and 33 records). Of larger networks only some of the
recorded steps carry theirs, for the histogram, and the plane is a grid."""

GLYPHS = {"none": "○", "l1": "◆", "l2": "●", "elastic": "⬟"}
LABELS = {"none": "no decay", "l1": "L1", "l2": "L2", "elastic": "elastic net"}
WHERE = {"unbounded": "Drag the epoch and watch ‖w‖."}
DECAY_NOTES = {
    "coupled": "",
    "decoupled": "decoupled",
    "decoupled_paper": "decoupled, without the learning rate",
    "cautious": "cautious",
    "subgradient": "subgradient",
}


def make_picture(
    histories: list[History], seed: int, plane_choice: str = "auto", parts: Sequence[str] = PARTS
) -> bytes:
    """The packed picture of one history, or of two on the same data. It says nothing of a part that is not in `parts`:
    what a class shall not see of the test data is not in its browsers either."""
    e = histories[0].experiment
    split, dataset = e.data(seed), e.source
    plane = make_plane(split, dataset, plane_choice)
    points, labels = _points(split, plane)
    n = sum(len(getattr(split, f"y_{part}")) for part in parts)
    arrays = {"points": points[:n], "labels": labels[:n], "flipped": split.flipped.astype(np.uint8)}
    program = _program(histories[0], split, plane)
    arms = []
    for i, history in enumerate(histories):
        arm, its_arrays = _arm(history, seed, split, plane, program, parts)
        arms.append(arm)
        arrays |= {f"a{i}.{name}": array for name, array in its_arrays.items()}
    header = {
        "version": 1,
        "dataset": dataset.name,
        "sentence": _sentence(dataset) if e.is_opening else "",
        "task": _task(e.task, plane),
        "lambdas": list(e.lambdas),
        "steps": list(e.record_at),
        "steps_per_epoch": e.steps_per_epoch,
        "seed": seed,
        "seeds": list(e.seeds),
        "classes": list(dataset.class_names),
        "plane": {
            "x": {"label": plane.x_label, "range": plane.x_range},
            "y": {"label": plane.y_label, "range": plane.y_range},
            "note": plane.note,
        },
        "value_range": _value_range(labels),
        "program": program,
        **({"drawn": {"points": dataset.points, "reach": REACH}} if dataset.points else {}),
        "score_name": "R²" if e.task == "regression" else "accuracy",
        "loss_name": histories[0].target.loss.title,
        "points": {part: len(getattr(split, f"y_{part}")) if part in parts else 0 for part in PARTS},
        "inputs": list(split.input_names),
        "relevant": [i for i, name in enumerate(split.input_names) if name in dataset.opening.relevant],
        "outputs": _output_names(histories[0]),
        "layers": weight_layers(histories[0]),
        "chain": is_chain(histories[0].layers()),
        "image": list(_image(histories[0])),
        "decayed": int(histories[0].weight_mask.sum()),
        "arms": arms,
    }
    return pack(header, arrays)


def _sentence(dataset: Dataset) -> str:
    """What the data set's opening shows, and where a story that λ alone does not tell is seen."""
    return " ".join([dataset.description, *(WHERE[story] for story in dataset.opening.story if story in WHERE)])


def _program(history: History, split: Split, plane: Plane) -> dict | None:
    """What the browser evaluates; None where it cannot, or where not every step carries its weights."""
    lambdas, _, records, size = history.weights.shape
    if lambdas * records * size > MAX_WEIGHTS:
        return None
    return program_of(history.layers(), split, plane)


def weight_layers(history: History) -> list[dict]:
    """The arrays of weights, first to last, as matrices: name, size, and where in a run's row they begin."""
    found = []
    for block, place in history.blocks():
        if block.role != "weight":
            continue
        outputs, inputs = block.shape[0], block.size // block.shape[0] - block.bias_column
        at = {"at": place.start, "bias": block.bias_column}
        found.append({"name": block.layer, "inputs": inputs, "outputs": outputs, **at})
    return found


def _image(history: History) -> tuple[int, ...]:
    """(channels, height, width) where the first layer's inputs are pixels, else ()."""
    source = history.experiment.source
    image = source.image or (source.form.shape if source.kind == "image" else ())
    layers = weight_layers(history)
    return image if layers and is_chain(history.layers()) and layers[0]["inputs"] == int(np.prod(image)) else ()


def plane_of(history: History, seed: int) -> dict | None:
    """A training's plane and program, and its training points: what a board's `Plane` needs; None where the browser
    cannot evaluate the model."""
    e = history.experiment
    split = e.data(seed)
    plane = make_plane(split, e.source, "auto")
    program = program_of(history.layers(), split, plane)
    if program is None or plane.y_is_target:
        return None
    points, labels = _points(split, plane)
    n = len(split.y_train)
    x, y = ({"label": label, "range": reach} for label, reach in (
        (plane.x_label, plane.x_range), (plane.y_label, plane.y_range)))  # fmt: skip
    header = {
        "program": program, "axes": {"x": x, "y": y}, "task": _task(e.task, plane), "value_range": _value_range(labels),
        "outputs": _output_names(history), "classes": list(e.source.class_names),
    }  # fmt: skip
    return {"plane": header, "points": points[:n], "labels": labels[:n], "flipped": split.flipped}


def _task(task: str, plane: Plane) -> str:
    if task != "regression":
        return task
    return "regression1d" if plane.y_is_target else "regression2d"


def _points(split: Split, plane: Plane) -> tuple[np.ndarray, np.ndarray]:
    """Plane coordinates (N, 2) and labels (N,) of training, validation and test points."""
    labels = np.concatenate([getattr(split, f"y_{part}") for part in PARTS])
    raw = np.concatenate([getattr(split, f"raw_{part}") for part in PARTS])
    return plane.coordinates(raw, labels).astype(np.float32), labels.astype(np.float32)


def _value_range(labels: np.ndarray) -> list[float]:
    """What the ends of the colour scale mean: symmetric about the mean target, as far as the farthest."""
    middle = float(labels.mean())
    reach = float(np.abs(labels - middle).max()) or 1.0
    return [middle - reach, middle + reach]


def _output_names(history: History) -> list[str]:
    dataset = history.experiment.source
    if not dataset.class_names:
        return [dataset.target_name]
    return list(dataset.class_names) if history.target.outputs > 1 else ["p"]


def _arm(
    history: History, seed: int, split: Split, plane: Plane, program: dict | None, parts: Sequence[str]
) -> tuple[dict, dict[str, np.ndarray]]:
    """Header entry and arrays of one side of the comparison."""
    e = history.experiment
    s = e.seeds.index(seed)
    weights = history.weights[:, s]  # (L, K, P)
    kept, rows = _kept_records(*weights.shape)
    rounded, units = rounded_weights(weights[:, kept])
    decayed = weights[..., history.weight_mask]
    numbers = {
        name: getattr(history, name)[:, s]
        for name in (*(f"{part}_{what}" for part in parts for what in ("loss", "score")), "penalty")
    }
    with np.errstate(invalid="ignore"):
        numbers["norm"] = np.sqrt(np.einsum("lkp,lkp->lk", decayed, decayed, dtype=np.float64))  # 1e-25² is no 0
        numbers["mean_abs"] = np.abs(decayed).mean(-1)
    arrays = {name: values.astype(np.float32) for name, values in numbers.items()}
    arrays |= _over_seeds(history, parts)
    grid = {}
    if program is None:
        grid, fields = grid_of(history, weights, split, plane)
        arrays |= fields
    elif any(layer.uses_batch for layer in history.layers()):
        runs = weights.reshape(-1, weights.shape[-1])
        norms = np.nan_to_num(batch_norms(e, split.X_train, runs), nan=0.0, posinf=0.0, neginf=0.0)
        arrays["norms"] = norms.reshape(*weights.shape[:2], -1).astype(np.float32)
    arrays["weights"] = differences(rounded, (0, 1))
    arrays["zeros"] = (decayed == 0).sum(-1).astype(np.int32)
    arrays["diverged"] = history.diverged[:, s].astype(np.uint8)
    arrays["stopped"] = history.stopped[:, s].astype(np.int16)
    if history.wrong is not None:
        arrays["wrong"] = np.concatenate([history.wrong[part][:, s] for part in parts], axis=-1).astype(np.uint8)
    finite = np.abs(decayed[np.isfinite(decayed)])
    notes = [DECAY_NOTES[e.decay], f"ρ = {e.l1_ratio:g}" if e.penalty == "elastic" else ""]
    header = {
        "key": e.penalty if e.decay == "coupled" else f"{e.penalty}-{e.decay}",
        "label": LABELS[e.penalty],
        "detail": ", ".join(filter(None, notes)) if e.penalty != "none" else "",
        "inert": e.penalty == "none",
        "open": _open_end(arrays, e),
        **flags(history, seed),
        "glyph": "◐" if e.decay.startswith("decoupled") and e.penalty == "l2" else GLYPHS[e.penalty],
        "weight_units": units.tolist(),
        "weight_max": float(finite.max()) if finite.size else 1.0,
        "weight_rows": rows,
        "grid": grid,
    }
    return header, arrays


def _kept_records(lambdas: int, records: int, size: int) -> tuple[np.ndarray, list[int]]:
    """Which of the recorded steps carry weights, and the nearest of them for each step, as a place among them."""
    count = min(records, max(2, MAX_WEIGHTS // (lambdas * size)))
    kept = np.unique(np.linspace(0, records - 1, count).round().astype(int))
    return kept, np.abs(np.arange(records)[:, None] - kept).argmin(1).tolist()


def _over_seeds(history: History, parts: Sequence[str]) -> dict[str, np.ndarray]:
    """Mean and standard error of the losses over seeds (L, K); the best λ and the one-standard-error choice (K,)."""
    found = {}
    with np.errstate(invalid="ignore"):
        for part in parts:
            mean, error = mean_and_error(getattr(history, f"{part}_loss"), axis=1)
            found[f"mean_{part}"], found[f"se_{part}"] = mean.astype(np.float32), error.astype(np.float32)
    if history.experiment.penalty == "none":  # λ has nothing to do: there is nothing to choose
        nothing = np.full(len(history.steps), -1, np.int16)
        return found | {"best": nothing, "one_se": nothing}
    mean, error = found["mean_validation"].T, found["se_validation"].T
    found["best"] = np.array([best_lambda(m) for m in mean], np.int16)
    found["one_se"] = np.array([one_standard_error(m, s) for m, s in zip(mean, error, strict=True)], np.int16)
    return found


def _open_end(arrays: dict[str, np.ndarray], e: Experiment) -> str:
    """The end at which the λ path may be too short; not where the weights are gone, nor without a penalty."""
    end = open_end(np.array(e.lambdas), arrays["mean_validation"][:, -1])
    gone = arrays["norm"][-1, -1] < 0.01 * arrays["norm"][0, -1]
    return "" if e.penalty == "none" or (end == "high" and gone) else end
