"""Drawing from the real data sets that come with scikit-learn."""

from functools import cache

import numpy as np

from wd_core.datasets.base import Sampler

NOISE_MEANING = "feature noise, in standard deviations of each feature"


def table_sampler(loader: str, **options: object) -> Sampler:
    """A sampler of rows from `sklearn.datasets.<loader>(**options)`, read at the first draw.

    A draw takes n different rows, in proportion to the classes if there are any; with the same seed a larger
    draw contains the smaller. Noise is Gaussian, in units of each feature's standard deviation over the whole
    table, as if the measurement had been less exact; standardising comes after it.
    """

    @cache
    def table() -> tuple[np.ndarray, np.ndarray]:
        from sklearn import datasets

        X, y = getattr(datasets, loader)(return_X_y=True, **options)
        return X.astype(np.float64), y

    def sample(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        X, y = table()
        if n > len(X):
            raise ValueError(f"n={n}: must be at most {len(X)}, the rows of {loader}")
        rows_rng, noise_rng = rng.spawn(2)
        order = rows_rng.permutation(len(X))
        if np.issubdtype(y.dtype, np.integer):
            order = order[np.argsort(_place_in_class(y[order]), kind="stable")]
        rows = order[:n]
        return X[rows] + noise * X.std(axis=0) * noise_rng.standard_normal((n, X.shape[1])), y[rows]

    return sample


def _place_in_class(y: np.ndarray) -> np.ndarray:
    """Each example's place (n,) in the queue of its class, 0 to 1: the first by it are in proportion."""
    place = np.empty(len(y))
    for k in np.unique(y):
        members = np.flatnonzero(y == k)
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    return place
