"""How fast all λ are trained: against scikit-learn in a loop, JAX, and the arithmetic alone.

    python -m tests.benchmarks engine [--repeats N] [--before FOLDER]

The work: 33 λ × 300 full-batch Adam steps of an MLP 2-16-16-1 tanh on 200 examples; then the same λ for 300 epochs of
minibatches of 20. Everything is warm: worker processes run, JAX has compiled. The contenders take turns, A B C A B C …,
so that what else the machine does hits all; a ratio is the median of the ratios within a round. With a FOLDER of
another version of the project, say of `git worktree add FOLDER COMMIT`, the two take turns too, in CPU time.
"""

from __future__ import annotations

import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from wd_core import Experiment, lambda_path, train, workers
from wd_core.engine.arrays import aligned_zeros, full_rows
from wd_core.training import train_here

FULL_BATCH = Experiment(n_samples=400, train_share=0.5, lambdas=lambda_path(1e-5, 1, 32), seeds=(0,), steps=300)
MINIBATCH = FULL_BATCH.replace(batch_size=20, steps=3000)

REST = 0.2
"""Seconds before each measurement in which threads of the one before, waiting for more to do, fall asleep."""

Rounds = dict[str, list[float]]


def main(repeats: int, before: Path | None = None) -> None:
    """Print the table."""
    warnings.filterwarnings("ignore")
    if before is not None:
        versions(before, repeats)
    print(f"Engine: {len(FULL_BATCH.lambdas)} λ, MLP 2-16-16-1 tanh, 200 examples, Adam, {repeats} rounds\n")
    if not workers.wait_until_ready(60):
        print("No worker processes here: `train` works in one process\n")
    contenders = {
        "train": lambda: train(FULL_BATCH),
        "one process": lambda: here(FULL_BATCH),
        "floor of one process": Floor(len(FULL_BATCH.lambdas)),
        "floor of train": FloorInHalves() if workers.wait_until_ready(0) else Floor(len(FULL_BATCH.lambdas)),
        "scikit-learn": lambda: scikit_learn(FULL_BATCH),
        "scikit-learn, not shuffling": lambda: scikit_learn(FULL_BATCH, shuffle=False),
    }
    try:
        contenders["JAX"], compile_seconds = jax_path(FULL_BATCH, same_work=True)
        contenders["JAX, the last weights alone"], _ = jax_path(FULL_BATCH, same_work=False)
    except ImportError:
        compile_seconds = None
    full = take_turns(contenders, repeats)
    mini = take_turns(
        {"train": lambda: train(MINIBATCH), "scikit-learn": lambda: scikit_learn(MINIBATCH)}, max(1, repeats // 4)
    )

    print("| full batch, 300 steps | median ms | least ms |\n|---|---:|---:|")
    print_times(full)
    print("| **minibatches of 20, 3000 steps** | | |")
    print_times(mini)
    print("\n| ratio | measured | target |\n|---|---:|---:|")
    print_ratio("scikit-learn loop ÷ train", ratio(full, "scikit-learn", "train"), "≥ 25")
    unshuffled = ratio(full, "scikit-learn, not shuffling", "train")
    print_ratio("the same, told not to shuffle the full batch at every step ÷ train", unshuffled, "")
    if compile_seconds is None:
        print("| JAX jit(vmap(scan)) ÷ train | not installed | ≥ 2 |")
    else:
        name = f"JAX jit(vmap(scan)), without its {compile_seconds:.1f} s of compiling, ÷ train"
        print_ratio(name, ratio(full, "JAX", "train"), "≥ 2")
        alone = ratio(full, "JAX, the last weights alone", "train")
        print_ratio("JAX leaving the last weights alone ÷ train, which records and judges 33 states", alone, "")
    print_ratio("minibatches: scikit-learn loop ÷ train", ratio(mini, "scikit-learn", "train"), "≥ 40")
    print_ratio("train ÷ its floor, in as many processes", ratio(full, "train", "floor of train"), "≤ 2")
    print_ratio("one process ÷ its floor", ratio(full, "one process", "floor of one process"), "≤ 2")


def take_turns(contenders: dict[str, Callable[[], object]], repeats: int) -> Rounds:
    """Seconds of each contender in each round, after one that does not count."""
    rounds: Rounds = {name: [] for name in contenders}
    for i in range(repeats + 1):
        for name, contender in contenders.items():
            time.sleep(REST)
            begin = time.perf_counter()
            contender()
            if i > 0:
                rounds[name].append(time.perf_counter() - begin)
    return rounds


def ratio(rounds: Rounds, a: str, b: str) -> float:
    """Median over the rounds of a ÷ b."""
    return float(np.median(np.divide(rounds[a], rounds[b])))


def print_times(rounds: Rounds) -> None:
    for name, seconds in rounds.items():
        print(f"| {name} | {1000 * np.median(seconds):.0f} | {1000 * min(seconds):.0f} |")


def print_ratio(name: str, value: float, target: str) -> None:
    print(f"| {name} | {value:.2f} | {target} |")


# ---------------------------------------------------------------- this version and another


class Version:
    """One process, without workers, of the version of the project that lies in `folder`."""

    CODE = """
import sys, time
sys.path.insert(0, ".")
from wd_core import Experiment, lambda_path, train, workers
workers.available = lambda *args, **more: False
full = Experiment(n_samples=400, train_share=0.5, lambdas=lambda_path(1e-5, 1, 32), seeds=(0,), steps=300)
work = {"full": full, "mini": full.replace(batch_size=20, steps=3000)}
for name in map(str.strip, sys.stdin):
    start = time.process_time()
    train(work[name])
    print(time.process_time() - start, flush=True)
"""

    def __init__(self, folder: Path):
        command = [sys.executable, "-c", self.CODE]
        self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def seconds(self, name: str) -> float:
        """CPU seconds of one training."""
        print(name, file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())


def versions(before: Path, repeats: int) -> None:
    """This version against the one in `before`, in turns that begin with one and with the other."""
    pair = [Version(before), Version(Path(__file__).parents[2])]
    print("| this version ÷ the other, CPU | median | of rounds | target |\n|---|---:|---:|---:|")
    for name, rounds in (("full", 4 * repeats), ("mini", repeats)):
        for version in pair:
            version.seconds(name)
        times = np.array([[v.seconds(name) for v in pair[:: 1 - i % 2 * 2]][:: 1 - i % 2 * 2] for i in range(rounds)])
        print(f"| {name} | {np.median(times[:, 1] / times[:, 0]):.3f} | {rounds} | ≤ 1.03 |")
    print()


# ---------------------------------------------------------------- the contenders


def here(e: Experiment) -> None:
    """Ours in this process alone: training, recording and evaluating."""
    train_here(e, np.float32, lambda share: None)


def scikit_learn(e: Experiment, shuffle: bool = True) -> None:
    """The same λ one after the other, with scikit-learn's own defaults for threads, precision and shuffling."""
    from sklearn.neural_network import MLPClassifier

    data = e.data(e.seeds[0])
    for value in e.lambdas:
        MLPClassifier(
            e.hidden,
            activation=e.activation,
            solver="adam",
            alpha=value * e.examples_per_step,  # it divides by the batch
            batch_size=e.examples_per_step,
            learning_rate_init=e.lr,
            max_iter=int(e.steps / e.steps_per_epoch),
            tol=0,
            n_iter_no_change=10**6,
            early_stopping=False,
            shuffle=shuffle,
            random_state=0,
        ).fit(data.X_train, data.y_train)


def jax_path(e: Experiment, same_work: bool) -> tuple[Callable[[], object], float]:
    """The full-batch path in JAX, compiled, and the seconds that took.

    With `same_work` it leaves what a History holds: at each recorded step weights, the penalty, and for three parts of
    the data losses, scores and what is wrong; else the last weights alone. Between two recorded steps it loops without
    keeping anything.
    """
    import jax
    import jax.numpy as jnp

    data = e.data(e.seeds[0])
    parts = [
        (jnp.array(getattr(data, f"X_{part}"), jnp.float32), jnp.array(getattr(data, f"y_{part}"), jnp.float32))
        for part in ("train", "validation", "test")
    ]
    widths = (parts[0][0].shape[1], *e.hidden, 1)

    def initial(key):
        keys = jax.random.split(key, len(widths) - 1)
        sizes = zip(keys, widths, widths[1:], strict=False)
        return [(0.3 * jax.random.normal(k, (a, b)), jnp.zeros(b)) for k, a, b in sizes]

    def judged(layers, x, y):
        a = x
        for w, b in layers[:-1]:
            a = jnp.tanh(a @ w + b)
        w, b = layers[-1]
        s = (a @ w + b)[:, 0]
        wrong = (s > 0) != (y > 0.5)
        loss = jnp.mean(jnp.maximum(s, 0) - y * s + jnp.log1p(jnp.exp(-jnp.abs(s))))
        return loss, 1 - wrong.mean(), wrong

    def penalty(layers, value):
        return 0.5 * value * sum((w**2).sum() for w, _ in layers)

    def objective(layers, value):
        return judged(layers, *parts[0])[0] + penalty(layers, value)

    def step(t, carry, value):
        w, m, v = carry
        g = jax.grad(objective)(w, value)
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        a, b = 1 - 0.9 ** (t + 1.0), 1 - 0.999 ** (t + 1.0)
        return jax.tree.map(lambda w, m, v: w - e.lr * (m / a) / (jnp.sqrt(v / b) + 1e-8), w, m, v), m, v

    def fit(value, key):
        def leg(carry, ends):
            carry = jax.lax.fori_loop(*ends, lambda t, its: step(t, its, value), carry)
            w = carry[0]
            return carry, (w, penalty(w, value), [judged(w, *part) for part in parts]) if same_work else None

        w = initial(key)
        zeros = jax.tree.map(jnp.zeros_like, w)
        at = jnp.array(e.record_at if same_work else (0, e.steps))
        (w, _, _), found = jax.lax.scan(leg, (w, zeros, zeros), (at[:-1], at[1:]))
        return found if same_work else w

    path = jax.jit(jax.vmap(fit, in_axes=(0, None)))
    lambdas, key = jnp.array(e.lambdas, jnp.float32), jax.random.PRNGKey(0)
    begin = time.perf_counter()
    jax.block_until_ready(path(lambdas, key))
    return lambda: jax.block_until_ready(path(lambdas, key)), time.perf_counter() - begin


class Floor:
    """What no NumPy program of this layout can leave out: the products and tanh of every step, forward and backward.

    The same shapes as in training, buffers used again, one BLAS thread, and nothing else: no slope of tanh, loss,
    penalty, optimiser, records or evaluation. Inputs stay what they are, so that no number overflows.
    """

    def __init__(self, runs: int, steps: int = FULL_BATCH.steps):
        from threadpoolctl import ThreadpoolController

        self.blas = ThreadpoolController().select(user_api="blas")
        self.steps = steps
        n = full_rows(200, np.float32)
        rng = np.random.default_rng(0)

        def filled(*shape: int) -> np.ndarray:
            array = aligned_zeros(shape)
            array[...] = rng.uniform(-0.5, 0.5, shape)
            return array

        self.x, self.score = filled(3, n), filled(runs, 1, n)
        self.a, self.b = filled(runs, 17, n), filled(runs, 17, n)
        self.w1, self.w2, self.w3 = filled(runs, 16, 3), filled(runs, 16, 17), filled(runs, 1, 17)
        self.g1, self.g2, self.g3 = filled(runs, 16, 3), filled(runs, 16, 17), filled(runs, 1, 17)
        self.d1, self.d2, self.d3 = filled(runs, 16, n), filled(runs, 16, n), filled(runs, 2, n)
        self.d3[:, 1] = 0
        self.w3_and_zeros = filled(runs, 2, 16)  # see Affine.backward: this outer product is fastest so
        self.w3_and_zeros[:, 1] = 0

    def __call__(self) -> None:
        a, b, d1, d2, d3 = self.a[:, :16], self.b[:, :16], self.d1, self.d2, self.d3
        with self.blas.limit(limits=1):
            for _ in range(self.steps):
                np.matmul(self.w1, self.x, out=a)
                np.tanh(a, out=a)
                np.matmul(self.w2, self.a, out=b)
                np.tanh(b, out=b)
                np.matmul(self.w3, self.b, out=self.score)
                np.matmul(d3[:, :1], self.b.swapaxes(1, 2), out=self.g3)
                np.matmul(self.w3_and_zeros.swapaxes(1, 2), d3, out=d2)
                np.matmul(d2, self.a.swapaxes(1, 2), out=self.g2)
                np.matmul(self.w2[:, :, :16].swapaxes(1, 2), d2, out=d1)
                np.matmul(d1, self.x.T, out=self.g1)


class FloorInHalves:
    """The floor of `train`, which cuts the runs in parts for as many processes: the slowest of the parts."""

    def __init__(self) -> None:
        sizes = [len(part) for part in np.array_split(FULL_BATCH.lambdas, workers.COUNT)]
        self.processes = [
            subprocess.Popen(
                [sys.executable, "-c", f"from tests.benchmarks.engine import serve_floor; serve_floor({size})"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for size in sizes
        ]

    def __call__(self) -> None:
        for process in self.processes:
            print(file=process.stdin, flush=True)
        for process in self.processes:
            process.stdout.readline()


def serve_floor(runs: int) -> None:
    """Does the floor once for each line that comes, until there are no more."""
    floor = Floor(runs)
    for _ in sys.stdin:
        floor()
        print(flush=True)
