"""How fast a ridge path is: 100 λ on 442 × 10 data against one fit of scikit-learn, which finds the same SVD.

    python -m tests.benchmarks linear [--repeats N]

The contenders take turns, so that what else the machine does hits both; the ratio is the median of the ratios within a
round. Everything is warm.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge

from wd_core.linear.paths import default_lambdas, fit_path

CALLS = 20
"""Calls in a measurement: one takes less than the clock and the scheduler disturb."""
TARGET = 3.0


def main(repeats: int) -> None:
    """Print the table."""
    print(run(repeats))


def run(repeats: int) -> str:
    """The measurement as Markdown."""
    X, y = load_diabetes(return_X_y=True)
    lambdas = {r: default_lambdas(X, y, l1_ratio=r, task="regression", count=100) for r in (0.0, 0.5, 1.0)}
    estimator = Ridge(alpha=1.0, solver="svd")
    contenders: dict[str, Callable[[], object]] = {
        "one Ridge(solver='svd').fit": lambda: estimator.fit(X, y),
        "ridge path, 100 λ": lambda: fit_path(X, y, lambdas[0.0], l1_ratio=0.0, task="regression"),
        "elastic net path, 100 λ": lambda: fit_path(X, y, lambdas[0.5], l1_ratio=0.5, task="regression"),
        "lasso path, 100 λ": lambda: fit_path(X, y, lambdas[1.0], l1_ratio=1.0, task="regression"),
    }
    rounds: dict[str, list[float]] = {name: [] for name in contenders}
    for i in range(repeats + 1):
        for name, call in contenders.items():
            start = time.perf_counter()
            for _ in range(CALLS):
                call()
            if i:  # the first round warms up
                rounds[name].append((time.perf_counter() - start) / CALLS)
    times = {name: np.array(seconds) for name, seconds in rounds.items()}
    lines = [
        f"Linear paths: diabetes, {X.shape[0]} × {X.shape[1]}, {repeats} rounds of {CALLS} calls\n",
        "| | median ms | least ms |\n|---|---:|---:|",
        *(f"| {name} | {1e3 * np.median(t):.3f} | {1e3 * t.min():.3f} |" for name, t in times.items()),
    ]
    one, path = list(times.values())[:2]
    lines.append("\n| ratio | measured | target |\n|---|---:|---:|")
    lines.append(f"| ridge path / one fit | {np.median(path / one):.2f} | at most {TARGET:g} |")
    return "\n".join(lines)
