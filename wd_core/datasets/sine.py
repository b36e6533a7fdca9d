"""A noisy sine: regression on a line."""

import numpy as np

from wd_core.datasets.base import Dataset, Opening

REACH = 2.5


def sample(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """y = sin 2x + noise, x uniform in [-2.5, 2.5]: a little more than one and a half periods."""
    x = rng.uniform(-REACH, REACH, n)
    return x[:, None], np.sin(2 * x) + noise * rng.standard_normal(n)


DATASET = Dataset(
    name="sine",
    title="Noisy sine",
    description="One curve behind noisy points: which λ takes the fit from chasing points to a flat line?",
    task="regression",
    feature_names=("x",),
    target_name="y",
    default_noise=0.25,
    noise_meaning="standard deviation of the target around the sine",
    synthetic=True,
    source="After Bishop 2006, Pattern Recognition and Machine Learning, section 1.1",
    sample=sample,
    opening=Opening(
        story=("cure",),
        settings={"n_samples": 80, "train_share": 0.3, "noise": 0.4, "hidden": (24, 24), "lr": 0.03, "steps": 600},
    ),
    order=70,
)
