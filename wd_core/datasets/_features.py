"""Features to add to a plane, as in TensorFlow Playground (Smilkov et al. 2017, arXiv:1708.03788)."""

from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from wd_core.datasets.base import Dataset
from wd_core.text import short


class Feature(NamedTuple):
    """`function` of the coordinates x₁ and x₂, each (n,), gives the values (n,); `label` is what is shown."""

    label: str
    function: Callable[[np.ndarray, np.ndarray], np.ndarray]


# Nothing is rescaled: for coordinates within about ±2 all are of order 1. The sines are of 2x (period π):
# Playground's plane reaches ±6, ours about ±2.5, where sin x would hardly bend; of sin 2x one sees 1½ waves.
FEATURES = MappingProxyType(
    {
        "x1": Feature("x₁", lambda x1, x2: x1),
        "x2": Feature("x₂", lambda x1, x2: x2),
        "x1^2": Feature("x₁²", lambda x1, x2: x1**2),
        "x2^2": Feature("x₂²", lambda x1, x2: x2**2),
        "x1*x2": Feature("x₁x₂", lambda x1, x2: x1 * x2),
        "sin(x1)": Feature("sin 2x₁", lambda x1, x2: np.sin(2 * x1)),
        "sin(x2)": Feature("sin 2x₂", lambda x1, x2: np.sin(2 * x2)),
    }
)
DEFAULT_FEATURES = ("x1", "x2")  # the identity; where there is no synthetic plane, "all own features"


def check_features(features: tuple[str, ...], dataset: Dataset) -> tuple[str, ...]:
    """Return `features` as a tuple; ValueError if empty, repeated, unknown, or not for `dataset`."""
    names = () if isinstance(features, str) else tuple(features)
    if not names or len(set(names)) < len(names) or not set(names) <= set(FEATURES):
        raise ValueError(f"features={short(features)}: must be one or more, each once, of {', '.join(FEATURES)}")
    if names != DEFAULT_FEATURES and not dataset.is_plane:
        raise ValueError(
            f"features={short(features)}: must be {DEFAULT_FEATURES!r} for {dataset.name!r}, meaning"
            " all its own features; others are for synthetic data in the plane"
        )
    return names


def expand(raw: np.ndarray, features: tuple[str, ...]) -> np.ndarray:
    """(n, d_raw) → (n, d_model): `features` of the first two columns, then the rest."""
    if features == DEFAULT_FEATURES:
        return raw
    x1, x2 = raw[:, 0], raw[:, 1]
    return np.column_stack([*(FEATURES[name].function(x1, x2) for name in features), raw[:, 2:]])


def expanded_names(raw_names: tuple[str, ...], features: tuple[str, ...]) -> tuple[str, ...]:
    """The names of `expand`'s columns."""
    if features == DEFAULT_FEATURES:
        return raw_names
    return (*(FEATURES[name].label for name in features), *raw_names[2:])
