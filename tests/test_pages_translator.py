"""The λ translator's page, and the translator that other pages mount."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from wd_core import Experiment
from wd_core.translate import TOOLS, lambda_from, setting_of, take_home, translations
from wd_core.view.scene import Scene

PAGE = str(Path(__file__).parents[1] / "pages" / "translator.py")


def page(**query: str) -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def widget(app: AppTest, kind: str, label: str):
    return next(w for w in app.get(kind) if w.label == label)


def codes(app: AppTest) -> list[str]:
    return [block.value for block in app.code]


def test_the_page_says_lambda_in_every_tool() -> None:
    app = page()
    assert codes(app)[:3] == ["Ridge(alpha=2)", "Adam(weights, weight_decay=0.01)", "AdamW(weights, weight_decay=0.01)"]
    assert "λ = 0.01 here" in app.header[0].value
    assert "Ridge(alpha=2.0)" in codes(app)[-1]
    assert "λ = 1.00 × 10⁻⁵ here" in page(t_number="0.00001").header[0].value


def test_every_model_and_penalty_has_its_page() -> None:
    app = page()
    for model in ("linear", "logistic", "softmax", "mlp"):
        for penalty in ("l2", "l1", "elastic", "none"):
            widget(app, "segmented_control", "Model").set_value(model)
            widget(app, "segmented_control", "Penalty").set_value(penalty).run()
            assert not app.exception
            assert not app.error
            assert len(codes(app)) >= 4


def test_a_number_from_another_tool_is_translated_back() -> None:
    app = page()
    widget(app, "number_input", "I have the number").set_value(4.0)
    widget(app, "segmented_control", "of").set_value("scikit-learn").run()
    assert "λ = 0.02 here" in app.header[0].value
    widget(app, "segmented_control", "Model").set_value("logistic").run()
    assert "λ = 0.00125 here" in app.header[0].value
    assert codes(app)[0] == "LogisticRegression(C=4)"


def test_a_tool_without_such_a_number_is_said_and_the_controls_stay() -> None:
    app = page()
    widget(app, "segmented_control", "Model").set_value("mlp")
    widget(app, "segmented_control", "of").set_value("glmnet").run()
    assert not app.exception
    assert "glmnet fits linear models only" in app.error[0].value
    widget(app, "segmented_control", "of").set_value("Keras").run()
    assert not app.error


def test_a_million_examples_have_numbers_and_no_data() -> None:
    app = page()
    widget(app, "number_input", "Training examples n").set_value(1_000_000).run()
    assert not app.exception
    assert codes(app)[0] == "Ridge(alpha=1e+04)"
    assert len(codes(app)) == 5


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic"])
def test_the_way_back_is_the_way_there(tool: str, penalty: str) -> None:
    e = Experiment(dataset="moons", model="logistic", penalty=penalty)
    value = translations(e, 0.03)[TOOLS.index(tool)].value
    assert lambda_from(setting_of(e), tool, value) == pytest.approx(0.03)


# ---------------------------------------------------------------- mounted in another page


def mounted(query: str, lam: float) -> None:
    from wd_core.ui import translator
    from wd_core.view.scene import Scene

    translator.show(Scene.from_query(query), lam)


def opened(scene: Scene, lam: float) -> AppTest:
    app = AppTest.from_function(mounted, args=(scene.to_query(), lam), default_timeout=60)
    app.session_state["translator"] = True
    return app.run()


def test_closed_it_sends_nothing() -> None:
    app = AppTest.from_function(mounted, args=("", 0.03), default_timeout=60).run()
    assert not app.exception
    assert not codes(app)


def test_mounted_it_shows_the_scenes_experiment() -> None:
    scene = Scene(Experiment(dataset="diabetes", model="linear", seeds=(4, 5)), shown=5)
    app = opened(scene, 0.03)
    assert not app.exception
    assert codes(app) == ["Ridge(alpha=3)", take_home(scene.experiment, 0.03, "scikit-learn", seed=5).rstrip()]
    for tool in TOOLS:
        widget(app, "segmented_control", "Tool").set_value(tool).run()
        assert not app.exception
        assert codes(app)[1] == take_home(scene.experiment, 0.03, tool, seed=5).rstrip()


def test_mounted_it_lets_one_choose_the_side_of_a_comparison() -> None:
    scene = Scene(Experiment(dataset="diabetes", model="linear", penalty="l2"), against="l1")
    app = opened(scene, 0.0)
    assert codes(app)[0] == "LinearRegression()"
    app = opened(scene, 0.03)
    assert codes(app)[0] == "Ridge(alpha=3)"
    widget(app, "segmented_control", "Side").set_value(1).run()
    assert codes(app)[0] == "Lasso(alpha=0.03)"


def test_mounted_it_refuses_code_for_a_model_that_it_does_not_know(monkeypatch) -> None:
    def unknown(e: Experiment) -> tuple:
        raise ValueError(f"model={e.model}: take-home code does not know its layer Strange")

    monkeypatch.setattr("wd_core.translate.scripts.chain_of", unknown)
    monkeypatch.setattr("wd_core.translate.torch_code.chain_of", unknown)
    app = opened(Scene(Experiment()), 0.03)
    widget(app, "segmented_control", "Tool").set_value("PyTorch").run()
    assert not app.exception
    assert "take-home code does not know its layer Strange" in app.caption[0].value
    assert codes(app) == ["Adam(weights, weight_decay=0.03)"]


def test_mounted_it_says_what_a_tool_does_not_have() -> None:
    scene = Scene(Experiment(penalty="l1"))
    app = opened(scene, 0.03)
    assert not app.exception
    assert any("has no L1" in text.value for text in app.markdown)
    assert not codes(app)
