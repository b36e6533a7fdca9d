"""Addition on a clock of 23 hours: a table that can be learned by heart, or understood."""

import numpy as np

from wd_core.datasets._real import choose_rows
from wd_core.datasets.base import Dataset, Opening

P = 23


def sample(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """n different ones of the 529 pairs (a, b), as a one for a and a one for b; the class is (a + b) mod 23."""
    rows_rng, noise_rng = rng.spawn(2)
    a, b = np.divmod(np.arange(P * P), P)
    rows = choose_rows((a + b) % P, n, rows_rng)
    pairs = np.hstack([np.eye(P)[a[rows]], np.eye(P)[b[rows]]])
    return pairs + noise * noise_rng.standard_normal(pairs.shape), (a + b)[rows] % P


DATASET = Dataset(
    name="modular_addition",
    title="Addition mod 23",
    description="Without decay the table is learned by heart; with it, new sums come right too, long after those seen.",
    task="classification",
    feature_names=tuple(f"{name} = {k}" for name in "ab" for k in range(P)),
    target_name="(a + b) mod 23",
    class_names=tuple(str(k) for k in range(P)),
    default_noise=0.0,
    noise_meaning="standard deviation of what is added to each of the 46 inputs, which are 0 or 1",
    synthetic=True,
    source="Power et al. 2022, arXiv:2201.02177; with 23 for 97, after Gromov 2023, arXiv:2301.02679",
    sample=sample,
    max_samples=P * P,
    opening=Opening(
        story=("cure",),
        lambdas=(0.1, 30.0),
        count=10,
        settings={
            "n_samples": 529,
            "train_share": 0.8,
            "hidden": (64,),
            "activation": "square",
            "biases": False,
            "decay": "decoupled",
            "beta2": 0.98,
            "steps": 1000,
            "seeds": (0, 1),
        },
    ),
    order=180,
)
