"""The page of coefficient paths, by Streamlit's own tester; its board by what is in the message."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from wd_core.figures.path_board import least_marks, path_board, weight_limits, weight_series
from wd_core.studies.paths import DATA, PENALTIES, Arm, Settings, make_study
from wd_core.ui import paths
from wd_core.view.picture import unpack


def page(**query: str) -> AppTest:
    app = AppTest.from_file("../pages/paths.py", default_timeout=90)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def header_of(app: AppTest) -> dict:
    """What the board says, without its arrays."""
    return unpack(app.get("bidi_component")[0].proto.bytes)[0]


def words_at(app: AppTest, key: str, index: int) -> str:
    panel = next(panel for panel in header_of(app)["panels"] if panel["key"] == key)
    return "; ".join(text for text, _ in panel["items"][index])


@pytest.mark.parametrize("name", DATA)
def test_every_data_set_opens(name):
    app = page()
    app.selectbox(key="data").set_value(name).run()
    assert not app.exception
    header = header_of(app)
    assert [panel["group"] for panel in header["panels"][:3]] == list(PENALTIES)
    assert len(header["sentences"]) == len(header["axes"][0]["values"])


def test_moving_lambda_fits_nothing_anew(monkeypatch):
    app = page(at="0.1")
    assert header_of(app)["position"] == {"lambda": 0.1}
    monkeypatch.setattr(paths.path_study, "make_study", None)  # would raise
    seen = []
    monkeypatch.setattr(paths, "board_view", lambda picture, key: {"lambda": 1.0})
    monkeypatch.setattr(paths.translator, "show", lambda e, lam, key: seen.append(lam))
    app.run()
    assert not app.exception
    assert seen == [pytest.approx(1.0)]


@pytest.mark.parametrize("value", ["nan", "-1", "inf", "<b>", "", "1e999"])
def test_a_lambda_from_outside_is_checked(value):
    assert paths.lambda_from(value) == paths.FIRST_LAMBDA
    assert not page(at=value).exception


def test_the_test_error_is_covered_until_it_is_revealed():
    app = page()
    said = str(header_of(app))
    assert "test 0." not in said
    assert "'name': 'test'" not in said
    app.toggle(key="reveal_test").set_value(True).run()
    assert not app.exception
    said = str(header_of(app))
    assert "test 0." in said
    assert "'name': 'test'" in said


def test_copies_bring_their_sentences():
    app = page()
    assert "its copies" not in str(header_of(app))
    app.slider(key="copies").set_value(2).run()
    assert not app.exception
    assert "body mass index and its copies" in str(header_of(app))
    app.selectbox(key="data").set_value("wine").run()
    assert not app.exception
    assert "flavanoids and its copies" in str(header_of(app))


def test_stability_is_drawn_when_asked():
    app = page()
    app.toggle(key="stability").set_value(True).run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 1


def test_known_support_is_counted():
    app = page()
    app.selectbox(key="data").set_value("sparse").run()
    assert "of the 5 features that matter" in words_at(app, "words l1", 10)


def test_a_range_can_be_extended():
    app = page()
    before = header_of(app)["axes"][0]["values"]
    app.slider(key="further_up").set_value(2).run()
    app.slider(key="further_down").set_value(1).run()
    assert not app.exception
    after = header_of(app)["axes"][0]["values"]
    assert after[-1] == pytest.approx(100 * before[-1])
    assert after[1] == pytest.approx(before[1] / 10)
    np.testing.assert_allclose(after[9 : 9 + len(before) - 1], before[1:])


# -------------------------------------------------------------------- the board


@pytest.fixture(scope="module")
def study():
    return make_study(Settings("breast_cancer", folds=3))


def board_of(study, named=(1, 0), reveal=False, output=0):
    every = range(len(study.settings.lambdas))
    words = {p: [["x"]] * len(every) for p in PENALTIES}
    return path_board(
        study, output, named, reveal=reveal, loss_name="loss", sentences=[str(i) for i in every], words=words
    )  # fmt: skip


def test_lines_are_the_paths_numbers_and_named_ones_have_their_names_in_full(study):
    panel = next(p for p in board_of(study).panels if p.key == "weights l1")
    named = {s.name: s for s in panel.series if s.name}
    assert set(named) == {study.data.names[j] for j in (0, 1)}
    for j in (0, 1):
        line = named[study.data.names[j]].y
        np.testing.assert_array_equal(line[1:], study.arms["l1"].path.coefficients[1:, j, 0])
    errors = next(p for p in board_of(study).panels if p.key == "errors elastic")
    mean, error = study.arms["elastic"].cv
    np.testing.assert_array_equal(errors.series[0].y, mean)
    np.testing.assert_array_equal(errors.series[0].high, mean + error)


def test_a_weight_beyond_the_axis_at_zero_is_not_drawn_at_its_edge(study):
    low, high = weight_limits(study, 0)
    free = study.arms["l2"].path.coefficients[0, :, 0]
    outside = (free < low) | (free > high)
    assert outside.any()  # separable classes
    order = [s.y for s in weight_series(study, "l2", 0, list(range(len(free))))]
    np.testing.assert_array_equal(np.isnan([y[0] for y in order]), outside)


def test_axes_are_the_same_for_all_penalties_and_whether_or_not_the_test_is_shown(study):
    for reveal in (False, True):
        panels = board_of(study, reveal=reveal).panels
        for key in ("weights", "errors", "zeros", "df"):
            assert len({p.range for p in panels if p.key.startswith(key)}) == 1
    ranges = [[p.range for p in board_of(study, reveal=r).panels if p.key == "errors l1"] for r in (False, True)]
    assert ranges[0] == ranges[1]


def arm_with(study, losses) -> Arm:
    arm = study.arms["l2"]
    return Arm(arm.path, arm.losses, np.array([losses, losses + 0.1]))


def test_a_lowest_at_the_end_of_the_range_says_so(study):
    n = len(study.settings.lambdas)
    falling = np.linspace(2, 1, n)
    assert least_marks(arm_with(study, falling))[0] == ("lowest: range ends", n - 1)
    inside = np.abs(np.arange(n) - 10.0)
    assert least_marks(arm_with(study, inside))[0] == ("lowest", 10)
    assert paths.sentence(study, 0).startswith("λ = 0")


def test_no_range_ends_where_every_weight_is_zero_already(study):
    falling = np.linspace(2, 1, len(study.settings.lambdas))
    arm = study.arms["l1"]
    assert arm.path.zeros[-1] == arm.path.coefficients[0].size
    assert Arm(arm.path, arm.losses, np.array([falling, falling])).open_end == ""
    assert arm_with(study, falling).open_end == "high"
    assert arm_with(study, np.roll(np.linspace(1, 2, len(falling)), 1)).open_end == "low"


def test_sentences_follow_from_the_numbers(study):
    for index in (1, 20, 37):
        said = paths.sentence(study, index)
        assert f"L1 has {study.arms['l1'].path.zeros[index]} of 30" in said or "range ends" in said
    lowest = study.arms["l1"].lowest
    assert "L1" in paths.sentence(study, lowest).split("lowest")[-1]
    assert "further up" in paths.sentence(study, 1)
    assert "further down" in paths.sentence(study, len(study.settings.lambdas) - 1)
