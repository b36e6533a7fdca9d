"""Tumours, malignant or benign, from measurements of cell nuclei."""

from wd_core.datasets._real import NOISE_MEANING, table_sampler
from wd_core.datasets.base import Dataset, Opening

MEASURES = (
    "radius", "texture", "perimeter", "area", "smoothness",
    "compactness", "concavity", "concave points", "symmetry", "fractal dimension",
)  # fmt: skip

DATASET = Dataset(
    name="breast_cancer",
    title="Breast cancer",
    description="Thirty features that say much the same: compare how L2 and L1 share the weight out among them.",
    task="classification",
    feature_names=(
        *(f"mean {measure}" for measure in MEASURES),
        *(f"{measure} error" for measure in MEASURES),
        *(f"worst {measure}" for measure in MEASURES),
    ),
    target_name="diagnosis",
    class_names=("malignant", "benign"),
    default_noise=0.0,
    noise_meaning=NOISE_MEANING,
    synthetic=False,
    source="Wolberg, Street and Mangasarian 1995, UCI, doi:10.24432/C5DW2B; scikit-learn",
    sample=table_sampler("load_breast_cancer"),
    max_samples=569,
    opening=Opening(
        story=("cure", "shares"),
        lambdas=(1e-4, 10.0),
        settings={"n_samples": 300, "train_share": 0.2, "label_noise": 0.1, "model": "logistic", "lr": 0.1},
    ),
    order=110,
)
