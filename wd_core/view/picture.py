"""Picture: everything that both scrubbers of the live view can reach, in one message.

For the shown seed, every λ and every recorded step: the boundary on a grid, the weights, the numbers; over all seeds,
means and standard errors. The layout of the bytes is in `pack`; wd_core/ui/live/view.js reads it.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from wd_core import workers
from wd_core.datasets import Split
from wd_core.engine.losses import Logistic
from wd_core.evaluation import PARTS, score_runs
from wd_core.experiment import Experiment
from wd_core.history import History
from wd_core.studies.selection import best_lambda, mean_and_error, one_standard_error
from wd_core.view.planes import Plane, make_plane

GRID = 56
"""Points a side of the boundary's grid: a field this smooth, upscaled smoothly, looks like one of 200."""
CURVE_POINTS = 160
MAX_WEIGHTS = 2_000_000
"""Weights in a picture; of larger networks only some of the recorded steps carry theirs."""

GLYPHS = {"none": "○", "l1": "◆", "l2": "●", "elastic": "⬟"}
LABELS = {"none": "no decay", "l1": "L1", "l2": "L2", "elastic": "elastic net"}
DECAY_NOTES = {
    "coupled": "",
    "decoupled": "decoupled",
    "decoupled_paper": "decoupled, without the learning rate",
    "subgradient": "subgradient",
}


def make_picture(histories: list[History], seed: int, plane_choice: str = "auto") -> bytes:
    """The packed picture of one history, or of two on the same data."""
    e = histories[0].experiment
    split, dataset = e.data(seed), e.source
    plane = make_plane(split, dataset, plane_choice)
    points, labels = _points(split, plane)
    value_range = _value_range(labels)
    arrays: dict[str, np.ndarray] = {"points": points, "labels": labels}
    arms = []
    for i, history in enumerate(histories):
        arm, its_arrays = _arm(history, seed, split, plane, value_range)
        arms.append(arm)
        arrays |= {f"a{i}.{name}": array for name, array in its_arrays.items()}
    header = {
        "version": 1,
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
        "value_range": value_range,
        "grid": GRID,
        "score_name": "R²" if e.task == "regression" else "accuracy",
        "loss_name": histories[0].target.loss.title,
        "points": {part: len(getattr(split, f"y_{part}")) for part in PARTS},
        "inputs": list(split.input_names),
        "outputs": _output_names(histories[0]),
        "layers": _layers(histories[0]),
        "arms": arms,
    }
    return pack(header, arrays)


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


def _layers(history: History) -> list[dict]:
    """Names and sizes of the matrices (outputs, inputs + 1) in a row of weights, in order."""
    blocks = [block for block, _ in history.blocks() if len(block.shape) == 2]
    return [{"name": b.layer, "inputs": b.shape[1] - 1, "outputs": b.shape[0]} for b in blocks]


def _arm(
    history: History, seed: int, split: Split, plane: Plane, value_range: list[float]
) -> tuple[dict, dict[str, np.ndarray]]:
    """Header entry and arrays of one side of the comparison."""
    e = history.experiment
    s = e.seeds.index(seed)
    weights = history.weights[:, s]  # (L, K, P)
    quantised, scale, rows = _quantised(weights)
    decayed = weights[..., history.weight_mask]
    numbers = {
        name: getattr(history, name)[:, s]
        for name in (*(f"{part}_{what}" for part in PARTS for what in ("loss", "score")), "penalty")
    }
    with np.errstate(invalid="ignore"):
        numbers["norm"] = np.sqrt(np.square(decayed).sum(-1))
        numbers["mean_abs"] = np.abs(decayed).mean(-1)
    arrays = {name: values.astype(np.float32) for name, values in numbers.items()}
    arrays |= _over_seeds(history)
    arrays |= _fields(e, weights, split, plane, value_range)
    arrays["weights"] = quantised
    arrays["zeros"] = (decayed == 0).sum(-1).astype(np.int32)
    arrays["diverged"] = history.diverged[:, s].astype(np.uint8)
    if history.wrong is not None:
        arrays["wrong"] = np.concatenate([history.wrong[part][:, s] for part in PARTS], axis=-1).astype(np.uint8)
    finite = np.abs(decayed[np.isfinite(decayed)])
    notes = [DECAY_NOTES[e.decay], f"ρ = {e.l1_ratio:g}" if e.penalty == "elastic" else ""]
    header = {
        "key": e.penalty if e.decay == "coupled" else f"{e.penalty}-{e.decay}",
        "label": LABELS[e.penalty],
        "detail": ", ".join(filter(None, notes)) if e.penalty != "none" else "",
        "glyph": "◐" if e.decay.startswith("decoupled") and e.penalty == "l2" else GLYPHS[e.penalty],
        "weight_scale": scale,
        "weight_max": float(finite.max()) if finite.size else 1.0,
        "weight_rows": rows,
    }
    return header, arrays


def _quantised(weights: np.ndarray) -> tuple[np.ndarray, float, list[int]]:
    """int16 weights (L, rows, P), their scale, and which row belongs to each of the K recorded steps.

    Zero means exactly zero, and only that: the smallest others are rounded away from it.
    """
    lambdas, records, size = weights.shape
    count = min(records, max(2, MAX_WEIGHTS // (lambdas * size)))
    kept = np.unique(np.linspace(0, records - 1, count).round().astype(int))
    nearest = np.abs(np.arange(records)[:, None] - kept).argmin(1)
    weights = np.nan_to_num(weights[:, kept], nan=0.0, posinf=0.0, neginf=0.0)
    scale = float(np.abs(weights).max()) / 32767 or 1.0
    rounded = np.rint(weights / scale)
    rounded = np.where((rounded == 0) & (weights != 0), np.sign(weights), rounded)
    return rounded.astype(np.int16), scale, nearest.tolist()


def _over_seeds(history: History) -> dict[str, np.ndarray]:
    """Mean and standard error of the losses over seeds (L, K); the best λ and the one-standard-error choice (K,)."""
    found = {}
    with np.errstate(invalid="ignore"):
        for part in PARTS:
            mean, error = mean_and_error(getattr(history, f"{part}_loss"), axis=1)
            found[f"mean_{part}"], found[f"se_{part}"] = mean.astype(np.float32), error.astype(np.float32)
    mean, error = found["mean_validation"].T, found["se_validation"].T
    found["best"] = np.array([best_lambda(m) for m in mean], np.int16)
    found["one_se"] = np.array([one_standard_error(m, s) for m, s in zip(mean, error, strict=True)], np.int16)
    return found


def _fields(e: Experiment, weights: np.ndarray, split: Split, plane: Plane, value_range: list[float]) -> dict:
    """What the model says on the grid, for every λ and step: bytes (L, K, GRID, GRID), or the fitted curve."""
    points = plane.grid(CURVE_POINTS)[:CURVE_POINTS] if plane.y_is_target else plane.grid(GRID)
    what = Look(e, split.to_model(points), plane.y_is_target, tuple(value_range))
    lead, runs = weights.shape[:2], weights.reshape(-1, weights.shape[-1])
    if workers.available(float(runs.size) * len(points)):
        tasks = [partial(_look, what, some) for some in np.array_split(runs, workers.COUNT)]
        said = np.concatenate(workers.run(tasks))
    else:
        said = _look(what, runs)
    if plane.y_is_target:
        return {"curve": said.reshape(*lead, CURVE_POINTS)}
    said = np.moveaxis(said, 1, 0).reshape(-1, *lead, GRID, GRID)
    return {"field": said[0]} if len(said) == 1 else {"top": said[0], "margin": said[1]}


@dataclass(frozen=True)
class Look:
    """Where a model is looked at, and how what it says becomes bytes."""

    experiment: Experiment
    X: np.ndarray
    as_curve: bool
    value_range: tuple[float, ...]


def _look(what: Look, runs: np.ndarray, report: Callable[[float], None] | None = None) -> np.ndarray:
    """runs (R, P) → (R, channels, n) bytes, or (R, n) values of a curve."""
    e, target = what.experiment, what.experiment.target
    if what.as_curve:
        then = lambda z: z[:, 0].astype(np.float32)  # noqa: E731
    elif e.task == "regression":
        then = lambda z: _scaled_bytes(z, *what.value_range)  # noqa: E731
    elif target.outputs == 1:
        then = lambda z: _scaled_bytes(target.loss.predict(z), 0, 1)  # noqa: E731
    elif e.task == "binary":  # softmax over two classes is logistic in their difference
        then = lambda z: _scaled_bytes(Logistic().predict(z[:, 1:] - z[:, :1]), 0, 1)  # noqa: E731
    else:
        then = _winner
    return score_runs(e.layers, runs, what.X, then)


def _scaled_bytes(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """(r, 1, n) values → bytes: 0 at `low`, 255 at `high`; the middle where there is no value."""
    scaled = values - low
    scaled *= 255 / (high - low)
    np.rint(scaled, out=scaled)
    np.clip(scaled, 0, 255, out=scaled)
    return np.nan_to_num(scaled, copy=False, nan=128).astype(np.uint8)


def _winner(scores: np.ndarray) -> np.ndarray:
    """(r, classes, n) scores → (r, 2, n) bytes: the most probable class, and its lead over the second in 255ths.

    One walk over the classes keeps the best two and Σ e^score; NumPy's argmax and partition along the middle axis take
    ten times as long.
    """
    best, second = scores[:, 0].copy(), np.full_like(scores[:, 0], -np.inf)
    top = np.zeros(best.shape, np.uint8)
    for c in range(1, scores.shape[1]):
        z = scores[:, c]
        np.maximum(second, np.minimum(best, z), out=second)
        top[z > best] = c
        np.maximum(best, z, out=best)
    total = np.exp(scores - best[:, None]).sum(1)
    lead = (1 - np.exp(second - best)) / total
    return np.stack([top, np.nan_to_num(np.rint(lead * 255)).astype(np.uint8)], axis=1)


def pack(header: dict, arrays: dict[str, np.ndarray]) -> bytes:
    """b"WDL1", the header's length (uint32), the header (JSON), then all arrays in one zlib stream.

    `header["arrays"]` says of each its dtype, shape and offset in the inflated stream, a multiple of 8.
    """
    places, pieces, offset = {}, [], 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array).tobytes()
        data += bytes(-len(data) % 8)
        places[name] = {"dtype": str(array.dtype), "shape": array.shape, "offset": offset}
        pieces.append(data)
        offset += len(data)
    blob = zlib.compress(b"".join(pieces), 1)
    digest = hashlib.blake2b(blob, digest_size=8).hexdigest()
    return with_header(blob, {**header, "arrays": places, "id": digest})


def with_header(blob: bytes, header: dict) -> bytes:
    """Header and compressed arrays as one message."""
    text = json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return b"WDL1" + struct.pack("<I", len(text)) + text + blob


def unpack_header(picture: bytes) -> tuple[dict, bytes]:
    """Inverse of `with_header`: the header and the compressed arrays."""
    (length,) = struct.unpack("<I", picture[4:8])
    return json.loads(picture[8 : 8 + length]), picture[8 + length :]


def unpack(picture: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """Inverse of `pack`."""
    header, blob = unpack_header(picture)
    data = zlib.decompress(blob)
    arrays = {}
    for name, place in header["arrays"].items():
        count = int(np.prod(place["shape"]))
        arrays[name] = np.frombuffer(data, place["dtype"], count, place["offset"]).reshape(place["shape"])
    return header, arrays
