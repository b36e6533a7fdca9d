"""Nine speakers say the same vowels: sequences of unequal length."""

from functools import cache

import numpy as np

from wd_core.datasets._real import FILES, sampler
from wd_core.datasets.base import Dataset, Opening

FRAMES, COEFFICIENTS = 29, 12


@cache
def table() -> tuple[np.ndarray, np.ndarray]:
    """All utterances (640, 29, 12), NaN after their end, and who speaks (640,)."""
    with np.load(FILES / "vowels.npz") as file:
        frames = file["low"] + file["frames"] / 255 * (file["high"] - file["low"])
        length, y = file["length"].astype(np.int64), file["y"].astype(np.int64)
    X = np.full((len(y), FRAMES, COEFFICIENTS), np.nan)
    X[np.arange(FRAMES) < length[:, None]] = frames
    return X, y


DATASET = Dataset(
    name="vowels",
    title="Who speaks?",
    description="Few utterances, learned by heart frame by frame: which λ keeps the voices alone?",
    task="classification",
    kind="sequence",
    shape=(FRAMES, COEFFICIENTS),
    feature_names=tuple(f"frame {t + 1}, coefficient {k + 1}" for t in range(FRAMES) for k in range(COEFFICIENTS)),
    target_name="speaker",
    class_names=tuple(f"speaker {k + 1}" for k in range(9)),
    default_noise=0.0,
    noise_meaning="noise on the frames, in standard deviations of each coefficient",
    synthetic=False,
    source="Kudo, Toyama and Shimbo 1999, Japanese Vowels, UCI, doi:10.24432/C5NS47; CC BY 4.0; rounded",
    sample=sampler(table, lambda X: np.nanstd(X, axis=(0, 1))),
    max_samples=640,
    opening=Opening(
        story=("cure",),
        settings={
            "n_samples": 240,
            "train_share": 0.3,
            "label_noise": 0.2,
            "hidden": (6,),
            "lr": 0.02,
            "steps": 100,
            "seeds": (0, 1, 2),
        },
    ),
    order=160,
)
