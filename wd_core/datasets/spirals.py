"""Two spiral arms wound into each other."""

import numpy as np

from wd_core.datasets.base import Dataset, Opening

TURNS = 1.25
RADIUS = 2.0  # where the arms end


def sample(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Archimedean spirals, r ∝ angle; the second arm is the first turned by half a circle."""
    y = np.arange(n) % 2
    along = np.sqrt(rng.uniform(size=n))  # the root spreads points evenly over the arms' length
    angle = 2 * np.pi * TURNS * along + np.pi * y
    X = RADIUS * along[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return X + noise * rng.standard_normal((n, 2)), y


DATASET = Dataset(
    name="spirals",
    title="Two spirals",
    description="A boundary that must bend a lot: find the λ that forgets the wrong labels and not yet the spirals.",
    task="classification",
    feature_names=("x₁", "x₂"),
    target_name="arm",
    class_names=("first arm", "second arm"),
    default_noise=0.1,
    noise_meaning="standard deviation of the points around the arms",
    synthetic=True,
    source="After Lang and Witbrock 1988, Learning to tell two spirals apart",
    sample=sample,
    opening=Opening(
        story=("cure",),
        settings={"label_noise": 0.1, "lr": 0.03, "steps": 600},
    ),
    order=40,
)
