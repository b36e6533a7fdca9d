"""A model file that nobody knew when the pages were written: served everywhere, or refused by name."""

import sys
import types
from pathlib import Path

import numpy as np
import pytest

from wd_core import Experiment, models, train, workers
from wd_core.models import MODELS, Model
from wd_core.plugins import collect
from wd_core.translate import TOOLS, setting_of, take_home, translate
from wd_core.view.picture import make_picture, unpack

ROOT = Path(__file__).parents[1]
FILE = '''
"""A bottleneck: 12 units, then 2, then the scores."""

import math

from wd_core.engine.layers import Activation, Affine, Dropout, InputNoise
from wd_core.models.base import Model


def layers(experiment, inputs, outputs):
    flat = math.prod(inputs)
    wide = Affine(flat, 12, name="wide", biases=experiment.biases)
    narrow = Affine(12, 2, name="narrow", biases=experiment.biases)
    return [
        InputNoise((flat,)), wide, Activation("tanh", (12,)), Dropout((12,)), narrow,
        Affine(2, outputs, name="output", biases=experiment.biases),
    ]


MODEL = Model("bottleneck", "Bottleneck 12-2", ("regression", "binary", "multiclass"), layers, order=50)
'''


@pytest.fixture(autouse=True)
def bottleneck(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Model:
    """The file, found as one in models/ is, for this test; workers do not have it."""
    package = tmp_path / "planted_bottleneck"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "bottleneck.py").write_text(FILE)
    monkeypatch.syspath_prepend(tmp_path)
    found = collect("planted_bottleneck", [str(package)], "MODEL", Model)
    field = Experiment.__dataclass_fields__["model"]
    monkeypatch.setattr(field, "metadata", types.MappingProxyType({**field.metadata, "options": (*MODELS, *found)}))
    monkeypatch.setitem(models.MODELS, "bottleneck", found["bottleneck"])
    monkeypatch.setattr(workers, "available", lambda *args, **kwargs: False)
    yield found["bottleneck"]
    for name in [name for name in sys.modules if name.startswith("planted_bottleneck")]:
        sys.modules.pop(name)


E = {"n_samples": 60, "model": "bottleneck", "steps": 30, "lambdas": (0.0, 0.1), "seeds": (0,), "lr": 0.03}


@pytest.mark.parametrize("dataset", ["moons", "bumps", "wine", "digits"])
def test_it_trains_predicts_and_is_pictured(dataset: str) -> None:
    h = train(Experiment(**{**E, "n_samples": 150}, dataset=dataset))
    data = h.experiment.data(0)
    d, outputs = data.X_train.shape[1], h.target.outputs
    assert h.experiment.n_parameters == 12 * (d + 1) + 2 * 13 + outputs * 3
    assert (h.train_loss[:, :, -1] < h.train_loss[:, :, 0]).all()
    assert h.predict(data.X_test).shape == (2, 1, len(data.y_test), outputs)
    header, arrays = unpack(make_picture([h], 0))
    assert [layer["name"] for layer in header["layers"]] == ["wide", "narrow", "output"]
    assert arrays


def test_its_settings_are_checked_and_linked_as_everybodys() -> None:
    e = Experiment(**E, decay_layers=(0.0, 1.0, 2.0), dropout=0.2)
    assert Experiment.from_query(e.to_query()) == e
    assert e.decayed_layers == ("wide", "narrow", "output")
    with pytest.raises(ValueError, match=r"decay_layers=.*allowed: none, or 3.*wide, narrow, output"):
        Experiment(**E, decay_layers=(1.0,))
    np.testing.assert_array_equal(train(e).weights, train(Experiment.from_query(e.to_query())).weights)


def test_the_translator_refuses_it_by_name_where_the_tool_has_no_such_model() -> None:
    e = Experiment(**E)
    told = {t.tool: t for t in translate(setting_of(e), 0.1)}
    assert list(told) == list(TOOLS)
    assert {tool for tool, t in told.items() if not t.expression} == {"scikit-learn", "glmnet"}
    assert told["scikit-learn"].why == "scikit-learn has no model “bottleneck”."
    with pytest.raises(ValueError, match="scikit-learn has no model “bottleneck”"):
        take_home(e, 0.1, "scikit-learn", 0)
    assert "12, 2" in take_home(e, 0.1, "PyTorch", 0)  # its layers are known ones


@pytest.mark.parametrize("page", sorted(path.name for path in (ROOT / "pages").glob("*.py")))
def test_pages_show_it_or_refuse_it_by_name(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    testing = pytest.importorskip("streamlit.testing.v1")
    app = testing.AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    e = Experiment(**E)
    for name, text in (pair.split("=") for pair in e.to_query().split("&")):
        app.query_params[name] = text
    app.run()
    assert app.session_state["scene"].experiment.model == "bottleneck"
    if page != "lab.py":
        app.switch_page(f"pages/{page}").run()
    assert not app.exception
