"""What an experiment costs before it is trained: seconds of one core, bytes of memory.

Seconds are a sum over all that is done, each counted exactly and multiplied with a rate that was fitted to measured
trainings (`python -m tests.benchmarks cost` measures it, and prints fitted rates). Bytes of the result are counted.
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
"""Bytes of one result. For a moment the pieces that make it up are there beside it, and their copies in the workers."""
MOST_RECORDED, LEAST_RECORDED = 33, 11
ITEM = 4
"""Bytes of a float32."""
PER_RUN_AND_RECORD = 7 * ITEM
"""Losses and scores of three parts, and the penalty."""
RATES = {
    "step": 8.9e-6,
    "layer and step": 6.3e-6,
    "product": 1.1e-7,
    "run by run": 3.2e-5,
    "small product": 1.75e-7,
    "multiply-add": 2.8e-11,
    "activation": 2.6e-10,
    "score row": 1.0e-7,
    "score": 9.0e-10,
    "parameter": 1.9e-10,
    "gathered": 6.9e-9,
    "multiply-add of evaluation": 1.9e-11,
    "activation of evaluation": 3.7e-10,
    "score of evaluation": 4.2e-9,
    "parameter of evaluation": 8.5e-9,
    "start": 5.1e-3,
}
"""Seconds of one core for each of what `counts` counts."""
CURVES = {"identity": 1.7, "leaky_relu": 2.4, "relu": 2.5, "sigmoid": 3.0, "square": 1.2, "tanh": 2.6}
"""What an activation costs, by the element."""
LOSSES = {"half_squared_error": 0.43, "logistic": 1.0, "softmax_cross_entropy": 1.6}
"""What a loss and its gradient cost, by the score; softmax is one of two classes too."""
BY_MODEL = {"cnn": 2.8, "rnn": 1.95, "gru": 2.8, "transformer": 1.4}
"""What the rates leave out for models of images and sequences (copies of patches and frames): true over summed. Nothing
for a single convolution: the patches of its input are the same for all λ."""
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
    outputs_of_layers: int
    """Numbers that all layers say of an example."""
    activations: int
    """Numbers that layers walk through one by one."""
    layers: int
    """Layers, each frame of a recurrent one counted: what Python has to call."""
    products: int
    """Layers with weights, frames counted."""
    curve: float
    """See CURVES."""
    loss: float
    """See LOSSES."""
    passes: float
    """See PASSES; decay included."""
    gathers: bool
    """Whether batches are drawn."""
    classes: bool
    """Whether what is misclassified is kept."""
    by_model: float = 1.0
    """See BY_MODEL."""
    first_work: int = 0
    """Of `work` that of the first layer that learns: back from there nothing goes to the inputs."""
    run_by_run: int = 0
    """Layers that go through the runs one after the other."""
    small_products: int = 0
    """Products of an example alone."""

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
    data, layers = e.data(e.seeds[0]), [layer for layer in e.layers() if not layer.random]
    n_train = len(data.y_train)
    n = n_train + len(data.y_validation) + len(data.y_test)
    l1 = e.penalty in ("l1", "elastic")
    l2 = e.penalty in ("l2", "elastic")
    return Size(
        lambdas=len(e.lambdas), seeds=len(e.seeds), steps=e.steps, batch=e.examples_per_step, n=n,
        inputs=math.prod(data.X_train.shape[1:]), outputs=e.target.outputs,
        parameters=sum(layer.size for layer in layers), work=sum(layer.work for layer in layers),
        outputs_of_layers=sum(math.prod(layer.shape) for layer in layers),
        activations=sum(layer.elements for layer in layers),
        layers=sum(layer.rounds for layer in layers), products=sum(layer.rounds for layer in layers if layer.size),
        curve=CURVES.get(e.activation, 2.5), loss=LOSSES[e.target.loss.name],
        passes=PASSES.get(e.optimizer, 9.0) + 2 * l2 + 6 * l1,
        gathers=e.examples_per_step < n_train, classes=e.task != "regression",
        by_model=1.0 if e.model == "cnn" and len(e.hidden) == 1 else BY_MODEL.get(e.model, 1.0),
        first_work=next(layer.work for layer in layers if layer.size),
        run_by_run=sum(layer.run_by_run for layer in layers),
        small_products=sum(layer.small_products for layer in layers),
    )  # fmt: skip


def counts(s: Size, pieces: int = 1) -> dict[str, float]:
    """How often each thing is done that takes time, in all `pieces` together."""
    columns, steps = full_rows(s.batch, np.float32), s.steps
    looks = s.runs * _records(s)
    return {
        "step": steps * pieces,
        "layer and step": steps * pieces * s.layers,
        "product": steps * s.runs * s.products,
        "run by run": steps * s.runs * s.run_by_run,
        "small product": (steps * s.runs * columns + looks * s.n / 3) * s.small_products,
        "multiply-add": steps * s.runs * columns * (3 * s.work - s.first_work),
        "activation": steps * s.runs * columns * s.activations * s.curve,
        "score row": steps * s.runs * s.outputs,
        "score": steps * s.runs * columns * s.outputs * s.loss,
        "parameter": steps * s.runs * s.parameters * s.passes,
        "gathered": steps * s.seeds * columns * (s.inputs + s.outputs + 2) * s.gathers,
        "multiply-add of evaluation": looks * s.n * s.work,
        "activation of evaluation": looks * s.n * s.activations * s.curve,
        "score of evaluation": looks * s.n * s.outputs * s.loss,
        "parameter of evaluation": looks * s.parameters,
        "start": pieces,
    }


def _records(s: Size) -> float:
    """`Size.records`, but not a whole number: so the cost rises with every setting."""
    return min(s.steps + 1, MOST_RECORDED, max(LEAST_RECORDED, MAX_RESULT / (2 * s.per_record)))


def seconds(s: Size, pieces: int = 1) -> float:
    """Of one core, for training and evaluation."""
    return s.by_model * sum(RATES[name] * count for name, count in counts(s, pieces).items())


def overhead(s: Size) -> float:
    """Of `seconds`, what each piece takes anew, however few runs it has: Python's calls."""
    count = counts(s)
    return s.by_model * sum(RATES[name] * count[name] for name in ("step", "layer and step", "start"))


def result_bytes(s: Size, records: float | None = None) -> float:
    """Of a History's arrays that grow with the runs."""
    return s.per_record * (_records(s) if records is None else records) + s.runs


def working_bytes(s: Size) -> float:
    """What a training of all runs in one process needs beside its result: activations and their gradients,
    parameters, gradient and an optimiser's state, an epoch of batches."""
    columns = full_rows(s.batch, np.float32)
    network = s.runs * (2.5 * s.outputs_of_layers * columns + 8 * s.parameters)
    return ITEM * (network + 2 * s.seeds * s.n * (s.inputs + s.outputs + 1))


def check(s: Size) -> tuple[str, str] | None:
    """What is too much: the field that says most of it, and what is allowed of each setting; None if nothing is."""
    if _fits(s):
        return None
    time, size, too_much = seconds(s), result_bytes(s), []
    if time > MAX_SECONDS:
        too_much.append(f"take {_said(time)} of one core, allowed are {_said(MAX_SECONDS)}")
    if size > MAX_RESULT:
        too_much.append(f"keep {size / 1e6:,.0f} MB, allowed are {MAX_RESULT / 1e6:,.0f} MB")
    what = f"{s.runs:,} runs of {s.steps:,} steps, {s.parameters:,} parameters and {s.n:,} examples"
    return "steps" if time > MAX_SECONDS else "lambdas", f"{what} would {' and '.join(too_much)}. {_advice(s)}"


def _fits(s: Size) -> bool:
    return seconds(s) <= MAX_SECONDS and result_bytes(s) <= MAX_RESULT


def _said(time: float) -> str:
    return f"{time:.0f} s" if time < 200 else f"{time / 60:,.0f} minutes"


def _advice(s: Size) -> str:
    """The most of each setting alone that would do."""
    found = []
    for name in ("steps", "lambdas", "seeds", "n"):
        low, high = 0, getattr(s, name)  # the most that fits is at least low and less than high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _fits(_with(s, name, middle)) else (low, middle)
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
