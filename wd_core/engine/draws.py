"""Random numbers of training: from a stream a group, drawn once and broadcast over its rows.

So runs of one seed are paired over λ and whatever else their rows differ in, and a hundred rows cost as much as one.
A group draws for its own examples alone, in single precision: neither what stands beside it in a table nor how its
rows are filled up nor the precision of the training changes what it draws.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_DROPOUT, _NOISE = 103, 104  # names of the random streams, see `loop`


class Draws:
    """The streams of groups with these `seeds`, of `sizes` examples a batch, in rows filled up to `columns`.

    `dropout` and `input_noise` (R,) are the rates and standard deviations of the rows.
    """

    def __init__(
        self,
        seeds: Sequence[int],
        sizes: Sequence[int],
        columns: int,
        dropout: Sequence[float],
        input_noise: Sequence[float],
        dtype: np.dtype | type,
    ):
        self._sizes, self._columns, self._dtype = sizes, columns, np.dtype(dtype)
        self.dropout, self.input_noise = np.array(dropout), np.array(input_noise)
        self._dropout = [np.random.default_rng([seed, _DROPOUT]) for seed in seeds]
        self._noise = [np.random.default_rng([seed, _NOISE]) for seed in seeds]

    def mask(self, shape: tuple[int, ...]) -> np.ndarray:
        """Inverted dropout: 0 with a row's rate, else 1/(1 − rate); (G, R, *shape, n), or (G, 1, …) if all are equal.

        One uniform number u an entry decides for all rows, u ≥ rate: what a lower rate drops, a higher one drops too.
        """
        rates = _lifted(self.dropout, shape)
        u = self._drawn(shape, [rng.random for rng in self._dropout], np.float32)
        kept = (u >= rates).astype(self._dtype)
        kept *= (1 / (1 - rates)).astype(self._dtype)
        return kept

    def noise(self, shape: tuple[int, ...]) -> np.ndarray:
        """N(0, σ²) with a row's σ; (G, R, *shape, n), or (G, 1, …) if all are equal."""
        normal = self._drawn(shape, [rng.standard_normal for rng in self._noise], self._dtype)
        return normal * _lifted(self.input_noise, shape).astype(self._dtype)

    def _drawn(self, shape: tuple[int, ...], draw: list, dtype: np.dtype | type) -> np.ndarray:
        """(G, 1, *shape, n), zero where a row is filled up."""
        drawn = np.zeros((len(draw), 1, *shape, self._columns), dtype)
        for i, (size, one) in enumerate(zip(self._sizes, draw, strict=True)):
            drawn[i, 0, ..., :size] = one((*shape, size), dtype=np.float32)
        return drawn


def _lifted(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """(R,) → (R or 1, 1, …, 1), one axis for each of an example's and one for the examples."""
    values = values[:1] if (values == values[0]).all() else values
    return values.reshape(-1, *(1,) * (len(shape) + 1))
