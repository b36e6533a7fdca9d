"""Many experiments in one table: the bits of each alone, whatever stands beside it and wherever the table is cut."""

import math
from itertools import product

import numpy as np
import pytest

from wd_core import Experiment, History, train, train_all, workers
from wd_core.engine.decay import DECAYS
from wd_core.engine.optimizers import OPTIMIZERS
from wd_core.tables import Part, cut, tables_of
from wd_core.training import train_part

BASE = Experiment(n_samples=94, hidden=(7, 5), steps=23, lambdas=(0.0, 1e-2, 0.3), seeds=(0, 3))
MIXED = [
    BASE,
    BASE.replace(lr=0.1),
    BASE.replace(penalty="l1", lambdas=(0.1,)),
    *(BASE.replace(decay=decay, penalty="elastic", lambdas=(0.0, 0.2)) for decay in DECAYS),
    *(BASE.replace(optimizer=optimizer, momentum=0.7) for optimizer in OPTIMIZERS),
    BASE.replace(schedule="cosine"),
]
"""Rows of all kinds: one table."""


def assert_same(a: History, b: History) -> None:
    assert a.experiment == b.experiment
    for name, array in vars(a).items():
        if isinstance(array, np.ndarray):
            np.testing.assert_array_equal(array, getattr(b, name), err_msg=name)
            assert array.dtype == getattr(b, name).dtype
            assert not array.flags.writeable
    for part in a.wrong or {}:
        np.testing.assert_array_equal(a.wrong[part], b.wrong[part])


# ---------------------------------------------------------------- what stands together


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_mixed_table_trains_each_row_as_if_it_were_alone(dtype: type) -> None:
    assert len(tables_of(MIXED, dtype)) == 1
    for together, e in zip(train_all(MIXED, dtype=dtype), MIXED, strict=True):
        assert_same(together, train(e, dtype=dtype))


def test_other_data_stand_beside_the_first_as_more_groups() -> None:
    arms = [BASE, BASE.replace(label_noise=0.2), BASE.replace(dataset="circles", noise=None, seeds=(5, 1, 4))]
    (table,) = tables_of(arms, np.float32)
    assert (len(table.rows), len(table.groups)) == (3, 7)
    for together, e in zip(train_all(arms), arms, strict=True):
        assert_same(together, train(e))


def test_what_does_not_fit_one_table_is_trained_all_the_same_and_comes_in_order() -> None:
    arms = [
        BASE,
        BASE.replace(steps=7),
        BASE.replace(hidden=(5, 7)),
        BASE.replace(activation="relu"),
        BASE.replace(batch_size=16),
        BASE.replace(n_samples=60),
        BASE.replace(dataset="bumps", noise=None),
        BASE.replace(label_noise=0.1, lr=0.2),
        BASE.replace(lr=0.2),
    ]
    assert len(tables_of(arms, np.float32)) == 8
    for together, e in zip(train_all(arms), arms, strict=True):
        assert_same(together, train(e))


def test_groups_of_unequal_size_share_a_table_only_where_their_rows_fill_up_alike() -> None:
    arms = [BASE.replace(n_samples=n, train_share=0.5) for n in (120, 124, 126)]  # 60, 62, 63 rows: all become 64
    assert len(tables_of(arms, np.float32)) == 1
    for together, e in zip(train_all(arms), arms, strict=True):
        assert_same(together, train(e))


def test_an_experiment_asked_for_twice_is_trained_once_and_given_twice() -> None:
    first, second, other = train_all([BASE, Experiment.from_query(BASE.to_query()), BASE.replace(lr=0.1)])
    assert first is second is not other
    assert train_all([]) == []


def test_arms_recorded_at_different_steps_keep_their_own() -> None:
    few = Experiment(n_samples=20, hidden=(64, 64), steps=40, lambdas=np.geomspace(1e-4, 1, 45), seeds=range(4))
    many = few.replace(lambdas=(0.1,), lr=0.1)
    assert len(few.record_at) < len(many.record_at)
    for together, e in zip(train_all([few, many]), (few, many), strict=True):
        assert tuple(together.steps) == e.record_at
    assert_same(train_all([few, many])[1], train(many))


def test_disturbing_one_row_changes_that_row_alone() -> None:
    calm = train_all(MIXED)
    for i, wild in enumerate(MIXED):
        if wild.optimizer != "sgd":
            continue
        changed = [*MIXED[:i], wild.replace(lr=10.0, lambdas=(0.0, 1e-2, 1e4)), *MIXED[i + 1 :]]
        disturbed = train_all(changed)
        assert disturbed[i].diverged[2].all()
        for j, (a, b) in enumerate(zip(calm, disturbed, strict=True)):
            if j != i:
                assert_same(a, b)


# ---------------------------------------------------------------- cut


def all_of(parts: list[Part]) -> set[tuple[int, int]]:
    runs = [run for part in parts for run in product(part.rows, part.groups)]
    assert len(set(runs)) == len(runs)
    return set(runs)


@pytest.mark.parametrize(
    ("rows", "groups", "count", "largest"),
    [(8, 1, 2, 4), (1, 8, 2, 4), (1, 1, 2, 1), (3, 4, 2, 6), (3, 2, 2, 3), (2, 2, 4, 1), (3, 3, 8, 1), (5, 3, 3, 5)],
)
def test_a_table_is_cut_by_rows_by_groups_or_both_so_that_the_largest_part_is_small(rows, groups, count, largest):
    e = BASE.replace(lambdas=np.arange(rows) / 10, seeds=range(groups))
    (table,) = tables_of([e], np.float32)
    parts = cut(table, count)
    assert all_of(parts) == set(product(range(rows), range(groups)))
    assert len(parts) <= count + 1
    assert max(part.runs for part in parts) == largest
    assert largest <= max(math.ceil(rows / 2) * groups, math.ceil(groups / 2) * rows)


@pytest.mark.parametrize("count", [2, 3, 5, 12, 200])
def test_the_parts_of_a_table_make_up_the_bits_of_the_whole(count: int) -> None:
    arms = [*MIXED[:6], *(e.replace(label_noise=0.2) for e in MIXED[:6])]
    (table,) = tables_of(arms, np.float32)
    parts = cut(table, count)
    assert min(count, table.runs) <= len(parts) <= 2 * count
    whole = [(len(e.lambdas), len(e.seeds), len(e.record_at), e.n_parameters) for e in arms]
    found = [np.full(shape, np.nan, np.float32) for shape in whole]
    for part in parts:
        for arm, piece in zip(part.arms, train_part(part, np.float32, None, lambda share: None), strict=True):
            found[arms.index(arm.experiment)][piece.lambdas, piece.seeds] = piece.arrays["weights"]
    for i, h in enumerate(train_all(arms)):
        np.testing.assert_array_equal(found[i], h.weights)


def test_the_workers_give_the_bits_that_this_process_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    assert workers.wait_until_ready(60)
    here = train_all(MIXED)
    monkeypatch.setattr(workers, "WORTH", 0.0)
    shares = []
    for a, b in zip(train_all(MIXED, on_progress=shares.append), here, strict=True):
        assert_same(a, b)
    assert shares == sorted(shares)
