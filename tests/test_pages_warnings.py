"""The Lab's warnings and their buttons, and what stands behind them."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.test_pages import header, lab, scene
from wd_core import Experiment, train
from wd_core.studies import remedies
from wd_core.studies.diagnostics import largest_curvature
from wd_core.studies.remedies import flags, what_helps
from wd_core.view.scene import Scene

BASE = "n_samples=80&hidden=8&seeds=0,1"
DEEP = "n_samples=120&hidden=8,8,8,8&activation=relu&steps=300&seeds=0,1"


def buttons(app: AppTest) -> list[str]:
    return [b.key for b in app.button if (b.key or "").startswith("remedy-")]


def warnings(app: AppTest) -> str:
    return " ".join(w.value for w in app.warning)


def test_without_a_reason_there_is_no_warning() -> None:
    for query in (f"{BASE}&steps=60", f"{BASE}&steps=60&decay=decoupled&lambdas=0.0,0.1,1.0&at=1.0"):
        app = lab(query)
        assert not app.exception
        assert not app.warning
        assert not buttons(app)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_past_the_edge_the_product_is_said_and_a_smaller_rate_leads_back(optimizer: str) -> None:
    query = f"{BASE}&steps=60&decay=decoupled&optimizer={optimizer}&lr=0.1&lambdas=0.0,1.0,30.0"
    assert "edge" not in warnings(lab(f"{query}&at=1.0"))
    app = lab(f"{query}&at=30.0")
    assert "lr·λ = 3 is at or past its stability edge, 2" in warnings(app)
    app.button(key="remedy-edge").click().run()
    assert not app.exception
    assert scene(app).experiment.lr == 0.03
    assert "edge" not in warnings(app)


def test_gradient_descent_is_held_against_the_curvature_at_its_first_weights() -> None:
    query = "dataset=plane&model=linear&n_samples=80&seeds=0,1&steps=60&optimizer=sgd&lambdas=0.0,0.1&lr="
    e = Scene.from_query(f"{query}0.1").experiment
    h = train(e)
    curvature = largest_curvature(e, 1, h.weights[:1, 1, 0])[0]
    assert flags(h, 1)["edge"] is None
    steep = e.replace(lr=3 / curvature)
    assert flags(train(steep), 1)["edge"]["products"] == pytest.approx([3, 3 + 0.1 * steep.lr])
    app = lab(f"{query}{3 / curvature}&shown=1")
    assert "lr·(curvature + λ) = 3 is" in warnings(app)
    app.button(key="remedy-edge").click().run()
    assert not app.warning
    assert scene(app).experiment.lr <= 1 / curvature


def test_the_papers_form_knows_no_learning_rate_so_the_path_is_cut() -> None:
    app = lab(f"{BASE}&steps=60&decay=decoupled_paper&lambdas=0.01~3.0~6&at=3.0")
    assert "λ = 3 is at or past its stability edge, 2" in warnings(app)
    app.button(key="remedy-edge").click().run()
    assert not app.exception
    assert max(scene(app).experiment.lambdas) <= 1
    assert "edge" not in warnings(app)


@pytest.mark.parametrize("at", [0.081, 0.53])
def test_where_lambda_killed_the_signal_what_helps_is_offered_and_helps(at: float) -> None:
    app = lab(f"{DEEP}&lambdas=0.0,0.081,0.53&at={at}")
    assert not app.exception
    assert "λ killed the signal" in warnings(app)
    if at > 0.1:  # nothing helps but a smaller λ: it says so, and leads there
        assert "both tried" in warnings(app)
        app.button(key="remedy-collapse").click().run()
        assert not app.exception
        assert header(app)["position"]["lam"] == 0
        assert header(app)["position_token"] == 1
        assert not warnings(app)
        return
    app.button(key="remedy-collapse").click().run()
    assert not app.exception
    assert header(app)["arms"][0]["collapsed"][1] is False
    assert "killed" not in warnings(app)


def test_flags_are_those_of_the_seed_that_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    h = train(Experiment.from_query(f"{BASE}&steps=20&lambdas=0.0,0.1"))
    monkeypatch.setattr(remedies, "collapsed", lambda h: np.array([[False, False], [False, True]]))
    assert [flags(h, seed)["collapsed"] for seed in (0, 1)] == [[False, False], [False, True]]


def test_what_is_said_to_help_does_and_what_is_not_does_not() -> None:
    e = Experiment.from_query(f"{DEEP}&lambdas=0.0,0.081,0.53")
    helps = what_helps(e, 0, (0.081, 0.53))
    assert helps[1] is None
    before, after = (train(x).validation_loss[1, 0, -1] for x in (e, e.replace(**helps[0])))
    assert after < 0.95 * before
    assert not np.isnan(before)


def test_a_comparison_says_whose_it_is() -> None:
    app = lab(f"{BASE}&steps=60&decay=decoupled&lr=0.1&lambdas=0.0,1.0,30.0&at=30.0&against=none")
    assert "L2: lr·λ" in warnings(app)
    assert "no decay" not in warnings(app)
