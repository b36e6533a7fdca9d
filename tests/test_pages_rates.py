"""The page on learning rate × λ: five maps and a model, in one board."""

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from wd_core.datasets import DATASETS
from wd_core.studies.rates import RIVALS
from wd_core.ui import rates
from wd_core.view.picture import unpack, unpack_header


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


def test_frame_sentence_and_read_outs_are_of_what_is_coloured():
    m = rates.rates.rate_map(rates.base_of("moons").replace(steps=40), RIVALS["AdamW (λ alone)"], (0, 1))
    for what, said in (("loss", "least validation loss"), ("stopped_score", "highest validation accuracy")):
        header, arrays = unpack(rates._board(what, {"one": m}).pack())
        assert tuple(arrays["p0.best"]) == m.best(what)
        assert header["sentences"][0].startswith(f"one: {said} {rates._value(m, what)} at lr ")
        [(_, equal), (_, edge)] = rates._lines(m, m.best(what))
        assert {column for column, _ in equal} == {m.best(what)[1]}
        assert 10 ** np.interp(edge[0][0], range(9), np.log10(m.lambdas)) == pytest.approx(2, rel=0.05)
    labels = [readout["label"] for readout in header["readouts"]]
    for label, field in (("validation loss", "loss"), ("accuracy, early", "stopped_score")):
        np.testing.assert_allclose(arrays[f"r{labels.index(label)}"][0], m.cells(field), rtol=1e-6)


def test_a_best_cell_at_the_end_of_the_map_is_said_to_be_no_time_scale():
    m = rates.rates.rate_map(rates.base_of("moons").replace(steps=40), RIVALS["SGD"], (0, 1))
    one = np.full(m.loss.shape, 0.5)
    one[3, 0, 0], one[3, 4, 1] = 0.1, 0.1
    made = replace(m, loss=one, constant=np.ones(2))
    assert rates._timescale(made).endswith("], 1 of 2 at the map's smallest λ")
    one[3, 5, 0] = 0.05
    assert rates._timescale(made).endswith("]")


@pytest.mark.parametrize("name", RIVALS)
def test_decay_a_step_is_the_forms_own_and_its_line_keeps_it(name):
    rival = replace(RIVALS[name], lrs=RIVALS[name].lrs[2:5], lambdas=RIVALS[name].lambdas[3:6])
    m = rates.rates.rate_map(rates.base_of("moons").replace(steps=2), rival, (0,))
    if name == "Adam + L2":
        assert np.isnan(rates._pace(m)).all()
        assert rates._lines(m, (1, 2)) == []
        return
    pace = {"momentum": lambda lr, lam: 10 * lr * lam, "AdamW (λ alone)": lambda lr, lam: lam}.get(name, np.multiply)
    np.testing.assert_allclose(rates._pace(m), pace(m.lrs[:, None], m.lambdas + 0 * m.lrs[:, None]))
    column, row = np.array(rates._lines(m, (1, 2))[0][1]).T
    lr, lam = (v[0] * (v[1] / v[0]) ** place for v, place in ((m.lrs, row), (m.lambdas, column)))
    np.testing.assert_allclose(pace(lr, lam), pace(m.lrs[1], m.lambdas[2]), rtol=0.02)


def test_who_stops_sees_the_maps_that_are_done_and_goes_on(monkeypatch):
    name = next(iter(RIVALS))
    monkeypatch.setattr(rates, "is_made", lambda key: key == ("rates", rates.DATA[0], name))
    app = AppTest.from_file("../pages/rates.py", default_timeout=120)
    app.session_state["rates_stopped"] = rates.DATA[0]
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
    app.session_state["rates_stopped"] = rates.DATA[0]
    monkeypatch.setattr(rates, "is_made", lambda key: False)
    app.run()
    assert not app.get("bidi_component")  # stopped before the first: nothing but the way on
    assert [button.key for button in app.button] == ["go on"]
