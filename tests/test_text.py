"""Outside text: echoed at bounded length, printable, wherever the core or a page speaks of it."""

from dataclasses import fields

import pytest
from streamlit.testing.v1 import AppTest

from tests.payloads import PAYLOADS
from wd_core import Experiment
from wd_core.__main__ import main
from wd_core.text import short
from wd_core.ui.text import JOINER, inert
from wd_core.view.scene import Scene

LONG = "9" * 2000
MOST = 1000


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("a  b\n\tc", "a b c"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 79 + "…"),
        ("x" + " " * 400 + "y", "x…"),
        ("\x1b[31m\u202e", "\ufffd[31m\ufffd"),
        (10**5000, "a number of thousands of digits"),
        (("λ", 1), "('λ', 1)"),
    ],
    ids=range(7),
)
def test_short_is_one_bounded_printable_line(value, said):
    assert short(value) == said


@pytest.mark.parametrize("payload", PAYLOADS)
def test_inert_text_reads_as_it_was(payload):
    """But for spaces: without its escapes and what nobody sees, it is what `short` makes of the payload."""
    text = inert(payload)
    assert text.replace(JOINER, "").replace("\\", "") == short(payload).replace("\\", "")
    assert len(inert(payload * 1000, 60).replace(JOINER, "").replace("\\", "")) <= 60


@pytest.mark.parametrize("name", [f.name for f in fields(Experiment)] + ["shown", "at", "step", "against", "x" * 999])
@pytest.mark.parametrize(
    "value", [LONG, "a" + LONG, f"{LONG}~{LONG}~{LONG}", "1,1" * 999, "\x1b[0m" * 900], ids=range(5)
)
def test_what_a_link_says_is_echoed_at_bounded_length(name, value):
    with pytest.raises(ValueError, match=name[:60]) as error:
        Scene.from_query(f"{name}={value}")
    assert len(str(error.value)) <= MOST
    assert "\x1b" not in str(error.value)


@pytest.mark.parametrize("name", [f.name for f in fields(Experiment)])
@pytest.mark.parametrize(
    "value", [10**5000, -(10**3000), "z" * 10**5, ("z" * 10**5,), (7,) * 50, float("nan")], ids=range(6)
)
def test_what_a_caller_says_is_echoed_at_bounded_length(name, value):
    with pytest.raises(ValueError, match=name) as error:
        Experiment(**{name: value})
    assert len(str(error.value)) <= MOST


def test_the_command_line_says_that_a_run_diverged(tmp_path, capsys):
    query = "dataset=bumps&model=linear&optimizer=sgd&lr=10&steps=30&n_samples=40"
    assert main(["run", query, "--out", str(tmp_path / "a.json")]) == 0
    said = capsys.readouterr().out
    assert "step 30, seed 0: diverged" in said
    assert "nan" not in said
    assert main(["run", f"{query}&step=0", "--out", str(tmp_path / "a.json")]) == 0
    said = capsys.readouterr().out
    assert "diverges later" in said
    assert "train loss" in said


def test_many_wrong_parts_of_a_link_are_one_short_message():
    app = AppTest.from_file("../app.py", default_timeout=60)
    for i in range(40):
        app.query_params[f"a=b{i}" + "x" * i * 5] = "z" * 50
    app.query_params["n_samples"] = "41"
    app.run()
    assert not app.exception
    assert len(app.warning) == 1
    assert "and 28 more" in app.warning[0].value
    assert app.session_state["scene"].experiment.n_samples == 41
