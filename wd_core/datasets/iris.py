"""Three species of iris from the size of their sepals and petals."""

from wd_core.datasets._real import NOISE_MEANING, table_sampler
from wd_core.datasets.base import Dataset, Opening

DATASET = Dataset(
    name="iris",
    title="Iris",
    description="One species apart, two that touch: so few weights that each can be followed as it shrinks.",
    task="classification",
    feature_names=("sepal length", "sepal width", "petal length", "petal width"),
    target_name="species",
    class_names=("setosa", "versicolor", "virginica"),
    default_noise=0.0,
    noise_meaning=NOISE_MEANING,
    synthetic=False,
    source="Fisher 1936, UCI, doi:10.24432/C56C76; scikit-learn",
    sample=table_sampler("load_iris"),
    max_samples=150,
    opening=Opening(
        story=("cure", "shrinks"),
        lambdas=(1e-4, 10.0),
        settings={
            "n_samples": 150,
            "train_share": 0.15,
            "label_noise": 0.2,
            "model": "softmax",
            "lr": 0.1,
            "steps": 600,
        },
    ),
    order=100,
)
