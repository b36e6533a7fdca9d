"""The training loop: all runs of a table, in one process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

from wd_core.engine.arrays import denormals_as_zeros, full_rows
from wd_core.engine.draws import Draws
from wd_core.engine.layers import Batch, arranger
from wd_core.engine.network import Network, initial_weights
from wd_core.engine.runs import Table
from wd_core.engine.update import Update

Progress = Callable[[float], None]

BUFFER = 512
"""Elements up to which NumPy copies what does not lie in one piece, such as activations above their row of ones, before
it works on it: with its own 8192 that takes up to four times as long (measured: 17 against 5 µs)."""
INITIAL, BATCHES = 101, 102  # names of the random streams; the data's own are in datasets


def train_table(
    table: Table,
    record_at: Sequence[int],
    dtype: np.dtype | type,
    on_progress: Progress,
    after: Callable[[int, Sequence[Update]], None] | None = None,
) -> np.ndarray:
    """Weights (R, G, K, P) at the steps `record_at`, the first of them 0. `on_progress(share)` follows every step.

    `after(step, updates)` may look at the weights, gradients and optimisers as they run.
    """
    layers = table.layers()
    runs = len(table.groups), len(table.rows)
    columns, draws = full_rows(_batch_size(table), dtype), _draws(table, dtype)
    network = Network(layers, runs, columns, dtype, draws=draws)
    w, g = network.weights, network.gradient
    updates = [Update(table.rows[rows], w[:, rows], g[:, rows], table.steps) for rows in table.slices()]
    batches = _batches(table, dtype, draws)
    scales = np.array([row.scale for row in table.rows])[:, None]
    for i, group in enumerate(table.groups):
        w[i] = initial_weights(layers, np.random.default_rng([group.seed, INITIAL])) * scales

    places = {step: k for k, step in enumerate(record_at)}
    recorded = np.empty((*runs[::-1], len(places), w.shape[-1]), dtype)
    recorded[:, :, 0] = w.swapaxes(0, 1)
    with quick():
        for step in range(1, table.steps + 1):
            batch = next(batches)
            scores = network.forward(batch)
            table.target.loss.gradient(scores, batch.y, batch.share, out=network.score_gradient)
            network.backward()
            for update in updates:
                update(step)
            if after is not None:
                after(step, updates)
            if step in places:
                recorded[:, :, places[step]] = w.swapaxes(0, 1)
            on_progress(step / table.steps)
    return recorded


@contextmanager
def quick() -> Iterator[None]:
    """BLAS on one thread (the products are small, and waking its threads costs more than they save), no denormals,
    no copies (see `BUFFER`), and no warnings: a run that diverges is a result."""
    with ExitStack() as stack:
        stack.enter_context(_blas().limit(limits=1))
        stack.enter_context(denormals_as_zeros())
        stack.enter_context(np.errstate(all="ignore"))  # at its end the buffer too is what it was
        np.setbufsize(BUFFER)
        yield


@cache
def _blas() -> ThreadpoolController:
    """NumPy's BLAS; to look for it takes a millisecond."""
    return ThreadpoolController().select(user_api="blas")


def _batch_size(table: Table) -> int:
    """Examples in a batch: for full batches those of the largest group."""
    sizes = [len(group.y) for group in table.groups]
    if table.batch_size is not None and min(sizes) < max(sizes):
        raise ValueError(f"batch_size={table.batch_size}: allowed for splits of unequal size: None, full batches")
    return max(sizes) if table.batch_size is None else min(table.batch_size, max(sizes))


def _draws(table: Table, dtype: np.dtype | type) -> Draws | None:
    """The streams of dropout and noise, where some row wants any."""
    dropout, noise = [row.dropout for row in table.rows], [row.input_noise for row in table.rows]
    if not any(dropout) and not any(noise):
        return None
    size = _batch_size(table)
    sizes = [min(size, len(group.y)) for group in table.groups]
    return Draws([group.seed for group in table.groups], sizes, full_rows(size, dtype), dropout, noise, dtype)


def _batches(table: Table, dtype: np.dtype | type, draws: Draws | None) -> Iterator[Batch]:
    """x (G, 1, …, m), y (G, 1, outputs, m) and each example's share of the mean (m,) or (G, 1, 1, m), for ever.

    Batches are cut from a stream of freshly shuffled epochs, so all are full: one may hold the end of an epoch and the
    beginning of the next. Rows may be filled up with examples of share 0, see `full_rows`.
    """
    sizes = [len(group.y) for group in table.groups]
    n, size = max(sizes), _batch_size(table)
    columns = full_rows(size, dtype)
    share = np.zeros(columns, dtype)
    share[:size] = 1 / size
    if min(sizes) < n:
        share = np.stack([np.where(np.arange(columns) < m, 1 / m, 0).astype(dtype) for m in sizes])[:, None, None]
    whole = max(n, columns)
    arrange = arranger(table.layers()).arrange
    x = np.stack([arrange(group.X, dtype, whole) for group in table.groups])[:, None]
    y = np.zeros((len(sizes), 1, table.target.outputs, whole), dtype)
    for i, group in enumerate(table.groups):
        y[i, 0, :, : sizes[i]] = table.target.encode(group.y, dtype)
    if size == n:
        while True:
            yield Batch(x, share, y, draws)
    rngs = [np.random.default_rng([group.seed, BATCHES]) for group in table.groups]
    some = n // size  # batches gathered at a time
    here = np.zeros((len(sizes), some, columns), int)
    order = np.empty((len(sizes), 0), int)
    while True:
        while order.shape[1] < some * size:
            order = np.concatenate([order, np.stack([rng.permutation(n) for rng in rngs])], axis=1)
        here[..., :size] = order[:, : some * size].reshape(len(sizes), some, size)
        order = order[:, some * size :]
        xs, ys = (np.take_along_axis(a, _lifted(here, a.ndim), -1) for a in (x, y))
        for i in range(some):
            yield Batch(xs[:, i : i + 1], share, ys[:, i : i + 1], draws)


def _lifted(here: np.ndarray, axes: int) -> np.ndarray:
    """(G, batches, m) with as many axes, those of an example of length 1."""
    return here.reshape(*here.shape[:2], *(1,) * (axes - 3), here.shape[2])
