"""Columns of text as inputs of 0 and 1, for a scikit-learn pipeline."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from wd_core.own_data.levels import Level, find_levels


class ReferenceCoding(TransformerMixin, BaseEstimator):
    """Each column of text becomes one input of 0 and 1 for every level but the commonest (treatment coding).

    scikit-learn's `OneHotEncoder` has no commonest level as reference, and puts a rare missing value among the others.
    With a reference the inputs of a column do not add up to the intercept's, so that without a penalty there is one
    best fit, and small λ lead to it.
    """

    def fit(self, X: np.ndarray, y: None = None) -> ReferenceCoding:
        """Find the levels of X (n, columns)."""
        self.n_features_in_ = X.shape[1]
        self.levels_ = [find_levels(column) for column in X.T]
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """(n, inputs) of 0 and 1."""
        blocks = [_coded(column, level) for column, level in zip(X.T, self.levels_, strict=True)]
        return np.hstack([np.empty((len(X), 0)), *blocks])

    def get_feature_names_out(self, input_features: np.ndarray) -> np.ndarray:
        """ "column = level" for each input."""
        pairs = zip(input_features, self.levels_, strict=True)
        return np.array([f"{column} = {name}" for column, level in pairs for name in level.names], object)


def _coded(values: np.ndarray, level: Level) -> np.ndarray:
    codes = {value: level.code(value) for value in set(values.tolist())}
    number = np.array([codes[value] for value in values], np.intp)
    return (number[:, None] == np.arange(len(level.names))).astype(float)
