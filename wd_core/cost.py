"""What an experiment costs before it is trained: seconds of one core, bytes of memory.

Seconds are a sum over all that is done, each counted exactly and multiplied with a rate that was fitted to measured
trainings (`python -m tests.benchmarks cost` measures the model, and prints fitted rates). Bytes of the result are exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from wd_core.engine.arrays import full_rows

if TYPE_CHECKING:
    from wd_core.experiment import Experiment

MAX_SECONDS = 100.0
"""Of one core: under a minute on two, and where a prediction is half of what is true, still under 90 s there."""
MAX_RESULT = 120_000_000
"""Bytes of one result. The pieces that make it up are there beside it for a moment, and some megabytes in each worker."""
MOST_RECORDED, LEAST_RECORDED = 33, 11
ITEM = 4
"""Bytes of a float32."""
PER_RUN_AND_RECORD = 7 * ITEM
"""Losses and scores of three parts, and the penalty."""
PIECE_BYTES = 40_000_000
"""Activations of a training in one process; more are cut into more pieces."""

RATES = {
    "step": 2.0e-5,
    "layer and step": 2.0e-5,
    "product": 1.0e-6,
    "multiply-add": 1.0e-10,
    "activation": 1.0e-9,
    "parameter": 5.0e-9,
    "gathered": 2.0e-9,
    "multiply-add of evaluation": 1.0e-10,
    "activation of evaluation": 2.0e-9,
    "score of evaluation": 1.0e-8,
    "parameter of evaluation": 5.0e-9,
    "start": 5.0e-3,
}
"""Seconds of one core for each of what `counts` counts."""
CURVES = {"relu": 1.0, "identity": 0.5, "leaky_relu": 1.5, "tanh": 2.5, "sigmoid": 3.0}
"""What an activation costs, by the element, compared with ReLU."""
PASSES = {"sgd": 2.0, "momentum": 4.0, "nesterov": 5.0, "adam": 9.0}
"""Passes over all parameters of an optimiser's step."""


@dataclass(frozen=True)
class Size:
    """What the cost depends on."""

    lambdas: int
    seeds: int
    steps: int
    batch: int
    """Examples of a step."""
    n: int
    """Examples in all three parts."""
    inputs: int
    """Numbers of an example."""
    outputs: int
    parameters: int
    work: int
    """Multiply-adds of an example's forward pass."""
    activations: int
    """Numbers that the layers say of an example."""
    layers: int
    """Layers, each frame of a recurrent one counted: what Python has to call."""
    products: int
    """Layers with weights, frames counted."""
    curve: float
    """See CURVES."""
    passes: float
    """See PASSES; decay included."""
    gathers: bool
    """Whether batches are drawn."""
    classes: bool
    """Whether what is misclassified is kept."""

    @property
    def runs(self) -> int:
        return self.lambdas * self.seeds

    @property
    def per_record(self) -> int:
        """Bytes of one recorded step of all runs."""
        return self.runs * (ITEM * self.parameters + PER_RUN_AND_RECORD + self.classes * self.n)

    @property
    def records(self) -> int:
        """K: steps that are recorded at most. Fewer where a record is large, so that they take half of what may be."""
        return min(MOST_RECORDED, max(LEAST_RECORDED, MAX_RESULT // (2 * self.per_record)))


def size_of(e: Experiment) -> Size:
    """The size of an experiment."""
    data, layers = e.data(e.seeds[0]), e.layers()
    n_train = len(data.y_train)
    n = n_train + len(data.y_validation) + len(data.y_test)
    frames = [layer.shape[-1] if len(layer.shape) == 2 else 1 for layer in layers]
    l1 = e.penalty in ("l1", "elastic")
    l2 = e.penalty in ("l2", "elastic")
    return Size(
        lambdas=len(e.lambdas), seeds=len(e.seeds), steps=e.steps, batch=e.examples_per_step, n=n,
        inputs=math.prod(data.X_train.shape[1:]), outputs=e.target.outputs,
        parameters=sum(layer.size for layer in layers), work=sum(layer.work for layer in layers),
        activations=sum(math.prod(layer.shape) for layer in layers), layers=sum(frames),
        products=sum(f for f, layer in zip(frames, layers, strict=True) if layer.size),
        curve=CURVES.get(e.activation, 2.0) if e.model != "linear" else 1.0,
        passes=PASSES.get(e.optimizer, 9.0) + 2 * l2 + 6 * l1,
        gathers=e.examples_per_step < n_train, classes=e.task != "regression",
    )  # fmt: skip


def counts(s: Size, pieces: int = 1) -> dict[str, float]:
    """How often each thing is done that takes time, in all `pieces` together."""
    columns, steps = full_rows(s.batch, np.float32), s.steps
    looks = s.runs * _records(s)
    return {
        "step": steps * pieces,
        "layer and step": steps * pieces * s.layers,
        "product": steps * s.runs * s.products,
        "multiply-add": 3 * steps * s.runs * columns * s.work,
        "activation": steps * s.runs * columns * s.activations * s.curve,
        "parameter": steps * s.runs * s.parameters * s.passes,
        "gathered": steps * s.seeds * columns * (s.inputs + s.outputs + 2) * s.gathers,
        "multiply-add of evaluation": looks * s.n * s.work,
        "activation of evaluation": looks * s.n * s.activations * s.curve,
        "score of evaluation": looks * s.n * s.outputs,
        "parameter of evaluation": looks * s.parameters,
        "start": pieces,
    }


def _records(s: Size) -> float:
    """`Size.records`, but not a whole number: so the cost rises with every setting."""
    return min(s.steps + 1, MOST_RECORDED, max(LEAST_RECORDED, MAX_RESULT / (2 * s.per_record)))


def seconds(s: Size, pieces: int = 1) -> float:
    """Of one core, for training and evaluation."""
    return sum(RATES[name] * count for name, count in counts(s, pieces).items())


def result_bytes(s: Size, records: float | None = None) -> float:
    """Of a History's arrays that grow with the runs."""
    return s.per_record * (_records(s) if records is None else records) + s.runs


def working_bytes(s: Size) -> float:
    """What a training of all runs in one process needs beside its result: activations and their gradients,
    parameters, gradient and an optimiser's state, an epoch of batches."""
    columns = full_rows(s.batch, np.float32)
    network = s.runs * (2.5 * s.activations * columns + 8 * s.parameters)
    return ITEM * (network + 2 * s.seeds * s.n * (s.inputs + s.outputs + 1))


def pieces(s: Size, least: int, piece_seconds: float, most: int) -> int:
    """Into how many the work is cut: `least`, or so many that each takes `piece_seconds` and fits its memory, but
    not so many that calling takes longer than computing."""
    alone = seconds(s)
    calling = RATES["step"] * s.steps + RATES["layer and step"] * s.steps * s.layers
    by_time = min(alone / piece_seconds, max(1.0, alone / calling))
    by_memory = working_bytes(s) / PIECE_BYTES
    rounds = math.ceil(min(max(by_time, by_memory), most) / least)
    return min(least * max(rounds, 1), s.runs)


def check(s: Size) -> str | None:
    """What is too much of it, as field, what is allowed, and how much of each setting would do; None if nothing is."""
    if (bytes_ := result_bytes(s)) > MAX_RESULT:
        what = f"would keep {bytes_ / 1e6:,.0f} MB, allowed are {MAX_RESULT / 1e6:,.0f} MB"
        return f"{what}. {_advice(s, lambda t: result_bytes(t) <= MAX_RESULT, ('lambdas', 'seeds', 'n'))}"
    if (time := seconds(s)) > MAX_SECONDS:
        what = f"would take {_said(time)} of one core, allowed are {_said(MAX_SECONDS)}"
        return f"{what}. {_advice(s, lambda t: seconds(t) <= MAX_SECONDS, ('steps', 'lambdas', 'seeds'))}"
    return None


def _said(time: float) -> str:
    return f"{time:.0f} s" if time < 200 else f"{time / 60:,.0f} minutes"


def _advice(s: Size, fits, names: tuple[str, ...]) -> str:
    """The most of each setting alone that would do."""
    found = []
    for name in names:
        low, high = 0, getattr(s, name)  # the most that fits is at least low and less than high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if fits(_with(s, name, middle)) else (low, middle)
        if low >= (50 if name in ("steps", "n") else 1):
            found.append(f"{NAMES.get(name, name)} to {_round_down(low)}")
    return f"Lower {' or '.join(found)}." if found else "Lower hidden, and take fewer lambdas and seeds."


NAMES = {"n": "n_samples", "lambdas": "the number of lambdas", "seeds": "the number of seeds"}


def _with(s: Size, name: str, value: int) -> Size:
    if name == "n":
        return replace(s, n=value, batch=max(1, s.batch * value // s.n) if not s.gathers else min(s.batch, value))
    return replace(s, **{name: value})


def _round_down(n: int) -> int:
    """To two digits."""
    unit = 10 ** max(0, len(str(n)) - 2)
    return n // unit * unit
