"""The page beyond accuracy: every part, what it refuses, what stays covered."""

import pytest
from streamlit.testing.v1 import AppTest

from wd_core.datasets import DATASETS
from wd_core.models import MODELS
from wd_core.ui import beyond
from wd_core.view.picture import unpack_header

ALL = tuple(beyond.PARTS)


@pytest.fixture(autouse=True)
def few_seeds(monkeypatch):
    monkeypatch.setattr(beyond, "SEEDS", (0, 1, 2))


def page(part: str, data: str, test: bool = False, **query: str) -> AppTest:
    app = AppTest.from_file("../pages/beyond.py", default_timeout=120)
    asked = {"beyond_part": part, "beyond_data": DATASETS[data].title, "beyond_test": str(test).lower()}
    for name, value in (asked | query).items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    return "\n".join(m.value for m in app.markdown)


@pytest.mark.parametrize("part", ALL)
@pytest.mark.parametrize("data", ["iris", "plane"])
def test_every_part_has_its_board_or_says_why_not(part, data):
    app = page(part, data)
    if data == "plane" and beyond.PARTS[part].classes:
        assert "Choose data with classes" in app.info[0].value
        assert not app.get("bidi_component")
        return
    header, _ = unpack_header(app.get("bidi_component")[0].proto.bytes)
    assert len(header["sentences"]) == len(header["axes"][0]["values"])
    assert "validation part" in words(app)


@pytest.mark.parametrize("part", ALL)
def test_the_test_part_is_seen_when_it_is_revealed_and_not_before(part):
    covered, open_ = page(part, "iris"), page(part, "iris", test=True)
    assert "on the test part" not in words(covered)
    assert "on the test part" in words(open_)
    assert "against λ = 0, with 95 %" in words(open_)
    pictures = [app.get("bidi_component")[0].proto.bytes for app in (covered, open_)]
    assert pictures[0] != pictures[1]


def test_a_model_that_cannot_see_the_data_gives_way_to_the_data_sets_own():
    app = page("Robustness", "digits", beyond_model=MODELS["softmax"].title)
    assert app.selectbox(key="beyond_model").value == "softmax"
    app.selectbox(key="beyond_data").set_value("moons").run()
    assert app.selectbox(key="beyond_model").value == "softmax"
    app.selectbox(key="beyond_data").set_value("plane").run()
    assert not app.exception
    assert app.selectbox(key="beyond_model").value == "linear"


def test_one_seed_comes_first_and_the_others_join(monkeypatch):
    seen = []
    monkeypatch.setattr(beyond, "AT_ONCE", 0.0)
    monkeypatch.setattr(beyond, "SEEDS", (0, 1))
    show = beyond.show_board
    monkeypatch.setattr(beyond, "show_board", lambda key, what, make: (seen.append(what[2]), show(key, what, make))[1])
    page("Drift", "wine")
    assert seen == [(0,), (0, 1)]


def test_elsewhere_has_its_four_paragraphs():
    app = page("Elsewhere", "iris")
    assert [s.value for s in app.subheader] == [
        "Transformers at scale", "Diffusion models", "Mixtures of experts", "Small devices"
    ]  # fmt: skip
    assert words(app).count("arXiv") >= 12
