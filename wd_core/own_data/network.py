"""A network on a visitor's own table: an `Experiment` whose data are given, not drawn."""

from __future__ import annotations

from wd_core.datasets import given
from wd_core.experiment import Experiment, lambda_path
from wd_core.own_data.preparation import Prepared

LAMBDAS = lambda_path(1e-4, 1.0, 16)
SEEDS = (0, 1)
LARGEST_BATCH = 200


def own_experiment(
    prepared: Prepared, penalty: str, hidden: tuple[int, ...] = (16, 16), steps: int = 300
) -> Experiment:
    """A network for these rows, of a size that trains in seconds; batches where there are many rows."""
    p = prepared
    source = given(
        p.X_train, p.y_train, p.X_validation, p.y_validation, p.X_test, p.y_test,
        name="own", title="Your own data", input_names=p.inputs, target_name=p.target, class_names=p.classes,
    )  # fmt: skip
    return Experiment(
        dataset=source,
        model="mlp",
        hidden=hidden,
        steps=steps,
        penalty=penalty,
        lambdas=LAMBDAS,
        seeds=SEEDS,
        batch_size=None if len(p.y_train) <= 2 * LARGEST_BATCH else LARGEST_BATCH,
    )
