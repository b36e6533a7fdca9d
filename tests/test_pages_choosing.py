"""The page on choosing λ, by Streamlit's own tester; its boards by what is in the message."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from wd_core import Experiment
from wd_core.figures.choosing_board import flat_board, growth_board, leak_board, notch, u_board
from wd_core.studies import choosing as studies
from wd_core.studies.fits import lambda_grid, material
from wd_core.ui import choosing
from wd_core.ui.choosing_parts import u_sentences
from wd_core.view.picture import unpack

PARTS = ["The U-curve", "Is it honest?", "How flat?", "Leakage", "More data"]
SMALL = Experiment(dataset="sparse", model="linear", penalty="l1", n_samples=80, lambdas=(0.0,), seeds=(0, 1, 2))
SMALL = SMALL.replace(lambdas=lambda_grid(SMALL))


def quiet(share: float) -> None:
    """Progress that nobody watches."""


def page(**query: str) -> AppTest:
    app = AppTest.from_file("../pages/choosing.py", default_timeout=90)
    for name, value in {"cv_seeds": "3", "cv_k": "3", "cv_n": "80", **query}.items():
        app.query_params[name] = value
    return app.run()


def header_of(app: AppTest) -> dict:
    return unpack(app.get("bidi_component")[0].proto.bytes)[0]


@pytest.mark.parametrize("reveal", ["false", "true"])
@pytest.mark.parametrize("part", PARTS)
def test_every_section_shows_something_at_once(part, reveal):
    app = page(cv_part=part, cv_test=reveal)
    assert not app.exception
    assert len(app.get("bidi_component")) + len(app.get("plotly_chart")) >= 1
    assert not app.info


@pytest.mark.parametrize("part", ["Is it honest?", "Leakage", "More data"])
def test_a_demonstration_on_real_data_leaves_your_test_set_covered(part):
    app = page(cv_part=part, cv_data="diabetes")
    assert not app.exception
    assert any("your own test set stays covered" in c.value for c in app.caption)


def test_a_demonstration_looks_at_no_row_of_your_test_set():
    for dataset in ("sparse", "diabetes", "digits"):
        model = "softmax" if dataset == "digits" else "linear"
        e = SMALL.replace(dataset=dataset, model=model, n_samples=100)
        shown, text = choosing.demonstration(choosing.Setting(e, 3), reveal=False)
        assert "covered" in text or "minutes" in text
        mine = {row.tobytes() for seed in e.seeds for row in np.asarray(material(e, seed).seen[0])}
        theirs = [row for seed in shown.experiment.seeds for part in ("train", "test") for row in
                  np.asarray(getattr(material(shown.experiment, seed), part)[0])]  # fmt: skip
        assert not any(row.tobytes() in mine for row in theirs), dataset
    assert choosing.demonstration(choosing.Setting(SMALL, 3), reveal=True)[0].experiment == SMALL


def test_the_test_error_is_covered_until_it_is_revealed():
    app = page()
    assert "Test loss" not in str(header_of(app))
    assert "oracle" not in str(header_of(app))
    app.toggle(key="cv_test").set_value(True).run()
    assert not app.exception
    assert "Test loss" in str(header_of(app))
    assert "oracle" in str(header_of(app))


def test_a_change_keeps_the_others():
    app = page(cv_extra="4")
    app.slider(key="cv_k").set_value(4).run()
    assert not app.exception
    assert (app.slider(key="cv_extra").value, app.slider(key="cv_seeds").value) == (4, 3)


def test_a_link_says_where_the_hand_is():
    assert header_of(page(at="0.02"))["position"] == {"lambda": 0.02}
    assert not page(at="<b>").exception


def test_a_range_can_be_extended_and_keeps_its_grain():
    usual, longer = (np.array(lambda_grid(SMALL, down, up)) for down, up in ((0, 0), (1, 2)))
    assert longer[-1] == pytest.approx(100 * usual[-1])
    assert longer[1] == pytest.approx(usual[1] / 10)
    steps = [np.log10(v[2] / v[1]) for v in (usual, longer)]
    assert steps[1] == pytest.approx(steps[0], rel=0.05)
    app = page(cv_up="1")
    assert not app.exception
    assert header_of(app)["axes"][0]["values"][-1] == pytest.approx(10 * usual[-1])


def test_only_tables_of_rows_are_offered():
    app = page()
    assert len(app.selectbox(key="cv_data").options) == len(choosing.CHOICES)
    assert not {"fashion", "vowels", "surnames", "modular_addition"} & set(choosing.CHOICES)


# -------------------------------------------------------------------- boards


@pytest.fixture(scope="module")
def curves():
    return studies.cross_validate(SMALL, 3, quiet)


def test_the_u_board_holds_the_numbers_and_the_choices(curves):
    board = u_board(curves, curves.chosen(), test=None, loss_name="loss", sentences=u_sentences(curves, False))
    loss, choices = board.panels
    assert "test" not in [s.name for s in loss.series]
    np.testing.assert_allclose(loss.series[1].y, curves.mean.mean(0))
    fallen = choosing.said(curves.mean[:, 7] - curves.mean[:, 0])
    assert f"the difference is {fallen}" in board.sentences[7]
    for row, indices in zip(choices.rows, curves.chosen().values(), strict=True):
        assert sorted(np.repeat(*np.array(row.dots).T.astype(int)).tolist()) == sorted(indices.tolist())
    assert board.pack()


def test_a_range_that_ends_at_the_lowest_says_so():
    e = SMALL.replace(lambdas=SMALL.lambdas[:8])  # the least is beyond
    cut = studies.cross_validate(e, 3, quiet)
    label, at = u_board(cut, cut.chosen(), test=None, loss_name="loss", sentences="").panels[0].marks[0]
    assert (label, at) == ("lowest: range ends", 7)
    assert "upper end" in u_sentences(cut, False)[7]
    assert not any("range ends" in text for text in u_sentences(cut, False)[:7])


def test_places_between_notches_are_logarithmic():
    lambdas = np.array([0.0, 0.01, 0.1, 1.0])
    assert notch(lambdas, 0.1) == 2
    assert notch(lambdas, np.sqrt(0.1)) == pytest.approx(2.5)


def test_the_other_boards_pack_and_hold_their_numbers(curves):
    known = [(s, f) for s, f in zip(SMALL.seeds, curves.flat(), strict=True) if f]
    assert [row.name for row in flat_board(curves, known, "").panels[0].rows] == [f"seed {s}" for s, _ in known]
    leak = studies.leak(curves, quiet)
    board = leak_board(leak, "")
    np.testing.assert_allclose(board.panels[0].series[-1].y, leak.apparent[-1].mean(0))
    np.testing.assert_allclose(board.panels[1].series[0].y, leak.true[0].mean(0))
    np.testing.assert_allclose(board.panels[2].series[0].y, leak.gain(leak.apparent).mean(1))
    assert board.pack()
    grown = studies.grow(SMALL, quiet)
    curve, heat = growth_board(grown, "l1", "").panels
    np.testing.assert_allclose(curve.series[0].y, grown.test.mean(1))
    np.testing.assert_allclose(heat.values, (grown.test - grown.test.min(2, keepdims=True)).mean(1))
    assert heat.range[0] == 0
    assert growth_board(grown, "l1", "").pack()
