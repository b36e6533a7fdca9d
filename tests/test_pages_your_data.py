"""The page on a visitor's own data: pasted tables, wrong ones, and that nothing is lost."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from wd_core.view.picture import unpack

SMALL = "\n".join(
    ["size;colour;price", *(f"{i % 7},5;{'red' if i % 3 else 'blue'};{i % 7 + i % 3},25" for i in range(60))]
)


def page() -> AppTest:
    return AppTest.from_file("../pages/your_data.py", default_timeout=60).run()


def paste(app: AppTest, text: str) -> AppTest:
    return app.text_area(key="own_paste").set_value(text).run()


def said(app: AppTest) -> str:
    return "\n".join(m.value for m in app.markdown).replace("\\", "")


def toggle_reveal(app: AppTest) -> AppTest:
    return app.toggle[0].set_value(True).run()


def test_the_empty_page_asks_for_a_table():
    app = page()
    assert not app.exception
    assert not app.dataframe


def test_a_pasted_table_is_told_and_studied():
    app = paste(page(), SMALL)
    assert not app.exception
    assert not app.error
    assert "60 rows and 3 columns, apart by semicolons" in said(app)
    assert "decimal commas" in said(app)
    assert "weights are exactly zero" in said(app)
    assert list(app.dataframe[1].value.columns) == ["input", "without penalty", "at this λ", "what λ did"]


def test_the_test_error_is_covered_until_revealed():
    app = paste(page(), SMALL)
    assert not app.metric
    toggle_reveal(app)
    assert not app.exception
    assert [m.label for m in app.metric] == ["Root mean squared error", "Mean absolute error"]


@pytest.mark.parametrize("wrong", ["nothing", "a,b\n1,2\n", "a,b\n" + "1,2\n" * 30 + "1,2,3\n"])
def test_a_malformed_table_gets_a_message_and_loses_nothing(wrong):
    app = paste(page(), SMALL)
    before = app.dataframe[1].value
    paste(app, wrong)
    assert not app.exception
    assert "allowed" in app.error[0].value
    assert app.dataframe[1].value.equals(before)


def test_a_choice_that_cannot_be_done_keeps_the_results():
    app = paste(page(), SMALL)
    target = next(s for s in app.selectbox if s.label == "Target")
    target.set_value("colour").run()
    assert not app.exception
    task = next(s for s in app.selectbox if s.label == "Task")
    assert task.value == "classification"
    before = app.dataframe[1].value
    task.set_value("regression").run()
    assert not app.exception
    assert "Choose classification" in app.error[0].value
    assert app.dataframe[1].value.equals(before)


def test_the_sample_works_with_every_penalty_and_rule():
    app = page()
    app.button(key="own_sample").click().run()
    for penalty in ("l2", "elastic", "l1"):
        app.segmented_control(key="own_penalty").set_value(penalty).run()
        assert not app.exception
    for rule in ("lowest", "hand"):
        app.segmented_control(key="own_rule").set_value(rule).run()
        assert not app.exception


def test_what_is_written_in_cells_stays_text():
    html = SMALL.replace("red", "<script>alert(1)</script>").replace("size", "=1+1 ![x](http://y.z/a.png)")
    app = paste(page(), html)
    assert not app.exception
    alive = re.compile(r"(?<!\\)(<script|\[x\]\()")
    assert not any(alive.search(m.value) for m in app.markdown)
    assert "<script>" in said(app)


def test_a_network_is_trained_when_asked_and_pictured():
    app = paste(page(), SMALL)
    assert not app.get("bidi_component")
    next(t for t in app.toggle if t.label.startswith("Train it")).set_value(True).run()
    assert not app.exception
    header = unpack(app.get("bidi_component")[0].proto.bytes)[0]
    assert header["inputs"] == ["size", "colour = blue"]
    assert header["arms"][0]["key"] == "l1"


def test_two_visitors_see_nothing_of_each_other():
    first, second = paste(page(), SMALL), page()
    assert first.dataframe
    assert not second.dataframe
    assert "pasted" not in said(second)


@pytest.mark.parametrize("name", ["rents", "iris"])
def test_a_link_names_a_sample(name):
    app = AppTest.from_file("../pages/your_data.py", default_timeout=60)
    app.query_params["sample"] = name
    app.run()
    assert not app.exception
    assert not app.error
    assert "weights are exactly zero" in said(app)
    paste(app, SMALL)
    assert "sample" not in app.query_params
    assert "60 rows and 3 columns" in said(app)


def test_a_link_to_no_sample_is_told():
    app = AppTest.from_file("../pages/your_data.py", default_timeout=60)
    app.query_params["sample"] = "![x](http://y.z)" * 20
    app.run()
    assert "allowed: rents, iris" in app.error[0].value
    assert len(app.error[0].value) < 300


def test_the_address_names_the_sample_that_was_chosen():
    app = page()
    app.segmented_control(key="own_which").set_value("iris").run()
    app.button(key="own_sample").click().run()
    assert app.query_params["sample"] in ("iris", ["iris"])
    assert "150 rows and 5 columns" in said(app)
