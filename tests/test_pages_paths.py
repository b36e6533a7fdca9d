"""The page of coefficient paths, by Streamlit's own tester."""

import pytest
from streamlit.testing.v1 import AppTest

from wd_core.studies.paths import DATA
from wd_core.ui import paths


def page(**query: str) -> AppTest:
    app = AppTest.from_file("../pages/paths.py", default_timeout=90)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def text_of(app: AppTest) -> str:
    return "\n".join(e.value for e in (*app.caption, *app.markdown))


@pytest.mark.parametrize("name", DATA)
def test_every_data_set_opens(name):
    app = page()
    app.selectbox(key="data").set_value(name).run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 3


def test_the_cursor_moves_and_nothing_is_fitted_anew(monkeypatch):
    app = page()
    assert "λ = 0.10:" in text_of(app)
    monkeypatch.setattr(paths.path_study, "make_study", None)  # would raise
    app.select_slider(key="lam").set_value("1.0").run()
    assert not app.exception
    assert "λ = 1.0: 10 of 10 weights exactly zero" in text_of(app)  # L1 beyond its λ_max


def test_the_test_error_is_covered_until_it_is_revealed():
    app = page()
    assert "· test" not in text_of(app)
    app.toggle(key="reveal_test").set_value(True).run()
    assert not app.exception
    assert "· test" in text_of(app)


def test_copies_bring_their_sentences():
    app = page()
    assert "its copies" not in text_of(app)
    app.slider(key="copies").set_value(2).run()
    assert not app.exception
    assert "Body mass index and its copies" in text_of(app)
    app.selectbox(key="data").set_value("wine").run()
    assert not app.exception
    assert "Flavanoids and its copies" in text_of(app)


def test_stability_is_drawn_when_asked():
    app = page()
    app.toggle(key="stability").set_value(True).run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 4


def test_known_support_is_counted():
    app = page()
    app.selectbox(key="data").set_value("sparse").run()
    assert "of the 5 features that matter" in text_of(app)


def test_a_link_opens_what_it_says():
    app = page(lam="1.0", copies="1")
    assert not app.exception
    assert "λ = 1.0:" in text_of(app)
    assert "its copies" in text_of(app)
