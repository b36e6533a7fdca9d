"""Three cultivars of wine from their chemistry."""

from wd_core.datasets._real import NOISE_MEANING, table_sampler
from wd_core.datasets.base import Dataset, Opening

DATASET = Dataset(
    name="wine",
    title="Wine",
    description="Thirteen features, few examples and ten features of pure noise: see which penalty tells them apart.",
    task="classification",
    feature_names=(
        "alcohol",
        "malic acid",
        "ash",
        "alcalinity of ash",
        "magnesium",
        "total phenols",
        "flavanoids",
        "nonflavanoid phenols",
        "proanthocyanins",
        "colour intensity",
        "hue",
        "OD280/OD315",
        "proline",
    ),
    target_name="cultivar",
    class_names=("cultivar 1", "cultivar 2", "cultivar 3"),
    default_noise=0.0,
    noise_meaning=NOISE_MEANING,
    synthetic=False,
    source="Aeberhard and Forina 1991, Wine, UCI, doi:10.24432/C5PC7J; scikit-learn",
    sample=table_sampler("load_wine"),
    max_samples=178,
    opening=Opening(
        story=("cure", "selects"),
        lambdas=(1e-4, 10.0),
        settings={
            "n_samples": 178,
            "train_share": 0.3,
            "noise_features": 10,
            "model": "softmax",
            "penalty": "l1",
            "lr": 0.05,
        },
    ),
    order=120,
)
