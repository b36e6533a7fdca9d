"""Code to take home for a visitor's own table: it is about that table alone, and gives the weights that were shown."""

import contextlib

import numpy as np
import pytest

from tests.test_report import NASTY, make
from wd_core.datasets import DATASETS
from wd_core.own_data.network import own_experiment
from wd_core.own_data.script import FILE, prepared_csv, script
from wd_core.translate import TOOLS, take_home


@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic"])
@pytest.mark.parametrize("classes", [0, 2, 3])
def test_the_code_gives_the_weights_that_were_shown(penalty, classes, tmp_path, monkeypatch, capsys):
    found, index = make(penalty, classes), 25
    monkeypatch.chdir(tmp_path)
    (tmp_path / FILE).write_text(prepared_csv(found))
    space: dict = {}
    exec(compile(script(found, index), "experiment.py", "exec"), space)
    path = found.path
    np.testing.assert_allclose(np.atleast_2d(space["model"].coef_).T, path.coefficients[index], atol=1e-5)
    if classes < 3:  # with three, a constant may be added to all
        np.testing.assert_allclose(np.atleast_1d(space["model"].intercept_), path.intercepts[index], atol=1e-5)
    assert capsys.readouterr().out.count("\n") == len(path.coefficients[index]) + 1


def test_no_test_row_is_in_it():
    found = make("l1", 2)
    assert prepared_csv(found).count("\n") == 1 + len(found.prepared.y_choice)


def test_a_tables_words_are_never_code():
    found = make(name='"""+__import__("os").abort()+"""\\')
    compile(script(found, 0), "experiment.py", "exec")
    assert '"""+__import__' not in script(found, 0).split('"""')[1]
    assert repr(make(name=NASTY).prepared.inputs[0]) in script(make(name=NASTY), 0)


@pytest.mark.parametrize("penalty", ["l2", "l1"])
@pytest.mark.parametrize("tool", TOOLS)
def test_an_own_network_never_yields_a_script_of_another_data_set(tool, penalty):
    e = own_experiment(make(penalty, 2).prepared, penalty)
    code = ""
    with contextlib.suppress(ValueError, KeyError):  # refused
        code = take_home(e, 0.01, tool)
    assert not any(d.title in code or f"load_{name}" in code for name, d in DATASETS.items())
    assert not code or ("Your own data" in code and "data.npz" in code)
