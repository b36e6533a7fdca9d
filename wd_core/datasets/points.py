"""Points that the visitor draws; until then, two groups, and in each an odd one out."""

from functools import partial

from wd_core.datasets._points import CLASSES, cut_drawn, read_points, sample_points
from wd_core.datasets.base import Dataset, Opening

EXAMPLE = (
    "FePoEiLRLQUUKyPBFeFoLGQ5G4OEMWXdDcOsLuPpFeNIMqQ5"
    "EsOYM-OZC-LQNITZDwVkLkW1GQPANwSJDcEEJEW1B4IwKKMh"
)
"""12 circles and 12 squares, the odd ones among them."""

DATASET = Dataset(
    name="points",
    title="Your own points",
    description=(
        "Two groups, and in each an odd one out: without decay the network bends for these two, with some it lets them "
        "go. Now draw your own."
    ),
    task="classification",
    feature_names=("x₁", "x₂"),
    target_name="shape",
    class_names=CLASSES,
    default_noise=0.0,
    noise_meaning="standard deviation of a shift of every point",
    synthetic=True,
    source="You",
    sample=partial(sample_points, *read_points(EXAMPLE)),
    max_samples=len(EXAMPLE) // 4,
    points=EXAMPLE,
    cut=cut_drawn,
    opening=Opening(
        story=("cure",),
        settings={"lr": 0.03},
    ),
    order=99,
)
