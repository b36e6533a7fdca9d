"""Two interleaving half circles."""

import numpy as np

from wd_core.datasets._cuts import moons
from wd_core.datasets.base import Dataset, Opening, legacy_seed


def sample(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Half circles of radius 1 around the origin: [-1.5, 1.5] × [-0.75, 0.75] without noise."""
    X, y = moons(n, noise, legacy_seed(rng))
    return X - (0.5, 0.25), y


DATASET = Dataset(
    name="moons",
    title="Two moons",
    description="A curved boundary: find the λ at which the network stops wrapping itself around single points.",
    task="classification",
    feature_names=("x₁", "x₂"),
    target_name="moon",
    class_names=("upper moon", "lower moon"),
    default_noise=0.25,
    noise_meaning="standard deviation of the points around the moons",
    synthetic=True,
    source="scikit-learn, make_moons",
    sample=sample,
    opening=Opening(
        story=("cure",),
        settings={"n_samples": 120, "label_noise": 0.15, "lr": 0.03},
    ),
    order=10,
)
