"""The page on architectures; its links."""

import re

import numpy as np
from streamlit.testing.v1 import AppTest

from wd_core.studies import architectures as study
from wd_core.ui import architectures
from wd_core.view.picture import unpack_header
from wd_core.view.scene import Scene


def test_the_board_the_table_and_what_is_general(monkeypatch):
    monkeypatch.setattr(study, "STEPS", 12)
    monkeypatch.setattr(architectures, "SEEDS", (2, 3))
    page = AppTest.from_file("../pages/architectures.py", default_timeout=90)
    page.query_params["archs_seeds"] = "3"
    page.run()
    assert not page.exception
    header, _ = unpack_header(page.get("bidi_component")[0].proto.bytes)
    assert len(header["sentences"]) == len(study.LAMBDAS)
    heat = next(panel for panel in header["panels"] if panel["kind"] == "heat")
    assert not {"biases", "gains"} & set(heat["columns"])  # they do not decay, and may grow beyond any scale
    texts = [m.value for m in page.markdown]
    table = next(text for text in texts if text.startswith("| architecture"))
    assert all(f"| {name} |" in table for name in study.ARCHITECTURES)
    general = next(text for text in texts if text.startswith("**Decay's gain.**"))
    assert "nan" not in table + general
    for link in re.findall(r"\]\(\./\?([^)]*)\)", table):
        assert Scene.from_query(link).experiment.steps == 12


def test_two_seeds_have_a_mean_and_no_interval():
    assert architectures.interval_text(np.array([1.0, 2.0])) == "+1.5"
    assert "[" in architectures.interval_text(np.arange(10.0))
    assert architectures._bars("", {"MLP": np.array([0.1, 0.2])}).low is None
