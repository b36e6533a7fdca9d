"""The page on learning rate × λ: five maps and a model, in one board."""

import pytest
from streamlit.testing.v1 import AppTest

from wd_core.datasets import DATASETS
from wd_core.studies.rates import RIVALS
from wd_core.ui import rates
from wd_core.view.picture import unpack_header


@pytest.fixture(autouse=True)
def few_seeds(monkeypatch):
    monkeypatch.setattr(rates, "SEEDS", (0, 1))


@pytest.mark.parametrize(("data", "what"), [("moons", "loss"), ("iris", "accuracy")])
def test_maps_and_model(data, what, monkeypatch):
    monkeypatch.setattr(rates, "DATA", ("moons", "iris"))
    app = AppTest.from_file("../pages/rates.py", default_timeout=120)
    app.query_params["rates_data"] = DATASETS[data].title
    app.query_params["rates_what"] = what
    app.run()
    assert not app.exception
    header, _ = unpack_header(app.get("bidi_component")[0].proto.bytes)
    kinds = [panel["kind"] for panel in header["panels"]]
    assert kinds == ["heat"] * len(RIVALS) + ["plane"]
    assert len({tuple(panel["range"]) for panel in header["panels"] if panel["kind"] == "heat"}) == 1
    table = next(m.value for m in app.markdown if m.value.startswith("| optimiser"))
    assert all(f"| {name} |" in table for name in RIVALS)
