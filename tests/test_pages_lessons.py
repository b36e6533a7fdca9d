"""The lessons' page without a browser: every step before and after its prediction, the end, and links that lie."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.payloads import EVIL, PAYLOADS
from wd_core.lessons import LESSONS
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
    said = []
    for number, step in enumerate(lesson.steps, 1):
        before = page(lesson=name, step=str(number), said=".".join(said))
        assert not before.exception
        assert before.button(key="lesson on").disabled
        assert len(before.get("bidi_component")) == (1 if step.given else 0)
        assert not any(step.why in text for text in texts(before))
        said.append(some(step))
        after = page(lesson=name, step=str(number), said=".".join(said))
        assert not after.exception
        header, _ = unpack_header(after.get("bidi_component")[0].proto.bytes)
        assert header["guest"]  # the address is the lesson's
        assert len(header["panels"]) >= 1
        assert any(step.why in text for text in texts(after)), f"{name} {number} does not hold with its own seeds"
        assert not after.button(key="lesson on").disabled
    end = page(lesson=name, step=str(len(said) + 1), said=".".join(said))
    assert not end.exception
    table = next(text for text in texts(end) if text.startswith("| Question"))
    assert table.count("\n") == 1 + len(lesson.steps)


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
