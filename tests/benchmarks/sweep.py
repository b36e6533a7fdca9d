"""How fast a sweep over learning rates and λ is: against scikit-learn, PyTorch and the machine.

    python -m tests.benchmarks sweep [--repeats N]

The work: 9 learning rates × 9 λ × 5 seeds of an MLP 64-32-10 on digits, 300 examples, 20 epochs of batches of 50,
AdamW.
The others only train, and so does "train_all, ends alone" but for judging the last step; "train_all" records 33
steps and judges all three parts of the data at each, which is more arithmetic than the training itself.
"""

from __future__ import annotations

import time
import warnings
from itertools import product

import numpy as np

from tests.benchmarks.engine import print_ratio, print_times, ratio, take_turns
from wd_core import Experiment, lambda_path, train_all, workers

RATES = tuple(float(f"{lr:.3g}") for lr in np.geomspace(1e-4, 1e-1, 9))
SWEEP = [
    Experiment(
        dataset="digits", n_samples=600, train_share=0.5, hidden=(32,), activation="relu", decay="decoupled", lr=lr,
        batch_size=50, steps=120, lambdas=lambda_path(1e-3, 10, 8), seeds=range(5),
    )
    for lr in RATES
]  # fmt: skip
SKLEARN_SHARE = 9
"""scikit-learn does every ninth of the fits, spread over all: the rest would be the same again."""


def main(repeats: int) -> None:
    """Print the table."""
    warnings.filterwarnings("ignore")
    e = SWEEP[0]
    runs = len(SWEEP) * len(e.lambdas) * len(e.seeds)
    print(f"Sweep: {runs} runs, MLP 64-32-10 on digits, {len(e.data(0).y_train)} examples, AdamW, {repeats} rounds\n")
    if not workers.wait_until_ready(60):
        print("No worker processes here: `train_all` works in one process\n")
    contenders = {
        "train_all": lambda: train_all(SWEEP),
        "train_all, ends alone": lambda: train_all(SWEEP, record_at=(0, e.steps)),
        "scikit-learn": scikit_learn,
    }
    try:
        contenders |= {"PyTorch bmm": torch_sweep()}
    except ImportError:
        print("PyTorch is not installed\n")
    times = take_turns(contenders, repeats)
    times["scikit-learn"] = [SKLEARN_SHARE * seconds for seconds in times["scikit-learn"]]
    rate = matmul_rate()
    print("| sweep | median ms | least ms |\n|---|---:|---:|")
    print_times(times)
    print("\n| ratio | measured | target |\n|---|---:|---:|")
    for ours in ("train_all", "train_all, ends alone"):
        print_ratio(f"scikit-learn loop ÷ {ours}", ratio(times, "scikit-learn", ours), "≥ 8")
        if "PyTorch bmm" in times:
            print_ratio(f"PyTorch, batched by hand, ÷ {ours}", ratio(times, "PyTorch bmm", ours), "≥ 1")
    share = flops() / np.median(times["train_all, ends alone"]) / rate
    print_ratio(f"its share of the machine's float32 products ({rate / 1e9:.0f} GFLOP/s)", share, "aim: 0.5")


def flops() -> float:
    """Of the products of all steps: forward, the gradient of both matrices, and that of the hidden units."""
    e = SWEEP[0]
    runs = len(SWEEP) * len(e.lambdas) * len(e.seeds)
    one = 2 * e.batch_size * (2 * (65 * 32 + 33 * 10) + 32 * 10)
    return float(runs) * e.steps * one


def matmul_rate() -> float:
    """Floating-point operations a second of a large float32 product on all cores: the best of five."""
    n = 2048
    a, b = (np.random.default_rng(i).standard_normal((n, n)).astype(np.float32) for i in range(2))
    best = np.inf
    for _ in range(5):
        begin = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - begin)
    return 2 * n**3 / best


def scikit_learn() -> None:
    """Every ninth fit, with its own defaults for threads and precision. It has coupled L2, not AdamW: the nearest."""
    from sklearn.neural_network import MLPClassifier

    settings = product(SWEEP, SWEEP[0].lambdas, SWEEP[0].seeds)
    for e, value, seed in list(settings)[::SKLEARN_SHARE]:
        data = e.data(seed)
        MLPClassifier(
            e.hidden, activation=e.activation, solver="adam", alpha=value * e.batch_size, batch_size=e.batch_size,
            learning_rate_init=e.lr, max_iter=20, tol=0, n_iter_no_change=10**6, random_state=seed,
        ).fit(data.X_train, data.y_train)  # fmt: skip


def torch_sweep():
    """All runs in PyTorch as one batch: `baddbmm` and autograd, one AdamW whose rate and decay differ by run."""
    import torch

    e = SWEEP[0]
    settings = list(product(SWEEP, e.lambdas, range(len(e.seeds))))
    runs = len(settings)
    lr = torch.tensor([s[0].lr for s in settings])[:, None, None]
    decay = torch.tensor([s[1] for s in settings])[:, None, None]
    seeds = torch.tensor([s[2] for s in settings])
    X = torch.tensor(np.stack([e.data(seed).X_train for seed in e.seeds]), dtype=torch.float32)
    y = torch.tensor(np.stack([e.data(seed).y_train for seed in e.seeds]))

    def fit() -> None:
        weights = [0.1 * torch.randn(runs, 64, 32), torch.zeros(runs, 1, 32),
                   0.1 * torch.randn(runs, 32, 10), torch.zeros(runs, 1, 10)]  # fmt: skip
        moments = [(torch.zeros_like(w), torch.zeros_like(w)) for w in weights]
        for w in weights:
            w.requires_grad_()
        for step in range(1, e.steps + 1):
            if (step - 1) % 6 == 0:
                order = torch.stack([torch.randperm(300) for _ in e.seeds])
            here = order[:, (step - 1) % 6 * 50 :][:, :50]
            x, t = X[torch.arange(len(e.seeds))[:, None], here][seeds], y.gather(1, here)[seeds]
            hidden = torch.relu(torch.baddbmm(weights[1], x, weights[0]))
            scores = torch.baddbmm(weights[3], hidden, weights[2])
            loss = torch.nn.functional.cross_entropy(scores.flatten(0, 1), t.flatten(), reduction="sum") / 50
            grads = torch.autograd.grad(loss, weights)
            with torch.no_grad():
                for i, (w, g, (m, v)) in enumerate(zip(weights, grads, moments, strict=True)):
                    if i % 2 == 0:
                        w.mul_(1 - lr * decay)
                    m.mul_(0.9).add_(g, alpha=0.1)
                    v.mul_(0.999).addcmul_(g, g, value=0.001)
                    w.sub_(lr * (m / (1 - 0.9**step)) / ((v / (1 - 0.999**step)).sqrt() + 1e-8))

    return fit
