"""‖w‖ and effective learning rates below the Lab's view: closed, nothing; open, what the diagnostics say."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.test_pages import SMALL, lab, scene
from wd_core import Experiment, train
from wd_core.studies.diagnostics import effective_rates, layer_norms
from wd_core.ui import norms
from wd_core.view.picture import unpack

DEEP = SMALL.replace("hidden=4", "hidden=4,3")


class Open:
    """An expander that has been opened: Streamlit's tester cannot open one."""

    open = True

    def __enter__(self) -> None: ...

    def __exit__(self, *exception: object) -> None: ...


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], AppTest]:
    monkeypatch.setattr(norms, "st", SimpleNamespace(expander=lambda *args, **settings: Open()))
    return lab


def test_closed_it_computes_and_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(norms, "_board", lambda *args: asked.append(args))
    app = lab(SMALL)
    assert not app.exception
    assert not asked
    assert len(app.get("bidi_component")) == 1


@pytest.mark.parametrize(("against", "optimizer"), [("", "adam"), ("&against=none", "adam"), ("", "sgd")])
def test_open_it_shows_the_diagnostics_of_each_arm_and_layer(against: str, optimizer: str, opened: Callable) -> None:
    app = opened(f"{DEEP}&norm=layer&shown=1&at=0.1&optimizer={optimizer}{against}")
    assert not app.exception
    header, arrays = unpack(app.get("bidi_component")[1].proto.bytes)
    assert header["position"] == {"lambda": 0.1}
    h, s = train(scene(app).experiment), scene(app).experiment.seeds.index(1)
    titles = [panel["title"] for panel in header["panels"]]
    rate = "lr/‖w‖" if optimizer == "adam" else "lr/‖w‖²"
    both = ["‖w‖, L2", "‖w‖, no decay", f"{rate}, L2", f"{rate}, no decay"]
    assert titles == (both if against else ["‖w‖", rate])
    assert f"in steps of {rate}:" in header["sentences"][0]
    for i, values in ((0, layer_norms(h)), (len(titles) // 2, effective_rates(h))):
        panel = header["panels"][i]
        assert [series["name"] for series in panel["series"]] == list(values)
        assert {series["colour"] for series in panel["series"]} == {"none" if "none" in panel["title"] else "l2"}
        low, high = np.log(panel["range"]) if panel["log"][1] else panel["range"]
        for j, name in enumerate(values):
            wanted = np.log(values[name][:, s]) if panel["log"][1] else values[name][:, s]
            found = low + arrays[f"p{i}.y{j}"] / 65534 * (high - low)
            np.testing.assert_allclose(found, np.clip(wanted, low, high), atol=(high - low) / 6e4)


@pytest.mark.parametrize(
    ("arms", "colours"),
    [
        (["l2"], ["l2"]),
        (["l2,decoupled"], ["decoupled"]),
        (["l2", "l1"], ["l2", "l1"]),
        (["l2", "l2,decoupled"], ["l2", "decoupled"]),
        (["l1,decoupled", "l2,decoupled_paper"], ["l1", "l2"]),
        (["l1", "l1,subgradient"], ["l1", "decoupled"]),
        (["l2,decoupled", "l2,decoupled_paper"], ["decoupled", "l2"]),
    ],
)
def test_lines_have_their_arms_colour_as_in_the_view_above(arms: list[str], colours: list[str]) -> None:
    made = [Experiment(penalty=p, decay=d or "coupled") for p, _, d in (arm.partition(",") for arm in arms)]
    assert norms._colours([SimpleNamespace(experiment=e) for e in made]) == colours


def test_without_normalisation_there_are_norms_alone(opened: Callable[[str], AppTest]) -> None:
    app = opened(SMALL)
    header = unpack(app.get("bidi_component")[1].proto.bytes)[0]
    assert [panel["title"] for panel in header["panels"]] == ["‖w‖"]
    assert header["sentences"] == [norms.MEANING]


def test_weights_that_grow_for_ever_are_not_cut_level() -> None:
    history = train(Experiment.from_query("dataset=separable&seeds=0,1"))
    panel = norms._panels("‖w‖", [layer_norms(history)], [history], [""], 0)[0]
    assert panel.range[1] >= max(np.nanmax(v[:, 0]) for v in layer_norms(history).values())
