"""A network on a visitor's own table: the engine's own training, on given rows that nobody else's are taken for."""

import pickle

import numpy as np
import pytest

from wd_core import train
from wd_core.own_data.network import OwnExperiment, own_experiment
from wd_core.own_data.preparation import Prepared, prepare
from wd_core.own_data.sample import sample_csv
from wd_core.own_data.table import read_table
from wd_core.view.picture import make_picture, unpack


def make(target: str, **changes) -> OwnExperiment:
    return own_experiment(prepared(target), "l1").replace(lambdas=(0.0, 1e-2, 10.0), steps=15, hidden=(5,), **changes)


def prepared(target: str) -> Prepared:
    table = read_table(sample_csv())
    task = "regression" if target == "rent" else "classification"
    return prepare(table, target, tuple(name for name in table.names if name != target), task)


@pytest.mark.parametrize("target", ["rent", "heating", "district"])
def test_it_trains_and_is_pictured(target):
    e = make(target)
    history = train(e)
    assert history.validation_loss.shape[:2] == (3, 2)
    assert np.isfinite(history.train_loss).all()
    header, _ = unpack(make_picture([history], 0))
    assert header["inputs"] == list(e.prepared.inputs)
    assert header["classes"] == list(e.prepared.classes)
    assert "query" not in header  # so that the view leaves the page's address alone


def test_its_numbers_are_those_of_its_rows():
    e = make("rent")
    history = train(e, dtype=np.float64)
    p = e.prepared
    loss = 0.5 * np.square(history.predict(p.X_test)[..., 0] - p.y_test).mean(-1)
    np.testing.assert_allclose(history.test_loss[..., -1], loss)


def test_it_equals_only_itself_and_keeps_its_rows_when_sent_or_changed():
    a, b = make("rent"), make("rent")
    assert a != b
    assert len({a, b, a}) == 2
    sent = pickle.loads(pickle.dumps(a))
    np.testing.assert_array_equal(sent.data(0).X_train, a.data(0).X_train)
    assert a.replace(steps=9).prepared is a.prepared
    with pytest.raises(ValueError, match="no link"):
        a.to_query()
