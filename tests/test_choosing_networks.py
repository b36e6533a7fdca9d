"""Choosing λ for networks: folds are just more runs of one batch, each as if it were trained alone."""

from collections.abc import Sequence

import numpy as np
import pytest
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold

from wd_core import Experiment
from wd_core.engine.loop import train_table
from wd_core.engine.runs import Group, Table
from wd_core.studies import choosing
from wd_core.tables import rows_of
from wd_core.training import train_here

MLP = Experiment(
    dataset="moons", model="mlp", hidden=(5,), n_samples=90, steps=40, lr=0.03, lambdas=(0.0, 0.01, 0.1), seeds=(0, 1)
)
Rows = tuple[np.ndarray, np.ndarray]


def quiet(share: float) -> None:
    """Progress that nobody watches."""


def training_rows(e: Experiment, seed: int) -> Rows:
    return e.data(seed).X_train, e.data(seed).y_train


def recorded(e: Experiment, groups: list[Group], at: Sequence[int], dtype: type) -> np.ndarray:
    """Weights (L, G, K, P) at these steps."""
    table = Table(e.layers, e.target, groups, rows_of(e, e.lambdas), e.steps, e.batch_size)
    return train_table(table, at, dtype, quiet)


@pytest.mark.parametrize("name", ["moons", "iris"])
def test_padded_folds_train_as_each_does_alone(name):
    e = MLP.replace(dataset=name, penalty="elastic", n_samples=90)
    X, y = training_rows(e, 0)
    sizes, seeds, at = (len(y), len(y) - 1, len(y) // 2, 13), (0, 0, 1, 7), (0, 3, e.steps)
    groups = [Group(X[:n], y[:n], seed) for n, seed in zip(sizes, seeds, strict=True)]
    together = recorded(e, groups, at, np.float64)
    for i, group in enumerate(groups):
        alone = recorded(e, [group], at, np.float64)
        np.testing.assert_allclose(together[:, i], alone[:, 0], rtol=1e-8, atol=1e-11)
    assert np.abs(together[:, 0, -1] - together[:, 1, -1]).max() > 1e-4  # a row more is another training


@pytest.mark.parametrize("batch_size", [None, 16])
def test_whole_splits_train_as_the_lab_does(batch_size):
    e = MLP.replace(batch_size=batch_size)
    groups = [Group(*training_rows(e, seed), seed) for seed in e.seeds]
    mine = recorded(e, groups, e.record_at, np.float32)
    np.testing.assert_array_equal(mine, train_here(e, np.float32, quiet).weights)
    alone = [recorded(e, [group], e.record_at, np.float32)[:, 0] for group in groups]
    np.testing.assert_array_equal(mine, np.stack(alone, axis=1))


def test_unequal_folds_in_small_batches_are_refused():
    X, y = training_rows(MLP, 0)
    with pytest.raises(ValueError, match="batch_size=8: allowed for splits of unequal size: None"):
        recorded(MLP.replace(batch_size=8), [Group(X, y, 0), Group(X[1:], y[1:], 0)], (0, 40), np.float32)


def test_a_network_is_judged_on_the_fold_that_it_has_not_seen():
    curves = choosing.cross_validate(MLP, 4, quiet)  # 45 rows: folds of 11 and 12
    for s, seed in enumerate(MLP.seeds):
        X, y = training_rows(MLP, seed)
        for i, (train, held) in enumerate(StratifiedKFold(4, shuffle=True, random_state=seed).split(X, y)):
            weights = recorded(MLP, [Group(X[train], y[train], seed)], (0, MLP.steps), np.float64)[:, 0, -1]
            for lam, w in enumerate(weights):
                first, last = w[: 5 * 3].reshape(5, 3), w[5 * 3 :]
                hidden = np.tanh(X[held] @ first[:, :2].T + first[:, 2])
                chance = 1 / (1 + np.exp(-(hidden @ last[:5] + last[5])))
                assert curves.cv[s, i, lam] == pytest.approx(log_loss(y[held], chance), rel=1e-3)


def test_nested_cross_validation_and_leaks_work_for_networks():
    curves = choosing.cross_validate(MLP, 3, quiet)
    nested = choosing.nested_cross_validation(curves, quiet)
    assert (nested.naive == curves.mean.min(1)).all()
    assert np.isfinite([nested.nested, nested.truth]).all()
    found = choosing.leak(curves, quiet)
    np.testing.assert_allclose(found.true[0], curves.test, rtol=1e-5)  # no leak, synthetic data: the same training
    assert (found.apparent[0] != found.apparent[-1]).all()
    assert all((values >= 0).all() for values in curves.regrets().values())
