"""A circle inside a circle."""

import numpy as np

from wd_core.datasets._features import FEATURES
from wd_core.datasets.base import Dataset, Opening, legacy_seed

RADIUS = 1.5  # of the outer circle; the inner one has half of it


def sample(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points on two circles around the origin."""
    from sklearn.datasets import make_circles

    X, y = make_circles(n, noise=noise / RADIUS, factor=0.5, random_state=legacy_seed(rng))
    return RADIUS * X, y


DATASET = Dataset(
    name="circles",
    title="Two circles",
    description="No straight line helps, x₁² and x₂² do: see whether L1 finds the two among twenty inputs.",
    task="classification",
    feature_names=("x₁", "x₂"),
    target_name="circle",
    class_names=("outer circle", "inner circle"),
    default_noise=0.2,
    noise_meaning="standard deviation of the points around the circles",
    synthetic=True,
    source="scikit-learn, make_circles",
    sample=sample,
    opening=Opening(
        story=("cure", "selects"),
        relevant=("x₁²", "x₂²"),
        lambdas=(1e-3, 1.0),
        settings={
            "n_samples": 120,
            "noise": 0.25,
            "label_noise": 0.1,
            "model": "logistic",
            "features": tuple(FEATURES),
            "noise_features": 13,
            "penalty": "l1",
            "lr": 0.1,
            "steps": 600,
        },
    ),
    order=20,
)
