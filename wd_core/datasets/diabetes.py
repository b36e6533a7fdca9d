"""Progression of diabetes from ten measurements a year before."""

from wd_core.datasets._real import NOISE_MEANING, table_sampler
from wd_core.datasets.base import Dataset, Opening

DATASET = Dataset(
    name="diabetes",
    title="Diabetes",
    description="Ten features, some nearly alike: follow their weights as λ grows.",
    task="regression",
    feature_names=(
        "age",
        "sex",
        "body mass index",
        "blood pressure",
        "total cholesterol",
        "LDL",
        "HDL",
        "cholesterol/HDL",
        "log triglycerides",
        "blood sugar",
    ),
    target_name="disease progression after one year, in standard deviations",
    default_noise=0.0,
    noise_meaning=NOISE_MEANING,
    synthetic=False,
    source="Efron, Hastie, Johnstone and Tibshirani 2004, Least angle regression; scikit-learn",
    sample=table_sampler(
        "load_diabetes", scaled=False
    ),  # in their own units: scaled=True has seen the test rows
    max_samples=442,
    opening=Opening(
        story=("cure", "shrinks"),
        lambdas=(1e-3, 100.0),
        settings={"n_samples": 300, "train_share": 0.1, "model": "linear", "lr": 0.05, "steps": 600},
    ),
    order=140,
)
