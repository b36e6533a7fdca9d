"""A model as the browser evaluates it: how a point of the plane becomes inputs, and the layers by name.

wd_core/ui/live/evaluate.js runs it. What it does not know has no program; then the picture carries a grid instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from wd_core.datasets import DEFAULT_FEATURES, Split
from wd_core.engine.layers import ACTIVATIONS, Activation, Affine, BatchNorm, Layer, LayerNorm
from wd_core.engine.layers.norm import EPSILON
from wd_core.view.planes import Plane

AGREEMENT = 1e-9
"""How far the inputs of the program may be from the split's own, relative to their size."""
Operation = dict[str, Any]


def program_of(layers: Sequence[Layer], split: Split, plane: Plane) -> dict[str, Any] | None:
    """`coordinates`, `inputs` and `layers` for evaluate.js; None for a model or a plane that it cannot evaluate."""
    operations: list[Operation] = []
    at = 0
    for layer in layers:
        if layer.random:  # acts in training alone
            continue
        describe = OPERATIONS.get(type(layer))
        if describe is None:
            return None
        operations += describe(layer, at)
        at += layer.size
    inputs = plane_inputs(split, plane)
    if inputs is None or not operations or operations[0]["op"] != "affine":
        return None
    return {**inputs, "layers": operations}


def is_chain(layers: Sequence[Layer]) -> bool:
    """Whether they are maps of plain features, one after the other, as the network view draws them."""
    return all(layer.random or type(layer) in OPERATIONS for layer in layers)


def _affine(layer: Affine, at: int) -> list[Operation]:
    return [{"op": "affine", "inputs": layer.inputs, "outputs": layer.outputs, "at": at, "bias": bool(layer.biases)}]


def _activation(layer: Activation, at: int) -> list[Operation]:
    (name,) = [name for name, function in ACTIVATIONS.items() if function is layer.function]
    return [] if name == "identity" else [{"op": name}]


def _layer_norm(layer: LayerNorm, at: int) -> list[Operation]:
    return [{"op": "layer_norm", "units": layer.features, "epsilon": EPSILON, "at": at, "bias": bool(layer.biases)}]


def _batch_norm(layer: BatchNorm, at: int) -> list[Operation]:
    return [{"op": "batch_norm", "units": layer.features}]


OPERATIONS: dict[type[Layer], Callable[[Any, int], list[Operation]]] = {
    Affine: _affine,
    Activation: _activation,
    LayerNorm: _layer_norm,
    BatchNorm: _batch_norm,
}
"""Batch norm's statistics are the training part's: the picture carries what they come to (`evaluation.batch_norms`)."""


def plane_inputs(split: Split, plane: Plane) -> dict[str, Any] | None:
    """The model's inputs at (x, y): u and v, the first two raw columns, and each input as [constant, by x, by y] or,
    for a feature of u and v, by name. None where the split makes its inputs in another way.
    """
    raw = np.column_stack([plane.origin, plane.axes.T])  # (d_raw, 3)
    coordinates = [raw[min(i, len(raw) - 1)].tolist() for i in (0, 1)]
    plain = split.features == DEFAULT_FEATURES
    inputs = raw.tolist() if plain else [*split.features, *raw[2:].tolist()]
    return {"coordinates": coordinates, "inputs": inputs} if _agrees(split, plane, coordinates, inputs) else None


def _agrees(split: Split, plane: Plane, coordinates: list, inputs: list) -> bool:
    """Whether the affine inputs are what the split itself says on a small grid: never a wrong picture."""
    expected = np.asarray(split.to_model(plane.grid(3)))
    if expected.shape != (9, len(inputs)):
        return False
    x, y = np.meshgrid(np.linspace(*plane.x_range, 3), np.linspace(*plane.y_range, 3))
    basis = np.stack([np.ones(9), x.ravel(), y.ravel()])
    affine = [i for i, name in enumerate(inputs) if not isinstance(name, str)]
    found = np.array([inputs[i] for i in affine]).reshape(-1, 3) @ basis
    return bool(np.allclose(found.T, expected[:, affine], rtol=0, atol=AGREEMENT * max(1.0, np.abs(expected).max())))
