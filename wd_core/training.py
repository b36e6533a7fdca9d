"""Training: every λ and every seed of an experiment in one batch of runs.

The update rule of weight decay is `Update.__call__`; the training loop is `train_splits`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import pairwise
from typing import Protocol

import numpy as np
from threadpoolctl import ThreadpoolController

from wd_core import workers
from wd_core.engine.arrays import aligned_zeros, denormals_as_zeros, full_rows, with_ones
from wd_core.engine.layers import Network
from wd_core.engine.losses import Target
from wd_core.engine.optimizers import OPTIMIZERS
from wd_core.engine.penalties import make_penalty, soft_threshold
from wd_core.experiment import Experiment
from wd_core.history import History, decay_mask, join, layers_of, make_history, target_of

PROGRESS_SECONDS = 0.05

Progress = Callable[[float], None]


class Update:
    """One step of every run: gradient, decay and optimiser meet here and nowhere else.

    `w` and `g` are the flat (…runs, P) weights and gradient, changed in place.
    """

    def __init__(self, experiment: Experiment, w: np.ndarray, mask: np.ndarray):
        lambdas = np.array(experiment.lambdas, w.dtype)
        self.decay = experiment.decay
        self.l1, self.l2 = make_penalty(experiment.penalty, experiment.l1_ratio).strengths(lambdas, mask)
        self.has_l1, self.has_l2 = bool(self.l1.any()), bool(self.l2.any())
        self.optimizer = OPTIMIZERS[experiment.optimizer](w.shape, w.dtype, experiment.momentum)
        self._scratch = aligned_zeros(w.shape, w.dtype)
        self._threshold = aligned_zeros(w.shape, w.dtype)

    def __call__(self, w: np.ndarray, g: np.ndarray, lr: float, schedule: float) -> None:
        """`lr` is this step's learning rate, `schedule` its multiple of the experiment's."""
        coupled = self.decay in ("coupled", "subgradient")
        beside = schedule if self.decay == "decoupled_paper" else lr

        if coupled and self.has_l2:
            g += self._times(self.l2, w)  # the penalty's gradient goes through the optimiser
        if self.decay == "subgradient" and self.has_l1:
            g += self._times(self.l1, np.sign(w))
        if not coupled and self.has_l2:
            w -= self._times(self.l2, w, beside)  # w ← w − lr·λ·w, beside the step

        w -= self._times(self.optimizer.direction(g), lr)

        if self.decay != "subgradient" and self.has_l1:
            # In the optimiser's own metric the objective's minimum is a fixed point (Yun, Lozano & Yang 2021).
            step = self._times(self.optimizer.reach, lr) if coupled else beside
            np.multiply(self.l1, step, out=self._threshold)
            soft_threshold(w, self._threshold, out=w, scratch=self._scratch)

    def _times(self, a: np.ndarray | float, b: np.ndarray | float, c: float = 1.0) -> np.ndarray:
        """a·b·c without a new array."""
        product = np.multiply(a, b, out=self._scratch)
        if c != 1.0:
            product *= c
        return product


def train(experiment: Experiment, *, dtype: type = np.float32, on_progress: Progress | None = None) -> History:
    """Train all runs of `experiment`.

    `on_progress(share done)` is called from this thread at least every 100 ms; whatever it raises cancels the training
    and comes out here. The same experiment gives the same bits on the same machine, however it was shared out: the runs
    never meet, so the λ are cut into one part for each worker process.
    """
    parts = _parts(experiment) if workers.available(experiment.cost, on_progress) else [experiment]
    if len(parts) == 1:
        return train_here(experiment, dtype, on_progress or (lambda share: None))
    tasks = [partial(train_here, part, dtype) for part in parts]
    return join(experiment, workers.run(tasks, on_progress))


def _parts(e: Experiment) -> list[Experiment]:
    """The experiment cut along its λ, a part for each worker."""
    edges = np.linspace(0, len(e.lambdas), min(workers.COUNT, len(e.lambdas)) + 1).astype(int)
    return [e.replace(lambdas=e.lambdas[a:b]) for a, b in pairwise(edges)]


def train_here(e: Experiment, dtype: type, on_progress: Progress) -> History:
    """Train all runs in this process, in one batch whose run axes are (seeds, λ)."""
    recorded = train_splits(e, [e.data(seed) for seed in e.seeds], e.seeds, e.record_at, dtype, on_progress)
    with _blas().limit(limits=1), denormals_as_zeros(), np.errstate(all="ignore"):
        return make_history(e, recorded, partial(_Watch(on_progress), 1.0))


class Rows(Protocol):
    """What a run is trained on: a `Split`, or one fold of it."""

    X_train: np.ndarray
    y_train: np.ndarray


def train_splits(
    e: Experiment,
    splits: Sequence[Rows],
    seeds: Sequence[int],
    record_at: Sequence[int],
    dtype: type,
    on_progress: Progress,
) -> np.ndarray:
    """Weights (L, S, K, P) at the steps `record_at`, the first of them 0, of runs with training rows of their own.

    Folds are just more runs: split i starts at, and shuffles by, seeds[i], and has the loss's mean over its own rows.
    Splits of unequal size need full batches.
    """
    target = target_of(e)
    sizes = [len(s.y_train) for s in splits]
    columns = full_rows(_batch_size(e, sizes), dtype)
    network = Network(layers_of(e), (len(splits), len(e.lambdas)), columns, dtype)
    w, g = network.weights, network.gradient
    w[...] = initial_weights(e, seeds)[:, None]
    update = Update(e, w, decay_mask(network.layers))
    batches = _batches(e, splits, seeds, target, dtype)
    watch = _Watch(on_progress)

    places = {step: k for k, step in enumerate(record_at)}
    recorded = np.empty((len(e.lambdas), len(splits), len(places), w.shape[-1]), dtype)
    recorded[:, :, 0] = w.swapaxes(0, 1)

    # BLAS on one thread: the products are small, and waking its threads costs more than they save.
    with _blas().limit(limits=1), denormals_as_zeros(), np.errstate(all="ignore"):  # a run that diverges is a result
        for step in range(1, e.steps + 1):
            x, y, share = next(batches)
            scores = network.forward(x)
            target.loss.gradient(scores, y, share, out=network.score_gradient)
            network.backward()
            schedule = schedule_at(e.schedule, step, e.steps)
            update(w, g, e.lr * schedule, schedule)
            if step in places:
                recorded[:, :, places[step]] = w.swapaxes(0, 1)
            watch(step / e.steps)
    return recorded


@cache
def _blas() -> ThreadpoolController:
    """NumPy's BLAS; to look for it takes a millisecond."""
    return ThreadpoolController().select(user_api="blas")


def schedule_at(name: str, step: int, steps: int) -> float:
    """Multiple of the learning rate at `step` of 1…`steps`: constant 1, or half a cosine from 1 towards 0."""
    return 1.0 if name == "constant" else 0.5 * (1 + np.cos(np.pi * (step - 1) / steps))


def initial_weights(e: Experiment, seeds: Sequence[int]) -> np.ndarray:
    """(S, P): initial weights by seed, the same for every λ."""
    rngs = [np.random.default_rng([seed, _INITIAL]) for seed in seeds]
    return np.stack([np.concatenate([la.initial_weights(rng).ravel() for la in layers_of(e)]) for rng in rngs])


_INITIAL, _BATCHES = 101, 102  # names of the random streams; the data's own are in datasets


def _batch_size(e: Experiment, sizes: Sequence[int]) -> int:
    """Examples in a batch of splits of these `sizes`: for full batches the largest."""
    if e.batch_size is not None and min(sizes) < max(sizes):
        raise ValueError(f"batch_size={e.batch_size}: allowed for splits of unequal size: None, full batches")
    return max(sizes) if e.batch_size is None else min(e.batch_size, max(sizes))


def _batches(
    e: Experiment, splits: Sequence[Rows], seeds: Sequence[int], target: Target, dtype: np.dtype
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """x (S, 1, d + 1, m), y (S, 1, outputs, m) and each example's share of the mean (m,) or (S, 1, 1, m), for ever.

    Batches are cut from a stream of freshly shuffled epochs, so all are full: one may hold the end of an epoch and the
    beginning of the next. Rows may be filled up with examples of share 0, see `full_rows`.
    """
    sizes = [len(s.y_train) for s in splits]
    n, size = max(sizes), _batch_size(e, sizes)
    columns = full_rows(size, dtype)
    share = np.zeros(columns, dtype)
    share[:size] = 1 / size
    if min(sizes) < n:
        share = np.stack([np.where(np.arange(columns) < m, 1 / m, 0).astype(dtype) for m in sizes])[:, None, None]
    whole = max(n, columns)
    x = np.stack([with_ones(s.X_train, dtype, whole) for s in splits])[:, None]
    y = np.zeros((len(splits), 1, target.outputs, whole), dtype)
    for i, s in enumerate(splits):
        y[i, 0, :, : sizes[i]] = target.encode(s.y_train, dtype)
    if size == n:
        while True:
            yield x, y, share
    rngs = [np.random.default_rng([seed, _BATCHES]) for seed in seeds]
    some = n // size  # batches gathered at a time
    here = np.zeros((len(splits), some, 1, columns), int)
    order = np.empty((len(splits), 0), int)
    while True:
        while order.shape[1] < some * size:
            order = np.concatenate([order, np.stack([rng.permutation(n) for rng in rngs])], axis=1)
        here[..., :size] = order[:, : some * size].reshape(len(splits), some, 1, size)
        order = order[:, some * size :]
        xs, ys = np.take_along_axis(x, here, -1), np.take_along_axis(y, here, -1)
        for i in range(some):
            yield xs[:, i : i + 1], ys[:, i : i + 1], share


class _Watch:
    """Calls `on_progress` now and then."""

    def __init__(self, on_progress: Progress):
        self.on_progress = on_progress
        self._next = time.monotonic() + PROGRESS_SECONDS

    def __call__(self, share: float) -> None:
        if (now := time.monotonic()) >= self._next:
            self.on_progress(share)
            self._next = now + PROGRESS_SECONDS
