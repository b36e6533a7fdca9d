"""Large tables: bounded work, a sentence that says so, other processes, progress and cancel."""

import time

import numpy as np
import pytest

from wd_core import workers
from wd_core.own_data import study as study_module
from wd_core.own_data.preparation import LEAST_KEPT, MAX_WORK, Prepared, prepare
from wd_core.own_data.study import FOLDS, study
from wd_core.own_data.table import Column, Table


def large(rows: int, inputs: int, classes: int) -> Prepared:
    rng = np.random.default_rng(0)
    X, weights = rng.normal(size=(rows, inputs)), rng.normal(size=(inputs, classes or 1))
    scores = X @ weights + rng.gumbel(size=(rows, classes or 1))
    target = np.array([f"c{k}" for k in scores.argmax(1)], object) if classes else None
    if classes:
        target[:7] = "seldom"
    columns = [Column(f"x{j}", numbers=X[:, j]) for j in range(inputs)]
    columns.append(Column("y", texts=target) if classes else Column("y", numbers=scores[:, 0]))
    table = Table({c.name: c for c in columns}, rows, ())
    return prepare(table, "y", table.names[:-1], "classification" if classes else "regression")


def drawn(p: Prepared) -> list[str]:
    return [step for step in p.steps if "drawn by lot" in step]


def test_rows_times_inputs_times_classes_are_bounded_and_told():
    p = large(20_000, 29, 19)
    assert len(p.classes) == 20
    weights = 29 * 20
    assert 0.95 * MAX_WORK < len(p.y_choice) * weights < 1.05 * MAX_WORK
    assert len(p.y_test) == 4_000  # untouched
    said = (
        f"{len(p.y_train):,} rows of training and {len(p.y_validation):,} of validation were drawn by lot, each class"
    )
    assert said in drawn(p)[0]
    assert "With 29 inputs and 20 classes, all 16,000 rows" in drawn(p)[0]
    counts = np.bincount(p.y_choice)
    assert counts.min() == LEAST_KEPT == FOLDS  # the rare class has a row for every fold
    full = np.bincount(p.y_test)[:-1]
    np.testing.assert_allclose(counts[:-1] / counts[:-1].sum(), full / full.sum(), atol=0.012)
    assert len(set(p.choice)) == len(p.choice)


@pytest.mark.parametrize("classes", [0, 1])
def test_what_is_quick_keeps_every_row(classes):
    p = large(20_000, 29, classes)
    assert not drawn(p)
    assert len(p.y_choice) + len(p.y_test) == 20_000


def test_other_processes_give_the_same_study(monkeypatch):
    p = large(400, 5, 2)
    reports = []
    monkeypatch.setattr(workers, "available", lambda cost, on_progress=None: False)
    here = study(p, "l1", reports.append)
    assert len({round(share, 3) for share in reports}) > 20  # inside the fits too, not between them alone
    assert reports == sorted(reports)
    monkeypatch.undo()
    if not workers.wait_until_ready(60):
        pytest.skip("no worker processes here")
    sent = []
    run = workers.run
    monkeypatch.setattr(workers, "run", lambda tasks, *a: sent.append((len(tasks), *a[1:])) or run(tasks, *a))
    monkeypatch.setattr(study_module, "cost", lambda prepared, penalty: 1e10)
    there = study(p, "l1", lambda share: None)
    assert sent == [(FOLDS + 1, 1e10)]
    np.testing.assert_array_equal(here.fold_losses, there.fold_losses)
    np.testing.assert_array_equal(here.path.coefficients, there.path.coefficients)


@pytest.mark.parametrize("penalty", ["l2", "l1"])
def test_the_cost_counts_rows_inputs_and_classes(penalty):
    small = study_module.cost(large(300, 4, 2), penalty)
    assert study_module.cost(large(600, 4, 2), penalty) > small
    assert study_module.cost(large(300, 8, 2), penalty) > small
    assert study_module.cost(large(300, 4, 5), penalty) > small
    assert small > study_module.cost(large(300, 4, 0), penalty)


def test_a_wait_for_a_place_can_be_cancelled(monkeypatch):
    monkeypatch.setattr(workers, "available", lambda cost, on_progress=None: False)
    monkeypatch.setattr(study_module, "_places", study_module.threading.Semaphore(0))

    class Stop(Exception):
        pass

    seen = []

    def stop(share: float) -> None:
        seen.append(share)
        if len(seen) == FOLDS + 3:
            raise Stop

    with pytest.raises(Stop):
        study(large(60, 2, 0), "l2", stop)


def test_who_leaves_stops_the_workers_too(monkeypatch):
    if not workers.wait_until_ready(60):
        pytest.skip("no worker processes here")
    monkeypatch.setattr(study_module, "cost", lambda prepared, penalty: 1e10)
    calls = []

    class Stop(Exception):
        pass

    def stop(share: float) -> None:
        calls[:] = workers._calls or calls
        if share > 0:
            raise Stop

    with pytest.raises(Stop):
        study(large(3_000, 20, 8), "l1", stop)
    deadline = time.monotonic() + 60
    while workers._working and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not workers._calls
    assert not workers._working
    assert len(calls[0].pieces) == FOLDS + 1
    assert all(piece.result is None for piece in calls[0].pieces)  # none was carried to its end
