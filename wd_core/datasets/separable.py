"""Two classes on either side of a straight line, with room between."""

import numpy as np

from wd_core.datasets.base import Dataset, Opening

ANGLE = np.deg2rad(30)
NORMAL = np.array([np.cos(ANGLE), np.sin(ANGLE)])  # of the separating line, which goes through the origin
MARGIN = 0.3  # from the line to the nearest point, without noise
REACH = 1.7


def sample(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Uniform in two rectangles beside the line; noise moves the points after they got their labels."""
    y = np.arange(n) % 2
    across = (2 * y - 1) * rng.uniform(MARGIN, REACH, n)
    along = rng.uniform(-REACH, REACH, n)
    X = np.outer(across, NORMAL) + np.outer(along, (-NORMAL[1], NORMAL[0]))
    return X + noise * rng.standard_normal((n, 2)), y


DATASET = Dataset(
    name="separable",
    title="Separable classes",
    description="Without decay the weights of logistic regression grow for ever; any λ > 0 bounds them.",
    task="classification",
    feature_names=("x₁", "x₂"),
    target_name="side",
    class_names=("left", "right"),
    default_noise=0.0,
    noise_meaning="standard deviation by which points move after they are labelled; 0 keeps a margin of 0.3",
    synthetic=True,
    source="After Soudry et al. 2018, The implicit bias of gradient descent, JMLR 19(70)",
    sample=sample,
    opening=Opening(
        story=("unbounded",),
        lambdas=(1e-3, 10.0),
        settings={"n_samples": 100, "model": "logistic", "lr": 0.1, "steps": 1000},
    ),
    order=50,
)
