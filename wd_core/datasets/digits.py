"""Handwritten digits of 8 × 8 pixels."""

from wd_core.datasets._real import NOISE_MEANING, table_sampler
from wd_core.datasets.base import Dataset, Opening

DATASET = Dataset(
    name="digits",
    title="Handwritten digits",
    description="A weight for each pixel: see what becomes of those whose pixel never changes.",
    task="classification",
    feature_names=tuple(f"pixel {row},{column}" for row in range(8) for column in range(8)),
    target_name="digit",
    class_names=tuple("0123456789"),
    default_noise=0.0,
    noise_meaning=NOISE_MEANING,
    synthetic=False,
    source="Alpaydin and Kaynak 1998, UCI, doi:10.24432/C50P49; scikit-learn",
    sample=table_sampler("load_digits"),
    max_samples=1797,
    image=(1, 8, 8),
    opening=Opening(
        story=("cure", "idle"),
        settings={"n_samples": 300, "label_noise": 0.2, "hidden": (10,), "lr": 0.02, "steps": 150},
    ),
    order=130,
)
