"""The page on grokking, part by part."""

import pytest
from streamlit.testing.v1 import AppTest

from wd_core.ui import grokking, grokking_norm
from wd_core.view.picture import unpack_header


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(grokking, "STEPS", (60, 1000))
    monkeypatch.setattr(grokking_norm, "STEPS", (120,))


@pytest.mark.parametrize("units", ["squares", "ReLU"])
def test_the_board_of_every_setting(units):
    page = AppTest.from_file("../pages/grokking.py", default_timeout=60)
    page.query_params.update(grok_units=units, grok_steps="60", grok_share="40 %")
    page.run()
    assert not page.exception
    header, _ = unpack_header(page.get("bidi_component")[0].proto.bytes)
    assert len(header["sentences"]) == len(header["axes"][0]["values"])
    assert header["axes"][1]["values"][-1] == 60


def test_norm_and_temperature(monkeypatch):
    monkeypatch.setattr(grokking_norm.study, "UNDERSTOOD", 0.5)
    page = AppTest.from_file("../pages/grokking.py", default_timeout=60)
    page.query_params["grok_part"] = "Norm and temperature"
    page.run()
    assert not page.exception
    found = next(m.value for m in page.markdown if m.value.startswith("**What the paper found"))
    assert "to the power" in found
    assert "nan" not in found
