"""Draws as scikit-learn makes them, number for number, without its import.

That import (SciPy and pandas with it) takes as long as the rest of a fresh server's way to the first picture; the
tests hold what is here to `train_test_split` and `make_moons`.
"""

import numpy as np


def cut_rows(n: int, n_first: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Places (n_first,) and (n - n_first,) of a random cut, as `train_test_split`'s."""
    order = np.random.RandomState(seed).permutation(n)
    return order[n - n_first :], order[: n - n_first]


def cut_classes(y: np.ndarray, n_first: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """As `cut_rows`, each class of y (n,) in proportion: as `train_test_split`'s with stratify=y."""
    rng = np.random.RandomState(seed)
    _, place, counts = np.unique(y, return_inverse=True, return_counts=True)
    members = np.split(np.argsort(place, kind="stable"), np.cumsum(counts)[:-1])
    n_of_first = _in_proportion(counts, n_first, rng)
    n_of_rest = _in_proportion(counts - n_of_first, len(y) - n_first, rng)
    first, rest = [], []
    for rows, a, b in zip(members, n_of_first, n_of_rest, strict=True):
        rows = rows[rng.permutation(len(rows))]
        first.append(rows[:a])
        rest.append(rows[a : a + b])
    return rng.permutation(np.concatenate(first)), rng.permutation(np.concatenate(rest))


def _in_proportion(counts: np.ndarray, n: int, rng: np.random.RandomState) -> np.ndarray:
    """Of `counts` things of each kind, n in proportion: rounded down, then up by what is left over, ties by lot."""
    exact = counts / counts.sum() * n
    chosen = np.floor(exact)
    left_over, missing = exact - chosen, int(n - chosen.sum())
    for value in np.unique(left_over)[::-1]:
        if missing <= 0:
            break
        kinds = np.flatnonzero(left_over == value)
        kinds = rng.choice(kinds, size=min(len(kinds), missing), replace=False)
        chosen[kinds] += 1
        missing -= len(kinds)
    return chosen.astype(int)


def moons(n: int, noise: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Points (n, 2) and moons (n,), as `make_moons`."""
    rng = np.random.RandomState(seed)
    outer, inner = np.linspace(0, np.pi, n // 2), np.linspace(0, np.pi, n - n // 2)
    X = np.column_stack(
        [np.append(np.cos(outer), 1 - np.cos(inner)), np.append(np.sin(outer), 1 - np.sin(inner) - 0.5)]
    )
    y = np.repeat([0, 1], [n // 2, n - n // 2])
    order = np.arange(n)
    rng.shuffle(order)
    return X[order] + rng.normal(scale=noise, size=X.shape), y[order]
