"""A network on a visitor's own table: the engine's own training, on given rows that nobody else's are taken for."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from wd_core import Experiment, train, train_all
from wd_core.own_data.network import own_experiment
from wd_core.own_data.preparation import Prepared, prepare
from wd_core.own_data.sample import sample_csv
from wd_core.own_data.table import read_table
from wd_core.view.picture import make_picture, unpack


def make(target: str, **changes) -> Experiment:
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
    p = prepared(target)
    assert header["inputs"] == list(p.inputs)
    assert header["classes"] == list(p.classes)
    assert "query" not in header  # so that the view leaves the page's address alone


def test_its_numbers_are_those_of_its_rows():
    e = make("rent")
    history = train(e, dtype=np.float64)
    p = prepared("rent")
    loss = 0.5 * np.square(history.predict(p.X_test)[..., 0] - p.y_test).mean(-1)
    np.testing.assert_allclose(history.test_loss[..., -1], loss)


def test_it_equals_only_itself_and_keeps_its_rows_when_sent_or_changed():
    a, b = make("rent"), make("rent")
    assert a != b
    assert len({a, b, a}) == 2
    sent = pickle.loads(pickle.dumps(a))
    np.testing.assert_array_equal(sent.data(0).X_train, a.data(0).X_train)
    assert a.replace(steps=9).data(0) is a.data(0)
    assert type(a) is Experiment
    with pytest.raises(ValueError, match="no link"):
        a.to_query()


def test_two_visitors_tables_of_one_shape_are_never_mixed_up():
    p = prepared("rent")
    other = replace(p, X_train=p.X_train[::-1].copy())
    a, b = (own_experiment(rows, "l2").replace(steps=15, hidden=(5,)) for rows in (p, other))
    together = train_all([a, b])
    for e, h in zip((a, b), together, strict=True):
        np.testing.assert_array_equal(h.weights, train(e).weights)
    assert (together[0].train_loss[..., -1] != together[1].train_loss[..., -1]).any()
