"""Thirty features of which five matter: linear regression with a support that is known."""

import numpy as np

from wd_core.datasets.base import Dataset, Opening

N_FEATURES = 30
SUPPORT = (2, 7, 13, 20, 26)
"""The features, counted from 0, that the target depends on."""
COEFFICIENTS = np.zeros(N_FEATURES)
COEFFICIENTS[list(SUPPORT)] = [1.0, -0.8, 0.6, -0.5, 0.4]
NAMES = tuple(f"x{j + 1}" + ("*" if j in SUPPORT else "") for j in range(N_FEATURES))
SPREAD = 0.9  # standard deviation of every feature
CORRELATION = 0.3  # of neighbouring features; |i − j| apart it is 0.3^|i − j|


def sample(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """y = X·COEFFICIENTS + noise; features N(0, SPREAD²), an autoregressive chain along the columns."""
    features, noises = rng.spawn(2)
    X = features.standard_normal((n, N_FEATURES))
    for j in range(1, N_FEATURES):
        X[:, j] = CORRELATION * X[:, j - 1] + np.sqrt(1 - CORRELATION**2) * X[:, j]
    X *= SPREAD
    return X, X @ COEFFICIENTS + noise * noises.standard_normal(n)


DATASET = Dataset(
    name="sparse",
    title="Sparse regression",
    description="Five of thirty features matter, and it is known which: see whether L1 finds them.",
    task="regression",
    feature_names=NAMES,
    target_name="target",
    default_noise=0.5,
    noise_meaning="standard deviation of the target around the plane",
    synthetic=True,
    source="This project; design after Tibshirani 1996, Regression shrinkage and selection via the lasso, §7",
    sample=sample,
    opening=Opening(
        story=("cure", "selects"),
        relevant=tuple(NAMES[j] for j in SUPPORT),
        lambdas=(1e-3, 3.0),
        settings={"n_samples": 80, "model": "linear", "penalty": "l1", "lr": 0.05},
    ),
    order=95,
)
