"""The page on choosing λ, by Streamlit's own tester."""

import pytest
from streamlit.testing.v1 import AppTest

BUTTONS = {"Is it honest?": "start nested", "Leakage": "start leak", "More data": "start grow"}


def page(**query: str) -> AppTest:
    app = AppTest.from_file("../pages/choosing.py", default_timeout=90)
    for name, value in {"cv_seeds": "3", "cv_k": "3", "cv_n": "80", **query}.items():
        app.query_params[name] = value
    return app.run()


@pytest.mark.parametrize("part", ["The U-curve", "Is it honest?", "How flat?", "Leakage", "More data"])
def test_every_section_runs(part):
    app = page(cv_part=part, cv_test="true")
    if part in BUTTONS:
        app.button(key=BUTTONS[part]).click().run()
    assert not app.exception
    assert len(app.get("plotly_chart")) >= 1


def test_the_test_error_is_covered_until_it_is_revealed():
    app = page()
    assert "Test loss" not in "\n".join(e.value for e in app.markdown)
    app.toggle(key="cv_test").set_value(True).run()
    assert not app.exception
    assert "Test loss" in "\n".join(e.value for e in app.markdown)


def test_a_change_keeps_the_others():
    app = page(cv_extra="4")
    app.slider(key="cv_k").set_value(4).run()
    assert not app.exception
    assert (app.slider(key="cv_extra").value, app.slider(key="cv_seeds").value) == (4, 3)
