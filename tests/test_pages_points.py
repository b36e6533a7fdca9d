"""Points of one's own in the Lab: the page around the drawing."""

import pytest

from tests.test_pages import SMALL, header, lab, scene, widget
from tests.test_points import FEW, some
from wd_core.datasets import DATASETS, points_csv
from wd_core.datasets._points import write_points
from wd_core.ui import lab as lab_module
from wd_core.view.scene import Scene

DRAWN = f"{SMALL}&dataset=points"
EXAMPLE = DATASETS["points"].points


def test_a_link_with_points_shows_them_and_can_be_drawn_on():
    app = lab(f"{DRAWN}&points={FEW}")
    assert not [*app.exception, *app.warning, *app.error]
    assert header(app)["drawn"]["points"] == FEW
    assert header(app)["points"] == {"train": 4, "validation": 2, "test": 2}
    assert scene(app) == Scene.from_query(f"{DRAWN}&points={FEW}")
    assert not {"Noise", "Share of wrong training labels", "Examples in all"} & {w.label for w in app.slider}


def test_drawn_points_go_to_both_arms_and_to_every_model_that_is_chosen():
    app = lab(f"{DRAWN}&points={FEW}&against=l1")
    assert [arm["key"] for arm in header(app)["arms"]] == ["l2", "l1"]
    widget(app, "selectbox", "Model").set_value("logistic").run()
    assert not app.exception
    e = scene(app).experiment
    assert (e.model, e.points) == ("logistic", FEW)


def test_other_data_and_back_again_leave_the_drawing_as_it_was():
    app = lab(f"{DRAWN}&points={FEW}")
    widget(app, "selectbox", "Data").set_value("circles").run()
    assert "drawn" not in header(app)
    widget(app, "selectbox", "Data").set_value("points").run()
    assert header(app)["drawn"]["points"] == FEW
    assert not app.exception


@pytest.mark.parametrize(
    "wrong", ["points=____", "points=AABE", "points=file", "points=%3Cscript%3E", "noise=0.2", "label_noise=0.1"]
)
def test_a_wrong_part_of_a_link_is_named_and_the_example_is_shown(wrong):
    app = lab(f"{DRAWN}&{wrong}")
    assert not app.exception
    assert wrong.split("=")[0] in app.warning[0].value.replace("\\", "")
    assert header(app)["drawn"]["points"] == EXAMPLE


def test_a_teacher_who_takes_the_data_away_takes_the_drawing_away():
    assert "drawn" not in header(lab(f"{DRAWN}&keep=penalty,model"))
    assert "drawn" in header(lab(f"{DRAWN}&keep=penalty,data"))


def test_a_file_is_loaded_and_a_wrong_one_named():
    app = lab(DRAWN)
    app.file_uploader[0].upload("mine.csv", points_csv(FEW).encode(), "text/csv").run()
    assert not app.exception
    assert header(app)["drawn"]["points"] == FEW
    assert f"points={FEW}" in header(app)["query"]
    app.file_uploader[0].upload("mine.csv", b"x1,x2,class\n0,9,[red](http://a.b)", "text/csv").run()
    assert not app.exception
    assert "row 2: x2=9: allowed: a number from" in app.error[0].value.replace("\\", "")
    assert header(app)["drawn"]["points"] == FEW


def test_more_points_than_a_link_takes_are_shown_and_the_address_says_that_a_file_has_them():
    many = write_points(*some(150))
    app = lab(DRAWN)
    app.file_uploader[0].upload("mine.csv", points_csv(many).encode(), "text/csv").run()
    assert header(app)["drawn"]["points"] == many
    assert "points=file" in header(app)["query"]
    assert any("150 points are too many for a link" in caption.value for caption in app.caption)
    widget(app, "toggle", "Compare with").set_value(True).run()
    assert not [*app.exception, *app.error]
    assert header(app)["drawn"]["points"] == many


def hear(monkeypatch: pytest.MonkeyPatch, what: str, said: str) -> None:
    """At the next run the browser says this, once: "drawn" points, or the address that is "asked" for."""
    view, heard = lab_module.live_view, []

    def live_view(*arguments, **callbacks):
        if not heard:
            heard.append(said)
            callbacks["on_draw" if what == "drawn" else "on_back"]()
        return view(*arguments, **callbacks)

    monkeypatch.setattr(lab_module, "live_view", live_view)
    monkeypatch.setattr(lab_module, what, lambda: said)


def test_what_the_browser_draws_is_trained_and_nonsense_is_named(monkeypatch):
    app = lab(DRAWN)
    hear(monkeypatch, "drawn", FEW)
    app.run().run()  # a callback comes before its run; here it comes amid one, and the next one draws
    assert not [*app.exception, *app.error]
    assert header(app)["drawn"]["points"] == FEW
    hear(monkeypatch, "drawn", "[red](http://a.b)")
    app.run()
    assert not app.exception
    assert "cannot be read; allowed: four characters a point" in app.error[0].value.replace("\\", "")
    assert header(app)["drawn"]["points"] == FEW


def test_back_to_an_address_of_many_points_keeps_those_that_are_drawn(monkeypatch):
    many = write_points(*some(150))
    app = lab(DRAWN)
    app.file_uploader[0].upload("mine.csv", points_csv(many).encode(), "text/csv").run()
    gone_to = []
    monkeypatch.setattr(lab_module.controls, "fill", gone_to.append)
    hear(monkeypatch, "asked", header(app)["query"].replace("steps=20", "steps=30"))
    app.run()
    assert not [*app.exception, *app.error]
    assert (gone_to[0].experiment.points, gone_to[0].experiment.steps) == (many, 30)
