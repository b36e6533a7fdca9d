"""What scripts for PyTorch and Keras have in common: first weights, batches and schedules as the app has them."""

from __future__ import annotations

import numpy as np

from wd_core.engine.layers import Affine, places
from wd_core.engine.loop import BATCHES, INITIAL
from wd_core.engine.network import initial_weights
from wd_core.experiment import Experiment
from wd_core.translate.chain import Dense

NUMBERS = """\

numbers = {{}}
for part, X, y in (("train", X_train, y_train), ("validation", X_validation, y_validation)):
    numbers[f"{{part}}_loss"] = data_loss(X, y)
    numbers[f"{{part}}_score"] = float({score})
# The test part is for the end, once λ is chosen: data_loss(X_test, y_test)
"""
SCHEDULES = {
    "cosine": "0.5 * (1 + math.cos(math.pi * p))",
    "step": "1.0 if p < 0.5 else 0.1 if p < 0.75 else 0.01",
    "warmup_cosine": "p / 0.1 if p < 0.1 else 0.5 * (1 + math.cos(math.pi * (p - 0.1) / 0.9))",
}


def one_score(e: Experiment) -> bool:
    """Whether a single score, without an axis for the class, is compared with y."""
    return e.target.outputs == 1


def starts_from_zero(chain: tuple[Dense, ...]) -> bool:
    return not any(dense.gain for dense in chain)


def first_weights(e: Experiment, seed: int) -> list[np.ndarray]:
    """The weights (outputs, inputs) of every affine map before training, in float32; the rest is 0, gains 1."""
    layers = e.layers()
    flat = initial_weights(layers, np.random.default_rng([seed, INITIAL]))
    maps = {layer.parameters[0]: layer.inputs for layer in layers if isinstance(layer, Affine)}
    return [
        flat[where].reshape(block.shape)[:, : maps[block]].astype(np.float32)
        for block, where in places(layers)
        if block in maps
    ]


def read_first_weights(chain: tuple[Dense, ...]) -> str:
    return f'first_weights = [data[f"first_{{i}}"] for i in range({len(chain)})]  # as in the app'


def schedules(e: Experiment) -> list[str]:
    """Functions of p, the share of the steps that lies behind: multiples of the learning rate, and of λ."""
    lines = []
    if e.schedule != "constant":
        lines += ["", "def schedule(p):", f"    return {SCHEDULES[e.schedule]}", ""]
    if changes(e):
        (start, stop), warm = e.decay_span, f"min(1.0, p / {e.lambda_warmup!r})" if e.lambda_warmup else "1.0"
        lines += ["", "def strength(p):", f"    return {warm} if {start!r} <= p < {stop!r} else 0.0", ""]
    return lines


def changes(e: Experiment) -> bool:
    """Whether λ changes in the course of the training."""
    return e.penalty != "none" and (bool(e.lambda_warmup) or e.decay_span != (0.0, 1.0))


def batches(e: Experiment, n: int, size: int, seed: int) -> list[str]:
    """The app's own stream of batches: freshly shuffled epochs behind one another, cut into full batches."""
    if size >= n:
        return []
    return [
        "", "def batches():", f"    random, rows = np.random.default_rng([{seed}, {BATCHES}]), np.empty(0, int)",
        "    while True:", f"        while len(rows) < {size}:",
        f"            rows = np.concatenate([rows, random.permutation({n})])",
        f"        yield rows[:{size}]", f"        rows = rows[{size}:]", "", "", "batch = batches()",
    ]  # fmt: skip


def factors(e: Experiment, chain: tuple[Dense, ...]) -> list[float]:
    """What λ is multiplied with in each affine map, where maps differ; else 1, for then λ has it already."""
    if len(set(e.decay_layers)) <= 1:
        return [1.0] * len(chain)
    return list(e.decay_layers)
