"""A tilted plane: linear regression in two dimensions."""

import numpy as np

from wd_core.datasets.base import Dataset, Opening

SLOPES = np.array([1.0, 0.3])  # unequal, so that L1 drops the second while the first is still large
REACH = 2.0


def sample(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """y = x₁ + 0.3 x₂ + noise, both coordinates uniform in [-2, 2]."""
    X = rng.uniform(-REACH, REACH, (n, 2))
    return X, X @ SLOPES + noise * rng.standard_normal(n)


DATASET = Dataset(
    name="plane",
    title="Tilted plane",
    description="Two true weights, 1 and 0.3: compare how L2 and L1 shrink the large one and the small one.",
    task="regression",
    feature_names=("x₁", "x₂"),
    target_name="y",
    default_noise=0.25,
    noise_meaning="standard deviation of the target around the plane",
    synthetic=True,
    source="This project; as the plane of TensorFlow Playground",
    sample=sample,
    opening=Opening(
        story=("drops", "shrinks"),
        lambdas=(1e-3, 10.0),
        settings={"n_samples": 40, "noise": 0.5, "model": "linear", "lr": 0.05},
    ),
    order=80,
)
