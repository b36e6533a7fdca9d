"""Hills and hollows: non-linear regression in two dimensions."""

import numpy as np

from wd_core.datasets.base import Dataset, Opening

CENTRES = np.array([[-1.1, 0.9], [1.0, 1.1], [0.9, -1.0], [-0.9, -1.1]])
HEIGHTS = np.array([1.0, -1.0, 1.2, -0.6])
WIDTH = 0.6  # standard deviation of each bump
REACH = 2.0


def surface(X: np.ndarray) -> np.ndarray:
    """The true height (n,) at the points X (n, 2): a sum of Gaussian bumps."""
    squared_distance = ((X[:, None] - CENTRES) ** 2).sum(axis=2)
    return np.exp(-squared_distance / (2 * WIDTH**2)) @ HEIGHTS


def sample(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """y = surface + noise, both coordinates uniform in [-2, 2]."""
    X = rng.uniform(-REACH, REACH, (n, 2))
    return X, surface(X) + noise * rng.standard_normal(n)


DATASET = Dataset(
    name="bumps",
    title="Gaussian bumps",
    description="Hills and hollows, true and imagined ones: see which of them weight decay flattens first.",
    task="regression",
    feature_names=("x₁", "x₂"),
    target_name="height",
    default_noise=0.15,
    noise_meaning="standard deviation of the target around the surface",
    synthetic=True,
    source="This project; after the Gaussian bumps of TensorFlow Playground",
    sample=sample,
    opening=Opening(
        story=("cure",),
        settings={"n_samples": 80, "noise": 0.3, "lr": 0.03, "steps": 600},
    ),
    order=90,
)
