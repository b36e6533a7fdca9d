"""Forms of an example: a row of features, an image, a sequence, a word of symbols; and how each is prepared.

| form | X | padding | standardised by the training part's |
|---|---|---|---|
| rows | (n, d) | | mean and standard deviation of each feature |
| image | (n, channels, height, width) | | one mean and standard deviation of all pixels |
| sequence | (n, T, d) | NaN after the end | mean and standard deviation of each coefficient, over all frames |
| tokens | (n, T) whole numbers from 1 | 0 after the end | nothing |

Every form can be flattened to rows; an image can also be read line by line, as a sequence.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

KINDS = ("rows", "image", "sequence", "tokens")
DIMENSIONS = dict(zip(KINDS, (1, 3, 2, 1), strict=True))


class Form(NamedTuple):
    """What one example looks like to a model."""

    kind: str
    shape: tuple[int, ...]
    symbols: int = 0
    """How many different tokens there are, numbered from 1."""

    @property
    def row_length(self) -> int:
        """Features of an example when flattened."""
        size = int(np.prod(self.shape))
        return size * self.symbols if self.kind == "tokens" else size

    def views(self) -> list[Form]:
        """This form and what it can be turned into, the nearest first."""
        lines = []
        if self.kind == "image":
            channels, height, width = self.shape
            lines = [Form("sequence", (height, channels * width))]
        rows = [] if self.kind == "rows" else [Form("rows", (self.row_length,))]
        return [self, *lines, *rows]

    def turn(self, X: np.ndarray, into: Form) -> np.ndarray:
        """X of this form (n, …) as one of its `views`; or rows as the image whose pixels they are."""
        if into.kind == self.kind:
            return X
        if into.kind == "rows":
            return self.flatten(X)
        return (X.swapaxes(1, 2) if self.kind == "image" else X).reshape(len(X), *into.shape)

    def flatten(self, X: np.ndarray) -> np.ndarray:
        """(n, …) → (n, row_length): padding as 0, a token as a one among zeros."""
        if self.kind == "tokens":
            X = X[..., None] == np.arange(1, self.symbols + 1)
        return np.nan_to_num(X.reshape(len(X), -1).astype(np.float64), nan=0.0)

    def unflatten(self, rows: np.ndarray) -> np.ndarray:
        """Inverse of `flatten` for rows and images; ValueError for others, whose lengths the rows do not tell."""
        if self.kind not in ("rows", "image"):
            raise ValueError(f"form={self.kind}: allowed: rows or image; a point between two {self.kind} has no length")
        return rows.reshape(len(rows), *self.shape)

    def standardise(self, X: np.ndarray, train: np.ndarray) -> np.ndarray:
        """X with mean 0 and standard deviation 1 over the examples `train`, see above; constants are only centred."""
        if self.kind == "tokens":
            return X
        mean, spread = self.moments(X, train)
        return (X - mean) / spread

    def moments(self, X: np.ndarray, train: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What `standardise` subtracts and divides by: mean and standard deviation, 1 for constants. Not of tokens."""
        axes = {"rows": (0,), "image": (0, 1, 2, 3), "sequence": (0, 1)}[self.kind]
        mean = np.nanmean(X[train], axis=axes)
        spread = np.nanstd(X[train], axis=axes)
        # Of a constant, rounding leaves a spread about as large as its own last digits.
        return mean, np.where(spread > 1e-12 * np.abs(mean), spread, 1.0)

    def fault(self, X: np.ndarray) -> str:
        """What is wrong with X (n, *shape), or ""."""
        if self.kind == "tokens":
            if not np.isin(X, np.arange(self.symbols + 1)).all():
                return f"whole numbers from 0 to {self.symbols}"
            there = X != 0
        else:
            there = ~np.isnan(X)
            if not np.isfinite(X[there]).all() or (self.kind != "sequence" and not there.all()):
                return "finite"
            if self.kind != "sequence":
                return ""
            if (there.any(axis=2) != there.all(axis=2)).any():
                return "whole frames, all of them there or none"
            there = there.all(axis=2)
        if (there[:, 1:] > there[:, :-1]).any() or not there[:, 0].all():
            return "padded at the end alone, and never empty"
        return ""
