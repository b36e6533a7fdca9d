"""Beyond accuracy: the setting in which a model on a data set is asked what else λ changes.

Calibration, robustness, inference have a file each; predictions.py is what they share.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wd_core.experiment import Experiment, lambda_path
from wd_core.history import History
from wd_core.training import train_all

COUNT = 12
"""λ above zero."""
PARTS_OF_TRAINING = 5
"""Examples in all for each training example, where there are as many: the rest tells apart what is being measured."""
RECIPES: dict[str, dict[str, object]] = {
    "mlp": {"hidden": (16, 16), "lr": 0.01, "steps": 300},
    "cnn": {"hidden": (8, 16), "activation": "relu", "lr": 5e-3, "steps": 200},
    "rnn": {"hidden": (16,), "activation": "tanh", "lr": 5e-3, "steps": 200},
    "gru": {"hidden": (16,), "lr": 0.01, "steps": 150},
    "transformer": {"hidden": (16, 16), "activation": "relu", "lr": 0.01, "steps": 120},
}
"""Settings of models with which a data set does not open."""
CONVEX: dict[str, object] = {"lr": 0.05, "steps": 300}


def start(dataset: str, model: str, seeds: Sequence[int], penalty: str = "l2") -> Experiment:
    """The data set's opening, or this model by its recipe; as many training examples, more for validation and test."""
    e = Experiment.from_query(f"dataset={dataset}")
    n_train, most = len(e.data(e.seeds[0]).y_train), e.source.max_samples or PARTS_OF_TRAINING * e.n_samples
    n = max(min(e.n_samples, most), min(most, PARTS_OF_TRAINING * n_train))
    settings = {} if model == e.model else {"model": model} | RECIPES.get(model, CONVEX)
    return e.replace(
        n_samples=n, train_share=n_train / n, penalty=penalty, decay="coupled", seeds=tuple(seeds),
        lambdas=lambda_path(e.lambdas[1], e.lambdas[-1], COUNT), **settings,
    )  # fmt: skip


def train_ends(
    experiments: Sequence[Experiment], on_progress: Callable[[float], None] = lambda share: None
) -> list[History]:
    """Their histories with nothing between first and last step, which is all that is looked at here."""
    (steps,) = {e.steps for e in experiments}
    return train_all(experiments, on_progress=on_progress, record_at=(0, steps))
