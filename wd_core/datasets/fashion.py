"""Clothes: grey images of 14 × 14 pixels."""

from functools import cache

import numpy as np

from wd_core.datasets._real import FILES, sampler
from wd_core.datasets.base import Dataset, Opening

SIDE = 14


@cache
def table() -> tuple[np.ndarray, np.ndarray]:
    """All images (1500, 1, 14, 14), from 0 (black) to 1, and their kind (1500,)."""
    with np.load(FILES / "fashion.npz") as file:
        pairs, y = file["pairs"], file["y"]  # two pixels of 16 grey levels in a byte
    grey = np.stack([pairs >> 4, pairs & 15], axis=-1).reshape(-1, 1, SIDE, SIDE)
    return grey / 15, y.astype(np.int64)


DATASET = Dataset(
    name="fashion",
    title="Clothes",
    description="Shirts that look like coats and pullovers: a network of few examples learns their pixels by heart.",
    task="classification",
    kind="image",
    shape=(1, SIDE, SIDE),
    feature_names=tuple(f"pixel {row},{column}" for row in range(SIDE) for column in range(SIDE)),
    target_name="kind",
    class_names=("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"),
    default_noise=0.0,
    noise_meaning="noise on the pixels, in standard deviations of all of them",
    synthetic=False,
    source="Xiao, Rasul and Vollgraf 2017, Fashion-MNIST, arXiv:1708.07747, MIT licence; coarser",
    sample=sampler(table, np.std),
    max_samples=1500,
    opening=Opening(
        story=("cure",),
        settings={
            "n_samples": 300,
            "train_share": 0.3,
            "label_noise": 0.2,
            "hidden": (10,),
            "lr": 0.02,
            "steps": 100,
            "seeds": (0, 1, 2),
        },
    ),
    order=150,
)
