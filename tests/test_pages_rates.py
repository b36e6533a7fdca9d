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


def test_who_stops_sees_the_maps_that_are_done_and_goes_on(monkeypatch):
    name = next(iter(RIVALS))
    monkeypatch.setattr(rates, "is_made", lambda key: key == ("rates", "moons", name))
    app = AppTest.from_file("../pages/rates.py", default_timeout=120)
    app.session_state["rates_stopped"] = "moons"
    app.run()
    header, _ = unpack_header(app.get("bidi_component")[0].proto.bytes)
    assert [panel["title"] for panel in header["panels"] if panel["kind"] == "heat"] == [name]
    monkeypatch.setattr(rates, "is_made", lambda key: key[2] != name)
    assert app.run().button(key="go on").label == "Train the map that is not done"
    monkeypatch.setattr(rates, "is_made", lambda key: True)
    app.button(key="go on").click().run()
    header, _ = unpack_header(app.get("bidi_component")[0].proto.bytes)
    assert [panel["title"] for panel in header["panels"] if panel["kind"] == "heat"] == list(RIVALS)
    assert not app.button
    app.session_state["rates_stopped"] = "moons"
    monkeypatch.setattr(rates, "is_made", lambda key: False)
    app.run()
    assert not app.get("bidi_component")  # stopped before the first: nothing but the way on
    assert [button.key for button in app.button] == ["go on"]
