"""Three round clouds."""

import numpy as np

from wd_core.datasets.base import Dataset, Opening, legacy_seed

ANGLES = np.deg2rad([90, 210, 330])
CENTRES = 1.3 * np.column_stack([np.cos(ANGLES), np.sin(ANGLES)])  # an equilateral triangle


def sample(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Gaussian clouds around fixed centres."""
    from sklearn.datasets import make_blobs

    return make_blobs(n, centers=CENTRES, cluster_std=noise, random_state=legacy_seed(rng))


DATASET = Dataset(
    name="blobs",
    title="Three blobs",
    description="Straight boundaries suffice: watch the network's crooked ones straighten as λ grows.",
    task="classification",
    feature_names=("x₁", "x₂"),
    target_name="blob",
    class_names=("top", "left", "right"),
    default_noise=0.6,
    noise_meaning="standard deviation of the points around their centre",
    synthetic=True,
    source="scikit-learn, make_blobs with fixed centres",
    sample=sample,
    opening=Opening(
        story=("cure", "straightens"),
        settings={"n_samples": 60, "label_noise": 0.15, "lr": 0.03},
    ),
    order=60,
)
