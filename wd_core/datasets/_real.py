"""Drawing from real data: those that come with scikit-learn, and the files beside this one."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from wd_core.datasets.base import Sampler, check_integer

FILES = Path(__file__).parent / "files"
NOISE_MEANING = "feature noise, in standard deviations of each feature"

Table = Callable[[], tuple[np.ndarray, np.ndarray]]
Spread = Callable[[np.ndarray], np.ndarray]


def table_sampler(loader: str, **options: object) -> Sampler:
    """A sampler of rows from `sklearn.datasets.<loader>(**options)`, read at the first draw."""

    @cache
    def table() -> tuple[np.ndarray, np.ndarray]:
        from sklearn import datasets

        X, y = getattr(datasets, loader)(return_X_y=True, **options)
        return X.astype(np.float64), y

    return sampler(table, lambda X: X.std(axis=0))


def sampler(table: Table, spread: Spread) -> Sampler:
    """A sampler of examples from `table()`: X (N, …) and y (N,).

    A draw takes n different examples, in proportion to the classes if there are any; with the same seed a larger
    draw contains the smaller. Noise is Gaussian, in units of `spread` of the whole table, as if the measurement had
    been less exact; standardising comes after it.
    """

    def sample(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        X, y = table()
        rows_rng, noise_rng = rng.spawn(2)
        rows = choose_rows(y, n, rows_rng)
        return X[rows] + noise * spread(X) * noise_rng.standard_normal((n, *X.shape[1:])), y[rows]

    return sample


def word_sampler(table: Table, symbols: int) -> Sampler:
    """A sampler of words from `table()`: X (N, T) of numbers from 1 to `symbols`, 0 after the end, and y (N,).

    As `sampler`; noise is the chance of each symbol to be replaced by any of them. More noise replaces the same
    ones, by the same, and further ones.
    """

    def sample(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        X, y = table()
        rows_rng, noise_rng = rng.spawn(2)
        rows = choose_rows(y, n, rows_rng)
        chance, other = noise_rng.random((n, X.shape[1])), noise_rng.integers(1, symbols + 1, (n, X.shape[1]))
        return np.where((chance < noise) & (X[rows] > 0), other, X[rows]), y[rows]

    return sample


def choose_rows(y: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Numbers (n,) of different rows, in proportion to the classes if y has any; a larger n only adds to them."""
    check_integer("n", n, 0, len(y))
    order = rng.permutation(len(y))
    if np.issubdtype(y.dtype, np.integer):
        order = order[np.argsort(_place_in_class(y[order]), kind="stable")]
    return order[:n]


def _place_in_class(y: np.ndarray) -> np.ndarray:
    """Each example's place (n,) in the queue of its class, 0 to 1: the first by it are in proportion."""
    place = np.empty(len(y))
    for k in np.unique(y):
        members = np.flatnonzero(y == k)
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    return place
