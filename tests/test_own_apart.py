"""Why λ = 0 does not join a path, in a sentence: only where it does not, and with the reason that holds."""

import numpy as np
import pytest

from wd_core.own_data.preparation import prepare
from wd_core.own_data.sample import SAMPLES
from wd_core.own_data.sentences import apart
from wd_core.own_data.study import Study, study
from wd_core.own_data.table import Column, Table, read_table


def of(X: np.ndarray, y: np.ndarray, penalty: str, task: str) -> str:
    columns = [Column(f"x{j}", numbers=column) for j, column in enumerate(X.T)] + [Column("y", numbers=y * 1.0)]
    table = Table({c.name: c for c in columns}, len(y), ())
    return apart(done(table, "y", penalty, task))


def done(table: Table, target: str, penalty: str, task: str) -> Study:
    features = tuple(name for name in table.names if name != target)
    return study(prepare(table, target, features, task), penalty, lambda share: None)


@pytest.fixture
def X() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(200, 3))


@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic"])
def test_nothing_is_said_where_the_path_joins(penalty, X):
    noise = np.random.default_rng(1).normal(size=200)
    assert of(X, X[:, 0] + noise, penalty, "regression") == ""
    assert of(X, X[:, 0] + noise > 0, penalty, "classification") == ""


@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic"])
def test_separable_classes(penalty, X):
    assert "separates these classes" in of(X, X[:, 0] + X[:, 1] > 0, penalty, "classification")


def test_inputs_that_follow_from_others(X):
    y = X.sum(1) + np.random.default_rng(1).normal(size=200)
    said = of(np.column_stack([X, X[:, 0] + X[:, 1]]), y, "l1", "regression")
    assert "some inputs follow from others" in said
    assert "L1 prefers others" in said


def test_classes_that_no_line_separates_are_not_said_to_be_separated(X):
    y = X[:, 0] + X[:, 1] + 2 * np.random.default_rng(1).normal(size=200) > 0
    said = of(np.column_stack([X, X[:, 0] + X[:, 1]]), y, "l1", "classification")
    assert "some inputs follow from others" in said
    assert "separates" not in said


def test_several_classes_under_l1(X):
    y = (X[:, 0] + np.random.default_rng(1).gumbel(size=(3, 200)) * [[1], [2], [3]]).argmax(0)
    assert "changes no prediction" in of(X, y, "l1", "classification")
    assert of(X, y, "l2", "classification") == ""


def test_the_samples_say_what_holds():
    rents, iris = (read_table(SAMPLES[name].csv()) for name in ("rents", "iris"))
    assert apart(done(rents, "rent", "l1", "regression")) == ""
    assert "λ = 0 do not join" in apart(done(iris, "species", "l1", "classification"))
