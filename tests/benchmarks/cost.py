"""The cost model against the clock: random experiments that are accepted, predicted and true.

The clock is that of the process, so that others on the machine do not count. What would take long is trained for two
shorter lengths, and the rest is a straight line: every step costs the same.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time

import numpy as np
from scipy.optimize import nnls

from wd_core import Experiment, cost, lambda_path, train, workers
from wd_core.datasets import DATASETS
from wd_core.engine.layers import ACTIVATIONS
from wd_core.engine.optimizers import OPTIMIZERS
from wd_core.experiment import DECAYS
from wd_core.models import MODELS
from wd_core.models.base import task_of

AT_ONCE = 1.5
"""Predicted seconds up to which an experiment is trained as it is."""
TOO_LONG = 4.0
"""Predicted seconds of a measurement that is not made: few steps, each of them long."""


def main(repeats: int) -> None:
    """Print the scatter of 10 experiments a repeat, and the rates that would fit them best."""
    rows = measured(10 * repeats, seed=0)
    print("| predicted, s | experiments | true ÷ predicted: least | median | most |\n|---:|---:|---:|---:|---:|")
    ratios = np.array([true / predicted for _, predicted, true in rows])
    sizes = np.array([predicted for _, predicted, _ in rows])
    for low, high in ((0, 0.03), (0.03, 0.3), (0.3, 3), (3, 30), (30, 1000), (0, 1000)):
        here = ratios[(low <= sizes) & (sizes < high)]
        if len(here):
            least, middle, most = np.percentile(here, [0, 50, 100])
            print(f"| {low:g} to {high:g} | {len(here)} | {least:.2f} | {middle:.2f} | {most:.2f} |")
    print(f"\nWithin a factor of 2: {np.mean((ratios >= 0.5) & (ratios <= 2)):.0%}. Fitted rates:\n")
    for name, rate in fitted(rows).items():
        print(f'    "{name}": {rate:.2g},')
    worst = sorted(rows, key=lambda row: abs(np.log(row[2] / row[1])))[-6:]
    for e, predicted, true in worst:
        print(f"{predicted:8.2f} s predicted, {true:8.2f} s true: {e.to_query()}")
    print("\n| the worst that is accepted | seconds, with all cores | MB, with workers |\n|---|---:|---:|")
    for name, e in the_worst(100 * repeats, seed=1).items():
        seconds, megabytes = whole(e)
        print(f"| {name}: {e.to_query()} | {seconds:.0f} | {megabytes:.0f} |", flush=True)


def the_worst(count: int, seed: int) -> dict[str, Experiment]:
    """Of random experiments that are accepted: the three that take longest, and the three that keep most."""
    rng, found = np.random.default_rng(seed), []
    while len(found) < count:
        with contextlib.suppress(ValueError):
            found.append(random_experiment(rng))
    by_time = sorted(found, key=lambda e: e.cost)[-3:]
    by_size = sorted(found, key=lambda e: cost.result_bytes(e.size) + cost.working_bytes(e.size))[-3:]
    return {f"{name} {i}": e for name, some in (("time", by_time), ("memory", by_size)) for i, e in enumerate(some, 1)}


def whole(e: Experiment) -> tuple[float, float]:
    """Seconds of a training in a fresh server's process and its workers, and how much more memory than before they took
    at most, in MB."""
    code = f"""
import sys, time
sys.path.insert(0, ".")
from pathlib import Path
from wd_core import Experiment, train, workers
def peak():
    pids = ["self", *(worker.process.pid for worker in workers._all)]
    return sum(int(Path(f"/proc/{{pid}}/status").read_text().split("VmHWM:")[1].split()[0]) for pid in pids) / 1e3
workers.wait_until_ready(60)
train(Experiment())
before, start = peak(), time.perf_counter()
train(Experiment.from_query({e.to_query()!r}))
print(time.perf_counter() - start, peak() - before)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    seconds, megabytes = map(float, said.split())
    return seconds, megabytes


def measured(count: int, seed: int) -> list[tuple[Experiment, float, float]]:
    """(experiment, predicted, true seconds of one core) of random ones that are accepted; each printed when known."""
    rng, found = np.random.default_rng(seed), []
    workers.WORTH = float("inf")  # all of it in this process, whose clock is read
    train(Experiment())
    while len(found) < count:
        try:
            e = random_experiment(rng)
        except ValueError:
            continue
        predicted = e.cost
        if predicted * min(1.0, 3 * _short(e, predicted) / e.steps) > TOO_LONG:
            continue
        true = true_seconds(e)
        found.append((e, predicted, true))
        held = (cost.result_bytes(e.size) + cost.working_bytes(e.size)) / 1e6
        kind = f"{e.model}, {e.dataset}"
        print(f"{kind:40} {predicted:8.2f} s predicted {true:8.2f} s true {held:6.0f} MB predicted", flush=True)
    print()
    return found


def random_experiment(rng: np.random.Generator) -> Experiment:
    """Any that is accepted; ValueError where one is not."""
    log = lambda low, high: int(np.exp(rng.uniform(np.log(low), np.log(high))))  # noqa: E731
    dataset = rng.choice(list(DATASETS))
    task = task_of(DATASETS[dataset].n_classes)
    model = rng.choice([name for name, m in MODELS.items() if task in m.tasks])
    return Experiment(
        dataset=str(dataset), model=str(model), n_samples=log(40, 5000), train_share=rng.uniform(0.2, 0.8),
        hidden=tuple(log(2, 64) for _ in range(rng.integers(1, 4))), activation=str(rng.choice(list(ACTIVATIONS))),
        optimizer=str(rng.choice(list(OPTIMIZERS))), lr=1e-3, steps=log(10, 20_000),
        batch_size=None if rng.random() < 0.5 else log(1, 500),
        penalty=str(rng.choice(["l1", "l2", "elastic", "none"])),
        decay=str(rng.choice(list(DECAYS))),
        lambdas=lambda_path(1e-4, 1.0, log(2, 128)), seeds=tuple(range(log(1, 64))),
    )  # fmt: skip


def true_seconds(e: Experiment) -> float:
    """Of one core. Of two clocks the lesser where a short training speaks for a long one: errors would grow too."""
    predicted = e.cost
    if (short := _short(e, predicted)) == e.steps:
        return _clock(e)
    a, b = (min(_clock(e.replace(steps=steps)) for _ in range(2)) for steps in (short, 2 * short))
    return a + (b - a) / short * (e.steps - short)


def _short(e: Experiment, predicted: float) -> int:
    """Steps that are trained, and twice as many; all steps where they are few or quick."""
    few = predicted <= AT_ONCE or e.steps < 200
    return e.steps if few else max(100, int(e.steps * AT_ONCE / predicted / 3))


def _clock(e: Experiment) -> float:
    for seed in e.seeds:
        e.data(seed)
    start = time.process_time()
    train(e)
    return time.process_time() - start


def fitted(rows: list[tuple[Experiment, float, float]]) -> dict[str, float]:
    """Rates, none below zero, with the least squares of the relative errors."""
    sizes = [e.size for e, _, _ in rows]
    A = np.array([[s.by_model * count for count in cost.counts(s).values()] for s in sizes])
    true = np.array([t for _, _, t in rows])
    scale = (A / true[:, None]).max(axis=0)
    scale[scale == 0] = 1
    rates = nnls(A / true[:, None] / scale, np.ones(len(rows)))[0] / scale
    return dict(zip(cost.RATES, rates, strict=True))
