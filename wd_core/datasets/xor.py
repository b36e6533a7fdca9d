"""Exclusive or: the class says whether the two coordinates differ in sign."""

import numpy as np

from wd_core.datasets.base import Dataset, Opening

SIGNS = np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]])  # the classes take turns
INNER, OUTER = 0.15, 1.75  # the squares keep away from the axes, so that without noise there is a gap


def sample(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Uniform in four squares, one in each quadrant; noise moves the points after they got their labels."""
    signs = SIGNS[np.arange(n) % 4]
    X = signs * rng.uniform(INNER, OUTER, (n, 2)) + noise * rng.standard_normal((n, 2))
    return X, (signs[:, 0] != signs[:, 1]).astype(np.int64)


DATASET = Dataset(
    name="xor",
    title="Exclusive or",
    description="Neither coordinate says anything alone: which λ forgets the wrong labels, and which is left guessing?",
    task="classification",
    feature_names=("x₁", "x₂"),
    target_name="signs",
    class_names=("same sign", "different signs"),
    default_noise=0.2,
    noise_meaning="standard deviation by which points move after they are labelled",
    synthetic=True,
    source="After Minsky and Papert 1969, Perceptrons; drawn as in TensorFlow Playground",
    sample=sample,
    opening=Opening(
        story=("cure",),
        settings={"n_samples": 120, "label_noise": 0.15, "lr": 0.03},
    ),
    order=30,
)
