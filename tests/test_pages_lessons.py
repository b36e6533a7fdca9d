"""The lessons' page without a browser: every step before and after its prediction, the end, and links that lie."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.payloads import EVIL, PAYLOADS
from wd_core.lessons import LESSONS
from wd_core.ui.lessons import NOTHING
from wd_core.view.picture import unpack_header


def page(**query: str) -> AppTest:
    app = AppTest.from_file("../app.py", default_timeout=60)
    app.switch_page("pages/lessons.py")
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def texts(app: AppTest) -> list[str]:
    kinds = ("title", "header", "caption", "markdown", "info", "warning", "error")
    return [element.value for kind in kinds for element in getattr(app, kind)]


def some(step) -> str:
    """A prediction, as a link has it."""
    n = len(step.lambdas)
    return {"choice": "a", "pick": "1", "draw": "m" * n}[step.prediction.kind]


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_from_its_first_step_to_its_end(name):
    lesson = LESSONS[name]
    app, said = page(lesson=name), []
    for number, step in enumerate(lesson.steps, 1):
        if number == 1 or step.given:
            go_to(app, number, said)
            app.button(key="lesson on").click().run()  # nothing is predicted yet
            assert app.warning[0].value.startswith(NOTHING)
            assert app.query_params["step"] == str(number)
            assert len(boards(app)) == (1 if step.given else 0)
            assert not any(step.why in text for text in texts(app))
        said.append(some(step))
        go_to(app, number, said)
        (header,) = boards(app)
        assert header["guest"]  # the address is the lesson's
        assert header["panels"]
        assert any(step.why in text for text in texts(app)), f"{name} {number} does not hold with its own seeds"
    go_to(app, len(said) + 1, said)
    table = next(text for text in texts(app) if text.startswith("| Question"))
    assert table.count("\n") == 1 + len(lesson.steps)


def go_to(app: AppTest, step: int, said: list[str]) -> None:
    """The address of a step with these predictions."""
    app.query_params["step"], app.query_params["said"] = str(step), ".".join(said)
    app.run()
    assert not app.exception


def boards(app: AppTest) -> list[dict]:
    found = [element.proto.bytes for element in app.get("bidi_component")]
    return [unpack_header(message)[0] for message in found if message[:4] == b"WDL1"]


def test_choosing_commits_and_goes_on():
    app = page(lesson="lambda_does")
    app.radio[0].set_value(1).run()
    app.button(key="lesson on").click().run()
    assert app.query_params["said"] == "b"
    assert any("came out otherwise" in text for text in texts(app))
    app.button(key="lesson on").click().run()
    assert app.query_params["step"] == "2"
    app.button(key="lesson back").click().run()
    app.button(key="lesson again").click().run()
    assert "said" not in app.query_params
    assert app.radio[0].value is None  # anew


def test_the_list_leads_into_a_lesson():
    app = page()
    app.button(key="start too_much").click().run()
    assert app.query_params["lesson"] == "too_much"
    assert app.title[0].value == LESSONS["too_much"].title


@pytest.mark.parametrize("field", ["lesson", "step", "said"])
@pytest.mark.parametrize("payload", PAYLOADS[:4])
def test_a_link_that_lies_is_named_and_stays_text(field, payload):
    query = {"lesson": "lambda_does"} | {field: payload}
    app = page(**query)
    assert not app.exception
    assert len(app.warning) == 1
    shown = app.warning[0].value
    assert not re.search(rf"(?<!\\)(\]\(|<\w)|https?://{EVIL}", shown)


def test_progress_of_another_lesson_is_left_out():
    app = page(lesson="lambda_does", step="99", said="q.q.q")
    assert not app.exception
    assert len(app.warning) == 2


@pytest.mark.parametrize("kind", ["student", "teacher", "<b>"])
def test_a_sheet_stands_on_the_page(kind):
    app = page(lesson="exact_zeros", sheet=kind)
    assert not app.exception
    assert len(app.warning) == (kind == "<b>")
    assert any("wdl-page-" in element.proto.body for element in app.get("html"))


@pytest.mark.parametrize("length", ["45", "<b>"])
def test_a_class_hour_stands_on_the_page(length):
    app = page(hour=length)
    assert not app.exception
    assert len(app.warning) == (length == "<b>")
    app.button(key="hour 90").click().run()
    assert app.query_params["hour"] == "90"
    (sheet,) = (e.proto.body for e in app.get("html") if "wdl-page-hour" in e.proto.body)
    assert "90 minutes" in sheet
    app.button(key="lesson back").click().run()
    assert "hour" not in app.query_params
    app.button(key="hour").click().run()
    assert app.query_params["hour"] == "60"
